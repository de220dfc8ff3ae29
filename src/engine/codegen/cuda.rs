//! What generated source builds on where CUDA's compiler reads it.

/// Threads of a block on a card: eight warps, of which two blocks fill a multiprocessor's registers.
pub const THREADS: usize = 256;

/// See [`Machine::header`](super::Machine::header).
pub fn header() -> String {
    format!("#define MOST_THREADS {THREADS}\n{}", include_str!("cuda.h"))
}
