//! Families of problems: one statement whose parameters vary over ranges.
//!
//! Over the family, each ranged parameter is a further coordinate without derivatives. It gets a fixed scale and
//! appears as k/k_scale in the dimensionless form of equations, conditions and hard constraints alike. One value of
//! every ranged parameter makes an ordinary statement, a *member*.

use super::statement::Statement;
use pinn_geometry::domain::Interval;
use pinn_units::{Affine, Kind};

/// Parameter with its range in SI base units, lower < upper.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Ranged {
    /// Number among the declared parameters.
    pub parameter: usize,
    /// The smallest value.
    pub lower: f64,
    /// The largest value.
    pub upper: f64,
}

impl Ranged {
    /// Midpoint of the range.
    pub fn middle(self) -> f64 {
        0.5 * (self.lower + self.upper)
    }

    /// Scale that makes a value dimensionless. Amounts are divided by the mean size of both ends, which is the middle of
    /// a range of one sign and never zero. Absolute temperatures have no meaningful zero: they are measured from the
    /// middle of their range, so that offsets of other temperatures cancel.
    pub fn affine(self, kind: Kind) -> Affine {
        match kind {
            Kind::Plain => Affine::new(0.5 * (self.lower.abs() + self.upper.abs()), 0.0),
            Kind::AbsoluteTemperature => {
                Affine::new(0.5 * (self.upper - self.lower), self.middle())
            }
        }
    }

    /// Distance of a value from the range, in lengths of the range; 0 inside.
    pub fn excess(self, value: f64) -> f64 {
        let outside = (self.lower - value).max(value - self.upper).max(0.0);
        outside / (self.upper - self.lower)
    }
}

/// Statement of the whole family: `ranges` of the statement's parameters as further coordinates, in order.
#[must_use]
pub fn over_ranges(member: &Statement, ranges: &[Ranged]) -> Statement {
    let mut family = member.clone();
    let parameters: Vec<usize> = ranges.iter().map(|range| range.parameter).collect();
    family.declared = family.declared.over_parameters(&parameters);
    family.equations = family.equations.over_parameters(&parameters);
    family.ansatz = family
        .ansatz
        .map(|ansatz| ansatz.over_parameters(&parameters));
    for condition in &mut family.conditions {
        condition.residuals = condition.residuals.clone().over_parameters(&parameters);
    }
    for range in ranges {
        let kind = member.declared.parameters[range.parameter].kind;
        family.domain.intervals.push(Interval {
            lower: range.lower,
            upper: range.upper,
        });
        family.scales.coordinates.push(range.affine(kind));
    }
    family
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_outside_are_measured_in_lengths_of_the_range() {
        let range = Ranged {
            parameter: 0,
            lower: -1.0,
            upper: 3.0,
        };
        let excess = [-1.0, 0.0, 3.0, 4.0, -3.0].map(|v| range.excess(v));
        assert_eq!(excess, [0.0, 0.0, 0.0, 0.25, 0.5]);
        assert_eq!(range.affine(Kind::Plain), Affine::new(2.0, 0.0));
        assert_eq!(
            range.affine(Kind::AbsoluteTemperature),
            Affine::new(2.0, 1.0)
        );
    }
}
