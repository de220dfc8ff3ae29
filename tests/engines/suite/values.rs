//! Fields, derivatives and residuals, against evaluation one point at a time.

use super::{Build, assert_close, assert_close_on_scale, evaluate, point, residuals, tolerance};
use crate::naive::{self, Derivatives};
use crate::networks::{ACTIVATIONS, circuit, network, networks, parameters};
use crate::problems::*;
use pinn::expr::Real;
use pinn::network::Network;
use pinn::network::activation::Activation;
use std::sync::OnceLock;

/// Shapes of hidden layers: odd widths, one layer and five.
const SHAPES: [&[usize]; 4] = [&[1], &[7, 33], &[33], &[7, 5, 33, 1, 8]];
const ROWS: [usize; 4] = [1, 5, 257, 1000];

pub fn fields_match_one_point_at_a_time<T: Real>(build: Build<T>) {
    let mut cases = networks();
    for activation in ACTIVATIONS {
        for hidden in SHAPES {
            let name = format!("{activation:?} {hidden:?}");
            cases.push((name, network(activation, hidden)));
        }
    }
    for ((name, network), rows) in cases.into_iter().zip(ROWS.into_iter().cycle()) {
        let parameters = parameters(&network, 3);
        let points = points::<T>(1, rows, 4);
        let circuit = circuit(&network);
        let mut engine = build(network, vec![]).expect("no kernels, no errors");
        let found = engine
            .fields(&convert(&parameters), &points)
            .expect("shapes fit");
        let expected: Vec<Vec<f64>> = (0..rows)
            .map(|row| naive::values(&circuit, &parameters, point(&points, 0, row)))
            .collect();
        let columns = (0..2).flat_map(|field| expected.iter().map(move |values| values[field]));
        let expected: Vec<f64> = columns.collect();
        assert_close(&found, &expected, tolerance::<T>(1e-13, 3e-6), &name);
    }
}

/// A network, and its derivatives at some points.
struct Known {
    name: String,
    network: Network,
    parameters: Vec<f64>,
    derivatives: Vec<Derivatives>,
}

const KNOWN_ROWS: usize = 3;

/// Computed once for all engines.
fn known() -> &'static [Known] {
    static KNOWN: OnceLock<Vec<Known>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let points = points::<f64>(1, KNOWN_ROWS, 6);
        let known = networks().into_iter().map(|(name, network)| {
            let parameters = parameters(&network, 5);
            let circuit = circuit(&network);
            let at = |row| Derivatives::at(&circuit, &parameters, point(&points, 0, row));
            let derivatives = (0..KNOWN_ROWS).map(at).collect();
            Known {
                name,
                network,
                parameters,
                derivatives,
            }
        });
        known.collect()
    })
}

pub fn residuals_match_their_formulas<T: Real>(build: Build<T>) {
    let points = points::<T>(1, KNOWN_ROWS, 6);
    for known in known() {
        for problem in problems() {
            let expected: Vec<Vec<f64>> = (0..KNOWN_ROWS)
                .map(|row| {
                    let derivative = |field, order| known.derivatives[row].get(field, order);
                    problem.residuals(point(&points, 0, row), &derivative)
                })
                .collect();
            let kernels = problem.kernels();
            let tasks = kernels.len();
            let mut engine = build(known.network.clone(), kernels).expect("orders fit");
            let parameters = convert(&known.parameters);
            let found: Vec<T> = (0..tasks)
                .flat_map(|task| residuals(&mut *engine, &parameters, task, &points))
                .collect();
            assert_eq!(found.len(), expected[0].len() * KNOWN_ROWS);
            for (number, found) in found.chunks(KNOWN_ROWS).enumerate() {
                let expected: Vec<f64> = expected.iter().map(|values| values[number]).collect();
                let what = format!("{}: {} {number}", known.name, problem.name);
                assert_close_on_scale(found, &expected, tolerance::<T>(1e-8, 1e-4), 0.1, &what);
            }
        }
    }
}

pub fn periodic_residuals_read_both_sites<T: Real>(build: Build<T>) {
    let rows = 5;
    let network = network(Activation::Sine, &[7]);
    let parameters = parameters(&network, 9);
    let points = points::<T>(2, rows, 10);
    let circuit = circuit(&network);
    let mut engine = build(network, periodic_kernels()).expect("orders fit");
    let found = residuals(&mut *engine, &convert(&parameters), 0, &points);
    let (mut values, mut slopes) = (vec![], vec![]);
    for row in 0..rows {
        let sites = [0, 1].map(|site| point(&points, site, row));
        let at = sites.map(|site| Derivatives::at(&circuit, &parameters, site));
        let d = |site: usize, field, order_x| at[site].get(field, [order_x, 0, 0]);
        values.push(d(0, 0, 0) - d(1, 0, 0));
        slopes.push((d(0, 0, 1) * d(1, 1, 0) - sites[1][0] * d(1, 0, 1)).sin());
    }
    let bound = tolerance::<T>(1e-9, 1e-4);
    assert_close(&found[..rows], &values, bound, "value");
    assert_close(&found[rows..], &slopes, bound, "slope");
}

pub fn losses_are_mean_squares<T: Real>(build: Build<T>) {
    let network = network(Activation::Swish, &[7, 5]);
    let parameters = convert::<T>(&parameters(&network, 11));
    let points = point_sets::<T>(&[1, 257, 1000], 12);
    let mut engine = build(network, nonlinear().kernels()).expect("orders fit");
    let (losses, _) = evaluate(&mut *engine, &parameters, &points, &[1.0; 7]);
    let mut bare = vec![f64::NAN; 7];
    engine
        .loss(&parameters, &points, &[1.0; 7], &mut bare, None)
        .expect("shapes fit");
    let bound = tolerance::<T>(1e-15, 1e-7);
    assert_close(&bare, &losses, bound, "without gradient");
    let mut expected = vec![];
    for (task, points) in points.iter().enumerate() {
        let all = residuals(&mut *engine, &parameters, task, points);
        for residual in all.chunks(points.rows()) {
            let squares = residual.iter().map(|r| r.to_f64().powi(2));
            expected.push(squares.sum::<f64>() / points.rows() as f64);
        }
    }
    for (found, expected) in losses.iter().zip(&expected) {
        assert_close(&[*found], &[*expected], tolerance::<T>(1e-13, 2e-6), "loss");
    }
}
