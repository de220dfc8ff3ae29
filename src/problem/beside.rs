//! Files that a problem file names.

use super::mistake::{Checked, Fault, Mistake};
use super::text_file;
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
pub const RESERVED: [&str; 6] = [
    "problem.toml",
    "report.json",
    "metrics.jsonl",
    "solution.csv",
    "fit.csv",
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
    let content = text_file::read(&folder.join(relative), "a data file", limit);
    let content = content.map_err(|fault| {
        let place = name.span();
        match fault {
            Fault::Unreadable { .. } => {
                Mistake::new(fault, place).label("paths begin at the folder of the problem file")
            }
            Fault::NotUtf8 { .. } => Mistake::new(fault, place)
                .label("this file")
                .help("save the file as UTF-8"),
            _ => Mistake::new(fault, place).label("this file"),
        }
    })?;
    Ok(BesideFile {
        name: text.clone(),
        text: content,
    })
}
