//! Residuals on the boundary, and those of parts of the region.

use super::{Declared, Equations};
use crate::conditions::{Entry, conditions};
use crate::mistake::Checked;
use crate::oversights::{oversights, undetermined};
use crate::parts;
use crate::read::Read;
use crate::residuals::highest_order;
use pinn_units::DimensionalResiduals;

/// The conditions of a file.
pub(super) struct Conditions {
    /// Those on the boundary, then those that hold in parts of the region.
    pub entries: Vec<Entry>,
    /// Equations that hold everywhere else.
    pub equations: DimensionalResiduals,
    /// Unknowns that nothing determines.
    undetermined: Vec<String>,
}

impl Conditions {
    pub fn new(read: &Read, declared: &Declared, equations: &Equations) -> Checked<Self> {
        let context = declared.context(read, equations);
        let given = &read.file.condition;
        let mut entries = if given.is_empty() {
            let order = |field, along| highest_order(&equations.remaining, field, along);
            let (quantities, domain) = (declared.quantities(), &declared.domain);
            let derived = declared.exact.conditions(order, quantities, domain);
            conditions(&derived, context)?
        } else {
            conditions(given, context)?
        };
        let unknowns: Vec<usize> = declared.parameters.sought().map(|u| u.parameter).collect();
        let undetermined = undetermined(
            &unknowns,
            &equations.given,
            &equations.all,
            &entries,
            context,
        )?;
        let (main, others) = parts::split(
            equations.all.clone(),
            &declared.parts,
            &declared.domain,
            read.file.equation.get_ref(),
            &entries,
        )?;
        entries.extend(others);
        Ok(Conditions {
            entries,
            equations: main,
            undetermined,
        })
    }

    /// Names that losses have, those of the equations first.
    pub fn names(&self, equations: &Equations) -> Vec<String> {
        let equations = equations.all.equations().iter().map(|e| e.name.clone());
        let entries = self
            .entries
            .iter()
            .map(|entry| entry.condition.name.clone());
        equations.chain(entries).collect()
    }

    /// Warnings about what is allowed but looks like an oversight.
    pub fn warnings(&self, declared: &Declared, equations: &Equations) -> Vec<String> {
        let (quantities, domain) = (declared.quantities(), &declared.domain);
        let mut warnings = oversights(quantities, domain, &equations.remaining, &self.entries);
        warnings.extend(self.undetermined.iter().cloned());
        warnings
    }
}
