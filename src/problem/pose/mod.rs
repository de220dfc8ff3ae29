//! From the text of a file to a [`Problem`], stage by stage.
//!
//! Each stage takes those before it, and stops at the first mistake:
//!
//! | stage | knows |
//! |---|---|
//! | [`Read`] | the tables of the file |
//! | [`Declared`] | everything that expressions may name: quantities, domain, definitions |
//! | [`Equations`] | the residuals inside the domain |
//! | [`Conditions`] | the residuals on its boundary, and of its parts |
//! | [`Chosen`] | scales, data, settings, references and output |
//! | [`Stated`] | the statement and its family, posed |

mod chosen;
mod conditions;
mod declared;
mod equations;
mod stated;

use super::mistake::{Checked, Fault, Mistake, ProblemError};
use super::read::Read;
use super::{Problem, text_file};
use chosen::Chosen;
use conditions::Conditions;
use declared::Declared;
use equations::Equations;
use pinn_equations::registry::Registry;
use stated::Stated;
use std::path::Path;

/// Longest file in bytes.
const MAX_FILE: u64 = 1 << 20;

impl Problem {
    /// Reads and validates a problem file. The registry knows the equations that it may name.
    ///
    /// # Errors
    /// One [`ProblemError`] for the first mistake found, with its place in the file.
    pub fn load(path: &Path, registry: &Registry) -> Result<Problem, ProblemError> {
        let shown = path.display().to_string();
        let text = text_file::read(path, "a problem file", MAX_FILE).map_err(|fault| {
            let help = match fault {
                Fault::FileTooLong { .. } => "is this a problem file?",
                Fault::NotUtf8 { .. } => "save the file as UTF-8",
                _ => "give the path of a problem file",
            };
            Mistake::everywhere(fault).help(help).in_file(&shown, "")
        })?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let folder = path.parent().unwrap_or(Path::new(""));
        pose(&stem, &text, folder, registry).map_err(|mistake| mistake.in_file(&shown, &text))
    }

    /// Validates the text of a problem file; `name` stands for its file stem. Data files that it names are sought in
    /// the current folder.
    ///
    /// # Errors
    /// Those of [`Problem::load`].
    pub fn parse(
        name: &str,
        text: impl Into<String>,
        registry: &Registry,
    ) -> Result<Problem, ProblemError> {
        Self::parse_in(Path::new(""), name, text, registry)
    }

    /// Validates the text of a problem file whose data files are in a folder.
    ///
    /// # Errors
    /// Those of [`Problem::load`].
    pub fn parse_in(
        folder: &Path,
        name: &str,
        text: impl Into<String>,
        registry: &Registry,
    ) -> Result<Problem, ProblemError> {
        let (path, text) = (format!("{name}.toml"), text.into());
        pose(name, &text, folder, registry).map_err(|mistake| mistake.in_file(&path, &text))
    }
}

fn pose(name: &str, text: &str, folder: &Path, registry: &Registry) -> Checked<Problem> {
    let read = Read::new(text, folder)?;
    let declared = Declared::new(&read, registry)?;
    let equations = Equations::new(&read, &declared)?;
    let conditions = Conditions::new(&read, &declared, &equations)?;
    let chosen = Chosen::new(&read, &declared, &equations, &conditions)?;
    let stated = Stated::new(&read, &declared, &equations, conditions, &chosen)?;
    let expected_error = chosen::expected_error(&read)?;
    let tolerance = chosen::tolerance(&read)?;
    let title = match read.file.title.trim() {
        "" => name.to_string(),
        title => title.to_string(),
    };
    let mut files = declared.files;
    files.extend(chosen.tables);
    let mut problem = Problem {
        name: name.to_string(),
        title,
        description: read.file.description.trim().to_string(),
        equation: declared.source.name,
        summary: declared.source.summary,
        statement: stated.statement,
        family: stated.family,
        settings: chosen.settings,
        search: chosen.search,
        reference: chosen.reference,
        expected_error,
        units: chosen.units,
        automatic: read.file.train.is_none() && read.file.network.is_none(),
        tolerance: None,
        resolution: chosen.resolution,
        warnings: stated.warnings,
        source: text.to_string(),
        folder: folder.to_path_buf(),
        files,
    };
    if let Some(tolerance) = tolerance {
        problem.aim(tolerance);
    }
    Ok(problem)
}
