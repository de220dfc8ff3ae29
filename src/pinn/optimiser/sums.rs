//! Sums over long vectors: in f64 for numbers of any precision, on the CPU's vector units, in an order that depends
//! only on the length.

use pinn_engine::simd::{InstructionSet, Operation, Vector};
use pinn_expr::Real;
use std::sync::LazyLock;

/// Number of simultaneous partial sums: enough to hide the latency of an addition in the widest registers.
pub(super) const LANES: usize = 32;

/// Instruction set, determined once.
pub(super) static INSTRUCTIONS: LazyLock<InstructionSet> = LazyLock::new(InstructionSet::fastest);

/// Runs an operation with the fastest available instructions. The compiler vectorises its loops for each instruction set.
pub(super) fn dispatch<O: Operation<f64>>(operation: O) -> O::Output {
    use pinn_engine::simd::Element;
    f64::dispatch(*INSTRUCTIONS, operation)
}

/// Dot product a·b.
pub(super) fn dot<A: Real, B: Real>(a: &[A], b: &[B]) -> f64 {
    dispatch(Dot(a, b))
}

/// Euclidean norm.
pub(super) fn norm<T: Real>(vector: &[T]) -> f64 {
    dot(vector, vector).sqrt()
}

struct Dot<'a, A, B>(&'a [A], &'a [B]);

impl<A: Real, B: Real> Operation<f64> for Dot<'_, A, B> {
    type Output = f64;

    #[inline(always)]
    fn run<V: Vector<Element = f64>>(self) -> f64 {
        let mut sums = [0.0; LANES];
        let (a, a_rest) = self.0.as_chunks::<LANES>();
        let (b, b_rest) = self.1.as_chunks::<LANES>();
        for (a, b) in a.iter().zip(b) {
            for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
                *sum += a.to_f64() * b.to_f64();
            }
        }
        let rest = a_rest.iter().zip(b_rest);
        let rest: f64 = rest.map(|(a, b)| a.to_f64() * b.to_f64()).sum();
        sums.iter().sum::<f64>() + rest
    }
}
