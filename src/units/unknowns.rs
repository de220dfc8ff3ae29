//! Parameters whose values are sought: in equations they become fields that nothing is differentiated along.

use super::ansatz::Ansatz;
use super::dimensions::Declared;
use super::nondimensional::{NondimensionalError, Reference};
use super::residuals::{Dimensional, Erased, Nondimensional, Residuals};
use super::scale::Scales;
use crate::expr::{Expr, Function, Graph, Op};
use std::collections::HashMap;

/// A parameter as the field that it becomes: number `first` + its place in `parameters`.
fn sought(graph: &mut Graph, op: Op, first: usize, parameters: &[usize]) -> Option<Expr> {
    let Op::Parameter(number) = op else {
        return None;
    };
    let place = parameters.iter().position(|p| *p == usize::from(number))?;
    Some(graph.field((first + place) as u16))
}

impl Declared {
    /// The same with some parameters, by number, as further fields; they stay among the parameters too, so that numbers
    /// do not change.
    #[must_use]
    pub fn with_unknowns(mut self, parameters: &[usize]) -> Self {
        let further = parameters.iter().map(|p| self.parameters[*p].clone());
        self.fields.extend(further);
        self
    }
}

impl Residuals<Erased, Erased, Dimensional> {
    /// The same residuals with some parameters, by number, as further fields behind the declared ones. The parameters
    /// stay declared, and nothing reads them any more.
    #[must_use]
    pub fn with_unknowns(self, parameters: &[usize]) -> Self {
        let (mut declared, mut graph, mut equations) = self.into_parts();
        let first = declared.fields.len();
        let mut memo = HashMap::new();
        for equation in &mut equations {
            let mut leaf = |graph: &mut Graph, op| sought(graph, op, first, parameters);
            equation.residual = graph.substitute(equation.residual, &mut leaf, &mut memo);
        }
        declared = declared.with_unknowns(parameters);
        Residuals::from_parts(declared, graph, equations)
    }

    /// Divides every residual by a number of its own, one per residual, in SI base units.
    ///
    /// # Errors
    /// As for [`nondimensionalize`](Residuals::nondimensionalize); also if a number is zero or not finite.
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

impl Ansatz<Erased, Dimensional> {
    /// The same with some parameters as further fields, as for [`Residuals::with_unknowns`].
    #[must_use]
    pub fn with_unknowns(mut self, parameters: &[usize]) -> Self {
        let first = self.declared.fields.len();
        let mut memo = HashMap::new();
        for (_, e) in &mut self.fields {
            let mut leaf = |graph: &mut Graph, op| sought(graph, op, first, parameters);
            *e = self.graph.substitute(*e, &mut leaf, &mut memo);
        }
        self.declared = self.declared.with_unknowns(parameters);
        self
    }
}

impl Ansatz<Erased, Nondimensional> {
    /// Also lets these fields, by number, be the exponentials of what the network gives: positive, and one where that is
    /// zero. No field has two expressions.
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
