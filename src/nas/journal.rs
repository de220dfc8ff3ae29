//! Journal of trainings on disk: one JSON object per line.

use super::{SearchError, Trial, Unit};
use pinn_output::{OutputError, write_atomically};
use pinn_problem::SearchSettings;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// First line of a journal: the arguments of the search other than the problem file.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Header {
    /// Version of the program.
    pub pinn: String,
    /// Stem of the problem file.
    pub problem: String,
    /// Seed of the search.
    pub seed: u64,
    /// True if every configuration is trained as long as on the last rung.
    pub exhaustive: bool,
    /// Settings of the search.
    pub search: SearchSettings,
}

/// All trials so far.
///
/// A line is appended as soon as a trial ends and is present completely or not at all: a line that was cut by
/// a crash is dropped when the journal is opened again.
pub struct Journal {
    path: PathBuf,
    file: File,
    trials: Vec<Trial>,
}

impl Journal {
    /// Name in the run folder.
    pub const NAME: &'static str = "journal.jsonl";

    /// Creates a journal with its header.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn create(folder: &Path, header: &Header) -> Result<Self, OutputError> {
        let path = folder.join(Self::NAME);
        write_atomically(&path, |to| {
            serde_json::to_writer(&mut *to, header)?;
            to.write_all(b"\n")
        })?;
        Ok(Journal {
            file: append(&path)?,
            path,
            trials: Vec::new(),
        })
    }

    /// Continues an earlier journal.
    ///
    /// # Errors
    /// If it cannot be read, a line before the last is damaged, or another version wrote it.
    pub fn open(folder: &Path) -> Result<(Header, Self), SearchError> {
        let path = folder.join(Self::NAME);
        let text = std::fs::read_to_string(&path).map_err(|cause| OutputError::Read {
            path: path.clone(),
            cause,
        })?;
        // Text after the last line feed is an incomplete line.
        let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
        let damaged = |line: usize, message: String| OutputError::Damaged {
            path: path.clone(),
            line,
            message,
        };
        let mut lines = whole.lines().enumerate();
        let (_, first) = lines
            .next()
            .ok_or_else(|| damaged(1, "there is no header".to_string()))?;
        let header: Header =
            serde_json::from_str(first).map_err(|error| damaged(1, error.to_string()))?;
        let expected = env!("CARGO_PKG_VERSION");
        if header.pinn != expected {
            return Err(SearchError::OtherVersion {
                path,
                expected: expected.to_string(),
                found: header.pinn,
            });
        }
        let trials = lines.map(|(number, line)| {
            serde_json::from_str(line).map_err(|error| damaged(number + 1, error.to_string()))
        });
        let trials = trials.collect::<Result<Vec<Trial>, _>>()?;
        if whole.len() < text.len() {
            write_atomically(&path, |to| to.write_all(whole.as_bytes()))?;
        }
        let file = append(&path)?;
        Ok((header, Journal { path, file, trials }))
    }

    /// Adds a trial, on disk first.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn append(&mut self, trial: Trial) -> Result<(), OutputError> {
        let write = |cause| OutputError::Write {
            path: self.path.clone(),
            cause,
        };
        let mut line = serde_json::to_vec(&trial).map_err(|e| write(e.into()))?;
        line.push(b'\n');
        self.file
            .write_all(&line)
            .and_then(|()| self.file.sync_data())
            .map_err(write)?;
        self.trials.push(trial);
        Ok(())
    }

    /// Result of a unit, if it was trained.
    pub fn find(&self, unit: &Unit) -> Option<&Trial> {
        self.trials.iter().find(|trial| unit.is(trial))
    }

    /// Trials in the order in which they ended.
    pub fn trials(&self) -> &[Trial] {
        &self.trials
    }
}

fn append(path: &Path) -> Result<File, OutputError> {
    let options = OpenOptions::new().append(true).open(path);
    options.map_err(|cause| OutputError::Write {
        path: path.to_path_buf(),
        cause,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Configuration, Ending};

    fn header() -> Header {
        Header {
            pinn: env!("CARGO_PKG_VERSION").to_string(),
            problem: "small".to_string(),
            seed: 3,
            exhaustive: false,
            search: SearchSettings::default(),
        }
    }

    fn unit(seed: u64) -> Unit {
        Unit {
            configuration: Configuration::none(),
            divisor: 9,
            seed,
        }
    }

    #[test]
    fn what_was_written_is_found_again_and_a_cut_line_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::create(folder.path(), &header()).unwrap();
        let mut trial = unit(0).failed("no \"reason\"\nat all");
        trial.objectives.cost = 1.25;
        journal.append(trial.clone()).unwrap();
        journal.append(unit(1).failed("none")).unwrap();
        let path = folder.path().join(Journal::NAME);
        let text = std::fs::read_to_string(&path).unwrap();
        // However far the second line came, the first is whole.
        let second = text.trim_end().rfind('\n').unwrap() + 1;
        for cut in [second, second + 1, text.len() - 1] {
            std::fs::write(&path, &text[..cut]).unwrap();
            let (found, mut again) = Journal::open(folder.path()).unwrap();
            assert_eq!(found, header());
            assert_eq!(again.trials(), std::slice::from_ref(&trial));
            assert_eq!(again.find(&unit(0)), Some(&trial));
            assert_eq!(again.find(&unit(1)), None);
            again.append(unit(1).failed("none")).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
        let reason = "no \"reason\"\nat all".to_string();
        assert_eq!(trial.ending, Ending::Failed { reason });
    }

    #[test]
    fn damage_and_other_versions_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(Journal::NAME);
        assert!(Journal::open(folder.path()).is_err());
        std::fs::write(&path, "").unwrap();
        assert!(Journal::open(folder.path()).is_err());
        let good = serde_json::to_string(&header()).unwrap();
        std::fs::write(&path, format!("{good}\nnonsense\n")).unwrap();
        let error = Journal::open(folder.path()).err().unwrap().to_string();
        assert!(error.contains("line 2"), "{error}");
        let other = Header {
            pinn: "0.0.1".to_string(),
            ..header()
        };
        let other = serde_json::to_string(&other).unwrap();
        std::fs::write(&path, format!("{other}\n")).unwrap();
        let error = Journal::open(folder.path()).err().unwrap();
        assert!(matches!(error, SearchError::OtherVersion { .. }), "{error}");
    }
}
