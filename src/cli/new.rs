//! `pinn new`

use super::{Code, Context, error::CliError};
use clap::Args;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Creates a crate with your own equation: a typed residual, a problem file and the whole command line.
#[derive(Args)]
#[command(after_help = "\
Examples:
  pinn new heat-pipe
  cd heat-pipe && cargo run --release -- solve heat-pipe.toml")]
pub(super) struct Arguments {
    /// Name of the crate and of its folder, created here
    name: String,
}

/// Files of the new crate; `{name}`, `{equation}`, `{Type}`, `{pinn}` and `{version}` stand for what differs.
const FILES: [(&str, &str); 6] = [
    ("Cargo.toml", include_str!("new/Cargo.toml.template")),
    // The versions that this program was built and tested with.
    ("Cargo.lock", include_str!("new/Cargo.lock")),
    ("src/main.rs", include_str!("new/main.rs.template")),
    ("{name}.toml", include_str!("new/problem.toml.template")),
    ("README.md", include_str!("new/README.md.template")),
    (".gitignore", "target/\nruns/\n"),
];

/// Words that cargo refuses as the name of a package with a binary.
const RESERVED: [&str; 12] = [
    "pinn",
    "test",
    "core",
    "std",
    "alloc",
    "proc-macro",
    "proc_macro",
    "build",
    "deps",
    "examples",
    "incremental",
    "self",
];

pub(super) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Code, CliError> {
    let name = arguments.name.as_str();
    check_name(name).map_err(|reason| CliError::CrateName {
        name: name.to_string(),
        reason,
    })?;
    let folder = PathBuf::from(name);
    let failed = |path: &Path| {
        let path = path.to_path_buf();
        move |cause| CliError::Write { path, cause }
    };
    // `create_dir` is the check and the act in one, so that nothing existing is ever touched.
    std::fs::create_dir(&folder).map_err(|cause| match cause.kind() {
        ErrorKind::AlreadyExists => CliError::Exists {
            path: folder.clone(),
        },
        _ => failed(&folder)(cause),
    })?;
    std::fs::create_dir(folder.join("src")).map_err(failed(&folder))?;
    for (file, template) in FILES {
        let path = folder.join(fill(file, name));
        std::fs::write(&path, fill(template, name)).map_err(failed(&path))?;
    }
    writeln!(
        context.out,
        "Created the crate `{name}` with\n\
         \x20 an equation, as a typed residual:      {name}/src/main.rs\n\
         \x20 a problem with its reference solution: {name}/{name}.toml\n\
         \n\
         Continue with:\n\
         \x20 cd {name}\n\
         \x20 cargo run --release -- solve {name}.toml"
    )
    .map_err(CliError::Stdout)?;
    Ok(Code::Done)
}

fn check_name(name: &str) -> Result<(), &'static str> {
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err("it does not begin with a letter");
    }
    if !name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    {
        return Err("it holds other characters");
    }
    if name.len() > 64 {
        return Err("it is longer than 64 characters");
    }
    if RESERVED.contains(&name) || is_keyword(name) {
        return Err("the word is reserved");
    }
    Ok(())
}

/// Keywords of Rust that consist of letters only (The Rust Reference, "Keywords"; edition 2024).
fn is_keyword(name: &str) -> bool {
    const KEYWORDS: &str = "abstract as async await become box break const continue crate do dyn else enum extern \
        false final fn for gen if impl in let loop macro match mod move mut override priv pub ref return self \
        static struct super trait true try type typeof unsafe unsized use virtual where while yield";
    KEYWORDS.split_whitespace().any(|word| word == name)
}

fn fill(template: &str, name: &str) -> String {
    let equation = name.replace('_', "-").to_lowercase();
    template
        .replace("{name}", name)
        .replace("{equation}", &equation)
        .replace("{Type}", &type_name(name))
        .replace("{pinn}", &dependency(&source()))
        .replace("{version}", env!("CARGO_PKG_VERSION"))
}

/// `heat-pipe` becomes `HeatPipe`.
fn type_name(name: &str) -> String {
    let words = name.split(['-', '_']).filter(|word| !word.is_empty());
    words
        .map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_uppercase() + rest
        })
        .collect()
}

/// The folder of the toolkit's source, if this program was built from it: two above this crate.
fn source() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).unwrap_or(own).to_path_buf()
}

/// The dependency on this crate: the source that this program was built from if it still exists, so that
/// the new crate builds on this machine unchanged; otherwise the published version.
fn dependency(source: &Path) -> String {
    let manifest = std::fs::read_to_string(source.join("Cargo.toml")).unwrap_or_default();
    if manifest.contains("name = \"pinn\"") {
        // A TOML basic string: backslashes and quotes are escaped as in JSON.
        let path = serde_json::Value::from(source.display().to_string());
        format!("{{ path = {path} }}")
    } else {
        format!("\"{}\"", env!("CARGO_PKG_VERSION"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_cargo_refuses_are_refused() {
        for good in ["heat-pipe", "a", "x1_y"] {
            assert_eq!(check_name(good), Ok(()), "{good}");
        }
        for bad in [
            "", "1d", "-x", "a b", "../x", "ä", "fn", "test", "pinn", "a.b",
        ] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_placeholder_is_filled() {
        for (file, template) in FILES {
            let text = fill(template, "heat-pipe");
            for rest in ["{name}", "{equation}", "{Type}", "{pinn}", "{version}"] {
                assert!(!text.contains(rest), "{rest} in {file}");
            }
        }
        assert_eq!(type_name("heat-pipe_2"), "HeatPipe2");
    }

    #[test]
    fn the_source_is_preferred_and_a_published_version_stands_in() {
        assert!(dependency(&source()).contains("path = "));
        assert_eq!(
            dependency(Path::new("/nowhere")),
            format!("\"{}\"", env!("CARGO_PKG_VERSION"))
        );
    }
}
