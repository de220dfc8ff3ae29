//! Errors of posing a problem, and of asking its solution.

use pinn_core::expression::ExpressionError;
use pinn_core::session::SessionError;
use pinn_core::statement::StatementError;
use pinn_units::TraceError;

/// Reason why a problem cannot be posed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PoseError {
    /// A term outlived its closure.
    #[error("{what}: {cause}")]
    Trace {
        /// The equation, or the condition.
        what: String,
        /// Cause of the failure.
        cause: TraceError,
    },
    /// An interval without length, or one that is not finite.
    #[error("`{name}` runs from {from} to {to}; expected finite ends, the smaller one first")]
    Interval {
        /// The coordinate, or the parameter of a family.
        name: String,
        /// First end, in SI base units.
        from: f64,
        /// Second end, in SI base units.
        to: f64,
    },
    /// A parameter that is infinite or NaN.
    #[error("the value of `{name}` is {found}; expected a finite number")]
    Value {
        /// The parameter, or what belongs to it.
        name: String,
        /// Given value, in SI base units.
        found: f64,
    },
    /// Two coordinates in units of time.
    #[error("`{first}` and `{second}` are both times; expected one at most")]
    TwoTimes {
        /// A coordinate.
        first: String,
        /// Another one.
        second: String,
    },
    /// Two conditions or sets of measurements of one name.
    #[error("two conditions are named `{0}`; give each its own name")]
    Duplicate(String),
    /// A value on a face is infinite or NaN somewhere.
    #[error("condition `{condition}` prescribes {value} at {at}; expected finite values")]
    NotFinite {
        /// The condition.
        condition: String,
        /// Value found.
        value: f64,
        /// The point, with its units.
        at: String,
    },
    /// No condition gives the field values from which a scale would follow.
    #[error(
        "the scale of `{0}` does not follow from the conditions; give one in the case: \
         `{0}: Some(scale(…))`, with a typical size of it"
    )]
    NoScale(String),
    /// A family and an inverse problem at once.
    #[error(
        "`{range}` is a range and `{unknown}` is unknown; expected ranges or unknowns, not both"
    )]
    RangeAndUnknown {
        /// A parameter with a range.
        range: String,
        /// An unknown parameter.
        unknown: String,
    },
    /// Measurements without values.
    #[error("the measurements `{0}` are empty; give at least one")]
    NoMeasurements(String),
    /// Ranges beyond the number of coordinates that engines have.
    #[error("{found} coordinates and ranges are too many; expected at most {most}")]
    TooManyCoordinates {
        /// Coordinates and ranges together.
        found: usize,
        /// Limit.
        most: usize,
    },
    /// The statement has no dimensionless form.
    #[error(transparent)]
    Statement(#[from] StatementError),
}

/// Reason why a problem was not solved, or a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum SolveError {
    /// Training could not begin or go on.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Training ended without a solution.
    #[error(
        "training diverged after {step} steps: the residual of `{residual}` became infinite or NaN; \
         lower the learning rate or change the network in `settings`"
    )]
    Diverged {
        /// Steps before the divergence.
        step: usize,
        /// The first residual that was not finite.
        residual: String,
    },
    /// A question outside of the domain, where nothing is known.
    #[error("`{name}` was requested at {found}; expected a value from {lower} to {upper}")]
    Outside {
        /// The coordinate, or the parameter of a family.
        name: String,
        /// Requested value, in SI base units.
        found: f64,
        /// Smallest value, in SI base units.
        lower: f64,
        /// Largest value, in SI base units.
        upper: f64,
    },
    /// A parameter with a single value.
    #[error("`{0}` is not a range of the problem; expected a parameter made by `between`")]
    NotARange(String),
    /// A parameter that is not an unknown.
    #[error(
        "`{0}` is not an unknown; expected a parameter made by `unknown` or `positive_unknown`"
    )]
    NotUnknown(String),
    /// An integral that leaves a coordinate open.
    #[error("the integral does not cover `{0}`; integrate along it, or fix it with `at` or `on`")]
    Open(String),
    /// An integral that treats a coordinate twice.
    #[error("the integral names `{0}` twice; expected every coordinate once")]
    Twice(String),
    /// A term outlived its closure.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// The question has no value.
    #[error(transparent)]
    Expression(#[from] ExpressionError),
}
