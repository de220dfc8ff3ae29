//! Parts of the region with equations of their own, and what holds where they meet.

use super::parse;
use pinn::geometry::place::Boundary;
use pinn::geometry::sampling::{DimensionlessDomain, Sobol};

const WALL: &str = include_str!("../../problems/composite-wall.toml");

/// A pipe of steel in foam: logarithms of the radius.
const PIPE: &str = r#"
[[equation]]
name = "steel"
in = "domain & steel - bore"
residual = "div(k_s*grad(T_s))"

[[equation]]
name = "foam"
in = "foam - steel"
residual = "div(k_f*grad(T_f))"

[fields]
T_s = "K"
T_f = "K"

[parameters]
k_s = "40 W/(m K)"
k_f = "4 W/(m K)"
A = "-10 W/m"

[domain]
x = ["-3 cm", "3 cm"]
y = ["-3 cm", "3 cm"]

[geometry]
region = "foam - bore"

[geometry.shapes]
bore = { disk = { centre = ["0 cm", "0 cm"], radius = "1 cm" } }
steel = { disk = { centre = ["0 cm", "0 cm"], radius = "2 cm" } }
foam = { disk = { centre = ["0 cm", "0 cm"], radius = "3 cm" } }

[[condition]]
name = "joint"
type = "interface"
on = "steel"
between = ["T_s", "T_f"]
conductivities = ["k_s", "k_f"]

[[condition]]
name = "bore"
type = "dirichlet"
on = "bore"
field = "T_s"
value = "300 K"
hard = true

[[condition]]
name = "rim"
type = "neumann"
on = "foam"
field = "T_f"
flux = "-A / 3 cm"
conductivity = "k_f"

[definitions]
r = "sqrt(x^2 + y^2)"

[scales]
T_s = { scale = "1 K", reference = "300 K" }
T_f = { scale = "1 K", reference = "300 K" }

[reference]
T_s = "300 K + A / k_s * ln(r / 1 cm)"
T_f = "300 K + A / k_s * ln(2) + A / k_f * ln(r / 2 cm)"

[sampling]
interior = 300
condition = 50

[[train]]
optimiser = "adam"
steps = 1
"#;

/// Wrong places, signs or sides would be warnings about the closed form.
#[test]
fn what_flows_into_an_interface_flows_out() {
    for (text, conductivities) in [(WALL, "[\"k_b\", \"k_i\"]"), (PIPE, "[\"k_s\", \"k_f\"]")] {
        assert_eq!(parse(text).unwrap().warnings, [""; 0]);
        let names: Vec<&str> = conductivities
            .trim_matches(['[', ']'])
            .split(", ")
            .collect();
        let exchanged = format!("[{}, {}]", names[1], names[0]);
        let warnings = parse(&text.replace(conductivities, &exchanged))
            .unwrap()
            .warnings;
        assert!(
            warnings.len() == 1 && warnings[0].contains("joint"),
            "{warnings:?}"
        );
    }
}

#[test]
fn points_lie_in_their_parts_and_on_the_interface() {
    let problem = parse(PIPE).unwrap();
    let statement = &problem.statement;
    let domain = DimensionlessDomain::new(&statement.domain, &statement.scales).unwrap();
    let radii = |points: &pinn::geometry::points::Points<f64>| -> Vec<f64> {
        let column = |c: usize| {
            let affine = statement.scales.coordinates[c];
            points.column(0, c).iter().map(move |x| affine.to_si(*x))
        };
        column(0).zip(column(1)).map(|(x, y)| x.hypot(y)).collect()
    };
    let steel = radii(&domain.interior(&Sobol, 1, 400));
    assert!(steel.iter().all(|r| (0.01..=0.02).contains(r)));
    let places: Vec<_> = statement.conditions.iter().map(|c| &c.place).collect();
    let part = places
        .iter()
        .position(|p| matches!(p.boundary, Boundary::Part(_)))
        .unwrap();
    let foam = radii(&domain.on(&Sobol, 1, 400, places[part], &[]));
    assert!(foam.iter().all(|r| (0.02..=0.03).contains(r)));
    // As many as inside, and not as on a condition.
    assert_eq!(problem.settings.sampling.conditions[part], 300);
    let joint = domain.on::<f64>(&Sobol, 1, 100, places[0], &[0, 1]);
    assert!(radii(&joint).iter().all(|r| (r - 0.02).abs() < 1e-12));
    for row in 0..joint.rows() {
        let [x, y] = [0, 1].map(|c| statement.scales.coordinates[c].to_si(joint.column(0, c)[row]));
        let [n_x, n_y] = [2, 3].map(|c| joint.column(0, c)[row]);
        assert!((n_x * y - n_y * x).abs() < 1e-12 && n_x * x + n_y * y > 0.0);
    }
    // Fields live in their parts, the joint included.
    let at = vec![vec![0.015, 0.02, 0.025, 0.005], vec![0.0; 4]];
    let lives = statement.lives(&at);
    assert_eq!(lives[0], [true, true, false, false]);
    assert_eq!(lives[1], [false, true, true, false]);
    let session = pinn::session::session(statement, &problem.settings);
    assert!(
        session
            .unwrap()
            .losses()
            .unwrap()
            .iter()
            .all(|loss| loss.is_finite())
    );
}

#[test]
fn mistakes_about_interfaces_name_the_remedy() {
    for (from, to, expected) in [
        (
            "[\"T_b\", \"T_i\"]",
            "[\"T_b\"]",
            "expected two, one for each side, found 1",
        ),
        (
            "[\"T_b\", \"T_i\"]",
            "[\"T_b\", \"T_b\"]",
            "the field `T_b` appears twice",
        ),
        (
            "[\"T_b\", \"T_i\"]",
            "[\"T_b\", \"T_j\"]",
            "unknown field `T_j`",
        ),
        (
            "[\"k_b\", \"k_i\"]",
            "[\"k_b\"]",
            "expected two, one for each side, found 1",
        ),
        (
            "[\"k_b\", \"k_i\"]",
            "[\"k_b\", \"q\"]",
            "wrong dimension of the flow on the other side",
        ),
        (
            "conductivities = [\"k_b\", \"k_i\"]",
            "",
            "the key `conductivities` is missing",
        ),
        (
            "between = [\"T_b\", \"T_i\"]",
            "",
            "the key `between` is missing",
        ),
        ("T_i = \"degC\"", "T_i = \"Pa\"", "wrong dimension"),
        (
            "on = \"brick\" ",
            "on = \"x = min\" ",
            "unknown shape `x = min`",
        ),
        ("on = \"brick\" ", "", "the key `on` is missing"),
        (
            "region = \"brick | insulation\"",
            "region = \"brick\"",
            "condition `night` touches no part",
        ),
        (
            "in = \"insulation\"",
            "in = \"insolation\"",
            "unknown shape `insolation`",
        ),
        (
            "in = \"insulation\"",
            "in = \"insulation -\"",
            "unexpected the end",
        ),
        (
            "in = \"insulation\"",
            "in = \"insulation & brick\"",
            "the place of `insulation` contains no point of the region",
        ),
        (
            "name = \"joint\"",
            "name = \"insulation\"",
            "the name `insulation` appears twice",
        ),
    ] {
        assert!(WALL.contains(from), "{from}");
        let error = parse(&WALL.replace(from, to)).err().unwrap_or_default();
        assert!(error.contains(expected), "{to}: {error}");
    }
    let start = WALL.find("[geometry]").unwrap();
    let end = WALL.find("[scales]").unwrap();
    let error = parse(&[&WALL[..start], &WALL[end..]].concat())
        .err()
        .unwrap_or_default();
    assert!(error.contains("the key `geometry` is missing"), "{error}");
}
