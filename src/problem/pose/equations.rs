//! Residuals inside the domain.

use super::Declared;
use crate::equation::Residuals;
use crate::mistake::Checked;
use crate::read::Read;
use crate::{sources, written};
use pinn_units::DimensionalResiduals;
use std::borrow::Cow;

/// The equations of a file.
pub(super) struct Equations {
    /// Without the sources that closed forms ask for.
    pub given: DimensionalResiduals,
    /// With them.
    pub all: DimensionalResiduals,
    /// Without terms that are zero: they determine how many derivatives there are.
    pub remaining: DimensionalResiduals,
}

impl Equations {
    pub fn new(read: &Read, declared: &Declared) -> Checked<Self> {
        let (quantities, definitions) = (declared.quantities(), &declared.definitions);
        let residuals = match &declared.source.residuals {
            Residuals::Traced(traced) => Cow::Borrowed(traced),
            Residuals::Written(list) => Cow::Owned(written::equations(
                list,
                read.equation(),
                quantities,
                definitions,
                read.text,
            )?),
        };
        let sources = &read.file.sources;
        let given = sources::with_sources(&residuals, sources, quantities, definitions, read.text)?;
        let all = declared.exact.with_sources(
            given.clone(),
            definitions,
            &declared.domain,
            &declared.parameters.samples(),
            read.text,
        )?;
        let zero: Vec<usize> = declared.parameters.zero().collect();
        Ok(Equations {
            remaining: all.clone().without_terms(&zero),
            given,
            all,
        })
    }
}
