//! Atomic writing of files.

use super::OutputError;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Writes a temporary file in the same folder and renames it, so that a crash leaves the old file or the new
/// one. Missing folders of the path are created.
///
/// # Errors
/// If a folder or the file cannot be written.
pub fn write_atomically(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), OutputError> {
    temporary(path, write)
        .and_then(|file| file.persist(path).map_err(|e| e.error))
        .map(drop)
        .map_err(|cause| OutputError::write(path, cause))
}

/// As [`write_atomically`], but fails with [`io::ErrorKind::AlreadyExists`] where a file is there already.
pub(super) fn write_new(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let file = temporary(path, write)?;
    file.persist_noclobber(path).map(drop).map_err(|e| e.error)
}

fn temporary(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<tempfile::NamedTempFile> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder)?;
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
    Ok(file)
}
