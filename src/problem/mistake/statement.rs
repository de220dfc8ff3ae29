//! Mistakes that show only in the statement as a whole.

use super::{Fault, Mistake};
use pinn_core::ansatz::HardError;
use pinn_core::statement::StatementError;
use std::ops::Range;

/// Places of the parts of a statement in the file.
pub(crate) struct StatementPlaces {
    /// Names of the conditions, and their places.
    pub conditions: Vec<(String, Range<usize>)>,
    /// The text of the region, if there is one.
    pub region: Option<Range<usize>>,
    pub equation: Range<usize>,
}

impl StatementPlaces {
    /// Finds the place of the error and its remedy.
    pub fn mistake(&self, error: StatementError) -> Box<Mistake> {
        let (label, help) = advice(&error);
        let span = self.place(&error).clone();
        Mistake::new(Fault::Statement(error), span)
            .label(label)
            .help(help)
    }

    fn place(&self, error: &StatementError) -> &Range<usize> {
        let condition = error.condition().and_then(|name| {
            let mut conditions = self.conditions.iter();
            conditions.find(|(known, _)| known == name)
        });
        match (condition, error) {
            (Some((_, place)), _) => place,
            (None, StatementError::EmptyRegion) => self.region.as_ref().unwrap_or(&self.equation),
            (None, _) => &self.equation,
        }
    }
}

/// Label and help.
fn advice(error: &StatementError) -> (&'static str, &'static str) {
    match error {
        StatementError::Hard(HardError::Disagree { .. }) => (
            "this holds exactly",
            "give values that agree, or remove `hard` from one of the two conditions",
        ),
        StatementError::Hard(HardError::NoFunction { .. }) => (
            "this holds exactly",
            "remove `hard`: the condition is then trained",
        ),
        StatementError::Hard(_) => (
            "this holds exactly",
            "a hard condition gives a field one value on a part of the boundary, as an expression over coordinates and parameters",
        ),
        StatementError::EmptyRegion => (
            "these shapes",
            "check `region`, and fit the box of `[domain]` closely around it",
        ),
        StatementError::EmptyPlace { .. } => (
            "the region has no boundary here",
            "check `on`, `where` and the region: a shape bounds it only where the region lies on one side",
        ),
        StatementError::EmptyPart { .. } => (
            "this names no part of the region",
            "check `in` and the region",
        ),
        StatementError::PartPartner { .. } => (
            "this couples two faces",
            "only a domain without `[geometry]` is periodic",
        ),
        StatementError::PositiveHard { .. } => (
            "these equations have the field",
            "remove `hard` from the conditions of the field, or `positive`",
        ),
        StatementError::PositiveReference { .. } => (
            "these equations have the field",
            "remove `reference` from its scale, or `positive`",
        ),
        StatementError::Equations(_)
        | StatementError::Condition { .. }
        | StatementError::Measurements { .. }
        | StatementError::Domain(_)
        | StatementError::NoSuchFace { .. }
        | StatementError::Partner { .. } => (
            "this has no dimensionless form",
            "check the scales, and the parameters that are zero",
        ),
    }
}
