//! Vector code chosen at run time. All `unsafe` code of the crate is in this folder, except for the calls of
//! CUDA.
//!
//! An [`Operation`] is written once over a [`Vector`] and instantiated for every instruction set inside a
//! function that enables it. This is sound because
//! - a vector type is reachable only as the type parameter of [`Operation::run`];
//! - `run` is instantiated with it only by [`Element::dispatch`], behind an [`InstructionSet`];
//! - an [`InstructionSet`] exists only if the CPU was queried and has it.

pub mod elementary;
mod multiply;
mod portable;
#[cfg(test)]
mod tests;
mod vector;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use multiply::{Dot, Multiply};
pub use vector::{MOST_LANES, Vector};

use pinn_expr::Real;

/// Size in bytes of a cache line, to which rows are padded.
pub const CACHE_LINE: usize = 64;

/// Code that is instantiated for every instruction set.
pub trait Operation<T> {
    /// Result of the operation.
    type Output;
    /// Runs the operation.
    ///
    /// Implementations must be `#[inline(always)]`, and so must be all functions that they call with `V`:
    /// otherwise the code is right but slow.
    fn run<V: Vector<Element = T>>(self) -> Self::Output;
}

/// Number type that vectors are made of.
pub trait Element: Real {
    /// Runs an operation with the vectors of an instruction set.
    fn dispatch<O: Operation<Self>>(set: InstructionSet, operation: O) -> O::Output;

    /// Multiplies matrices. [`Multiply`] and [`Dot`] are instantiated here, once, and not in every crate that
    /// multiplies.
    fn multiply(set: InstructionSet, product: Multiply<Self>);
    /// Computes inner products of rows with a vector.
    fn dot(set: InstructionSet, product: Dot<Self>);

    /// Rounds `n` elements up to whole cache lines.
    fn padded(n: usize) -> usize {
        n.next_multiple_of(CACHE_LINE / size_of::<Self>())
    }
}

/// Set of vector instructions that this CPU has.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct InstructionSet(Set);

#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum Set {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Portable,
}

impl InstructionSet {
    /// Instruction sets of this CPU, fastest first.
    pub fn available() -> Vec<InstructionSet> {
        let mut sets = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if x86::has_avx512() {
                sets.push(InstructionSet(Set::Avx512));
            }
            if x86::has_avx2() {
                sets.push(InstructionSet(Set::Avx2));
            }
        }
        sets.push(InstructionSet(Set::Portable));
        sets
    }

    /// Fastest instruction set of this CPU.
    pub fn fastest() -> InstructionSet {
        InstructionSet::available()[0]
    }

    /// Name in reports.
    pub fn name(self) -> &'static str {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => "AVX-512",
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => "AVX2 and FMA",
            Set::Portable => "portable",
        }
    }
}

macro_rules! element {
    ($type:ident, $wide:ident, $narrow:ident, $lanes:literal) => {
        impl Element for $type {
            fn dispatch<O: Operation<Self>>(set: InstructionSet, operation: O) -> O::Output {
                match set.0 {
                    // SAFETY: an instruction set exists only where the CPU has it.
                    #[cfg(target_arch = "x86_64")]
                    Set::Avx512 => unsafe { x86::with_avx512::<x86::$wide, O>(operation) },
                    #[cfg(target_arch = "x86_64")]
                    Set::Avx2 => unsafe { x86::with_avx2::<x86::$narrow, O>(operation) },
                    Set::Portable => operation.run::<portable::Portable<$type, $lanes>>(),
                }
            }

            fn multiply(set: InstructionSet, product: Multiply<Self>) {
                Self::dispatch(set, product);
            }

            fn dot(set: InstructionSet, product: Dot<Self>) {
                Self::dispatch(set, product);
            }
        }
    };
}
element!(f32, F32x16, F32x8, 4);
element!(f64, F64x8, F64x4, 2);
