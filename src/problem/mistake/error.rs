//! The error that shows a mistake in its file.

use super::{Fault, Mistake};
use miette::{Diagnostic, LabeledSpan, NamedSource, Severity, SourceCode, SourceSpan};
use std::fmt;
use std::ops::Range;

/// The first mistake in a problem file, shown by miette with the file's line and column.
#[derive(Clone)]
pub struct ProblemError {
    pub(super) mistake: Box<Mistake>,
    pub(super) file: NamedSource<String>,
}

impl ProblemError {
    /// The mistake.
    pub fn fault(&self) -> &Fault {
        &self.mistake.fault
    }

    /// Byte range in the file (a data file, for its mistakes); `None` if the fault has no place in its text.
    pub fn span(&self) -> Option<Range<usize>> {
        self.mistake.span.clone()
    }
}

impl fmt::Debug for ProblemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProblemError")
            .field("mistake", &self.mistake)
            .field("file", &self.file.name())
            .finish()
    }
}

impl fmt::Display for ProblemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.mistake.fault.fmt(f)
    }
}

impl std::error::Error for ProblemError {}

impl Diagnostic for ProblemError {
    fn severity(&self) -> Option<Severity> {
        Some(Severity::Error)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.mistake.help.as_ref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.mistake.span.as_ref().map(|_| &self.file as _)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.mistake.span.clone()?;
        let first = (span, self.mistake.label.clone());
        let both = std::iter::once(first).chain(self.mistake.other.clone());
        Some(Box::new(both.map(|(span, label)| {
            let span = SourceSpan::from((span.start, span.len()));
            LabeledSpan::new_with_span(Some(label), span)
        })))
    }
}
