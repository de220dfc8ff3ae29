//! Errors of checkpoints.

use super::{FORMAT, VERSION};
use crate::optimiser::StateError;
use std::path::PathBuf;

/// Reasons why a checkpoint cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The file cannot be written.
    #[error("cannot write the checkpoint `{}`: {cause}; make the path writable or choose another folder (an existing file is unchanged)", path.display())]
    Write {
        /// Path of the file.
        path: PathBuf,
        /// Reason.
        cause: std::io::Error,
    },
    /// The file cannot be read.
    #[error("cannot read the checkpoint `{}`: {cause}", path.display())]
    Read {
        /// Path of the file.
        path: PathBuf,
        /// Reason.
        cause: std::io::Error,
    },
    /// The file is not a complete safetensors file.
    #[error("`{}` is not a complete safetensors file ({reason}); expected a checkpoint that a run wrote: use another copy or start a new run", path.display())]
    NotWhole {
        /// Path of the file.
        path: PathBuf,
        /// Reason from the reader.
        reason: String,
    },
    /// The file is not a checkpoint.
    #[error("`{}` is a safetensors file but not a checkpoint: expected `format` to be `{FORMAT}`, found {found}; give the checkpoint of a run", path.display())]
    NotACheckpoint {
        /// Path of the file.
        path: PathBuf,
        /// Value found.
        found: String,
    },
    /// The format has another version.
    #[error("`{}` has checkpoint format {found}, expected {VERSION}: continue it with the version of pinn that wrote it, or start a new run", path.display())]
    Version {
        /// Path of the file.
        path: PathBuf,
        /// Value found.
        found: String,
    },
    /// The content is damaged.
    #[error("`{}` is damaged: {what}; use another copy or start a new run", path.display())]
    Damaged {
        /// Path of the file.
        path: PathBuf,
        /// Description of the damage.
        what: String,
    },
    /// The checkpoint belongs to another problem.
    #[error("`{}` belongs to another problem: {what} differs: expected `{expected}`, found `{found}`; continue with the problem that it was saved with, or start a new run", path.display())]
    OtherProblem {
        /// Path of the file.
        path: PathBuf,
        /// Name of the entry that differs.
        what: String,
        /// Expected value.
        expected: String,
        /// Value found.
        found: String,
    },
    /// A tensor has the wrong size.
    #[error("`{}` does not fit: expected {expected} numbers in `{tensor}`, found {found}; start a new run", path.display())]
    Shape {
        /// Path of the file.
        path: PathBuf,
        /// Name of the tensor.
        tensor: String,
        /// Expected number of entries.
        expected: usize,
        /// Number of entries found.
        found: usize,
    },
    /// The state of the optimiser does not fit.
    #[error("`{}` does not fit: {cause}; start a new run", path.display())]
    Optimiser {
        /// Path of the file.
        path: PathBuf,
        /// Reason.
        cause: StateError,
    },
}
