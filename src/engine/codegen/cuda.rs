//! Header of generated source for CUDA's compiler.

/// Number of threads of a block on a GPU: eight warps, of which two blocks fill a multiprocessor's registers.
pub const THREADS: usize = 256;

/// Header lines for [`Machine::header`](super::Machine::header).
pub fn header() -> String {
    format!("#define MOST_THREADS {THREADS}\n{}", include_str!("cuda.h"))
}
