//! Conditions on faces, as residuals: zero where the condition holds.
//!
//! Each exists in two forms. The typed functions build terms for equations in Rust, and a condition whose two sides
//! differ in dimension does not compile; the functions of [`symbolic`] build nodes of a graph whose
//! dimensions the caller has checked at run time.

use super::statement::Condition;
use pinn_geometry::domain::{Face, Side};
use pinn_geometry::place::Place;
use pinn_units::{
    Coordinate, DivDim, Equations, MulDim, Prod, Quot, Symbols, Term, TraceError, trace,
};
use std::ops::{Mul, Sub};

/// The field has a value: f − value.
pub fn dirichlet<D: ?Sized, V>(field: Term<D>, value: V) -> Term<D>
where
    Term<D>: Sub<V, Output = Term<D>>,
{
    field - value
}

/// The field has a value at the first instant: f − value.
pub fn initial<D: ?Sized, V>(field: Term<D>, value: V) -> Term<D>
where
    Term<D>: Sub<V, Output = Term<D>>,
{
    field - value
}

/// The derivative along the outward normal has a value: ∂f/∂n − gradient.
pub fn neumann<D, C, V>(
    field: Term<D>,
    along: Coordinate<C>,
    side: Side,
    gradient: V,
) -> Term<Quot<D, C>>
where
    D: ?Sized + DivDim<C>,
    C: ?Sized,
    Term<Quot<D, C>>: Sub<V, Output = Term<Quot<D, C>>>,
{
    field.d(along) * side.outward() - gradient
}

/// Conduction to the face equals the heat that the surroundings take up: −k ∂f/∂n − h (f − ambient).
pub fn robin<D, C, K, H, V>(
    field: Term<D>,
    along: Coordinate<C>,
    side: Side,
    conductivity: Term<K>,
    transfer: H,
    ambient: V,
) -> Term<Prod<K, Quot<D, C>>>
where
    D: ?Sized + DivDim<C>,
    C: ?Sized,
    K: ?Sized + MulDim<Quot<D, C>>,
    Term<D>: Sub<V, Output = Term<D>>,
    H: Mul<Term<D>>,
    Term<Prod<K, Quot<D, C>>>: Sub<H::Output, Output = Term<Prod<K, Quot<D, C>>>>,
{
    conductivity * field.d(along) * -side.outward() - transfer * (field - ambient)
}

/// The term is the same on the opposite face. An equation of order n along the periodic coordinate needs it
/// for the derivatives of order 0 to n − 1.
pub fn periodic<D: ?Sized>(term: Term<D>) -> Term<D>
where
    Term<D>: Sub<Term<D>, Output = Term<D>>,
{
    term - term.at_partner()
}

impl Condition {
    /// A condition from a typed function over the equation's symbols.
    ///
    /// ```
    /// use pinn_core::conditions::dirichlet;
    /// use pinn_core::statement::Condition;
    /// use pinn_equations::Heat1dQuantities;
    /// use pinn_geometry::domain::{Face, Side};
    /// use uom::si::{f64::ThermodynamicTemperature, thermodynamic_temperature::degree_celsius};
    ///
    /// let face = Face { coordinate: 1, side: Side::Upper };
    /// let wall = ThermodynamicTemperature::new::<degree_celsius>(20.0);
    /// let condition = Condition::typed("wall", face, |s: Heat1dQuantities| (dirichlet(s.T, wall),)).unwrap();
    /// assert_eq!(condition.residuals.show(), ["residual 0: T - 293.1"]);
    /// ```
    ///
    /// A length in place of the temperature does not compile:
    ///
    /// ```compile_fail,E0277
    /// use pinn_core::conditions::dirichlet;
    /// use pinn_core::statement::Condition;
    /// use pinn_equations::Heat1dQuantities;
    /// use pinn_geometry::domain::{Face, Side};
    /// use uom::si::{f64::Length, length::meter};
    ///
    /// let face = Face { coordinate: 1, side: Side::Upper };
    /// let wall = Length::new::<meter>(20.0);
    /// let condition = Condition::typed("wall", face, |s: Heat1dQuantities| (dirichlet(s.T, wall),)).unwrap();
    /// ```
    pub fn typed<S: Symbols, R: Equations>(
        name: impl Into<String>,
        place: impl Into<Place>,
        function: impl FnOnce(S) -> R,
    ) -> Result<Self, TraceError> {
        Ok(Condition {
            name: name.into(),
            residuals: trace(function)?.erase(),
            place: place.into(),
            normal: Vec::new(),
            partner: None,
            hard: false,
        })
    }

    /// Enforces the condition exactly instead of training it: see [`ansatz`](super::ansatz).
    #[must_use]
    pub fn hard(mut self) -> Self {
        self.hard = true;
        self
    }

    /// Couples the face with another one, as [`periodic`] terms need.
    #[must_use]
    pub fn with_partner(mut self, partner: Face) -> Self {
        self.partner = Some(partner);
        self
    }
}

/// Residuals over a graph, for conditions from files.
pub mod symbolic {
    use pinn_expr::{Expr, Graph};
    use pinn_geometry::domain::Face;

    /// Derivative ∂f/∂n along the outward normal.
    pub fn normal_derivative(graph: &mut Graph, field: Expr, face: Face) -> Expr {
        let slope = graph.differentiate(field, face.coordinate as u8);
        let sign = graph.constant(face.side.outward());
        graph.mul(sign, slope)
    }

    /// Derivative along a normal. Rows hold its components along `axes` as coordinates, numbered from `first`.
    pub fn along_normal(graph: &mut Graph, field: Expr, axes: &[usize], first: usize) -> Expr {
        let mut sum = graph.constant(0.0);
        for (number, axis) in axes.iter().enumerate() {
            let slope = graph.differentiate(field, *axis as u8);
            let component = graph.coordinate((first + number) as u8);
            let part = graph.mul(component, slope);
            sum = graph.add(sum, part);
        }
        sum
    }

    /// Residual f − value; also for initial conditions.
    pub fn dirichlet(graph: &mut Graph, field: Expr, value: Expr) -> Expr {
        graph.sub(field, value)
    }

    /// Residual ∂f/∂n − gradient, with the normal derivative `slope`.
    pub fn neumann(graph: &mut Graph, slope: Expr, gradient: Expr) -> Expr {
        graph.sub(slope, gradient)
    }

    /// Residual −k ∂f/∂n − flux, with the flux out of the domain.
    pub fn flux(graph: &mut Graph, slope: Expr, conductivity: Expr, flux: Expr) -> Expr {
        let conducted = graph.mul(conductivity, slope);
        let conducted = graph.neg(conducted);
        graph.sub(conducted, flux)
    }

    /// Residual −k ∂f/∂n − h (f − ambient).
    pub fn robin(
        graph: &mut Graph,
        field: Expr,
        slope: Expr,
        conductivity: Expr,
        transfer: Expr,
        ambient: Expr,
    ) -> Expr {
        let difference = graph.sub(field, ambient);
        let taken = graph.mul(transfer, difference);
        flux(graph, slope, conductivity, taken)
    }

    /// Residual ∂ⁿf/∂xⁿ minus its value at the partner point.
    pub fn periodic(graph: &mut Graph, field: Expr, coordinate: usize, order: usize) -> Expr {
        let mut here = field;
        for _ in 0..order {
            here = graph.differentiate(here, coordinate as u8);
        }
        let there = graph.at_partner(here);
        graph.sub(here, there)
    }
}
