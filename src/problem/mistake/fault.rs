//! The kinds of mistakes in a problem file.

use pinn_core::settings::SettingsError;
use pinn_core::statement::StatementError;
use pinn_geometry::{MeshError, PolygonError};
use pinn_hyper::HyperError;
use pinn_network::NetworkError;
use pinn_units::Dimensions;

/// The kinds of mistakes, each with what was found.
#[allow(
    missing_docs,
    reason = "the message says what each variant and its fields are"
)]
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
    #[error("`{path}` is outside the folder of the problem file")]
    NotBeside { path: String },
    #[error("a data file cannot be called `{name}`")]
    ReservedFile { name: String },
    #[error("not a table of comma-separated values: {message}")]
    Csv { message: String },
    #[error("`{text}` is not a number")]
    NotANumber { text: String },
    #[error("the measurement at `{coordinate}` = {found} lies outside of the domain")]
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
    #[error("learning rates cannot follow norms: no norm reads a layer of the network")]
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
    #[error("{message}")]
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
    #[error("no boundary here: `{text}` is not a face of the domain")]
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
        "norms of kind `{norm}` couple points: their statistics run over all points, so that ∂u_i/∂x_j ≠ 0 for i ≠ j"
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
