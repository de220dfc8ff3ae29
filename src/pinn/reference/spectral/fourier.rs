//! Complex numbers of nalgebra, and the fast Fourier transform of a power of two.

pub(super) use nalgebra::Complex;
use std::f64::consts::PI;

pub(super) type C = Complex<f64>;

/// Transforms in place: forward is Σ aⱼ exp(−2πi jk/n); backward has the other sign and divides by n (Cooley &
/// Tukey, *Math. Comp.* 19, 1965, radix 2).
#[derive(Clone)]
pub(super) struct Fft {
    /// exp(−2πi k/n) for k below n/2.
    roots: Vec<C>,
}

impl Fft {
    /// `n` must be a power of two.
    pub fn new(n: usize) -> Self {
        let root = |k: usize| C::from_polar(1.0, -2.0 * PI * k as f64 / n as f64);
        Fft {
            roots: (0..n / 2).map(root).collect(),
        }
    }

    pub fn forward(&self, values: &mut [C]) {
        let n = values.len();
        let bits = n.trailing_zeros();
        for i in 0..n {
            let j = i.reverse_bits() >> (usize::BITS - bits.max(1));
            if i < j {
                values.swap(i, j);
            }
        }
        let mut half = 1;
        while half < n {
            let stride = n / (2 * half);
            for block in values.chunks_exact_mut(2 * half) {
                let (low, high) = block.split_at_mut(half);
                for (k, (a, b)) in low.iter_mut().zip(high).enumerate() {
                    let turned = *b * self.roots[k * stride];
                    (*a, *b) = (*a + turned, *a - turned);
                }
            }
            half *= 2;
        }
    }

    pub fn backward(&self, values: &mut [C]) {
        for v in values.iter_mut() {
            *v = v.conj();
        }
        self.forward(values);
        let scale = 1.0 / values.len() as f64;
        for v in values.iter_mut() {
            *v = v.conj() * scale;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transform_agrees_with_its_definition_and_comes_back() {
        let n = 16;
        let start: Vec<C> = (0..n)
            .map(|j| C::new((j * j % 7) as f64, (j % 3) as f64))
            .collect();
        let fft = Fft::new(n);
        let mut found = start.clone();
        fft.forward(&mut found);
        for (k, found) in found.iter().enumerate() {
            let term =
                |(j, a): (usize, &C)| a * C::from_polar(1.0, -2.0 * PI * (j * k) as f64 / n as f64);
            let exact: C = start.iter().enumerate().map(term).sum();
            assert!((found - exact).norm() < 1e-12, "{k}");
        }
        fft.backward(&mut found);
        for (a, b) in found.iter().zip(&start) {
            assert!((a - b).norm() < 1e-14);
        }
    }
}
