//! The statement of a file and of its family, brought into dimensionless form.

use super::{Chosen, Conditions, Declared, Equations};
use crate::Family;
use crate::conditions::Entry;
use crate::mistake::{Checked, Fault, Mistake, StatementPlaces};
use crate::oversights::kinks;
use crate::read::Read;
use crate::reference::former_key;
use crate::well_posedness::Counted;
use crate::{check, ranges};
use pinn_core::statement::{Posed, Statement};

/// The posed problem, and what looks like an oversight in it.
pub(super) struct Stated {
    /// The posed statement; of a family the member at the middle of all ranges.
    pub statement: Posed,
    pub family: Option<Family>,
    pub warnings: Vec<String>,
}

impl Stated {
    pub fn new(
        read: &Read,
        declared: &Declared,
        equations: &Equations,
        conditions: Conditions,
        chosen: &Chosen,
    ) -> Checked<Self> {
        let mut warnings = conditions.warnings(declared, equations);
        let counted = Counted {
            declared: declared.quantities(),
            domain: &declared.domain,
            equations: &conditions.equations,
            entries: &conditions.entries,
            measured: chosen.measurements.iter().map(|set| set.field).collect(),
            unknowns: declared.parameters.sought().next().is_some(),
        };
        warnings.extend(counted.warnings());
        let places = places(read, &conditions.entries);
        let statement = Statement {
            declared: declared.quantities().clone(),
            domain: declared.domain.clone(),
            scales: chosen.scales.clone(),
            equations: conditions.equations,
            conditions: conditions
                .entries
                .into_iter()
                .map(|entry| entry.condition)
                .collect(),
            ansatz: None,
            unknowns: declared.parameters.sought().collect(),
            measurements: chosen.measurements.clone(),
            positive: declared.positive.clone(),
        };
        let statement = statement.pose().map_err(|error| places.mistake(error))?;
        warnings.extend(kinks(&statement, &chosen.settings.network));
        let family = family(declared, &statement, &places, &mut warnings)?;
        if let Some(table) = declared.closed_forms(read) {
            let definitions = &declared.definitions;
            let found = check::closed_form(table, &statement, definitions, read.text)?;
            warnings.extend(found);
            warnings.extend(former_key(table.get_ref(), declared.quantities()));
        }
        Ok(Stated {
            statement,
            family,
            warnings,
        })
    }
}

fn places(read: &Read, entries: &[Entry]) -> StatementPlaces {
    let geometry = read.file.geometry.as_ref();
    let conditions = entries
        .iter()
        .map(|entry| (entry.condition.name.clone(), entry.place.clone()));
    StatementPlaces {
        conditions: conditions.collect(),
        region: geometry.map(|geometry| geometry.get_ref().region.span()),
        equation: read.equation(),
    }
}

/// The family of a file with ranges.
fn family(
    declared: &Declared,
    member: &Posed,
    places: &StatementPlaces,
    warnings: &mut Vec<String>,
) -> Checked<Option<Family>> {
    let ranges = &declared.parameters.ranges;
    let mut conditions = member.conditions.iter().zip(&places.conditions);
    if !ranges.is_empty()
        && let Some((_, (_, place))) = conditions.find(|(c, _)| !c.normal.is_empty())
    {
        let message = "a family of problems has no slopes along the normal of a shape".to_string();
        return Err(Mistake::new(Fault::Region { message }, place.clone())
            .label("this condition reads the normal")
            .help(
                "give every parameter one value, or let the condition hold on faces of the domain",
            ));
    }
    let Some((ranges, family)) = ranges::over(member, ranges, warnings)? else {
        return Ok(None);
    };
    let statement = family.pose().map_err(|error| places.mistake(error))?;
    Ok(Some(Family { ranges, statement }))
}
