//! Mistakes in units.

use super::{Fault, Mistake};
use pinn_units::UnitError;

/// The mistake for an error in a unit; [`UnitError::moved`] sets its place.
pub(crate) fn unit_mistake(error: UnitError) -> Box<Mistake> {
    let span = error.span();
    match error {
        UnitError::Unknown {
            unit, suggestion, ..
        } => {
            let help = match suggestion {
                Some(similar) => format!("did you mean `{similar}`?"),
                None => {
                    "units are written as in `45 W/(m K)`, `7850 kg/m^3`, `20 degC`".to_string()
                }
            };
            Mistake::new(Fault::UnknownUnit { unit }, span)
                .label("no unit has this name")
                .help(help)
        }
        other => {
            let message = other.to_string();
            Mistake::new(Fault::Quantity { message }, span)
        }
    }
}
