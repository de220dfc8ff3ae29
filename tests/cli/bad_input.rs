//! Whatever is wrong with the input gives one clear error and a documented exit code, and nothing that
//! exists is lost.

use super::support::*;
use std::fs;
use std::path::Path;

/// `check` and `solve` refuse the text of a problem file with the same error; no run folder appears.
fn refused(text: &[u8]) -> String {
    let folder = folder();
    fs::write(folder.path().join("bad.toml"), text).unwrap();
    let error = fail(folder.path(), &["check", "bad.toml"], 2);
    assert_eq!(error, fail(folder.path(), &["solve", "bad.toml"], 2));
    assert!(!folder.path().join("runs").exists());
    error
}

/// The small problem with one part replaced.
fn with(part: &str, by: &str) -> Vec<u8> {
    assert!(SMALL.contains(part), "the small problem has no `{part}`");
    SMALL.replacen(part, by, 1).into_bytes()
}

#[test]
fn a_missing_file() {
    let folder = folder();
    let error = fail(folder.path(), &["solve", "nowhere.toml"], 2);
    assert!(error.contains("nowhere.toml"), "{error}");
}

#[test]
fn a_file_that_is_not_utf_8() {
    let error = refused(&[b'a', 0xff, 0xfe, b'\n']);
    assert!(error.contains("UTF-8"), "{error}");
}

#[test]
fn a_value_of_the_wrong_dimension() {
    insta::assert_snapshot!(refused(&with("40 W/(m K)", "40 W/m^2")));
}

#[test]
fn an_unknown_unit() {
    insta::assert_snapshot!(refused(&with("40 W/(m K)", "40 Wat/(m K)")));
}

#[test]
fn an_unknown_key() {
    insta::assert_snapshot!(refused(&with("interior = 64", "interiors = 64")));
}

#[test]
fn an_unknown_precision() {
    let error = refused(&with("seed = 3", "seed = 3\nprecision = \"tf3\""));
    for name in ["`tf3`", "`tf32`"] {
        assert!(error.contains(name), "{error}");
    }
}

#[test]
fn a_missing_parameter() {
    insta::assert_snapshot!(refused(&with("k = \"40 W/(m K)\"\n", "")));
}

#[test]
fn a_condition_off_the_boundary() {
    insta::assert_snapshot!(refused(&with("\"x = 10 mm\"]", "\"x = 9 mm\"]")));
}

#[test]
fn a_run_folder_that_holds_something() {
    let folder = small();
    fs::create_dir(folder.path().join("mine")).unwrap();
    fs::write(folder.path().join("mine/notes"), "keep").unwrap();
    let error = fail(folder.path(), &["solve", "small.toml", "--out", "mine"], 4);
    assert!(error.contains("not empty"), "{error}");
    let left: Vec<_> = fs::read_dir(folder.path().join("mine")).unwrap().collect();
    assert_eq!(left.len(), 1);
}

#[test]
fn a_run_folder_that_cannot_be_made() {
    let folder = small();
    fs::write(folder.path().join("file"), "keep").unwrap();
    let error = fail(
        folder.path(),
        &["solve", "small.toml", "--out", "file/run"],
        4,
    );
    assert!(error.contains("cannot create the run folder"), "{error}");
    assert_eq!(
        fs::read_to_string(folder.path().join("file")).unwrap(),
        "keep"
    );
}

/// A finished run in `run`.
fn finished(folder: &Path) {
    succeed(folder, &["solve", "small.toml", "-q", "--out", "run"]);
}

#[test]
fn a_folder_that_is_no_run() {
    let folder = small();
    fs::create_dir(folder.path().join("empty")).unwrap();
    for arguments in [&["plot", "empty"][..], &["solve", "--resume", "empty"]] {
        let error = fail(folder.path(), arguments, 4);
        assert!(error.contains("not a run folder"), "{error}");
    }
    fail(folder.path(), &["plot", "nowhere"], 4);
}

#[test]
fn a_checkpoint_cut_in_half() {
    let folder = small();
    finished(folder.path());
    let path = folder.path().join("run/checkpoint.safetensors");
    let bytes = fs::read(&path).unwrap();
    for length in [bytes.len() / 2, 4, 0] {
        fs::write(&path, &bytes[..length]).unwrap();
        let error = fail(folder.path(), &["solve", "--resume", "run"], 4);
        assert!(error.contains("checkpoint.safetensors"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), bytes[..length]);
    }
}

#[test]
fn a_checkpoint_of_another_problem() {
    let folder = small();
    finished(folder.path());
    let other = with("40 W/(m K)", "41 W/(m K)");
    fs::write(folder.path().join("other.toml"), other).unwrap();
    succeed(
        folder.path(),
        &["solve", "other.toml", "-q", "--out", "other"],
    );
    let before = fs::read(folder.path().join("other/checkpoint.safetensors")).unwrap();
    let from = folder.path().join("run/checkpoint.safetensors");
    fs::copy(&from, folder.path().join("other/checkpoint.safetensors")).unwrap();
    let error = fail(folder.path(), &["solve", "--resume", "other"], 4);
    assert!(error.contains("another problem"), "{error}");
    assert_ne!(fs::read(from).unwrap(), before);

    // The file of one problem, the folder of another.
    let arguments = ["solve", "small.toml", "--resume", "other"];
    let error = fail(folder.path(), &arguments, 4);
    assert!(error.contains("another problem"), "{error}");
}

#[test]
fn a_damaged_report() {
    let folder = small();
    finished(folder.path());
    fs::write(folder.path().join("run/report.json"), "{").unwrap();
    for arguments in [&["plot", "run"][..], &["solve", "--resume", "run"]] {
        let error = fail(folder.path(), arguments, 4);
        assert!(error.contains("report.json"), "{error}");
    }
}
