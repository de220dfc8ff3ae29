//! Expressions with units; the documentation of [`problem`](super) explains them.
//!
//! Text becomes tokens, tokens a tree with a place at every node, and the tree a graph with a dimension at
//! every node.

mod definitions;
mod elaborate;
mod functions;
mod lexer;
mod parser;
mod read;
mod reserved;
mod scope;
mod shaped;
mod size;
mod sums;
mod symbols;
mod temperature;
mod tree;
mod unit;
mod value;
mod vector;

pub(super) use definitions::Definitions;
pub(super) use read::{elaborate, read_definitions};
pub(super) use reserved::usable;
pub(super) use scope::{Component, ComponentValue, Scope};
pub(super) use size::bounded;
pub(super) use temperature::Temperature;
pub(super) use value::Value;

use pinn_expr::{Expr, Graph, PointFunction};

/// Longest text of an expression in bytes.
pub(super) const MAX_LENGTH: usize = 4000;
/// Deepest nesting of parentheses, functions and signs.
pub(super) const MAX_DEPTH: usize = 100;
/// Most operations of an expression once written out; powers of powers grow exponentially.
pub(super) const MAX_OPERATIONS: u64 = 2000;

/// Value of an expression over parameters alone; not a number if it reads anything else.
pub(super) fn constant(graph: &Graph, e: Expr, parameters: &[f64]) -> f64 {
    let function = PointFunction::new(graph, &[e], parameters);
    function.map_or(f64::NAN, |f| f.evaluate(&[vec![0.0]])[0][0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinn_units::{Declared, Dimensions, Kind, QuantityInfo};

    fn declared() -> Declared {
        let info = |name: &str, dimensions, kind| QuantityInfo {
            name: name.to_string(),
            dimensions,
            kind,
            quantity: String::new(),
        };
        let temperature = Dimensions::TEMPERATURE;
        Declared {
            coordinates: vec![
                info("t", Dimensions::TIME, Kind::Plain),
                info("x", Dimensions::LENGTH, Kind::Plain),
            ],
            fields: vec![info("T", temperature, Kind::AbsoluteTemperature)],
            parameters: vec![
                info("h", Dimensions([0, 1, -3, 0, -1, 0, 0]), Kind::Plain),
                info("T_wall", temperature, Kind::AbsoluteTemperature),
            ],
        }
    }

    /// Value at t = 2 s, x = 3 m with h = 5 W/(m² K), T_wall = 300 K, in SI base units, and its dimensions.
    fn evaluated(text: &str) -> Result<(f64, String), String> {
        let declared = declared();
        let definitions = Definitions::default();
        let scope = Scope::points(&declared, &definitions);
        let mut graph = Graph::new();
        let value = elaborate(text, scope, &mut graph).map_err(|m| m.fault.to_string())?;
        let function = PointFunction::new(&graph, &[value.expr], &[5.0, 300.0]).unwrap();
        let number = function.evaluate(&[vec![2.0], vec![3.0]])[0][0];
        Ok((number, value.dimensions.to_string()))
    }

    #[track_caller]
    fn is(text: &str, number: f64, dimensions: &str) {
        let (found, found_dimensions) = evaluated(text).unwrap();
        let close = (found - number).abs() <= 1e-14 * number.abs();
        assert!(close, "`{text}`: expected {number}, found {found}");
        assert_eq!(found_dimensions, dimensions, "`{text}`");
    }

    #[test]
    fn precedence_is_the_usual_one() {
        is("1 + 2 * 3", 7.0, "1");
        is("(1 + 2) * 3", 9.0, "1");
        is("2 - 3 - 4", -5.0, "1");
        is("24 / 4 / 2", 3.0, "1");
        is("24 / 4 * 2", 12.0, "1");
        is("-2^2", -4.0, "1");
        is("(-2)^2", 4.0, "1");
        is("2^-1", 0.5, "1");
        is("2 * -3", -6.0, "1");
        is("--3", 3.0, "1");
        is("sqrt(9) + abs(-1.5e1)", 18.0, "1");
        is("2·3 − 1", 5.0, "1");
        is("atan2(x, -3 m)", 0.75 * std::f64::consts::PI, "1");
        is("2 * atan2(1, 0)", std::f64::consts::PI, "1");
    }

    #[test]
    fn units_belong_to_their_numbers() {
        is("20 mm", 0.02, "m");
        is("20 mm * x", 0.06, "m^2");
        is("20 mm*x", 0.06, "m^2");
        is("20mm*x", 0.06, "m^2");
        is("x / 20 mm", 150.0, "1");
        is("45 W/(m K)", 45.0, "kg m s^-3 K^-1");
        is("45 W m^-1 K^-1", 45.0, "kg m s^-3 K^-1");
        is("45 W / (1 m * 1 K)", 45.0, "kg m s^-3 K^-1");
        is("20 mm^2", 20e-6, "m^2");
        is("(20 mm)^2", 4e-4, "m^2");
        is("2 km/s * 3 s", 6000.0, "m");
        is("80 K*sin(pi/2)", 80.0, "K");
        is("80 K/(1 + x / 1 m)", 20.0, "K");
        is("20 km / h", 4000.0, "kg^-1 m s^3 K");
        is("1 J h^-1", 1.0 / 3600.0, "kg m^2 s^-3");
        is("50 % * x", 1.5, "m");
        is(
            "h * (20 degC - T_wall) * x",
            5.0 * (293.15 - 300.0) * 3.0,
            "kg m s^-3",
        );
    }

    #[test]
    fn temperatures_are_points() {
        is("20 degC", 293.15, "K");
        is("-20 degC", 253.15, "K");
        is("68 degF", 293.15, "K");
        is("20 degC + 80 K", 373.15, "K");
        is("80 K + 20 degC", 373.15, "K");
        is("20 degC - 5 K", 288.15, "K");
        is("100 degC - 20 degC", 80.0, "K");
        is("2 * (100 degC - 20 degC)", 160.0, "K");
        is("T_wall - 0 degC", 26.85, "K");
        is("(T_wall + T_wall) / 2", 300.0, "K");
        for nonsense in [
            "20 degC + 30 degC",
            "T_wall + 20 degC",
            "2 * 20 degC",
            "20 degC / 2",
            "-(20 degC)",
            "(20 degC)^2",
            "abs(20 degC)",
            "80 K - 20 degC",
        ] {
            assert!(evaluated(nonsense).is_err(), "`{nonsense}`");
        }
    }

    #[test]
    fn derivatives_have_their_dimension() {
        is("d(atan2(x, 4 m), x)", 4.0 / 25.0, "m^-1");
        is("d(x^3, x)", 27.0, "m^2");
        is("d(x^3 * t, x, t)", 27.0, "m^2");
        is("d(sin(x / 1 m), x)", 3.0f64.cos(), "m^-1");
        is("d(20 degC + 1 K/m * x, x)", 1.0, "m^-1 K");
    }

    #[test]
    fn what_could_mean_two_things_is_refused() {
        let message = evaluated("20 km/h").unwrap_err();
        assert!(
            message.contains("`h` is a unit and a declared name"),
            "{message}"
        );
        for wrong in [
            "2 x",
            "x x",
            "2 (3)",
            "x^x",
            "2^3^2",
            "d(x)",
            "sin(x, x)",
            "atan2(x)",
            "atan2(x, t)",
            "atan2(x, 1)",
            "atan2(20 degC, 1 K)",
            "sin",
            "1 +",
            "()",
        ] {
            assert!(evaluated(wrong).is_err(), "`{wrong}`");
        }
    }
}
