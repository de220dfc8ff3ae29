//! Symbolic terms with a dimension in their type.

use super::dimension::*;
use super::shown::{Dim, Dimensionless, IsKind, KindOf, SameDimension};
use pinn_expr::{Expr, Function, Graph};
use std::cell::RefCell;
use std::marker::PhantomData;
use std::ops::{Add, Div, Mul, Neg, Sub};
use uom::si::{Dimension, DimensionOne, ISQ};
use uom::typenum::Integer;

/// The graph that operators on terms write to while a function is traced.
#[derive(Default)]
pub(super) struct Tracing {
    pub graph: Graph,
    /// Number of this trace; terms of another one are refused.
    pub generation: u32,
    pub foreign_term: bool,
}

thread_local!(static TRACING: RefCell<Tracing> = RefCell::default());

pub(super) fn swap_tracing(with: Tracing) -> Tracing {
    TRACING.with(|t| std::mem::replace(&mut *t.borrow_mut(), with))
}

/// Symbolic term of a residual: `Copy`, eight bytes, its dimension in its type.
///
/// Terms live only inside the function that [`trace`](super::trace) runs and are not `Send`. Sums of
/// different dimensions do not compile.
///
/// ```
/// use pinn_units::{Equations, Of, equation, quantities, trace};
/// use uom::si::f64::*;
///
/// quantities! { pub struct Wall {
///     coordinates { x: Length }
///     fields { T: ThermodynamicTemperature }
///     parameters { k: ThermalConductivity, q: VolumetricPowerDensity }
/// }}
///
/// fn conduction(Wall { x, T, k, q }: Wall) -> impl Equations {
///     let flux: Of<HeatFluxDensity> = -k * T.d(x);
///     (equation::<VolumetricPowerDensity, _>("heat", q - flux.d(x)),)
/// }
///
/// assert_eq!(trace(conduction)?.show(), ["heat: q + k*T_xx"]);
/// # Ok::<(), pinn_units::TraceError>(())
/// ```
pub struct Term<D: ?Sized> {
    expr: Expr,
    generation: u32,
    marker: PhantomData<*const D>,
}

impl<D: ?Sized> Clone for Term<D> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<D: ?Sized> Copy for Term<D> {}

impl<D: ?Sized> Term<D> {
    /// Runs a graph builder and tags its result with the current trace.
    pub(super) fn build(f: impl FnOnce(&mut Graph) -> Expr) -> Self {
        TRACING.with(|t| {
            let t = &mut *t.borrow_mut();
            Term {
                expr: f(&mut t.graph),
                generation: t.generation,
                marker: PhantomData,
            }
        })
    }

    /// Handle in the current trace. A term that escaped from another trace becomes not-a-number and the
    /// trace fails with [`TraceError::ForeignTerm`](super::TraceError::ForeignTerm).
    pub(super) fn expr(self) -> Expr {
        TRACING.with(|t| {
            let t = &mut *t.borrow_mut();
            if self.generation == t.generation {
                self.expr
            } else {
                t.foreign_term = true;
                t.graph.constant(f64::NAN)
            }
        })
    }

    /// Converts to another name of the same dimension.
    pub(super) fn cast<E: ?Sized>(self) -> Term<E> {
        Term {
            expr: self.expr,
            generation: self.generation,
            marker: PhantomData,
        }
    }
}

/// Independent variable. Use `x.term()` for its value.
pub struct Coordinate<D: ?Sized>(u8, PhantomData<*const D>);
impl<D: ?Sized> Clone for Coordinate<D> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<D: ?Sized> Copy for Coordinate<D> {}
impl<D: ?Sized> Coordinate<D> {
    pub(super) fn number(i: u8) -> Self {
        Coordinate(i, PhantomData)
    }

    /// Number among the declared coordinates.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// Value of the coordinate as a term.
    pub fn term(self) -> Term<D> {
        Term::build(|g| g.coordinate(self.0))
    }
}

/// uom quantity type: its dimension, and its value in SI base units.
///
/// `Dim` has uom's default kind. Kinds such as absolute temperature live at the boundary only, so that `T -
/// T0` is a temperature difference in an equation.
pub trait Quantity {
    /// Dimension, of uom's default kind.
    type Dim: ?Sized + Dimension;
    /// Either [`interval`](super::symbols::interval) or
    /// [`absolute_temperature`](super::symbols::absolute_temperature).
    type Kind: IsKind;
    /// Value in SI base units.
    fn si(self) -> f64;
    /// Converts from a value in SI base units.
    fn from_si(value: f64) -> Self;
}
impl<D: ?Sized + Dimension> Quantity for Q<D>
where
    D::Kind: KindOf,
{
    type Dim = ISQ<D::L, D::M, D::T, D::I, D::Th, D::N, D::J>;
    type Kind = <D::Kind as KindOf>::Kind;
    fn si(self) -> f64 {
        self.value
    }
    fn from_si(value: f64) -> Self {
        Q {
            dimension: PhantomData,
            units: PhantomData,
            value,
        }
    }
}

/// Symbolic term of a uom quantity: `Of<Velocity>`.
pub type Of<T> = Term<<T as Quantity>::Dim>;

fn constant<D: ?Sized>(value: f64) -> Term<D> {
    Term::build(|g| g.constant(value))
}

fn binary<A: ?Sized, B: ?Sized, C: ?Sized>(
    a: Term<A>,
    b: Term<B>,
    f: impl FnOnce(&mut Graph, Expr, Expr) -> Expr,
) -> Term<C> {
    let (a, b) = (a.expr(), b.expr());
    Term::build(|g| f(g, a, b))
}

macro_rules! sums {
    ($trait:ident $method:ident) => {
        impl<A: ?Sized + Dim, B: ?Sized + Dim> $trait<Term<B>> for Term<A>
        where
            B::Shown: SameDimension<A::Shown>,
        {
            type Output = Term<A>;
            fn $method(self, right: Term<B>) -> Term<A> {
                binary(self, right, Graph::$method)
            }
        }
        impl<A: ?Sized + Dim, B: ?Sized + Dim> $trait<Q<B>> for Term<A>
        where
            B::Shown: SameDimension<A::Shown>,
        {
            type Output = Term<A>;
            fn $method(self, right: Q<B>) -> Term<A> {
                binary(self, constant::<B>(right.value), Graph::$method)
            }
        }
        impl<A: ?Sized + Dim, B: ?Sized + Dim> $trait<Term<B>> for Q<A>
        where
            B::Shown: SameDimension<A::Shown>,
        {
            type Output = Term<B>;
            fn $method(self, right: Term<B>) -> Term<B> {
                binary(constant::<A>(self.value), right, Graph::$method)
            }
        }
        impl<A: ?Sized + Dim> $trait<f64> for Term<A>
        where
            A::Shown: Dimensionless,
        {
            type Output = Term<A>;
            fn $method(self, right: f64) -> Term<A> {
                binary(self, constant::<A>(right), Graph::$method)
            }
        }
        impl<A: ?Sized + Dim> $trait<Term<A>> for f64
        where
            A::Shown: Dimensionless,
        {
            type Output = Term<A>;
            fn $method(self, right: Term<A>) -> Term<A> {
                binary(constant::<A>(self), right, Graph::$method)
            }
        }
    };
}
sums!(Add add);
sums!(Sub sub);

/// A value that a term of dimension `D` may be compared with: a term or a uom quantity of that dimension, or a number if
/// it has none.
pub trait ValueOf<D: ?Sized> {
    /// The value as a term of the current trace.
    fn into_term(self) -> Term<D>;
}
impl<A: ?Sized + Dim, B: ?Sized + Dim> ValueOf<A> for Term<B>
where
    B::Shown: SameDimension<A::Shown>,
{
    fn into_term(self) -> Term<A> {
        self.cast()
    }
}
impl<A: ?Sized + Dim, B: ?Sized + Dim> ValueOf<A> for Q<B>
where
    B::Shown: SameDimension<A::Shown>,
{
    fn into_term(self) -> Term<A> {
        constant(super::exact::round15(self.value))
    }
}
impl<A: ?Sized + Dim> ValueOf<A> for f64
where
    A::Shown: Dimensionless,
{
    fn into_term(self) -> Term<A> {
        constant(self)
    }
}

macro_rules! products {
    ($trait:ident $method:ident $arithmetic:ident) => {
        impl<A: ?Sized + $arithmetic<B>, B: ?Sized> $trait<Term<B>> for Term<A> {
            type Output = Term<A::Out>;
            fn $method(self, right: Term<B>) -> Self::Output {
                binary(self, right, Graph::$method)
            }
        }
        impl<A: ?Sized + $arithmetic<B>, B: ?Sized + Dimension> $trait<Q<B>> for Term<A> {
            type Output = Term<A::Out>;
            fn $method(self, right: Q<B>) -> Self::Output {
                binary(self, constant::<B>(right.value), Graph::$method)
            }
        }
        impl<A: ?Sized + Dimension + $arithmetic<B>, B: ?Sized> $trait<Term<B>> for Q<A> {
            type Output = Term<A::Out>;
            fn $method(self, right: Term<B>) -> Self::Output {
                binary(constant::<A>(self.value), right, Graph::$method)
            }
        }
        impl<A: ?Sized> $trait<f64> for Term<A> {
            type Output = Term<A>;
            fn $method(self, right: f64) -> Term<A> {
                binary(self, constant::<A>(right), Graph::$method)
            }
        }
    };
}
products!(Mul mul MulDim);
products!(Div div DivDim);

impl<A: ?Sized> Mul<Term<A>> for f64 {
    type Output = Term<A>;
    fn mul(self, right: Term<A>) -> Term<A> {
        right * self
    }
}
impl<A: ?Sized> Div<Term<A>> for f64
where
    DimensionOne: DivDim<A>,
{
    type Output = Term<Quot<DimensionOne, A>>;
    fn div(self, right: Term<A>) -> Self::Output {
        binary(constant::<DimensionOne>(self), right, Graph::div)
    }
}
impl<A: ?Sized> Neg for Term<A> {
    type Output = Term<A>;
    fn neg(self) -> Term<A> {
        let a = self.expr();
        Term::build(|g| g.neg(a))
    }
}

impl<D: ?Sized> Term<D> {
    /// Partial derivative along a coordinate; its dimension is `D / C`.
    pub fn d<C: ?Sized>(self, along: Coordinate<C>) -> Term<Quot<D, C>>
    where
        D: DivDim<C>,
    {
        let a = self.expr();
        Term::build(|g| g.differentiate(a, along.0))
    }

    /// Integer power with a uom type-level exponent, such as `uom::typenum::P3::new()`.
    pub fn powi<E: Integer>(self, _: E) -> Term<<D as PowDim<E>>::Out>
    where
        D: PowDim<E>,
    {
        let a = self.expr();
        Term::build(|g| g.powi(a, E::I32))
    }

    /// `self · self`
    pub fn squared(self) -> Term<Prod<D, D>>
    where
        D: MulDim<D>,
    {
        self * self
    }

    /// Square root; every exponent of the dimension must be even.
    pub fn sqrt(self) -> Term<<D as SqrtDim>::Out>
    where
        D: SqrtDim,
    {
        let a = self.expr();
        Term::build(|g| g.apply(Function::Sqrt, a))
    }

    /// Term at the partner point on the opposite face, for periodic conditions.
    pub fn at_partner(self) -> Term<D> {
        let a = self.expr();
        Term::build(|g| g.at_partner(a))
    }

    /// Polar angle of the point (`x`, `self`), in (−π, π]. It jumps where `self` is zero and `x` negative.
    pub fn atan2<X: ?Sized + Dim>(self, x: Term<X>) -> Term<DimensionOne>
    where
        D: Dim,
        X::Shown: SameDimension<D::Shown>,
    {
        binary(self, x, Graph::atan2)
    }

    /// Absolute value; not differentiable at zero.
    pub fn abs(self) -> Term<D> {
        let a = self.expr();
        Term::build(|g| g.apply(Function::Abs, a))
    }
}

macro_rules! transcendental {
    ($($method:ident $function:ident),*) => {
        impl<D: ?Sized> Term<D> {
            $(#[doc = concat!("`", stringify!($method), "` of a dimensionless term.")]
            pub fn $method(self) -> Term<D>
            where
                D: Dim,
                D::Shown: Dimensionless,
            {
                let a = self.expr();
                Term::build(|g| g.apply(Function::$function, a))
            })*
        }
    };
}
transcendental!(exp Exp, ln Ln, sin Sin, cos Cos, tanh Tanh);
