//! A folder of its own for every test, and the program run in it.

use assert_cmd::Command;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

/// The program in `folder`, as if no terminal were there.
pub fn pinn(folder: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("pinn"));
    command.current_dir(folder).env_remove("NO_COLOR");
    command
}

pub fn folder() -> TempDir {
    tempfile::tempdir().expect("the system has a folder for temporary files")
}

/// A small problem that trains in well under a second.
pub const SMALL: &str = include_str!("small.toml");

pub fn small() -> TempDir {
    let folder = folder();
    std::fs::write(folder.path().join("small.toml"), SMALL)
        .expect("a temporary folder is writable");
    folder
}

/// Runs and returns exit code, stdout and stderr.
pub fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output: Output = pinn(folder)
        .args(arguments)
        .output()
        .expect("the program was built with the tests");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    (
        output.status.code().unwrap_or(-1),
        text(output.stdout),
        text(output.stderr),
    )
}

/// Runs what must succeed silently on stderr; returns stdout.
pub fn succeed(folder: &Path, arguments: &[&str]) -> String {
    let (code, out, err) = run(folder, arguments);
    assert_eq!(code, 0, "{arguments:?}\n{out}\n{err}");
    out
}

/// Runs what must fail with `expected`; returns stderr.
pub fn fail(folder: &Path, arguments: &[&str], expected: i32) -> String {
    let (code, out, err) = run(folder, arguments);
    assert_eq!(code, expected, "{arguments:?}\n{out}\n{err}");
    assert!(!err.contains("panicked"), "{err}");
    assert!(!err.trim().is_empty());
    err
}
