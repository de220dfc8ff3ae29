//! Problems with unknown parameters and measurements: what is found, and what a person reads when their files are wrong.

mod support;

use pinn::engine::tape::TapeEngine;
use pinn::equations::registry::Registry;
use pinn::problem::{Problem, ProblemError};
use pinn::session::{AnySession, Observer, Outcome, Progress, Session, session};
use pinn::settings::{OptimiserSettings, Phase, Schedule};
use pinn::uncertainty::Inference;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use support::render;

/// A bar whose middle was heated; see `problems/heat-inverse.toml`.
const BAR: &str = include_str!("../problems/heat-inverse.toml");
const MEASUREMENTS: &str = include_str!("../problems/heat-inverse.csv");
const TRUTH: f64 = 45.0;

/// The problem beside a file of measurements.
fn load(text: &str, measurements: &str) -> Result<Problem, ProblemError> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("heat-inverse.csv"), measurements).unwrap();
    Problem::parse_in(folder.path(), "bar", text, &Registry::builtin())
}

fn good(text: &str) -> Problem {
    let mut problem = match load(text, MEASUREMENTS) {
        Ok(problem) => problem,
        Err(error) => panic!("{:?}", miette::Report::new(error)),
    };
    problem.settings.threads = 1;
    problem
}

/// The bar with parts of its file replaced.
fn changed(changes: &[(&str, &str)]) -> Problem {
    good(&replaced(changes))
}

fn replaced(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(BAR.to_string(), |text, (from, to)| {
        assert!(text.contains(from), "`{from}` stands in the file");
        text.replace(from, to)
    })
}

fn solved(problem: &Problem) -> (Box<dyn AnySession>, Inference) {
    let mut session = session(&problem.statement, &problem.settings).unwrap();
    let outcome = session.train(&mut (), &AtomicBool::new(false)).unwrap();
    assert!(matches!(outcome, Outcome::Finished { .. }), "{outcome:?}");
    let inference = session.inference().unwrap().unwrap();
    (session, inference)
}

#[test]
fn the_conductivity_of_the_bar_is_found_with_its_interval() {
    let (session, inference) = solved(&good(BAR));
    let estimate = &inference.estimates[0];
    assert_eq!(session.unknowns(), [estimate.value]);
    assert!((estimate.value / TRUTH - 1.0).abs() < 0.01, "{estimate:?}");
    let error = estimate.error.unwrap();
    assert!((error.lower..error.upper).contains(&TRUTH), "{error:?}");
    // Of linear theory: σ over the root of the sum of the squares of dT/dk at the measurements.
    let rate = |k: f64| k / (7850.0 * 490.0) * (std::f64::consts::PI / 0.1).powi(2);
    let lines = MEASUREMENTS
        .lines()
        .filter(|line| !line.starts_with(['#', 't']));
    let squares = lines.map(|line| {
        let numbers: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        let (t, x) = (numbers[0], 1e-3 * numbers[1]);
        let shape = (std::f64::consts::PI * x / 0.1).sin();
        let slope = -180.0 * shape * rate(1.0) * t * (-rate(TRUTH) * t).exp();
        slope * slope
    });
    let theory = 1.8 / squares.sum::<f64>().sqrt();
    assert!(
        (error.deviation / theory - 1.0).abs() < 0.03,
        "{error:?} {theory}"
    );
    assert!(inference.noise_is_given && (inference.reduced_chi_square - 1.0).abs() < 0.3);
    assert!(
        (inference.degrees - 191.0).abs() < 0.2,
        "{}",
        inference.degrees
    );
}

#[test]
fn a_noise_that_nobody_gave_is_estimated() {
    let (_, given) = solved(&good(BAR));
    let (_, inference) = solved(&changed(&[("noise = { T = \"1.8 K\" }\n", "")]));
    assert!(!inference.noise_is_given);
    let fit = &inference.fits[0];
    assert!((fit.noise / 1.8 - 1.0).abs() < 0.2, "{fit:?}");
    // The solution does not depend on it, and the interval does.
    let values = [&inference, &given].map(|i| i.estimates[0].value);
    assert!((values[0] / values[1] - 1.0).abs() < 1e-6, "{values:?}");
    let errors = [&inference, &given].map(|i| i.estimates[0].error.unwrap().deviation);
    assert!(
        (errors[0] / errors[1] * 1.8 / fit.noise - 1.0).abs() < 1e-6,
        "{errors:?}"
    );
}

/// The warning about what a periodic network continues is not lost beside an unknown.
#[test]
fn exact_values_are_looked_at_beside_unknowns() {
    let problem = changed(&[
        (
            "* sin(pi * x / 100 mm)\"\n\n",
            "* sin(pi * x / 80 mm)\"\n\n",
        ),
        ("type = \"initial\"", "type = \"initial\"\nhard = true"),
        ("[network]", "[network]\nperiodic = [\"x\"]"),
    ]);
    let jump = |warning: &String| warning.contains("keeps that jump");
    assert!(problem.warnings.iter().any(jump), "{:?}", problem.warnings);
}

/// A source that is made from a closed form balances whatever the unknown is.
#[test]
fn an_unknown_that_closed_forms_do_not_depend_on_is_told() {
    let made = |form: &str| {
        let fields = format!("[fields]\nT = {{ exact = \"{form}\" }}\n\n[network]");
        let problem = changed(&[("[network]", &fields)]);
        let told = |warning: &String| warning.contains("every value of `k` solves");
        problem.warnings.iter().any(told)
    };
    assert!(made(
        "20 degC + 180 K * sin(pi * x / 100 mm) * exp(-t / 60 s)"
    ));
    assert!(!made(
        "20 degC + 180 K * sin(pi * x / 100 mm) * exp(-t / 60 s * k / 45 W/(m K))"
    ));
}

#[test]
fn unknowns_stand_in_conditions_that_hold_exactly() {
    let problem = changed(&[
        (
            "q = \"0 W/m^3\"",
            "q = \"0 W/m^3\"\nrise = { unknown = true, guess = \"100 K\" }",
        ),
        (
            "20 degC + 180 K * sin(pi * x / 100 mm)\"\n\n",
            "20 degC + rise * sin(pi * x / 100 mm)\"\n\n",
        ),
        ("type = \"initial\"", "type = \"initial\"\nhard = true"),
        ("type = \"dirichlet\"", "type = \"dirichlet\"\nhard = true"),
    ]);
    let (mut session, inference) = solved(&problem);
    assert!(session.exact().iter().all(Option::is_some));
    let values = session.unknowns();
    for (value, truth) in values.iter().zip([TRUTH, 180.0]) {
        assert!((value / truth - 1.0).abs() < 0.02, "{values:?}");
    }
    let rise = values[1];
    let start = session.evaluate(&[vec![0.0], vec![0.05]]).unwrap()[0][0];
    assert!((start - 293.15 - rise).abs() < 1e-9, "{start} {rise}");
    for (estimate, truth) in inference.estimates.iter().zip([TRUTH, 180.0]) {
        let error = estimate.error.unwrap();
        assert!(
            (estimate.value - truth).abs() < 3.0 * error.deviation,
            "{estimate:?}"
        );
    }
}

#[test]
fn a_positive_unknown_stays_positive_and_its_interval_too() {
    // Ten measurements at the very start say almost nothing.
    let few: Vec<&str> = MEASUREMENTS.lines().take(6).collect();
    let problem = load(BAR, &few.join("\n")).unwrap();
    let (session, inference) = solved(&problem);
    assert!(session.unknowns()[0] > 0.0);
    let error = inference.estimates[0].error.unwrap();
    assert!(error.lower > 0.0 && error.upper > error.lower, "{error:?}");
}

#[test]
fn the_variance_of_a_linear_problem_is_that_of_regression() {
    // u″ = -c with u = 0 at the ends: u = c x (1 - x)/2 is linear in c.
    let places: Vec<f64> = (1..20).map(|i| 0.05 * f64::from(i)).collect();
    let shape = |x: f64| 0.5 * x * (1.0 - x);
    let (c, noise) = (3.0, 0.01);
    let mut csv = "x, u\n".to_string();
    for (i, x) in places.iter().enumerate() {
        // Any numbers will do.
        let error = noise * (7.3 * i as f64).sin();
        csv += &format!("{x}, {}\n", c * shape(*x) + error);
    }
    let text = r#"
[[equation]]
name = "load"
residual = "d(u,x,x) + c"
[fields]
u = "1"
[parameters]
c = { unknown = true, guess = 1 }
[domain]
x = [0, 1]
[scales]
u = { scale = 1 }
[[condition]]
name = "ends"
on = ["x = 0", "x = 1"]
type = "dirichlet"
field = "u"
value = 0
hard = true
[[data]]
name = "deflections"
file = "heat-inverse.csv"
noise = { u = 0.01 }
[network]
hidden = [8]
[sampling]
interior = 64
[[train]]
optimiser = "gauss-newton"
steps = 80
"#;
    let problem = match load(text, &csv) {
        Ok(problem) => problem,
        Err(error) => panic!("{:?}", miette::Report::new(error)),
    };
    let (_, inference) = solved(&problem);
    let squares: f64 = places.iter().map(|x| shape(*x).powi(2)).sum();
    let products = places
        .iter()
        .enumerate()
        .map(|(i, x)| shape(*x) * (c * shape(*x) + noise * (7.3 * i as f64).sin()));
    let fitted = products.sum::<f64>() / squares;
    let estimate = &inference.estimates[0];
    let deviation = estimate.error.unwrap().deviation;
    let expected = noise / squares.sqrt();
    // Equations that need only nearly hold widen it by less than a hundredth.
    assert!(
        (1.0..1.01).contains(&(deviation / expected)),
        "{deviation} {expected}"
    );
    assert!(
        (estimate.value - fitted).abs() < 0.05 * expected,
        "{} {fitted}",
        estimate.value
    );
    assert!(
        (inference.degrees - 18.0).abs() < 0.05,
        "{}",
        inference.degrees
    );
}

#[test]
fn what_measurements_do_not_determine_has_no_interval() {
    // Measurements at the first instant, where the temperature is prescribed, do not depend on q.
    let text = replaced(&[
        (
            "q = \"0 W/m^3\"",
            "q = { unknown = true, guess = \"1 W/m^3\" }",
        ),
        ("type = \"initial\"", "type = \"initial\"\nhard = true"),
        ("type = \"dirichlet\"", "type = \"dirichlet\"\nhard = true"),
        (
            "k = { unknown = true, guess = \"20 W/(m K)\", positive = true }",
            "k = \"45 W/(m K)\"",
        ),
        ("steps = 60", "steps = 3"),
    ]);
    let problem = load(
        &text,
        "t [s], x [mm], T [degC]\n0, 50, 200.5\n0, 20, 125.0\n",
    )
    .unwrap();
    let (_, inference) = solved(&problem);
    let error = inference.estimates[0].error;
    assert_eq!(error, None);
}

#[test]
fn both_engines_see_the_same_problem() {
    let mut problem = good(BAR);
    problem.settings.phases.clear();
    let mut fused = Session::<f64>::new(&problem.statement, &problem.settings).unwrap();
    let mut tape =
        Session::<f64>::with_engine(&problem.statement, &problem.settings, |network, kernels| {
            Ok(Box::new(TapeEngine::new(network, kernels)?))
        })
        .unwrap();
    let parameters: Vec<f64> = fused
        .parameter_values()
        .iter()
        .enumerate()
        .map(|(i, p)| p + 0.1 * (i as f64).sin())
        .collect();
    for session in [&mut fused, &mut tape] {
        session.begin_with(&parameters).unwrap();
    }
    assert_eq!(fused.unknowns(), tape.unknowns());
    assert_ne!(fused.unknowns()[0], 20.0);
    let (a, b) = (fused.losses().unwrap(), tape.losses().unwrap());
    assert_eq!(a.len(), 5);
    for (a, b) in a.iter().zip(&b) {
        assert!((a / b - 1.0).abs() < 1e-10, "{a} {b}");
    }
    let inferences = [fused.inference().unwrap(), tape.inference().unwrap()].map(Option::unwrap);
    let [a, b] = inferences.map(|i| i.estimates[0].error.unwrap().deviation);
    assert!((a / b - 1.0).abs() < 1e-6, "{a} {b}");
}

/// Asks to stop after a step.
struct StopAt<'a>(usize, &'a AtomicBool);

impl Observer for StopAt<'_> {
    fn step(&mut self, progress: &Progress<'_>) {
        assert_eq!(progress.unknowns.len(), 1);
        if progress.step == self.0 {
            self.1.store(true, Ordering::Relaxed);
        }
    }
}

#[test]
fn every_optimiser_moves_the_unknown_and_continues_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let (schedule, layer_rates) = (Schedule::Constant, Default::default());
    let (learning_rate, gradient_tolerance) = (1e-2, 0.0);
    let (beta1, beta2, epsilon) = (0.9, 0.999, 1e-8);
    let optimisers = [
        OptimiserSettings::Adam {
            learning_rate,
            schedule,
            beta1,
            beta2,
            epsilon,
            layer_rates,
        },
        OptimiserSettings::Sgd {
            learning_rate,
            schedule,
            momentum: 0.5,
            layer_rates,
        },
        OptimiserSettings::Soap {
            learning_rate,
            schedule,
            beta1,
            beta2,
            epsilon,
            refresh: 2,
            layer_rates,
        },
        OptimiserSettings::Lbfgs {
            history: 5,
            gradient_tolerance,
        },
        OptimiserSettings::Ssbfgs { gradient_tolerance },
        OptimiserSettings::Ssbroyden { gradient_tolerance },
        OptimiserSettings::GaussNewton { gradient_tolerance },
    ];
    for (number, optimiser) in optimisers.into_iter().enumerate() {
        let mut problem = good(BAR);
        problem.settings.phases = vec![Phase {
            optimiser,
            steps: 8,
            target_loss: None,
            max_seconds: None,
            stagnation: None,
        }];
        let begin = || session(&problem.statement, &problem.settings).unwrap();
        let mut whole = begin();
        assert!((whole.unknowns()[0] - 20.0).abs() < 1e-12);
        whole.train(&mut (), &AtomicBool::new(false)).unwrap();
        assert_ne!(whole.unknowns()[0], 20.0, "optimiser {number}");
        let path = folder.path().join(format!("{number}.safetensors"));
        let mut first = begin();
        let stop = AtomicBool::new(false);
        first.train(&mut StopAt(4, &stop), &stop).unwrap();
        first.save(&path).unwrap();
        let mut second = begin();
        second.restore(&path).unwrap();
        assert_eq!(second.unknowns(), first.unknowns());
        second.train(&mut (), &AtomicBool::new(false)).unwrap();
        assert_eq!(
            second.parameter_values(),
            whole.parameter_values(),
            "optimiser {number}"
        );
    }
}

#[test]
fn other_measurements_are_another_problem() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.safetensors");
    let problem = good(BAR);
    let mut first = session(&problem.statement, &problem.settings).unwrap();
    let stop = AtomicBool::new(false);
    first.train(&mut StopAt(1, &stop), &stop).unwrap();
    first.save(&path).unwrap();
    let other = load(BAR, &MEASUREMENTS.replacen("5,11.11,", "5,11.12,", 1)).unwrap();
    let mut other = session(&other.statement, &other.settings).unwrap();
    let error = other.restore(&path).unwrap_err().to_string();
    assert!(error.contains("thermocouples"), "{error}");
}

#[test]
fn columns_come_in_any_order_and_cells_of_fields_may_be_empty() {
    let csv = "\u{feff}# from the logger\r\nT [K] , x [cm],t [min]\r\n300,1,0.5\r\n\r\n,2,0.5\r\n\"310.5\",3,1\r\n";
    let problem = load(BAR, csv).unwrap();
    let set = &problem.statement.measurements[0];
    assert_eq!(set.name, "thermocouples");
    assert_eq!(set.values, [300.0, 310.5]);
    assert_eq!(set.places, [[30.0, 60.0], [0.01, 0.03]]);
    assert_eq!(set.noise, Some(1.8));
    assert_eq!(problem.files[0].content, csv.as_bytes());
}

/// What is said of the file with one part replaced.
fn said(from: &str, to: &str) -> String {
    match load(&replaced(&[(from, to)]), MEASUREMENTS) {
        Ok(_) => panic!("this was accepted: {to}"),
        Err(error) => render(&error),
    }
}

/// What is said of these measurements.
fn said_of(measurements: &str) -> String {
    match load(BAR, measurements) {
        Ok(_) => panic!("this was accepted: {measurements}"),
        Err(error) => render(&error),
    }
}

const UNKNOWN: &str = "{ unknown = true, guess = \"20 W/(m K)\", positive = true }";
const DATA: &str = "file = \"heat-inverse.csv\"\n";
const NOISE: &str = "noise = { T = \"1.8 K\" }";

#[test]
fn mistakes_in_unknowns_name_their_remedy() {
    let all = [
        said(UNKNOWN, "{ unknown = true }"),
        said(UNKNOWN, "{ guess = \"20 W/(m K)\" }"),
        said(UNKNOWN, "{ unknown = \"yes\", guess = \"20 W/(m K)\" }"),
        said(UNKNOWN, "{ unknown = true, guess = \"20 W/m\" }"),
        said(UNKNOWN, "{ unknown = true, guess = \"0 W/(m K)\" }"),
        said(
            UNKNOWN,
            "{ unknown = true, guess = \"0 W/(m K)\", positive = true }",
        ),
        said(
            UNKNOWN,
            "{ unknown = true, guess = \"1 W/(m K)\", positive = true, scale = \"1 W/(m K)\" }",
        ),
        said(
            UNKNOWN,
            "{ unknown = true, guess = \"1 W/(m K)\", scale = \"-1 W/(m K)\" }",
        ),
        said(UNKNOWN, "{ unknown = true, gess = \"1 W/(m K)\" }"),
        said(UNKNOWN, "{ from = true, to = \"1 W/(m K)\" }"),
        said(
            "q = \"0 W/m^3\"",
            "q = \"0 W/m^3\"\nT_end = { unknown = true, guess = \"20 degC\" }",
        ),
        said(
            "q = \"0 W/m^3\"",
            "q = { from = \"0 W/m^3\", to = \"1 W/m^3\" }",
        ),
        said(
            "[[data]]\nname = \"thermocouples\"\nfile = \"heat-inverse.csv\"\nnoise = { T = \"1.8 K\" }\n",
            "",
        ),
        said(
            "[[train]]",
            "[loss]\nresidual_norm = \"ntk-trace\"\n[[train]]",
        ),
    ];
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn mistakes_in_data_tables_name_their_remedy() {
    let all = [
        said(DATA, "file = \"../heat-inverse.csv\"\n"),
        said(DATA, "file = \"solution.csv\"\n"),
        said(NOISE, "noise = { T = \"1.8 degC\" }"),
        said(NOISE, "noise = { T = \"0 K\" }"),
        said(NOISE, "noise = { u = \"1 K\" }"),
        said(NOISE, "noise = {}"),
        said(
            NOISE,
            "noise = { T = \"1.8 K\" }\n[[data]]\nname = \"b\"\nfile = \"heat-inverse.csv\"",
        ),
        said("name = \"thermocouples\"", "name = \"start\""),
        said(
            "name = \"thermocouples\"",
            "name = \"thermocouples\"\nweight = 0",
        ),
    ];
    insta::assert_snapshot!(all.join("\n"));
    let missing = said(DATA, "file = \"nothing.csv\"\n");
    assert!(
        missing.contains("cannot read") && missing.contains("nothing.csv"),
        "{missing}"
    );
}

#[test]
fn mistakes_in_measurements_point_into_their_file() {
    let all = [
        said_of(""),
        said_of("t [s];x [mm];T [degC]\n1;2;3\n"),
        said_of("t [s],x [mm],p [Pa]\n"),
        said_of("t [s],x,T [degC]\n"),
        said_of("t [s],x [s],T [degC]\n"),
        said_of("t [s],x [mmm],T [degC]\n"),
        said_of("t [s],x [mm],T [degC],x [mm]\n"),
        said_of("t [s],T [degC]\n"),
        said_of("t [s],x [mm]\n"),
        said_of("# nothing yet\nt [s],x [mm],T [degC]\n"),
        said_of("t [s],x [mm],T [degC]\n5,10,30\n5,20\n"),
        said_of("t [s],x [mm],T [degC]\n5,10,30\n# later\n5, 20, 3O\n"),
        said_of("t [s],x [mm],T [degC]\n5,10,nan\n"),
        said_of("t [s],x [mm],T [degC]\n5,10,-300\n"),
        said_of("t [s],x [mm],T [degC]\n5,,30\n"),
        said_of("t [s],x [mm],T [degC]\r\n5,10,30\r\n5,101,30\r\n"),
    ];
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn a_field_without_an_equation_of_its_own_is_found_too() {
    // A heat source in a rod, from its temperature alone.
    let mut csv = "x [m], T [K]\n".to_string();
    for i in 1..60 {
        let x = f64::from(i) / 60.0;
        let error = 0.05 * (7.3 * f64::from(i)).sin();
        csv += &format!("{x}, {}\n", 10.0 * (std::f64::consts::PI * x).sin() + error);
    }
    let text = r#"
[[equation]]
name = "heat"
residual = "k*d(T,x,x) + q"
[fields]
T = "K"
q = "W/m^3"
[parameters]
k = "40 W/(m K)"
[domain]
x = ["0 m", "1 m"]
[scales]
T = { scale = "10 K", reference = "0 K" }
q = { scale = "400 W/m^3" }
[[condition]]
name = "ends"
on = ["x = 0 m", "x = 1 m"]
type = "dirichlet"
field = "T"
value = "0 K"
[[data]]
name = "sensors"
file = "heat-inverse.csv"
noise = { T = "0.05 K" }
[network]
hidden = [8, 8]
[sampling]
interior = 128
condition = 1
[[train]]
optimiser = "gauss-newton"
steps = 60
"#;
    let problem = match load(text, &csv) {
        Ok(problem) => problem,
        Err(error) => panic!("{:?}", miette::Report::new(error)),
    };
    let (mut session, inference) = solved(&problem);
    assert!(inference.estimates.is_empty());
    // The measurements determine more than a few numbers, and fewer than there are measurements.
    assert!(
        (10.0..57.0).contains(&inference.degrees),
        "{}",
        inference.degrees
    );
    let places: Vec<f64> = (1..10).map(|i| 0.1 * f64::from(i)).collect();
    let found = session.evaluate(std::slice::from_ref(&places)).unwrap();
    for (x, q) in places.iter().zip(&found[1]) {
        let exact = 400.0 * std::f64::consts::PI.powi(2) * (std::f64::consts::PI * x).sin();
        assert!((q - exact).abs() < 400.0, "{x}: {q} {exact}");
    }
}
