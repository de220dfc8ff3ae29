//! What can be wrong with a problem file, and the error that shows it in the file.

use miette::{Diagnostic, LabeledSpan, NamedSource, Severity, SourceCode, SourceSpan};
use pinn_core::settings::SettingsError;
use pinn_core::statement::StatementError;
use pinn_geometry::{MeshError, PolygonError};
use pinn_hyper::HyperError;
use pinn_network::NetworkError;
use pinn_units::Dimensions;
use std::fmt;
use std::ops::Range;

/// The kinds of mistakes, each with what was found.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Fault {
    #[error("cannot read `{path}`: {cause}")]
    Unreadable { path: String, cause: String },
    #[error("`{path}` is not UTF-8 text: invalid byte on line {line}, column {column}")]
    NotUtf8 {
        path: String,
        line: usize,
        column: usize,
    },
    #[error("the file has {found} bytes; {what} has at most {limit}")]
    FileTooLong {
        what: &'static str,
        found: u64,
        limit: u64,
    },
    #[error("`{path}` is not below the folder of the problem file")]
    NotBeside { path: String },
    #[error("a data file cannot be called `{name}`")]
    ReservedFile { name: String },
    #[error("not a table of comma-separated values: {message}")]
    Csv { message: String },
    #[error("`{text}` is not a number")]
    NotANumber { text: String },
    #[error("the reading at `{coordinate}` = {found} lies outside of the domain")]
    OutsideDomain { coordinate: String, found: String },
    #[error("not a valid TOML file: {message}")]
    Toml { message: String },
    #[error("unknown key `{key}`")]
    UnknownKey { key: String },
    #[error("the key `{key}` is missing")]
    MissingKey { key: String },
    #[error("the key `{key}` does not belong to {to}")]
    ForeignKey { key: String, to: String },
    #[error("a condition of type `{kind}` cannot be `hard`")]
    HardKind { kind: String },
    #[error("learning rates are to follow norms, and none reads a layer of the network")]
    NoNormedLayer,
    #[error("wrong type: {message}")]
    WrongType { message: String },
    #[error("unknown {what} `{name}`")]
    UnknownName { what: &'static str, name: String },
    #[error("the {what} `{name}` is missing")]
    Missing { what: &'static str, name: String },
    #[error("the {what} `{name}` appears twice")]
    Duplicate { what: &'static str, name: String },
    #[error("`{name}` has a dimension, but its value has no unit")]
    NoUnit { name: String },
    #[error("unknown unit `{unit}`")]
    UnknownUnit { unit: String },
    #[error("not a quantity: {message}")]
    Quantity { message: String },
    #[error("wrong dimension of {what}: expected [{expected}], found [{found}]")]
    Dimension {
        what: String,
        expected: Dimensions,
        found: Dimensions,
    },
    #[error("cannot read the expression: {message}")]
    Expression { message: String },
    #[error("the expression is {what}: at most {limit} {unit}")]
    ExpressionSize {
        what: &'static str,
        limit: usize,
        unit: &'static str,
    },
    #[error("a temperature on a scale with an offset cannot be {operation}")]
    TemperaturePoint { operation: &'static str },
    #[error("{what} is not finite")]
    NotFinite { what: String },
    #[error("the range of `{name}` is empty: {from} is not below {to}")]
    EmptyRange {
        name: String,
        from: String,
        to: String,
    },
    #[error("the domain is empty along `{coordinate}`: {lower} is not below {upper}")]
    EmptyDomain {
        coordinate: String,
        lower: String,
        upper: String,
    },
    #[error("cannot read the geometry: {message}")]
    Region { message: String },
    #[error(transparent)]
    Polygon(#[from] PolygonError),
    #[error("cannot read the surface in `{path}`: {message}")]
    Surface { path: String, message: String },
    #[error("`{path}` has no body: {cause}")]
    Mesh { path: String, cause: MeshError },
    #[error("`{text}` does not name a face of the domain")]
    NoFace { text: String },
    #[error("`{text}` is not on the boundary of the domain")]
    OffBoundary { text: String },
    #[error("{what} must be {allowed}, found {found}")]
    OutOfRange {
        what: String,
        allowed: String,
        found: String,
    },
    #[error("no characteristic value of `{name}` can be derived from the conditions")]
    NoScale { name: String },
    #[error("the equation `{name}` cannot be traced: {cause}")]
    Trace { name: String, cause: String },
    #[error(
        "norms of kind `{norm}` couple points: their statistics are over all of them, so that ∂u_i/∂x_j ≠ 0 for i ≠ j"
    )]
    CouplesPoints { norm: String },
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Network(#[from] NetworkError),
    #[error(transparent)]
    Hypernetwork(#[from] HyperError),
    #[error(transparent)]
    Statement(#[from] StatementError),
}

/// A fault and where it is. Spans are byte ranges, first of the text being read, in the end of the file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mistake {
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
pub(super) type Checked<T> = Result<T, Box<Mistake>>;

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

/// Why a problem file was refused: shown by miette with the file's line and column.
#[derive(Clone)]
pub struct ProblemError {
    mistake: Box<Mistake>,
    file: NamedSource<String>,
}

impl ProblemError {
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
