//! Outputs of the network that one residual kernel reads.

use super::layers::Columns;
use super::program::Program;
use crate::simd::Element;
use crate::structure::Structure;
use crate::{EngineError, shapes};
use pinn_geometry::points::Points;
use pinn_network::Network;
use pinn_network::jets::JetPlan;
use pinn_units::{Input, Kernel, Nondimensional};
use std::ops::Range;
use std::sync::OnceLock;

/// Source of an input column of a kernel.
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
    /// Kernel; `None` if the fields themselves are requested.
    pub kernel: Option<Kernel<T, Nondimensional>>,
    pub sites: usize,
    pub structure: Structure<T>,
    /// Streams that are read of outputs, ascending.
    pub used: Vec<usize>,
    pub sources: Vec<Source<T>>,
    /// Number of its first loss.
    pub first_loss: usize,
    /// Number of rows that pass through the network together.
    pub block: usize,
}

/// Target size in bytes of the values of one block: a third of the second-level cache leaves room for the parameters,
/// their gradient, and other data. A cache of unknown size counts as one of 1 MiB.
fn block_bytes() -> usize {
    static BYTES: OnceLock<usize> = OnceLock::new();
    *BYTES.get_or_init(|| second_level_cache().unwrap_or(1 << 20) / 3)
}

#[cfg(target_arch = "x86_64")]
fn second_level_cache() -> Option<usize> {
    let parameters = raw_cpuid::CpuId::new().get_cache_parameters()?;
    let sizes = parameters.filter(|cache| cache.level() == 2).map(|cache| {
        cache.sets()
            * cache.associativity()
            * cache.physical_line_partitions()
            * cache.coherency_line_size()
    });
    sizes.max().filter(|size| *size > 0)
}

#[cfg(not(target_arch = "x86_64"))]
fn second_level_cache() -> Option<usize> {
    None
}

impl<T: Element> Task<T> {
    /// Plans a task. The network must have the fields and coordinates of the kernel.
    pub fn new(
        program: &Program<T>,
        kernel: Kernel<T, Nondimensional>,
        first_loss: usize,
    ) -> Result<Self, EngineError> {
        let kernel = kernel.collapsed();
        let (plan, recipes) = JetPlan::collapsed(&kernel.symbols())?;
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
        let mut task = Task::bare(program, &plan, used, sites);
        task.sources = sources;
        task.first_loss = first_loss;
        task.kernel = Some(kernel);
        Ok(task)
    }

    /// Plans a task for the fields only.
    pub fn values(program: &Program<T>) -> Self {
        Task::bare(program, &JetPlan::default(), vec![0], 1)
    }

    fn bare(program: &Program<T>, plan: &JetPlan, used: Vec<usize>, sites: usize) -> Self {
        let structure = Structure::new(plan);
        let strides = program.widths[1..].iter().map(|width| width.stride);
        let row = strides.chain(program.slots.iter().copied()).sum::<usize>() * size_of::<T>();
        let block = block_bytes() / (row * structure.streams * sites);
        Task {
            kernel: None,
            sites,
            structure,
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

    /// Number of points of a full block, of all sites together.
    pub fn capacity(&self) -> usize {
        self.block * self.sites
    }

    pub fn columns(&self, fields: usize) -> Columns<'_> {
        Columns {
            used: &self.used,
            fields,
            capacity: self.capacity(),
        }
    }

    /// Computes the input column of a field at a site from the columns of the outputs.
    pub fn gather(
        &self,
        outputs: &[T],
        fields: usize,
        (field, site): (usize, usize),
        terms: &[(usize, T)],
        column: &mut [T],
    ) {
        let n = column.len();
        column.fill(T::ZERO);
        for (u, coefficient) in terms {
            let from = (u * fields + field) * self.capacity() + site * n;
            for (to, y) in column.iter_mut().zip(&outputs[from..][..n]) {
                *to += *coefficient * *y;
            }
        }
    }

    /// Checks that the points have the data that the kernel reads.
    pub fn serves(&self, network: &Network, points: &Points<T>) -> Result<(), EngineError> {
        match &self.kernel {
            Some(kernel) => shapes::points_serve(network, kernel, points),
            None => shapes::field_points(network, points),
        }
    }

    pub fn residuals(&self) -> usize {
        self.kernel.as_ref().map_or(0, Kernel::residuals)
    }

    /// Range of rows of a block, for a total number of rows.
    pub fn rows(&self, block: usize, rows: usize) -> Range<usize> {
        block * self.block..rows.min((block + 1) * self.block)
    }

    pub fn blocks(&self, rows: usize) -> usize {
        rows.div_ceil(self.block)
    }
}
