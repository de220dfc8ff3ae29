#![doc = include_str!("format.md")]
#![warn(missing_docs)]
#![forbid(unsafe_code)]

mod accuracy;
mod beside;
mod bounds;
mod check;
mod condition_kind;
mod conditions;
mod context;
mod data;
mod domain;
mod equation;
mod exact;
mod expression;
mod faces;
mod geometry;
mod inverse;
mod located;
mod loss;
mod member;
mod mistake;
mod names;
mod network;
mod norm;
mod normal;
mod output;
mod oversights;
mod parts;
mod pose;
mod problem;
mod quantities;
mod quantity;
mod ranges;
mod read;
mod reference;
mod residuals;
mod sampling;
mod scales;
mod search;
mod search_settings;
mod settings;
mod sources;
mod suggest;
mod text_file;
mod training;
mod unknowns;
mod well_posedness;
mod wire;
mod written;

pub use beside::BesideFile;
pub use member::Setting;
pub use mistake::{Fault, ProblemError};
pub use problem::{DisplayUnits, Family, Problem};
pub use search_settings::{Proposals, SearchSettings, Tier};
