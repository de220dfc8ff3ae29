//! W·a + b: products of all rows of a tile with a matrix.

use super::{Layers, Streams, Target};
use crate::pinn::engine::generated::layout::{Matrix, padded};
use crate::pinn::engine::generated::memory::Pass;
use std::fmt::Write;

impl Layers<'_> {
    /// The number of rows of a product that one thread takes: as many as leave work for all threads.
    fn rows_of_a_thread(&self, rows: usize, columns: usize) -> usize {
        let parts = |n: usize| rows.div_ceil(n) * columns.div_ceil(4);
        let many = [8, 4, 2].into_iter().find(|n| parts(*n) >= self.threads);
        many.unwrap_or(1)
    }

    pub(super) fn multiply(&self, matrix: &Matrix, from: Streams, to: Streams) -> String {
        let (inputs, outputs) = (matrix.layer.inputs, matrix.layer.outputs);
        format!(
            "multiply_{}({}, {inputs}, {}, {}, {}, matrices + {}, {}, matrices + {}, {}, {}, {}, 0);\n",
            self.rows_of_a_thread(self.rows(), outputs),
            self.rows(),
            outputs.div_ceil(4),
            from.pointer(),
            from.stride,
            matrix.transposed,
            padded(outputs),
            matrix.bias,
            self.points,
            to.pointer(),
            to.stride,
        )
    }

    pub(super) fn multiply_adjoint(
        &self,
        matrix: &Matrix,
        input: Streams,
        own: Streams,
        target: Target,
    ) -> String {
        let (inputs, outputs) = (matrix.layer.inputs, matrix.layer.outputs);
        let mut text = String::new();
        if let Some(gradient) = matrix.weight_gradient {
            let rows = self.rows_of_a_thread(outputs, inputs);
            let _ = writeln!(
                text,
                "outer_{rows}({}, {}, sets, {}, {}, {outputs}, {}, {}, {inputs}, into + {gradient}, {});",
                self.streams(),
                self.points,
                own.pointer(),
                own.stride,
                input.pointer(),
                input.stride,
                padded(inputs),
            );
        }
        if let Some(gradient) = matrix.bias_gradient {
            let own = own.named("own");
            let body = format!("sum += {};\n", own.at(0));
            text +=
                &self.each_parameter(outputs, vec![own.parameter()], &body, &[("sum", gradient)]);
        }
        if let Some((to, pass)) = target {
            let _ = writeln!(
                text,
                "multiply_{}({}, {outputs}, {}, {}, {}, matrices + {}, {}, (const T *)0, 0, {}, {}, {});",
                self.rows_of_a_thread(self.rows(), inputs),
                self.rows(),
                inputs.div_ceil(4),
                own.pointer(),
                own.stride,
                matrix.plain,
                padded(inputs),
                to.pointer(),
                to.stride,
                i32::from(pass == Pass::Add),
            );
        }
        text
    }
}
