//! Files without scales, network, points and method: what is found for them, and how good their solutions are.

use pinn::accuracy::field_error;
use pinn::automatic::{TOLERANCE, choose, target_loss};
use pinn::equations::registry::Registry;
use pinn::expr::Degree;
use pinn::problem::Problem;
use pinn::session::session;
use std::sync::atomic::AtomicBool;

const FIN: &str = include_str!("../../benches/untuned/cases/fin.toml");
const BEAM: &str = include_str!("../../benches/untuned/cases/beam.toml");
const SPRING: &str = include_str!("../../benches/untuned/cases/damped-spring.toml");
const ARRHENIUS: &str = include_str!("../../benches/untuned/cases/arrhenius.toml");
const TANK: &str = include_str!("../../benches/untuned/cases/stirred-tank.toml");
const DEAD_CORE: &str = include_str!("../../benches/untuned/cases/dead-core.toml");
const CATTANEO: &str = include_str!("../../benches/untuned/cases/cattaneo.toml");

fn parse(text: &str) -> Problem {
    match Problem::parse("untuned", text, &Registry::builtin()) {
        Ok(problem) => problem,
        Err(error) => panic!("{:?}", miette::Report::new(error)),
    }
}

/// Values of all fields at places along the only coordinate, of a nonlinear problem that random features solve.
fn solved_along(text: &str, places: &[f64]) -> Vec<Vec<f64>> {
    let problem = parse(text);
    let (statement, stop) = (problem.trained(), AtomicBool::new(false));
    assert_eq!(statement.degree(), Degree::Nonlinear);
    let choice = choose(statement, &problem.settings, 1e-6, &mut |_| (), &stop);
    let choice = choice.unwrap().unwrap();
    assert!(choice.features_alone, "{choice:?}");
    let mut session = session(statement, &choice.settings).unwrap();
    session.train(&mut (), &stop).unwrap();
    session.evaluate(&[places.to_vec()]).unwrap()
}

#[test]
fn rates_that_follow_arrhenius_count_as_what_they_are() {
    // k_0 exp(−E/(R T)) is 1.2e9/s times 1.4e-11: 0.999 per minute.
    let rate = 7.2e10 / 60.0 * (-72750.0 / (8.314 * 350.0f64)).exp();
    let fields = solved_along(ARRHENIUS, &[60.0, 180.0]);
    for (minute, found) in [(60.0, fields[0][0]), (180.0, fields[0][1])] {
        let expected = 1000.0 * (-rate * minute).exp();
        assert!((found / expected - 1.0).abs() < 1e-6, "{found} {expected}");
    }
    assert!((fields[1][1] - 350.0).abs() < 1e-4);
}

#[test]
fn a_positive_field_may_stand_under_a_root() {
    // c = 0 up to 0.307 mm, then 20 mol/m³ ((x − 0.307 mm)/0.693 mm)⁴.
    let fields = solved_along(DEAD_CORE, &[0.2e-3, 0.8e-3, 1e-3]);
    let found = &fields[0];
    assert!(found[0] > 0.0 && found[0] < 1e-4, "{found:?}");
    assert!((found[1] - 5.120).abs() < 1e-3, "{found:?}");
    assert!((found[2] - 20.0).abs() < 1e-4, "{found:?}");
}

#[test]
fn a_positive_field_is_measured_from_zero_and_trained_freely() {
    let message = |text: &str| {
        let found = Problem::parse("dead-core", text, &Registry::builtin());
        format!("{:?}", miette::Report::new(found.err().unwrap()))
    };
    let hard = DEAD_CORE.replace("value = \"c_s\"", "value = \"c_s\"\nhard = true");
    let scaled = format!(
        "{DEAD_CORE}\n[scales]\nc = {{ scale = \"1 mol/m^3\", reference = \"3 mol/m^3\" }}\n"
    );
    for (text, remedy) in [(hard, "remove `hard`"), (scaled, "remove `reference`")] {
        let said = message(&text);
        assert!(
            said.contains("`c` is positive") && said.contains(remedy),
            "{said}"
        );
    }
}

#[test]
fn a_stirred_tank_is_solved_as_its_file_stands() {
    // By an implicit Runge–Kutta method (Radau, relative tolerance 1e-10): mol/m³ and K after 1, 2 and 5 minutes.
    let expected = [[928.8, 305.74], [959.4, 304.23], [976.6, 304.16]];
    let fields = solved_along(TANK, &[60.0, 120.0, 300.0]);
    for (row, [concentration, temperature]) in expected.into_iter().enumerate() {
        let found = (fields[0][row], fields[1][row]);
        assert!((found.0 - concentration).abs() < 0.06, "{found:?}");
        assert!((found.1 - temperature).abs() < 0.006, "{found:?}");
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

#[test]
fn a_tolerance_is_the_target_of_every_phase_without_one() {
    let targets = |text: &str| -> Vec<Option<f64>> {
        let phases = parse(text).settings.phases.clone().into_iter();
        phases.map(|phase| phase.target_loss).collect()
    };
    let phases = "[[train]]\noptimiser = \"adam\"\nsteps = 5\ntarget_loss = 1e-3\n\
                  [[train]]\noptimiser = \"gauss-newton\"\nsteps = 5\n";
    assert_eq!(targets(&format!("{FIN}\n{phases}")), [Some(1e-3), None]);
    let text = format!("tolerance = 1e-5\n{FIN}\n{phases}");
    assert_eq!(targets(&text), [Some(1e-3), Some(target_loss(1e-5))]);
    let mut problem = parse(&text);
    problem.aim(1e-3);
    let again = problem.settings.phases.iter().map(|p| p.target_loss);
    let again: Vec<_> = again.collect();
    assert_eq!(again, [Some(1e-3), Some(target_loss(1e-3))]);
    let outside = Problem::parse(
        "fin",
        format!("tolerance = 2.0\n{FIN}"),
        &Registry::builtin(),
    );
    let error = outside.err().unwrap().to_string();
    assert!(error.contains("tolerance"), "{error}");
}

#[test]
fn conditions_are_counted() {
    let warnings = |text: &str| parse(text).warnings;
    let of = |coordinates: &str, fields: &str, equations: &[&str], conditions: &[&str]| {
        let mut text = String::new();
        for (number, residual) in equations.iter().enumerate() {
            text += &format!("[[equation]]\nname = \"e{number}\"\nresidual = \"{residual}\"\n");
        }
        text +=
            &format!("[fields]\n{fields}\n[parameters]\nc = \"1 m/s\"\n[domain]\n{coordinates}\n");
        text += "[scales]\nu = { scale = \"1 m\" }\n";
        for (number, condition) in conditions.iter().enumerate() {
            text += &format!("[[condition]]\nname = \"c{number}\"\nfield = \"u\"\n{condition}\n");
        }
        text
    };
    let (line, plane) = (
        "x = [\"0 m\", \"1 m\"]",
        "t = [\"0 s\", \"1 s\"]\nx = [\"0 m\", \"1 m\"]",
    );
    let (start, rate) = (
        "type = \"initial\"\nvalue = \"1 m\"",
        "type = \"neumann\"\non = \"t = min\"\ngradient = \"0 m/s\"",
    );
    let ends = "type = \"dirichlet\"\non = [\"x = min\", \"x = max\"]\nvalue = \"1 m\"";
    let slopes = "type = \"neumann\"\non = [\"x = min\", \"x = max\"]\ngradient = \"1\"";
    let wave = "d(d(u,t),t) - c^2*d(d(u,x),x)";
    let whole = of(plane, "u = \"m\"", &[wave], &[start, rate, ends]);
    assert_eq!(warnings(&whole), [""; 0]);
    let bending = "d(d(u,x),x) - 1 / (1 m)";
    let said = |text: String, expected: &str| {
        let found = warnings(&text);
        assert!(
            found.iter().any(|w| w.contains(expected)),
            "{expected} is missing in {found:?}"
        );
    };
    said(
        of(plane, "u = \"m\"", &[wave], &[start, ends]),
        "no initial rate",
    );
    said(
        of(line, "u = \"m\"", &[bending], &[slopes]),
        "determined up to a constant",
    );
    let first = "type = \"dirichlet\"\non = \"x = min\"\nvalue = \"1 m\"";
    said(
        of(line, "u = \"m\"", &[bending], &[first]),
        "add up to 2, and the conditions are 1",
    );
    let thrice = of(line, "u = \"m\"", &[bending], &[ends, first]);
    said(thrice.clone(), "add up to 2, and the conditions are 3");
    said(thrice, "hold the same at the same place");
    assert_eq!(
        warnings(&of(line, "u = \"m\"", &[bending], &[ends])),
        [""; 0]
    );
}
