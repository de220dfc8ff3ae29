//! Conditions counted against what the equations need: warnings about statements that may have no solution, or many.
//!
//! Counting proves nothing where faces are curved, fields are coupled or equations are nonlinear; it finds what people forget.

use super::conditions::Entry;
use super::residuals::highest_order;
use pinn_core::statement::Condition;
use pinn_expr::Op;
use pinn_geometry::domain::{Domain, Face, Side};
use pinn_geometry::place::Boundary;
use pinn_units::{Declared, DimensionalResiduals};

/// A statement before it is posed.
pub(super) struct Counted<'a> {
    pub declared: &'a Declared,
    pub domain: &'a Domain,
    pub equations: &'a DimensionalResiduals,
    pub entries: &'a [Entry],
    /// Fields that are measured somewhere.
    pub measured: Vec<usize>,
    /// True if parameters are unknown.
    pub unknowns: bool,
}

/// Field that a residual reads, and the order of its derivative along every coordinate.
type Reading = (usize, Vec<u8>);

impl Counted<'_> {
    /// Initial rates, values, fields and conditions that are missing, and conditions that are too many.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = self.rates();
        warnings.extend(self.levels());
        warnings.extend(self.number());
        warnings.extend(self.twice());
        warnings
    }

    /// Equations that hold inside: everywhere, or in a part of the region.
    fn inside(&self) -> impl Iterator<Item = &DimensionalResiduals> {
        let parts = self.entries.iter().map(|entry| &entry.condition);
        let parts = parts.filter(|c| in_part(c)).map(|c| &c.residuals);
        std::iter::once(self.equations).chain(parts)
    }

    /// Conditions on the boundary, or between parts.
    fn on_boundary(&self) -> impl Iterator<Item = &Condition> {
        let conditions = self.entries.iter().map(|entry| &entry.condition);
        conditions.filter(|c| !in_part(c))
    }

    /// Highest derivative of a field along a coordinate.
    fn order(&self, field: usize, coordinate: usize) -> usize {
        let orders = self.inside().map(|e| highest_order(e, field, coordinate));
        orders.max().unwrap_or(0)
    }

    /// Equations of second order in time need a value and a rate at the start.
    fn rates(&self) -> Vec<String> {
        let Some(time) = self.domain.time else {
            return Vec::new();
        };
        let start = Face {
            coordinate: time,
            side: Side::Lower,
        };
        let along = &self.declared.coordinates[time].name;
        let mut warnings = Vec::new();
        for (field, info) in self.declared.fields.iter().enumerate() {
            let order = self.order(field, time);
            let rate = |reading: &Reading| reading.0 == field && reading.1[time] == 1;
            let given = self.on_boundary();
            let given = given.filter(|c| c.place.face() == Some(start) || c.partner == Some(start));
            let given: Vec<Reading> = given.flat_map(|c| readings(&c.residuals)).collect();
            let covered = given.iter().any(|reading| reading.0 == field);
            if order >= 2 && covered && !given.iter().any(rate) {
                warnings.push(format!(
                    "`{0}` has a second derivative along `{along}` but no initial rate: the solution may not be unique; add a condition of type `neumann` on `{along} = min`, whose normal points to the past",
                    info.name
                ));
            }
        }
        warnings
    }

    /// A field that only appears in derivatives is determined up to a constant, one that no equation reads not at all.
    fn levels(&self) -> Vec<String> {
        let inside: Vec<Reading> = self.inside().flat_map(readings).collect();
        // The difference of two faces has no level.
        let conditions = self.on_boundary().filter(|c| c.partner.is_none());
        let on_boundary = conditions.flat_map(|c| readings(&c.residuals));
        let all: Vec<Reading> = inside.iter().cloned().chain(on_boundary).collect();
        let fields = self.declared.fields.iter().enumerate();
        let warnings = fields.filter_map(|(field, info)| {
            let name = &info.name;
            if !inside.iter().any(|(read, _)| *read == field) {
                return Some(format!(
                    "no equation reads `{name}`: nothing determines it inside the domain"
                ));
            }
            let valued = |(read, order): &Reading| *read == field && order.iter().all(|n| *n == 0);
            let known = all.iter().any(valued) || self.measured.contains(&field);
            (!known).then(|| {
                format!(
                    "only derivatives of `{name}` appear: it is determined up to a constant; give its value at one place"
                )
            })
        });
        warnings.collect()
    }

    /// Ordinary differential equations take as many conditions as their orders add up to.
    fn number(&self) -> Option<String> {
        if self.domain.intervals.len() != 1 || self.unknowns || !self.measured.is_empty() {
            return None;
        }
        let fields = 0..self.declared.fields.len();
        let needed: usize = fields.map(|field| self.order(field, 0)).sum();
        let given = self.on_boundary().map(|c| c.residuals.equations().len());
        let given: usize = given.sum();
        let outcome = match given.cmp(&needed) {
            std::cmp::Ordering::Less => "the solution may not be unique",
            std::cmp::Ordering::Equal => return None,
            std::cmp::Ordering::Greater => "they may contradict each other",
        };
        Some(format!(
            "the orders of the equations add up to {needed}, and the conditions are {given}: {outcome}"
        ))
    }

    /// Conditions that hold the same fields and derivatives on the same face.
    fn twice(&self) -> Vec<String> {
        let conditions: Vec<&Condition> = self.on_boundary().collect();
        let mut warnings = Vec::new();
        for (number, second) in conditions.iter().enumerate() {
            let read = readings(&second.residuals);
            let same = conditions[..number].iter().find(|first| {
                second.place.whole_face().is_some()
                    && first.place.whole_face() == second.place.whole_face()
                    && first.partner == second.partner
                    && readings(&first.residuals) == read
            });
            if let Some(first) = same {
                warnings.push(format!(
                    "`{}` and `{}` hold the same at the same place: they contradict each other unless one is superfluous",
                    first.name, second.name
                ));
            }
        }
        warnings
    }
}

/// Returns true for an equation of a part of the region.
fn in_part(condition: &Condition) -> bool {
    matches!(condition.place.boundary, Boundary::Part(_))
}

/// Fields and derivatives that residuals read, each once.
fn readings(residuals: &DimensionalResiduals) -> Vec<Reading> {
    let outputs: Vec<_> = residuals.equations().iter().map(|e| e.residual).collect();
    let graph = residuals.graph();
    let read = graph.inputs(&outputs).into_iter();
    let read = read.filter_map(|e| match graph.op(e) {
        Op::Field { field, order, .. } => Some((usize::from(field), order.to_vec())),
        _ => None,
    });
    let mut read: Vec<Reading> = read.collect();
    read.sort();
    read.dedup();
    read
}
