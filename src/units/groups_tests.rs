use super::*;
use crate::test_equations::{Boussinesq, Flow, Heat};
use crate::{Affine, Symbols};
use proptest::prelude::*;

fn value(groups: &[Group], symbol: &str) -> f64 {
    let group = groups.iter().find(|g| g.symbol == Some(symbol));
    group.unwrap_or_else(|| panic!("no group {symbol}")).value
}

fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-12 * b.abs(), "{a} is not {b}");
}

#[test]
fn heat_has_fourier_and_biot() {
    let groups = characteristic_groups(&Heat::declared(), &Heat::scales(&Heat::setup()));
    let alpha = 45.0 / (7800.0 * 500.0);
    close(value(&groups, "Fo"), alpha * 100.0 / 0.01);
    close(value(&groups, "Bi"), 500.0 * 0.1 / 45.0);
    close(value(&groups, "Po"), 1e6 * 0.01 / (45.0 * 50.0));
    assert_eq!(groups[0].symbolic, "k t/(rho c_p x^2)");
    // 3 scales of coordinates, 1 of a field, 5 parameters that are magnitudes; 4 base quantities.
    assert_eq!(groups.len(), 5);
    assert!(groups.iter().all(|g| g.symbol != Some("Nu")));
}

#[test]
fn flow_with_heat_has_its_numbers() {
    let setup = Boussinesq::setup();
    let groups = characteristic_groups(&Boussinesq::declared(), &Boussinesq::scales(&setup));
    let (nu, alpha) = (1e-4, 1e-5);
    close(value(&groups, "Re"), 0.1 * 0.1 / nu);
    close(value(&groups, "Pr"), nu / alpha);
    close(value(&groups, "Pe"), 0.1 * 0.1 / alpha);
    close(value(&groups, "Br"), 0.1 * 0.01 / (0.6 * 10.0));
    close(
        value(&groups, "Ra"),
        9.81 * 2e-4 * 10.0 * 1e-3 / (nu * alpha),
    );
    close(value(&groups, "Gr"), 9.81 * 2e-4 * 10.0 * 1e-3 / (nu * nu));
    close(value(&groups, "Fr"), 0.1 / f64::sqrt(9.81 * 0.1));
    close(value(&groups, "Sr"), 0.1 / (0.1 * 1.0));
    close(value(&groups, "Eu"), 10.0 / (1000.0 * 0.01));
}

/// The name of a quantity does not matter, its dimension does.
#[test]
fn symbols_do_not_matter() {
    let scales = Flow::scales(&Flow::setup());
    let mut declared = Flow::declared();
    let before = characteristic_groups(&declared, &scales);
    for info in declared.parameters.iter_mut().chain(&mut declared.fields) {
        info.name.push_str("_of_mine");
        info.quantity = format!("uom::si::f64::{}", info.quantity);
    }
    let after = characteristic_groups(&declared, &scales);
    let names = |groups: &[Group]| groups.iter().map(|g| (g.name, g.value)).collect::<Vec<_>>();
    assert_eq!(names(&before), names(&after));
}

#[test]
fn scales_of_another_problem_give_no_groups() {
    let scales = Scales {
        coordinates: vec![Affine::new(1.0, 0.0)],
        ..Scales::default()
    };
    assert_eq!(characteristic_groups(&Heat::declared(), &scales), []);
}

#[test]
fn pi_theorem_of_the_pendulum() {
    let quantity = |name: &str, exponents, value| (name.to_string(), Dimensions(exponents), value);
    let groups = dimensionless_groups(&[
        quantity("l", [1, 0, 0, 0, 0, 0, 0], 2.0),
        quantity("g", [1, 0, -2, 0, 0, 0, 0], 8.0),
        quantity("m", [0, 1, 0, 0, 0, 0, 0], 3.0),
        quantity("T", [0, 0, 1, 0, 0, 0, 0], 5.0),
        quantity("angle", [0; 7], 0.5),
    ]);
    let shown: Vec<_> = groups
        .iter()
        .map(|g| (g.symbolic.as_str(), g.value))
        .collect();
    assert_eq!(shown, [("g T^2/l", 100.0), ("angle", 0.5)]);
    assert_eq!(dimensionless_groups(&[]), []);
}

proptest! {
    /// Every group is dimensionless, and their number is quantities − rank.
    #[test]
    fn groups_are_a_basis(
        exponents in prop::collection::vec(prop::array::uniform7(-4i8..=4), 0..12),
    ) {
        let quantities: Vec<Dimensions> = exponents.iter().map(|e| Dimensions(*e)).collect();
        let matrix: Vec<Powers> = exponents.iter().map(|e| e.map(i32::from).to_vec()).collect();
        let groups = pi_groups(&quantities).expect("small exponents");
        prop_assert_eq!(groups.len(), quantities.len() - rank(&matrix).unwrap_or(0));
        for group in &groups {
            for base in 0..7 {
                let sum: i64 = (quantities.iter().zip(group))
                    .map(|(d, n)| i64::from(d.0[base]) * i64::from(*n))
                    .sum();
                prop_assert_eq!(sum, 0);
            }
        }
        prop_assert_eq!(rank(&groups), Some(groups.len()));
    }

    #[test]
    fn extreme_exponents_do_not_panic(
        exponents in prop::collection::vec(prop::array::uniform7(any::<i8>()), 0..12),
    ) {
        let quantities: Vec<_> = exponents
            .iter()
            .map(|e| ("q".to_string(), Dimensions(*e), 1.5))
            .collect();
        for group in dimensionless_groups(&quantities) {
            prop_assert!(!group.symbolic.is_empty());
        }
    }
}
