//! Files that a problem file names.

use super::mistake::{Checked, Fault, Mistake};
use std::path::{Component, Path};
use toml::Spanned;

/// A file that stands beside the problem file, and goes where that goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BesideFile {
    /// As the problem file writes it: a path below its folder, with `/`.
    pub name: String,
    pub text: String,
}

/// Files that a run writes into the folder that keeps a copy of the problem's.
pub const RESERVED: [&str; 5] = [
    "problem.toml",
    "report.json",
    "metrics.jsonl",
    "solution.csv",
    "checkpoint.safetensors",
];

/// Reads a file of at most `limit` bytes below the folder of the problem file.
pub(super) fn read(name: &Spanned<String>, folder: &Path, limit: u64) -> Checked<BesideFile> {
    let text = name.get_ref();
    let relative = Path::new(text);
    let below = relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if text.is_empty() || text.contains('\\') || !below {
        let fault = Fault::NotBeside { path: text.clone() };
        return Err(Mistake::new(fault, name.span())
            .label("expected a name such as `readings.csv` or `data/readings.csv`")
            .help("put the file into the folder of the problem file, so that a run can keep a copy of both"));
    }
    if RESERVED
        .iter()
        .any(|known| known.eq_ignore_ascii_case(text))
    {
        let fault = Fault::ReservedFile { name: text.clone() };
        return Err(Mistake::new(fault, name.span())
            .label("a run writes a file of this name")
            .help("give the file another name"));
    }
    let path = folder.join(relative);
    let unreadable = |cause: std::io::Error| {
        let fault = Fault::Unreadable {
            path: path.display().to_string(),
            cause: cause.to_string(),
        };
        Mistake::new(fault, name.span()).label("paths begin at the folder of the problem file")
    };
    let length = std::fs::metadata(&path).map_err(unreadable)?.len();
    if length > limit {
        let fault = Fault::FileTooLong {
            what: "a data file",
            found: length,
            limit,
        };
        return Err(Mistake::new(fault, name.span()).label("this file"));
    }
    let bytes = std::fs::read(&path).map_err(unreadable)?;
    match String::from_utf8(bytes) {
        Ok(content) => Ok(BesideFile {
            name: text.clone(),
            text: content,
        }),
        Err(error) => {
            let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let valid = String::from_utf8_lossy(valid);
            let fault = Fault::NotUtf8 {
                path: path.display().to_string(),
                line: valid.matches('\n').count() + 1,
                column: valid.chars().rev().take_while(|c| *c != '\n').count() + 1,
            };
            Err(Mistake::new(fault, name.span())
                .label("this file")
                .help("save the file as UTF-8"))
        }
    }
}
