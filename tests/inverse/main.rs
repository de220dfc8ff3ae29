//! Problems with unknown parameters and measurements.

mod estimates;
mod files;
mod mistakes;
#[path = "../support/mod.rs"]
mod support;
mod training;
mod warnings;

use pinn::equations::registry::Registry;
use pinn::problem::{Problem, ProblemError};
use pinn::session::{AnySession, Outcome, session};
use pinn::uncertainty::Inference;
use std::fs;
use std::sync::atomic::AtomicBool;

/// A bar whose middle was heated; see `problems/heat-inverse.toml`.
const BAR: &str = include_str!("../../problems/heat-inverse.toml");
const MEASUREMENTS: &str = include_str!("../../problems/heat-inverse.csv");
const TRUTH: f64 = 45.0;

/// The problem beside a file of measurements.
fn load(text: &str, measurements: &str) -> Result<Problem, ProblemError> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("heat-inverse.csv"), measurements).unwrap();
    Problem::parse_in(folder.path(), "bar", text, &Registry::builtin())
}

fn good(text: &str) -> Problem {
    let mut problem = match load(text, MEASUREMENTS) {
        Ok(problem) => problem,
        Err(error) => panic!("{:?}", miette::Report::new(error)),
    };
    problem.settings.threads = 1;
    problem
}

/// The bar with parts of its file replaced.
fn changed(changes: &[(&str, &str)]) -> Problem {
    good(&replaced(changes))
}

fn replaced(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(BAR.to_string(), |text, (from, to)| {
        assert!(text.contains(from), "`{from}` stands in the file");
        text.replace(from, to)
    })
}

fn solved(problem: &Problem) -> (Box<dyn AnySession>, Inference) {
    let mut session = session(&problem.statement, &problem.settings).unwrap();
    let outcome = session.train(&mut (), &AtomicBool::new(false)).unwrap();
    assert!(matches!(outcome, Outcome::Finished { .. }), "{outcome:?}");
    let inference = session.inference().unwrap().unwrap();
    (session, inference)
}
