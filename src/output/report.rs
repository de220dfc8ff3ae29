//! `report.json`: everything about a run in one file. Keys are stable: `errors.T.relative_l2`,
//! `losses.heat.rms`, `time.train_s`, …

use super::{Sampled, interval_unit, null};
use crate::pinn::accuracy::FieldError;
use crate::pinn::session::Outcome;
use crate::pinn::settings::{OptimiserSettings, Phase, Settings};
use crate::units::{Affine, Declared, Dimensions, Form, Group, Kind, QuantityInfo, Scales, Unit};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// The whole report. Maps keep the order of declaration.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Report {
    /// Stem of the problem file.
    pub problem: String,
    pub title: String,
    /// Name of the equation in the registry.
    pub equation: String,
    pub seed: u64,
    pub settings: Settings,
    pub versions: Versions,
    /// By name.
    pub quantities: IndexMap<String, QuantityReport>,
    /// Of coordinates and fields, by name.
    pub scales: IndexMap<String, ScaleReport>,
    pub groups: Vec<GroupReport>,
    /// Equations, then conditions; named as [`Report::losses`].
    pub forms: Vec<FormReport>,
    /// Trainable parameters of the network.
    pub parameters: usize,
    /// By equation and condition.
    pub losses: IndexMap<String, LossReport>,
    /// One line: what the errors are measured against.
    pub reference: Option<String>,
    /// By field; empty without a reference.
    pub errors: IndexMap<String, ErrorReport>,
    pub time: TimeReport,
    pub outcome: OutcomeReport,
    /// Grid of `solution.csv`; none where training ended without a solution.
    pub grid: Option<GridReport>,
    /// Names of the files in the run folder.
    pub files: Vec<String>,
}

/// What made the run.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Versions {
    pub pinn: String,
    pub operating_system: String,
    pub architecture: String,
    /// Vector instructions that the engine chose, such as `avx2`.
    pub simd: Option<String>,
    /// Threads that the run used.
    pub threads: usize,
}

impl Versions {
    pub fn current(simd: Option<String>, threads: usize) -> Self {
        Versions {
            pinn: env!("CARGO_PKG_VERSION").to_string(),
            operating_system: std::env::consts::OS.to_string(),
            architecture: std::env::consts::ARCH.to_string(),
            simd,
            threads,
        }
    }
}

#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Coordinate,
    Field,
    Parameter,
}

/// A declared quantity.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct QuantityReport {
    pub role: Role,
    /// uom's name, such as `ThermalConductivity`.
    pub quantity: String,
    /// As the problem file writes it.
    pub unit: String,
    /// SI base units.
    pub dimensions: String,
    /// In `unit`; parameters only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// In SI base units; parameters only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub si_value: Option<f64>,
}

impl QuantityReport {
    /// `si_value` in SI base units, for parameters.
    pub fn new(role: Role, info: &QuantityInfo, unit: &Unit, si_value: Option<f64>) -> Self {
        QuantityReport {
            role,
            quantity: info.quantity.clone(),
            unit: unit.text.clone(),
            dimensions: info.dimensions.to_string(),
            value: si_value.map(|si| unit.from_si(si, info.kind)),
            si_value,
        }
    }

    /// Every declared quantity; `coordinates`, `fields` and `parameters` are display units in the order of
    /// `declared`.
    pub fn all(
        declared: &Declared,
        coordinates: &[Unit],
        fields: &[Unit],
        parameters: &[Unit],
        scales: &Scales,
    ) -> IndexMap<String, Self> {
        let plain = |role, infos: &[QuantityInfo], units: &[Unit]| -> Vec<(String, Self)> {
            let pairs = infos.iter().zip(units);
            pairs
                .map(|(info, unit)| (info.name.clone(), Self::new(role, info, unit, None)))
                .collect()
        };
        let values = scales.parameters.iter().map(|v| Some(*v));
        let values = declared.parameters.iter().zip(parameters).zip(values);
        plain(Role::Coordinate, &declared.coordinates, coordinates)
            .into_iter()
            .chain(plain(Role::Field, &declared.fields, fields))
            .chain(values.map(|((info, unit), si)| {
                (
                    info.name.clone(),
                    Self::new(Role::Parameter, info, unit, si),
                )
            }))
            .collect()
    }
}

/// quantity = reference + scale · dimensionless.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ScaleReport {
    pub scale: f64,
    pub reference: f64,
    /// SI base units of both.
    pub unit: String,
}

impl ScaleReport {
    pub fn new(affine: Affine, dimensions: Dimensions) -> Self {
        ScaleReport {
            scale: affine.scale,
            reference: affine.reference,
            unit: dimensions.to_string(),
        }
    }

    /// Of every coordinate and field.
    pub fn all(declared: &Declared, scales: &Scales) -> IndexMap<String, Self> {
        let infos = declared.coordinates.iter().chain(&declared.fields);
        let affines = scales.coordinates.iter().chain(&scales.fields);
        infos
            .zip(affines)
            .map(|(info, affine)| (info.name.clone(), Self::new(*affine, info.dimensions)))
            .collect()
    }
}

/// A dimensionless group.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct GroupReport {
    /// Conventional name, such as `Fourier`, where it has one.
    pub name: Option<String>,
    pub symbolic: String,
    pub value: f64,
}

impl From<&Group> for GroupReport {
    fn from(group: &Group) -> Self {
        GroupReport {
            name: group.name.map(str::to_string),
            symbolic: group.symbolic.clone(),
            value: group.value,
        }
    }
}

/// How a residual was brought into dimensionless form.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FormReport {
    pub name: String,
    /// physical residual = reference · dimensionless residual; in `unit`.
    pub reference: f64,
    pub reference_symbolic: String,
    /// SI base units of the residual.
    pub unit: String,
    pub expression: String,
    pub coefficients: Vec<CoefficientReport>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CoefficientReport {
    pub symbolic: String,
    pub value: f64,
    pub expression: String,
}

impl FormReport {
    /// `name` as among the losses: a condition's residual is named after its condition.
    pub fn new(name: &str, form: &Form) -> Self {
        let coefficients = form.coefficients.iter().map(|c| CoefficientReport {
            symbolic: c.symbolic.clone(),
            value: c.value,
            expression: c.expression.clone(),
        });
        FormReport {
            name: name.to_string(),
            reference: form.reference,
            reference_symbolic: form.reference_symbolic.clone(),
            unit: form.dimensions.to_string(),
            expression: form.expression.clone(),
            coefficients: coefficients.collect(),
        }
    }
}

/// How well a residual is satisfied.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LossReport {
    /// Mean square of the dimensionless residual.
    #[serde(deserialize_with = "null::number")]
    pub dimensionless: f64,
    /// Root mean square of the physical residual, in `unit`.
    #[serde(deserialize_with = "null::number")]
    pub rms: f64,
    /// SI base units.
    pub unit: String,
}

impl LossReport {
    pub fn new(loss: f64, form: &Form) -> Self {
        LossReport {
            dimensionless: loss,
            rms: loss.sqrt() * form.reference.abs(),
            unit: form.dimensions.to_string(),
        }
    }
}

/// Error of one field against the reference.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ErrorReport {
    #[serde(deserialize_with = "null::number")]
    pub relative_l2: f64,
    /// In `unit`.
    #[serde(deserialize_with = "null::number")]
    pub max_absolute: f64,
    /// Unit of a difference: `K` for a field in `degC`.
    pub unit: String,
    /// The reference's own relative error.
    #[serde(deserialize_with = "null::number")]
    pub reference_error: f64,
}

impl ErrorReport {
    /// `unit` is the field's display unit.
    pub fn new(error: &FieldError, unit: &Unit) -> Self {
        ErrorReport {
            relative_l2: error.relative_l2,
            // A difference has no offset, whatever the kind of the field.
            max_absolute: unit.from_si(error.max_absolute, Kind::Plain),
            unit: interval_unit(&unit.text),
            reference_error: error.reference_error,
        }
    }
}

/// Wall time, all sessions of a resumed run together for `train_s`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct TimeReport {
    pub train_s: f64,
    /// From reading the problem file to the end of the evaluation.
    pub total_s: f64,
    pub steps: usize,
    pub steps_per_s: f64,
}

impl TimeReport {
    pub fn new(train_s: f64, total_s: f64, steps: usize) -> Self {
        TimeReport {
            train_s,
            total_s,
            steps,
            steps_per_s: if train_s > 0.0 {
                steps as f64 / train_s
            } else {
                0.0
            },
        }
    }
}

/// How training ended.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "lowercase")]
pub enum OutcomeReport {
    Finished {
        phases: Vec<PhaseReport>,
    },
    Interrupted,
    Diverged {
        step: usize,
        residual: String,
        /// Coordinates of the first bad point, SI base units.
        at: Vec<f64>,
    },
}

/// Why one phase ended.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PhaseReport {
    pub optimiser: String,
    pub reason: String,
}

impl OutcomeReport {
    pub fn new(outcome: &Outcome, phases: &[Phase]) -> Self {
        match outcome {
            Outcome::Finished { reasons } => {
                let phases = phases
                    .iter()
                    .zip(reasons)
                    .map(|(phase, reason)| PhaseReport {
                        optimiser: optimiser_name(&phase.optimiser).to_string(),
                        reason: reason.clone(),
                    });
                OutcomeReport::Finished {
                    phases: phases.collect(),
                }
            }
            Outcome::Interrupted => OutcomeReport::Interrupted,
            Outcome::Diverged(divergence) => OutcomeReport::Diverged {
                step: divergence.step,
                residual: divergence.residual.clone(),
                at: divergence.at.clone(),
            },
        }
    }
}

/// Name of an optimiser as in problem files, for reports and pictures.
pub fn optimiser_name(settings: &OptimiserSettings) -> &'static str {
    match settings {
        OptimiserSettings::Adam { .. } => "Adam",
        OptimiserSettings::Lbfgs { .. } => "L-BFGS",
    }
}

/// What `solution.csv` cannot say of a [`Sampled`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct GridReport {
    pub axes: Vec<AxisReport>,
    pub fields: Vec<SampledFieldReport>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AxisReport {
    pub name: String,
    pub unit: String,
    pub points: usize,
    pub is_time: bool,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SampledFieldReport {
    pub name: String,
    pub unit: String,
    pub has_reference: bool,
}

impl From<&Sampled> for GridReport {
    fn from(sampled: &Sampled) -> Self {
        let axes = sampled.axes.iter().map(|axis| AxisReport {
            name: axis.name.clone(),
            unit: axis.unit.clone(),
            points: axis.values.len(),
            is_time: axis.is_time,
        });
        let fields = sampled.fields.iter().map(|field| SampledFieldReport {
            name: field.name.clone(),
            unit: field.unit.clone(),
            has_reference: field.reference.is_some(),
        });
        GridReport {
            axes: axes.collect(),
            fields: fields.collect(),
        }
    }
}
