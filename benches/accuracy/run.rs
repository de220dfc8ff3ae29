//! One problem with one seed.

use super::problems::Row;
use pinn::accuracy::field_error;
use pinn::equations::registry::Registry;
use pinn::problem::Problem;
use pinn::session::{AnySession, Observer, Outcome, Progress, session};
use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};

/// Errors are looked at whenever training took this part longer than at the look before.
const BETWEEN_LOOKS: f64 = 1.1;
/// Points of the grid, about.
const GRID: f64 = 20_000.0;

/// Field, error, error of the reference.
pub type Errors = Vec<(String, f64, f64)>;

pub struct Run {
    pub parameters: usize,
    pub steps: usize,
    pub seconds: f64,
    pub errors: Errors,
    /// Seconds until all fields were below each of the levels asked for.
    pub seconds_to: Vec<Option<f64>>,
}

/// Stops training when the next look is due.
struct Until<'a> {
    seconds: f64,
    stop: &'a AtomicBool,
}

impl Observer for Until<'_> {
    fn step(&mut self, progress: &Progress<'_>) {
        if progress.seconds >= self.seconds {
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}

/// On `threads` threads, or as many as the file says.
pub fn run(
    row: &Row,
    seed: u64,
    threads: Option<usize>,
    levels: &[f64],
) -> Result<Run, Box<dyn Error>> {
    let registry = Registry::builtin();
    let mut problem = Problem::parse(row.name, row.text, &registry)?;
    problem.settings.seed = seed;
    problem.settings.threads = threads.unwrap_or(problem.settings.threads);
    let mut session = session(&problem.statement, &problem.settings)?;
    let grid = grid(&problem);
    let mut seconds_to = vec![None; levels.len()];
    let mut look = 0.1;
    loop {
        let stop = AtomicBool::new(false);
        let mut until = Until {
            seconds: look,
            stop: &stop,
        };
        let outcome = session.train(&mut until, &stop)?;
        let errors = errors(&problem, session.as_mut(), &grid)?;
        let worst = errors.iter().map(|e| e.1).fold(0.0, f64::max);
        for (level, reached) in levels.iter().zip(&mut seconds_to) {
            if worst <= *level && reached.is_none() {
                *reached = Some(session.seconds());
            }
        }
        if outcome != Outcome::Interrupted {
            return Ok(Run {
                parameters: session.parameters(),
                steps: session.step(),
                seconds: session.seconds(),
                errors,
                seconds_to,
            });
        }
        look = session.seconds() * BETWEEN_LOOKS;
    }
}

fn errors(
    problem: &Problem,
    session: &mut dyn AnySession,
    grid: &[Vec<f64>],
) -> Result<Errors, Box<dyn Error>> {
    let reference = problem.reference.as_ref().ok_or("there is no reference")?;
    let found = session.evaluate(grid)?;
    let known = reference.evaluate(grid);
    let fields = reference.fields().iter().zip(known).zip(reference.errors());
    let errors = fields.map(|((field, known), own)| {
        let affine = problem.statement.scales.fields[*field];
        let error = field_error(&found[*field], &known, affine.reference, affine.scale, own);
        let name = problem.statement.declared.fields[*field].name.clone();
        (name, error.relative_l2, own)
    });
    Ok(errors.collect())
}

/// Equally many points per coordinate, both ends included; one column each.
fn grid(problem: &Problem) -> Vec<Vec<f64>> {
    let intervals = &problem.statement.domain.intervals;
    let per_axis = (GRID.powf(1.0 / intervals.len() as f64).ceil() as usize).max(2);
    let total = per_axis.pow(intervals.len() as u32);
    let columns = intervals.iter().enumerate().map(|(axis, interval)| {
        let stride = per_axis.pow(axis as u32);
        let value = |i: usize| {
            let fraction = (i / stride % per_axis) as f64 / (per_axis - 1) as f64;
            interval.lower + fraction * (interval.upper - interval.lower)
        };
        (0..total).map(value).collect()
    });
    columns.collect()
}
