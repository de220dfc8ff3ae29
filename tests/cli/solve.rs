//! `solve` and `plot`: files, silence, interruption and continuation.

use super::support::*;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const FILES: [&str; 8] = [
    "report.json",
    "metrics.jsonl",
    "loss.svg",
    "solution.csv",
    "solution.vti",
    "checkpoint.safetensors",
    "problem.toml",
    "field-T.png",
];

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

fn report(run: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(run.join("report.json")).unwrap()).unwrap()
}

#[test]
fn a_run_leaves_all_its_files_and_tells_its_error() {
    let folder = small();
    let out = succeed(folder.path(), &["solve", "small.toml"]);
    let run = folder.path().join("runs/small-1");
    let names = names(&run);
    for file in FILES {
        assert!(names.contains(file), "{file} is not among {names:?}");
    }
    let report = report(&run);
    let error = report["errors"]["T"]["relative_l2"].as_f64().unwrap();
    assert!(error.is_finite() && error > 0.0, "{error}");
    assert!(report["errors"]["T"]["reference_error"].is_f64());
    assert!(report["time"]["train_s"].as_f64().unwrap() > 0.0);
    assert_eq!(report["time"]["steps"], 20);
    assert_eq!(report["outcome"]["status"], "finished");
    for file in report["files"].as_array().unwrap() {
        assert!(run.join(file.as_str().unwrap()).is_file(), "{file}");
    }
    for line in fs::read_to_string(run.join("metrics.jsonl"))
        .unwrap()
        .lines()
    {
        let metric: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(metric["loss"].as_f64().unwrap() > 0.0, "{line}");
    }
    for said in ["relative L2", "largest error", "runs/small-1", "optimiser"] {
        assert!(out.contains(said), "{said} is missing in\n{out}");
    }
    assert!(!out.contains("Quantities"), "{out}");
    // The next run gets a folder of its own.
    let long = succeed(folder.path(), &["solve", "small.toml", "--verbose"]);
    for said in ["Quantities", "after division by", "Training"] {
        assert!(long.contains(said), "{said} is missing in\n{long}");
    }
    assert!(folder.path().join("runs/small-2/report.json").is_file());
}

#[test]
fn quiet_is_silent() {
    let folder = small();
    let arguments = ["solve", "small.toml", "--quiet", "--out", "run"];
    let (code, out, err) = run(folder.path(), &arguments);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "", ""));
}

#[test]
fn a_continued_run_ends_in_the_same_bits() {
    let folder = small();
    let at = folder.path();
    succeed(at, &["solve", "small.toml", "-q", "--out", "whole"]);
    succeed(
        at,
        &[
            "solve",
            "small.toml",
            "-q",
            "--out",
            "parts",
            "--steps",
            "7",
        ],
    );
    assert_eq!(
        report(&at.join("parts"))["outcome"]["status"],
        "interrupted"
    );
    // With another number of threads, and the file named again.
    let arguments = [
        "solve",
        "small.toml",
        "-q",
        "--resume",
        "parts",
        "--threads",
        "2",
    ];
    succeed(at, &[&arguments[..], &["--steps", "7"]].concat());
    succeed(at, &["solve", "-q", "--resume", "parts"]);
    let read = |run: &str, file: &str| fs::read(at.join(run).join(file)).unwrap();
    assert_eq!(read("whole", "solution.csv"), read("parts", "solution.csv"));
    let steps = |run: &str| -> Vec<(serde_json::Value, serde_json::Value)> {
        let text = fs::read_to_string(at.join(run).join("metrics.jsonl")).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        lines
            .map(|line: serde_json::Value| (line["step"].clone(), line["loss"].clone()))
            .collect()
    };
    assert_eq!(steps("whole").len(), 20);
    assert_eq!(steps("whole"), steps("parts"));
    assert_eq!(tensors(&at.join("whole")), tensors(&at.join("parts")));
}

/// Every tensor of a checkpoint: name, shape and bytes. What is left out is the time that training took.
fn tensors(run: &Path) -> Vec<(String, Vec<usize>, Vec<u8>)> {
    let bytes = fs::read(run.join("checkpoint.safetensors")).unwrap();
    let checkpoint = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let mut tensors: Vec<_> = checkpoint
        .tensors()
        .into_iter()
        .filter(|(name, _)| name != "seconds")
        .map(|(name, view)| (name, view.shape().to_vec(), view.data().to_vec()))
        .collect();
    tensors.sort();
    assert!(!tensors.is_empty());
    tensors
}

#[test]
fn hard_conditions_hold_in_the_files_and_are_continued() {
    let folder = folder();
    let at = folder.path();
    let hard = SMALL.replace("field = \"T\"", "field = \"T\"\nhard = true");
    fs::write(at.join("hard.toml"), hard).unwrap();
    succeed(at, &["solve", "hard.toml", "-q", "--out", "whole"]);
    succeed(
        at,
        &["solve", "hard.toml", "-q", "--out", "parts", "--steps", "7"],
    );
    succeed(at, &["solve", "-q", "--resume", "parts"]);
    let read = |run: &str| fs::read_to_string(at.join(run).join("solution.csv")).unwrap();
    assert_eq!(read("whole"), read("parts"));
    let table = read("whole");
    let faces = table
        .lines()
        .filter(|line| line.split(',').nth(1) == Some("0"));
    let faces: Vec<&str> = faces.collect();
    assert_eq!(faces.len(), 5);
    for line in faces {
        let found: f64 = line.split(',').nth(2).unwrap().parse().unwrap();
        assert!((found - 20.0).abs() < 1e-10, "{line}");
    }
    let report = report(&at.join("whole"));
    let losses = report["losses"].as_object().unwrap().keys();
    assert_eq!(losses.collect::<Vec<_>>(), ["heat"]);
    assert_eq!(report["exact"]["start"], "built into the solution");
    assert_eq!(report["exact"].as_object().unwrap().len(), 3);
}

#[test]
fn another_seed_is_another_run() {
    let folder = small();
    let at = folder.path();
    for (seed, out) in [("1", "a"), ("1", "b"), ("2", "c")] {
        let arguments = ["solve", "small.toml", "-q", "--seed", seed, "--out", out];
        succeed(at, &arguments);
    }
    let read = |run: &str| fs::read(at.join(run).join("solution.csv")).unwrap();
    assert_eq!(read("a"), read("b"));
    assert_ne!(read("a"), read("c"));
    // The seed belongs to the run, so a continued run keeps it.
    assert_eq!(report(&at.join("c"))["seed"], 2);
    succeed(at, &["solve", "-q", "--resume", "c"]);
    assert_eq!(report(&at.join("c"))["seed"], 2);
}

#[test]
fn pictures_are_drawn_again_from_the_files() {
    let folder = small();
    let at = folder.path();
    succeed(at, &["solve", "small.toml", "-q", "--out", "run"]);
    let run = at.join("run");
    let before = fs::read(run.join("loss.svg")).unwrap();
    fs::remove_file(run.join("loss.svg")).unwrap();
    fs::remove_file(run.join("field-T.png")).unwrap();
    let out = succeed(at, &["plot", "run"]);
    assert!(out.contains("loss.svg"), "{out}");
    assert_eq!(fs::read(run.join("loss.svg")).unwrap(), before);
    assert!(run.join("field-T.png").is_file());
}

#[test]
fn a_diverged_run_names_the_residual_and_keeps_its_last_good_state() {
    let folder = folder();
    let at = folder.path();
    let wild = SMALL
        .replace("seed = 3", "seed = 3\nprecision = \"f32\"")
        .replace("learning_rate = 1e-2", "learning_rate = 1e6")
        .replace("[8, 8]", "[8, 8, 8, 8]\nactivation = \"swish\"");
    fs::write(at.join("wild.toml"), wild).unwrap();
    let error = fail(at, &["solve", "wild.toml", "-q", "--out", "run"], 3);
    // Which point overflows first may depend on the vector instructions of the machine.
    for said in [
        "`heat` is the first residual",
        "at t = ",
        "x = ",
        "lower the",
    ] {
        assert!(error.contains(said), "{said} is missing in\n{error}");
    }
    let report = report(&at.join("run"));
    assert_eq!(report["outcome"]["status"], "diverged");
    assert_eq!(report["outcome"]["residual"], "heat");
    for (_, loss) in report["losses"].as_object().unwrap() {
        assert!(loss["dimensionless"].is_f64(), "{loss}");
    }
    tensors(&at.join("run"));
}

#[cfg(unix)]
#[test]
fn an_interrupt_saves_and_says_how_to_go_on() {
    use std::process::{Command, Stdio};
    let folder = folder();
    let at = folder.path();
    // Long enough that only the interrupt ends it.
    let long = SMALL.replace("steps = 12", "steps = 100_000_000");
    assert_ne!(long, SMALL);
    fs::write(at.join("long.toml"), long).unwrap();
    let child = Command::new(assert_cmd::cargo::cargo_bin!("pinn"))
        .args(["solve", "long.toml", "--out", "run"])
        .current_dir(at)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The first metric says that training runs and the handler is in place.
    let metrics = at.join("run/metrics.jsonl");
    let begin = std::time::Instant::now();
    while fs::metadata(&metrics).map_or(0, |file| file.len()) == 0 {
        assert!(begin.elapsed().as_secs() < 120, "training did not begin");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let killed = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{err}");
    assert!(err.contains("solve --resume run"), "{err}");
    assert_eq!(report(&at.join("run"))["outcome"]["status"], "interrupted");
    let steps = report(&at.join("run"))["time"]["steps"].as_u64().unwrap();
    succeed(at, &["solve", "-q", "--resume", "run", "--steps", "3"]);
    assert_eq!(report(&at.join("run"))["time"]["steps"], steps + 3);
}

#[test]
fn a_file_without_network_is_solved_resumed_and_begun_from() {
    const BEAM: &str = include_str!("../../benches/untuned/cases/beam.toml");
    let folder = folder();
    let at = folder.path();
    fs::write(at.join("beam.toml"), BEAM).unwrap();
    let planned = succeed(at, &["check", "beam.toml"]);
    assert!(
        planned.contains("chosen by trial solutions") && planned.contains("the problem is linear"),
        "{planned}"
    );
    let out = succeed(at, &["solve", "beam.toml", "--out", "run"]);
    for said in [
        "linear problem, solved by",
        "at other points",
        "supports (x = min)",
    ] {
        assert!(out.contains(said), "{said} is missing in\n{out}");
    }
    assert!(!out.contains("warning"), "{out}");
    let chosen = report(&at.join("run"));
    let error = chosen["errors"]["w"]["relative_l2"].as_f64().unwrap();
    assert!(error < 1e-8, "{error:e}");
    assert_eq!(
        chosen["settings"]["phases"][0]["optimiser"]["name"],
        "least-squares"
    );
    // Random features are solved twice, and their difference is of the size of the error.
    let estimate = chosen["estimates"]["w"]["relative_l2"].as_f64().unwrap();
    assert!(
        (0.1..10.0).contains(&(estimate / error)),
        "{estimate:e} {error:e}"
    );
    assert!(out.contains("estimated L2"), "{out}");
    let table = fs::read_to_string(at.join("run/solution.csv")).unwrap();
    assert!(
        table.lines().next().unwrap().contains("w_estimate"),
        "{table}"
    );
    // The run goes on with what was chosen, and another one begins from its network.
    succeed(at, &["solve", "--resume", "run"]);
    assert_eq!(report(&at.join("run"))["settings"], chosen["settings"]);
    let begun = [
        "solve",
        "beam.toml",
        "--init",
        "run",
        "--out",
        "begun",
        "--steps",
        "1",
    ];
    succeed(at, &begun);
    let network = &report(&at.join("begun"))["settings"]["network"];
    assert_eq!(*network, chosen["settings"]["network"]);
}

#[test]
fn an_error_is_estimated_where_it_is_asked_for() {
    let folder = small();
    let at = folder.path();
    let (mut known, without) = (SMALL.to_string(), SMALL.find("[reference]").unwrap());
    known.truncate(without);
    fs::write(at.join("open.toml"), known).unwrap();
    let silent = succeed(at, &["solve", "open.toml"]);
    assert!(
        silent.contains("not known: there is no reference"),
        "{silent}"
    );
    let out = succeed(at, &["solve", "open.toml", "--estimate", "--out", "run"]);
    assert!(
        out.contains("estimated largest") && !out.contains("not known"),
        "{out}"
    );
    let estimate = report(&at.join("run"))["estimates"]["T"]["relative_l2"].as_f64();
    assert!(estimate.unwrap() > 1e-3, "twenty steps are no solution");
}

#[test]
fn what_is_no_solution_ends_with_an_error() {
    // A constant cannot be 0 at one end and 1 at the other.
    let text = r#"
[[equation]]
name = "constant"
residual = "d(u,x)"
[fields]
u = "1"
[domain]
x = ["0 m", "1 m"]
[[condition]]
name = "ends"
type = "dirichlet"
on = ["x = min", "x = max"]
field = "u"
value = "x / 1 m"
[network]
hidden = [6]
[[train]]
optimiser = "gauss-newton"
steps = 400
stagnation = 5
"#;
    let folder = folder();
    let at = folder.path();
    fs::write(at.join("torn.toml"), text).unwrap();
    let checked = succeed(at, &["check", "torn.toml"]);
    assert!(
        checked.contains("they may contradict each other"),
        "{checked}"
    );
    let error = fail(at, &["solve", "torn.toml", "--out", "run"], 3);
    assert!(
        error.contains("not solved:") && error.contains("no longer lowers it"),
        "{error}"
    );
    assert!(at.join("run/solution.csv").is_file());
}

#[test]
fn a_tolerance_must_be_an_error() {
    let folder = small();
    let at = folder.path();
    let error = fail(at, &["solve", "small.toml", "--tolerance", "5"], 2);
    assert!(error.contains("between 1e-14 and 0.1"), "{error}");
    succeed(
        at,
        &[
            "solve",
            "small.toml",
            "--tolerance",
            "0.1",
            "--out",
            "run",
            "--quiet",
        ],
    );
    let target = &report(&at.join("run"))["settings"]["phases"][0]["target_loss"];
    assert!((target.as_f64().unwrap() - 9e-4).abs() < 1e-9, "{target}");
}
