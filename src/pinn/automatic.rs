//! Network, points and method chosen by the structure of a statement and by trial solutions.
//!
//! Random features with a least-squares solution for the output layer solve smooth problems in a second, to many digits; how
//! steep and how many they must be is found by solving, and judged by the residuals at points that the solution did not see.
//! Where they do not suffice, a network with two hidden layers is trained as a whole.

use super::loss::total;
use super::session::{Outcome, SessionError, session};
use super::settings::usual::condition_points;
use super::settings::{
    OptimiserSettings, Phase, PointWeights, Precision, ResidualNormChoice, Settings,
};
use super::statement::Posed;
use pinn_expr::Degree;
use pinn_geometry::domain::Face;
use pinn_network::activation::Activation;
use pinn_network::settings::NetworkSettings;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Relative error that a solution aims at where nobody says otherwise.
pub const TOLERANCE: f64 = 1e-8;
/// Relative errors that a solution may aim at: above rounding, below a guess.
pub const TOLERANCES: RangeInclusive<f64> = 1e-14..=0.1;

/// Steepnesses that are tried, for a domain from −1 to 1: from a few turns over the domain to layers of a hundredth of it.
const STEEPNESSES: [f64; 6] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0];
/// Rows for every coefficient: with as many rows as coefficients, residuals vanish at the points and nowhere else.
const ROWS_PER_COEFFICIENT: usize = 4;
/// Held-out losses below the square of the tolerance times this count as reached: errors are about the root of the loss
/// (`benches/untuned/README.md` has both).
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

/// Dimensionless loss at which a relative error counts as reached.
pub fn target_loss(tolerance: f64) -> f64 {
    (MARGIN * tolerance).powi(2)
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
    let mut search = Search {
        statement,
        base,
        degree: statement.degree(),
        target: target_loss(tolerance),
        trials: Vec::new(),
        tried,
        stop,
    };
    search.run()?;
    if stop.load(Ordering::Relaxed) {
        return Ok(None);
    }
    let Some(taken) = search.best() else {
        return Ok(None);
    };
    let features_alone = taken.held_out <= POOR;
    let settings = match features_alone {
        true => search.features(taken.width, taken.steepness),
        false => search.whole_network()?,
    };
    Ok(Some(Choice {
        settings,
        taken,
        sufficient: search.suffices(),
        features_alone,
        degree: search.degree,
        trials: search.trials,
    }))
}

struct Search<'a> {
    statement: &'a Posed,
    base: &'a Settings,
    degree: Degree,
    /// Held-out loss that suffices.
    target: f64,
    trials: Vec<Trial>,
    tried: &'a mut dyn FnMut(&Trial),
    stop: &'a AtomicBool,
}

impl Search<'_> {
    /// The first of the trials with the least held-out loss.
    fn best(&self) -> Option<Trial> {
        let trials = self.trials.iter().copied();
        trials.reduce(|best, t| if t.held_out < best.held_out { t } else { best })
    }

    fn least(&self) -> f64 {
        self.best().map_or(f64::INFINITY, |best| best.held_out)
    }

    fn suffices(&self) -> bool {
        self.least() <= self.target
    }

    /// Tries steepnesses at the least width, then greater widths, until features suffice, no longer improve, or are stopped.
    fn run(&mut self) -> Result<(), SessionError> {
        let statement = self.statement;
        let widest = MOST_COEFFICIENTS / statement.declared.fields.len().max(1);
        let mut width = match statement.declared.coordinates.len() {
            1 => 48,
            2 => 160,
            _ => 300,
        };
        let mut worse = 0;
        for steepness in STEEPNESSES {
            let before = self.least();
            let held_out = self.try_features(width, steepness)?;
            // Beyond the best steepness losses grow: by two steps that is no accident of the draw.
            worse = if held_out > before { worse + 1 } else { 0 };
            if self.suffices() || worse == 2 || self.stopped() {
                break;
            }
        }
        while let Some(last) = self.best()
            && !self.suffices()
            && !self.stopped()
            && width < widest
        {
            width = (2 * width).min(widest);
            for factor in [1.0, 2.0, 0.5] {
                let held_out = self.try_features(width, factor * last.steepness)?;
                if held_out <= 0.01 * last.held_out || self.stopped() {
                    break;
                }
            }
            if self.least() > WORTHWHILE * last.held_out {
                break;
            }
        }
        Ok(())
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Solves with random features; returns the held-out loss.
    fn try_features(&mut self, width: usize, steepness: f64) -> Result<f64, SessionError> {
        let began = Instant::now();
        let settings = self.features(width, steepness);
        let mut session = session(self.statement, &settings)?;
        let finite = |loss: f64| {
            if loss.is_finite() {
                loss
            } else {
                f64::INFINITY
            }
        };
        let (loss, held_out) = match session.train(&mut (), self.stop)? {
            Outcome::Diverged(_) => (f64::INFINITY, f64::INFINITY),
            _ => (
                finite(total(&session.losses()?)),
                finite(total(&session.held_out()?)),
            ),
        };
        let trial = Trial {
            width,
            steepness,
            loss,
            held_out,
            seconds: began.elapsed().as_secs_f64(),
        };
        (self.tried)(&trial);
        self.trials.push(trial);
        Ok(held_out)
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
        let phase = Phase::of(OptimiserSettings::LeastSquares, steps);
        let unknowns = self.statement.declared.fields.len() * (width + 1);
        self.with(network, vec![phase], unknowns)
    }

    /// Settings of a network that is trained as a whole.
    fn whole_network(&self) -> Result<Settings, SessionError> {
        let network = NetworkSettings::mlp(HIDDEN.to_vec(), Activation::default());
        let declared = &self.statement.declared;
        let circuit = network.layers(declared.coordinates.len(), declared.fields.len())?;
        let mut phases = Phase::usual(true);
        for phase in &mut phases {
            phase.target_loss = Some(self.target);
        }
        let mut settings = self.with(network, phases, circuit.parameters);
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
            1 | 2 => (interior / 8).max(64),
            _ => (interior / 4).max(128),
        };
        settings.sampling.interior = interior;
        settings.sampling.conditions = condition_points(statement, interior, boundary);
        settings.network = network;
        settings.phases = phases;
        settings.residual_norm = ResidualNormChoice::None;
        settings.point_weights = PointWeights::None;
        settings
    }
}
