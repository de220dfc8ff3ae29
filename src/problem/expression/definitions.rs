//! Named expressions of a problem file.

use super::elaborate::{Scope, Value, elaborate_shaped};
use super::parser::usable;
use super::vector::Shaped;
use crate::located::Located;
use crate::mistake::{Checked, Fault, Mistake};
use crate::wire::{Entries, Scalar};
use pinn_expr::Graph;
use pinn_units::Declared;

/// Most definitions of one problem.
const MAX_DEFINITIONS: usize = 1000;

/// Expressions by name; each may use those before it. An expression that names one is read as if it stood there in
/// parentheses.
#[derive(Default)]
pub(crate) struct Definitions {
    graph: Graph,
    list: Vec<(String, Shaped)>,
}

impl Definitions {
    /// Reads the `[definitions]` table.
    pub fn read(entries: &Entries<Scalar>, declared: &Declared, file: &str) -> Checked<Self> {
        let mut definitions = Definitions::default();
        for (key, entry) in &entries.0 {
            let name = key.get_ref();
            let refuse = |message: String| {
                let mistake = Mistake::new(Fault::Expression { message }, key.span());
                Err(mistake.label("choose another name"))
            };
            if definitions.list.len() == MAX_DEFINITIONS {
                return refuse(format!("more than {MAX_DEFINITIONS} definitions"));
            }
            usable(name, key.span())?;
            let scope = Scope::all(declared, &definitions);
            if scope.names(name) {
                return refuse(format!("`{name}` has a meaning already"));
            }
            let text = entry.get_ref().to_string();
            let text = Located::new(&text, entry.span(), file);
            let mut graph = Graph::new();
            let shaped = text.locate(elaborate_shaped(text.text, scope, &mut graph))?;
            let shaped = shaped.map(|value| Value {
                expr: definitions.graph.import(&graph, value.expr),
                ..value
            });
            definitions.list.push((name.clone(), shaped));
        }
        Ok(definitions)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.list.iter().any(|(known, _)| known == name)
    }

    /// Names and what they stand for, over [`Self::graph`].
    pub(super) fn get(&self, name: &str) -> Option<(&str, &Shaped)> {
        let found = self.list.iter().find(|(known, _)| known == name);
        found.map(|(name, shaped)| (name.as_str(), shaped))
    }

    pub(super) fn graph(&self) -> &Graph {
        &self.graph
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|(name, _)| name.as_str())
    }
}
