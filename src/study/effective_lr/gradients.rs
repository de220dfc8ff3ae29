//! Gradients by the weights of a network with a norm, before and after gains or weights grow.

use super::StudyError;
use pinn_core::session::Model;
use pinn_engine::Linearised;
use pinn_engine::fused::FusedEngine;
use pinn_equations::registry::Registry;
use pinn_geometry::points::Points;
use pinn_network::activation::Activation;
use pinn_network::settings::NetworkSettings;
use pinn_network::{Circuit, Linear, Weights};
use pinn_norm::layer::{Layers, NormLayers, Place, PointwiseNorm};
use pinn_problem::Problem;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use std::ops::Range;

/// Linear in its field, so that its derivatives do not depend on the field itself.
const HEAT: &str = include_str!("../problems/heat-1d.toml");
const WIDTHS: [usize; 2] = [16, 16];
const ROWS: usize = 32;
/// Norm without ε, whose result does not depend on the size of its weights at all.
const EPSILON: f64 = 1e-14;

/// Quantity that grows.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Scaled {
    /// Gains of a norm that the last layer reads: gradients by all weights before it grow equally.
    Gains,
    /// Weights and biases of the layer in front of a norm: its own gradient falls.
    Weights,
}

/// Deviation of gradients from the rule, relative to the largest entry. The gradient that arrives from the
/// residuals of the heat equation is the same before and after.
pub(super) fn deviation(what: Scaled, factor: f64, seed: u64) -> Result<f64, StudyError> {
    let mut problem = Problem::parse("heat", HEAT, &Registry::builtin())?;
    let place = match what {
        Scaled::Gains => Place::Post,
        Scaled::Weights => Place::Pre,
    };
    problem.settings.network = NetworkSettings {
        norms: vec![NormLayers {
            layers: Layers::Only(vec![WIDTHS.len()]),
            epsilon: EPSILON,
            ..NormLayers::new(PointwiseNorm::Layer, place)
        }],
        ..NetworkSettings::mlp(WIDTHS.to_vec(), Activation::Tanh)
    };
    let statement = &problem.statement;
    let Model {
        network, circuit, ..
    } = Model::new(statement, &problem.settings)?;
    let kernel = statement.dimensionless().equations.compile();
    let mut engine = FusedEngine::<f64>::new(network, vec![kernel], 1)?;
    let domain = statement.dimensionless_domain();
    let mut random = ChaCha12Rng::seed_from_u64(seed);
    let mut points = Points::new(1, domain.intervals().len(), ROWS);
    for (coordinate, interval) in domain.intervals().iter().enumerate() {
        for x in points.column_mut(0, coordinate) {
            *x = random.random_range(interval.lower..interval.upper);
        }
    }
    let seeds: Vec<f64> = (0..ROWS).map(|_| random.random_range(-1.0..1.0)).collect();
    let (grown, seen) = ranges(what, &circuit);
    let before = circuit.initialise(seed);
    let mut after = before.clone();
    for p in grown.into_iter().flatten() {
        after[p] *= factor;
    }
    let mut gradient = |parameters: &[f64]| {
        let mut gradient = vec![0.0; parameters.len()];
        engine.vector_jacobian(parameters, 0, &points, &seeds, &mut gradient)?;
        Ok::<_, StudyError>(gradient)
    };
    let (before, after) = (gradient(&before)?, gradient(&after)?);
    let expected = match what {
        Scaled::Gains => factor,
        Scaled::Weights => 1.0 / factor,
    };
    let deviations = seen.into_iter().map(|range| {
        let pairs = before[range.clone()].iter().zip(&after[range]);
        let largest = |sizes: &mut dyn Iterator<Item = f64>| sizes.fold(0.0, f64::max);
        let error = largest(&mut pairs.map(|(b, a)| (a - expected * b).abs()));
        error / largest(&mut before.iter().map(|b| (expected * b).abs()))
    });
    Ok(deviations.fold(0.0, f64::max))
}

/// Parameters that grow, and those of the gradient.
fn ranges(what: Scaled, circuit: &Circuit) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let weights = |layer: &Linear| match &layer.weights {
        Weights::Plain(range) => Some(range.clone()),
        _ => None,
    };
    let hidden = circuit.linear_layers().take(WIDTHS.len());
    match what {
        Scaled::Gains => {
            let gains = circuit.norms().map(|(_, norm)| norm.gain.clone());
            (gains.collect(), hidden.filter_map(weights).collect())
        }
        Scaled::Weights => {
            // Biases begin as zeros.
            let last: Vec<_> = hidden.last().and_then(weights).into_iter().collect();
            (last.clone(), last)
        }
    }
}
