//! What every weighting promises, and what each one does.

use super::*;
use crate::test_batches::batch;
use proptest::prelude::*;

fn all() -> Vec<Box<dyn PointWeighting>> {
    vec![
        Box::new(SelfAdaptive::new(0.1)),
        Box::new(Attention::new(0.9, 0.1)),
        Box::new(Causal::new(2.0, 3)),
        Box::new(LayerNorm::new()),
    ]
}

/// Two equations at four instants, and a condition at two points.
fn sets() -> Vec<PointSet> {
    let set = |residuals, rows, times| PointSet {
        residuals,
        rows,
        times,
    };
    let times = Some(vec![0.0, 0.4, 0.5, 1.0]);
    vec![set(2, 4, times), set(1, 2, None)]
}

fn squares(equations: &[f64], condition: &[f64]) -> Vec<PointSquares> {
    let of = |values: &[f64], rows| PointSquares::of(&batch(values.to_vec(), rows));
    vec![of(equations, 4), of(condition, 2)]
}

proptest! {
    #[test]
    fn weights_are_finite_and_the_state_is_whole(
        values in prop::collection::vec(prop_oneof![-1e3f64..1e3, Just(0.0)], 30)
    ) {
        for (mut one, mut two) in all().into_iter().zip(all()) {
            one.begin(&sets());
            for part in values[..20].chunks(10) {
                one.observe(&squares(&part[..8], &part[8..]));
            }
            two.begin(&sets());
            prop_assert_eq!(one.state().len(), two.state().len());
            two.restore(&one.state());
            prop_assert_eq!(one.weights(), two.weights());
            let last = squares(&values[20..28], &values[28..]);
            one.observe(&last);
            two.observe(&last);
            prop_assert_eq!(one.weights(), two.weights());
            prop_assert_eq!(one.is_due(5), two.is_due(5));
            for (weights, set) in one.weights().iter().zip(sets()) {
                prop_assert!(weights.is_empty() || weights.len() == set.residuals * set.rows);
                prop_assert!(weights.iter().all(|w| w.is_finite() && *w >= 0.0), "{:?}", weights);
            }
            // Drawn anew, nothing of the old points is left.
            one.begin(&sets());
            prop_assert!(one.weights().iter().flatten().all(|w| *w == 1.0));
        }
    }
}

#[test]
fn self_adaptive_weights_climb_where_residuals_are() {
    let mut weighting = SelfAdaptive::new(0.5);
    weighting.begin(&sets());
    weighting.observe(&squares(
        &[0.0, 1.0, 2.0, 0.0, 0.0, 0.0, 0.0, 3.0],
        &[0.0; 2],
    ));
    let expected = vec![1.0, 1.5, 3.0, 1.0, 1.0, 1.0, 1.0, 5.5];
    assert_eq!(weighting.weights(), [expected, vec![1.0; 2]]);
}

#[test]
fn attention_settles_between_its_bounds() {
    let mut weighting = Attention::new(0.5, 1.0);
    weighting.begin(&sets());
    for _ in 0..60 {
        weighting.observe(&squares(
            &[4.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            &[-1.0, 1.0],
        ));
    }
    let weights = &weighting.weights()[0];
    // λ = rate/(1 − decay)·|r|/max|r|, squared.
    assert!((weights[0] - 4.0).abs() < 1e-12 && (weights[1] - 1.0).abs() < 1e-12);
    assert!(weights[2..].iter().all(|w| *w < 1e-12), "{weights:?}");
}

#[test]
fn later_times_wait_for_earlier_ones() {
    let mut weighting = Causal::new(2.0, 2);
    weighting.begin(&sets());
    // The first chunk holds rows 0 and 1, whose squares over both equations are 1 and 5.
    weighting.observe(&squares(
        &[1.0, 1.0, 9.0, 9.0, 0.0, 2.0, 9.0, 9.0],
        &[7.0; 2],
    ));
    let late = (-2.0f64 * 3.0).exp();
    let row = [1.0, 1.0, late, late];
    assert_eq!(weighting.weights(), [[row, row].concat(), Vec::new()]);
}

#[test]
fn layer_norm_equalises_the_points_of_a_vector_alone() {
    let mut weighting = LayerNorm::new();
    weighting.begin(&sets());
    assert!(weighting.is_due(3));
    weighting.observe(&squares(
        &[3.0, 0.3, 1.0, 1.0, 4.0, 0.4, 1.0, 1.0],
        &[1.0, 9.0],
    ));
    assert!(!weighting.is_due(3) && weighting.is_due(100));
    let weights = &weighting.weights()[0];
    assert!((weights.iter().sum::<f64>() - 8.0).abs() < 1e-12);
    assert!((weights[0] * 12.5 / (weights[1] * 0.125) - 1.0).abs() < 1e-12);
    assert_eq!(weights[..4], weights[4..]);
    assert!(weighting.weights()[1].is_empty());
}
