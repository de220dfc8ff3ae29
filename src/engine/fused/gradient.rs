//! Parameter gradients in the shapes of the layers, summed in a fixed order.

use super::buffer::Buffer;
use super::program::Program;
use crate::simd::Element;
use rayon::ThreadPool;
use rayon::prelude::*;

/// Contribution of one group of blocks to the gradient and to the losses.
#[derive(Debug)]
pub struct Partial<T> {
    /// One per layer: steps first, then heads.
    pub parts: Vec<Buffer<T>>,
    pub losses: Vec<f64>,
    /// Losses with the points' weights.
    pub weighted: Vec<f64>,
}

impl<T: Element> Partial<T> {
    pub fn new(program: &Program<T>, losses: usize) -> Self {
        Partial {
            parts: program.parts().map(Buffer::new).collect(),
            losses: vec![0.0; losses],
            weighted: vec![0.0; losses],
        }
    }

    pub fn clear(&mut self) {
        for part in &mut self.parts {
            part.fill(T::ZERO);
        }
        self.losses.fill(0.0);
        self.weighted.fill(0.0);
    }
}

/// Additions that are worth waking the threads for.
const WORTH_THREADS: usize = 1 << 17;

/// Sum of the partial gradients, first to last, by the flat parameters. The first partial is overwritten.
pub fn sum<T: Element>(
    program: &Program<T>,
    partials: &mut [Partial<T>],
    gradient: &mut [T],
    pool: Option<&ThreadPool>,
) {
    gradient.fill(T::ZERO);
    let Some((first, others)) = partials.split_first_mut() else {
        return;
    };
    let others = &*others;
    // Every element is summed in the order of the partials, whoever sums it.
    let add = |(number, sum): (usize, &mut Buffer<T>)| {
        for other in others {
            for (to, from) in sum.iter_mut().zip(&*other.parts[number]) {
                *to += *from;
            }
        }
    };
    let additions = first.parts.iter().map(|part| part.len()).sum::<usize>() * others.len();
    match pool {
        Some(pool) if additions > WORTH_THREADS => pool.install(|| {
            let parts = first.parts.par_iter_mut().with_max_len(1).enumerate();
            parts.for_each(add);
        }),
        _ => first.parts.iter_mut().enumerate().for_each(add),
    }
    for (trained, part) in program.trained().zip(&first.parts) {
        if let Some(trained) = trained {
            trained.collect(part, gradient, 0);
        }
    }
}
