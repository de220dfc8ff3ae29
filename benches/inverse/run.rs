//! One problem with the measurements of one seed.

use super::measurements::{CONDUCTIVITY, RISE, csv};
use pinn::equations::registry::Registry;
use pinn::problem::Problem;
use pinn::session::session;
use std::error::Error;
use std::sync::atomic::AtomicBool;

const PROBLEM: &str = include_str!("../../problems/heat-inverse.toml");

/// A problem, and the true values of its unknowns in SI base units.
pub struct Row {
    pub name: &'static str,
    text: String,
    pub truth: Vec<(&'static str, f64)>,
}

/// One unknown after one run; SI base units.
pub struct Repetition {
    pub value: f64,
    pub error: f64,
    pub lower: f64,
    pub upper: f64,
    pub seconds: f64,
}

/// Parts of the shipped file, and what stands there in variants of it.
const GIVEN_NOISE: &str = "noise = { T = \"1.8 K\" }\n";
const GUESS: &str = "guess = \"20 W/(m K)\"";
const START: &str = "20 degC + 180 K * sin(pi * x / 100 mm)\"\n\n";
const RHO: &str = "rho = \"7850 kg/m^3\"\n";

impl Row {
    /// The shipped problem; without its noise; from a guess ten times too small; with conditions that hold exactly; and
    /// with an initial temperature of unknown height.
    pub fn all() -> Vec<Row> {
        let conductivity = vec![("k", CONDUCTIVITY)];
        let variant = |name, changes: &[(&str, &str)], truth| Row {
            name,
            text: changes
                .iter()
                .fold(PROBLEM.to_string(), |text, (from, to)| {
                    assert!(text.contains(from), "{from}");
                    text.replace(from, to)
                }),
            truth,
        };
        vec![
            variant("heat", &[], conductivity.clone()),
            variant(
                "noise-estimated",
                &[(GIVEN_NOISE, "")],
                conductivity.clone(),
            ),
            variant(
                "far-guess",
                &[(GUESS, "guess = \"4.5 W/(m K)\"")],
                conductivity.clone(),
            ),
            variant(
                "hard-conditions",
                &[
                    ("type = \"initial\"", "type = \"initial\"\nhard = true"),
                    ("type = \"dirichlet\"", "type = \"dirichlet\"\nhard = true"),
                ],
                conductivity,
            ),
            variant(
                "unknown-start",
                &[
                    (
                        RHO,
                        &format!("{RHO}rise = {{ unknown = true, guess = \"100 K\" }}\n"),
                    ),
                    (START, "20 degC + rise * sin(pi * x / 100 mm)\"\n\n"),
                ],
                vec![("k", CONDUCTIVITY), ("rise", RISE)],
            ),
        ]
    }
}

/// The measurements' seed is also that of points and network.
pub fn run(row: &Row, seed: u64) -> Result<Vec<Repetition>, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("heat-inverse.csv"), csv(seed))?;
    let registry = Registry::builtin();
    let mut problem = Problem::parse_in(folder.path(), row.name, row.text.as_str(), &registry)?;
    problem.settings.seed = seed;
    problem.settings.threads = 1;
    let mut session = session(&problem.statement, &problem.settings)?;
    session.train(&mut (), &AtomicBool::new(false))?;
    let inference = session.inference()?.ok_or("there are no measurements")?;
    let declared = &problem.statement.declared;
    let unknowns: Vec<&str> = problem
        .statement
        .unknowns
        .iter()
        .map(|u| declared.parameters[u.parameter].name.as_str())
        .collect();
    let found = row.truth.iter().map(|(name, _)| {
        let place = unknowns
            .iter()
            .position(|known| known == name)
            .ok_or("no such unknown")?;
        let estimate = &inference.estimates[place];
        let error = estimate.error.ok_or("there is no interval")?;
        Ok(Repetition {
            value: estimate.value,
            error: error.deviation,
            lower: error.lower,
            upper: error.upper,
            seconds: session.seconds(),
        })
    });
    found.collect()
}
