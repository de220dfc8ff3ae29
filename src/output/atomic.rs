//! Atomic writing of files.

use super::OutputError;
use pinn_core::files;
use std::io::{self, Write};
use std::path::Path;

/// Writes a file [atomically](files::replace). Missing folders of the path are created.
///
/// # Errors
/// If a folder or the file cannot be written.
pub fn write_atomically(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), OutputError> {
    let written = match path.parent() {
        Some(parent) => std::fs::create_dir_all(parent),
        None => Ok(()),
    };
    written
        .and_then(|()| files::replace(path, write))
        .map_err(|cause| OutputError::write(path, cause))
}
