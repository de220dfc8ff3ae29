//! Every problem that comes with the toolkit says what it is about and what to expect, is consistent with its reference,
//! and trains.

use pinn::equations::registry::Registry;
use pinn::problem::Problem;
use std::path::{Path, PathBuf};
use std::process::Command;

fn problems() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("problems");
    let entries = std::fs::read_dir(folder).unwrap();
    let files = entries.map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files
        .filter(|f| f.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    files
}

#[test]
fn every_problem_tells_what_it_is_about_and_what_to_expect() {
    let all = problems();
    assert!(all.len() >= 15, "{} problems", all.len());
    for file in all {
        let shown = file.display();
        let problem = Problem::load(&file, &Registry::builtin());
        let problem = problem.unwrap_or_else(|error| panic!("{shown}: {error:?}"));
        assert!(problem.title != problem.name, "{shown} has no title");
        assert!(problem.description.len() >= 150, "{shown} has no prose");
        assert!(problem.reference.is_some(), "{shown} has no reference");
        let expected = problem.expected_error;
        assert!(expected.is_some_and(|e| e < 0.1), "{shown}: {expected:?}");
        let unsolved = |warning: &String| warning.contains("closed form");
        assert!(
            !problem.warnings.iter().any(unsolved),
            "{shown}: {:?}",
            problem.warnings
        );
    }
}

#[test]
fn every_problem_trains() {
    let folder = tempfile::tempdir().unwrap();
    for file in problems() {
        let out = folder.path().join(file.file_stem().unwrap());
        let run = Command::new(env!("CARGO_BIN_EXE_pinn"))
            .arg("solve")
            .arg(&file)
            .args(["--steps", "2", "--quiet", "--out"])
            .arg(&out)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{}: {said}", file.display());
        let report = std::fs::read(out.join("report.json")).unwrap();
        let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
        let errors = report["errors"].as_object().unwrap();
        assert!(!errors.is_empty(), "{}", file.display());
        for (field, error) in errors {
            let error = error["relative_l2"].as_f64();
            assert!(error.is_some_and(|e| e > 0.0), "{} {field}", file.display());
        }
    }
}
