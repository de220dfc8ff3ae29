//! Flow between two plates with viscous heating.

use pinn_core::settings::{
    LayerRates, OptimiserSettings, Phase, PointWeights, Precision, ResidualNormChoice, Schedule,
    Settings,
};
use pinn_core::statement::{Condition, Statement};
use pinn_equations::PressureGradient;
use pinn_geometry::domain::{Domain, Face, Interval, Side};
use pinn_geometry::sampling::settings::{SamplingMethod, SamplingSettings};
use pinn_network::activation::Activation;
use pinn_network::settings::NetworkSettings;
use pinn_units::{Affine, Equations, Scales, Symbols, TraceError, equation, trace};
use uom::si::f64::*;

pinn_units::quantities! {
    /// Developed flow of a Newtonian liquid along x.
    pub struct Heated {
        coordinates { y: Length }
        fields { u: Velocity, T: ThermodynamicTemperature }
        parameters {
            mu: DynamicViscosity, k: ThermalConductivity, G: PressureGradient, T_wall: ThermodynamicTemperature,
        }
    }
}

/// Momentum and energy (Bird, Stewart & Lightfoot, *Transport Phenomena*, 2nd ed., §10.4).
fn equations(s: Heated) -> impl Equations {
    let heating = s.mu * s.u.d(s.y).squared();
    (
        equation::<PressureGradient, _>("momentum", s.mu * s.u.d(s.y).d(s.y) + s.G),
        equation::<VolumetricPowerDensity, _>("energy", s.k * s.T.d(s.y).d(s.y) + heating),
    )
}

fn wall(s: Heated) -> impl Equations {
    (
        equation::<Velocity, _>("u", s.u),
        equation::<TemperatureInterval, _>("T", s.T - s.T_wall),
    )
}

/// One statement of the problem. Its numbers are in arbitrary units of length, mass, time and temperature, for the same
/// oil in the same gap.
#[derive(Copy, Clone)]
pub(super) struct Channel {
    height: f64,
    velocity: f64,
    rise: f64,
    wall: f64,
    viscosity: f64,
    conductivity: f64,
}

/// Number of points of the grid for the error.
const GRID: usize = 201;

impl Channel {
    /// Oil in a gap of 1 mm at a velocity that heats it by the Brinkman number times 10 K, about; SI units.
    pub fn new(brinkman: f64) -> Self {
        let (viscosity, conductivity, rise) = (0.04, 0.13, 10.0);
        Channel {
            height: 1e-3,
            velocity: f64::sqrt(brinkman * conductivity * rise / viscosity),
            rise,
            wall: 313.15,
            viscosity,
            conductivity,
        }
    }

    /// Converts to larger or smaller base units of length, mass, time and temperature.
    #[cfg(test)]
    pub fn in_units(self, [m, kg, s, kelvin]: [f64; 4]) -> Self {
        Channel {
            height: self.height / m,
            velocity: self.velocity / m * s,
            rise: self.rise / kelvin,
            wall: self.wall / kelvin,
            viscosity: self.viscosity / kg * m * s,
            conductivity: self.conductivity / (kg * m) * s.powi(3) * kelvin,
        }
    }

    fn gradient(&self) -> f64 {
        8.0 * self.viscosity * self.velocity / self.height.powi(2)
    }

    /// Poses the problem with characteristic scales.
    pub fn statement(&self) -> Result<Statement, TraceError> {
        self.with_scales(self.height, self.velocity, self.rise)
    }

    /// Poses the problem with scales of one SI unit, so that dimensionless residuals are SI residuals up to a known
    /// factor. This imitates a program without units.
    pub fn in_si(&self) -> Result<Statement, TraceError> {
        self.with_scales(1.0, 1.0, 1.0)
    }

    fn with_scales(&self, y: f64, u: f64, rise: f64) -> Result<Statement, TraceError> {
        let conditions = [("lower wall", Side::Lower), ("upper wall", Side::Upper)];
        let conditions = conditions.map(|(name, side)| {
            Ok(Condition {
                name: name.to_string(),
                residuals: trace(wall)?.erase(),
                place: Face {
                    coordinate: 0,
                    side,
                }
                .into(),
                normal: Vec::new(),
                partner: None,
                hard: false,
            })
        });
        Ok(Statement {
            declared: Heated::declared(),
            domain: Domain {
                intervals: vec![Interval {
                    lower: 0.0,
                    upper: self.height,
                }],
                time: None,
                geometry: None,
            },
            scales: Scales {
                coordinates: vec![Affine::new(y, 0.0)],
                fields: vec![Affine::new(u, 0.0), Affine::new(rise, self.wall)],
                parameters: vec![
                    self.viscosity,
                    self.conductivity,
                    self.gradient(),
                    self.wall,
                ],
            },
            equations: trace(equations)?.erase(),
            conditions: conditions.into_iter().collect::<Result<_, _>>()?,
            ansatz: None,
            unknowns: Vec::new(),
            measurements: Vec::new(),
            positive: Vec::new(),
        })
    }

    pub fn settings(&self, norm: ResidualNormChoice, seed: u64, steps: usize) -> Settings {
        Settings {
            seed,
            precision: Precision::F64,
            threads: 1,
            network: NetworkSettings::mlp(vec![16, 16], Activation::Tanh),
            family: None,
            sampling: SamplingSettings {
                method: SamplingMethod::Sobol,
                interior: 64,
                conditions: vec![1; 2],
                resample_every: None,
                graded: Vec::new(),
                adaptive: None,
            },
            residual_norm: norm,
            point_weights: PointWeights::None,
            condition_weights: vec![1.0; 2],
            phases: vec![Phase {
                optimiser: OptimiserSettings::Adam {
                    learning_rate: LEARNING_RATE,
                    schedule: SCHEDULE,
                    beta1: 0.9,
                    beta2: 0.999,
                    epsilon: 1e-8,
                    layer_rates: LayerRates::Equal,
                },
                steps,
                target_loss: None,
                max_seconds: None,
                stagnation: None,
            }],
        }
    }

    /// Coordinates for the error.
    pub fn grid(&self) -> Vec<Vec<f64>> {
        let at = |i: usize| self.height * i as f64 / (GRID - 1) as f64;
        vec![(0..GRID).map(at).collect()]
    }

    /// Relative L2 error of T − T_wall on the grid.
    pub fn error(&self, fields: &[Vec<f64>]) -> f64 {
        let grid = self.grid();
        // G² H⁴/(192 μ k) · (1 − (1 − 2y/H)⁴)
        let largest = (self.gradient() * self.height.powi(2)).powi(2)
            / (192.0 * self.viscosity * self.conductivity);
        let exact = |y: f64| largest * (1.0 - (1.0 - 2.0 * y / self.height).powi(4));
        let pairs = grid[0].iter().zip(&fields[1]);
        let (mut difference, mut size) = (0.0, 0.0);
        for (y, found) in pairs {
            let exact = exact(*y);
            difference += (found - self.wall - exact).powi(2);
            size += exact * exact;
        }
        f64::sqrt(difference / size)
    }
}

pub(super) const LEARNING_RATE: f64 = 3e-3;
pub(super) const SCHEDULE: Schedule = Schedule::Cosine { floor: 0.01 };
