//! Warnings about problems with unknowns.

use super::changed;

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
