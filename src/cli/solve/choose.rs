//! Settings that a file leaves open.

use super::super::error::CliError;
use super::super::{interrupt, progress};
use pinn_core::automatic::{self, Choice, Trial};
use pinn_expr::{Degree, show_number};
use pinn_problem::Problem;

/// Chooses network, points and method of a problem whose file does not name them, and puts them into its settings.
pub(super) fn choose(problem: &mut Problem, quiet: bool) -> Result<Option<Choice>, CliError> {
    let statement = problem.trained();
    if !problem.automatic || !automatic::applies(statement, &problem.settings) {
        return Ok(None);
    }
    let tolerance = problem.tolerance.unwrap_or(automatic::TOLERANCE);
    let spinner = progress::spinner(quiet, "choosing the method by trial solutions");
    let mut tried = |trial: &Trial| {
        spinner.set_message(format!(
            "{} random features of steepness {}: held-out loss {:.1e}",
            trial.width,
            show_number(trial.steepness),
            trial.held_out
        ));
    };
    let choice = interrupt::heeded(|stop| {
        automatic::choose(statement, &problem.settings, tolerance, &mut tried, stop)
    });
    spinner.finish_and_clear();
    let Some(choice) = choice? else {
        return Err(CliError::InterruptedChoice);
    };
    problem.settings = choice.settings.clone();
    Ok(Some(choice))
}

/// Describes in one line how the network will be chosen; `None` if it will not.
pub(crate) fn planned(problem: &Problem) -> Option<String> {
    let statement = problem.trained();
    let applies = problem.automatic && automatic::applies(statement, &problem.settings);
    applies.then(|| {
        format!(
            "chosen by trial solutions when it is solved: random features first, as the problem is {}",
            match statement.degree() {
                Degree::Nonlinear => "nonlinear but may be smooth",
                _ => "linear",
            }
        )
    })
}

/// Describes a choice in one line.
pub(crate) fn describe(choice: &Choice) -> String {
    let seconds: f64 = choice.trials.iter().map(|trial| trial.seconds).sum();
    let (trials, taken) = (choice.trials.len(), choice.taken);
    let degree = match choice.degree {
        Degree::Nonlinear => "nonlinear",
        _ => "linear",
    };
    let found = format!(
        "{} random features of steepness {}: held-out loss {:.1e}, the best of {trials} trial{} in {seconds:.1} s",
        taken.width,
        show_number(taken.steepness),
        taken.held_out,
        if trials == 1 { "" } else { "s" }
    );
    match choice.features_alone {
        true => format!("{degree} problem, solved by {found}"),
        false => format!("{degree} problem; too rough for {found}"),
    }
}
