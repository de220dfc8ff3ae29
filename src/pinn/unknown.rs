//! Unknown parameters, which training finds together with the solution.
//!
//! An unknown is one trained number θ, which the network gives in addition to its fields, equal at all points. The
//! residual graph contains it as a field without derivatives. Engines, optimisers and checkpoints therefore need no
//! code for unknowns, and the Jacobian of Gauss–Newton has a column for θ. θ starts at zero, that is at the guess,
//! which is also the value in the dimensionless form.

use super::statement::Statement;
use pinn_units::Affine;

/// Unknown parameter; its value in [`Scales`](pinn_units::Scales) is the guess.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Unknown {
    /// Number among the declared parameters.
    pub parameter: usize,
    /// Allowed values.
    pub range: UnknownRange,
}

/// Allowed values of an unknown, as a function of θ.
#[derive(Copy, Clone, PartialEq, Debug)]
pub enum UnknownRange {
    /// Value guess · exp θ, which has the sign of the guess. The guess must not be zero.
    Positive,
    /// Value guess + scale · θ.
    Any {
        /// Expected error of the guess, in SI base units.
        scale: f64,
    },
}

impl Unknown {
    /// Scale that converts the value to the dimensionless field in residuals.
    fn affine(self, guess: f64) -> Affine {
        match self.range {
            UnknownRange::Positive => Affine::new(guess, 0.0),
            UnknownRange::Any { scale } => Affine::new(scale, guess),
        }
    }

    /// Value in SI base units.
    pub fn value(self, guess: f64, theta: f64) -> f64 {
        match self.range {
            UnknownRange::Positive => guess * theta.exp(),
            UnknownRange::Any { scale } => guess + scale * theta,
        }
    }

    /// Derivative of the value by θ.
    pub fn slope(self, guess: f64, theta: f64) -> f64 {
        match self.range {
            UnknownRange::Positive => guess * theta.exp(),
            UnknownRange::Any { scale } => scale,
        }
    }
}

/// Statement with its unknowns as further fields, which replace the parameters in equations, conditions and ansatz. The
/// field of a positive unknown is the exponential of the network's output.
pub(super) fn as_fields(statement: &Statement) -> Statement {
    let mut all = statement.clone();
    if all.unknowns.is_empty() {
        return all;
    }
    let parameters: Vec<usize> = all.unknowns.iter().map(|u| u.parameter).collect();
    all.declared = all.declared.with_unknowns(&parameters);
    all.equations = all.equations.with_unknowns(&parameters);
    all.ansatz = all.ansatz.map(|ansatz| ansatz.with_unknowns(&parameters));
    for condition in &mut all.conditions {
        condition.residuals = condition.residuals.clone().with_unknowns(&parameters);
    }
    for unknown in &all.unknowns {
        let guess = all.scales.parameters[unknown.parameter];
        all.scales.fields.push(unknown.affine(guess));
    }
    all
}

/// Numbers of the positive fields, then of the positive unknowns, in a statement with this number of fields of its own.
pub(super) fn positive(statement: &Statement, fields: usize) -> Vec<u16> {
    let unknowns = statement.unknowns.iter().enumerate();
    let unknowns = unknowns.filter(|(_, u)| u.range == UnknownRange::Positive);
    let unknowns = unknowns.map(|(n, _)| fields + n);
    let positive = statement.positive.iter().copied().chain(unknowns);
    positive.map(|number| number as u16).collect()
}
