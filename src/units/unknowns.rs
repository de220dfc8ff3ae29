//! Parameters whose values are sought: in equations they become fields that nothing is differentiated along.

use super::ansatz::Ansatz;
use super::dimensions::Declared;
use super::nondimensional::{NondimensionalError, Reference};
use super::residuals::{Dimensional, Erased, Nondimensional, Residuals};
use super::scale::Scales;
use pinn_expr::{Function, Graph};

impl Declared {
    /// Turns some parameters, by number, into further fields. They stay among the parameters too, so that
    /// numbers do not change.
    #[must_use]
    pub fn with_unknowns(mut self, parameters: &[usize]) -> Self {
        let further = parameters.iter().map(|p| self.parameters[*p].clone());
        self.fields.extend(further);
        self
    }
}

impl Residuals<Erased, Erased, Dimensional> {
    /// Divides every residual by a number of its own, in SI base units.
    ///
    /// # Errors
    /// If a number is zero or not finite, and as for [`nondimensionalize`](Residuals::nondimensionalize).
    ///
    /// # Panics
    /// If there are fewer numbers than residuals.
    pub fn nondimensionalize_by_values(
        self,
        scales: &Scales,
        by: Vec<f64>,
    ) -> Result<Residuals<Erased, Erased, Nondimensional>, NondimensionalError> {
        self.nondimensionalize_with(scales, Reference::Given(by))
    }
}

impl Ansatz<Erased, Nondimensional> {
    /// Makes these fields, by number, the exponentials of the network's outputs: positive, and one where the
    /// output is zero.
    ///
    /// None of the fields may have an expression already.
    #[must_use]
    pub fn with_exponentials(mut self, fields: &[u16]) -> Self {
        let mut graph = Graph::new();
        let exponentials = fields.iter().map(|number| {
            let output = graph.field(*number);
            (*number, graph.apply(Function::Exp, output))
        });
        let exponentials: Vec<_> = exponentials.collect();
        let positive = Ansatz::<Erased, Nondimensional>::from_parts(
            self.declared.clone(),
            graph,
            exponentials,
        );
        for (_, e) in &mut self.fields {
            *e = positive.insert(&mut self.graph, *e);
        }
        for (field, e) in &positive.fields {
            let e = self.graph.import(&positive.graph, *e);
            self.fields.push((*field, e));
        }
        self.fields.sort_by_key(|(field, _)| *field);
        self
    }
}
