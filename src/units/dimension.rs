//! Dimension arithmetic on top of uom's `Dimension`.
use core::ops;
use uom::si::{Dimension, ISQ, Quantity, SI};
use uom::typenum::*;

/// uom quantity that stores an `f64` in SI base units.
pub type Q<D> = Quantity<D, SI<f64>, f64>;

/// Product of two dimensions, always of uom's default kind.
///
/// Kinds such as absolute temperature live at the boundary, in values and scales, and not in equations.
pub trait MulDim<R: ?Sized> {
    /// `Self · R`
    type Out: ?Sized + Dimension;
}
/// Quotient of two dimensions, of uom's default kind.
pub trait DivDim<R: ?Sized> {
    /// `Self / R`
    type Out: ?Sized + Dimension;
}
/// Dimension of a product.
pub type Prod<A, B> = <A as MulDim<B>>::Out;
/// Dimension of a quotient.
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

/// Power of a dimension with a typenum integer as exponent.
pub trait PowDim<E> {
    /// `Self ^ E`
    type Out: ?Sized + Dimension;
}
/// Square root of a dimension whose exponents are all even.
pub trait SqrtDim {
    /// `Self ^ (1/2)`
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
