//! Folder of one run and the names of its files.

use super::OutputError;
use pinn_core::files::{self, RunFile};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Folder of one run. Its file names are reserved. [`RunFolder::create`] creates it, and never takes a folder
/// that is not empty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// Creates the folder `out`, or the next free `runs/<name>-<n>`, and writes the text of the problem file
    /// into it, which marks it as a run.
    ///
    /// # Errors
    /// If the folder is not empty, or cannot be written.
    pub fn create(out: Option<&Path>, name: &str, problem: &str) -> Result<Self, OutputError> {
        let path = Self::claim(out, name)?;
        let folder = RunFolder { path };
        let written = files::create(&folder.problem(), |to| to.write_all(problem.as_bytes()));
        match written {
            Ok(()) => Ok(folder),
            // Another process took the same empty folder.
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                Err(OutputError::NotEmpty { path: folder.path })
            }
            Err(cause) => Err(OutputError::Folder {
                path: folder.path,
                cause,
            }),
        }
    }

    /// Creates the folder `out`, or the next free `runs/<name>-<n>`, and leaves it empty.
    ///
    /// # Errors
    /// If the folder is not empty, or cannot be created.
    pub fn claim(out: Option<&Path>, name: &str) -> Result<PathBuf, OutputError> {
        match out {
            Some(path) => Self::given(path),
            None => Self::numbered(Path::new("runs"), name),
        }
    }

    /// Opens the folder of an earlier run.
    ///
    /// # Errors
    /// If it cannot be read, or has no problem file.
    pub fn open(path: &Path) -> Result<Self, OutputError> {
        let folder = RunFolder {
            path: path.to_path_buf(),
        };
        if folder.problem().is_file() {
            return Ok(folder);
        }
        match fs::read_dir(path) {
            Err(cause) => Err(OutputError::read(path, cause)),
            Ok(_) => Err(OutputError::NotARun {
                path: folder.path,
                missing: RunFile::Problem.name().to_string(),
            }),
        }
    }

    fn given(path: &Path) -> Result<PathBuf, OutputError> {
        let folder = |cause| OutputError::Folder {
            path: path.to_path_buf(),
            cause,
        };
        match fs::read_dir(path) {
            Ok(mut entries) => match entries.next() {
                None => Ok(path.to_path_buf()),
                Some(_) => Err(OutputError::NotEmpty {
                    path: path.to_path_buf(),
                }),
            },
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(path).map_err(folder)?;
                Ok(path.to_path_buf())
            }
            Err(cause) => Err(folder(cause)),
        }
    }

    /// One more than the largest number there, so that numbers follow the order of the runs.
    fn numbered(parent: &Path, name: &str) -> Result<PathBuf, OutputError> {
        let folder = |path: &Path, cause| OutputError::Folder {
            path: path.to_path_buf(),
            cause,
        };
        fs::create_dir_all(parent).map_err(|e| folder(parent, e))?;
        let entries = fs::read_dir(parent).map_err(|e| folder(parent, e))?;
        let numbers = entries.flatten().filter_map(|entry| {
            let file_name = entry.file_name();
            let number = file_name.to_str()?.strip_prefix(name)?.strip_prefix('-')?;
            number.parse::<u64>().ok()
        });
        let mut number = numbers.max().unwrap_or(0);
        loop {
            number = number.saturating_add(1);
            let path = parent.join(format!("{name}-{number}"));
            // Only one process can make a folder: whoever loses the race takes the next number.
            match fs::create_dir(&path) {
                Ok(()) => return Ok(path),
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                Err(cause) => return Err(folder(&path, cause)),
            }
        }
    }

    /// Copies a file that the problem file names into the folder, under the same name.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep(&self, name: &str, content: &[u8]) -> Result<(), OutputError> {
        let path = self.file(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|e| OutputError::write(parent, e))?;
        }
        files::create(&path, |to| to.write_all(content)).map_err(|e| OutputError::write(&path, e))
    }

    /// Path of the folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Path of a file of the run.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Path of the copy of the problem file.
    pub fn problem(&self) -> PathBuf {
        self.file(RunFile::Problem.name())
    }

    /// Path of the report.
    pub fn report(&self) -> PathBuf {
        self.file(RunFile::Report.name())
    }

    /// Path of the log of steps.
    pub fn metrics(&self) -> PathBuf {
        self.file(RunFile::Metrics.name())
    }

    /// Path of the table of the solution.
    pub fn solution(&self) -> PathBuf {
        self.file(RunFile::Solution.name())
    }

    /// Path of the table of measurements.
    pub fn fit(&self) -> PathBuf {
        self.file(RunFile::Fit.name())
    }

    /// Path of the checkpoint.
    pub fn checkpoint(&self) -> PathBuf {
        self.file(RunFile::Checkpoint.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_largest_one_there() {
        let parent = tempfile::tempdir().unwrap();
        for (made, expected) in [(None, "a-1"), (None, "a-2"), (Some("a-9"), "a-10")] {
            if let Some(made) = made {
                fs::create_dir(parent.path().join(made)).unwrap();
            }
            let path = RunFolder::numbered(parent.path(), "a").unwrap();
            assert_eq!(path, parent.path().join(expected));
        }
        fs::create_dir(parent.path().join("a-b-7")).unwrap();
        let path = RunFolder::numbered(parent.path(), "a").unwrap();
        assert!(path.ends_with("a-11"));
    }

    #[test]
    fn concurrent_runs_get_folders_of_their_own() {
        let parent = tempfile::tempdir().unwrap();
        let folders: Vec<PathBuf> = std::thread::scope(|scope| {
            let make = || RunFolder::numbered(parent.path(), "race").unwrap();
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        let distinct: std::collections::BTreeSet<_> = folders.iter().collect();
        assert_eq!(distinct.len(), 8);
    }

    #[test]
    fn nothing_that_exists_is_taken() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("deep/run");
        let folder = RunFolder::create(Some(&path), "x", "title = 1").unwrap();
        assert_eq!(fs::read_to_string(folder.problem()).unwrap(), "title = 1");
        let again = RunFolder::create(Some(&path), "x", "other").unwrap_err();
        assert!(matches!(again, OutputError::NotEmpty { .. }), "{again}");
        assert_eq!(fs::read_to_string(folder.problem()).unwrap(), "title = 1");
        assert_eq!(RunFolder::open(&path).unwrap(), folder);

        let empty = parent.path().join("empty");
        fs::create_dir(&empty).unwrap();
        let error = RunFolder::open(&empty).unwrap_err();
        assert!(matches!(error, OutputError::NotARun { .. }), "{error}");
        assert!(RunFolder::create(Some(&empty), "x", "").is_ok());

        let file = parent.path().join("file");
        fs::write(&file, "mine").unwrap();
        for out in [file.clone(), file.join("below")] {
            let error = RunFolder::create(Some(&out), "x", "").unwrap_err();
            assert!(matches!(error, OutputError::Folder { .. }), "{error}");
        }
        assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
        let error = RunFolder::open(&parent.path().join("nowhere")).unwrap_err();
        assert!(matches!(error, OutputError::Read { .. }), "{error}");
    }
}
