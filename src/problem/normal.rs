//! Names for the components of the normal in conditions: `n_x`.

use super::context::Context;
use super::expression::{Component, ComponentValue, Scope};
use pinn_geometry::place::{Boundary, Place};
use pinn_geometry::row_data::RowData;

/// All names, and the components of the normal.
pub(super) fn scope<'s>(context: Context<'s>, normal: &'s [Component]) -> Scope<'s> {
    Scope {
        normal,
        ..Scope::all(context.declared, context.definitions)
    }
}

/// Components of the outward normal: on faces numbers, on shapes coordinates behind the declared ones.
pub(super) fn components(place: &Place, context: Context) -> Vec<Component> {
    let coordinates = &context.declared.coordinates;
    let component = |coordinate: usize, value| Component {
        name: RowData::component(&coordinates[coordinate]).info.name,
        value,
    };
    match place.boundary {
        Boundary::Face(face) => {
            let all = 0..coordinates.len();
            let all = all.map(|c| match c == face.coordinate {
                true => component(c, ComponentValue::Constant(face.side.outward())),
                false => component(c, ComponentValue::Constant(0.0)),
            });
            all.collect()
        }
        boundary => {
            let axes = boundary.axes(context.domain.geometry.as_deref());
            let all = axes.into_iter().enumerate().map(|(place, axis)| {
                let number = (coordinates.len() + place) as u8;
                component(axis, ComponentValue::Coordinate(number))
            });
            all.collect()
        }
    }
}
