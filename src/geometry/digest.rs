//! One number for many, to tell sets of numbers apart.

/// FNV-1a of the bits, with 64 bits (Fowler, Noll & Vo, RFC 9923): the same on every machine.
pub fn digest<'a>(numbers: impl Iterator<Item = &'a f64>) -> u64 {
    let bytes = numbers.flat_map(|number| number.to_bits().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |digest, byte| {
        (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
