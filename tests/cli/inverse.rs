//! Problems with measurements: their files go where the run goes.

use super::support::*;
use std::fs;

const PROBLEM: &str = include_str!("../../problems/heat-inverse.toml");
const MEASUREMENTS: &str = include_str!("../../problems/heat-inverse.csv");

#[test]
fn a_run_keeps_its_measurements_and_tells_the_unknown_with_its_interval() {
    let folder = folder();
    let path = folder.path();
    fs::create_dir(path.join("data")).unwrap();
    let text = PROBLEM.replace("\"heat-inverse.csv\"", "\"data/bar.csv\"");
    fs::write(path.join("bar.toml"), text).unwrap();
    fs::write(path.join("data/bar.csv"), MEASUREMENTS).unwrap();
    let begun = succeed_noisily(
        path,
        &[
            "solve",
            "bar.toml",
            "--out",
            "run",
            "--steps",
            "20",
            "--verbose",
        ],
    );
    assert!(begun.contains("guess 20 W/(m K)"), "{begun}");
    assert!(
        begun.contains("thermocouples: 192 measurements of T, noise 1.8 K"),
        "{begun}"
    );
    // Nothing outside of the run is needed any more.
    fs::remove_dir_all(path.join("data")).unwrap();
    fs::remove_file(path.join("bar.toml")).unwrap();
    let kept = fs::read_to_string(path.join("run/data/bar.csv")).unwrap();
    assert_eq!(kept, MEASUREMENTS);
    let out = succeed_noisily(path, &["solve", "--resume", "run"]);
    assert!(out.contains("unknown  k = 4"), "{out}");
    assert!(out.contains("95 % interval"), "{out}");
    let report = fs::read(path.join("run/report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    let k = &report["inverse"]["unknowns"]["k"];
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    let interval = [&k["interval"][0], &k["interval"][1]].map(number);
    assert!(interval[0] < 45.0 && 45.0 < interval[1], "{k}");
    assert!(
        number(&k["standard_error"]) < 0.5 && k["unit"] == "W/(m K)",
        "{k}"
    );
    assert!(number(&k["unfollowed"]) < 0.05, "{k}");
    assert_eq!(
        report["inverse"]["measurements"]["thermocouples"]["unit"],
        "K"
    );
    let metrics = fs::read_to_string(path.join("run/metrics.jsonl")).unwrap();
    let last: serde_json::Value = serde_json::from_str(metrics.lines().last().unwrap()).unwrap();
    assert_eq!(last["unknowns"]["k"], k["value"]);
}

/// Progress goes to stderr.
fn succeed_noisily(folder: &std::path::Path, arguments: &[&str]) -> String {
    let (code, out, err) = run(folder, arguments);
    assert_eq!(code, 0, "{out}\n{err}");
    assert!(
        arguments.contains(&"--steps") || err.contains("k = "),
        "{err}"
    );
    out
}
