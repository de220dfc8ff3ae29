//! One suite for all norms.

use super::*;
use proptest::prelude::*;

const POINTS: usize = 6;
const UNITS: usize = 8;

fn norms(epsilon: f64) -> Vec<(&'static str, Box<dyn Norm>)> {
    let frozen = BatchNorm { epsilon }.freeze(&matrix(91));
    vec![
        ("layer", Box::new(LayerNorm { epsilon })),
        ("rms", Box::new(RmsNorm { epsilon })),
        ("group", Box::new(GroupNorm { groups: 4, epsilon })),
        ("frozen batch", Box::new(frozen)),
        ("batch", Box::new(BatchNorm { epsilon })),
        (
            "instance",
            Box::new(InstanceNorm {
                channels: 2,
                epsilon,
            }),
        ),
    ]
}

fn matrix(seed: usize) -> DMatrix<f64> {
    DMatrix::from_fn(POINTS, UNITS, |i, k| {
        ((seed * 31 + i * 17 + k * 5) as f64 * 0.37).sin() + 0.1 * k as f64
    })
}

/// Largest |∂y[i, ·]/∂x[j, ·]| of two rows i ≠ j.
fn between_rows(jacobian: &DMatrix<f64>) -> f64 {
    let mut largest = 0.0f64;
    for a in 0..jacobian.nrows() {
        for b in 0..jacobian.ncols() {
            if a % POINTS != b % POINTS {
                largest = largest.max(jacobian[(a, b)].abs());
            }
        }
    }
    largest
}

#[test]
fn jacobians_agree_with_finite_differences() {
    // Groups of two units are nearly steps where ε is small against the differences.
    for (name, norm) in norms(0.1) {
        let values = matrix(1);
        let jacobian = norm.jacobian(&values);
        let h = 1e-3;
        for b in 0..values.len() {
            let moved = |by: f64| {
                let mut moved = values.clone();
                moved[b] += by;
                norm.apply(&moved)
            };
            let near = moved(h) - moved(-h);
            let far = moved(2.0 * h) - moved(-2.0 * h);
            let difference = (near * 8.0 - far) / (12.0 * h);
            for a in 0..values.len() {
                let error = (difference[a] - jacobian[(a, b)]).abs();
                assert!(error < 1e-8, "{name} ({a}, {b}): {error:e}");
            }
        }
    }
}

/// Points stay apart in pointwise norms; a batch norm in training couples them, and so does an instance norm
/// whose places are the points.
#[test]
fn only_pointwise_norms_keep_points_apart() {
    let epsilon = EPSILON;
    for seed in 0..5 {
        let values = matrix(seed);
        let frozen = BatchNorm { epsilon }.freeze(&values);
        let pointwise: [(&str, &dyn Pointwise); 4] = [
            ("layer", &LayerNorm { epsilon }),
            ("rms", &RmsNorm { epsilon }),
            ("group", &GroupNorm { groups: 4, epsilon }),
            ("frozen batch", &frozen),
        ];
        for (name, norm) in pointwise {
            let between = between_rows(&norm.jacobian(&values));
            assert!(between <= 1e-12, "{name}: {between:e}");
        }
        let between = between_rows(&BatchNorm { epsilon }.jacobian(&values));
        assert!(between > 1e-3, "batch: {between:e}");
        // One function, its channels being the features and its places the points.
        let function = DMatrix::from_row_slice(1, values.len(), values.as_slice());
        let instance = InstanceNorm {
            channels: UNITS,
            epsilon,
        };
        let jacobian = instance.jacobian(&function);
        let between = between_rows(&jacobian);
        assert!(between > 1e-3, "instance: {between:e}");
    }
}

#[test]
fn instance_norm_keeps_functions_apart_and_batch_norm_does_not() {
    let (values, epsilon) = (matrix(3), 1e-9);
    let mut louder = values.clone();
    louder.row_mut(2).scale_mut(10.0);
    let moved = |norm: &dyn Norm| {
        let change = norm.apply(&louder) - norm.apply(&values);
        let others = (0..POINTS).filter(|row| *row != 2);
        others.map(|row| change.row(row).amax()).fold(0.0, f64::max)
    };
    assert!(
        moved(&InstanceNorm {
            channels: 1,
            epsilon
        }) <= 1e-6
    );
    assert!(moved(&BatchNorm { epsilon }) > 0.1);
}

#[test]
fn a_frozen_batch_norm_is_the_batch_norm_of_its_own_batch() {
    let (values, norm) = (matrix(5), BatchNorm { epsilon: EPSILON });
    let difference = norm.freeze(&values).apply(&values) - norm.apply(&values);
    assert!(difference.amax() < 1e-14);
}

proptest! {
    #[test]
    fn statistics_are_those_that_are_promised(
        entries in prop::collection::vec(-10.0f64..10.0, POINTS * UNITS),
        scale in 0.01f64..100.0,
        shift in -5.0f64..5.0,
    ) {
        let values = DMatrix::from_vec(POINTS, UNITS, entries);
        let epsilon = 1e-12;
        let (layer, rms) = (LayerNorm { epsilon }, RmsNorm { epsilon });
        let y = layer.apply(&values);
        for row in y.row_iter() {
            prop_assert!(row.mean().abs() < 1e-9);
            prop_assert!((row.norm_squared() / UNITS as f64 - 1.0).abs() < 1e-6);
        }
        // Neither the scale nor the offset of a point's features matters.
        let change = layer.apply(&values.map(|x| scale * x + shift)) - &y;
        prop_assert!(change.amax() < 1e-6);
        let change = rms.apply(&(&values * scale)) - rms.apply(&values);
        prop_assert!(change.amax() < 1e-6);
        // One group is a layer norm; a group sees its own features only.
        let one = GroupNorm { groups: 1, epsilon };
        prop_assert!((one.apply(&values) - &y).amax() == 0.0);
        let mut louder = values.clone();
        louder.columns_mut(0, UNITS / 2).scale_mut(scale);
        let groups = GroupNorm { groups: 2, epsilon };
        let change = groups.apply(&louder) - groups.apply(&values);
        prop_assert!(change.columns(UNITS / 2, UNITS / 2).amax() == 0.0);
    }
}
