//! Points of a regular grid.

use pinn_geometry::domain::Interval;

/// Equally spaced values, both ends included exactly; the middle if there is one only.
pub fn spaced(interval: Interval, points: usize) -> Vec<f64> {
    match points {
        0 | 1 => vec![0.5 * (interval.lower + interval.upper)],
        _ => (0..points)
            .map(|i| {
                let fraction = i as f64 / (points - 1) as f64;
                interval.lower * (1.0 - fraction) + interval.upper * fraction
            })
            .collect(),
    }
}

/// All combinations, one column per axis; the last axis varies fastest.
pub fn grid(axes: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let total: usize = axes.iter().map(Vec::len).product();
    let mut repeat = total;
    let mut columns = Vec::with_capacity(axes.len());
    for axis in axes {
        repeat /= axis.len();
        columns.push((0..total).map(|i| axis[i / repeat % axis.len()]).collect());
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_axis_varies_fastest_and_ends_are_exact() {
        let interval = Interval {
            lower: 0.1,
            upper: 0.7,
        };
        let values = spaced(interval, 4);
        assert_eq!((values[0], values[3]), (0.1, 0.7));
        assert!(values.windows(2).all(|pair| pair[0] < pair[1]));
        let unit = Interval {
            lower: 0.0,
            upper: 1.0,
        };
        assert_eq!(spaced(unit, 1), [0.5]);
        let columns = grid(&[vec![1.0, 2.0], vec![3.0, 4.0, 5.0]]);
        assert_eq!(columns[0], [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]);
        assert_eq!(columns[1], [3.0, 4.0, 5.0, 3.0, 4.0, 5.0]);
    }
}
