//! Why a text is not a quantity.

use crate::dimensions::Dimensions;
use std::ops::Range;

/// Why a text is not a quantity. Spans are byte ranges of the text.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum UnitError {
    /// No number where one must stand.
    #[error("expected a number, found `{text}`; write a number and its unit, such as `20 mm`")]
    Number {
        /// The whole text.
        text: String,
        /// Where the number was expected.
        span: Range<usize>,
    },
    /// A symbol that is in no table.
    #[error("unknown unit `{unit}`{}", suggest(.suggestion))]
    Unknown {
        /// The symbol.
        unit: String,
        /// A known symbol like it.
        suggestion: Option<String>,
        /// Where it stands.
        span: Range<usize>,
    },
    /// Not in the grammar of quantities; the message names the remedy.
    #[error("{message}")]
    Syntax {
        /// What is wrong and what to write instead.
        message: String,
        /// Where.
        span: Range<usize>,
    },
    /// A quantity of another dimension.
    #[error("`{text}` has dimension [{found}], expected [{expected}]{remedy}")]
    Dimension {
        /// The whole text.
        text: String,
        /// What was asked for.
        expected: Dimensions,
        /// What was found.
        found: Dimensions,
        /// `; …`, where the likely mistake is known, otherwise empty.
        remedy: String,
        /// The unit, or the whole text where there is none.
        span: Range<usize>,
    },
    /// A finite text for what no double holds, or a temperature below absolute zero.
    #[error("`{text}` is out of range: {reason}")]
    Range {
        /// The whole text.
        text: String,
        /// Which bound is passed.
        reason: &'static str,
        /// Where.
        span: Range<usize>,
    },
}

fn suggest(suggestion: &Option<String>) -> String {
    match suggestion {
        Some(name) => format!("; did you mean `{name}`?"),
        None => String::new(),
    }
}

impl UnitError {
    /// Byte range of the text that is to blame.
    pub fn span(&self) -> Range<usize> {
        match self {
            UnitError::Number { span, .. }
            | UnitError::Unknown { span, .. }
            | UnitError::Syntax { span, .. }
            | UnitError::Dimension { span, .. }
            | UnitError::Range { span, .. } => span.clone(),
        }
    }

    /// The same error in a longer text, where this one begins at byte `start`.
    #[must_use]
    pub fn moved(mut self, start: usize) -> Self {
        match &mut self {
            UnitError::Number { span, .. }
            | UnitError::Unknown { span, .. }
            | UnitError::Syntax { span, .. }
            | UnitError::Dimension { span, .. }
            | UnitError::Range { span, .. } => *span = span.start + start..span.end + start,
        }
        self
    }
}
