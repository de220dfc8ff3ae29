//! Files of a run: their names, and atomic writes.

use std::io::{self, BufWriter, Write};
use std::path::Path;
use tempfile::NamedTempFile;

/// File that every run writes into its folder. Its name is reserved there.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum RunFile {
    /// Copy of the problem file.
    Problem,
    /// Settings, losses and errors.
    Report,
    /// One line per recorded step.
    Metrics,
    /// Fields on the evaluation grid.
    Solution,
    /// Measurements with the solution at their places.
    Fit,
    /// State that continues the run.
    Checkpoint,
}

impl RunFile {
    /// All files.
    pub const ALL: [RunFile; 6] = [
        RunFile::Problem,
        RunFile::Report,
        RunFile::Metrics,
        RunFile::Solution,
        RunFile::Fit,
        RunFile::Checkpoint,
    ];

    /// Name below the folder of the run.
    pub const fn name(self) -> &'static str {
        match self {
            RunFile::Problem => "problem.toml",
            RunFile::Report => "report.json",
            RunFile::Metrics => "metrics.jsonl",
            RunFile::Solution => "solution.csv",
            RunFile::Fit => "fit.csv",
            RunFile::Checkpoint => "checkpoint.safetensors",
        }
    }

    /// Returns true if a file of this name would replace one of the run, also on file systems that ignore case.
    pub fn is_reserved(name: &str) -> bool {
        let mut all = RunFile::ALL.into_iter();
        all.any(|file| file.name().eq_ignore_ascii_case(name))
    }
}

/// Writes a file atomically: it is either the old one or the complete new one, also after a crash.
///
/// # Errors
/// If the folder is missing or the file cannot be written; the old file then stays unchanged.
pub fn replace(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let file = temporary(path, write)?;
    file.persist(path).map(drop).map_err(|e| e.error)
}

/// Writes a new file atomically.
///
/// # Errors
/// Those of [`replace`], and [`io::ErrorKind::AlreadyExists`] if the file exists.
pub fn create(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let file = temporary(path, write)?;
    file.persist_noclobber(path).map(drop).map_err(|e| e.error)
}

/// Writes a complete temporary file in the target folder.
fn temporary(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<NamedTempFile> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".pinn-");
    // Temporary files are private by default; results follow the user's umask.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    let mut buffered = BufWriter::new(file.as_file_mut());
    write(&mut buffered)?;
    buffered.flush()?;
    drop(buffered);
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_file_is_the_old_one_or_the_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        create(&path, |to| to.write_all(b"old")).unwrap();
        let error = create(&path, |to| to.write_all(b"new")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        let broken = |to: &mut dyn Write| {
            to.write_all(b"half")?;
            Err(io::Error::other("no more"))
        };
        assert!(replace(&path, broken).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"old");
        replace(&path, |to| to.write_all(b"new")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        // No temporary file remains in the folder.
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn names_are_reserved_in_any_case() {
        assert!(RunFile::is_reserved("Report.JSON"));
        assert!(!RunFile::is_reserved("measurements.csv"));
    }
}
