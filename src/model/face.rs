//! Conditions on faces of the domain, as closures over the equation's symbols state them.

use pinn_core::conditions;
use pinn_geometry::domain::{Face as Number, Side};
use pinn_units::{
    Coordinate, Dim, DivDim, Equations, IntoEquation, Quot, RawEquation, SameDimension, Term,
    ValueOf,
};
use std::ops::{Mul, Sub};
use uom::si::Dimension;

/// Faces of the domain, from their coordinate.
pub trait Faces<C: ?Sized> {
    /// The face at the lower end; of a time, the first instant.
    fn min(self) -> Face<C>;
    /// The face at the upper end; of a time, the last instant.
    fn max(self) -> Face<C>;
    /// The term, a field or a derivative of one, is the same on both faces.
    ///
    /// An equation of order n along the coordinate needs one condition for each derivative of order 0 to n − 1.
    fn periodic<D: ?Sized + Dimension>(self, term: Term<D>) -> OnFace
    where
        Term<D>: Sub<Term<D>, Output = Term<D>>;
}

impl<C: ?Sized> Faces<C> for Coordinate<C> {
    fn min(self) -> Face<C> {
        Face {
            along: self,
            side: Side::Lower,
        }
    }

    fn max(self) -> Face<C> {
        Face {
            along: self,
            side: Side::Upper,
        }
    }

    fn periodic<D: ?Sized + Dimension>(self, term: Term<D>) -> OnFace
    where
        Term<D>: Sub<Term<D>, Output = Term<D>>,
    {
        let mut condition = self.min().residual(conditions::periodic(term));
        condition.partner = Some(condition.face.opposite());
        condition
    }
}

/// One face of the domain; made by [`Faces`].
pub struct Face<C: ?Sized> {
    along: Coordinate<C>,
    side: Side,
}

impl<C: ?Sized> Clone for Face<C> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<C: ?Sized> Copy for Face<C> {}

impl<C: ?Sized> Face<C> {
    pub(crate) fn number(self) -> Number {
        Number {
            coordinate: self.along.index(),
            side: self.side,
        }
    }

    /// The field has a value: a quantity, or a term over coordinates and parameters. On the first instant this is an
    /// initial condition.
    pub fn value<D, V>(self, field: Term<D>, value: V) -> OnFace
    where
        D: ?Sized + Dimension,
        V: ValueOf<D>,
        Term<D>: Sub<Term<D>, Output = Term<D>>,
    {
        let value = value.into_term();
        self.residual(conditions::dirichlet(field, value))
            .with_known(field, value)
    }

    /// The derivative along the outward normal has a value: ∂f/∂n = gradient.
    pub fn slope<D, V>(self, field: Term<D>, gradient: V) -> OnFace
    where
        D: ?Sized + DivDim<C>,
        V: ValueOf<Quot<D, C>>,
        Term<Quot<D, C>>: Sub<Term<Quot<D, C>>, Output = Term<Quot<D, C>>>,
    {
        let gradient = gradient.into_term();
        self.residual(conditions::neumann(field, self.along, self.side, gradient))
    }

    /// A flux leaves the domain: −k ∂f/∂n = flux. A positive flux flows out.
    pub fn flux<D, K, F, V>(self, field: Term<D>, conductivity: K, flux: V) -> OnFace
    where
        D: ?Sized + DivDim<C>,
        K: Mul<Term<Quot<D, C>>, Output = Term<F>>,
        F: ?Sized + Dimension,
        V: ValueOf<F>,
        Term<F>: Sub<Term<F>, Output = Term<F>>,
    {
        let slope = field.d(self.along) * -self.side.outward();
        self.residual(conductivity * slope - flux.into_term())
    }

    /// Convection to the surroundings: −k ∂f/∂n = h (f − ambient).
    pub fn robin<D, K, H, F, G, V>(
        self,
        field: Term<D>,
        conductivity: K,
        transfer: H,
        ambient: V,
    ) -> OnFace
    where
        D: ?Sized + DivDim<C> + Dimension,
        K: Mul<Term<Quot<D, C>>, Output = Term<F>>,
        H: Mul<Term<D>, Output = Term<G>>,
        F: ?Sized + Dimension + Dim,
        G: ?Sized + Dim,
        G::Shown: SameDimension<F::Shown>,
        V: ValueOf<D>,
        Term<D>: Sub<Term<D>, Output = Term<D>>,
    {
        let ambient = ambient.into_term();
        let slope = field.d(self.along) * -self.side.outward();
        self.residual(conductivity * slope - transfer * (field - ambient))
            .with_known(field, ambient)
    }

    /// Any residual of fields and their derivatives, zero where the condition holds.
    pub fn residual<D: ?Sized + Dimension>(self, residual: Term<D>) -> OnFace {
        OnFace {
            face: self.number(),
            partner: None,
            residual: residual.into_raw(0),
            known: None,
            hard: false,
            weight: 1.0,
            points: None,
        }
    }
}

/// A condition on a face; made by the methods of [`Face`] and [`Faces::periodic`].
pub struct OnFace {
    pub(crate) face: Number,
    pub(crate) partner: Option<Number>,
    residual: RawEquation,
    /// A field, and the value that it takes.
    known: Option<(RawEquation, RawEquation)>,
    pub(crate) hard: bool,
    pub(crate) weight: f64,
    pub(crate) points: Option<usize>,
}

impl OnFace {
    fn with_known<D: ?Sized + Dimension>(mut self, field: Term<D>, value: Term<D>) -> Self {
        self.known = Some((field.into_raw(1), value.into_raw(2)));
        self
    }

    /// The condition holds exactly for every network. Only values can be hard.
    #[must_use]
    pub fn hard(mut self) -> Self {
        self.hard = true;
        self
    }

    /// Sets the weight of the squared residual in the loss. The default is 1.
    #[must_use]
    pub fn weight(mut self, weight: f64) -> Self {
        self.weight = weight;
        self
    }

    /// Sets the number of points at which the residual should vanish. The default is 256.
    #[must_use]
    pub fn points(mut self, points: usize) -> Self {
        self.points = Some(points);
        self
    }
}

/// The residual, and if there is a known value, the field and the value.
impl Equations for OnFace {
    fn into_raw(self) -> Vec<RawEquation> {
        let known = self
            .known
            .into_iter()
            .flat_map(|(field, value)| [field, value]);
        std::iter::once(self.residual).chain(known).collect()
    }
}
