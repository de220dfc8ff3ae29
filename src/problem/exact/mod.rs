//! Manufactured solutions: fields that are made to have a closed form.
//!
//! A field with `exact = "…"` turns the problem around: the sources are those with which the closed form solves the
//! equations (P. J. Roache, *J. Fluids Eng.* 124, 2002), and conditions take their values from it.

mod conditions;
mod insertion;
mod sources;

pub(super) use insertion::Insertion;

use super::mistake::Checked;
use super::names::field_number;
use super::wire::{Entries, FieldEntry, Scalar};
use pinn_units::Declared;
use toml::Spanned;

/// Closed forms by number of the field.
pub(super) struct Exact {
    forms: Vec<Option<Spanned<Scalar>>>,
}

impl Exact {
    pub fn read(fields: &Entries<FieldEntry>, declared: &Declared) -> Checked<Self> {
        let mut forms = vec![None; declared.fields.len()];
        for (name, entry) in &fields.0 {
            let number = field_number(name, declared)?;
            if let FieldEntry::Table(table) = entry.get_ref() {
                forms[number] = table.exact.clone();
            }
        }
        Ok(Exact { forms })
    }

    pub fn get(&self, field: usize) -> Option<&Spanned<Scalar>> {
        self.forms.get(field)?.as_ref()
    }

    /// Fields that have one.
    pub fn fields(&self) -> impl Iterator<Item = usize> {
        let forms = self.forms.iter().enumerate();
        forms.filter_map(|(number, form)| form.is_some().then_some(number))
    }

    /// The closed forms as a table of references.
    pub fn table(&self, declared: &Declared) -> Option<Spanned<Entries<Scalar>>> {
        let pairs = self.fields().filter_map(|field| {
            let form = self.get(field)?;
            let name = declared.fields[field].name.clone();
            Some((Spanned::new(form.span(), name), form.clone()))
        });
        let pairs: Vec<_> = pairs.collect();
        let span = pairs.first()?.1.span();
        Some(Spanned::new(span, Entries(pairs)))
    }
}
