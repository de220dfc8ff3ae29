//! Files of a bounded length.

use super::mistake::Fault;
use std::path::Path;

/// The text of a file of at most `limit` bytes; `what` names the kind of file.
pub(super) fn read(path: &Path, what: &'static str, limit: u64) -> Result<String, Fault> {
    utf8(path, bytes(path, what, limit)?)
}

/// Reads a file of any content.
pub(super) fn bytes(path: &Path, what: &'static str, limit: u64) -> Result<Vec<u8>, Fault> {
    let unreadable = |cause: std::io::Error| Fault::Unreadable {
        path: path.display().to_string(),
        cause: cause.to_string(),
    };
    let found = std::fs::metadata(path).map_err(unreadable)?.len();
    if found > limit {
        return Err(Fault::FileTooLong { what, found, limit });
    }
    std::fs::read(path).map_err(unreadable)
}

/// The text that was read from a file.
pub(super) fn utf8(path: &Path, bytes: Vec<u8>) -> Result<String, Fault> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let valid = String::from_utf8_lossy(valid);
        Fault::NotUtf8 {
            path: path.display().to_string(),
            line: valid.matches('\n').count() + 1,
            column: valid.chars().rev().take_while(|c| *c != '\n').count() + 1,
        }
    })
}
