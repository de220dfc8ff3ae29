//! Files without scales, network, points and method: what is found for them, and how good their solutions are.

use pinn::accuracy::field_error;
use pinn::automatic::{TOLERANCE, choose};
use pinn::equations::registry::Registry;
use pinn::expr::Degree;
use pinn::problem::Problem;
use pinn::session::session;
use std::sync::atomic::AtomicBool;

const FIN: &str = include_str!("../../benches/untuned/cases/fin.toml");
const BEAM: &str = include_str!("../../benches/untuned/cases/beam.toml");
const SPRING: &str = include_str!("../../benches/untuned/cases/damped-spring.toml");
const CATTANEO: &str = include_str!("../../benches/untuned/cases/cattaneo.toml");

fn parse(text: &str) -> Problem {
    match Problem::parse("untuned", text, &Registry::builtin()) {
        Ok(problem) => problem,
        Err(error) => panic!("{:?}", miette::Report::new(error)),
    }
}

/// Largest relative L2 error of a field, and whether random features sufficed.
fn solved(text: &str) -> (f64, bool) {
    let problem = parse(text);
    let (statement, stop) = (problem.trained(), AtomicBool::new(false));
    assert_eq!(statement.degree(), Degree::Affine);
    let choice = choose(statement, &problem.settings, TOLERANCE, &mut |_| (), &stop);
    let choice = choice.unwrap().unwrap();
    let mut session = session(statement, &choice.settings).unwrap();
    session.train(&mut (), &stop).unwrap();
    let intervals = &statement.domain.intervals;
    let rows = 400;
    let columns = (0..intervals.len()).map(|c| {
        let interval = intervals[c];
        let share = |row: usize| ((row as f64 + 0.5) * [0.618_033_988, 0.754_877_666][c]).fract();
        let at = |row| interval.lower + interval.length() * share(row);
        (0..rows).map(at).collect::<Vec<f64>>()
    });
    let columns: Vec<Vec<f64>> = columns.collect();
    let reference = problem.reference.as_ref().unwrap();
    let found = session.evaluate(&columns).unwrap();
    let known = reference.evaluate(&columns);
    let scale = statement.scales.fields[0];
    let error = field_error(&found[0], &known[0], scale.reference, scale.scale, 0.0);
    (error.relative_l2, choice.features_alone)
}

#[test]
fn linear_problems_are_solved_to_eight_digits() {
    for (name, text) in [
        ("fin", FIN),
        ("beam", BEAM),
        ("spring", SPRING),
        ("cattaneo", CATTANEO),
    ] {
        let (error, features_alone) = solved(text);
        assert!(features_alone && error < 1e-8, "{name}: {error:e}");
    }
}

#[test]
fn scales_follow_from_conditions_and_parameters_together() {
    // 100 °C at the base, 20 °C of the air that only the equation names.
    let scale = parse(FIN).statement.scales.fields[0];
    assert!((scale.scale - 80.0).abs() < 1e-9 && (scale.reference - 293.15).abs() < 1e-9);
}

#[test]
fn scales_follow_from_dominant_balance() {
    // q L⁴/(E I).
    let scale = parse(BEAM).statement.scales.fields[0];
    let expected = 5e3 * 4f64.powi(4) / (210e9 * 8e-6);
    assert!((scale.scale / expected - 1.0).abs() < 1e-12, "{scale:?}");
    assert_eq!(scale.reference, 0.0);
}

#[test]
fn a_flux_gives_the_size_of_a_temperature_and_a_constant_start_its_reference() {
    let text = r#"
equation = "heat-1d"
[parameters]
rho = "2700 kg/m^3"
c_p = "900 J/(kg K)"
k = "200 W/(m K)"
q = "0 W/m^3"
T_start = "20 degC"
[domain]
t = ["0 s", "100 s"]
x = ["0 mm", "50 mm"]
[[condition]]
name = "start"
type = "initial"
field = "T"
value = "T_start"
[[condition]]
name = "heater"
on = "x = 0 mm"
type = "neumann"
field = "T"
flux = "-10 kW/m^2"
conductivity = "k"
[[condition]]
name = "insulation"
on = "x = 50 mm"
type = "neumann"
field = "T"
gradient = "0 K/m"
"#;
    let scale = parse(text).statement.scales.fields[0];
    // q L/k.
    assert!(
        (scale.scale / (1e4 * 0.05 / 200.0) - 1.0).abs() < 1e-12,
        "{scale:?}"
    );
    assert!((scale.reference - 293.15).abs() < 1e-9);
}

#[test]
fn a_scale_that_is_given_leads_to_others() {
    // Two layers of a wall, one after the other: the second field is known by the first alone.
    let text = r#"
[[equation]]
name = "first"
residual = "k*d(d(u,x),x) - q"
[[equation]]
name = "second"
residual = "k*d(d(v,x),x) - r*u"
[fields]
u = "K"
v = "m"
[parameters]
k = "1 m^2/s"
q = "0 K/s"
r = "3 m/(K s)"
[domain]
x = ["0 m", "1 m"]
[scales]
u = { scale = "5 K" }
[[condition]]
name = "ends"
type = "dirichlet"
on = ["x = min", "x = max"]
field = "u"
value = "0 K"
[[condition]]
name = "other ends"
type = "dirichlet"
on = ["x = min", "x = max"]
field = "v"
value = "0 m"
"#;
    let fields = parse(text).statement.scales.fields.clone();
    assert_eq!(fields[0].scale, 5.0);
    // r u x²/k.
    assert!((fields[1].scale - 15.0).abs() < 1e-12, "{fields:?}");
}
