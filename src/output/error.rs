//! Errors of writing and reading results.

use std::io;
use std::path::{Path, PathBuf};

/// Reason why results cannot be written or read. Messages name the file and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// A folder for a new run is in use.
    #[error(
        "the run folder `{}` exists and is not empty; choose another with `--out`, or omit `--out` for the next free `runs/<name>-<n>`", .path.display()
    )]
    NotEmpty {
        /// Folder.
        path: PathBuf,
    },
    /// A folder cannot be created.
    #[error(
        "cannot create the run folder `{}`: {cause}; choose a writable folder with `--out`", .path.display()
    )]
    Folder {
        /// Folder.
        path: PathBuf,
        /// Error of the operating system.
        cause: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write `{}`: {cause}; check the free space and the permissions of the folder", .path.display())]
    Write {
        /// File.
        path: PathBuf,
        /// Error of the operating system.
        cause: io::Error,
    },
    /// A file cannot be read.
    #[error("cannot read `{}`: {cause}", .path.display())]
    Read {
        /// File.
        path: PathBuf,
        /// Error of the operating system.
        cause: io::Error,
    },
    /// A folder holds no run.
    #[error(
        "`{}` is not a run folder: it has no `{missing}`; give the folder that `pinn solve` named in its last lines", .path.display()
    )]
    NotARun {
        /// Folder.
        path: PathBuf,
        /// Name of the missing file.
        missing: String,
    },
    /// A file is not in the format that was written.
    #[error(
        "`{}`, line {line}: {message}; the file was changed or cut since the run wrote it: solve again", .path.display()
    )]
    Damaged {
        /// File.
        path: PathBuf,
        /// Number of the line, from 1.
        line: usize,
        /// Description of the mistake.
        message: String,
    },
    /// The sampled solution lacks values.
    #[error(
        "`{name}` has {found} values on a grid of {expected} points; sample every field at every point of a grid that is not empty"
    )]
    Incomplete {
        /// Name of the axis or field.
        name: String,
        /// Number of values needed.
        expected: usize,
        /// Number of values present.
        found: usize,
    },
}

impl OutputError {
    pub(super) fn write(path: &Path, cause: io::Error) -> Self {
        OutputError::Write {
            path: path.to_path_buf(),
            cause,
        }
    }

    pub(super) fn read(path: &Path, cause: io::Error) -> Self {
        OutputError::Read {
            path: path.to_path_buf(),
            cause,
        }
    }

    pub(super) fn damaged(path: &Path, line: usize, message: impl ToString) -> Self {
        OutputError::Damaged {
            path: path.to_path_buf(),
            line,
            message: message.to_string(),
        }
    }
}
