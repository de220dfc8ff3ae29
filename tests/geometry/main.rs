//! Problem files with regions: what they solve, and what is said of mistakes.

mod hard;
mod interfaces;
mod surfaces;

use pinn::equations::registry::Registry;
use pinn::problem::Problem;

const RING: &str = r#"
[[equation]]
name = "conduction"
residual = "laplacian(T)"

[fields]
T = "K"

[parameters]
A = "10 K"
R = "1 m"

[domain]
x = ["-1.25 m", "1.25 m"]
y = ["-1.25 m", "1.25 m"]

[geometry]
region = "plate - hole"

[geometry.shapes]
plate = { disk = { centre = ["0 m", "0 m"], radius = "R" } }
hole = { disk = { centre = ["0 m", "0 m"], radius = "0.4 * R" } }

[[condition]]
name = "hole"
on = "hole"
type = "neumann"
field = "T"
gradient = "-A / (0.4 * R)"

[[condition]]
name = "rim"
on = { part = "plate", where = "x > 0 m" }
type = "dirichlet"
field = "T"
value = "0 K"

[[condition]]
name = "cooled rim"
on = { part = "plate", where = "x < 0 m" }
type = "robin"
field = "T"
conductivity = "1 W/(m K)"
transfer = "1 W/(m^2 K)"
ambient = "A"

[scales]
T = { scale = "10 K" }

[reference]
T = "A * ln(sqrt(x^2 + y^2) / R)"

[[train]]
optimiser = "gauss-newton"
steps = 1
"#;

fn parse(text: &str) -> Result<Problem, String> {
    let problem = Problem::parse("ring", text, &Registry::builtin());
    problem.map_err(|error| error.to_string())
}

/// T = A log(r/R) satisfies slope A/r outwards of the ring's rim and −A/r out of the hole; a wrong sign of either
/// normal would be a warning about the closed form.
#[test]
fn normals_point_out_of_the_region() {
    // On the rim −k A/R − h (0 − A) = 0, for k/R = h.
    let problem = parse(RING).unwrap();
    assert_eq!(problem.warnings, [""; 0]);
    let wrong = RING.replace("gradient = \"-A", "gradient = \"A");
    let warnings = parse(&wrong).unwrap().warnings;
    assert!(warnings.iter().any(|w| w.contains("`hole")), "{warnings:?}");
}

#[test]
fn mistakes_name_the_remedy() {
    for (from, to, expected) in [
        ("plate - hole", "plate - hol", "unknown shape `hol`"),
        ("plate - hole", "plate - ", "unexpected the end"),
        ("plate - hole", "hole - plate", "the region is empty"),
        ("\"x > 0 m\"", "\"x > 0 s\"", "wrong dimension"),
        ("\"x > 0 m\"", "\"x\"", "there is no `<` or `>`"),
        ("\"x > 0 m\"", "\"x > 3 m\"", "touches no part"),
        ("\"0.4 * R\"", "\"0.4 s\"", "wrong dimension of `radius`"),
        (
            "on = \"hole\"",
            "on = \"hold\"",
            "is not a face of the domain",
        ),
        (
            "\"10 K\"\nR = \"1 m\"",
            "\"10 K\"\nR = { from = \"1 m\", to = \"2 m\" }",
            "`R` is a range",
        ),
    ] {
        assert!(RING.contains(from), "{from}");
        let error = parse(&RING.replace(from, to)).err().unwrap_or_default();
        assert!(error.contains(expected), "{to}: {error}");
    }
}

#[test]
fn more_points_than_a_small_region_has_are_an_error() {
    let small = RING.replace("\"0.4 * R\"", "\"0.9995 * R\"");
    let few = format!("{small}\n[sampling]\ninterior = 100\n");
    let built = |text: &str| {
        let problem = parse(text).unwrap();
        let session = pinn::session::session(&problem.statement, &problem.settings);
        session.err().map(|error| error.to_string())
    };
    let many = few.replace("100", "100000");
    assert_eq!(built(&few), None);
    let error = built(&many).unwrap();
    assert!(
        error.contains("100000 points were requested inside"),
        "{error}"
    );
}
