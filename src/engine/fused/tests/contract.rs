//! Reproducibility, precision and bad input.

use super::*;

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    fn bits<T: Instantiated>(threads: usize) -> (Vec<u64>, Vec<u64>, Vec<u64>) {
        let network = network(3, &[20, 33], 2, Activation::Swish);
        let mut engine = FusedEngine::<T>::new(network, coupled(), threads).unwrap();
        let at = parameters(engine.network());
        let points = coupled_points(5_000);
        let result = evaluate(&mut engine, &at, &points);
        let residuals = engine.residuals(&at, 0, &points[0]).unwrap();
        (
            result.losses.iter().map(|x| x.to_bits()).collect(),
            result
                .gradient
                .iter()
                .map(|x| x.to_f64().to_bits())
                .collect(),
            residuals
                .column(1)
                .iter()
                .map(|x| x.to_f64().to_bits())
                .collect(),
        )
    }
    let single = bits::<f32>(1);
    let double = bits::<f64>(1);
    for threads in [2, 3, 16] {
        assert!(single == bits::<f32>(threads), "f32, {threads} threads");
        assert!(double == bits::<f64>(threads), "f64, {threads} threads");
    }
}

fn relative(a: impl Iterator<Item = f64>, b: impl Iterator<Item = f64>) -> f64 {
    let (mut difference, mut size) = (0.0, 0.0);
    for (a, b) in a.zip(b) {
        difference += (a - b) * (a - b);
        size += b * b;
    }
    f64::sqrt(difference / size)
}

#[test]
fn single_precision_and_all_instruction_sets_agree_with_double_precision() {
    for activation in ACTIVATIONS {
        let network = network(3, &[20, 17], 2, activation);
        let mut exact = FusedEngine::<f64>::new(network.clone(), coupled(), 1).unwrap();
        let at = parameters(&network);
        let expected = evaluate(&mut exact, &at, &coupled_points(500));
        for set in InstructionSet::available() {
            let mut double =
                FusedEngine::<f64>::with_instructions(network.clone(), coupled(), 1, set).unwrap();
            let mut single =
                FusedEngine::<f32>::with_instructions(network.clone(), coupled(), 1, set).unwrap();
            let found = evaluate(&mut double, &at, &coupled_points(500));
            let gradient = || expected.gradient.iter().copied();
            let error = relative(found.gradient.iter().copied(), gradient());
            assert!(error < 1e-13, "{activation:?} {}: {error:e}", set.name());
            let found = evaluate(&mut single, &parameters(&network), &coupled_points(500));
            let error = relative(found.gradient.iter().map(|g| *g as f64), gradient());
            assert!(error < 1e-5, "{activation:?} {}: {error:e}", set.name());
            let error = relative(
                found.losses.iter().copied(),
                expected.losses.iter().copied(),
            );
            assert!(error < 1e-5, "{activation:?} {}: {error:e}", set.name());
        }
    }
}

#[test]
fn losses_are_means_of_squared_residuals_and_residuals_follow_from_fields() {
    let network = network(3, &[9], 2, Activation::Gelu);
    let mut engine = FusedEngine::<f64>::new(network.clone(), coupled(), 2).unwrap();
    let at = parameters(&network);
    let points = coupled_points(700);
    let losses = evaluate(&mut engine, &at, &points).losses;
    let mut number = 0;
    for (task, points) in points.iter().enumerate() {
        let batch = engine.residuals(&at, task, points).unwrap();
        assert_eq!(batch.rows(), points.rows());
        for r in 0..batch.residuals() {
            let squares = batch.column(r).iter().map(|x| x * x).sum::<f64>();
            let mean = squares / points.rows() as f64;
            assert!((losses[number] / mean - 1.0).abs() < 1e-13);
            number += 1;
        }
    }
    let fields = engine.fields(&at, &points[2]).unwrap();
    let residual = engine.residuals(&at, 2, &points[2]).unwrap();
    let rows = points[2].rows();
    let columns = residual.column(0).iter().zip(points[2].column(0, 1));
    for (field, (found, coordinate)) in fields[..rows].iter().zip(columns) {
        assert!((found - (field - coordinate)).abs() < 1e-15);
    }
}

#[test]
fn wrong_shapes_are_errors() {
    let network = network(3, &[4], 2, Activation::Tanh);
    let mut engine = FusedEngine::<f64>::new(network.clone(), coupled(), 1).unwrap();
    let at = parameters::<f64>(&network);
    let (weights, mut losses) = ([1.0; 5], [0.0; 5]);
    let good = coupled_points(4);
    let mut gradient = vec![0.0; at.len()];
    let mut is_shape = |parameters: &[f64],
                        points: &[Points<f64>],
                        weights: &[f64],
                        losses: usize,
                        gradient_len: usize| {
        let result = engine.loss(
            parameters,
            points,
            weights,
            &mut [0.0; 9][..losses],
            Some(&mut vec![0.0; gradient_len]),
        );
        matches!(result, Err(EngineError::Shape { .. }))
    };
    assert!(is_shape(&at[1..], &good, &weights, 5, at.len()));
    assert!(is_shape(&at, &good[1..], &weights, 5, at.len()));
    assert!(is_shape(&at, &good, &weights[1..], 5, at.len()));
    assert!(is_shape(&at, &good, &weights, 4, at.len()));
    assert!(is_shape(&at, &good, &weights, 5, at.len() - 1));
    let one_site = [good[0].clone(), good[0].clone(), good[2].clone()];
    assert!(is_shape(&at, &one_site, &weights, 5, at.len()));
    let flat = [good[0].clone(), good[1].clone(), points(1, 2, 4)];
    assert!(is_shape(&at, &flat, &weights, 5, at.len()));
    let empty = [good[0].clone(), good[1].clone(), points(1, 3, 0)];
    assert!(is_shape(&at, &empty, &weights, 5, at.len()));
    assert!(engine.residuals(&at, 3, &good[0]).is_err());
    assert!(engine.fields(&at, &points(1, 1, 4)).is_err());
    let result = engine.loss(&at, &good, &weights, &mut losses, Some(&mut gradient));
    assert_eq!(result, Ok(losses.iter().sum()));

    let hidden = |hidden: &[usize]| Network {
        hidden: hidden.to_vec(),
        ..network.clone()
    };
    for bad in [hidden(&[]), hidden(&[4, 0])] {
        let engine = FusedEngine::<f64>::new(bad, coupled(), 1);
        assert!(matches!(engine.err(), Some(EngineError::Network(_))));
    }
    let narrow = Network {
        outputs: 1,
        ..network.clone()
    };
    assert!(FusedEngine::<f64>::new(narrow, coupled(), 1).is_err());
    let high = kernel::<f64>(3, 2, |g| vec![derivative(g, 0, 0, &[3, 2])]);
    let result = FusedEngine::<f64>::new(network.clone(), vec![high], 1);
    assert!(matches!(result.err(), Some(EngineError::Jet(_))));
}

#[test]
fn non_finite_values_are_passed_on() {
    let network = network(3, &[4], 2, Activation::Tanh);
    let mut engine = FusedEngine::<f32>::new(network.clone(), coupled(), 1).unwrap();
    let mut at = parameters::<f32>(&network);
    at[0] = f32::NAN;
    let result = evaluate(&mut engine, &at, &coupled_points(4));
    assert!(result.losses[0].is_nan());
    assert!(result.gradient.iter().any(|g| g.is_nan()));
}

#[test]
fn working_space_does_not_depend_on_the_number_of_points() {
    let network = network(3, &[20, 20], 2, Activation::Tanh);
    let mut engine = FusedEngine::<f64>::new(network.clone(), coupled(), 1).unwrap();
    let before = engine.workspace_bytes();
    let at = parameters(&network);
    evaluate(&mut engine, &at, &coupled_points(20_000));
    assert_eq!(engine.workspace_bytes(), before);
    assert!(engine.partials.len() <= GROUPS);
}
