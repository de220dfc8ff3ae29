//! Conditions that couple two opposite faces.

use super::builder::Builder;
use crate::mistake::{Checked, Fault, Mistake};
use crate::names::field_number;
use crate::residuals::highest_order;
use pinn_core::conditions::symbolic;
use pinn_geometry::domain::Face;
use toml::Spanned;

impl Builder<'_> {
    /// An equation of order n along the coordinate needs n couplings.
    pub(super) fn periodic(&mut self) -> Checked<()> {
        let declared = self.context.declared;
        let fields = match &self.entry.field {
            Some(name) => vec![field_number(name, declared)?],
            None => (0..declared.fields.len()).collect(),
        };
        let Some(Face { coordinate, .. }) = self.place.face() else {
            return Err(self.missing("on"));
        };
        if Some(coordinate) == self.context.domain.time {
            let fault = Fault::NoFace {
                text: declared.coordinates[coordinate].name.clone(),
            };
            let span = self.entry.on.as_ref().map_or(0..0, Spanned::span);
            return Err(Mistake::new(fault, span).label("time cannot be periodic here"));
        }
        for field in fields {
            let info = &declared.fields[field];
            let order = highest_order(self.context.equations, field, coordinate);
            for n in 0..order.max(1) {
                let unknown = self.graph.field(field as u16);
                let residual = symbolic::periodic(&mut self.graph, unknown, coordinate, n);
                let along = declared.coordinates[coordinate].dimensions;
                let dimensions = self.times_power(info.dimensions, along, -(n as i32))?;
                let name = match n {
                    0 => info.name.clone(),
                    n => format!(
                        "{}_{}",
                        info.name,
                        declared.coordinates[coordinate].name.repeat(n)
                    ),
                };
                self.push(name, residual, dimensions);
            }
        }
        Ok(())
    }
}
