//! Forward pass of one block of rows with derivatives along a direction in parameter space.

use super::task::{Source, Task};
use super::workspace::{Model, Workspace, pass};
use crate::simd::Element;
use pinn_expr::{Columns, ColumnsMut};
use pinn_geometry::points::Points;
use std::ops::Range;

impl<T: Element> Workspace<T> {
    /// Computes J·v of the given rows, where v is the program's tangent: column `r` of `product` begins at `r · rows`.
    pub fn jacobian_vector(
        &mut self,
        model: &Model<T>,
        task: &Task<T>,
        points: &Points<T>,
        rows: Range<usize>,
        product: &mut [T],
    ) {
        let n = rows.len();
        let Some(kernel) = &task.kernel else { return };
        self.residuals(model, task, points, rows);
        self.with_tangents();
        let program = model.program;
        let pass = pass(model, task, &self.coordinates, n * task.sites);
        for step in &program.steps {
            step.layer.tangent(&pass, &self.values, &mut self.tangents);
        }
        let fields = program.circuit.outputs();
        for head in &program.heads {
            let at = head.layer.input.0;
            head.layer.outputs_tangent(
                &pass,
                task.columns(fields),
                &self.values[at],
                &self.tangents[at],
                &mut self.outputs,
            );
        }
        // The tangent of residual r is Σ over inputs of the adjoint's row r times the input's tangent.
        product.fill(T::ZERO);
        let mut tangent = vec![T::ZERO; n];
        for r in 0..task.residuals() {
            self.seeds.fill(T::ZERO);
            self.seeds[r * task.block..][..n].fill(T::ONE);
            kernel.pull_back(
                n,
                Columns::new(&self.inputs, task.block),
                Columns::new(&self.seeds, task.block),
                &mut ColumnsMut::new(&mut self.input_seeds, task.block),
                &mut self.registers,
            );
            for (i, source) in task.sources.iter().enumerate() {
                let Source::Field { field, site, terms } = source else {
                    continue;
                };
                task.gather(&self.outputs, fields, (*field, *site), terms, &mut tangent);
                let derivatives = &self.input_seeds[i * task.block..][..n];
                let sums = &mut product[r * n..][..n];
                for ((sum, d), t) in sums.iter_mut().zip(derivatives).zip(&tangent) {
                    *sum += *d * *t;
                }
            }
        }
    }
}
