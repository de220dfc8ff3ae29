//! Names of quantities in the file, and their numbers.

use super::mistake::{Checked, Fault, Mistake};
use super::suggest::{list, remedy};
use pinn_units::Declared;
use toml::Spanned;

/// Number of the field with a name.
pub(super) fn field_number(name: &Spanned<String>, declared: &Declared) -> Checked<usize> {
    declared.field(name.get_ref()).ok_or_else(|| {
        let known: Vec<&str> = declared.fields.iter().map(|f| f.name.as_str()).collect();
        let fault = Fault::UnknownName {
            what: "field",
            name: name.get_ref().clone(),
        };
        Mistake::new(fault, name.span())
            .label(format!("expected one of {}", list(&known)))
            .help(remedy(name.get_ref(), "field", &known))
    })
}

/// Number of the coordinate or field with a name in `[output]`.
pub(super) fn quantity_number(
    name: &Spanned<String>,
    declared: &Declared,
) -> Checked<(bool, usize)> {
    match declared.coordinate(name.get_ref()) {
        Some(number) => Ok((true, number)),
        None => Ok((false, field_number(name, declared)?)),
    }
}
