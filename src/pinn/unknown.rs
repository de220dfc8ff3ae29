//! Parameters that are sought together with the solution: inverse problems.
//!
//! An unknown is one trained number θ, which the network gives beside its fields, the same at every point; the residual
//! graph reads it as a field without derivatives. Engines, optimisers and checkpoints therefore know nothing of it, and
//! Gauss–Newton has its column of the Jacobian. θ begins as zero: at the guess, which is also the value in the
//! dimensionless form.

use super::statement::Statement;
use pinn_units::Affine;

/// A parameter that is sought; its value in [`Scales`](pinn_units::Scales) is the guess.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Unknown {
    /// Number among the declared parameters.
    pub parameter: usize,
    /// Values that it may take.
    pub range: UnknownRange,
}

/// The values that an unknown may take, as a function of θ.
#[derive(Copy, Clone, PartialEq, Debug)]
pub enum UnknownRange {
    /// guess · exp θ: keeps the sign of the guess, which is not zero.
    Positive,
    /// guess + scale · θ, the scale in SI base units.
    Any {
        /// The amount by which the guess may be wrong, SI base units.
        scale: f64,
    },
}

impl Unknown {
    /// The scale by which the value becomes the dimensionless field that residuals read.
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

/// The statement with its unknowns as further fields, which equations, conditions and ansatz read in place of the
/// parameters. Fields of positive unknowns are not what the network gives, but its exponential.
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

/// Numbers of the fields that are positive unknowns, in a statement whose own fields are so many.
pub(super) fn positive(statement: &Statement, fields: usize) -> Vec<u16> {
    let unknowns = statement.unknowns.iter().enumerate();
    let positive = unknowns.filter(|(_, u)| u.range == UnknownRange::Positive);
    positive.map(|(n, _)| (fields + n) as u16).collect()
}
