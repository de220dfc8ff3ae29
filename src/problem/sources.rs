//! Sources: terms that the file adds to the right-hand side of an equation.

use super::expression::{Definitions, Scope};
use super::mistake::{Checked, Fault, Mistake};
use super::quantity::{Expected, value};
use super::suggest::{list, remedy};
use super::wire::{Entries, Scalar};
use pinn_units::{Declared, DimensionalResiduals};

/// Subtracts the sources from the equations that they are named after.
pub(super) fn with_sources(
    traced: &DimensionalResiduals,
    sources: &Entries<Scalar>,
    declared: &Declared,
    definitions: &Definitions,
    file: &str,
) -> Checked<DimensionalResiduals> {
    let mut graph = traced.graph().clone();
    let mut equations = traced.equations().to_vec();
    let scope = Scope::all(declared, definitions);
    for (name, entry) in &sources.0 {
        let Some(equation) = equations.iter_mut().find(|e| e.name == *name.get_ref()) else {
            let known: Vec<&str> = traced.equations().iter().map(|e| e.name.as_str()).collect();
            let fault = Fault::UnknownName {
                what: "residual",
                name: name.get_ref().clone(),
            };
            return Err(Mistake::new(fault, name.span())
                .label(format!("the equation has {}", list(&known)))
                .help(remedy(name.get_ref(), "residual", &known)));
        };
        let expected = Expected::amount(name.get_ref(), equation.dimensions);
        let source = value(entry, expected, scope, &mut graph, file)?;
        equation.residual = graph.sub(equation.residual, source.expr);
    }
    Ok(DimensionalResiduals::from_parts(
        declared.clone(),
        graph,
        equations,
    ))
}
