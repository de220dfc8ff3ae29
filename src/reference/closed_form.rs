//! References given as expressions.

use super::Reference;
use pinn_expr::PointFunction;
use pinn_units::Declared;

/// One expression per field.
pub struct ClosedForm {
    declared: Declared,
    fields: Vec<usize>,
    function: PointFunction,
}

impl ClosedForm {
    /// `function` gives one output per entry of `fields`.
    pub fn new(declared: Declared, fields: Vec<usize>, function: PointFunction) -> Self {
        ClosedForm {
            declared,
            fields,
            function,
        }
    }
}

impl Reference for ClosedForm {
    fn describe(&self) -> String {
        let names: Vec<&str> = self
            .fields
            .iter()
            .map(|f| self.declared.fields[*f].name.as_str())
            .collect();
        format!("closed form of {}", names.join(", "))
    }

    fn fields(&self) -> &[usize] {
        &self.fields
    }

    fn evaluate(&self, coordinates: &[Vec<f64>]) -> Vec<Vec<f64>> {
        self.function.evaluate(coordinates)
    }

    /// Rounding: half a unit in the last place per operation.
    fn errors(&self) -> Vec<f64> {
        let rounding = 0.5 * f64::EPSILON * (self.function.operations() + 1) as f64;
        vec![rounding; self.fields.len()]
    }

    fn declared(&self) -> &Declared {
        &self.declared
    }
}
