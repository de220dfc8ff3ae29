//! A validated problem file.

use super::beside::BesideFile;
use super::search_settings::SearchSettings;
use pinn_core::automatic::target_loss;
use pinn_core::family::Ranged;
#[cfg(doc)]
use pinn_core::family::over_ranges;
use pinn_core::settings::Settings;
use pinn_core::statement::Posed;
use pinn_reference::Reference;
use pinn_units::Unit;
use std::path::PathBuf;

/// A validated problem file, made by [`Problem::load`] or [`Problem::parse`].
pub struct Problem {
    /// File stem, such as `thermal`, which names the run folder.
    pub name: String,
    /// Title of the problem; the name, where the file has none.
    pub title: String,
    /// Prose from the file; may be empty.
    pub description: String,
    /// Name of the registered equation, or a note that the file has its own.
    pub equation: String,
    /// The equation in one line.
    pub summary: String,
    /// The posed problem; of a family the member at the middle of all ranges.
    pub statement: Posed,
    /// The family of a file with ranges.
    pub family: Option<Family>,
    /// Network, points and phases of the training.
    pub settings: Settings,
    /// True if network, points and method are to be chosen; false where the file chooses them.
    pub automatic: bool,
    /// Relative error that the file aims at.
    pub tolerance: Option<f64>,
    /// Settings of `pinn search`.
    pub search: SearchSettings,
    /// The solution that the trained one is compared with.
    pub reference: Option<Box<dyn Reference>>,
    /// Largest relative L2 error of a field that the author of the file expects.
    pub expected_error: Option<f64>,
    /// Display units of pictures, tables and CSV headers.
    pub units: DisplayUnits,
    /// Points of the evaluation grid per coordinate.
    pub resolution: Vec<usize>,
    /// Hints at what is allowed but looks like an oversight, such as a missing initial condition.
    pub warnings: Vec<String>,
    /// Whole text of the file, which is copied into the run folder.
    pub source: String,
    /// Folder of the files that it names.
    pub folder: PathBuf,
    /// These files, which are copied into the run folder too.
    pub files: Vec<BesideFile>,
}

/// Parameters that run over ranges.
pub struct Family {
    /// Ranges, in the order of the parameters.
    pub ranges: Vec<Ranged>,
    /// The statement with the ranged parameters as further coordinates, in this order: see [`over_ranges`].
    pub statement: Posed,
}

impl Problem {
    /// The statement that is trained: that of the family, if there is one.
    pub fn trained(&self) -> &Posed {
        self.family
            .as_ref()
            .map_or(&self.statement, |family| &family.statement)
    }

    /// Aims at a relative error: where method and network are chosen, they are chosen for it; every phase without a target of
    /// its own ends at the loss that belongs to it.
    pub fn aim(&mut self, tolerance: f64) {
        let before = self.tolerance.replace(tolerance).map(target_loss);
        for phase in &mut self.settings.phases {
            if phase.target_loss.is_none() || phase.target_loss == before {
                phase.target_loss = Some(target_loss(tolerance));
            }
        }
    }
}

/// One unit per declared coordinate, field and parameter, as the file writes them.
#[derive(Clone, PartialEq, Debug)]
pub struct DisplayUnits {
    /// Units of the coordinates.
    pub coordinates: Vec<Unit>,
    /// Units of the fields.
    pub fields: Vec<Unit>,
    /// Units of the parameters.
    pub parameters: Vec<Unit>,
}
