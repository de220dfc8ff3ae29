//! Samples for the tests of this folder.

use super::{
    Axis, ErrorReport, FormReport, GridReport, GroupReport, LossReport, Metric, OutcomeReport,
    PhaseReport, QuantityReport, Report, Role, Sampled, SampledField, SampledMeasurements,
    ScaleReport, TimeReport, Versions, WeightReport,
};
use indexmap::IndexMap;
use pinn_core::phase_end::PhaseEnd;
use pinn_core::settings::{
    LayerRates, OptimiserSettings, Phase, PointWeights, Precision, ResidualNormChoice, Schedule,
    Settings,
};
use pinn_geometry::sampling::settings::{SamplingMethod, SamplingSettings};
use pinn_network::activation::Activation;
use pinn_network::settings::NetworkSettings;
use pinn_units::{Coefficient, Dimensions, Form};
use std::f64::consts::PI;

pub(super) fn axis(name: &str, unit: &str, low: f64, high: f64, points: usize) -> Axis {
    let step = (high - low) / (points - 1) as f64;
    Axis {
        name: name.to_string(),
        unit: unit.to_string(),
        values: (0..points).map(|i| low + step * i as f64).collect(),
        is_time: name == "t",
    }
}

/// A field and its reference as functions of the coordinates.
pub(super) type Function = fn(&[f64]) -> f64;

pub(super) fn sampled(
    title: &str,
    axes: Vec<Axis>,
    fields: &[(&str, &str, Function, Option<Function>)],
) -> Sampled {
    let mut sampled = Sampled {
        title: title.to_string(),
        axes,
        fields: Vec::new(),
        measurements: Vec::new(),
    };
    let everywhere = |f: Function| -> Vec<f64> {
        let points = 0..sampled.points();
        points.map(|p| f(&sampled.coordinates(p))).collect()
    };
    let fields = fields
        .iter()
        .map(|(name, unit, values, reference)| SampledField {
            name: name.to_string(),
            unit: unit.to_string(),
            values: everywhere(*values),
            reference: reference.map(everywhere),
            estimate: None,
        });
    sampled.fields = fields.collect();
    sampled
}

fn plate_temperature(c: &[f64]) -> f64 {
    20.0 + 780.0 * (-c[1] / 45.0).exp() * (0.6 * c[0] / 20.0).cos()
}

/// A plate of 20 mm that cools from 800 °C.
pub(super) fn plate() -> Sampled {
    sampled(
        "Carbon-steel plate cooled by convection",
        vec![
            axis("x", "mm", 0.0, 20.0, 41),
            axis("t", "s", 0.0, 60.0, 61),
        ],
        &[(
            "T",
            "degC",
            |c| plate_temperature(c) + 4e-3 * (0.5 * c[0]).sin() * (-c[1] / 20.0).exp(),
            Some(plate_temperature),
        )],
    )
}

/// The plate with two thermocouples, each read twice.
pub(super) fn measured() -> Sampled {
    Sampled {
        measurements: vec![SampledMeasurements {
            name: "thermocouples".to_string(),
            field: 0,
            places: vec![vec![5.0, 15.0, 5.0, 15.0], vec![10.0, 10.0, 50.0, 50.0]],
            values: vec![640.5, 600.25, 250.0, 241.0],
            solution: vec![640.0, 600.0, 251.0, 240.0],
        }],
        ..plate()
    }
}

/// Developed flow in a plane channel: a constant field and two that vanish but for rounding.
pub(super) fn channel() -> Sampled {
    sampled(
        "Plane channel flow with viscous heating",
        vec![
            axis("x", "mm", 0.0, 100.0, 51),
            axis("y", "mm", -5.0, 5.0, 31),
        ],
        &[
            (
                "u",
                "m/s",
                |c| 0.03 * (1.0 - c[1] * c[1] / 25.0),
                Some(|c| 0.03 * (1.0 - c[1] * c[1] / 25.0)),
            ),
            (
                "v",
                "m/s",
                |c| 1.3e-9 * (c[0] / 9.0).sin() * c[1],
                Some(|_| 0.0),
            ),
            (
                "p",
                "kPa",
                |c| -0.012 * c[0] + 3e-7 * c[1],
                Some(|c| -0.012 * c[0]),
            ),
            ("T", "degC", |_| 20.0, None),
        ],
    )
}

/// A disturbance that spreads in a square.
pub(super) fn square() -> Sampled {
    sampled(
        "Heat spreading in a square",
        vec![
            axis("t", "s", 0.0, 10.0, 11),
            axis("x", "m", 0.0, 1.0, 25),
            axis("y", "m", 0.0, 1.0, 25),
        ],
        &[(
            "T",
            "K",
            |c| {
                300.0
                    + 10.0 * (-c[0] / 5.0).exp() * (PI * c[1]).sin() * (PI * c[2]).sin()
                    + 1e-6 * c[1]
            },
            Some(|c| 300.0 + 10.0 * (-c[0] / 5.0).exp() * (PI * c[1]).sin() * (PI * c[2]).sin()),
        )],
    )
}

/// A steady block, and one with time.
pub(super) fn block(time: bool) -> Sampled {
    let mut axes = vec![
        axis("x", "mm", 0.0, 2.0, 5),
        axis("y", "mm", 0.0, 1.0, 4),
        axis("z", "um", -1.0, 1.0, 3),
    ];
    if time {
        axes.push(axis("t", "h", 0.0, 1.0, 2));
    }
    sampled(
        "Block",
        axes,
        &[(
            "c",
            "umol/(m^2 s)",
            |c| c[0] - 2.0 * c[1] + 0.5 * c[2] + c.get(3).unwrap_or(&0.0),
            None,
        )],
    )
}

/// A steady rod.
pub(super) fn rod() -> Sampled {
    sampled(
        "Rod with a source",
        vec![axis("x", "cm", 0.0, 50.0, 101)],
        &[(
            "T",
            "degC",
            |c| 20.0 + 0.1 * c[0] * (50.0 - c[0]) + 1e-6 * (c[0] / 4.0).sin(),
            Some(|c| 20.0 + 0.1 * c[0] * (50.0 - c[0])),
        )],
    )
}

pub(super) fn settings() -> Settings {
    let phase = |optimiser, steps| Phase {
        optimiser,
        steps,
        target_loss: None,
        max_seconds: None,
        stagnation: None,
    };
    Settings {
        seed: 7,
        precision: Precision::F64,
        threads: 2,
        network: NetworkSettings::mlp(vec![24, 24], Activation::Tanh),
        family: None,
        sampling: SamplingSettings {
            method: SamplingMethod::Sobol,
            interior: 1024,
            conditions: vec![64, 64, 128],
            resample_every: None,
            graded: Vec::new(),
            adaptive: None,
        },
        residual_norm: ResidualNormChoice::None,
        point_weights: PointWeights::None,
        condition_weights: vec![1.0, 1.0, 10.0],
        phases: vec![
            phase(
                OptimiserSettings::Adam {
                    learning_rate: 2e-3,
                    schedule: Schedule::Constant,
                    beta1: 0.9,
                    beta2: 0.999,
                    epsilon: 1e-8,
                    layer_rates: LayerRates::Equal,
                },
                2000,
            ),
            phase(
                OptimiserSettings::Lbfgs {
                    history: 20,
                    gradient_tolerance: 1e-9,
                },
                1000,
            ),
        ],
    }
}

/// A noisy descent over two phases, with a zero and a loss that is not finite.
pub(super) fn metrics() -> Vec<Metric> {
    let steps = (0..=3000).step_by(10);
    steps
        .map(|step| {
            let time = step as f64;
            let noise = 1.0 + 0.6 * (time * 0.37).sin() * (time * 0.11).cos();
            let fall = if step < 2000 {
                (-time / 400.0).exp()
            } else {
                (-5.0f64).exp() * (-(time - 2000.0) / 80.0).exp()
            };
            let mut losses = IndexMap::new();
            losses.insert("heat".to_string(), 0.3 * fall * noise);
            losses.insert("initial temperature".to_string(), 0.8 * fall * fall * noise);
            losses.insert(
                "cooled face".to_string(),
                if step == 500 { f64::NAN } else { 0.05 * fall },
            );
            losses.insert(
                "insulated mid-plane".to_string(),
                if step == 700 {
                    0.0
                } else {
                    1e-3 * fall * noise
                },
            );
            Metric {
                step,
                phase: usize::from(step >= 2000),
                seconds: 1e-3 * time,
                loss: losses.values().sum(),
                weights: vec![1.0; 4],
                losses,
                gradient_norm: fall,
                learning_rate: (step < 2000).then_some(2e-3),
                unknowns: IndexMap::new(),
            }
        })
        .collect()
}

/// Form of a residual in W/m³.
pub(super) fn form() -> Form {
    Form {
        name: "heat".to_string(),
        dimensions: Dimensions([-1, 1, -3, 0, 0, 0, 0]),
        reference: -2e7,
        reference_symbolic: "rho c_p T_scale/t_scale".to_string(),
        coefficients: vec![Coefficient {
            group: None,
            symbolic: "k t_scale/(rho c_p x_scale^2)".to_string(),
            value: 1.765,
            weight: 1.0,
            expression: "d2T/dx2".to_string(),
        }],
        expression: "dT/dt - 1.765 d2T/dx2".to_string(),
    }
}

pub(super) fn report(sampled: &Sampled) -> Report {
    let quantity =
        |role, quantity: &str, unit: &str, dimensions: &str, values: Option<(f64, f64)>| {
            QuantityReport {
                role,
                quantity: quantity.to_string(),
                unit: unit.to_string(),
                dimensions: dimensions.to_string(),
                value: values.map(|(value, _)| value),
                si_value: values.map(|(_, si)| si),
            }
        };
    let scale = |scale, reference, unit: &str| ScaleReport {
        scale,
        reference,
        unit: unit.to_string(),
    };
    let loss = |dimensionless: f64, reference: f64, unit: &str| LossReport {
        dimensionless,
        rms: dimensionless.sqrt() * reference,
        unit: unit.to_string(),
    };
    Report {
        problem: "thermal".to_string(),
        title: sampled.title.clone(),
        equation: "heat-1d".to_string(),
        seed: 7,
        settings: settings(),
        versions: Versions {
            pinn: "0.1.0".to_string(),
            operating_system: "linux".to_string(),
            architecture: "x86_64".to_string(),
            simd: Some("avx2".to_string()),
            threads: 2,
            device: None,
        },
        quantities: IndexMap::from_iter([
            (
                "x".to_string(),
                quantity(Role::Coordinate, "Length", "mm", "m", None),
            ),
            (
                "t".to_string(),
                quantity(Role::Coordinate, "Time", "s", "s", None),
            ),
            (
                "T".to_string(),
                quantity(Role::Field, "ThermodynamicTemperature", "degC", "K", None),
            ),
            (
                "k".to_string(),
                quantity(
                    Role::Parameter,
                    "ThermalConductivity",
                    "W/(m K)",
                    "kg m s^-3 K^-1",
                    Some((45.0, 45.0)),
                ),
            ),
        ]),
        scales: IndexMap::from_iter([
            ("x".to_string(), scale(0.02, 0.0, "m")),
            ("t".to_string(), scale(60.0, 0.0, "s")),
            ("T".to_string(), scale(780.0, 293.15, "K")),
        ]),
        groups: vec![GroupReport {
            name: Some("Fourier".to_string()),
            symbolic: "k t/(rho c_p x^2)".to_string(),
            value: 1.765,
        }],
        forms: vec![FormReport::new("heat", &form())],
        network: "MLP 24-24, tanh".to_string(),
        parameters: 697,
        exact: IndexMap::from_iter([("start".to_string(), "built into the solution".to_string())]),
        losses: IndexMap::from_iter([
            ("heat".to_string(), loss(4e-10, 2e7, "kg m^-1 s^-3")),
            ("cooled face".to_string(), loss(f64::NAN, 4e5, "kg s^-3")),
        ]),
        held_out_loss: Some(5e-10),
        weights: IndexMap::from_iter([(
            "heat".to_string(),
            WeightReport {
                first: 1.0,
                last: 1.5,
                smallest: 0.75,
                largest: 2.0,
            },
        )]),
        estimates: IndexMap::new(),
        reference: Some("eigenfunction series, 40 terms".to_string()),
        expected_error: Some(1e-4),
        errors: IndexMap::from_iter([(
            "T".to_string(),
            ErrorReport {
                relative_l2: 6.25e-5,
                max_absolute: 0.0417,
                unit: "K".to_string(),
                reference_error: 1e-12,
            },
        )]),
        family: None,
        inverse: None,
        time: TimeReport::new(12.5, 13.25, 3000),
        outcome: OutcomeReport::Finished {
            phases: vec![
                PhaseReport {
                    optimiser: "Adam".to_string(),
                    reason: PhaseEnd::Steps,
                },
                PhaseReport {
                    optimiser: "L-BFGS".to_string(),
                    reason: PhaseEnd::Gradient,
                },
            ],
        },
        grid: Some(GridReport::from(sampled)),
        files: Vec::new(),
    }
}
