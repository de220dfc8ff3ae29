//! Conversion of generated coefficients to the parameters of the network.

use crate::settings::Generate;
use pinn_expr::Real;
use pinn_network::{Bias, Circuit, Weights};
use std::ops::Range;

/// Use of a range of the coefficients.
#[derive(Clone, PartialEq, Debug)]
enum Part {
    /// Terms that are added to these parameters of the network.
    Added {
        coefficients: Range<usize>,
        to: Range<usize>,
    },
    /// Diagonal s of U·diag(s)·Vᵀ, which is added to a matrix.
    Diagonal {
        coefficients: Range<usize>,
        /// Row-major matrix, rows × columns.
        to: Range<usize>,
        columns: usize,
        /// Trained factors: one row of numbers per row of the matrix, and one per column.
        left: Range<usize>,
        right: Range<usize>,
    },
}

/// Map θ = base + generated part: the base is trained, and shared by the family.
#[derive(Clone, PartialEq, Debug)]
pub struct Generation {
    /// Trained base.
    pub base: Range<usize>,
    pub coefficients: usize,
    parts: Vec<Part>,
    end: usize,
}

/// Matrix with an update of low rank, for its initial values.
#[derive(Clone, PartialEq, Debug)]
pub struct Factors {
    pub matrix: Range<usize>,
    pub left: Range<usize>,
    pub right: Range<usize>,
    pub coefficients: Range<usize>,
}

impl Generation {
    /// Creates the map for a network; its trained parameters start at `start`.
    pub fn new(circuit: &Circuit, generate: Generate, start: usize) -> Self {
        let base = start..start + circuit.parameters;
        let mut generation = Generation {
            end: base.end,
            base,
            coefficients: 0,
            parts: Vec::new(),
        };
        match generate {
            Generate::Weights => generation.add(0..circuit.parameters),
            Generate::Biases => generation.add_biases(circuit),
            Generate::LowRank { rank } => {
                for layer in circuit.linear_layers() {
                    if let Weights::Plain(to) = &layer.weights {
                        let coefficients = generation.take(rank);
                        let left = generation.place(layer.outputs * rank);
                        let right = generation.place(layer.inputs * rank);
                        generation.parts.push(Part::Diagonal {
                            coefficients,
                            to: to.clone(),
                            columns: layer.inputs,
                            left,
                            right,
                        });
                    }
                }
                generation.add_biases(circuit);
            }
        }
        generation
    }

    fn take(&mut self, count: usize) -> Range<usize> {
        self.coefficients += count;
        self.coefficients - count..self.coefficients
    }

    fn place(&mut self, count: usize) -> Range<usize> {
        self.end += count;
        self.end - count..self.end
    }

    fn add(&mut self, to: Range<usize>) {
        let coefficients = self.take(to.len());
        self.parts.push(Part::Added { coefficients, to });
    }

    fn add_biases(&mut self, circuit: &Circuit) {
        for layer in circuit.linear_layers() {
            if let Bias::Trained(to) = &layer.bias {
                self.add(to.clone());
            }
        }
    }

    /// End of the trained parameters of the map.
    pub fn end(&self) -> usize {
        self.end
    }

    /// Coefficients that are added to parameters of the network: (coefficients, parameters).
    pub fn added(&self) -> impl Iterator<Item = (&Range<usize>, &Range<usize>)> {
        self.parts.iter().filter_map(|part| match part {
            Part::Added { coefficients, to } => Some((coefficients, to)),
            Part::Diagonal { .. } => None,
        })
    }

    /// Updates of low rank.
    pub fn factors(&self) -> impl Iterator<Item = Factors> {
        self.parts.iter().filter_map(|part| match part {
            Part::Added { .. } => None,
            Part::Diagonal {
                coefficients,
                to,
                left,
                right,
                ..
            } => Some(Factors {
                matrix: to.clone(),
                left: left.clone(),
                right: right.clone(),
                coefficients: coefficients.clone(),
            }),
        })
    }

    /// Computes the parameters of the network from the coefficients.
    pub fn expand<T: Real>(&self, parameters: &[T], coefficients: &[T], theta: &mut [T]) {
        theta.copy_from_slice(&parameters[self.base.clone()]);
        for part in &self.parts {
            match part {
                Part::Added {
                    coefficients: from,
                    to,
                } => add(&mut theta[to.clone()], &coefficients[from.clone()]),
                Part::Diagonal {
                    coefficients: from,
                    to,
                    columns,
                    left,
                    right,
                } => {
                    let (left, right) = (&parameters[left.clone()], &parameters[right.clone()]);
                    let diagonal = &coefficients[from.clone()];
                    add_product(&mut theta[to.clone()], *columns, left, diagonal, right);
                }
            }
        }
    }

    /// Converts the gradient by the parameters of the network to that by the coefficients, which is overwritten, and to
    /// that by the trained parameters of the map, which is added.
    pub fn backward<T: Real>(
        &self,
        parameters: &[T],
        coefficients: &[T],
        by_theta: &[T],
        by_coefficients: &mut [T],
        gradient: &mut [T],
    ) {
        add(&mut gradient[self.base.clone()], by_theta);
        for part in &self.parts {
            match part {
                Part::Added {
                    coefficients: to,
                    to: from,
                } => by_coefficients[to.clone()].copy_from_slice(&by_theta[from.clone()]),
                Part::Diagonal {
                    coefficients: to,
                    to: from,
                    columns,
                    left,
                    right,
                } => {
                    let rank = to.len();
                    let diagonal = &coefficients[to.clone()];
                    let sums = &mut by_coefficients[to.clone()];
                    sums.fill(T::ZERO);
                    for (e, g) in by_theta[from.clone()].iter().enumerate() {
                        let (u, v) = (
                            left.start + e / columns * rank,
                            right.start + e % columns * rank,
                        );
                        for k in 0..rank {
                            sums[k] += *g * parameters[u + k] * parameters[v + k];
                            gradient[u + k] += *g * diagonal[k] * parameters[v + k];
                            gradient[v + k] += *g * diagonal[k] * parameters[u + k];
                        }
                    }
                }
            }
        }
    }

    /// Derivative of the network's parameters along a direction in the trained parameters of the map and one in the
    /// coefficients.
    pub fn tangent<T: Real>(
        &self,
        parameters: &[T],
        direction: &[T],
        coefficients: &[T],
        slopes: &[T],
        theta: &mut [T],
    ) {
        theta.copy_from_slice(&direction[self.base.clone()]);
        for part in &self.parts {
            match part {
                Part::Added {
                    coefficients: from,
                    to,
                } => add(&mut theta[to.clone()], &slopes[from.clone()]),
                Part::Diagonal {
                    coefficients: from,
                    to,
                    columns,
                    left,
                    right,
                } => {
                    let matrix = &mut theta[to.clone()];
                    let (u, v) = (&parameters[left.clone()], &parameters[right.clone()]);
                    let (du, dv) = (&direction[left.clone()], &direction[right.clone()]);
                    let (s, ds) = (&coefficients[from.clone()], &slopes[from.clone()]);
                    add_product(matrix, *columns, du, s, v);
                    add_product(matrix, *columns, u, s, dv);
                    add_product(matrix, *columns, u, ds, v);
                }
            }
        }
    }
}

fn add<T: Real>(to: &mut [T], from: &[T]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += *from;
    }
}

/// Adds U·diag(s)·Vᵀ to a row-major matrix.
fn add_product<T: Real>(matrix: &mut [T], columns: usize, left: &[T], diagonal: &[T], right: &[T]) {
    let rank = diagonal.len();
    let rows = matrix
        .chunks_exact_mut(columns)
        .zip(left.chunks_exact(rank));
    for (row, u) in rows {
        for (entry, v) in row.iter_mut().zip(right.chunks_exact(rank)) {
            let terms = u.iter().zip(v).zip(diagonal);
            *entry += terms.map(|((u, v), s)| *u * *v * *s).sum::<T>();
        }
    }
}
