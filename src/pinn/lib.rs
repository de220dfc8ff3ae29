//! Statements, hard constraints, optimisers, training sessions and solutions of physics-informed networks.
//!
//! A [`Statement`](statement::Statement) is a problem in physical units. It is [posed](statement::Statement::pose)
//! once, which checks it and brings it into dimensionless form, and then solved by a
//! [`Session`](session::Session) as the [`Settings`](settings::Settings) say:
//!
//! ```
//! use pinn_core::conditions::{dirichlet, initial};
//! use pinn_core::session::session;
//! use pinn_core::settings::{
//!     OptimiserSettings, Phase, PointWeights, Precision, ResidualNormChoice, Settings,
//! };
//! use pinn_core::statement::{Condition, Statement};
//! use pinn_equations::Heat1dQuantities as Heat;
//! use pinn_equations::registry::Registry;
//! use pinn_geometry::domain::{Domain, Face, Interval, Side};
//! use pinn_geometry::sampling::settings::{SamplingMethod, SamplingSettings};
//! use pinn_network::activation::Activation;
//! use pinn_network::settings::NetworkSettings;
//! use pinn_units::{Affine, Scales};
//! use std::sync::atomic::AtomicBool;
//! use uom::si::f64::ThermodynamicTemperature;
//! use uom::si::thermodynamic_temperature::degree_celsius;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A steel plate of 10 mm at 800 °C, whose faces are held at 20 °C for 10 s. SI base units.
//! let registry = Registry::builtin();
//! let heat = registry.get("heat-1d").expect("it is built in");
//! let celsius = ThermodynamicTemperature::new::<degree_celsius>;
//! let face = |coordinate, side| Face { coordinate, side };
//! let wall = |name, side| {
//!     Condition::typed(name, face(1, side), |s: Heat| (dirichlet(s.T, celsius(20.0)),))
//! };
//! let start = |s: Heat| (initial(s.T, celsius(800.0)),);
//! let statement = Statement {
//!     declared: heat.declared.clone(),
//!     domain: Domain {
//!         intervals: vec![
//!             Interval { lower: 0.0, upper: 10.0 },
//!             Interval { lower: 0.0, upper: 0.01 },
//!         ],
//!         time: Some(0),
//!         geometry: None,
//!     },
//!     scales: Scales {
//!         coordinates: vec![Affine::new(10.0, 0.0), Affine::new(0.01, 0.0)],
//!         fields: vec![Affine::new(780.0, 293.15)],
//!         parameters: vec![7850.0, 490.0, 45.0, 0.0],
//!     },
//!     equations: heat.trace()?,
//!     conditions: vec![
//!         Condition::typed("start", face(0, Side::Lower), start)?,
//!         wall("left", Side::Lower)?,
//!         wall("right", Side::Upper)?,
//!     ],
//!     ansatz: None,
//!     unknowns: Vec::new(),
//!     measurements: Vec::new(),
//!     positive: Vec::new(),
//! };
//! let posed = statement.pose()?;
//!
//! let settings = Settings {
//!     seed: 0,
//!     precision: Precision::F64,
//!     threads: 1,
//!     network: NetworkSettings::mlp(vec![8, 8], Activation::Tanh),
//!     family: None,
//!     sampling: SamplingSettings {
//!         method: SamplingMethod::Sobol,
//!         interior: 64,
//!         conditions: vec![16; 3],
//!         resample_every: None,
//!         graded: Vec::new(),
//!         adaptive: None,
//!     },
//!     residual_norm: ResidualNormChoice::None,
//!     point_weights: PointWeights::None,
//!     condition_weights: vec![1.0; 3],
//!     phases: vec![Phase {
//!         optimiser: OptimiserSettings::GaussNewton { gradient_tolerance: 0.0 },
//!         steps: 5,
//!         target_loss: None,
//!         max_seconds: None,
//!         stagnation: None,
//!     }],
//! };
//! let mut session = session(&posed, &settings)?;
//! session.train(&mut (), &AtomicBool::new(false))?;
//! assert_eq!(session.step(), 5);
//! // The temperature in the middle after 5 s, in kelvin.
//! let temperature = session.evaluate(&[vec![5.0], vec![0.005]])?[0][0];
//! assert!(temperature.is_finite());
//! # Ok(())
//! # }
//! ```

#![warn(missing_docs)]
#![forbid(unsafe_code)]

pub mod accuracy;
pub mod ansatz;
pub mod automatic;
pub mod balance;
pub mod checkpoint;
pub mod coefficients;
pub mod conditions;
pub mod estimate;
pub mod expression;
pub mod family;
pub mod files;
pub mod loss;
pub mod measurements;
pub mod optimiser;
pub mod phase_end;
mod posed;
mod samples;
pub mod scales;
mod schedule;
pub mod session;
pub mod settings;
pub mod solution;
pub mod statement;
pub mod uncertainty;
pub mod unknown;
