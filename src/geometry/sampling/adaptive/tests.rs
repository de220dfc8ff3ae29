use super::*;
use proptest::prelude::*;

const SAMPLERS: [fn() -> Box<dyn AdaptiveSampler>; 3] = [
    || {
        Box::new(ResidualDistribution {
            power: 1.0,
            offset: 1.0,
        })
    },
    || {
        Box::new(ResidualRefinement {
            power: 2.0,
            offset: 0.0,
            growth: 0.2,
            limit: 2.0,
        })
    },
    || {
        Box::new(Importance {
            power: 1.0,
            offset: 1.0,
        })
    },
];

fn rows(first: usize) -> Rows {
    Rows {
        first,
        present: first,
    }
}

fn residuals() -> impl Strategy<Value = Vec<f64>> {
    let size =
        prop_oneof![8 => 0.0f64..10.0, 1 => Just(0.0), 1 => Just(f64::NAN), 1 => 1e150f64..1e200];
    prop::collection::vec(size, 1..200)
}

proptest! {
    // The suite that every adaptive sampler passes.
    #[test]
    fn choices_are_candidates_once_each_and_the_same_for_the_same_seed(
        residuals in residuals(), first in 1usize..60, seed: u64,
    ) {
        for sampler in SAMPLERS {
            let choice = sampler().choose(&residuals, rows(first), seed);
            prop_assert!(choice.rows.windows(2).all(|w| w[0] < w[1]));
            prop_assert!(choice.rows.iter().all(|i| *i < residuals.len()));
            let weights = &choice.weights;
            prop_assert!(weights.is_empty() || weights.len() == choice.rows.len());
            prop_assert!(weights.iter().all(|w| *w > 0.0 && w.is_finite()));
            if !choice.keep {
                prop_assert_eq!(choice.rows.len(), first.min(residuals.len()));
            }
            prop_assert_eq!(&choice, &sampler().choose(&residuals, rows(first), seed));
        }
    }

    #[test]
    fn probabilities_follow_the_density_up_to_one(
        residuals in residuals(), count in 1usize..60, power in 0.5f64..3.0, offset in 0.0f64..2.0,
    ) {
        let density = density(&residuals, power, offset);
        let inclusion = inclusion(&density, count);
        let sum: f64 = inclusion.iter().sum();
        prop_assert!((sum - count.min(residuals.len()) as f64).abs() < 1e-9);
        let ratios = inclusion.iter().zip(&density).filter(|(p, d)| **p < 1.0 && **d > 0.0);
        let ratios: Vec<f64> = ratios.map(|(p, d)| p / d).collect();
        let certain = inclusion.iter().zip(&density).filter(|(p, _)| **p == 1.0);
        for (_, d) in certain {
            prop_assert!(ratios.iter().all(|r| r * d >= 1.0 - 1e-12));
        }
        let largest = ratios.iter().copied().fold(0.0, f64::max);
        prop_assert!(ratios.iter().all(|r| (r - largest).abs() <= 1e-9 * largest));
    }

    #[test]
    fn candidates_are_drawn_as_often_as_their_probability_says(
        density in prop::collection::vec(0.01f64..5.0, 5..20), count in 1usize..5,
    ) {
        let inclusion = inclusion(&density, count);
        let mut drawn = vec![0usize; density.len()];
        const DRAWS: usize = 2000;
        for seed in 0..DRAWS {
            for i in systematic(&inclusion, seed as u64) {
                drawn[i] += 1;
            }
        }
        for (times, probability) in drawn.iter().zip(&inclusion) {
            let found = *times as f64 / DRAWS as f64;
            // Five standard errors of a frequency.
            let error = 5.0 * (probability * (1.0 - probability) / DRAWS as f64).sqrt();
            prop_assert!((found - probability).abs() <= error + 1e-9, "{found} {probability}");
        }
    }

    #[test]
    fn importance_weights_leave_means_unbiased(
        residuals in prop::collection::vec(0.0f64..10.0, 20..60), values in prop::collection::vec(-1.0f64..1.0, 60),
    ) {
        let sampler = Importance { power: 1.0, offset: 1.0 };
        let values = &values[..residuals.len()];
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        const DRAWS: usize = 4000;
        let mut found = Vec::new();
        for seed in 0..DRAWS {
            let Choice { rows, weights, .. } = sampler.choose(&residuals, rows(10), seed as u64);
            prop_assert!(weights.iter().all(|w| *w <= 2.0 + 1e-9));
            let terms = rows.iter().zip(&weights).map(|(i, w)| w * values[*i]);
            found.push(terms.sum::<f64>() / rows.len() as f64);
        }
        let average = found.iter().sum::<f64>() / DRAWS as f64;
        let variance = found.iter().map(|x| (x - average).powi(2)).sum::<f64>() / DRAWS as f64;
        let error = 5.0 * (variance / DRAWS as f64).sqrt();
        prop_assert!((average - mean).abs() <= error + 1e-9, "{average} {mean} {error}");
    }
}

#[test]
fn refinement_adds_points_until_its_limit() {
    let refinement = ResidualRefinement {
        power: 2.0,
        offset: 0.0,
        growth: 0.25,
        limit: 1.5,
    };
    let residuals: Vec<f64> = (0..100).map(f64::from).collect();
    let mut present = 40;
    let mut added = Vec::new();
    for seed in 0..4 {
        let choice = refinement.choose(&residuals, Rows { first: 40, present }, seed);
        assert!(choice.keep && choice.weights.is_empty());
        added.push(choice.rows.len());
        present += choice.rows.len();
    }
    assert_eq!(added, [10, 10, 0, 0]);
}

#[test]
fn points_gather_where_residuals_are_large() {
    // A hundredth of the candidates has a residual a hundred times as large.
    let residuals: Vec<f64> = (0..1000)
        .map(|i| if i < 10 { 100.0 } else { 1.0 })
        .collect();
    let rad = ResidualDistribution {
        power: 1.0,
        offset: 1.0,
    };
    let choice = rad.choose(&residuals, rows(100), 3);
    assert!(choice.rows.starts_with(&(0..10).collect::<Vec<_>>()));
}
