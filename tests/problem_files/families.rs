//! Families as statements: ranged parameters become coordinates.

use pinn::equations::registry::Registry;
use pinn::family::{Ranged, over_ranges};
use pinn::problem::Problem;
use pinn::statement::Posed;

const PLATE: &str = include_str!("../../problems/thermal.toml");

fn family() -> (Posed, Posed) {
    let member = Problem::parse("plate", PLATE, &Registry::builtin())
        .unwrap()
        .statement;
    let range = |name: &str, lower, upper| Ranged {
        parameter: member.declared.parameter(name).unwrap(),
        lower,
        upper,
    };
    // 40 W/(m K), 500 W/(m² K) and 20 °C are half-way.
    let ranges = [
        range("k", 20.0, 60.0),
        range("h", 300.0, 700.0),
        range("T_oil", 283.15, 303.15),
    ];
    let family = over_ranges(&member, &ranges).pose().unwrap();
    (member, family)
}

#[test]
fn ranged_parameters_stand_in_equations_and_conditions_as_dimensionless_factors() {
    let (member, family) = family();
    let dimensionless = family.dimensionless();
    let names: Vec<&str> = family
        .declared
        .coordinates
        .iter()
        .map(|c| c.name.as_str())
        .collect();
    assert_eq!(names, ["t", "x", "k", "h", "T_oil"]);
    let shown = dimensionless.equations.show().join("\n");
    assert!(shown.contains("T_xx*k"), "{shown}");
    let robin = dimensionless.conditions[2].show().join("\n");
    for name in ["T_x*k", "h", "T_oil"] {
        assert!(robin.contains(name), "{name}: {robin}");
    }
    // At the middle both are divided by the same.
    let reference = |s: &Posed| s.dimensionless().equations.forms()[0].reference;
    assert_eq!(reference(&family), reference(&member));
}

#[test]
fn offsets_of_temperatures_cancel_over_the_family() {
    let (_, family) = family();
    let dimensionless = family.dimensionless();
    // Conduction, h·780 K·T̂ and h·10 K·T̂_oil; 20 °C are gone.
    let form = &dimensionless.conditions[2].forms()[0];
    assert_eq!(form.coefficients.len(), 3, "{form:?}");
}
