//! Mistakes in problem files: what is wrong, where, and what to do.

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

/// A fault and where it is. Spans are byte ranges, first of the text being read, in the end of the file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mistake {
    pub fault: Fault,
    pub span: Option<Range<usize>>,
    pub label: String,
    /// Another place that belongs to the mistake, with what is to be said of it.
    pub other: Option<(Range<usize>, String)>,
    pub help: Option<String>,
    /// The file that the span is of, if it is not the problem file: name and text.
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

    /// More of something than a file may have.
    pub fn too_many(what: &str, limit: usize, span: Range<usize>) -> Box<Self> {
        let fault = Fault::OutOfRange {
            what: format!("the number of {what}"),
            allowed: format!("at most {limit}"),
            found: "more".to_string(),
        };
        Self::new(fault, span)
    }

    /// A key that does not belong to what it was given for.
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

    /// Says at the place itself what was expected or found.
    pub fn label(mut self: Box<Self>, label: impl Into<String>) -> Box<Self> {
        self.label = label.into();
        self
    }

    /// Marks a second place.
    pub fn also(mut self: Box<Self>, span: Range<usize>, label: impl Into<String>) -> Box<Self> {
        self.other = Some((span, label.into()));
        self
    }

    /// The same, found in a text that begins so many bytes later.
    pub fn shifted(mut self: Box<Self>, by: usize) -> Box<Self> {
        let shifted = |span: Range<usize>| by + span.start..by + span.end;
        self.span = self.span.map(shifted);
        self.other = self.other.map(|(span, label)| (shifted(span), label));
        self
    }

    /// Says what to do.
    pub fn help(mut self: Box<Self>, help: impl Into<String>) -> Box<Self> {
        self.help = Some(help.into());
        self
    }

    /// The place is in a file that the problem file names: its name and text.
    pub fn elsewhere(mut self: Box<Self>, name: &str, text: String) -> Box<Self> {
        self.file = Some((name.to_string(), text));
        self
    }

    /// The error for a mistake in this file, or in the one that the mistake names.
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
