//! The problem files that come with the toolkit, from the text to the dimensionless statement.

use pinn::equations::registry::Registry;
use pinn::problem::Problem;
use std::path::Path;

fn load(name: &str) -> Problem {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("problems")
        .join(name);
    match Problem::load(&path, &Registry::builtin()) {
        Ok(problem) => problem,
        Err(error) => panic!("{:?}", miette::Report::new(error)),
    }
}

/// Everything that follows from a file, for people to read.
fn show(problem: &Problem) -> String {
    let mut lines = vec![problem.title.clone()];
    let forms = problem.statement.dimensionless();
    let all = [("equations".to_string(), &forms.equations)].into_iter();
    let conditions = problem.statement.conditions.iter().map(|c| c.name.clone());
    for (name, residuals) in all.chain(conditions.zip(&forms.conditions)) {
        lines.push(format!("[{name}]"));
        for form in residuals.forms() {
            lines.push(format!(
                "  {}: {} = 0, divided by {} = {:.4e} {}",
                form.name,
                form.expression,
                form.reference_symbolic,
                form.reference,
                form.dimensions
            ));
            for c in &form.coefficients {
                lines.push(format!(
                    "    {} = {:.6e} times {}",
                    c.symbolic, c.value, c.expression
                ));
            }
        }
    }
    lines.push(format!("scales {:?}", problem.statement.scales));
    lines.push(format!("warnings {:?}", problem.warnings));
    if let Some(reference) = &problem.reference {
        lines.push(reference.describe());
    }
    lines.join("\n")
}

#[test]
fn thermal() {
    insta::assert_snapshot!(show(&load("thermal.toml")));
}

#[test]
fn thermoflow() {
    insta::assert_snapshot!(show(&load("thermoflow.toml")));
}

#[test]
fn thermal_family() {
    insta::assert_snapshot!(show(&load("thermal-family.toml")));
}
