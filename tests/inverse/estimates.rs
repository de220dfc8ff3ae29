//! Estimates of unknowns and their intervals.

use super::{BAR, MEASUREMENTS, TRUTH, changed, good, load, replaced, solved};

#[test]
fn the_conductivity_of_the_bar_is_found_with_its_interval() {
    let (session, inference) = solved(&good(BAR));
    let estimate = &inference.estimates[0];
    assert_eq!(session.unknowns(), [estimate.value]);
    assert!((estimate.value / TRUTH - 1.0).abs() < 0.01, "{estimate:?}");
    let error = estimate.error.unwrap();
    assert!((error.lower..error.upper).contains(&TRUTH), "{error:?}");
    // Linear theory: σ over the root of the sum of the squares of dT/dk at the measurements.
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
