//! What one residual kernel needs of the network.

use super::buffer::Buffer;
use super::layout::Layers;
use crate::expr::MAX_COORDINATES;
use crate::pinn::engine::simd::Element;
use crate::pinn::engine::{EngineError, shapes};
use crate::pinn::jets::{Direction, JetPlan};
use crate::pinn::network::Network;
use crate::pinn::points::Points;
use crate::units::{Input, Kernel, Nondimensional};

/// Where an input column of a kernel comes from.
#[derive(Debug)]
pub enum Source<T> {
    Coordinate {
        coordinate: usize,
        site: usize,
    },
    /// Σ coefficient · output column; (index into [`Task::used`], coefficient).
    Field {
        field: usize,
        site: usize,
        terms: Vec<(usize, T)>,
    },
}

#[derive(Debug)]
pub struct Task<T> {
    /// `None`: the fields themselves are asked for.
    pub kernel: Option<Kernel<T, Nondimensional>>,
    pub sites: usize,
    pub directions: Vec<Direction>,
    /// Order of each direction.
    pub orders: Vec<usize>,
    pub streams: usize,
    /// Streams of which outputs are read, ascending.
    pub used: Vec<usize>,
    pub sources: Vec<Source<T>>,
    /// Number of its first loss.
    pub first_loss: usize,
    /// Rows that pass through the network together.
    pub block: usize,
    /// First derivative of the first layer's sum along each direction: constant rows of the first layer's
    /// output stride.
    pub slopes: Buffer<T>,
}

/// Activations of one block should take about this much of the second-level cache.
const BLOCK_BYTES: usize = 640 << 10;

impl<T: Element> Task<T> {
    /// The network must serve the kernel (fields, coordinates).
    pub fn new(
        layers: &Layers<T>,
        kernel: Kernel<T, Nondimensional>,
        first_loss: usize,
    ) -> Result<Self, EngineError> {
        let (plan, recipes) = JetPlan::series(&kernel.symbols())?;
        let mut used: Vec<usize> = recipes
            .iter()
            .flatten()
            .flat_map(|recipe| recipe.terms.iter().map(|(stream, _)| *stream))
            .collect();
        used.sort_unstable();
        used.dedup();
        let sources = kernel
            .inputs()
            .iter()
            .zip(&recipes)
            .map(|(input, recipe)| match *input {
                Input::Coordinate { coordinate, site } => Source::Coordinate {
                    coordinate: coordinate as usize,
                    site: site as usize,
                },
                Input::Field { field, site, .. } | Input::Operator { field, site, .. } => {
                    Source::Field {
                        field: field as usize,
                        site: site as usize,
                        terms: recipe
                            .iter()
                            .flat_map(|recipe| &recipe.terms)
                            .map(|(stream, c)| {
                                let (Ok(index) | Err(index)) = used.binary_search(stream);
                                (index, T::from_f64(*c))
                            })
                            .collect(),
                    }
                }
            })
            .collect();
        let sites = kernel.sites();
        let mut task = Task::bare(layers, plan, used, sites);
        task.sources = sources;
        task.first_loss = first_loss;
        task.kernel = Some(kernel);
        Ok(task)
    }

    /// Asks for the fields and nothing else.
    pub fn values(layers: &Layers<T>) -> Self {
        Task::bare(layers, JetPlan::default(), vec![0], 1)
    }

    fn bare(layers: &Layers<T>, plan: JetPlan, used: Vec<usize>, sites: usize) -> Self {
        let streams = plan.streams();
        // Two rows (before and after the activation) a layer and stream, and two for the adjoint.
        let strides = layers.hidden().iter().map(|layer| layer.output_stride);
        let widest = strides.clone().max().unwrap_or(1);
        let row = 2 * (strides.sum::<usize>() + widest) * size_of::<T>();
        let block = BLOCK_BYTES / (row * streams * sites);
        Task {
            kernel: None,
            sites,
            orders: plan.directions.iter().map(|d| d.order).collect(),
            slopes: Buffer::new(plan.directions.len() * layers.hidden()[0].output_stride),
            directions: plan.directions,
            streams,
            used,
            sources: Vec::new(),
            first_loss: 0,
            // Multiples of 12 leave no rest in tiles of 4, 6 and (mostly) 8 rows.
            block: match block {
                0..12 => block.max(4),
                _ => (block - block % 12).min(240),
            },
        }
    }

    /// The points have what the kernel reads.
    pub fn serves(&self, network: &Network, points: &Points<T>) -> Result<(), EngineError> {
        match &self.kernel {
            Some(kernel) => shapes::points_serve(network, kernel, points),
            None => shapes::field_points(network, points),
        }
    }

    pub fn residuals(&self) -> usize {
        self.kernel.as_ref().map_or(0, Kernel::residuals)
    }

    pub fn blocks(&self, rows: usize) -> usize {
        rows.div_ceil(self.block)
    }

    /// Derivative of a mapped coordinate along a direction.
    pub fn slope(network: &Network, direction: &Direction, coordinate: usize) -> f64 {
        debug_assert!(coordinate < MAX_COORDINATES);
        network.input_maps[coordinate].scale * direction.vector[coordinate]
    }

    /// To be called when the parameters have changed.
    pub fn set(&mut self, network: &Network, layers: &Layers<T>) {
        let first = &layers.hidden()[0];
        for (d, direction) in self.directions.iter().enumerate() {
            let row = &mut self.slopes[d * first.output_stride..][..first.output_columns];
            row.fill(T::ZERO);
            for c in 0..network.inputs() {
                let slope = T::from_f64(Task::<T>::slope(network, direction, c));
                let weights = &first.transposed[c * first.output_stride..][..first.output_columns];
                for (sum, weight) in row.iter_mut().zip(weights) {
                    *sum += slope * *weight;
                }
            }
        }
    }
}
