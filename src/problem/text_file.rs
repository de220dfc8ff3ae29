//! Text files of a bounded length.

use super::mistake::Fault;
use std::path::Path;

/// The text of a file of at most `limit` bytes; `what` says what it should be.
pub(super) fn read(path: &Path, what: &'static str, limit: u64) -> Result<String, Fault> {
    let shown = || path.display().to_string();
    let unreadable = |cause: std::io::Error| Fault::Unreadable {
        path: shown(),
        cause: cause.to_string(),
    };
    let found = std::fs::metadata(path).map_err(unreadable)?.len();
    if found > limit {
        return Err(Fault::FileTooLong { what, found, limit });
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let valid = String::from_utf8_lossy(valid);
        Fault::NotUtf8 {
            path: shown(),
            line: valid.matches('\n').count() + 1,
            column: valid.chars().rev().take_while(|c| *c != '\n').count() + 1,
        }
    })
}
