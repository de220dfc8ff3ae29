use super::*;
use proptest::prelude::*;

/// Algorithm 7.4 as printed in the book.
fn two_loops(pairs: &[[Vec<f64>; 2]], gradient: &[f64]) -> Vec<f64> {
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let mut d: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let mut alphas = Vec::new();
    for [s, y] in pairs.iter().rev() {
        let alpha = product(s, &d) / product(s, y);
        d.iter_mut().zip(y).for_each(|(d, y)| *d -= alpha * y);
        alphas.push(alpha);
    }
    if let Some([s, y]) = pairs.last() {
        let scale = product(s, y) / product(y, y);
        d.iter_mut().for_each(|d| *d *= scale);
    }
    for ([s, y], alpha) in pairs.iter().zip(alphas.iter().rev()) {
        let beta = product(y, &d) / product(s, y);
        d.iter_mut()
            .zip(s)
            .for_each(|(d, s)| *d += (alpha - beta) * s);
    }
    d
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Lengths below, at and above whole blocks; more pairs than slots; some pairs are rejected.
    #[test]
    fn directions_are_those_of_two_loops(
        seed: u64,
        length in prop_oneof![1..40usize, 500..530usize, 1020..1030usize],
        count in 0..9usize,
        history in 1..6usize,
    ) {
        let mut state = seed;
        let mut number = || {
            // Knuth's generator (MMIX); the upper bits as a number from −1 to 1.
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
        };
        let mut pairs = Pairs::<f64>::new(length, history);
        let mut kept: Vec<[Vec<f64>; 2]> = Vec::new();
        let mut gradient = vec![0.0; length];
        let mut direction = vec![0.0; length];
        for turn in 0..count {
            let step: Vec<f64> = (0..length).map(|_| number()).collect();
            let sign = if turn % 4 == 3 { -1.0 } else { 1.0 };
            let change: Vec<f64> = step.iter().map(|s| sign * (s + 0.2 * number())).collect();
            let curvature: f64 = step.iter().zip(&change).map(|(s, y)| s * y).sum();
            pairs.push(|i| step[i], |i| change[i]);
            if curvature > 0.0 {
                kept.push([step, change]);
                kept.drain(..kept.len().saturating_sub(history));
            }
            // Only some updates are followed by a direction; the products of the others are computed with the next one.
            if turn % 2 == 0 {
                gradient.iter_mut().for_each(|g| *g = number());
                pairs.descend(&gradient, &mut direction, None);
            }
        }
        prop_assert_eq!(pairs.len(), kept.len());
        let remembered: Vec<[Vec<f64>; 2]> = pairs.vectors().collect();
        prop_assert_eq!(&remembered, &kept);
        gradient.iter_mut().for_each(|g| *g = number());
        pairs.descend(&gradient, &mut direction, None);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        let mut threaded = vec![0.0; length];
        pairs.descend(&gradient, &mut threaded, Some(&pool));
        prop_assert_eq!(&threaded, &direction);
        let expected = two_loops(&kept, &gradient);
        let size = expected.iter().fold(1.0, |size: f64, d| size.max(d.abs()));
        for (d, e) in direction.iter().zip(&expected) {
            prop_assert!((d - e).abs() < 1e-9 * size, "{d} {e}");
        }
    }
}
