//! References given as expressions.

use super::Reference;
use pinn_expr::PointFunction;
use pinn_units::Declared;

/// Reference with one expression per field.
///
/// ```
/// use pinn_expr::{Graph, PointFunction};
/// use pinn_reference::{ClosedForm, Reference};
/// use pinn_units::{Symbols, quantities};
/// use uom::si::f64::*;
///
/// quantities! { pub struct Fall {
///     coordinates { t: Time }
///     fields { h: Length }
///     parameters { g: Acceleration }
/// }}
///
/// // h = g t² / 2
/// let mut graph = Graph::new();
/// let (t, g, half) = (graph.coordinate(0), graph.parameter(0), graph.constant(0.5));
/// let square = graph.mul(t, t);
/// let product = graph.mul(g, square);
/// let height = graph.mul(half, product);
/// let function = PointFunction::new(&graph, &[height], &[10.0]).expect("g has a value");
///
/// let reference = ClosedForm::new(Fall::declared(), vec![0], function);
/// assert_eq!(reference.evaluate(&[vec![0.0, 2.0]]), [[0.0, 20.0]]);
/// ```
pub struct ClosedForm {
    declared: Declared,
    fields: Vec<usize>,
    function: PointFunction,
}

impl ClosedForm {
    /// Creates a reference. `function` gives one output per entry of `fields`, which are indices into
    /// [`Declared::fields`].
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
