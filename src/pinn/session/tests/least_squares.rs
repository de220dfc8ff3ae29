//! Random features with a least-squares solution for the output layer, and the choice of them.

use super::*;
use crate::automatic::{TOLERANCE, choose};
use pinn_expr::Degree;
use pinn_network::WeightForm;

fn features(threads: usize) -> Settings {
    let phase = Phase {
        optimiser: OptimiserSettings::LeastSquares,
        ..adam(5)
    };
    let mut settings = settings(Precision::F64, vec![phase]);
    settings.network.hidden = vec![100];
    settings.network.steepness = Some(1.0);
    settings.sampling.interior = 400;
    settings.sampling.conditions = vec![64; 3];
    settings.threads = threads;
    settings
}

#[test]
fn a_linear_problem_is_solved_in_one_step_that_the_second_confirms() {
    let mut session = session(&slab(SI), &features(1)).unwrap();
    let reasons = finish(session.as_mut());
    assert_eq!(reasons, [PhaseEnd::Gradient]);
    assert!(session.step() <= 2);
    let error = error(session.as_mut());
    assert!(error < 1e-5, "{error:e}");
}

#[test]
fn the_choice_for_a_linear_problem_meets_the_tolerance() {
    let statement = slab(SI);
    assert_eq!(statement.degree(), Degree::Affine);
    let base = settings(Precision::F64, Vec::new());
    let mut seen = Vec::new();
    let stop = AtomicBool::new(false);
    let mut tried = |trial: &crate::automatic::Trial| seen.push(*trial);
    let choice = choose(&statement, &base, TOLERANCE, &mut tried, &stop).unwrap();
    let choice = choice.unwrap();
    assert!(choice.sufficient && choice.features_alone);
    assert_eq!(choice.trials, seen);
    let least = seen
        .iter()
        .map(|t| t.held_out)
        .fold(f64::INFINITY, f64::min);
    assert_eq!(choice.taken.held_out, least);
    let mut session = session(&statement, &choice.settings).unwrap();
    finish(session.as_mut());
    let error = error(session.as_mut());
    assert!(error < TOLERANCE, "{error:e}");
    assert!((error / TOLERANCE).powi(2) < 1.0 && choice.taken.held_out < TOLERANCE.powi(2));
}

#[test]
fn a_choice_that_is_stopped_is_none() {
    let base = settings(Precision::F64, Vec::new());
    let stop = AtomicBool::new(true);
    let choice = choose(&slab(SI), &base, TOLERANCE, &mut |_| (), &stop);
    assert!(choice.unwrap().is_none());
}

#[test]
fn threads_and_interruptions_do_not_change_a_bit_of_the_solution() {
    let solve = |threads: usize| {
        let mut session = session(&slab(SI), &features(threads)).unwrap();
        finish(session.as_mut());
        session.parameter_values()
    };
    let alone = solve(1);
    assert_eq!(solve(2), alone);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let mut first = session(&slab(SI), &features(1)).unwrap();
    train_until(first.as_mut(), 1);
    first.save(&path).unwrap();
    let mut second = session(&slab(SI), &features(1)).unwrap();
    second.restore(&path).unwrap();
    finish(second.as_mut());
    assert_eq!(second.parameter_values(), alone);
}

#[test]
fn layers_that_are_products_of_parameters_are_refused() {
    let mut settings = features(1);
    settings.network.steepness = None;
    settings.network.weights = WeightForm::Normalised;
    let refused = session(&slab(SI), &settings).err().unwrap();
    assert!(matches!(
        refused,
        SessionError::Engine(EngineError::NoOutputLayer)
    ));
    settings.network.steepness = Some(1.0);
    let refused = session(&slab(SI), &settings).err().unwrap();
    assert!(refused.to_string().contains("plain weights"), "{refused}");
}
