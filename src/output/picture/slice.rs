//! Plane cuts through a grid.

use super::ticks::number;
use crate::Sampled;
use crate::unit_symbol::unit_symbol;

/// Largest number of cuts at different times.
const TIMES: usize = 5;

/// A plane along two axes; the others are held fixed.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Slice {
    pub(super) horizontal: usize,
    pub(super) vertical: usize,
    /// Axis and number of the point on it.
    pub(super) fixed: Vec<(usize, usize)>,
}

impl Slice {
    /// Number of the grid point in column 0 and row 0, and its increments per column and per row.
    pub(super) fn strides(&self, sampled: &Sampled) -> [usize; 3] {
        let stride = |axis: usize| -> usize {
            let faster = &sampled.axes[axis + 1..];
            faster.iter().map(|a| a.values.len()).product()
        };
        let fixed = self.fixed.iter().map(|(axis, at)| at * stride(*axis));
        [fixed.sum(), stride(self.horizontal), stride(self.vertical)]
    }

    /// `t = 10 s, z = 5 mm`: where the slice lies.
    pub(super) fn caption(&self, sampled: &Sampled) -> String {
        let parts = self.fixed.iter().map(|(axis, at)| {
            let axis = &sampled.axes[*axis];
            let unit = if axis.unit == "1" { "" } else { &axis.unit };
            let text = format!(
                "{} = {} {}",
                axis.name,
                number(axis.values[*at]),
                unit_symbol(unit)
            );
            text.trim_end().to_string()
        });
        parts.collect::<Vec<_>>().join(", ")
    }
}

/// The cuts that show a field: the whole plane for two axes (time runs to the right), several times for
/// more, or the middle planes of a steady field in space. Needs at least two axes.
pub(super) fn slices(sampled: &Sampled) -> Vec<Slice> {
    let axes = &sampled.axes;
    let time = axes.iter().position(|a| a.is_time);
    let space: Vec<usize> = (0..axes.len()).filter(|a| Some(*a) != time).collect();
    let middle = |axis: &usize| (*axis, axes[*axis].values.len() / 2);
    match (time, &space[..]) {
        (Some(time), [only]) => vec![Slice {
            horizontal: time,
            vertical: *only,
            fixed: Vec::new(),
        }],
        (None, [first, second]) => vec![Slice {
            horizontal: *first,
            vertical: *second,
            fixed: Vec::new(),
        }],
        (Some(time), [first, second, others @ ..]) => {
            let last = axes[time].values.len().saturating_sub(1);
            let count = TIMES.min(last + 1);
            let times = (0..count).map(|n| n * last / (count - 1).max(1));
            times
                .map(|at| Slice {
                    horizontal: *first,
                    vertical: *second,
                    fixed: std::iter::once((time, at))
                        .chain(others.iter().map(middle))
                        .collect(),
                })
                .collect()
        }
        (None, [first, second, third, others @ ..]) => {
            let planes = [
                (first, second, third),
                (first, third, second),
                (second, third, first),
            ];
            planes
                .iter()
                .map(|(horizontal, vertical, across)| Slice {
                    horizontal: **horizontal,
                    vertical: **vertical,
                    fixed: std::iter::once(middle(across))
                        .chain(others.iter().map(middle))
                        .collect(),
                })
                .collect()
        }
        _ => Vec::new(),
    }
}
