//! W·a + b: products of all rows of a tile with a matrix.

use super::{Layers, Streams, Target};
use crate::codegen::layout::{Matrix, padded};
use crate::codegen::memory::Pass;

impl Layers<'_> {
    /// Number of rows of a product per thread, which leaves work for all threads.
    fn rows_of_a_thread(&self, rows: usize, columns: usize) -> usize {
        let parts = |n: usize| rows.div_ceil(n) * columns.div_ceil(4);
        let many = [8, 4, 2].into_iter().find(|n| parts(*n) >= self.threads);
        many.unwrap_or(1)
    }

    /// Fragments per warp of a product of rows × depth with depth × columns, if tensor cores multiply it.
    fn fragments(&self, shape: [usize; 3]) -> Option<(usize, usize)> {
        self.products.fragments(shape, self.threads / 32)
    }

    /// Multiplies rows of `from`, `depth` wide, by the matrix with a number of columns. The result starts from the bias
    /// if there is one, or is added to the destination.
    fn product(
        &self,
        [depth, columns]: [usize; 2],
        from: Streams,
        matrix: usize,
        bias: Option<usize>,
        to: Streams,
        add: bool,
    ) -> String {
        let rows = self.rows();
        let (function, apart) = match self.fragments([rows, depth, columns]) {
            Some((down, across)) => (format!("units_{down}x{across}"), ", 1"),
            None => {
                let rows = self.rows_of_a_thread(rows, columns);
                (format!("multiply_{rows}"), "")
            }
        };
        let bias = match bias {
            Some(place) => format!("matrices + {place}, {}", self.points),
            None => "(const T *)0, 0".to_string(),
        };
        format!(
            "{function}({rows}, {depth}, {}, {}, {}{apart}, matrices + {matrix}, {}, {bias}, {}, {}, {});\n",
            columns.div_ceil(4),
            from.pointer(),
            from.stride,
            padded(columns),
            to.pointer(),
            to.stride,
            i32::from(add),
        )
    }

    pub(super) fn multiply(&self, matrix: &Matrix, from: Streams, to: Streams) -> String {
        let shape = [matrix.layer.inputs, matrix.layer.outputs];
        self.product(shape, from, matrix.transposed, Some(matrix.bias), to, false)
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
            text += &self.outer([outputs, inputs], own, input, gradient);
        }
        if let Some(gradient) = matrix.bias_gradient {
            let own = own.named("own");
            let body = format!("sum += {};\n", own.at(0));
            text +=
                &self.each_parameter(outputs, vec![own.parameter()], &body, &[("sum", gradient)]);
        }
        if let Some((to, pass)) = target {
            let add = pass == Pass::Add;
            text += &self.product([outputs, inputs], own, matrix.plain, None, to, add);
        }
        text
    }

    /// Adds the products of gradients and inputs, over all points of a set, to the gradient by a matrix.
    fn outer(
        &self,
        [outputs, inputs]: [usize; 2],
        own: Streams,
        input: Streams,
        into: usize,
    ) -> String {
        let (own_stride, stride) = (own.stride, input.stride);
        let (own, input) = (own.pointer(), input.pointer());
        let plain = format!(
            "outer_{}({}, {}, sets, {own}, {own_stride}, {outputs}, {input}, {stride}, {inputs}, into + {into}, {});\n",
            self.rows_of_a_thread(outputs, inputs),
            self.streams(),
            self.points,
            padded(inputs),
        );
        let Some((down, across)) = self.fragments([outputs, self.rows(), inputs]) else {
            return plain;
        };
        // Rows of the Jacobian are sums over few points each.
        format!(
            "if (sets == 1) units_{down}x{across}({outputs}, {}, {}, {own}, 1, {own_stride}, {input}, {stride}, \
             (const T *)0, 0, into + {into}, {}, 1);\nelse {plain}",
            self.rows(),
            inputs.div_ceil(4),
            padded(inputs),
        )
    }
}
