//! `search`: the same result however it is run, and nothing lost.

use super::support::*;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// Seven configurations; three seeds can be significant only at a level that proves nothing.
const SEARCH: &str = r#"
[search]
kinds = ["layer", "rms"]
places = ["pre", "post"]
gains = [0.5, 1.0]
rungs = 2
finalists = 2
final_seeds = 3
significance = 0.5
"#;

fn problem(more: &str) -> tempfile::TempDir {
    let folder = folder();
    let text = format!("{SMALL}{SEARCH}{more}");
    fs::write(folder.path().join("small.toml"), text).unwrap();
    folder
}

fn search(folder: &Path, arguments: &[&str]) -> String {
    let all: Vec<&str> = ["search"].iter().chain(arguments).copied().collect();
    let (code, out, err) = run(folder, &all);
    assert_eq!(code, 0, "{arguments:?}\n{out}\n{err}");
    out
}

fn text(folder: &Path, run: &str, name: &str) -> String {
    let path = folder.join(run).join(name);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn report(folder: &Path, run: &str) -> Value {
    serde_json::from_str(&text(folder, run, "report.json")).unwrap()
}

/// Everything of a report but times.
fn timeless(mut report: Value) -> Value {
    report.as_object_mut().unwrap().remove("training_s");
    for contestant in report["finals"]["contestants"].as_array_mut().unwrap() {
        contestant
            .as_object_mut()
            .unwrap()
            .remove("seconds_per_step");
    }
    report
}

#[test]
fn results_do_not_depend_on_the_number_of_jobs_and_the_winner_reproduces_its_score() {
    let folder = problem("");
    let at = folder.path();
    let out = search(at, &["small.toml", "--out", "a", "--jobs", "1"]);
    for said in [
        "9 configurations",
        "Finals",
        "none",
        "Kendall's tau",
        "winner.toml",
    ] {
        assert!(out.contains(said), "{said} is missing in\n{out}");
    }
    search(at, &["small.toml", "--out", "b", "--jobs", "2"]);
    assert_eq!(text(at, "a", "winner.toml"), text(at, "b", "winner.toml"));
    assert_eq!(timeless(report(at, "a")), timeless(report(at, "b")));
    let rows = text(at, "a", "trials.csv");
    // 9 − 2 configurations pass the gate, four go on with two seeds, three come to the finals.
    assert_eq!(rows.lines().count(), 1 + 7 + 4 * 2 + 3 * 3);
    for picture in ["pareto.svg", "anytime.svg"] {
        assert!(text(at, "a", picture).starts_with("<svg"), "{picture}");
    }
    // The file of the winner is a problem file; its run is the first of the winner's seeds.
    succeed(
        at,
        &["solve", "a/winner.toml", "--out", "solved", "--quiet"],
    );
    let solved = report(at, "solved");
    let found = report(at, "a");
    let loss = solved["held_out_loss"].as_f64().unwrap().log10();
    let name = found["winner"].as_str().unwrap();
    let mut finals = rows.lines().map(|row| row.split(',').collect::<Vec<_>>());
    let row = finals.find(|row| row[0] == name && row[1] == "1" && row[2] == "0");
    let score: f64 = row.expect("the winner was trained")[5].parse().unwrap();
    assert_eq!(loss, score);
    let contestants = found["finals"]["contestants"].as_array().unwrap();
    let winner = contestants.iter().find(|c| c["name"] == name).unwrap();
    let end = |key: &str| winner["range"][key].as_f64().unwrap();
    assert!((end("low")..=end("high")).contains(&loss), "{winner}");
    // Nothing is overwritten, and a search that has ended is left alone.
    fail(at, &["search", "small.toml", "--out", "a"], 4);
    assert!(search(at, &["--resume", "a"]).contains("has ended"));
    let other = ["small.toml", "--seed", "4", "--out", "c"];
    search(at, &other);
    assert_ne!(timeless(report(at, "a")), timeless(report(at, "c")));
    assert!(text(at, "c", "winner.toml").contains("seed = 4"));
}

#[test]
fn a_search_that_was_cut_anywhere_ends_as_if_it_had_not_been() {
    let folder = problem("");
    let at = folder.path();
    search(at, &["small.toml", "--out", "whole", "--quiet"]);
    let journal = text(at, "whole", "journal.jsonl");
    let lines: Vec<usize> = journal
        .match_indices('\n')
        .map(|(end, _)| end + 1)
        .collect();
    // After the header, within the first rung, in the middle of a line of the second, before the last line.
    for cut in [lines[0], lines[3], lines[9] + 17, lines[lines.len() - 2]] {
        let run = format!("cut-{cut}");
        let copy = at.join(&run);
        fs::create_dir(&copy).unwrap();
        fs::copy(at.join("whole/problem.toml"), copy.join("problem.toml")).unwrap();
        fs::write(copy.join("journal.jsonl"), &journal[..cut]).unwrap();
        search(at, &["--resume", &run, "--quiet"]);
        assert_eq!(timeless(report(at, &run)), timeless(report(at, "whole")));
        assert_eq!(
            text(at, &run, "winner.toml"),
            text(at, "whole", "winner.toml")
        );
        let again = text(at, &run, "journal.jsonl");
        assert!(
            again.starts_with(&journal[..lines[3].min(cut)]),
            "kept lines stay"
        );
        assert_eq!(again.lines().count(), journal.lines().count());
    }
}

/// Killed, not asked to end.
#[test]
fn what_was_trained_before_a_kill_is_not_trained_again() {
    let folder = problem("");
    let at = folder.path();
    let longer = text(at, ".", "small.toml").replace("steps = 12", "steps = 600");
    fs::write(at.join("small.toml"), longer).unwrap();
    let program = assert_cmd::cargo::cargo_bin!("pinn");
    let mut child = std::process::Command::new(program)
        .current_dir(at)
        .args(["search", "small.toml", "--out", "run", "--quiet"])
        .spawn()
        .unwrap();
    let journal = at.join("run/journal.jsonl");
    let trained = || fs::read_to_string(&journal).unwrap_or_default();
    let begin = Instant::now();
    while trained().lines().count() < 5 && begin.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = trained();
    let whole = &before[..before.rfind('\n').unwrap() + 1];
    assert!(whole.lines().count() >= 5, "{before}");
    search(at, &["--resume", "run"]);
    assert!(trained().starts_with(whole));
    let mut names: Vec<String> = trained()
        .lines()
        .skip(1)
        .map(|line| {
            let trial: Value = serde_json::from_str(line).unwrap();
            format!("{} {} {}", trial["name"], trial["divisor"], trial["seed"])
        })
        .collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all, "nothing is trained twice");
}

#[test]
fn every_way_to_search_ends_and_each_layer_may_have_a_norm_of_its_own() {
    let folder = problem("trials = 6\n");
    let at = folder.path();
    for method in ["random", "tpe", "nsga2"] {
        search(at, &["small.toml", "--proposals", method, "--out", method]);
        assert_eq!(report(at, method)["proposals"], method);
    }
    search(at, &["small.toml", "--exhaustive", "--out", "all"]);
    let all = report(at, "all");
    assert_eq!(all["rungs"].as_array().unwrap().len(), 1);
    assert_eq!(all["rungs"][0]["survivors"].as_array().unwrap().len(), 9);
    let text_of_layers =
        text(at, ".", "small.toml").replace("[search]", "[search]\ntier = \"layers\"");
    fs::write(at.join("layers.toml"), text_of_layers).unwrap();
    search(at, &["layers.toml", "--out", "layers"]);
    let layers = report(at, "layers");
    assert_eq!(layers["proposals"], "tpe");
    assert_eq!(layers["gate"]["kept"].as_array().unwrap().len(), 5);
    succeed(
        at,
        &["solve", "layers/winner.toml", "--quiet", "--steps", "1"],
    );
}

#[test]
fn searches_that_cannot_be_made_say_why() {
    let folder = problem("");
    let at = folder.path();
    let write = |name: &str, from: &str, to: &str| {
        fs::write(at.join(name), text(at, ".", "small.toml").replace(from, to)).unwrap();
    };
    write("layers.toml", "[search]", "[search]\ntier = \"layers\"");
    let error = fail(at, &["search", "layers.toml", "--exhaustive"], 2);
    assert!(
        error.contains("too many configurations for a grid")
            && error.contains("tier = \"network\""),
        "{error}"
    );
    write(
        "odd.toml",
        "[\"layer\", \"rms\"]",
        "[\"group\"]\ngroups = 3",
    );
    let error = fail(at, &["search", "odd.toml"], 2);
    assert!(error.contains("3 groups do not divide"), "{error}");
    // A search that cannot begin leaves nothing behind.
    assert!(!at.join("runs").exists());
    let error = fail(at, &["search", "small.toml", "--proposals", "hope"], 2);
    assert!(error.contains("grid, random, tpe, nsga2"), "{error}");
    fail(at, &["search", "--resume", "nowhere"], 4);
    fs::create_dir(at.join("other")).unwrap();
    fs::write(at.join("other/problem.toml"), SMALL).unwrap();
    fail(at, &["search", "--resume", "other"], 4);
    fs::write(at.join("other/journal.jsonl"), "{}\n").unwrap();
    let error = fail(at, &["search", "--resume", "other"], 4);
    assert!(error.contains("line 1"), "{error}");
}
