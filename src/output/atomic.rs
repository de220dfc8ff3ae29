//! Files that are there whole or not at all.

use super::OutputError;
use pinn_core::files;
use std::io::{self, Write};
use std::path::Path;

/// Writes a file [atomically](files::replace). Missing folders in between are made.
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
