//! Run folders of problems that were posed in Rust.

use crate::error::SolveError;
use crate::solution::Solution;
use pinn_core::settings::usual;
use pinn_output::{Options, OutputError, Report, RunFolder, Solved, write_all};
use pinn_units::{QuantityInfo, Symbols, Unit};
use std::path::{Path, PathBuf};

/// Errors of writing a run folder.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The folder or a file in it.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The values of the solution.
    #[error(transparent)]
    Solution(#[from] SolveError),
}

impl<S: Symbols> Solution<S> {
    /// Writes a run folder: `report.json`, the fields on a regular grid as CSV, VTK and pictures, and the checkpoint. The
    /// folder must not exist, or be empty; a family is written at its [member](Solution::member). Numbers are in SI base
    /// units. Gives the paths of the files.
    ///
    /// # Errors
    /// If the folder holds anything, or a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<Vec<PathBuf>, WriteError> {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let text = self.describe();
        let run = RunFolder::create(Some(folder), &name, &text)?;
        self.save(&run.checkpoint())?;
        let declared = &self.posed.statement().declared;
        let units = |infos: &[QuantityInfo]| -> Vec<Unit> {
            infos.iter().map(|info| Unit::si(info.dimensions)).collect()
        };
        let coordinates = units(&declared.coordinates);
        let (fields, parameters) = (units(&declared.fields), units(&declared.parameters));
        let solved = Solved {
            name: &name,
            title: &name,
            equation: "posed in Rust",
            statement: self.posed.statement(),
            trained: &self.posed,
            settings: &self.settings,
            coordinates: &coordinates,
            fields: &fields,
            parameters: &parameters,
        };
        let own = coordinates.len() - self.ranges.len();
        let resolution = vec![usual::resolution(own); own];
        let mut session = self.session.borrow_mut();
        let on_grid = solved.on_grid(session.as_mut(), &resolution, &self.member);
        let sampled = on_grid.map_err(SolveError::from)?.sampled;
        let seconds = session.seconds();
        let report = Report::of(solved, session.as_mut(), self.outcome(), seconds);
        let mut report = report.map_err(SolveError::from)?;
        Ok(write_all(
            &run,
            &sampled,
            &[],
            &mut report,
            Options::default(),
        )?)
    }

    /// The problem as comments of a problem file: it has no text of its own.
    fn describe(&self) -> String {
        let statement = self.posed.statement();
        let mut text = "# This problem was posed in Rust. Its equations and conditions are zero:\n"
            .to_string();
        let conditions = statement.conditions.iter();
        let all = std::iter::once(("everywhere", &statement.equations))
            .chain(conditions.map(|c| (c.name.as_str(), &c.residuals)));
        for (name, residuals) in all {
            for line in residuals.show() {
                text += &format!("#   {name}: {line}\n");
            }
        }
        text
    }
}
