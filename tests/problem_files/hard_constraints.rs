//! Hard constraints, from the problem file to the fields: exact for every network, and the residuals are those of
//! the fields that they make.

use pinn::ansatz::{Exact, HardError, exact};
use pinn::engine::Engine;
use pinn::engine::tape::TapeEngine;
use pinn::equations::Heat2dQuantities;
use pinn::equations::registry::Registry;
use pinn::expr::{Columns, ColumnsMut, Scratch};
use pinn::geometry::domain::Side;
use pinn::geometry::points::Points;
use pinn::network::settings::{FourierSettings, NetworkSettings, PeriodicSettings};
use pinn::network::{Architecture, Sharing, WeightForm};
use pinn::problem::Problem;
use pinn::session::{AnySession, Model, Session, session};
use pinn::settings::Precision;
use pinn::statement::StatementError;
use pinn::units::{Input, Kernel, Quantity, ansatz, constrain};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use uom::si::f64::*;

/// A square whose whole boundary and beginning carry the values of one function.
const SQUARE: &str = r#"
equation = "heat-2d"
seed = 5
[parameters]
rho = "8000 kg/m^3"
c_p = "500 J/(kg K)"
k = "40 W/(m K)"
q = "0 W/m^3"
[domain]
t = ["0 s", "10 s"]
x = ["-4 mm", "10 mm"]
y = ["0 mm", "8 mm"]
[scales]
T = { scale = "80 K", reference = "20 degC" }
[[condition]]
name = "start"
type = "initial"
field = "T"
value = "VALUE"
hard = true
[[condition]]
name = "walls"
type = "dirichlet"
on = ["x = min", "x = max", "y = min", "y = max"]
field = "T"
value = "VALUE"
hard = true
[network]
hidden = [6, 6]
[sampling]
interior = 64
[[train]]
optimiser = "adam"
steps = 5
"#;
const VALUE: &str =
    "20 degC + 80 K * (sin(x / 3 mm + 1) * cos(y / 5 mm) * exp(-t / 7 s) + x * y / 50 mm^2)";

fn value(t: f64, x: f64, y: f64) -> f64 {
    let wave = (x / 3e-3 + 1.0).sin() * (y / 5e-3).cos() * (-t / 7.0).exp();
    293.15 + 80.0 * (wave + x * y / 50e-6)
}

fn parse(text: &str) -> Problem {
    match Problem::parse("square", text, &Registry::builtin()) {
        Ok(problem) => problem,
        Err(error) => panic!("{:?}", miette::Report::new(error)),
    }
}

fn square() -> Problem {
    parse(&SQUARE.replace("VALUE", VALUE))
}

/// Every architecture, with and without what may stand before it.
fn networks() -> Vec<NetworkSettings> {
    let base = square().settings.network;
    let mut networks = Vec::new();
    for architecture in [
        Architecture::Mlp,
        Architecture::ModifiedMlp,
        Architecture::PirateNet,
        Architecture::Dense,
    ] {
        let plain = NetworkSettings {
            architecture,
            ..base.clone()
        };
        networks.push(NetworkSettings {
            sharing: Sharing::Separate,
            weights: WeightForm::Factorised {
                mean: 1.0,
                deviation: 0.1,
            },
            fourier: Some(FourierSettings {
                features: 6,
                scale: 1.0,
            }),
            periodic: vec![PeriodicSettings {
                coordinate: 1,
                period: 1.3,
                harmonics: 2,
            }],
            ..plain.clone()
        });
        networks.push(plain);
    }
    networks
}

fn on_tape(problem: &Problem) -> Session<f64> {
    let session =
        Session::with_engine(&problem.statement, &problem.settings, |network, kernels| {
            Ok(Box::new(TapeEngine::new(network, kernels)?))
        });
    session.unwrap()
}

/// Random points of the box, one column per coordinate, on a face if one is given.
fn points(problem: &Problem, rows: usize, face: Option<(usize, Side)>) -> Vec<Vec<f64>> {
    let mut random = ChaCha12Rng::seed_from_u64(11);
    let intervals = problem.statement.domain.intervals.iter().enumerate();
    let columns = intervals.map(|(c, interval)| {
        let mut at = || match face {
            Some((coordinate, Side::Lower)) if coordinate == c => interval.lower,
            Some((coordinate, Side::Upper)) if coordinate == c => interval.upper,
            _ => random.random_range(interval.lower..interval.upper),
        };
        (0..rows).map(|_| at()).collect()
    });
    columns.collect()
}

#[test]
fn prescribed_values_hold_for_every_network() {
    let mut problem = square();
    let faces = [
        (0, Side::Lower),
        (1, Side::Lower),
        (1, Side::Upper),
        (2, Side::Lower),
        (2, Side::Upper),
    ];
    for network in networks() {
        problem.settings.network = network;
        let mut session = on_tape(&problem);
        for face in faces {
            let at = points(&problem, 100, Some(face));
            let found = session.evaluate(&at).unwrap().remove(0);
            for (row, found) in found.iter().enumerate() {
                let expected = value(at[0][row], at[1][row], at[2][row]);
                assert!(
                    (found - expected).abs() < 1e-11,
                    "{face:?}: {found} {expected}"
                );
            }
        }
        // Inside, the network has its say.
        let inside = points(&problem, 100, None);
        let before = session.evaluate(&inside).unwrap();
        problem.settings.seed += 1;
        let other = on_tape(&problem).evaluate(&inside).unwrap();
        assert!(
            before[0]
                .iter()
                .zip(&other[0])
                .all(|(a, b)| (a - b).abs() > 1e-9)
        );
    }
}

#[test]
fn single_precision_is_as_exact() {
    let mut problem = square();
    problem.settings.precision = Precision::F32;
    let mut session = session(&problem.statement, &problem.settings).unwrap();
    let at = points(&problem, 100, Some((2, Side::Upper)));
    let found = session.evaluate(&at).unwrap().remove(0);
    for (row, found) in found.iter().enumerate() {
        let expected = value(at[0][row], at[1][row], at[2][row]);
        assert!((found - expected).abs() < 1e-11, "{found} {expected}");
    }
}

/// Fourth-order central differences of the fields that come out, put into the plain residual.
#[test]
fn residuals_are_those_of_the_constrained_fields() {
    const STEP: f64 = 5e-4;
    const ROWS: usize = 20;
    let mut problem = square();
    for settings in networks() {
        problem.settings.network = settings;
        let (statement, scales) = (&problem.statement, &problem.statement.scales);
        let mut session = on_tape(&problem);
        let network = Model::new(statement, &problem.settings).unwrap().network;
        let kernel = statement.dimensionless().equations.compile();
        let mut engine = TapeEngine::<f64>::new(network, vec![kernel]).unwrap();
        let mut rows = Points::new(1, 3, ROWS);
        let mut random = ChaCha12Rng::seed_from_u64(3);
        for c in 0..3 {
            for x in rows.column_mut(0, c) {
                *x = random.random_range(0.1..0.9);
            }
        }
        let found = engine
            .residuals(&session.parameter_values(), 0, &rows)
            .unwrap();

        let mut field = |shift: [f64; 3]| -> Vec<f64> {
            let coordinates = (0..3).map(|c| {
                let column = rows.column(0, c).iter();
                column
                    .map(|x| scales.coordinates[c].to_si(x + shift[c]))
                    .collect()
            });
            let coordinates: Vec<Vec<f64>> = coordinates.collect();
            let values = session.evaluate(&coordinates).unwrap().remove(0);
            values
                .iter()
                .map(|si| scales.fields[0].to_dimensionless(*si))
                .collect()
        };
        let plain = statement
            .equations
            .clone()
            .nondimensionalize(scales)
            .unwrap();
        let plain: Kernel<f64, _> = plain.compile();
        let mut columns = Vec::new();
        for input in plain.inputs() {
            let Input::Field { order, .. } = input else {
                panic!("this equation reads no coordinates");
            };
            let along = order.iter().position(|n| *n > 0).unwrap_or(0);
            let weights: &[(f64, f64)] = match order[along] {
                0 => &[(0.0, 1.0)],
                1 => &[
                    (-2.0, 1.0 / 12.0),
                    (-1.0, -2.0 / 3.0),
                    (1.0, 2.0 / 3.0),
                    (2.0, -1.0 / 12.0),
                ],
                _ => &[
                    (-2.0, -1.0 / 12.0),
                    (-1.0, 4.0 / 3.0),
                    (0.0, -2.5),
                    (1.0, 4.0 / 3.0),
                    (2.0, -1.0 / 12.0),
                ],
            };
            let mut derivative = [0.0; ROWS];
            for (at, weight) in weights {
                let mut shift = [0.0; 3];
                shift[along] = at * STEP;
                let factor = weight / STEP.powi(order[along].into());
                for (sum, value) in derivative.iter_mut().zip(field(shift)) {
                    *sum += factor * value;
                }
            }
            columns.extend(derivative);
        }
        let mut expected = vec![0.0; ROWS];
        plain.evaluate(
            ROWS,
            Columns::new(&columns, ROWS),
            &mut ColumnsMut::new(&mut expected, ROWS),
            &mut Scratch::new(),
        );
        for (found, expected) in found.column(0).iter().zip(&expected) {
            assert!(
                (found - expected).abs() <= 1e-6 * expected.abs().max(1.0),
                "{:?}: {found} {expected}",
                problem.settings.network
            );
        }
    }
}

#[test]
fn what_holds_exactly_has_no_loss() {
    let problem = square();
    let mut session = session(&problem.statement, &problem.settings).unwrap();
    assert_eq!(session.loss_names(), ["heat"]);
    assert_eq!(session.exact(), [Some(Exact::Ansatz); 5]);
    assert_eq!(session.losses().unwrap().len(), 1);
    // One soft condition among hard ones keeps its own name, points and loss.
    let mut mixed = square();
    let mut statement = mixed.statement.statement().clone();
    statement.conditions[2].hard = false;
    mixed.statement = statement.pose().unwrap();
    let mut session = pinn::session::session(&mixed.statement, &mixed.settings).unwrap();
    assert_eq!(session.loss_names(), ["heat", "walls (x = max)"]);
    assert!(session.losses().unwrap()[1] > 1e-6);
}

/// The ansatz of `square` without its wall at x = max, as typed Rust.
#[test]
fn a_typed_ansatz_is_taken_and_verified() {
    let text = SQUARE.replace("VALUE", "20 degC").replace(
        "on = [\"x = min\", \"x = max\", \"y = min\", \"y = max\"]",
        "on = \"x = min\"",
    );
    let automatic = parse(&text).statement.statement().clone();
    let with = |share: f64| {
        let mut statement = automatic.clone();
        let ansatz = ansatz(|s: Heat2dQuantities| {
            let cold = ThermodynamicTemperature::from_si(293.15);
            let begun = s.t.term() / Time::from_si(10.0);
            let inwards = (s.x.term() + Length::from_si(4e-3)) / Length::from_si(14e-3);
            [constrain(
                s.T,
                (s.T - cold) * begun * inwards * share + cold,
            )]
        });
        statement.ansatz = Some(ansatz.unwrap().erase());
        statement
    };
    let show = |statement: &pinn::statement::Statement| {
        let posed = statement.clone().pose().unwrap();
        posed.dimensionless().ansatz.as_ref().unwrap().show()
    };
    assert_eq!(show(&automatic), ["T = t*x*T"]);
    assert_eq!(show(&with(1.0)), ["T = x*T*t"]);
    assert_eq!(show(&with(2.0)), ["T = 2*x*T*t"]);
    let mut wrong = with(1.0);
    let mut face = wrong.conditions[1].place.face().unwrap();
    face.side = Side::Upper;
    wrong.conditions[1].place = face.into();
    let Err(StatementError::Hard(error)) = wrong.pose() else {
        panic!("the ansatz does not vanish at the upper end");
    };
    let message = error.to_string();
    assert!(matches!(error, HardError::Violated { .. }), "{message}");
    assert!(
        message.contains("`walls`") && message.contains("x = 0.01 m"),
        "{message}"
    );
}

/// The corners agree; in the middle of an edge 2.5 K are missing.
#[test]
fn edges_are_searched_for_values_that_disagree() {
    let walls = SQUARE.rfind("VALUE").unwrap();
    let bump = format!("{VALUE} + 10 K * y / 8 mm * (1 - y / 8 mm)");
    let text = format!("{}{bump}{}", &SQUARE[..walls], &SQUARE[walls + 5..]);
    let found = Problem::parse("square", text.replace("VALUE", VALUE), &Registry::builtin());
    let message = found.map(|_| ()).expect_err("they disagree").to_string();
    for said in [
        "`start` and `walls (x = min)`",
        "t = 0 s, x = -0.004 m, y = 0.004",
        "a difference of 2.5 K",
    ] {
        assert!(message.contains(said), "{said} is missing in {message}");
    }
}

#[test]
fn a_periodic_network_needs_a_periodic_beginning() {
    let ring = |value: &str| {
        let condition = "[[condition]]\nname = \"walls\"\ntype = \"periodic\"\non = \"x\"\n";
        let walls = SQUARE.find("[[condition]]\nname = \"walls\"").unwrap();
        let rest = SQUARE.find("[network]").unwrap();
        let network = SQUARE[rest..].replace("[network]", "[network]\nperiodic = [\"x\"]");
        let text = format!("{}{condition}{network}", &SQUARE[..walls]);
        let problem = parse(&text.replace("VALUE", value));
        exact(&problem.statement, &problem.settings.network)
    };
    let hard = Some(Exact::Ansatz);
    let periodic = ring("20 degC + 80 K * sin(pi * x / 7 mm)");
    assert_eq!(periodic, [hard, Some(Exact::Periodicity)]);
    assert_eq!(ring("20 degC + 80 K * x / 7 mm"), [hard, None]);
}
