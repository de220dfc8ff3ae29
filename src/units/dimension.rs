//! Dimension arithmetic on top of uom's `Dimension`, and readable compile errors.
use core::ops;
use uom::si::{Dimension, ISQ, Quantity, SI};
use uom::typenum::*;

/// f64 uom quantity in SI base units
pub type Q<D> = Quantity<D, SI<f64>, f64>;

/// product / quotient of two dimensions, always of uom's default kind (this is what drops `TemperatureKind`)
pub trait MulDim<R: ?Sized> {
    type Out: ?Sized + Dimension;
}
pub trait DivDim<R: ?Sized> {
    type Out: ?Sized + Dimension;
}
pub type Prod<A, B> = <A as MulDim<B>>::Out;
pub type Quot<A, B> = <A as DivDim<B>>::Out;

macro_rules! muldiv {
    ($Tr:ident $Op:ident $Al:ident) => {
        impl<A: Dimension + ?Sized, B: Dimension + ?Sized> $Tr<B> for A
        where
            A::L: ops::$Op<B::L>,
            $Al<A::L, B::L>: Integer,
            A::M: ops::$Op<B::M>,
            $Al<A::M, B::M>: Integer,
            A::T: ops::$Op<B::T>,
            $Al<A::T, B::T>: Integer,
            A::I: ops::$Op<B::I>,
            $Al<A::I, B::I>: Integer,
            A::Th: ops::$Op<B::Th>,
            $Al<A::Th, B::Th>: Integer,
            A::N: ops::$Op<B::N>,
            $Al<A::N, B::N>: Integer,
            A::J: ops::$Op<B::J>,
            $Al<A::J, B::J>: Integer,
        {
            type Out = ISQ<
                $Al<A::L, B::L>,
                $Al<A::M, B::M>,
                $Al<A::T, B::T>,
                $Al<A::I, B::I>,
                $Al<A::Th, B::Th>,
                $Al<A::N, B::N>,
                $Al<A::J, B::J>,
            >;
        }
    };
}
muldiv!(MulDim Add Sum);
muldiv!(DivDim Sub Diff);

/// D^E (E a typenum integer)
pub trait PowDim<E> {
    type Out: ?Sized + Dimension;
}
pub trait SqrtDim {
    type Out: ?Sized + Dimension;
}
impl<E: Integer, A: Dimension + ?Sized> PowDim<E> for A
where
    A::L: ops::Mul<E>,
    uom::typenum::Prod<A::L, E>: Integer,
    A::M: ops::Mul<E>,
    uom::typenum::Prod<A::M, E>: Integer,
    A::T: ops::Mul<E>,
    uom::typenum::Prod<A::T, E>: Integer,
    A::I: ops::Mul<E>,
    uom::typenum::Prod<A::I, E>: Integer,
    A::Th: ops::Mul<E>,
    uom::typenum::Prod<A::Th, E>: Integer,
    A::N: ops::Mul<E>,
    uom::typenum::Prod<A::N, E>: Integer,
    A::J: ops::Mul<E>,
    uom::typenum::Prod<A::J, E>: Integer,
{
    type Out = ISQ<
        uom::typenum::Prod<A::L, E>,
        uom::typenum::Prod<A::M, E>,
        uom::typenum::Prod<A::T, E>,
        uom::typenum::Prod<A::I, E>,
        uom::typenum::Prod<A::Th, E>,
        uom::typenum::Prod<A::N, E>,
        uom::typenum::Prod<A::J, E>,
    >;
}
impl<A: Dimension + ?Sized> SqrtDim for A
where
    A::L: PartialDiv<P2>,
    PartialQuot<A::L, P2>: Integer,
    A::M: PartialDiv<P2>,
    PartialQuot<A::M, P2>: Integer,
    A::T: PartialDiv<P2>,
    PartialQuot<A::T, P2>: Integer,
    A::I: PartialDiv<P2>,
    PartialQuot<A::I, P2>: Integer,
    A::Th: PartialDiv<P2>,
    PartialQuot<A::Th, P2>: Integer,
    A::N: PartialDiv<P2>,
    PartialQuot<A::N, P2>: Integer,
    A::J: PartialDiv<P2>,
    PartialQuot<A::J, P2>: Integer,
{
    type Out = ISQ<
        PartialQuot<A::L, P2>,
        PartialQuot<A::M, P2>,
        PartialQuot<A::T, P2>,
        PartialQuot<A::I, P2>,
        PartialQuot<A::Th, P2>,
        PartialQuot<A::N, P2>,
        PartialQuot<A::J, P2>,
    >;
}

// ---------- readable dimension names for diagnostics: (kg, m<-1>, s<-2>) ----------
#[allow(non_camel_case_types)]
pub mod show {
    pub struct m<const E: i8 = 1>;
    pub struct kg<const E: i8 = 1>;
    pub struct s<const E: i8 = 1>;
    pub struct A<const E: i8 = 1>;
    pub struct K<const E: i8 = 1>;
    pub struct mol<const E: i8 = 1>;
    pub struct cd<const E: i8 = 1>;
}
/// type-level flat list
pub trait List {
    type Push<X>: List;
}
pub struct Full;
impl List for Full {
    type Push<X> = Full;
}
macro_rules! lists { () => { impl<A, B, C, D, E, F, G> List for (A, B, C, D, E, F, G) { type Push<X> = Full; } };
    ($($h:ident)*; $($r:ident)*) => { impl<$($h),*> List for ($($h,)*) { type Push<X> = ($($h,)* X,); } } }
lists!(;);
lists!(A;);
lists!(A B;);
lists!(A B C;);
lists!(A B C D;);
lists!(A B C D E;);
lists!(A B C D E F;);
lists!();
pub trait Exp {
    type M<R: List>: List;
    type Kg<R: List>: List;
    type S<R: List>: List;
    type Am<R: List>: List;
    type K<R: List>: List;
    type Mol<R: List>: List;
    type Cd<R: List>: List;
}
impl Exp for Z0 {
    type M<R: List> = R;
    type Kg<R: List> = R;
    type S<R: List> = R;
    type Am<R: List> = R;
    type K<R: List> = R;
    type Mol<R: List> = R;
    type Cd<R: List> = R;
}
macro_rules! exps { ($($t:ident $e:literal),*) => {$(
    impl Exp for $t { type M<R: List> = R::Push<show::m<$e>>; type Kg<R: List> = R::Push<show::kg<$e>>; type S<R: List> = R::Push<show::s<$e>>; type Am<R: List> = R::Push<show::A<$e>>; type K<R: List> = R::Push<show::K<$e>>; type Mol<R: List> = R::Push<show::mol<$e>>; type Cd<R: List> = R::Push<show::cd<$e>>; }
)*}}
exps!(P1 1, P2 2, P3 3, P4 4, P5 5, P6 6, P7 7, P8 8, N1 -1, N2 -2, N3 -3, N4 -4, N5 -5, N6 -6, N7 -7, N8 -8);

/// A uom dimension whose exponents all lie in -8..=8 (all practical ones).
pub trait Dim: Dimension {
    type Shown;
}
impl<D: Dimension + ?Sized> Dim for D
where
    D::L: Exp,
    D::M: Exp,
    D::T: Exp,
    D::I: Exp,
    D::Th: Exp,
    D::N: Exp,
    D::J: Exp,
{
    type Shown = <D::J as Exp>::Cd<
        <D::N as Exp>::Mol<
            <D::Th as Exp>::K<
                <D::I as Exp>::Am<<D::T as Exp>::S<<D::L as Exp>::M<<D::M as Exp>::Kg<()>>>>,
            >,
        >,
    >;
}

#[diagnostic::on_unimplemented(
    message = "dimension mismatch: cannot add, subtract or equate `{Rhs}` and `{Self}`",
    label = "this side has SI dimension `{Self}`, the other `{Rhs}`",
    note = "every term of a residual must have the same physical dimension"
)]
pub trait SameDimension<Rhs> {}
impl<T> SameDimension<T> for T {}

#[diagnostic::on_unimplemented(
    message = "this function needs a dimensionless argument, but it has SI dimension `{Self}`",
    note = "divide by a characteristic value first"
)]
pub trait Dimensionless {}
impl Dimensionless for () {}
