//! Generated networks, their gradients and initial values.

use super::*;
use crate::settings::Generate;
use pinn_core::family::{Ranged, over_ranges};
use pinn_core::statement::{Condition, Statement};
use pinn_engine::fused::FusedEngine;
use pinn_engine::{Columns, Engine, EngineError, Linearised};
use pinn_equations::Heat1dQuantities;
use pinn_equations::registry::Registry;
use pinn_geometry::domain::{Domain, Face, Side};
use pinn_geometry::points::Points;
use pinn_geometry::sampling::{Sampler, Uniform};
use pinn_network::activation::Activation;
use pinn_network::{InputMap, Network};
use pinn_units::{Affine, Kernel, Nondimensional, Scales, Symbols, equation};
use uom::si::f64::*;

fn interval(lower: f64, upper: f64) -> Interval {
    Interval { lower, upper }
}

/// Heat conduction with a face that radiates in proportion to q, over k and q.
fn kernels<T: Real>() -> Vec<Kernel<T, Nondimensional>> {
    let equations = Registry::builtin().get("heat-1d").unwrap().trace().unwrap();
    let face = Face {
        coordinate: 1,
        side: Side::Upper,
    };
    let outflow = Condition::typed("face", face, |s: Heat1dQuantities| {
        let width = Length::new::<uom::si::length::meter>(0.3);
        (equation::<HeatFluxDensity, _>(
            "outflow",
            s.k * s.T.d(s.x) + s.q * width,
        ),)
    });
    let member = Statement {
        declared: Heat1dQuantities::declared(),
        domain: Domain {
            intervals: vec![interval(0.0, 2.0), interval(0.0, 1.0)],
            time: Some(0),
            geometry: None,
        },
        scales: Scales {
            coordinates: vec![Affine::new(2.0, 0.0), Affine::new(1.0, 0.0)],
            fields: vec![Affine::new(3.0, 1.0)],
            parameters: vec![1.0, 2.0, 1.5, 0.7],
        },
        equations,
        conditions: vec![outflow.unwrap()],
        ansatz: None,
        unknowns: Vec::new(),
        measurements: Vec::new(),
        positive: Vec::new(),
    };
    let range = |name: &str, lower, upper| Ranged {
        parameter: member.declared.parameter(name).unwrap(),
        lower,
        upper,
    };
    let family = over_ranges(&member, &[range("k", 1.0, 2.0), range("q", -1.0, 2.0)]);
    let posed = family.pose().unwrap();
    let dimensionless = posed.dimensionless();
    vec![
        dimensionless.equations.compile(),
        dimensionless.conditions[0].compile(),
    ]
}

fn network() -> Network {
    let map = InputMap::onto_unit(0.0, 1.0);
    Network::mlp(vec![map; 2], vec![7, 6], Activation::Tanh, 1)
}

fn settings(generate: Generate) -> HypernetworkSettings {
    HypernetworkSettings {
        hidden: vec![9, 5],
        harmonics: 2,
        generate,
        ..HypernetworkSettings::default()
    }
}

const ALL: [Generate; 3] = [
    Generate::Weights,
    Generate::LowRank { rank: 3 },
    Generate::Biases,
];

fn hyper(generate: Generate) -> Hypernetwork {
    let intervals = vec![interval(0.7, 1.3), interval(-0.5, 1.5)];
    Hypernetwork::new(
        &settings(generate),
        &network().circuit().unwrap(),
        intervals,
    )
    .unwrap()
}

fn engine<T: pinn_engine::fused::Instantiated>(
    generate: Generate,
    threads: usize,
) -> FamilyEngine<T> {
    let member = || -> Result<Box<dyn Linearised<T>>, EngineError> {
        Ok(Box::new(FusedEngine::new(network(), kernels(), 1)?))
    };
    FamilyEngine::new(hyper(generate), member, threads).unwrap()
}

/// Points of three members; on the face with x = 1.
fn points<T: Real>(rows: usize) -> Vec<Points<T>> {
    [rows, 2]
        .into_iter()
        .enumerate()
        .map(|(task, rows)| {
            let mut points = Points::new(1, 4, 3 * rows);
            for c in 0..2 {
                let mut column = vec![0.0; 3 * rows];
                Uniform.fill((task * 2 + c) as u64, 1, 3 * rows, &mut column);
                for (to, x) in points.column_mut(0, c).iter_mut().zip(column) {
                    *to = T::from_f64(if (task, c) == (1, 1) { 1.0 } else { x });
                }
            }
            for (c, values) in [(2, [0.8, 1.0, 1.2]), (3, [-0.4, 1.1, 0.3])] {
                for (row, to) in points.column_mut(0, c).iter_mut().enumerate() {
                    *to = T::from_f64(values[row / rows]);
                }
            }
            points
        })
        .collect()
}

/// Every parameter nonzero, so that no derivative vanishes by chance.
fn parameters<T: Real>(hyper: &Hypernetwork, seed: u64) -> Vec<T> {
    let start = hyper.initialise(&network().circuit().unwrap(), seed);
    let mut noise = vec![0.0; start.len()];
    Uniform.fill(seed, 1, start.len(), &mut noise);
    let pairs = start.iter().zip(noise);
    pairs
        .map(|(p, u)| T::from_f64(p + 0.2 * (u - 0.5)))
        .collect()
}

fn direction(length: usize, seed: u64) -> Vec<f64> {
    let mut direction = vec![0.0; length];
    Uniform.fill(seed, 1, length, &mut direction);
    direction.iter().map(|u| 2.0 * u - 1.0).collect()
}

#[test]
fn gradients_are_slopes_of_the_loss() {
    for generate in ALL {
        let mut engine = engine::<f64>(generate, 1);
        let (points, p) = (points(11), parameters(engine.hypernetwork(), 1));
        let (mut losses, mut gradient) = ([0.0; 2], vec![0.0; p.len()]);
        let weights = [1.0, 0.3];
        let value = engine
            .loss(&p, &points, &weights, &mut losses, Some(&mut gradient))
            .unwrap();
        assert!((value - losses[0] - 0.3 * losses[1]).abs() < 1e-14 * value);
        for seed in 0..8 {
            let along = direction(p.len(), 100 + seed);
            let mut at = |step: f64| {
                let moved = p.iter().zip(&along).map(|(p, d)| p + step * d);
                let moved: Vec<f64> = moved.collect();
                let loss = engine.loss(&moved, &points, &weights, &mut losses, None);
                loss.unwrap()
            };
            let h = 1e-4;
            let slope = (8.0 * (at(h) - at(-h)) - at(2.0 * h) + at(-2.0 * h)) / (12.0 * h);
            let found: f64 = gradient.iter().zip(&along).map(|(g, d)| g * d).sum();
            let close = (found - slope).abs() <= 1e-8 * slope.abs().max(1.0);
            assert!(close, "{generate:?}: {found} {slope}");
        }
    }
}

#[test]
fn the_loss_of_the_family_is_the_mean_of_its_members() {
    use pinn_engine::fused::FusedEngine;
    let mut family = engine::<f64>(Generate::Weights, 1);
    let (sets, p) = (points(11), parameters(family.hypernetwork(), 2));
    let mut losses = [0.0; 2];
    let value = family.loss(&p, &sets, &[1.0, 2.0], &mut losses, None);
    let mut single = FusedEngine::<f64>::new(network(), kernels(), 1).unwrap();
    let mut sum = 0.0;
    for member in 0..3 {
        let values = [2, 3].map(|c| sets[0].column(0, c)[member * 11]);
        let theta = family.hypernetwork().generate(&p, &values);
        let own: Vec<Points<f64>> = sets
            .iter()
            .map(|s| s.range(member * s.rows() / 3..(member + 1) * s.rows() / 3))
            .collect();
        sum += single
            .loss(&theta, &own, &[1.0, 2.0], &mut losses, None)
            .unwrap();
        let fields = single.fields(&theta, &own[0]).unwrap();
        let all = family.fields(&p, &sets[0]).unwrap();
        assert_eq!(fields, all[member * 11..][..11]);
    }
    assert!((value.unwrap() - sum / 3.0).abs() < 1e-14 * sum);
}

#[test]
fn threads_do_not_change_a_bit() {
    let evaluate = |threads: usize| {
        let mut engine = engine::<f64>(Generate::Weights, threads);
        let (points, p) = (points(40), parameters(engine.hypernetwork(), 3));
        let (mut losses, mut gradient) = ([0.0; 2], vec![0.0; p.len()]);
        let value = engine.loss(&p, &points, &[1.0, 1.0], &mut losses, Some(&mut gradient));
        (value.unwrap(), losses, gradient)
    };
    let alone = evaluate(1);
    assert_eq!(alone, evaluate(2));
    assert_eq!(alone, evaluate(3));
}

#[test]
fn single_precision_agrees() {
    let mut double = engine::<f64>(Generate::LowRank { rank: 2 }, 1);
    let mut single = engine::<f32>(Generate::LowRank { rank: 2 }, 1);
    let p = parameters::<f64>(double.hypernetwork(), 4);
    let q: Vec<f32> = p.iter().map(|x| *x as f32).collect();
    let (mut losses, mut gradient) = ([0.0; 2], vec![0.0; p.len()]);
    let (mut rough, mut slopes) = ([0.0; 2], vec![0.0; p.len()]);
    let sets = (points(9), points(9));
    double
        .loss(&p, &sets.0, &[1.0; 2], &mut losses, Some(&mut gradient))
        .unwrap();
    single
        .loss(&q, &sets.1, &[1.0; 2], &mut rough, Some(&mut slopes))
        .unwrap();
    let size = gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
    let pairs = gradient.iter().zip(&slopes);
    let error = pairs.map(|(g, s)| (g - f64::from(*s)).powi(2)).sum::<f64>();
    assert!(error.sqrt() < 1e-4 * size, "{error} {size}");
}

#[test]
fn products_with_the_jacobian_are_those_of_its_rows() {
    for generate in ALL {
        let mut engine = engine::<f64>(generate, 1);
        let (sets, p) = (points(4), parameters(engine.hypernetwork(), 5));
        for (task, points) in sets.iter().enumerate() {
            let (rows, columns) = (points.rows(), p.len());
            let mut jacobian = vec![0.0; rows * columns];
            engine
                .jacobian(&p, task, points, Columns::All, &mut jacobian)
                .unwrap();
            let along = direction(columns, 6);
            let mut product = vec![0.0; rows];
            engine
                .jacobian_vector(&p, task, points, &along, &mut product)
                .unwrap();
            let weights = direction(rows, 7);
            let mut back = vec![0.0; columns];
            engine
                .vector_jacobian(&p, task, points, &weights, &mut back)
                .unwrap();
            let size = jacobian.iter().map(|j| j * j).sum::<f64>().sqrt();
            for (row, found) in jacobian.chunks_exact(columns).zip(&product) {
                let expected: f64 = row.iter().zip(&along).map(|(j, d)| j * d).sum();
                assert!((found - expected).abs() < 1e-12 * size, "{generate:?}");
            }
            for (column, found) in back.iter().enumerate() {
                let rows = weights.iter().enumerate();
                let expected: f64 = rows.map(|(r, w)| w * jacobian[r * columns + column]).sum();
                assert!((found - expected).abs() < 1e-12 * size, "{generate:?}");
            }
        }
    }
}

#[test]
fn sets_of_points_must_have_the_same_members() {
    let mut engine = engine::<f64>(Generate::Weights, 1);
    let (sets, p) = (points(4), parameters(engine.hypernetwork(), 8));
    let mut loss = |sets: &[Points<f64>], p: &[f64]| {
        let mut losses = [0.0; 2];
        engine
            .loss(p, sets, &[1.0; 2], &mut losses, None)
            .map(|_| ())
    };
    let refused = |result: Result<(), pinn_engine::EngineError>, what: &str| {
        assert!(result.is_err(), "{what}");
    };
    assert_eq!(loss(&sets, &p), Ok(()));
    refused(loss(&sets, &p[1..]), "too few parameters");
    refused(
        loss(&[sets[0].clone(), sets[1].range(0..4)], &p),
        "two members",
    );
    refused(loss(&[sets[0].range(0..11), sets[1].clone()], &p), "uneven");
    let mut other = sets.clone();
    for x in &mut other[1].column_mut(0, 2)[..2] {
        *x = 0.9;
    }
    refused(loss(&other, &p), "other members");
    let mut narrow = sets.clone();
    narrow[0] = Points::new(1, 3, 12);
    refused(loss(&narrow, &p), "a coordinate too few");
    assert_eq!(loss(&sets, &p), Ok(()), "usable after errors");
}

/// Mean squares of the weights of every layer, over some seeds and members.
fn variances(generate: Option<Generate>) -> Vec<f64> {
    let map = InputMap::onto_unit(0.0, 1.0);
    let network = Network::mlp(vec![map; 2], vec![24, 24], Activation::Tanh, 1);
    let circuit = network.circuit().unwrap();
    let mut sums = [0.0; 3];
    for seed in 0..40 {
        let theta = match generate {
            None => circuit.initialise(seed),
            Some(generate) => {
                let settings = HypernetworkSettings {
                    generate,
                    ..HypernetworkSettings::default()
                };
                let range = vec![interval(1.0, 2.0)];
                let hyper = Hypernetwork::new(&settings, &circuit, range).unwrap();
                let start = hyper.initialise(&circuit, seed);
                hyper.generate(&start, &[1.0 + seed as f64 / 40.0])
            }
        };
        for (sum, layer) in sums.iter_mut().zip(circuit.linear_layers()) {
            let Weights::Plain(place) = &layer.weights else {
                panic!("plain weights");
            };
            let squares: f64 = theta[place.clone()].iter().map(|w| w * w).sum();
            *sum += squares / place.len() as f64 / 40.0;
        }
    }
    sums.to_vec()
}

#[test]
fn generated_weights_begin_with_the_variance_of_a_network_of_its_own() {
    let expected = variances(None);
    for generate in [Generate::Weights, Generate::LowRank { rank: 4 }] {
        for (found, expected) in variances(Some(generate)).iter().zip(&expected) {
            // 40 draws of a layer's mean square; the last layer has 24 weights.
            let close = (found / expected - 1.0).abs() < 0.15;
            assert!(close, "{generate:?}: {found} {expected}");
        }
    }
}

#[test]
fn factorised_weights_are_refused() {
    use pinn_network::WeightForm;
    let mut network = network();
    network.weights = WeightForm::Normalised;
    let circuit = network.circuit().unwrap();
    let settings = settings(Generate::Weights);
    let made = Hypernetwork::new(&settings, &circuit, vec![interval(0.0, 1.0)]);
    assert_eq!(made, Err(HyperError::WeightForm));
}
