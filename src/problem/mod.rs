//! Problem files: private wire types in, validated [`Problem`] out.
//!
//! Every number with a dimension is a string with its unit, and every value may be an expression with
//! units. What is wrong is reported as a [`ProblemError`] that points into the file.

mod build;
mod check;
mod conditions;
mod expression;
mod located;
mod mistake;
mod quantities;
mod quantity;
mod reference;
mod scales;
mod settings;
mod suggest;
mod wire;

pub use mistake::{Fault, ProblemError};

use crate::pinn::reference::Reference;
use crate::pinn::registry::RegisteredPde;
use crate::pinn::settings::Settings;
use crate::pinn::statement::Statement;
use crate::units::Unit;
use std::sync::Arc;

/// A validated problem file. Made by [`Problem::load`] and [`Problem::parse`].
pub struct Problem {
    /// File stem, such as `thermal`: names the run folder.
    pub name: String,
    pub title: String,
    /// Prose from the file; may be empty.
    pub description: String,
    pub pde: Arc<RegisteredPde>,
    pub statement: Statement,
    pub settings: Settings,
    pub reference: Option<Box<dyn Reference>>,
    /// Units for people: pictures, tables, CSV headers.
    pub units: DisplayUnits,
    /// Points of the evaluation grid per coordinate.
    pub resolution: Vec<usize>,
    /// What is allowed but looks like an oversight, such as a missing initial condition.
    pub warnings: Vec<String>,
    /// Whole text of the file: copied into the run folder.
    pub source: String,
}

/// One unit per declared coordinate, field and parameter, as the file writes them.
#[derive(Clone, PartialEq, Debug)]
pub struct DisplayUnits {
    pub coordinates: Vec<Unit>,
    pub fields: Vec<Unit>,
    pub parameters: Vec<Unit>,
}
