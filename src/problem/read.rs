//! The text of a file as its wire types.

use super::mistake::{Checked, Fault, Mistake};
use super::suggest::remedy;
use super::wire::ProblemFile;
use std::ops::Range;
use std::path::Path;

/// A problem file of the right form; nothing in it is checked yet.
pub(super) struct Read<'a> {
    pub file: ProblemFile,
    pub text: &'a str,
    /// Folder of the files that it names.
    pub folder: &'a Path,
}

impl<'a> Read<'a> {
    pub fn new(text: &'a str, folder: &'a Path) -> Checked<Self> {
        let file = toml::from_str(text).map_err(toml_mistake)?;
        Ok(Read { file, text, folder })
    }

    /// Place of the equation, which stands for all that has no place of its own.
    pub fn equation(&self) -> Range<usize> {
        self.file.equation.span()
    }
}

/// Turns an error of the TOML parser into a fault. Its messages for unknown keys and values have a
/// fixed form, ``unknown field `x`, expected one of `a`, `b` ``.
fn toml_mistake(error: toml::de::Error) -> Box<Mistake> {
    let message = error.message().replace('\n', "; ");
    let quoted: Vec<String> = message
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_string)
        .collect();
    let known: Vec<&str> = quoted.iter().skip(1).map(String::as_str).collect();
    let first = quoted.first().cloned().unwrap_or_default();
    let (fault, label, help) = if message.starts_with("unknown field") {
        let help = remedy(&first, "key", &known);
        (
            Fault::UnknownKey { key: first },
            "no such key here",
            Some(help),
        )
    } else if message.starts_with("unknown variant") {
        let help = remedy(&first, "value", &known);
        let fault = Fault::UnknownName {
            what: "value",
            name: first,
        };
        (fault, "no such value", Some(help))
    } else if message.starts_with("missing field") {
        let help = format!("add `{first}`");
        (
            Fault::MissingKey { key: first },
            "this table needs it",
            Some(help),
        )
    } else if message.starts_with("invalid type") || message.starts_with("invalid value") {
        let message = message
            .replace("expected usize", "expected a whole number of at least 0")
            .replace("expected u64", "expected a whole number of at least 0")
            .replace("expected f64", "expected a number");
        (Fault::WrongType { message }, "this value", None)
    } else {
        (Fault::Toml { message }, "here", None)
    };
    let mistake = match error.span() {
        Some(span) => Mistake::new(fault, span).label(label),
        None => Mistake::everywhere(fault),
    };
    match help {
        Some(help) => mistake.help(help),
        None => mistake,
    }
}
