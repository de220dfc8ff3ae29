//! Conversion of numbers to bytes and back.

use pinn_expr::Real;
use safetensors::tensor::{Dtype, TensorView};
use std::borrow::Cow;

/// Writes numbers as little-endian bytes.
pub(super) struct Tensor {
    pub dtype: Dtype,
    shape: [usize; 1],
    pub bytes: Vec<u8>,
}

impl Tensor {
    pub fn of<T: Real>(numbers: &[T]) -> Self {
        let bytes: Vec<u8> = match dtype::<T>() {
            // Exact: the numbers were f32 before.
            Dtype::F32 => numbers
                .iter()
                .flat_map(|x| (x.to_f64() as f32).to_le_bytes())
                .collect(),
            _ => numbers
                .iter()
                .flat_map(|x| x.to_f64().to_le_bytes())
                .collect(),
        };
        Tensor {
            dtype: dtype::<T>(),
            shape: [numbers.len()],
            bytes,
        }
    }
}

impl safetensors::View for Tensor {
    fn dtype(&self) -> Dtype {
        self.dtype
    }
    fn shape(&self) -> &[usize] {
        &self.shape
    }
    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }
    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

fn dtype<T: Real>() -> Dtype {
    if size_of::<T>() == size_of::<f32>() {
        Dtype::F32
    } else {
        Dtype::F64
    }
}

/// Reads numbers; `None` if the tensor holds another type.
pub(super) fn decode<T: Real>(tensor: &TensorView) -> Option<Vec<T>> {
    if tensor.dtype() != dtype::<T>() {
        return None;
    }
    Some(match tensor.dtype() {
        Dtype::F32 => {
            let (chunks, _) = tensor.data().as_chunks();
            let numbers = chunks.iter().map(|b| f64::from(f32::from_le_bytes(*b)));
            numbers.map(T::from_f64).collect()
        }
        _ => {
            let (chunks, _) = tensor.data().as_chunks();
            chunks
                .iter()
                .map(|b| T::from_f64(f64::from_le_bytes(*b)))
                .collect()
        }
    })
}

/// FNV-1a with 64 bits (Fowler, Noll & Vo; constants of RFC 9923) over the state and all tensors: any change
/// of a single byte changes it.
pub(super) fn checksum<'a>(
    header: &str,
    tensors: impl Iterator<Item = (&'a str, Dtype, &'a [u8])>,
) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut feed = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    feed(header.as_bytes());
    for (name, dtype, data) in tensors {
        feed(format!("{name}\0{dtype}\0{}\0", data.len()).as_bytes());
        feed(data);
    }
    format!("{hash:016x}")
}
