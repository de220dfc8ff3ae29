//! Network, points and method chosen by the structure of a statement and by trial solutions.
//!
//! Random features with a least-squares solution for the output layer solve smooth problems in a second, to many digits; how
//! steep and how many they must be is found by solving, and judged by the residuals at points that the solution did not see.
//! Where they do not suffice, a network with two hidden layers is trained as a whole.

use super::session::{Outcome, SessionError, session};
use super::settings::{
    OptimiserSettings, Phase, PointWeights, Precision, ResidualNormChoice, Settings,
};
use super::statement::Posed;
use pinn_expr::Degree;
use pinn_geometry::domain::Face;
use pinn_geometry::place::Boundary;
use pinn_network::activation::Activation;
use pinn_network::settings::NetworkSettings;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Relative error that a solution aims at where nobody says otherwise.
pub const TOLERANCE: f64 = 1e-8;

/// Steepnesses that are tried, for a domain from −1 to 1: from a few turns over the domain to layers of a hundredth of it.
const STEEPNESSES: [f64; 6] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0];
/// Rows for every coefficient: with as many rows as coefficients, residuals vanish at the points and nowhere else.
const ROWS_PER_COEFFICIENT: usize = 4;
/// Held-out losses below the square of the tolerance times this count as reached: errors are about the root of the loss
/// (between 0.01 and 1 of it on linear problems in one and two coordinates).
const MARGIN: f64 = 0.3;
/// More features must lower the held-out loss at least to this part to be worth their time.
const WORTHWHILE: f64 = 0.3;
/// Coefficients of the output layer, at most: a step takes 12 n³ operations.
const MOST_COEFFICIENTS: usize = 1000;
/// Newton steps of a trial.
const NEWTON_STEPS: usize = 12;
/// Held-out losses above this are left to Gauss–Newton on all layers; below, more could only be had by more features.
const POOR: f64 = 1e-8;
/// Hidden layers of the network that is trained as a whole where features do not suffice.
const HIDDEN: [usize; 2] = [24, 24];

/// One solution with random features.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Trial {
    /// Number of features.
    pub width: usize,
    /// Their steepness.
    pub steepness: f64,
    /// Dimensionless loss at the points that it was solved at.
    pub loss: f64,
    /// Dimensionless loss at others; infinite if the solution is not finite.
    pub held_out: f64,
    /// Seconds that it took.
    pub seconds: f64,
}

/// Settings that were chosen, and why.
#[derive(Clone, PartialEq, Debug)]
pub struct Choice {
    /// The settings, with one network and the phases that train it.
    pub settings: Settings,
    /// All solutions that were tried, in order.
    pub trials: Vec<Trial>,
    /// The one that is taken.
    pub taken: Trial,
    /// True if its held-out loss meets the tolerance.
    pub sufficient: bool,
    /// True if features solve the problem; else a network is trained as a whole.
    pub features_alone: bool,
    /// Degree of the statement in the fields.
    pub degree: Degree,
}

/// Returns true if the choice can be made: a single problem without unknowns, in double precision.
pub fn applies(statement: &Posed, settings: &Settings) -> bool {
    settings.precision == Precision::F64
        && settings.family.is_none()
        && statement.unknowns.is_empty()
        && statement.measurements.is_empty()
}

/// Chooses network, points and phases; seed, threads, weights of conditions and the method of sampling stay those of `base`.
/// `tried` sees every trial. `None` if `stop` was set before the end.
///
/// # Errors
/// If a session of the statement cannot be built.
pub fn choose(
    statement: &Posed,
    base: &Settings,
    tolerance: f64,
    tried: &mut dyn FnMut(&Trial),
    stop: &AtomicBool,
) -> Result<Option<Choice>, SessionError> {
    let search = Search {
        statement,
        base,
        degree: statement.degree(),
        target: (MARGIN * tolerance).powi(2),
    };
    let mut trials: Vec<Trial> = Vec::new();
    let mut one = |width: usize, steepness: f64| -> Result<Option<Trial>, SessionError> {
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let trial = search.trial(width, steepness, stop)?;
        tried(&trial);
        trials.push(trial);
        Ok(Some(trial))
    };
    let fields = statement.declared.fields.len().max(1);
    let mut width = match statement.declared.coordinates.len() {
        1 => 48,
        2 => 160,
        _ => 300,
    };
    let mut best: Option<Trial> = None;
    let keep = |best: &mut Option<Trial>, trial: Trial| {
        if best.is_none_or(|b| trial.held_out < b.held_out) {
            *best = Some(trial);
        }
    };
    let enough = |best: &Option<Trial>| best.is_some_and(|b| b.held_out <= search.target);
    let mut worse = 0;
    for steepness in STEEPNESSES {
        let Some(trial) = one(width, steepness)? else {
            return Ok(None);
        };
        let before = best.map_or(f64::INFINITY, |b| b.held_out);
        keep(&mut best, trial);
        // Beyond the best steepness losses grow: by two steps that is no accident of the draw.
        worse = if trial.held_out > before {
            worse + 1
        } else {
            0
        };
        if enough(&best) || worse == 2 {
            break;
        }
    }
    let widest = MOST_COEFFICIENTS / fields;
    while !enough(&best) && width < widest {
        width = (2 * width).min(widest);
        let Some(last) = best else { break };
        for steepness in [last.steepness, 2.0 * last.steepness, 0.5 * last.steepness] {
            let Some(trial) = one(width, steepness)? else {
                return Ok(None);
            };
            keep(&mut best, trial);
            if trial.held_out <= 0.01 * last.held_out {
                break;
            }
        }
        if best.is_some_and(|b| b.held_out > WORTHWHILE * last.held_out) {
            break;
        }
    }
    let sufficient = enough(&best);
    let Some(taken) = best else { return Ok(None) };
    let settings = search.settings(taken, taken.held_out <= POOR)?;
    Ok(Some(Choice {
        settings,
        taken,
        trials,
        sufficient,
        features_alone: taken.held_out <= POOR,
        degree: search.degree,
    }))
}

struct Search<'a> {
    statement: &'a Posed,
    base: &'a Settings,
    degree: Degree,
    /// Held-out loss that suffices.
    target: f64,
}

impl Search<'_> {
    fn trial(
        &self,
        width: usize,
        steepness: f64,
        stop: &AtomicBool,
    ) -> Result<Trial, SessionError> {
        let began = Instant::now();
        let settings = self.features(width, steepness);
        let mut session = session(self.statement, &settings)?;
        let outcome = session.train(&mut (), stop)?;
        let (loss, held_out) = match outcome {
            Outcome::Diverged(_) => (f64::INFINITY, f64::INFINITY),
            _ => (sum(&session.losses()?), sum(&session.held_out()?)),
        };
        Ok(Trial {
            width,
            steepness,
            loss,
            held_out,
            seconds: began.elapsed().as_secs_f64(),
        })
    }

    /// Settings of random features, with a solution for the output layer.
    fn features(&self, width: usize, steepness: f64) -> Settings {
        let network = NetworkSettings {
            steepness: Some(steepness),
            ..NetworkSettings::mlp(vec![width], Activation::Tanh)
        };
        let steps = match self.degree {
            Degree::Nonlinear => NEWTON_STEPS,
            _ => 1,
        };
        let phase = phase(OptimiserSettings::LeastSquares, steps);
        let unknowns = self.statement.declared.fields.len() * (width + 1);
        self.with(network, vec![phase], unknowns)
    }

    /// The settings of the run.
    fn settings(&self, taken: Trial, features_alone: bool) -> Result<Settings, SessionError> {
        if features_alone {
            return Ok(self.features(taken.width, taken.steepness));
        }
        let network = NetworkSettings::mlp(HIDDEN.to_vec(), Activation::default());
        let declared = &self.statement.declared;
        let circuit = network.layers(declared.coordinates.len(), declared.fields.len())?;
        let mut settings = self.with(network, Phase::usual(true), circuit.parameters);
        if settings.sampling.graded.is_empty() {
            settings.sampling.graded = self.rough_faces();
        }
        Ok(settings)
    }

    /// Faces near which a linear evolution in one dimension of space is rough if it is rough anywhere: the start and the faces
    /// with conditions, which contradict each other where they meet.
    fn rough_faces(&self) -> Vec<Face> {
        let domain = &self.statement.domain;
        let linear = self.degree != Degree::Nonlinear && domain.intervals.len() == 2;
        if !linear || domain.time.is_none() || domain.geometry.is_some() {
            return Vec::new();
        }
        let conditions = self.statement.conditions.iter();
        let mut faces: Vec<Face> = Vec::new();
        for face in conditions.filter_map(|c| c.place.whole_face()) {
            if !faces.contains(&face) {
                faces.push(face);
            }
        }
        faces
    }

    /// With rows in proportion to the coefficients of all fields together.
    fn with(&self, network: NetworkSettings, phases: Vec<Phase>, coefficients: usize) -> Settings {
        let statement = self.statement;
        let mut settings = self.base.clone();
        let equations = statement.equations.equations().len().max(1);
        let interior = (ROWS_PER_COEFFICIENT * coefficients).div_ceil(equations);
        // A face has one coordinate less.
        let boundary = match statement.domain.intervals.len() {
            1 => 1,
            2 => (interior / 8).max(64),
            _ => (interior / 4).max(128),
        };
        settings.sampling.interior = interior;
        let places = statement.conditions.iter().map(|c| match c.place.boundary {
            Boundary::Part(_) => interior,
            _ => boundary,
        });
        settings.sampling.conditions = places.collect();
        settings.network = network;
        settings.phases = phases;
        settings.residual_norm = ResidualNormChoice::None;
        settings.point_weights = PointWeights::None;
        settings
    }
}

fn phase(optimiser: OptimiserSettings, steps: usize) -> Phase {
    Phase {
        optimiser,
        steps,
        target_loss: None,
        max_seconds: None,
        stagnation: None,
    }
}

fn sum(losses: &[f64]) -> f64 {
    let sum: f64 = losses.iter().sum();
    if sum.is_finite() { sum } else { f64::INFINITY }
}
