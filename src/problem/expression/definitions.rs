//! Named expressions of a problem file.

use super::shaped::Shaped;
use super::value::Value;
use pinn_expr::Graph;

/// Expressions by name; each may use those before it. An expression that names one is read as if it stood there in
/// parentheses.
#[derive(Default)]
pub(crate) struct Definitions {
    graph: Graph,
    list: Vec<(String, Shaped)>,
}

impl Definitions {
    pub(super) fn count(&self) -> usize {
        self.list.len()
    }

    /// Adds an expression over `graph`.
    pub(super) fn add(&mut self, name: &str, graph: &Graph, shaped: Shaped) {
        let shaped = shaped.map(|value| Value {
            expr: self.graph.import(graph, value.expr),
            ..value
        });
        self.list.push((name.to_string(), shaped));
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.list.iter().any(|(known, _)| known == name)
    }

    /// The definition of this name, over [`Self::graph`].
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
