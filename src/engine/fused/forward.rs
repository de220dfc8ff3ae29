//! One block of rows forward: through the whole network to its outputs, and on to the residuals.

use super::task::{Source, Task};
use super::workspace::{Model, Workspace, pass};
use crate::simd::Element;
use pinn_expr::{Columns, ColumnsMut};
use pinn_geometry::points::Points;
use std::ops::Range;

impl<T: Element> Workspace<T> {
    /// Outputs of the network for the given rows: column `used · fields + field`, `block · sites` apart.
    pub fn outputs(
        &mut self,
        model: &Model<T>,
        task: &Task<T>,
        points: &Points<T>,
        rows: Range<usize>,
    ) -> (&[T], usize) {
        let n = rows.len();
        let capacity = task.capacity();
        let program = model.program;
        for (c, map) in program.circuit.input_maps.iter().enumerate() {
            let (scale, shift) = (T::from_f64(map.scale), T::from_f64(map.shift));
            for site in 0..task.sites {
                let column = &mut self.coordinates[c * capacity + site * n..][..n];
                let from = &points.column(site, c)[rows.clone()];
                for (to, x) in column.iter_mut().zip(from) {
                    *to = scale * *x + shift;
                }
            }
        }
        let pass = pass(model, task, &self.coordinates, n * task.sites);
        for step in &program.steps {
            step.layer.forward(&pass, &mut self.values);
        }
        for head in &program.heads {
            let input = &self.values[head.layer.input.0];
            let columns = task.columns(program.circuit.outputs());
            head.layer.outputs(&pass, columns, input, &mut self.outputs);
        }
        (&self.outputs, capacity)
    }

    /// Residuals of the given rows: column `r` begins at `r · block`.
    pub fn residuals(
        &mut self,
        model: &Model<T>,
        task: &Task<T>,
        points: &Points<T>,
        rows: Range<usize>,
    ) -> &[T] {
        let Some(kernel) = &task.kernel else {
            return &[];
        };
        self.outputs(model, task, points, rows.clone());
        let n = rows.len();
        let fields = model.program.circuit.outputs();
        for (i, source) in task.sources.iter().enumerate() {
            let column = &mut self.inputs[i * task.block..][..n];
            match source {
                Source::Coordinate { coordinate, site } => {
                    column.copy_from_slice(&points.column(*site, *coordinate)[rows.clone()]);
                }
                Source::Field { field, site, terms } => {
                    task.gather(&self.outputs, fields, (*field, *site), terms, column);
                }
            }
        }
        kernel.evaluate(
            n,
            Columns::new(&self.inputs, task.block),
            &mut ColumnsMut::new(&mut self.residuals, task.block),
            &mut self.registers,
        );
        &self.residuals
    }
}
