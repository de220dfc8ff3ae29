//! Values that hold exactly on shapes and parts of them.

use super::parse;
use pinn::geometry::sampling::{DimensionlessDomain, Uniform};
use pinn::problem::Problem;
use pinn::session::session;
use pinn::statement::Statement;

/// Conduction in a plane region of two shapes and a third one, over time.
const REGION: &str = r#"
seed = 3

[[equation]]
name = "conduction"
residual = "1 s/m^2 * d(T,t) - laplacian(T)"

[fields]
T = "degC"

[parameters]
R = "0.6 m"

[domain]
t = ["0 s", "2 s"]
x = ["10 m", "12 m"]
y = ["-1 m", "1 m"]

[geometry]
region = "REGION"

[geometry.shapes]
one = { disk = { centre = ["10.9 m", "0 m"], radius = "R" } }
other = { disk = { centre = ["11.4 m", "0.2 m"], radius = "0.4 m" } }
block = { box = { from = ["10.3 m", "-0.3 m"], to = ["11.1 m", "0.5 m"] } }
arrow = { polygon = { points = [["10.2 m", "-0.8 m"], ["11 m", "-0.4 m"], ["11.8 m", "-0.8 m"], ["11 m", "0.8 m"]] } }

CONDITIONS

[scales]
T = { scale = "50 K", reference = "20 degC" }

[network]
hidden = [8, 8]

[sampling]
interior = 64

[[train]]
optimiser = "adam"
steps = 1
"#;

fn condition(name: &str, on: &str, value: &str) -> String {
    format!(
        "[[condition]]\nname = \"{name}\"\ntype = \"dirichlet\"\non = {on}\nfield = \"T\"\nvalue = \"{value}\"\nhard = true\n"
    )
}

fn text(region: &str, conditions: &[String]) -> String {
    let text = REGION.replace("REGION", region);
    text.replace("CONDITIONS", &conditions.concat())
}

fn problem(region: &str, conditions: &[String]) -> Problem {
    match parse(&text(region, conditions)) {
        Ok(problem) => problem,
        Err(error) => panic!("{region}: {error}"),
    }
}

/// Points of all conditions of a statement, SI base units, one column per coordinate.
fn points(statement: &Statement) -> Vec<Vec<Vec<f64>>> {
    let domain = DimensionlessDomain::new(&statement.domain, &statement.scales).unwrap();
    let all = statement.conditions.iter().map(|condition| {
        let points = domain.on::<f64>(&Uniform, 5, 300, &condition.place, &[]);
        let columns = (0..3).map(|c| {
            let affine = statement.scales.coordinates[c];
            points
                .column(0, c)
                .iter()
                .map(|x| affine.to_si(*x))
                .collect()
        });
        columns.collect()
    });
    all.collect()
}

const WAVE: &str = "20 degC + 50 K * sin(x / 1 m) * cos(y / 0.3 m + t / 1 s)";

fn wave(at: [f64; 3]) -> f64 {
    let [t, x, y] = at;
    293.15 + 50.0 * x.sin() * (y / 0.3 + t).cos()
}

#[test]
fn values_hold_on_shapes_for_every_network() {
    let on = |name: &str, value: &str| condition(name, &format!("\"{name}\""), value);
    let wave_on = |name: &str| on(name, WAVE);
    let start = condition("start", "\"t = 0 s\"", WAVE);
    for (region, conditions) in [
        ("one", vec![wave_on("one")]),
        ("one - block", vec![wave_on("one"), wave_on("block"), start]),
        (
            "domain - one",
            vec![on("one", "30 degC"), on("domain", "40 degC")],
        ),
        (
            "domain - (one | other)",
            vec![on("one", "10 degC"), on("other", "10 degC")],
        ),
        (
            "domain - one & other",
            vec![wave_on("one"), wave_on("other")],
        ),
        ("one | other", vec![wave_on("one"), wave_on("other")]),
        (
            "(one | block) - other",
            vec![wave_on("one"), wave_on("block"), wave_on("other")],
        ),
        ("arrow - other", vec![wave_on("arrow")]),
        (
            "domain - arrow",
            vec![on("arrow", "30 degC"), on("domain", "0 degC")],
        ),
        ("one & arrow", vec![wave_on("one"), wave_on("arrow")]),
        (
            "domain - one",
            vec![
                condition(
                    "left",
                    "{ part = \"one\", where = \"x < 10.8 m and y > 0 m\" }",
                    "90 degC",
                ),
                condition(
                    "low",
                    "{ part = \"x = min\", where = \"y < 0 m\" }",
                    "0 degC",
                ),
            ],
        ),
    ] {
        let mut problem = problem(region, &conditions);
        let all = points(&problem.statement);
        let mut inside = Vec::new();
        for seed in 0..2 {
            problem.settings.seed = seed;
            let mut session = session(&problem.statement, &problem.settings).unwrap();
            for (condition, at) in problem.statement.conditions.iter().zip(&all) {
                let index = conditions
                    .iter()
                    .position(|c| c.contains(&format!("\"{}\"\n", condition.name)));
                let constant = ["10", "30", "40", "90", "0"].iter().find(|degrees| {
                    conditions[index.unwrap()].contains(&format!("value = \"{degrees} degC\""))
                });
                let found = session.evaluate(at).unwrap().remove(0);
                for (row, found) in found.iter().enumerate() {
                    let place = [at[0][row], at[1][row], at[2][row]];
                    let expected = match constant {
                        Some(degrees) => 273.15 + degrees.parse::<f64>().unwrap(),
                        None => wave(place),
                    };
                    let off = (found - expected).abs();
                    assert!(
                        off < 1e-8,
                        "{region}, {}: {off} at {place:?}",
                        condition.name
                    );
                }
            }
            // Beside it the network has its say, and derivatives are finite: the loss reads them.
            let columns = [0.7, 10.75, 0.55].map(|x| vec![x]);
            inside.push(session.evaluate(&columns).unwrap()[0][0]);
            let losses = session.losses().unwrap();
            assert_eq!(losses.len(), 1, "{region}");
            assert!(
                losses[0].is_finite() && losses[0] > 0.0,
                "{region}: {losses:?}"
            );
        }
        assert!((inside[0] - inside[1]).abs() > 1e-6, "{region}: {inside:?}");
    }
}

#[test]
fn what_has_no_smooth_distance_is_refused() {
    let on = |name: &str| condition(name, &format!("\"{name}\""), "20 degC");
    for (region, conditions, expected) in [
        (
            "one | arrow",
            vec![on("one")],
            "`arrow` has no smooth distance",
        ),
        (
            "(one | block) - (one | other) & block",
            vec![on("one")],
            "in several unions",
        ),
        (
            "domain - one",
            vec![
                on("one"),
                on("one").replace("name = \"one\"", "name = \"again\""),
            ],
            "on the same part of the boundary",
        ),
        (
            "domain - one",
            vec![on("one"), condition("start", "\"t = 0 s\"", "30 degC")],
            "disagree where they meet",
        ),
    ] {
        let error = parse(&text(region, &conditions)).err().unwrap_or_default();
        assert!(error.contains(expected), "{region}: {error}");
    }
    let flux = on("one")
        .replace("dirichlet", "neumann")
        .replace("value = \"20 degC\"", "gradient = \"1 K/m\"");
    let error = parse(&text("one", &[flux])).err().unwrap_or_default();
    assert!(
        error.contains("a condition of type `neumann` cannot be `hard`"),
        "{error}"
    );
}
