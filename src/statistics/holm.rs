//! Correction for multiple tests.

/// Adjusted p-values, in the order given.
///
/// The i-th smallest of m values becomes max over j ≤ i of (m − j + 1)·p₍ⱼ₎, limited to one. Rejecting the
/// hypotheses below α keeps the probability of any false rejection below α (Holm 1979, *A simple sequentially
/// rejective multiple test procedure*).
pub fn holm(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut adjusted = vec![1.0; values.len()];
    let mut largest = 0.0f64;
    for (rank, index) in order.iter().enumerate() {
        largest = largest.max((values.len() - rank) as f64 * values[*index]);
        adjusted[*index] = largest.min(1.0);
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_is_multiplied_most_and_order_is_kept() {
        let adjusted = holm(&[0.04, 0.01, 0.03]);
        let expected = [0.06, 0.03, 0.06];
        let pairs = adjusted.iter().zip(expected);
        assert!(pairs.clone().all(|(a, b)| (a - b).abs() < 1e-15));
        assert_eq!(pairs.count(), 3);
        assert_eq!(holm(&[0.5, 0.9]), [1.0, 1.0]);
        assert!(holm(&[]).is_empty());
    }
}
