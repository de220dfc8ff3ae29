//! Digest of numbers, to distinguish sets of them.

/// 64-bit FNV-1a hash of the bits (Fowler, Noll & Vo, RFC 9923), equal on every machine.
pub fn digest<'a>(numbers: impl Iterator<Item = &'a f64>) -> u64 {
    let bytes = numbers.flat_map(|number| number.to_bits().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |digest, byte| {
        (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
