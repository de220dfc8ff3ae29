//! `--device`: on a GPU where there is one, and otherwise an error that names the remedy.

use super::support::*;
use std::fs;
use std::path::Path;

fn device(run: &Path) -> Option<String> {
    let report = fs::read(run.join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    report["versions"]["device"].as_str().map(str::to_string)
}

fn losses(run: &Path) -> Vec<f64> {
    let lines = fs::read_to_string(run.join("metrics.jsonl")).unwrap();
    let lines = lines.lines().map(|line| {
        let metric: serde_json::Value = serde_json::from_str(line).unwrap();
        metric["loss"].as_f64().unwrap()
    });
    lines.collect()
}

#[test]
fn other_devices_are_refused_with_those_that_there_are() {
    let folder = small();
    for name in ["gpu", "cuda:", "cuda:-1", "cuda:two", "CPU", ""] {
        let error = fail(folder.path(), &["solve", "small.toml", "--device", name], 2);
        for part in [
            "--device",
            "`auto`",
            "`cpu`",
            "`cuda:N`",
            &format!("`{name}`"),
        ] {
            assert!(error.contains(part), "{part} is missing in\n{error}");
        }
    }
    assert!(!folder.path().join("runs").exists());
}

#[test]
fn the_cpu_may_be_named() {
    let folder = small();
    let at = folder.path();
    let unnamed = succeed(at, &["solve", "small.toml", "--out", "unnamed"]);
    let named = succeed(
        at,
        &["solve", "small.toml", "--out", "named", "--device", "cpu"],
    );
    assert!(!unnamed.contains("device"), "{unnamed}");
    assert!(named.contains("device     the CPU\n"), "{named}");
    assert_eq!(losses(&at.join("unnamed")), losses(&at.join("named")));
    assert_eq!(
        (device(&at.join("unnamed")), device(&at.join("named"))),
        (None, None)
    );
}

#[test]
fn completions_offer_devices() {
    let folder = folder();
    let script = succeed(folder.path(), &["completions", "bash"]);
    assert!(script.contains("cpu cuda auto"), "{script}");
}

#[cfg(not(feature = "cuda"))]
mod without_the_feature {
    use super::*;

    #[test]
    fn a_gpu_is_refused_with_the_command_that_builds_for_one() {
        let folder = small();
        for name in ["cuda", "cuda:1"] {
            let error = fail(folder.path(), &["solve", "small.toml", "--device", name], 2);
            insta::assert_snapshot!("a_gpu_is_refused", error);
        }
        assert!(!folder.path().join("runs").exists());
    }

    #[test]
    fn auto_takes_the_cpu_and_says_so() {
        let folder = small();
        let at = folder.path();
        let out = succeed(at, &["solve", "small.toml", "--device", "auto"]);
        let line = out
            .lines()
            .find(|line| line.contains("device"))
            .unwrap_or_default();
        assert!(
            line.contains("the CPU: this program was built without CUDA"),
            "{out}"
        );
        assert_eq!(device(&at.join("runs/small-1")), None);
    }
}

#[cfg(feature = "cuda")]
mod with_the_feature {
    use super::*;
    use pinn::engine::device::Device;

    #[test]
    fn a_gpu_trains_as_the_cpu_or_is_not_there() {
        let folder = small();
        let at = folder.path();
        let asked = ["solve", "small.toml", "--out", "gpu", "--device", "cuda"];
        match (Device::Cuda { ordinal: 0 }).find() {
            Ok(_) => {
                let out = succeed(at, &asked);
                assert!(out.contains("cuda:0, "), "{out}");
                succeed(at, &["solve", "small.toml", "--out", "cpu"]);
                let pairs = losses(&at.join("gpu"))
                    .into_iter()
                    .zip(losses(&at.join("cpu")));
                for (step, (gpu, cpu)) in pairs.enumerate() {
                    let error = (gpu - cpu).abs() / cpu;
                    assert!(error < 1e-4, "step {step}: {gpu} {cpu}");
                }
                let found = device(&at.join("gpu")).unwrap_or_default();
                assert!(found.starts_with("cuda:0, "), "{found}");
            }
            Err(reason) => {
                let error = fail(at, &asked, 2);
                assert!(error.contains(&reason.to_string()), "{error}");
                let out = succeed(at, &["solve", "small.toml", "--device", "auto"]);
                assert!(out.contains(&format!("the CPU: {reason}")), "{out}");
            }
        }
    }

    #[test]
    fn a_gpu_that_is_not_there_is_named() {
        let folder = small();
        let asked = ["solve", "small.toml", "--device", "cuda:99"];
        let error = fail(folder.path(), &asked, 2);
        let counted =
            error.contains("there is no CUDA device 99") || error.contains("no GPU was found");
        assert!(counted, "{error}");
    }
}
