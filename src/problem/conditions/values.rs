//! Values of fields, and residuals as the file writes them.

use super::builder::Builder;
use crate::located::Located;
use crate::mistake::Checked;
use crate::names::field_number;
use crate::quantity::Expected;
use crate::residuals::reads_field;
use crate::wire::Scalar;
use pinn_core::conditions::symbolic;
use toml::Spanned;

impl Builder<'_> {
    /// Fields that have given values, or those of their closed forms.
    pub(super) fn values(&mut self) -> Checked<()> {
        let entry = self.entry;
        match (&entry.field, &entry.value, &entry.values) {
            (Some(field), Some(value), None) => {
                self.fixed(field_number(field, self.context.declared)?, value)
            }
            (None, None, Some(values)) if !values.get_ref().0.is_empty() => {
                for (name, value) in &values.get_ref().0 {
                    self.fixed(field_number(name, self.context.declared)?, value)?;
                }
                Ok(())
            }
            (Some(field), None, None) => {
                let field = field_number(field, self.context.declared)?;
                match self.context.exact.get(field) {
                    Some(exact) => self.fixed(field, exact),
                    None => Err(self.missing("value")),
                }
            }
            (None, None, None) if self.context.exact.fields().next().is_some() => {
                let exact = self.context.exact;
                for field in exact.fields() {
                    if let Some(form) = exact.get(field) {
                        self.fixed(field, form)?;
                    }
                }
                Ok(())
            }
            (None, Some(_), None) => Err(self.missing("field")),
            _ => Err(self.missing("value").help(
                "give `field` and `value`, or `values = { T = \"20 degC\" }` for several fields",
            )),
        }
    }

    fn fixed(&mut self, field: usize, entry: &Spanned<Scalar>) -> Checked<()> {
        let info = &self.context.declared.fields[field];
        let wanted = self.expression(entry, Expected::of(&info.name, info))?;
        let unknown = self.graph.field(field as u16);
        let residual = symbolic::dirichlet(&mut self.graph, unknown, wanted.expr);
        self.push(info.name.clone(), residual, info.dimensions);
        self.know(field, wanted.expr, entry.span());
        Ok(())
    }

    /// Any expression over fields and their derivatives.
    pub(super) fn residual(&mut self) -> Checked<()> {
        let Some(entry) = &self.entry.residual else {
            return Err(self.missing("residual"));
        };
        let text = Located::of(entry, self.context.file);
        let found = self.written(text)?;
        reads_field(&self.graph, found.expr, self.context.declared, text.whole())?;
        self.push(
            self.entry.name.get_ref().clone(),
            found.expr,
            found.dimensions,
        );
        Ok(())
    }
}
