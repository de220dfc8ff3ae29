//! The equations of a file: registered ones, or its own.

use super::mistake::{Checked, Fault, Mistake};
use super::suggest::remedy;
use super::wire::{EquationEntry, ProblemFile, WrittenEquation};
use super::written;
use pinn_equations::registry::Registry;
use pinn_units::{Declared, DimensionalResiduals, Unit};
use toml::Spanned;

/// The equations, and what they declare.
pub(super) struct Source<'a> {
    pub name: String,
    /// The equations in one line.
    pub summary: String,
    /// All quantities of a registered equation; otherwise coordinates and fields.
    pub declared: Declared,
    pub residuals: Residuals<'a>,
    /// Units of the fields, if the file gives them.
    pub units: Vec<Unit>,
}

pub(super) enum Residuals<'a> {
    /// Residuals of a registered equation.
    Traced(DimensionalResiduals),
    /// Residuals of the file, read when its parameters and definitions are known.
    Written(&'a [Spanned<WrittenEquation>]),
}

pub(super) fn source<'a>(
    file: &'a ProblemFile,
    registry: &Registry,
    text: &str,
) -> Checked<Source<'a>> {
    match file.equation.get_ref() {
        EquationEntry::Named(name) => named(name, file, registry),
        EquationEntry::Written(list) => {
            let (declared, units) = written::declared(file, text)?;
            let names = list.iter().filter_map(|e| e.get_ref().name.as_ref());
            let names: Vec<&str> = names.map(|name| name.get_ref().as_str()).collect();
            Ok(Source {
                name: "written in the file".to_string(),
                summary: match names.is_empty() {
                    true => "one residual".to_string(),
                    false => names.join(", "),
                },
                declared,
                residuals: Residuals::Written(list),
                units,
            })
        }
    }
}

fn named<'a>(name: &str, file: &ProblemFile, registry: &Registry) -> Checked<Source<'a>> {
    let span = file.equation.span();
    let pde = registry.get(name).ok_or_else(|| {
        let known: Vec<&str> = registry.iter().map(|e| e.name).collect();
        let fault = Fault::UnknownName {
            what: "equation",
            name: name.to_string(),
        };
        Mistake::new(fault, span.clone())
            .label("no equation has this name")
            .help(format!(
                "{} (your own equations go under `[[equation]]`)",
                remedy(name, "equation", &known)
            ))
    })?;
    written::refuse_units(&file.fields, name)?;
    let traced = pde.trace().map_err(|cause| {
        let fault = Fault::Trace {
            name: pde.name.to_string(),
            cause: cause.to_string(),
        };
        Mistake::new(fault, span)
    })?;
    Ok(Source {
        name: pde.name.to_string(),
        summary: pde.summary.to_string(),
        declared: pde.declared.clone(),
        residuals: Residuals::Traced(traced),
        units: Vec::new(),
    })
}
