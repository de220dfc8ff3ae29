//! Why results cannot be written or read.

use std::io;
use std::path::{Path, PathBuf};

/// Names the file and what to do.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    #[error(
        "the run folder `{}` exists and is not empty; choose another with `--out`, or leave `--out` out for the next free `runs/<name>-<n>`", .path.display()
    )]
    NotEmpty { path: PathBuf },
    #[error(
        "cannot make the run folder `{}`: {cause}; choose a folder that you may write to with `--out`", .path.display()
    )]
    Folder { path: PathBuf, cause: io::Error },
    #[error("cannot write `{}`: {cause}; check the free space and that the folder may be written to", .path.display())]
    Write { path: PathBuf, cause: io::Error },
    #[error("cannot read `{}`: {cause}", .path.display())]
    Read { path: PathBuf, cause: io::Error },
    #[error(
        "`{}` is not a run folder: it has no `{missing}`; give the folder that `pinn solve` named in its last lines", .path.display()
    )]
    NotARun { path: PathBuf, missing: String },
    #[error(
        "`{}`, line {line}: {message}; the file was changed or cut since the run wrote it: solve again", .path.display()
    )]
    Damaged {
        path: PathBuf,
        line: usize,
        message: String,
    },
    #[error(
        "`{name}` has {found} values on a grid of {expected} points; sample every field at every point of a grid that is not empty"
    )]
    Incomplete {
        name: String,
        expected: usize,
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
