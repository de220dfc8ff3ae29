//! Check that triangles form a closed surface.

use super::MeshError;
use super::triangle::{Point, Triangle, normal};
use std::collections::HashMap;

/// Smallest volume, relative to the sum of the absolute values of its terms.
const FLAT: f64 = 1e-12;

/// Triangles of a closed surface, counterclockwise seen from outside. Triangles with two equal corners are
/// removed: the surface stays closed without them.
pub(super) fn closed(triangles: Vec<Triangle>) -> Result<Vec<Triangle>, MeshError> {
    if let Some(number) = triangles.iter().position(|t| !finite(t)) {
        return Err(MeshError::NotFinite { number: number + 1 });
    }
    let mut proper = triangles;
    proper.retain(|[a, b, c]| a != b && b != c && c != a);
    // A tetrahedron has the fewest.
    if proper.len() < 4 {
        return Err(MeshError::TooFew {
            found: proper.len(),
        });
    }
    check_edges(&proper)?;
    let inside = proper.iter().fold(Point::zeros(), |a, t| a + t[0]) / proper.len() as f64;
    let volumes = proper.iter().map(|t| normal(t).dot(&(t[0] - inside)) / 6.0);
    let sizes: f64 = volumes.clone().map(f64::abs).sum();
    let volume: f64 = volumes.sum();
    // NaN encloses nothing.
    if volume.is_nan() || volume.abs() <= FLAT * sizes {
        return Err(MeshError::Flat);
    }
    if volume < 0.0 {
        proper.iter_mut().for_each(|t| t.swap(1, 2));
    }
    Ok(proper)
}

/// Returns true if the corners and the size of the normal are finite.
fn finite(triangle: &Triangle) -> bool {
    let corners = triangle.iter().all(|p| p.iter().all(|x| x.is_finite()));
    corners && normal(triangle).norm_squared().is_finite()
}

/// Checks that every edge belongs to equally many triangles in both directions.
fn check_edges(triangles: &[Triangle]) -> Result<(), MeshError> {
    let bits = |p: &Point| [p.x, p.y, p.z].map(f64::to_bits);
    // Number of triangles at every edge, and the difference between both directions.
    let mut edges: HashMap<_, (usize, isize)> = HashMap::new();
    for triangle in triangles {
        for side in 0..3 {
            let (from, to) = (bits(&triangle[side]), bits(&triangle[(side + 1) % 3]));
            let (key, sense) = match from < to {
                true => ((from, to), 1),
                false => ((to, from), -1),
            };
            let edge = edges.entry(key).or_default();
            edge.0 += 1;
            edge.1 += sense;
        }
    }
    let open = edges.values().filter(|(count, _)| count % 2 == 1).count();
    let turned = edges.values().filter(|(_, sense)| *sense != 0).count();
    match (open, turned) {
        (0, 0) => Ok(()),
        (0, edges) => Err(MeshError::Turned { edges }),
        (edges, _) => Err(MeshError::Open { edges }),
    }
}
