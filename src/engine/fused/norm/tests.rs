//! Agreement of both methods, on every instruction set.

use super::*;
use crate::fused::affine::stride;
use crate::structure::Structure;
use pinn_expr::MAX_COORDINATES;
use pinn_network::jets;
use pinn_network::jets::{Direction, JetPlan};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

/// Orders along directions, and whether an operator mixes first derivatives of the last two.
fn structure<T: Element>(orders: &[usize], operator: bool) -> Structure<T> {
    let mut second = Vec::new();
    if operator {
        let last = orders.len() - 1;
        second = vec![(last, last, 0.6), (0, last, -1.3)];
    }
    let operator = operator.then(|| jets::Operator {
        second,
        ..Default::default()
    });
    let mut next = 0.0;
    let directions = orders.iter().map(|order| {
        next += 1.0;
        Direction {
            vector: [next; MAX_COORDINATES],
            order: *order,
        }
    });
    Structure::new(&JetPlan {
        directions: directions.collect(),
        operators: operator.into_iter().collect(),
    })
}

/// One norm on random numbers.
struct Case<'a, T> {
    structure: &'a Structure<T>,
    groups: &'a Groups<T>,
    units: usize,
    points: usize,
    aligned: bool,
}

impl<T: Element> Case<'_, T> {
    fn rows(&self) -> Rows<'_, T> {
        Rows {
            structure: self.structure,
            points: self.points,
            columns: T::padded(self.units),
            stride: stride::<T>(self.units),
        }
    }

    /// Rows of `units` numbers, padded with zeros.
    fn random(&self, rows: usize, seed: u64) -> Vec<T> {
        let mut random = ChaCha12Rng::seed_from_u64(seed);
        let mut all = vec![T::ZERO; rows * stride::<T>(self.units)];
        for row in all.chunks_mut(stride::<T>(self.units)) {
            for x in &mut row[..self.units] {
                *x = T::from_f64(random.random_range(-1.0..1.5));
            }
        }
        all
    }
}

/// Result, gradient by the input, gradients by gains and biases; `None` if the method does not apply.
impl<T: Element> Operation<T> for &Case<'_, T> {
    type Output = Option<[Vec<f64>; 4]>;

    #[inline(always)]
    fn run<V: Vector<Element = T>>(self) -> Self::Output {
        let (rows, groups, streams) = (self.rows(), self.groups, self.structure.streams);
        if self.aligned && !aligned::fits::<V>(groups, streams) {
            return None;
        }
        let all = self.points.div_ceil(4).max(4) * 4 * streams;
        let (gain, bias) = (self.random(1, 1), self.random(1, 2));
        let h = self.random(self.points * streams, 3);
        let mut statistics = vec![T::ZERO; all * groups.statistics()];
        let mut y = vec![T::ZERO; h.len()];
        let mut forward = Forward {
            rows,
            groups,
            gain: &gain,
            bias: &bias,
            h: &h,
            statistics: &mut statistics,
            y: &mut y,
        };
        match self.aligned {
            true => by_streams!(forward.by_vectors::<V, _>()),
            false => forward.in_general::<V>(),
        }
        let mut gradient = self.random(self.points * streams, 4);
        let (mut by_gain, mut by_bias) = (self.random(1, 5), self.random(1, 6));
        let mut backward = Backward {
            rows,
            groups,
            gain: &gain,
            h: &h,
            statistics: &statistics,
            scratch: &mut vec![T::ZERO; all * groups.scratch()],
            parameters: Some([&mut by_gain, &mut by_bias]),
            gradient: &mut gradient,
        };
        match self.aligned {
            true => by_streams!(backward.by_vectors::<V, _>()),
            false => backward.in_general::<V>(),
        }
        let exact = |values: Vec<T>| values.into_iter().map(|x| x.to_f64()).collect();
        Some([y, gradient, by_gain, by_bias].map(exact))
    }
}

fn agree<T: Element>(tolerance: f64) {
    let structures: [(&[usize], bool); 10] = [
        (&[], false),
        (&[1], false),
        (&[2], false),
        (&[1], true),
        (&[3], false),
        (&[1, 1], true),
        (&[4], false),
        (&[2, 2], true),
        (&[4, 4], false),
        (&[4, 4, 4], true),
    ];
    let mut compared = 0;
    for (orders, operator) in structures {
        let structure = structure::<T>(orders, operator);
        for (count, units, centred) in [(1, 13, true), (1, 32, false), (2, 32, true), (3, 96, true)]
        {
            let groups = Groups::new(count, units, centred, 0.3);
            for set in InstructionSet::available() {
                let run = |aligned| {
                    let case = Case {
                        structure: &structure,
                        groups: &groups,
                        units,
                        points: 21,
                        aligned,
                    };
                    T::dispatch(set, &case)
                };
                let (Some(found), Some(expected)) = (run(true), run(false)) else {
                    assert!(structure.streams > aligned::MOST_STREAMS);
                    continue;
                };
                for (k, (found, expected)) in found.iter().zip(&expected).enumerate() {
                    let size = expected.iter().fold(0.0, |a: f64, x| a.max(x.abs()));
                    for (i, (a, b)) in found.iter().zip(expected).enumerate() {
                        // The padding is not read.
                        if k >= 2 && i >= units {
                            continue;
                        }
                        assert!(
                            (a - b).abs() <= tolerance * size,
                            "{orders:?}, {operator}, {count} groups of {units}, {}, part {k}: {a} is not {b}",
                            set.name()
                        );
                    }
                }
                compared += 1;
            }
        }
    }
    assert!(compared >= 40);
}

#[test]
fn both_ways_agree() {
    agree::<f64>(1e-13);
    agree::<f32>(2e-5);
}
