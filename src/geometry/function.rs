//! Smooth functions in place of distances, for hard conditions.
//!
//! Like the distance, such a function is zero on a boundary with slope 1; unlike it, it is smooth inside
//! (Rvachev, *Theory of R-functions and some applications*, 1982; Shapiro, *Semi-analytic geometry with
//! R-functions*, Acta Numerica 16, 2007; Sukumar & Srivastava, *Exact imposition of boundary conditions with
//! distance functions in physics-informed deep neural networks*, CMAME 389, 2022). Corners are the exception:
//! where two surfaces meet, derivatives of the combinations do not exist at the meeting points themselves.

use pinn_expr::{Expr, Function, Graph};
use pinn_units::Affine;

/// Coordinates of a shape as expressions over the dimensionless ones.
pub struct Frame<'a> {
    /// Graph that the expressions are added to.
    pub graph: &'a mut Graph,
    /// Number of each coordinate of the shape, and its scale.
    pub coordinates: Vec<(u8, Affine)>,
    /// Unit of lengths, in SI base units.
    pub unit: f64,
}

impl Frame<'_> {
    /// Dimensionless height of the shape's coordinate `own` above a position in SI base units.
    pub fn above(&mut self, own: usize, position: f64) -> Expr {
        let (coordinate, affine) = self.coordinates[own];
        let x = self.graph.coordinate(coordinate);
        let position = self.graph.constant(affine.to_dimensionless(position));
        let difference = self.graph.sub(x, position);
        let scale = self.graph.constant(affine.scale / self.unit);
        self.graph.mul(scale, difference)
    }

    /// Dimensionless form of a length in SI base units.
    pub fn length(&mut self, si: f64) -> Expr {
        self.graph.constant(si / self.unit)
    }
}

/// √(a² + b²)
fn hypotenuse(graph: &mut Graph, a: Expr, b: Expr) -> Expr {
    let (a, b) = (graph.mul(a, a), graph.mul(b, b));
    let sum = graph.add(a, b);
    graph.apply(Function::Sqrt, sum)
}

/// Function that is positive where both are: a + b − √(a² + b²).
pub fn conjunction(graph: &mut Graph, a: Expr, b: Expr) -> Expr {
    let root = hypotenuse(graph, a, b);
    let sum = graph.add(a, b);
    graph.sub(sum, root)
}

/// Function that is positive where one of them is: a + b + √(a² + b²).
pub fn disjunction(graph: &mut Graph, a: Expr, b: Expr) -> Expr {
    let root = hypotenuse(graph, a, b);
    let sum = graph.add(a, b);
    graph.add(sum, root)
}

/// Function that is zero where `f` is zero and `within` not negative, and otherwise positive: √(f² + ((√(t² + f⁴)
/// − t) / 2)²).
pub fn trimmed(graph: &mut Graph, f: Expr, within: Expr) -> Expr {
    let square = graph.mul(f, f);
    let root = hypotenuse(graph, within, square);
    let difference = graph.sub(root, within);
    let half = graph.constant(0.5);
    let beyond = graph.mul(half, difference);
    hypotenuse(graph, f, beyond)
}

/// Function that is zero where one of several nonnegative ones is: 1 / (1/a + 1/b + …), the R-equivalence of
/// order 1.
pub fn equivalence(graph: &mut Graph, all: &[Expr]) -> Expr {
    let one = graph.constant(1.0);
    let mut sum = graph.constant(0.0);
    for e in all {
        let inverse = graph.div(one, *e);
        sum = graph.add(sum, inverse);
    }
    graph.div(one, sum)
}
