//! A family of problems: one statement, and parameters that run over ranges.
//!
//! Over the family, each ranged parameter is a further coordinate that no derivative is taken along: it gets a fixed
//! scale, appears as k/k_scale in the dimensionless form, and equations, conditions and what holds exactly see it
//! alike. One value of every ranged parameter makes an ordinary statement, a *member*.

use super::domain::Interval;
use super::statement::Statement;
use crate::units::{Affine, Kind};

/// A parameter and the values that it takes, SI base units, lower < upper.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Ranged {
    /// Number among the declared parameters.
    pub parameter: usize,
    pub lower: f64,
    pub upper: f64,
}

impl Ranged {
    /// The value half-way.
    pub fn middle(self) -> f64 {
        0.5 * (self.lower + self.upper)
    }

    /// How a value becomes dimensionless. Amounts are divided by the mean size of both ends, which is the middle of
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

    /// How far a value lies outside, in lengths of the range; 0 inside.
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
    use crate::pinn::registry::Registry;
    use crate::problem::Problem;

    const PLATE: &str = include_str!("../../problems/thermal.toml");

    fn family() -> (Statement, Statement) {
        let member = Problem::parse("plate", PLATE, &Registry::builtin())
            .unwrap()
            .statement;
        let range = |name: &str, lower, upper| Ranged {
            parameter: member.declared.parameter(name).unwrap(),
            lower,
            upper,
        };
        // 40 W/(m K), 500 W/(m² K) and 20 °C are half-way.
        let ranges = [
            range("k", 20.0, 60.0),
            range("h", 300.0, 700.0),
            range("T_oil", 283.15, 303.15),
        ];
        let family = over_ranges(&member, &ranges);
        (member, family)
    }

    #[test]
    fn ranged_parameters_stand_in_equations_and_conditions_as_dimensionless_factors() {
        let (member, family) = family();
        let dimensionless = family.nondimensionalize().unwrap();
        let names: Vec<&str> = family
            .declared
            .coordinates
            .iter()
            .map(|c| c.name.as_str())
            .collect();
        assert_eq!(names, ["t", "x", "k", "h", "T_oil"]);
        let shown = dimensionless.equations.show().join("\n");
        assert!(shown.contains("T_xx*k"), "{shown}");
        let robin = dimensionless.conditions[2].show().join("\n");
        for name in ["T_x*k", "h", "T_oil"] {
            assert!(robin.contains(name), "{name}: {robin}");
        }
        // At the middle both are divided by the same.
        let single = member.nondimensionalize().unwrap();
        let reference =
            |s: &crate::pinn::statement::NondimensionalStatement| s.equations.forms()[0].reference;
        assert_eq!(reference(&dimensionless), reference(&single));
    }

    #[test]
    fn offsets_of_temperatures_cancel_over_the_family() {
        let (_, family) = family();
        let dimensionless = family.nondimensionalize().unwrap();
        // Conduction, h·780 K·T̂ and h·10 K·T̂_oil; 20 °C are gone.
        let form = &dimensionless.conditions[2].forms()[0];
        assert_eq!(form.coefficients.len(), 3, "{form:?}");
    }

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
