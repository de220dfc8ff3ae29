//! Multi-objective comparison: fronts and the volumes that they enclose.

use super::Objectives;
use optimizer::{Direction, pareto};

const DIRECTIONS: [Direction; 3] = [Direction::Minimize; 3];
/// Distance of the reference point beyond the worst point, relative to the range, so that the ends of a front enclose a
/// volume.
///
/// Ishibuchi et al. 2018, *How to specify a reference point in hypervolume calculation*, advise 1 + 1/H for
/// fronts with H + 1 points; fronts here have about ten.
const MARGIN: f64 = 0.1;

/// Indices of the objectives that are not dominated. Failed trainings are always dominated.
pub fn front(all: &[Objectives]) -> Vec<usize> {
    let finite: Vec<usize> = (0..all.len()).filter(|i| all[*i].is_finite()).collect();
    let values: Vec<Vec<f64>> = finite.iter().map(|i| all[*i].values().to_vec()).collect();
    let mut front = pareto::pareto_front_indices(&values, &DIRECTIONS);
    front.sort_unstable();
    front.into_iter().map(|i| finite[i]).collect()
}

/// Box around the front that makes objectives comparable: 0 is the best of each, 1 the worst on the front
/// (its nadir point).
///
/// A point far behind the front, such as a training that failed without diverging, thereby does not determine
/// the weight of a decade of the residual.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Normalised {
    best: [f64; 3],
    worst: [f64; 3],
}

impl Normalised {
    /// Box around the front of all; the unit box if there is none.
    pub fn around(all: &[Objectives]) -> Self {
        Self::box_of(front(all).into_iter().map(|i| &all[i]))
    }

    /// Box around all that are finite, for samples of few configurations, whose front may be a single one.
    pub fn enclosing(all: &[Objectives]) -> Self {
        Self::box_of(all.iter().filter(|o| o.is_finite()))
    }

    fn box_of<'a>(finite: impl Iterator<Item = &'a Objectives> + Clone) -> Self {
        let extreme = |start: f64, pick: fn(f64, f64) -> f64| {
            finite.clone().fold([start; 3], |found, objectives| {
                let values = objectives.values();
                std::array::from_fn(|i| pick(found[i], values[i]))
            })
        };
        let best = extreme(f64::INFINITY, f64::min);
        let worst = extreme(f64::NEG_INFINITY, f64::max);
        match best[0] <= worst[0] {
            true => Normalised { best, worst },
            false => Normalised {
                best: [0.0; 3],
                worst: [1.0; 3],
            },
        }
    }

    fn map(&self, objectives: &Objectives) -> Vec<f64> {
        let values = objectives.values();
        let share = |i: usize| {
            let range = self.worst[i] - self.best[i];
            if range > 0.0 {
                (values[i] - self.best[i]) / range
            } else {
                // All on the front are equal in it: as good as they, or out of the box.
                if values[i] > self.worst[i] {
                    f64::INFINITY
                } else {
                    0.0
                }
            }
        };
        (0..3).map(share).collect()
    }
}

/// Share of the box (with a margin beyond its worst corner) that the objectives dominate, from 0 to 1. Points
/// outside enclose nothing.
pub fn hypervolume(all: &[Objectives], within: &Normalised) -> f64 {
    let finite = all.iter().filter(|o| o.is_finite());
    let points: Vec<Vec<f64>> = finite.map(|o| within.map(o)).collect();
    // Points beyond the best corner, of other samples, enclose no more than the box.
    let points: Vec<Vec<f64>> = points
        .into_iter()
        .map(|point| point.into_iter().map(|v| v.max(0.0)).collect())
        .collect();
    let reference = [1.0 + MARGIN; 3];
    pareto::hypervolume(&points, &reference, &DIRECTIONS) / (1.0 + MARGIN).powi(3)
}

/// Indices of `n` of them, best first.
///
/// Each next one adds most to the volume that those before enclose. Ties, and those that add nothing, are
/// ordered by their residual. Failed ones come last.
pub fn select(all: &[Objectives], n: usize) -> Vec<usize> {
    let within = Normalised::around(all);
    let mut chosen: Vec<usize> = Vec::new();
    let mut rest: Vec<usize> = (0..all.len()).collect();
    rest.sort_by(|a, b| all[*a].residual.total_cmp(&all[*b].residual));
    while chosen.len() < n && !rest.is_empty() {
        let enclosed = |more: usize| {
            let with: Vec<Objectives> = chosen.iter().chain([&more]).map(|i| all[*i]).collect();
            hypervolume(&with, &within)
        };
        let mut best = (0, f64::NEG_INFINITY);
        for (position, candidate) in rest.iter().enumerate() {
            let gain = match all[*candidate].is_finite() {
                true => enclosed(*candidate),
                false => f64::NEG_INFINITY,
            };
            // Rounding must not overturn the order by residual.
            if gain > best.1 + 1e-12 {
                best = (position, gain);
            }
        }
        chosen.push(rest.remove(best.0));
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn objectives(residual: f64, unsteadiness: f64, cost: f64) -> Objectives {
        Objectives {
            residual,
            unsteadiness,
            cost,
        }
    }

    #[test]
    fn fronts_leave_out_what_is_dominated_or_failed() {
        let all = [
            objectives(-3.0, 0.5, 1.0),
            objectives(-5.0, 0.6, 1.5),
            objectives(-4.0, 0.7, 1.6),
            objectives(f64::INFINITY, 0.1, 0.5),
        ];
        assert_eq!(front(&all), [0, 1]);
        assert_eq!(front(&all[3..]), [] as [usize; 0]);
        assert_eq!(front(&[]), [] as [usize; 0]);
    }

    #[test]
    fn the_best_corner_encloses_all_and_the_worst_the_margin() {
        let ends = [
            objectives(-5.0, 1.0, 2.0),
            objectives(-1.0, 0.0, 2.0),
            objectives(-1.0, 1.0, 1.0),
            // Dominated and failed ones do not count.
            objectives(8.0, 3.0, 2.5),
            objectives(f64::INFINITY, 0.0, 1.0),
        ];
        let within = Normalised::around(&ends);
        let corner = |r, u, c| hypervolume(&[objectives(r, u, c)], &within);
        assert!((corner(-5.0, 0.0, 1.0) - 1.0).abs() < 1e-12);
        let margin = MARGIN / (1.0 + MARGIN);
        assert!((corner(-1.0, 1.0, 2.0) - margin.powi(3)).abs() < 1e-12);
        assert!((corner(-5.0, 1.0, 2.0) - margin.powi(2)).abs() < 1e-12);
        assert_eq!(corner(8.0, 0.0, 1.0), 0.0);
        let beyond = objectives(-9.0, -2.0, 0.5);
        assert!((hypervolume(&[beyond], &within) - 1.0).abs() < 1e-12);
        assert_eq!(hypervolume(&[], &within), 0.0);
    }

    #[test]
    fn what_adds_most_is_chosen_first_and_failures_last() {
        let all = [
            objectives(f64::NAN, 0.0, 1.0),
            objectives(-1.0, 1.0, 1.0),
            objectives(-5.0, 0.2, 1.1),
            objectives(-4.9, 0.2, 1.1),
            objectives(-5.2, 1.0, 2.0),
        ];
        let order = select(&all, 5);
        assert!(order[0] == 2 || order[0] == 3, "{order:?}");
        assert_eq!(order[4], 0);
        assert_eq!(select(&all, 2).len(), 2);
        assert_eq!(select(&all, 9).len(), 5);
    }

    proptest! {
        #[test]
        fn more_configurations_never_enclose_less(
            values in prop::collection::vec((-8f64..0.0, 0f64..2.0, 1f64..3.0), 1..12)
        ) {
            let all: Vec<Objectives> = values.iter().map(|(r, u, c)| objectives(*r, *u, *c)).collect();
            let within = Normalised::around(&all);
            let volumes: Vec<f64> = (1..=all.len()).map(|n| hypervolume(&all[..n], &within)).collect();
            prop_assert!(volumes.windows(2).all(|w| w[1] >= w[0] - 1e-12));
            prop_assert!(volumes.iter().all(|v| (0.0..=1.0 + 1e-12).contains(v)));
            // The front encloses the volume of all points.
            let front: Vec<Objectives> = front(&all).into_iter().map(|i| all[i]).collect();
            prop_assert!((hypervolume(&front, &within) - volumes[all.len() - 1]).abs() < 1e-9);
        }
    }
}
