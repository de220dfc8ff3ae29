//! Functions that vanish on a part of a region's boundary.

use super::function::{Frame, conjunction, trimmed};
use super::{Geometry, MAX_CORNERS, STEP, Shape};
use pinn_expr::{Expr, Graph};
use pinn_units::Affine;

/// Reason why a part of the boundary has no smooth function that vanishes there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoFunction {
    /// A shape has no smooth function.
    #[error(
        "`{shape}` has no smooth distance: expected a disk, ball, box or polygon with at most {MAX_CORNERS} corners, which must be \
         convex in a union"
    )]
    Shape {
        /// Name of the shape.
        shape: String,
    },
    /// A shape occurs in several unions of the region.
    #[error("`{shape}` occurs in several unions of the region")]
    Again {
        /// Name of the shape.
        shape: String,
    },
}

impl Geometry {
    /// Function of the dimensionless coordinates that is zero where the surface of a shape bounds the region,
    /// and positive everywhere else in it. `affine` has the scales of all coordinates.
    ///
    /// # Errors
    /// If a shape that it needs has no smooth function, or the shape occurs in several unions.
    pub fn vanishing(
        &self,
        graph: &mut Graph,
        affine: &[Affine],
        shape: usize,
    ) -> Result<Expr, NoFunction> {
        let name = |number: usize| self.shapes[number].name.clone();
        let mut found = Vec::new();
        self.region.beside(shape, true, &mut Vec::new(), &mut found);
        // Without unions the whole region is on one side of it.
        let plain = found.iter().find(|side| side.united.is_empty());
        let side = match (plain, &found[..]) {
            (Some(side), _) | (None, [side]) => side,
            _ => return Err(NoFunction::Again { shape: name(shape) }),
        };
        let of = |graph: &mut Graph,
                  number: usize,
                  function: &dyn Fn(&dyn Shape, &mut Frame) -> Option<Expr>| {
            let placed = &self.shapes[number];
            let coordinates = placed.axes.iter().map(|axis| (*axis as u8, affine[*axis]));
            let mut frame = Frame {
                graph,
                coordinates: coordinates.collect(),
                // The diagonal of the domain.
                unit: self.step / STEP,
            };
            let found = function(placed.shape.as_ref(), &mut frame);
            found.ok_or_else(|| NoFunction::Shape {
                shape: name(number),
            })
        };
        let zero = of(graph, shape, &|shape, frame| {
            shape.vanishing(frame, side.inside)
        })?;
        let mut within = None;
        for (other, outside) in &side.united {
            let mut function = other.function(graph, &mut |graph: &mut Graph, number: usize| {
                of(graph, number, &|shape, frame| shape.function(frame))
            })?;
            if *outside {
                function = graph.neg(function);
            }
            within = Some(match within {
                None => function,
                Some(within) => conjunction(graph, within, function),
            });
        }
        Ok(match within {
            None => zero,
            Some(within) => trimmed(graph, zero, within),
        })
    }
}
