//! Equations that are written in the problem file: the same graph as from typed Rust, the same checks, manufactured
//! solutions.

use crate::support::render;
use pinn::equations::registry::Registry;
use pinn::problem::Problem;

const ROD: &str = r#"
[[equation]]
name = "energy"
residual = "rho*c_p*d(T,t) - div(k*grad(T)) - q"

[fields]
T = "degC"

[parameters]
rho = "7850 kg/m^3"
c_p = "500 J/(kg K)"
k = "45 W/(m K)"
q = "1 MW/m^3"

[domain]
t = ["0 s", "30 s"]
x = ["0 mm", "20 mm"]

[scales]
T = { scale = "10 K", reference = "20 degC" }

[[condition]]
name = "start"
type = "initial"
field = "T"
value = "20 degC"

[[condition]]
name = "ends"
type = "dirichlet"
on = ["x = min", "x = max"]
field = "T"
value = "20 degC"
"#;

fn parse(text: &str) -> Problem {
    Problem::parse("rod", text, &Registry::builtin())
        .unwrap_or_else(|error| panic!("{}\n{text}", render(&error)))
}

/// The error after one change to the good file.
fn refused(from: &str, to: &str) -> String {
    assert_eq!(ROD.matches(from).count(), 1, "`{from}` stands once");
    let text = ROD.replace(from, to);
    match Problem::parse("rod", text.as_str(), &Registry::builtin()) {
        Ok(_) => panic!("this file was accepted:\n{text}"),
        Err(error) => render(&error),
    }
}

fn forms(problem: &Problem) -> Vec<String> {
    problem
        .statement
        .dimensionless()
        .equations
        .show()
        .into_iter()
        .map(|line| line.split_once(": ").unwrap().1.to_string())
        .collect()
}

/// The dimensionless residual of an equation over x, y, u, v with the given text.
fn residual(text: &str) -> String {
    let file = format!(
        "equation = [{{ residual = {text:?} }}]
        [fields]
        u = \"m/s\"
        v = \"m/s\"
        [domain]
        t = [\"0 s\", \"1 s\"]
        x = [\"0 m\", \"1 m\"]
        y = [\"0 m\", \"1 m\"]
        [definitions]
        flow = \"vector(u, v)\"
        slope = \"grad(u)\"
        [scales]
        u = {{ scale = \"1 m/s\" }}
        v = {{ scale = \"1 m/s\" }}"
    );
    forms(&parse(&file)).remove(0)
}

#[test]
fn a_written_equation_is_the_typed_one() {
    let typed = ROD
        .replace(
            "[[equation]]\nname = \"energy\"\nresidual = \"rho*c_p*d(T,t) - div(k*grad(T)) - q\"",
            "equation = \"heat-1d\"",
        )
        .replace("[fields]\nT = \"degC\"", "");
    assert_eq!(forms(&parse(ROD)), forms(&parse(&typed)));
}

#[test]
fn vector_operators_are_the_derivatives_that_they_stand_for() {
    for (vectors, derivatives) in [
        ("div(grad(u))", "d(u,x,x) + d(u,y,y)"),
        ("laplacian(u)", "d(u,x,x) + d(u,y,y)"),
        ("div(vector(u, v))", "d(u,x) + d(v,y)"),
        ("div(flow)", "d(u,x) + d(v,y)"),
        ("dot(flow, slope)", "u*d(u,x) + v*d(u,y)"),
        ("dot(2*flow - flow, grad(u))", "u*d(u,x) + v*d(u,y)"),
        ("div(-slope/4)", "d(-d(u,x)/4,x) + d(-d(u,y)/4,y)"),
        (
            "div(laplacian(flow))",
            "d(d(u,x,x) + d(u,y,y),x) + d(d(v,x,x) + d(v,y,y),y)",
        ),
        ("div(u*flow)", "d(u*u,x) + d(u*v,y)"),
    ] {
        assert_eq!(residual(vectors), residual(derivatives), "{vectors}");
    }
}

#[test]
fn definitions_stand_for_their_expressions() {
    let text = ROD
        .replace("q = \"1 MW/m^3\"", "")
        .replace("k = \"45 W/(m K)\"", "k_0 = \"45 W/(m K)\"")
        .replace(
            "[domain]",
            "[definitions]\nwarmth = \"(T - 20 degC) / 100 K\"\nk = \"k_0 * (1 + warmth)\"\n\
             q = \"2 MW/m^3 * sin(pi * x / 20 mm)\"\n[domain]",
        );
    let written = text
        .replace("- q", "- 2 MW/m^3 * sin(pi * x / 20 mm)")
        .replace(
            "div(k*grad(T))",
            "d(k_0 * (1 + (T - 20 degC) / 100 K) * d(T,x), x)",
        );
    assert_eq!(forms(&parse(&text)), forms(&parse(&written)));
    assert!(
        forms(&parse(&text))[0].contains("T_x*T_x"),
        "k depends on T"
    );
}

const MANUFACTURED: &str = r#"
[[equation]]
residual = "d(u,t,t) - c^2*laplacian(u) + u^3 / (1 mm^2 * 1 s^2)"
[fields]
u = { unit = "mm", exact = "1 mm * sin(pi*x/L) * exp(-y/L) * cos(pi*c*t/L)" }
[parameters]
c = "2 m/s"
L = "1 m"
[domain]
t = ["0 s", "1 s"]
x = ["0 m", "1 m"]
y = ["0 m", "1 m"]
"#;

#[test]
fn a_manufactured_solution_brings_sources_conditions_and_reference() {
    let problem = parse(MANUFACTURED);
    let conditions = problem.statement.conditions.iter();
    let names: Vec<&str> = conditions.map(|c| c.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "u on t",
            "u slope on t",
            "u on x (x = min)",
            "u on x (x = max)",
            "u on y (y = min)",
            "u on y (y = max)"
        ]
    );
    // The loader puts the closed form into every equation and condition, and warns where one does not hold.
    let unsolved = |warning: &String| warning.contains("closed form");
    assert!(
        !problem.warnings.iter().any(unsolved),
        "{:?}",
        problem.warnings
    );
    let reference = problem.reference.as_ref().unwrap();
    let values = reference.evaluate(&[vec![0.0], vec![0.5], vec![0.0]]);
    assert!((values[0][0] - 1e-3).abs() < 1e-15, "{values:?}");
    assert_eq!(problem.units.fields[0].text, "mm");
}

#[test]
fn without_its_source_the_manufactured_solution_does_not_solve() {
    let plain = MANUFACTURED.replace(", exact =", ", unused =");
    let form = MANUFACTURED.split('"').nth(5).unwrap();
    let plain = plain.replace(&format!(", unused = \"{form}\""), "");
    let problem = parse(&format!(
        "{plain}\n[scales]\nu = {{ scale = \"1 mm\" }}\n[reference]\nu = \"{form}\""
    ));
    assert!(
        problem
            .warnings
            .iter()
            .any(|w| w.contains("the closed form does not satisfy"))
    );
}

/// Over a range the source must vanish for more than the middle of it to be left out.
#[test]
fn a_source_that_vanishes_in_the_middle_of_a_range_is_kept() {
    let file = |k: &str| {
        format!(
            r#"
[[equation]]
residual = "rho_c*d(T,t) - k*laplacian(T)"
[fields]
T = {{ unit = "K", exact = "300 K + 10 K * sin(x / 1 m) * exp(-t / 20 s)" }}
[parameters]
rho_c = "400 J/(m^3 K)"
k = {k}
[domain]
t = ["0 s", "10 s"]
x = ["0 m", "1 m"]
"#
        )
    };
    let residual = |k: &str| parse(&file(k)).statement.equations.show().remove(0);
    let alone = residual("\"20 W/(m K)\"");
    assert_eq!(alone, "equation: rho_c*T_t - k*T_xx");
    let ranged = residual("{ from = \"10 W/(m K)\", to = \"30 W/(m K)\" }");
    assert!(ranged.contains("exp("), "{ranged}");
}

#[test]
fn conditions_take_what_they_do_not_say_from_the_closed_form() {
    let conditions = r#"
[[condition]]
name = "walls"
type = "dirichlet"
on = ["x = min", "x = max"]
[[condition]]
name = "top"
type = "neumann"
on = "y = max"
field = "u"
[[condition]]
name = "bottom"
type = "dirichlet"
on = "y = min"
field = "u"
[[condition]]
name = "start"
type = "initial"
"#;
    let problem = parse(&format!("{MANUFACTURED}{conditions}"));
    assert_eq!(problem.statement.conditions.len(), 5);
    let unsolved = |warning: &String| warning.contains("closed form");
    assert!(
        !problem.warnings.iter().any(unsolved),
        "{:?}",
        problem.warnings
    );
}

#[test]
fn a_condition_may_be_any_residual() {
    let robin = "name = \"left\"\ntype = \"robin\"\non = \"x = min\"\nfield = \"T\"\nconductivity = \"k\"\n\
        transfer = \"500 W/(m^2 K)\"\nambient = \"20 degC\"\n";
    let written = "name = \"left\"\ntype = \"residual\"\non = \"x = min\"\n\
        residual = \"k*d(T,x) - 500 W/(m^2 K)*(T - 20 degC)\"\n";
    let form = |condition: &str| {
        let problem = parse(&format!("{ROD}\n[[condition]]\n{condition}"));
        let forms = problem.statement.dimensionless();
        let shown = forms.conditions.last().unwrap().show().remove(0);
        shown.split_once(": ").unwrap().1.to_string()
    };
    assert_eq!(form(robin), form(written));
}

const LEFT: &str = "[[condition]]\nname = \"left\"\ntype = \"residual\"\non = \"x = min\"\n";

#[test]
fn mistakes_are_shown_in_the_file() {
    let residual = "\"rho*c_p*d(T,t) - div(k*grad(T)) - q\"";
    let text = |new: &str| refused(residual, &format!("{new:?}"));
    let all = [
        text("rho*c_p*d(T,t) - k*d(T,x) - q"),
        text("rho*c_p*d(T,t) - div(k*grad(T)) - k"),
        text("rho*c_p*d(T,t) - k*grad(T)"),
        text("grad(T)"),
        text("dot(grad(T), k)"),
        text("grad(T)*grad(T)"),
        text("div(vector(T, T))"),
        text("rho*c_p*d(T,t) - laplace(T)"),
        text("rho*c_p*d(S,t)"),
        text("rho*c_p*d(x,t)"),
        text("h*(T - 20)"),
        text("k*d(T,x,x) + q*(20 degC - 0 K)/(5 degC)"),
        text("d(d(T,x,x,x),x,x)"),
        refused("T = \"degC\"", "T = \"degree\""),
        refused("T = \"degC\"", ""),
        refused("T = \"degC\"", "T = { exact = \"20 degC\" }"),
        refused("T = \"degC\"", "grad = \"K\""),
        refused("T = \"degC\"", "x = \"K\""),
        refused("[scales]", "[definitions]\nk = \"1\"\n[scales]"),
        refused(
            "[scales]",
            "[definitions]\na = \"b\"\nb = \"1 m\"\n[scales]",
        ),
        refused(
            "[scales]",
            "[definitions]\na = \"T / 1 K\"\n[sources]\nenergy = \"a * q\"\n[reference]\nT = \"20 degC * a\"\n[scales]",
        ),
        refused(
            "name = \"energy\"\n",
            "name = \"energy\"\nequation = \"x\"\n",
        ),
        refused(
            "[fields]",
            "[[equation]]\nname = \"energy\"\nresidual = \"T\"\n[fields]",
        ),
        refused(
            "type = \"dirichlet\"",
            "type = \"dirichlet\"\nresidual = \"T - 20 degC\"",
        ),
        refused("[scales]", &format!("{LEFT}[scales]")),
        refused("[scales]", &format!("{LEFT}residual = \"k*x\"\n[scales]")),
        refused(
            "[scales]",
            &format!("{LEFT}residual = \"k*d(T,x) - T\"\n[scales]"),
        ),
    ];
    insta::assert_snapshot!(all.join("\n"));
}
