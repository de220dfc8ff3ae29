//! One triangle in space.

use nalgebra::Vector3;

/// Point in space.
pub type Point = Vector3<f64>;
/// Corners of a triangle, counterclockwise seen from outside.
pub type Triangle = [Point; 3];

/// Normal with twice the area as its length.
pub(super) fn normal([a, b, c]: &Triangle) -> Point {
    (b - a).cross(&(c - a))
}

/// Square of the distance of a point, also correct for triangles without area, which are their edges.
pub(super) fn square(triangle: &Triangle, p: &Point) -> f64 {
    let normal = normal(triangle);
    let edges = [(0, 1), (1, 2), (2, 0)].map(|(from, to)| [triangle[from], triangle[to]]);
    let above = |[from, to]: &[Point; 2]| normal.dot(&(to - from).cross(&(p - from))) > 0.0;
    if edges.iter().all(above) {
        let height = normal.dot(&(p - triangle[0]));
        return height * height / normal.norm_squared();
    }
    let squares = edges.iter().map(|[from, to]| {
        let (along, away) = (to - from, p - from);
        let share = (away.dot(&along) / along.norm_squared()).clamp(0.0, 1.0);
        (away - share * along).norm_squared()
    });
    // The share of an edge without length is NaN; its ends belong to the other edges.
    squares.fold(f64::INFINITY, f64::min)
}
