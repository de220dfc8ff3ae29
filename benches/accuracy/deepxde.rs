//! Examples of DeepXDE: its own seconds, and ours to the same error.

use super::problems::Row;
use super::run;
use serde_json::Value;
use std::error::Error;
use std::path::Path;
use std::process::{Command, Stdio};

/// Our version of an example.
struct Example {
    /// Its name for `benches/peers/deepxde_examples.py`.
    name: &'static str,
    row: Row,
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "heat",
        row: Row {
            name: "deepxde-heat",
            text: include_str!("problems/deepxde-heat.toml"),
            target: 0.0,
            published: "",
        },
    },
    Example {
        name: "burgers",
        row: Row {
            name: "deepxde-burgers",
            text: include_str!("problems/deepxde-burgers.toml"),
            target: 0.0,
            published: "",
        },
    },
];

/// Both on the same number of threads, one after the other. Without `PINN_PEERS_PYTHON` nothing is done but to say so.
pub fn compare(threads: usize, json: bool) -> Result<(), Box<dyn Error>> {
    let Some(python) = std::env::var_os("PINN_PEERS_PYTHON") else {
        eprintln!(
            "PINN_PEERS_PYTHON is not set: no comparison with DeepXDE (see benches/README.md)"
        );
        return Ok(());
    };
    for Example { name, row } in EXAMPLES {
        let theirs = theirs(Path::new(&python), name, threads)?;
        let number = |key: &str| theirs[key].as_f64().ok_or(format!("no `{key}`: {theirs}"));
        let (seconds, error) = (number("seconds")?, number("error")?);
        let ours = run::run(row, 0, Some(threads), &[error])?;
        let reached = ours.seconds_to[0];
        let found = ours.errors.iter().map(|e| e.1).fold(0.0, f64::max);
        if json {
            let line = serde_json::json!({
                "problem": row.name, "threads": threads, "deepxde": theirs, "our_seconds_to_its_error": reached,
                "our_seconds": ours.seconds, "our_error": found,
            });
            println!("{line}");
            continue;
        }
        let to_error = match reached {
            Some(ours) => format!("ours to that {ours:.2} s, 1/{:.0}", seconds / ours),
            None => "ours never reached that".to_string(),
        };
        println!(
            "{:<16} {threads} threads: DeepXDE {error:.1e} in {seconds:.0} s; {to_error}; at the end {found:.1e} in {:.1} s",
            row.name, ours.seconds
        );
    }
    Ok(())
}

fn theirs(python: &Path, name: &str, threads: usize) -> Result<Value, Box<dyn Error>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/deepxde_examples.py");
    let output = Command::new(python)
        .arg(script)
        .args([name, &threads.to_string()])
        .env("OMP_NUM_THREADS", threads.to_string())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stderr(match std::env::var_os("PINN_PEERS_VERBOSE") {
            Some(_) => Stdio::inherit(),
            None => Stdio::null(),
        })
        .output()
        .map_err(|error| format!("{}: {error}", python.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).map_err(|_| {
        format!(
            "DeepXDE's {name} ended with {} and no JSON: {text:?}",
            output.status
        )
        .into()
    })
}
