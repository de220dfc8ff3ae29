//! Errors of texts that are no quantities.

use crate::dimensions::Dimensions;
use std::ops::Range;

/// Reason why a text is no quantity. Spans are byte ranges of the text.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum UnitError {
    /// A number was expected.
    #[error("expected a number, found `{text}`; write a number and its unit, such as `20 mm`")]
    Number {
        /// The whole text.
        text: String,
        /// Place at which the number was expected.
        span: Range<usize>,
    },
    /// A symbol is in no table.
    #[error("unknown unit `{unit}`{}", suggest(.suggestion))]
    Unknown {
        /// Unknown symbol.
        unit: String,
        /// Similar known symbol.
        suggestion: Option<String>,
        /// Location of the symbol.
        span: Range<usize>,
    },
    /// The text is not in the grammar of quantities; the message names the remedy.
    #[error("{message}")]
    Syntax {
        /// Description of the mistake and its remedy.
        message: String,
        /// Location of the mistake.
        span: Range<usize>,
    },
    /// The quantity has another dimension.
    #[error("`{text}` has dimension [{found}], expected [{expected}]{remedy}")]
    Dimension {
        /// The whole text.
        text: String,
        /// Expected dimensions.
        expected: Dimensions,
        /// Dimensions of the text.
        found: Dimensions,
        /// Remedy for the likely mistake, starting with `; `, or empty.
        remedy: String,
        /// Location of the unit, or the whole text if there is none.
        span: Range<usize>,
    },
    /// No double holds the value, or a temperature lies below absolute zero.
    #[error("`{text}` is out of range: {reason}")]
    Range {
        /// The whole text.
        text: String,
        /// Bound that is exceeded.
        reason: &'static str,
        /// Location of the number.
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
    /// Byte range of the mistake.
    pub fn span(&self) -> Range<usize> {
        match self {
            UnitError::Number { span, .. }
            | UnitError::Unknown { span, .. }
            | UnitError::Syntax { span, .. }
            | UnitError::Dimension { span, .. }
            | UnitError::Range { span, .. } => span.clone(),
        }
    }

    /// Moves the error to a longer text in which this one begins at byte `start`.
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
