//! What every engine must satisfy, in either precision.

mod contract;
mod gradients;
mod linearised;
mod norms;
mod structure;
mod values;

pub use contract::*;
pub use gradients::*;
pub use linearised::*;
pub use norms::*;
pub use structure::*;
pub use values::*;

use crate::problems::Kernels;
use pinn::engine::{Engine, EngineError, Linearised};
use pinn::expr::Real;
use pinn::geometry::points::Points;
use pinn::network::Network;
use std::cell::Cell;

pub type Built<T> = Result<Box<dyn Linearised<T>>, EngineError>;
pub type Build<'a, T> = &'a dyn Fn(Network, Kernels<T>) -> Built<T>;

/// Tests of one engine in one precision; with a device, on it, if it is there.
#[macro_export]
macro_rules! engine_suite {
    ($name:ident, $T:ty, $new:expr) => {
        engine_suite!($name, $T, $new, true);
    };
    ($name:ident, $T:ty, $new:expr, $there:expr) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            use $crate::suite;

            fn build(
                network: pinn::network::Network,
                kernels: $crate::problems::Kernels<$T>,
            ) -> suite::Built<$T> {
                Ok(Box::new(($new)(network, kernels)?))
            }

            engine_suite!(@tests $there;
                fields_match_one_point_at_a_time
                residuals_match_their_formulas
                periodic_residuals_read_both_sites
                losses_are_mean_squares
                gradients_match_differences
                gradients_match_through_two_sites
                gradients_are_linear_in_the_weights
                a_zero_weight_removes_a_task
                collapsed_kernels_give_the_same
                calls_repeat_bit_for_bit
                wrong_shapes_are_refused
                the_operation_passes_gradients_on
                rows_of_the_jacobian_match_differences
                products_match_the_rows
                products_refuse_wrong_shapes
                the_gradient_is_a_product
                points_weigh_what_is_optimised_alone
                periodic_embeddings_are_exactly_periodic
                pirate_nets_begin_linear_in_their_embedding
                factorised_weights_are_a_form_of_plain_ones
                separate_networks_do_not_share_parameters
                gains_and_weights_rescale_gradients
                norms_keep_points_apart
            );
        }
    };
    (@tests $there:expr; $($test:ident)*) => {$(
        #[test]
        fn $test() {
            if $there {
                suite::$test(&build);
            }
        }
    )*};
}

thread_local! {
    /// Least tolerances of this test, which has its thread to itself: in f64, in f32.
    static LEAST: Cell<(f64, f64)> = const { Cell::new((0.0, 0.0)) };
}

/// For a device whose sums and functions round in other ways than the CPU's.
#[cfg(feature = "cuda")]
pub fn allow(f64_bound: f64, f32_bound: f64) {
    LEAST.set((f64_bound, f32_bound));
}

/// Tolerance relative to the largest value.
fn tolerance<T: Real>(f64_bound: f64, f32_bound: f64) -> f64 {
    let (f64_least, f32_least) = LEAST.get();
    if T::NAME == "f64" {
        f64_bound.max(f64_least)
    } else {
        f32_bound.max(f32_least)
    }
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |a: f64, b| a.max(b.abs()))
}

/// The norms' difference, relative to the expected values' norm.
pub fn distance<T: Real>(found: &[T], expected: &[T]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let norm = |x: &mut dyn Iterator<Item = f64>| x.map(|x| x * x).sum::<f64>().sqrt();
    let pairs = found.iter().zip(expected);
    norm(&mut pairs.map(|(a, b)| a.to_f64() - b.to_f64()))
        / norm(&mut expected.iter().map(|x| x.to_f64()))
}

fn assert_close<T: Real>(found: &[T], expected: &[f64], bound: f64, what: &str) {
    assert_close_on_scale(found, expected, bound, largest(expected), what);
}

/// As [`assert_close`], for values that may all be next to zero beside what they are computed from.
fn assert_close_on_scale<T: Real>(
    found: &[T],
    expected: &[f64],
    bound: f64,
    scale: f64,
    what: &str,
) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let scale = scale.max(largest(expected));
    for (row, (a, b)) in found.iter().zip(expected).enumerate() {
        let error = (a.to_f64() - b).abs();
        assert!(
            error <= bound * scale,
            "{what}, entry {row}: found {a}, expected {b}, scale {scale}"
        );
    }
}

fn exact<T: Real>(values: &[T]) -> Vec<f64> {
    values.iter().map(|x| x.to_f64()).collect()
}

fn point<T: Real>(points: &Points<T>, site: usize, row: usize) -> [f64; 3] {
    std::array::from_fn(|k| points.column(site, k)[row].to_f64())
}

/// Losses and gradient.
pub fn evaluate<T: Real, E: Engine<T> + ?Sized>(
    engine: &mut E,
    parameters: &[T],
    points: &[Points<T>],
    weights: &[f64],
) -> (Vec<f64>, Vec<T>) {
    let mut losses = vec![f64::NAN; engine.losses()];
    let mut gradient = vec![T::from_f64(f64::NAN); parameters.len()];
    let wanted = Some(&mut gradient[..]);
    engine
        .loss(parameters, points, weights, &mut losses, wanted)
        .expect("shapes fit");
    (losses, gradient)
}

/// All residuals of one task, one after the other.
pub fn residuals<T: Real, E: Engine<T> + ?Sized>(
    engine: &mut E,
    parameters: &[T],
    task: usize,
    points: &Points<T>,
) -> Vec<T> {
    let batch = engine.residuals(parameters, task, points);
    let batch = batch.expect("shapes fit");
    let columns = (0..batch.residuals()).flat_map(|r| batch.column(r));
    columns.copied().collect()
}

/// The derivative of `of` at 0: central differences of fourth order.
fn difference(mut of: impl FnMut(f64) -> Vec<f64>) -> Vec<f64> {
    let h = 1e-3;
    let [a, b, c, d] = [-2.0, -1.0, 1.0, 2.0].map(|steps| of(steps * h));
    (0..a.len())
        .map(|i| (8.0 * (c[i] - b[i]) - (d[i] - a[i])) / (12.0 * h))
        .collect()
}

/// parameters + step · direction
fn moved<T: Real>(parameters: &[f64], direction: &[f64], step: f64) -> Vec<T> {
    let pairs = parameters.iter().zip(direction);
    pairs.map(|(p, d)| T::from_f64(p + step * d)).collect()
}
