//! Texts to values.

use super::definitions::Definitions;
use super::elaborate::Elaboration;
use super::parser::parse;
use super::reserved::usable;
use super::scope::Scope;
use super::shaped::Shaped;
use super::size::sound;
use super::value::Value;
use crate::located::Located;
use crate::mistake::{Checked, Fault, Mistake};
use crate::wire::{Entries, Scalar};
use pinn_expr::Graph;
use pinn_units::Declared;

/// Most definitions of one problem.
const MAX_DEFINITIONS: usize = 1000;

/// Reads an expression into `graph`.
pub(crate) fn elaborate(text: &str, scope: Scope, graph: &mut Graph) -> Checked<Value> {
    let tree = parse(text, scope)?;
    let value = Elaboration::new(scope, graph).value(&tree)?;
    sound(graph, value.expr, 0..text.len())?;
    Ok(value)
}

/// Reads an expression that may be a vector.
fn elaborate_shaped(text: &str, scope: Scope, graph: &mut Graph) -> Checked<Shaped> {
    let tree = parse(text, scope)?;
    let shaped = Elaboration::new(scope, graph).shaped(&tree)?;
    for component in shaped.components() {
        sound(graph, component.expr, 0..text.len())?;
    }
    Ok(shaped)
}

/// Reads the `[definitions]` table.
pub(crate) fn read_definitions(
    entries: &Entries<Scalar>,
    declared: &Declared,
    file: &str,
) -> Checked<Definitions> {
    let mut definitions = Definitions::default();
    for (key, entry) in &entries.0 {
        let name = key.get_ref();
        let refuse = |message: String| {
            let mistake = Mistake::new(Fault::Expression { message }, key.span());
            Err(mistake.label("choose another name"))
        };
        if definitions.count() == MAX_DEFINITIONS {
            return refuse(format!("more than {MAX_DEFINITIONS} definitions"));
        }
        usable(name, key.span())?;
        let scope = Scope::all(declared, &definitions);
        if scope.names(name) {
            return refuse(format!("`{name}` is already defined"));
        }
        let text = entry.get_ref().to_string();
        let text = Located::new(&text, entry.span(), file);
        let mut graph = Graph::new();
        let shaped = text.locate(elaborate_shaped(text.text, scope, &mut graph))?;
        definitions.add(name, &graph, shaped);
    }
    Ok(definitions)
}
