//! A problem does not depend on the units that it is written in.

use pinn::equations::registry::Registry;
use pinn::problem::Problem;
use pinn::session::{Observer, Progress, session};
use pinn::units::{Kind, parse_unit};
use proptest::prelude::*;
use std::sync::atomic::AtomicBool;

const THERMAL: &str = include_str!("../../problems/thermal.toml");

const THERMO_FLOW: &str = include_str!("../../problems/thermoflow.toml");

/// Quantities of `thermal.toml` as written there, and the same in hours, millimetres, grams per cubic
/// centimetre, kilopascals and degrees Fahrenheit.
const OTHER_UNITS: [(&str, &str); 10] = [
    ("7850 kg/m^3", "7.85 g/cm^3"),
    ("650 J/(kg K)", "0.65 kPa m^3/(kg K)"),
    ("40 W/(m K)", "144 kJ/(h m K)"),
    ("0 W/m^3", "0 kPa/h"),
    ("500 W/(m^2 K)", "1800 kPa m h^-1 K^-1"),
    ("20 degC", "68 degF"),
    ("800 degC", "1472 degF"),
    ("\"0 s\", \"60 s\"", "\"0 h\", \"0.01666666666666667 h\""),
    ("\"0 mm\", \"10 mm\"", "\"0 m\", \"0.01 m\""),
    ("x = 10 mm", "x = 1 cm"),
];

fn rewritten() -> String {
    OTHER_UNITS
        .iter()
        .fold(THERMAL.to_string(), |text, (from, to)| {
            assert!(text.contains(from), "`{from}`");
            text.replace(from, to)
        })
}

fn parse(text: &str) -> Problem {
    match Problem::parse("thermal", text, &Registry::builtin()) {
        Ok(problem) => problem,
        Err(error) => panic!("{:?}", miette::Report::new(error)),
    }
}

/// Every number that the dimensionless problem consists of.
fn numbers(problem: &Problem) -> Vec<f64> {
    let scales = &problem.statement.scales;
    let affine = scales.coordinates.iter().chain(&scales.fields);
    let mut numbers: Vec<f64> = affine.flat_map(|a| [a.scale, a.reference]).collect();
    let forms = problem.statement.dimensionless();
    let residuals = std::iter::once(&forms.equations).chain(&forms.conditions);
    for form in residuals.flat_map(|r| r.forms()) {
        numbers.push(form.reference);
        numbers.extend(form.coefficients.iter().map(|c| c.value));
    }
    numbers
}

fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (f, e) in found.iter().zip(expected) {
        assert!(
            (f - e).abs() <= tolerance * e.abs(),
            "expected {e:e}, found {f:e}"
        );
    }
}

#[test]
fn another_choice_of_units_gives_the_same_bits() {
    let (original, other) = (parse(THERMAL), parse(&rewritten()));
    assert_eq!(numbers(&original), numbers(&other));
    let show = |p: &Problem| p.statement.dimensionless().equations.show();
    assert_eq!(show(&original), show(&other));
}

struct Losses(Vec<f64>);

impl Observer for Losses {
    fn step(&mut self, progress: &Progress<'_>) {
        self.0.extend_from_slice(progress.losses);
    }
}

#[test]
fn another_choice_of_units_trains_alike() {
    let small = |text: &str| {
        let mut problem = parse(text);
        let settings = &mut problem.settings;
        settings.network.hidden = vec![12, 12];
        settings.sampling.interior = 64;
        settings.sampling.conditions.fill(16);
        (settings.phases[0].steps, settings.phases[1].steps) = (80, 20);
        let mut session = session(&problem.statement, &problem.settings).unwrap();
        let mut losses = Losses(Vec::new());
        session.train(&mut losses, &AtomicBool::new(false)).unwrap();
        assert_eq!(session.step(), 100);
        losses.0
    };
    assert_close(&small(&rewritten()), &small(THERMAL), 1e-12);
}

/// Millimetres for metres, kilopascals for pascals, millikelvins for kelvins.
#[test]
fn millimetres_kilopascals_and_millikelvins_train_alike_whatever_normalises() {
    let other = [
        ("40 mPa s", "4e-5 kPa s"),
        ("1900 J/(kg K)", "1.9 kPa mm m^2 kg^-1 mK^-1"),
        ("0.13 W/(m K)", "1.3e-4 kPa mm m s^-1 mK^-1"),
        ("\"30 um\"", "\"0.03 mm\""),
        ("\"5 um\"", "\"0.005 mm\""),
        ("\"0 um\"", "\"0 mm\""),
        ("21.5 bar", "2150 kPa"),
        ("scale = \"10 K\"", "scale = \"10000 mK\""),
        ("5.6 m/s", "5600 mm/s"),
    ];
    let other = other
        .iter()
        .fold(THERMO_FLOW.to_string(), |text, (from, to)| {
            assert!(text.contains(from), "`{from}`");
            text.replace(from, to)
        });
    for norm in ["none", "frozen-rms", "layer-norm", "grad-norm", "ntk-trace"] {
        let small = |text: &str| {
            let text = text
                .replace("\"ntk-trace\"", &format!("\"{norm}\""))
                .replace("hidden = [20, 20]", "hidden = [8]")
                .replace("interior = 1024", "interior = 32")
                .replace("condition = 128", "condition = 8")
                .replace("\"gauss-newton\"", "\"adam\"")
                .replace("steps = 200", "steps = 110");
            let problem = parse(&text);
            let mut session = session(&problem.statement, &problem.settings).unwrap();
            let mut losses = Losses(Vec::new());
            session.train(&mut losses, &AtomicBool::new(false)).unwrap();
            assert_eq!(session.step(), 110);
            losses.0
        };
        assert_close(&small(&other), &small(THERMO_FLOW), 1e-12);
    }
}

/// A quantity in SI base units written in another unit, with all its digits.
fn written(si: f64, unit: &str, kind: Kind) -> String {
    let unit = parse_unit(unit).unwrap();
    format!("{} {}", unit.from_si(si, kind), unit.text)
}

fn one_of(units: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(units)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_units_give_the_same_dimensionless_problem(
        density in one_of(&["kg/m^3", "g/cm^3", "t/m^3", "mg/mm^3", "lb/ft^3", "kg/L"]),
        capacity in one_of(&["J/(kg K)", "kJ/(kg K)", "J/(g K)", "BTU/(lb K)", "cal/(g K)", "m^2/(s^2 K)"]),
        conductivity in one_of(&["W/(m K)", "mW/(mm K)", "W/(cm K)", "kJ/(h m K)", "kW/(km K)"]),
        transfer in one_of(&["W/(m^2 K)", "kW/(m^2 K)", "W/(cm^2 K)", "kJ/(h m^2 K)", "mW/(mm^2 K)"]),
        bath in one_of(&["degC", "degF", "K", "degR"]),
        furnace in one_of(&["degC", "degF", "K", "degR"]),
        length in one_of(&["m", "mm", "cm", "in", "ft", "um", "km"]),
        time in one_of(&["s", "min", "h", "d", "ms"]),
    ) {
        let text = [
            ("7850 kg/m^3", written(7850.0, density, Kind::Plain)),
            ("650 J/(kg K)", written(650.0, capacity, Kind::Plain)),
            ("40 W/(m K)", written(40.0, conductivity, Kind::Plain)),
            ("500 W/(m^2 K)", written(500.0, transfer, Kind::Plain)),
            ("20 degC", written(293.15, bath, Kind::AbsoluteTemperature)),
            ("800 degC", written(1073.15, furnace, Kind::AbsoluteTemperature)),
            ("\"10 mm\"]", format!("\"{}\"]", written(0.01, length, Kind::Plain))),
            ("\"60 s\"]", format!("\"{}\"]", written(60.0, time, Kind::Plain))),
        ]
        .iter()
        .fold(THERMAL.to_string(), |text, (from, to)| text.replace(from, to));
        assert_close(&numbers(&parse(&text)), &numbers(&parse(THERMAL)), 1e-12);
    }
}
