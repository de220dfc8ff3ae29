//! What can be wrong with a checkpoint.

use super::{FORMAT, VERSION};
use crate::optimiser::StateError;
use std::path::PathBuf;

/// Reasons why a checkpoint cannot be written or read.
#[allow(
    missing_docs,
    reason = "the message says what each variant and its fields are"
)]
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    #[error("cannot write the checkpoint `{}`: {cause}; free the place or choose another folder (a file that was there is untouched)", path.display())]
    Write {
        path: PathBuf,
        cause: std::io::Error,
    },
    #[error("cannot read the checkpoint `{}`: {cause}", path.display())]
    Read {
        path: PathBuf,
        cause: std::io::Error,
    },
    #[error("`{}` is not a whole safetensors file ({reason}): it was cut short or is something else; expected a checkpoint that a run wrote, use another copy or start a new run", path.display())]
    NotWhole { path: PathBuf, reason: String },
    #[error("`{}` is a safetensors file but no checkpoint: expected `format` to be `{FORMAT}`, found {found}; give the checkpoint of a run", path.display())]
    NotACheckpoint { path: PathBuf, found: String },
    #[error("`{}` has checkpoint format {found}, expected {VERSION}: continue it with the version of pinn that wrote it, or start a new run", path.display())]
    Version { path: PathBuf, found: String },
    #[error("`{}` is damaged: {what}; use another copy or start a new run", path.display())]
    Damaged { path: PathBuf, what: String },
    #[error("`{}` belongs to another problem: {what} differs: expected `{expected}`, found `{found}`; continue with the problem that it was saved with, or start a new run", path.display())]
    OtherProblem {
        path: PathBuf,
        what: String,
        expected: String,
        found: String,
    },
    #[error("`{}` does not fit: expected {expected} numbers in `{tensor}`, found {found}; start a new run", path.display())]
    Shape {
        path: PathBuf,
        tensor: String,
        expected: usize,
        found: usize,
    },
    #[error("`{}` does not fit: {cause}; start a new run", path.display())]
    Optimiser { path: PathBuf, cause: StateError },
}
