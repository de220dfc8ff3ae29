//! Files that a problem file names.

use super::mistake::{Checked, Fault, Mistake};
use super::text_file;
use pinn_core::files::RunFile;
use std::path::{Component, Path};
use toml::Spanned;

/// A file that the problem file names, which is copied along with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BesideFile {
    /// The name in the problem file: a path below its folder, with `/`.
    pub name: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// A kind of file that a problem file may name.
pub(super) struct Kind {
    pub what: &'static str,
    /// A name that such a file could have.
    pub example: &'static str,
    /// Most bytes.
    pub limit: u64,
}

/// Reads a file below the folder of the problem file.
pub(super) fn read(name: &Spanned<String>, folder: &Path, kind: &Kind) -> Checked<BesideFile> {
    let text = name.get_ref();
    let relative = Path::new(text);
    let below = relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if text.is_empty() || text.contains('\\') || !below {
        let fault = Fault::NotBeside { path: text.clone() };
        let example = kind.example;
        return Err(Mistake::new(fault, name.span())
            .label(format!("expected a name such as `{example}` or `data/{example}`"))
            .help("put the file into the folder of the problem file, so that a run can keep a copy of both"));
    }
    // A run keeps a copy of the file next to those that it writes.
    if RunFile::is_reserved(text) {
        let fault = Fault::ReservedFile { name: text.clone() };
        return Err(Mistake::new(fault, name.span())
            .label("a run writes a file with this name")
            .help("give the file another name"));
    }
    let content = text_file::bytes(&folder.join(relative), kind.what, kind.limit);
    let content = content.map_err(|fault| {
        let label = match fault {
            Fault::Unreadable { .. } => "paths begin at the folder of the problem file",
            _ => "this file",
        };
        Mistake::new(fault, name.span()).label(label)
    })?;
    Ok(BesideFile {
        name: text.clone(),
        content,
    })
}

impl BesideFile {
    /// Its content as text; the problem file names it at `name`.
    pub(super) fn text(&self, name: &Spanned<String>, folder: &Path) -> Checked<String> {
        let text = text_file::utf8(&folder.join(&self.name), self.content.clone());
        text.map_err(|fault| {
            Mistake::new(fault, name.span())
                .label("this file")
                .help("save the file as UTF-8")
        })
    }
}
