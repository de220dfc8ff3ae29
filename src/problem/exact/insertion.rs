//! Closed forms in the place of fields.

use crate::expression::{Definitions, Scope};
use crate::mistake::Checked;
use crate::quantity::{Expected, value};
use crate::wire::Scalar;
use pinn_expr::{Expr, Graph, Op};
use pinn_units::Declared;
use std::collections::HashMap;
use toml::Spanned;

/// A field that has no closed form.
pub(crate) struct Lacking(pub usize);

/// Puts closed forms in the place of fields.
pub(crate) struct Insertion<'a> {
    pub declared: &'a Declared,
    pub definitions: &'a Definitions,
    pub file: &'a str,
}

impl Insertion<'_> {
    /// The residual with `form` of every field in its place, differentiated as the field was.
    pub fn insert<'f>(
        &self,
        graph: &mut Graph,
        residual: Expr,
        form: impl Fn(usize) -> Option<&'f Spanned<Scalar>>,
    ) -> Checked<Result<Expr, Lacking>> {
        let mut memo = HashMap::new();
        let scope = Scope::points(self.declared, self.definitions);
        for node in graph.inputs(&[residual]) {
            let Op::Field { field, order, .. } = graph.op(node) else {
                continue;
            };
            let field = usize::from(field);
            let Some(entry) = form(field) else {
                return Ok(Err(Lacking(field)));
            };
            let info = &self.declared.fields[field];
            let expected = Expected::of(&info.name, info);
            let mut e = value(entry, expected, scope, graph, self.file)?.expr;
            for (coordinate, n) in order.iter().enumerate() {
                for _ in 0..*n {
                    e = graph.differentiate(e, coordinate as u8);
                }
            }
            memo.insert(node, e);
        }
        Ok(Ok(graph.substitute(residual, &mut |_, _| None, &mut memo)))
    }
}
