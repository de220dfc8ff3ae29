//! Mistakes in problem files, with their place and remedy.

mod error;
mod fault;
mod statement;
mod unit;

pub use error::ProblemError;
pub use fault::Fault;
pub(crate) use statement::StatementPlaces;
pub(crate) use unit::unit_mistake;

use miette::NamedSource;
use std::ops::Range;

/// A fault and its place. Spans are byte ranges of the text being read, and finally of the whole file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mistake {
    pub fault: Fault,
    pub span: Option<Range<usize>>,
    pub label: String,
    /// Another place that belongs to the mistake, with its label.
    pub other: Option<(Range<usize>, String)>,
    pub help: Option<String>,
    /// Name and text of the file that holds the span, unless that is the problem file.
    pub file: Option<(String, String)>,
}

/// Result of a check.
pub(crate) type Checked<T> = Result<T, Box<Mistake>>;

impl Mistake {
    pub fn new(fault: Fault, span: Range<usize>) -> Box<Self> {
        Box::new(Mistake {
            fault,
            span: Some(span),
            label: "here".to_string(),
            other: None,
            help: None,
            file: None,
        })
    }

    /// A count above its limit.
    pub fn too_many(what: &str, limit: usize, span: Range<usize>) -> Box<Self> {
        let fault = Fault::OutOfRange {
            what: format!("the number of {what}"),
            allowed: format!("at most {limit}"),
            found: "more".to_string(),
        };
        Self::new(fault, span)
    }

    /// A key that does not belong to `to`.
    pub fn foreign_key(key: &str, to: &str, span: Range<usize>) -> Box<Self> {
        let fault = Fault::ForeignKey {
            key: key.to_string(),
            to: to.to_string(),
        };
        Self::new(fault, span)
    }

    /// A fault of the file as a whole.
    pub fn everywhere(fault: Fault) -> Box<Self> {
        Box::new(Mistake {
            fault,
            span: None,
            label: String::new(),
            other: None,
            help: None,
            file: None,
        })
    }

    /// Sets the label at the place of the mistake.
    pub fn label(mut self: Box<Self>, label: impl Into<String>) -> Box<Self> {
        self.label = label.into();
        self
    }

    /// Marks a second place.
    pub fn also(mut self: Box<Self>, span: Range<usize>, label: impl Into<String>) -> Box<Self> {
        self.other = Some((span, label.into()));
        self
    }

    /// Moves the mistake into a text that begins `by` bytes later.
    pub fn shifted(mut self: Box<Self>, by: usize) -> Box<Self> {
        let shifted = |span: Range<usize>| by + span.start..by + span.end;
        self.span = self.span.map(shifted);
        self.other = self.other.map(|(span, label)| (shifted(span), label));
        self
    }

    /// Sets the remedy.
    pub fn help(mut self: Box<Self>, help: impl Into<String>) -> Box<Self> {
        self.help = Some(help.into());
        self
    }

    /// Moves the place into another file, with its name and text.
    pub fn elsewhere(mut self: Box<Self>, name: &str, text: String) -> Box<Self> {
        self.file = Some((name.to_string(), text));
        self
    }

    /// Makes the error for this file, or for the one that the mistake names.
    pub fn in_file(mut self: Box<Self>, name: &str, text: &str) -> ProblemError {
        let file = match self.file.take() {
            Some((name, text)) => NamedSource::new(name, text),
            None => NamedSource::new(name, text.to_string()).with_language("TOML"),
        };
        ProblemError {
            mistake: self,
            file,
        }
    }
}
