//! A validated problem file.

use super::beside::BesideFile;
use super::search_settings::SearchSettings;
use pinn_core::family::Ranged;
#[cfg(doc)]
use pinn_core::family::over_ranges;
use pinn_core::settings::Settings;
use pinn_core::statement::Posed;
use pinn_reference::Reference;
use pinn_units::Unit;
use std::path::PathBuf;

/// A validated problem file. Made by [`Problem::load`] and [`Problem::parse`].
pub struct Problem {
    /// File stem, such as `thermal`: names the run folder.
    pub name: String,
    pub title: String,
    /// Prose from the file; may be empty.
    pub description: String,
    /// Name of the registered equation, or that the file has its own.
    pub equation: String,
    /// What it is, in one line.
    pub summary: String,
    /// Of a family the member at the middle of all ranges.
    pub statement: Posed,
    /// For a file with ranges.
    pub family: Option<Family>,
    pub settings: Settings,
    pub search: SearchSettings,
    pub reference: Option<Box<dyn Reference>>,
    /// Largest relative L2 error of a field that the author of the file saw.
    pub expected_error: Option<f64>,
    /// Units for people: pictures, tables, CSV headers.
    pub units: DisplayUnits,
    /// Points of the evaluation grid per coordinate.
    pub resolution: Vec<usize>,
    /// What is allowed but looks like an oversight, such as a missing initial condition.
    pub warnings: Vec<String>,
    /// Whole text of the file: copied into the run folder.
    pub source: String,
    /// Where the files are that it names.
    pub folder: PathBuf,
    /// These files: copied into the run folder too.
    pub files: Vec<BesideFile>,
}

/// Parameters that run over ranges.
pub struct Family {
    /// In the order of the parameters.
    pub ranges: Vec<Ranged>,
    /// The statement with the ranged parameters as further coordinates, in this order: see [`over_ranges`].
    pub statement: Posed,
}

impl Problem {
    /// What is trained: the statement, or that of the family.
    pub fn trained(&self) -> &Posed {
        self.family
            .as_ref()
            .map_or(&self.statement, |family| &family.statement)
    }
}

/// One unit per declared coordinate, field and parameter, as the file writes them.
#[derive(Clone, PartialEq, Debug)]
pub struct DisplayUnits {
    pub coordinates: Vec<Unit>,
    pub fields: Vec<Unit>,
    pub parameters: Vec<Unit>,
}
