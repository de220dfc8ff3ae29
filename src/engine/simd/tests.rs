//! Errors of the elementary functions and of the matrix products, on every instruction set.

use super::elementary::{exp, normal, sigmoid, sine_cosine, tanh};
use super::*;
use proptest::prelude::*;

/// A function of one vector, for tests.
trait Elementwise {
    fn apply<V: Vector>(x: V) -> V;
}

macro_rules! elementwise {
    ($($name:ident: $x:ident => $value:expr;)*) => {$(
        #[derive(Copy, Clone)]
        struct $name;
        impl Elementwise for $name {
            #[inline(always)]
            fn apply<V: Vector>($x: V) -> V { $value }
        }
    )*};
}
elementwise! {
    Exp: x => exp(x);
    Tanh: x => tanh(x);
    Sin: x => sine_cosine(x).0;
    Cos: x => sine_cosine(x).1;
    Distribution: x => normal(x).0;
    Density: x => normal(x).1;
    Sigmoid: x => sigmoid(x);
}

struct Map<'a, T, F>(&'a [T], &'a mut [T], std::marker::PhantomData<F>);

impl<T: Element, F: Elementwise> Operation<T> for Map<'_, T, F> {
    type Output = ();
    #[inline(always)]
    fn run<V: Vector<Element = T>>(self) {
        for at in (0..self.0.len()).step_by(V::LANES) {
            F::apply(V::load(self.0, at)).store(self.1, at);
        }
    }
}

fn map<T: Element, F: Elementwise>(set: InstructionSet, _: F, x: &[T]) -> Vec<T> {
    let mut padded = x.to_vec();
    padded.resize(T::padded(x.len()), T::ZERO);
    let mut out = padded.clone();
    T::dispatch(
        set,
        Map::<T, F>(&padded, &mut out, std::marker::PhantomData),
    );
    out.truncate(x.len());
    out
}

/// Distance of numbers of the size of `x` in the type `T`.
fn unit_in_the_last_place<T: Element>(x: f64) -> f64 {
    let digits = if size_of::<T>() == 4 { 23 } else { 52 };
    let smallest = if size_of::<T>() == 4 { -126.0 } else { -1022.0 };
    2f64.powf(x.abs().log2().floor().max(smallest) - digits as f64)
}

/// Largest error in units in the last place over `from..to`, on every instruction set.
fn largest_error<T: Element, F: Elementwise + Copy>(
    function: F,
    exact: impl Fn(f64) -> f64,
    samples: &[f64],
) -> f64 {
    let x: Vec<T> = samples.iter().map(|x| T::from_f64(*x)).collect();
    let mut worst = 0.0f64;
    for set in InstructionSet::available() {
        for (x, y) in x.iter().zip(map(set, function, &x)) {
            let expected = exact(x.to_f64());
            let error = (y.to_f64() - expected).abs() / unit_in_the_last_place::<T>(expected);
            assert!(!error.is_nan(), "{} at {x}: {y}", set.name());
            worst = worst.max(error);
        }
    }
    worst
}

/// Dense samples of an interval, and of the neighbourhood of zero on a logarithmic scale.
fn samples(from: f64, to: f64) -> Vec<f64> {
    let n = 60_000;
    let mut samples: Vec<f64> = (0..n)
        .map(|i| from + (to - from) * (i as f64 + 0.371) / n as f64)
        .collect();
    for i in 0..4_000 {
        let small = 10f64.powf(-12.0 * i as f64 / 4_000.0);
        samples.extend([small, -small].iter().filter(|x| (from..to).contains(x)));
    }
    samples
}

#[test]
fn exponentials_keep_their_error() {
    let error = largest_error::<f32, _>(Exp, f64::exp, &samples(-87.0, 88.0));
    assert!(error <= 1.5, "f32: {error}");
    let error = largest_error::<f64, _>(Exp, f64::exp, &samples(-708.0, 709.0));
    assert!(error <= 1.5, "f64: {error}");
}

#[test]
fn hyperbolic_tangents_keep_their_error() {
    let near = [
        samples(-10.0, 10.0),
        samples(-1.0, 1.0),
        samples(-25.0, 25.0),
    ]
    .concat();
    let error = largest_error::<f32, _>(Tanh, f64::tanh, &near);
    assert!(error <= 2.5, "f32: {error}");
    let error = largest_error::<f64, _>(Tanh, f64::tanh, &near);
    assert!(error <= 3.0, "f64: {error}");
}

#[test]
fn sines_and_cosines_keep_their_error() {
    // Near their zeros the error is one of the argument: compare with the larger of result and 1/16.
    fn check<T: Element>(samples: &[f64]) {
        for set in InstructionSet::available() {
            let x: Vec<T> = samples.iter().map(|x| T::from_f64(*x)).collect();
            let pairs = [
                (map(set, Sin, &x), f64::sin as fn(f64) -> f64),
                (map(set, Cos, &x), f64::cos),
            ];
            for (y, exact) in pairs {
                for (x, y) in x.iter().zip(y) {
                    let expected = exact(x.to_f64());
                    let size = match x.to_f64().abs() < 1.0 {
                        true => expected,
                        false => expected.abs().max(0.0625),
                    };
                    let error = (y.to_f64() - expected).abs() / unit_in_the_last_place::<T>(size);
                    assert!(error <= 2.0, "{} {} at {x}: {error}", T::NAME, set.name());
                }
            }
        }
    }
    check::<f32>(&[samples(-8.0, 8.0), samples(-1e4, 1e4)].concat());
    check::<f64>(&[samples(-8.0, 8.0), samples(-1e6, 1e6)].concat());
}

/// Φ(x) = erfc(−x/√2)/2, with the rounding error of the argument put back to first order.
fn distribution(x: f64) -> f64 {
    const HIGH: f64 = std::f64::consts::FRAC_1_SQRT_2;
    const LOW: f64 = -4.833646656726457e-17;
    let y = -x * HIGH;
    let error = (-x).mul_add(HIGH, -y) - x * LOW;
    let slope = -2.0 / std::f64::consts::PI.sqrt() * (-y * y).exp();
    0.5 * (libm::erfc(y) + slope * error)
}

fn density(x: f64) -> f64 {
    let square = x * x;
    let error = x.mul_add(x, -square);
    (-0.5 * square).exp() * (1.0 - 0.5 * error) / std::f64::consts::TAU.sqrt()
}

#[test]
fn normal_distributions_keep_their_error() {
    let error = largest_error::<f32, _>(Distribution, distribution, &samples(-11.0, 10.0));
    assert!(error <= 6.0, "f32: {error}");
    let error = largest_error::<f64, _>(Distribution, distribution, &samples(-11.0, 10.0));
    assert!(error <= 6.0, "f64: {error}");
    let error = largest_error::<f32, _>(Density, density, &samples(-11.0, 11.0));
    assert!(error <= 2.5, "f32: {error}");
    let error = largest_error::<f64, _>(Density, density, &samples(-11.0, 11.0));
    assert!(error <= 4.0, "f64: {error}");
}

#[test]
fn sigmoids_keep_their_error() {
    let exact = |x: f64| 1.0 / (1.0 + (-x).exp());
    let error = largest_error::<f32, _>(Sigmoid, exact, &samples(-80.0, 80.0));
    assert!(error <= 3.0, "f32: {error}");
    let error = largest_error::<f64, _>(Sigmoid, exact, &samples(-700.0, 700.0));
    assert!(error <= 3.0, "f64: {error}");
}

#[test]
fn limits_and_non_numbers() {
    fn check<T: Element>() {
        let of = |x: f64| T::from_f64(x);
        for set in InstructionSet::available() {
            let values = map(
                set,
                Tanh,
                &[of(1e30), of(-1e30), of(f64::INFINITY), of(-0.0)],
            );
            assert_eq!(values, [of(1.0), of(-1.0), of(1.0), of(-0.0)]);
            assert!(
                (T::ONE / values[3]).to_f64() == f64::NEG_INFINITY,
                "sign of zero"
            );
            assert_eq!(
                map(set, Distribution, &[of(50.0), of(0.0)]),
                [of(1.0), of(0.5)]
            );
            assert!(map(set, Exp, &[of(1e30)])[0].is_finite());
            for far in [of(1e12), of(-1e30)] {
                let (sine, cosine) = (map(set, Sin, &[far])[0], map(set, Cos, &[far])[0]);
                assert!(sine.to_f64().abs() <= 1.0 && cosine.to_f64().abs() <= 1.0);
            }
            for nan in [
                map(set, Exp, &[of(f64::NAN)]),
                map(set, Tanh, &[of(f64::NAN)]),
                map(set, Sin, &[of(f64::NAN)]),
                map(set, Cos, &[of(f64::NAN)]),
                map(set, Distribution, &[of(f64::NAN)]),
                map(set, Density, &[of(f64::NAN)]),
                map(set, Sigmoid, &[of(f64::NAN)]),
            ] {
                assert!(nan[0].to_f64().is_nan(), "{}", set.name());
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

/// Small integers, so that every order of summation gives the same.
fn integers<T: Element>(n: usize, seed: u64) -> Vec<T> {
    let value = |i: usize| ((i as u64 * 37 + seed * 101) % 17) as f64 - 8.0;
    (0..n).map(|i| T::from_f64(value(i))).collect()
}

fn check_product<T: Element>(
    (rows, depth, columns): (usize, usize, usize),
    transposed: bool,
    accumulate: bool,
    slack: usize,
) {
    let columns = T::padded(columns);
    let left_strides = match transposed {
        true => (1, rows + slack),
        false => (depth + slack, 1),
    };
    let (right_stride, result_stride) = (columns + slack, columns + 2 * slack);
    let left = integers::<T>((rows + slack) * (depth + slack), 1);
    let right = integers::<T>(depth * right_stride, 2);
    for set in InstructionSet::available() {
        let before = integers::<T>(rows * result_stride, 3);
        let mut result = before.clone();
        Multiply {
            rows,
            depth,
            columns,
            left: &left,
            left_strides,
            right: &right,
            right_stride,
            result: &mut result,
            result_stride,
            accumulate,
        }
        .run(set);
        for r in 0..rows {
            for j in 0..result_stride {
                let at = r * result_stride + j;
                let mut expected = match j < columns && !accumulate {
                    true => T::ZERO,
                    false => before[at],
                };
                if j < columns {
                    for k in 0..depth {
                        let l = left[r * left_strides.0 + k * left_strides.1];
                        expected += l * right[k * right_stride + j];
                    }
                }
                assert_eq!(result[at], expected, "{} ({r}, {j})", set.name());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn products_agree_with_their_definition(
        rows in 1usize..40,
        depth in 0usize..300,
        columns in 1usize..150,
        transposed: bool,
        accumulate: bool,
        slack in 0usize..3,
    ) {
        check_product::<f32>((rows, depth, columns), transposed, accumulate, slack);
        check_product::<f64>((rows, depth, columns), transposed, accumulate, slack);
    }

    #[test]
    fn dots_agree_with_their_definition(rows in 0usize..20, columns in 1usize..80) {
        fn check<T: Element>(rows: usize, columns: usize) {
            let columns = T::padded(columns);
            let stride = columns + 3;
            let left = integers::<T>(rows * stride + columns, 1);
            let right = integers::<T>(columns, 2);
            for set in InstructionSet::available() {
                let mut result = vec![T::ZERO; rows];
                let constant = T::from_f64(5.0);
                let dot = Dot {
                    rows,
                    columns,
                    left: &left,
                    left_stride: stride,
                    right: &right,
                    constant,
                    result: &mut result,
                    accumulate: false,
                };
                T::dispatch(set, dot);
                for r in 0..rows {
                    let products = right.iter().zip(&left[r * stride..]).map(|(x, y)| *x * *y);
                    assert_eq!(result[r], products.sum::<T>() + constant);
                }
            }
        }
        check::<f32>(rows, columns);
        check::<f64>(rows, columns);
    }
}

#[test]
#[should_panic(expected = "right operand is too short")]
fn products_refuse_short_operands() {
    Multiply {
        rows: 2,
        depth: 3,
        columns: 16,
        left: &[0.0f32; 6],
        left_strides: (3, 1),
        right: &[0.0; 47],
        right_stride: 16,
        result: &mut [0.0; 32],
        result_stride: 16,
        accumulate: false,
    }
    .run(InstructionSet::fastest());
}

/// Row k holds the numbers from 16·k on.
struct Sums<'a, T>(&'a [T], &'a mut [T]);

impl<T: Element> Operation<T> for Sums<'_, T> {
    type Output = usize;
    #[inline(always)]
    fn run<V: Vector<Element = T>>(self) -> usize {
        let mut rows = [V::zero(); MOST_LANES];
        for (row, from) in rows.iter_mut().zip(self.0.chunks(MOST_LANES)) {
            *row = V::load(from, 0);
        }
        V::sums(&rows).store(self.1, 0);
        V::LANES
    }
}

fn sums_of<T: Element>() {
    let numbers: Vec<T> = (0..MOST_LANES * MOST_LANES)
        .map(|k| T::from_f64(((k * k) % 127) as f64 - 50.0))
        .collect();
    for set in InstructionSet::available() {
        let mut sums = vec![T::ZERO; MOST_LANES];
        let lanes = T::dispatch(set, Sums(&numbers, &mut sums));
        for (row, sum) in numbers.chunks(MOST_LANES).zip(&sums).take(lanes) {
            assert_eq!(*sum, row[..lanes].iter().copied().sum(), "{}", set.name());
        }
    }
}

#[test]
fn rows_are_summed_each_into_its_lane() {
    sums_of::<f32>();
    sums_of::<f64>();
}
