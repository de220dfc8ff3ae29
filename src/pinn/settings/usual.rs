//! Default settings of a statement.

use super::{
    FamilyMethod, FamilySettings, LayerRates, OptimiserSettings, Phase, PointWeights, Precision,
    ResidualNormChoice, Schedule, Settings,
};
use crate::statement::Statement;
use pinn_geometry::domain::Domain;
use pinn_geometry::place::{Boundary, Place};
use pinn_geometry::sampling::settings::SamplingSettings;
use pinn_hyper::settings::HypernetworkSettings;
use pinn_network::settings::NetworkSettings;

/// Largest number of parameters that Gauss–Newton trains: a step forms and factors a matrix of this order.
pub const SECOND_ORDER_LIMIT: usize = 3000;

/// Numbers of points inside and on every condition, for a single problem.
pub const POINTS: (usize, usize) = (2048, 256);
/// Numbers of points at every parameter value of a family; fewer, since its values share the network.
pub const FAMILY_POINTS: (usize, usize) = (256, 32);

/// Number of points of the evaluation grid along each coordinate, for a number of coordinates.
pub fn resolution(coordinates: usize) -> usize {
    match coordinates {
        0..=2 => 101,
        3 => 41,
        _ => 11,
    }
}

impl Settings {
    /// Settings for a statement whose last `ranged` coordinates are parameters of a family: a network of 32-32-32, a
    /// short Adam and Gauss–Newton (L-BFGS for families), and the usual numbers of points.
    pub fn usual(statement: &Statement, ranged: usize) -> Self {
        let (interior, condition) = if ranged > 0 { FAMILY_POINTS } else { POINTS };
        let network = NetworkSettings::usual();
        let inputs = statement.declared.coordinates.len() - ranged;
        let layers = network.layers(inputs, statement.declared.fields.len());
        let small = layers.is_ok_and(|layers| layers.parameters <= SECOND_ORDER_LIMIT);
        Settings {
            seed: 0,
            precision: Precision::default(),
            threads: 0,
            network,
            family: (ranged > 0).then(|| FamilySettings {
                parameters: ranged,
                values: FamilySettings::VALUES,
                method: FamilyMethod::Hypernetwork(HypernetworkSettings::default()),
            }),
            sampling: SamplingSettings {
                method: Default::default(),
                interior,
                conditions: condition_points(statement, interior, condition),
                resample_every: None,
                graded: Vec::new(),
                adaptive: None,
            },
            // The noise determines the weights of measurements, and these determine those of equations.
            residual_norm: if statement.measurements.is_empty() {
                ResidualNormChoice::usual(statement.equations.equations().len())
            } else {
                ResidualNormChoice::None
            },
            point_weights: PointWeights::None,
            condition_weights: vec![1.0; statement.conditions.len()],
            phases: Phase::usual(small && ranged == 0),
        }
    }
}

/// Points of every condition: `interior` for equations of parts of the region, else `boundary`.
pub fn condition_points(statement: &Statement, interior: usize, boundary: usize) -> Vec<usize> {
    let conditions = statement.conditions.iter();
    let points = conditions.map(|condition| match condition.place.boundary {
        Boundary::Part(_) => interior,
        _ if is_point(&condition.place, &statement.domain) => 1,
        _ => boundary,
    });
    points.collect()
}

/// Returns true for a face that is a single point, as the start of an ordinary differential equation.
pub fn is_point(place: &Place, domain: &Domain) -> bool {
    domain.intervals.len() == 1 && place.whole_face().is_some()
}

impl Phase {
    /// Phase that ends after this number of steps, and by no other rule.
    pub fn of(optimiser: OptimiserSettings, steps: usize) -> Phase {
        Phase {
            optimiser,
            steps,
            target_loss: None,
            max_seconds: None,
            stagnation: None,
        }
    }

    /// Phases that suit most problems: Adam moves away from the start, and a second method converges. That is
    /// Gauss–Newton if the precision is sufficient and its matrices are small, otherwise L-BFGS.
    pub fn usual(second_order: bool) -> Vec<Phase> {
        let adam = OptimiserSettings::Adam {
            learning_rate: 2e-3,
            schedule: Schedule::Cosine { floor: 0.01 },
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            layer_rates: LayerRates::Equal,
        };
        if second_order {
            let newton = OptimiserSettings::GaussNewton {
                gradient_tolerance: 0.0,
            };
            let stagnation = Some(20);
            let newton = Phase {
                stagnation,
                ..Phase::of(newton, 300)
            };
            return vec![Phase::of(adam, 300), newton];
        }
        let lbfgs = OptimiserSettings::Lbfgs {
            history: 50,
            gradient_tolerance: 1e-9,
        };
        vec![Phase::of(adam, 2000), Phase::of(lbfgs, 2000)]
    }
}
