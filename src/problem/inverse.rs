//! Requirements of unknowns, data and settings on each other.

use super::mistake::{Checked, Fault, Mistake};
use super::quantities::Parameters;
use super::wire::ProblemFile;
use pinn_core::measurements::Measurements;
use pinn_core::settings::{Settings, SettingsError};

/// Refuses combinations that no session could begin with, at their place in the file.
pub(super) fn check(
    file: &ProblemFile,
    settings: &Settings,
    parameters: &Parameters,
    measurements: &[Measurements],
) -> Checked<()> {
    let first = parameters.unknowns.first().map(|(_, span)| span.clone());
    if let (Some(span), true) = (&first, measurements.is_empty()) {
        let fault = Fault::MissingKey {
            key: "data".to_string(),
        };
        return Err(Mistake::new(fault, span.clone())
            .label("no measured data determine this unknown")
            .help("add `[[data]]` with a `name` and a `file`, or give the parameter a value"));
    }
    let Err(error) = settings.check_inverse(measurements.len(), parameters.unknowns.len()) else {
        return Ok(());
    };
    let data = file.data.first().map(|entry| entry.get_ref().name.span());
    let (span, label) = match error {
        SettingsError::InverseFamily => (first.or(data), "this makes it an inverse problem"),
        _ => (data, "these measurements have weights of their own"),
    };
    let mistake = Mistake::new(Fault::Settings(error), span.unwrap_or(0..0));
    Err(mistake.label(label))
}
