//! Complete source: definitions, the prelude, every task, and the kernels outside tasks.

use super::layout::{Layout, Matrix, Own, padded};
use super::machine::Limits;
use super::products::Products;
use super::task::Task;
use pinn_expr::Real;
use pinn_network::{Bias, InputMap, Operation, Weights};
use std::fmt::Write;

/// Arguments of the kernels outside tasks.
pub mod argument {
    /// `prepare`: parameters, constants, matrices.
    pub const PREPARE: [usize; 3] = [0, 1, 2];
    /// `collect`: gradients in the matrices' shapes, parameters, matrices, gradients by the flat parameters, and their
    /// number.
    pub const COLLECT: [usize; 5] = [0, 1, 2, 3, 4];
    /// `reduce`: gradients of all blocks, sums of all blocks, their number, and the destinations of their sums.
    pub const REDUCE: [usize; 5] = [0, 1, 2, 3, 4];
    /// `product`: rows, their number, a vector, the products.
    pub const PRODUCT: [usize; 4] = [0, 1, 2, 3];
}

/// Names of the kernels of a source, for a number of tasks.
pub fn kernels(tasks: usize) -> Vec<String> {
    let common = [
        "prepare", "collect", "reduce", "product", "survey", "adam", "fields",
    ];
    let mut names: Vec<String> = common.map(str::to_string).to_vec();
    for task in 0..tasks {
        names.push(format!("task{task}"));
        names.push(format!("task{task}_rows"));
    }
    names
}

/// Number type, and the functions of C's and CUDA's mathematical libraries for it.
fn numbers<T: Real>() -> String {
    let (number, suffix) = match T::NAME {
        "f64" => ("double", ""),
        _ => ("float", "f"),
    };
    let functions = [
        ("SQRT", "sqrt"),
        ("EXP", "exp"),
        ("LN", "log"),
        ("SIN", "sin"),
        ("COS", "cos"),
        ("TANH", "tanh"),
        ("ATAN2", "atan2"),
        ("ABS", "fabs"),
        ("ERFC", "erfc"),
        ("FMA", "fma"),
    ];
    let functions =
        functions.map(|(name, function)| format!("#define {name} {function}{suffix}\n"));
    format!("typedef {number} T;\n{}", functions.concat())
}

/// Source of all kernels, for a machine with this [header](super::Machine::header). `fields` is the task without
/// residuals.
pub fn source<T: Real>(
    header: &str,
    products: Products,
    layout: &Layout,
    maps: &[InputMap],
    tasks: &[Task<T>],
    fields: &Task<T>,
    limits: Limits,
) -> String {
    let losses = tasks.iter().map(Task::residuals).sum();
    let mut text = format!(
        "{}{header}\n#define GRADIENT {}\n#define LOSSES {losses}\n\n{}\n",
        numbers::<T>(),
        layout.gradient,
        include_str!("prelude.c")
    );
    text += &products.source();
    text += &prepare(layout);
    text += &collect(layout);
    text += &reduce();
    text += &product(layout);
    text += &super::adam::source(layout.parameters);
    text += &fields.source("fields", layout, maps, limits, losses);
    for (number, task) in tasks.iter().enumerate() {
        text += &task.source(&format!("task{number}"), layout, maps, limits, losses);
    }
    text
}

fn matrices(layout: &Layout) -> impl Iterator<Item = &Matrix> {
    layout.own.iter().filter_map(|own| match own {
        Own::Matrix(matrix) => Some(matrix),
        _ => None,
    })
}

/// Kernel that converts the flat parameters to the matrices of all layers.
fn prepare(layout: &Layout) -> String {
    let [parameters, constants, to] = argument::PREPARE;
    let mut text = format!(
        "KERNEL prepare(Arguments arguments) {{\n\
         const T *parameters = POINTER(const T, {parameters}), *constants = POINTER(const T, {constants});\n\
         T *matrices = POINTER(T, {to});\n(void)constants;\n"
    );
    for matrix in matrices(layout) {
        let (outputs, inputs) = (matrix.layer.outputs, matrix.layer.inputs);
        let weight = match (&matrix.layer.weights, matrix.frozen_weights) {
            (Weights::Plain(range), _) => format!("const T w = parameters[{} + i];", range.start),
            (
                Weights::Factorised {
                    directions,
                    log_scales,
                },
                _,
            ) => format!(
                "const T w = EXP(parameters[{} + n]) * parameters[{} + i];",
                log_scales.start, directions.start
            ),
            (
                Weights::Normalised {
                    directions,
                    lengths,
                },
                _,
            ) => format!(
                "T square = 0;\nfor (int l = 0; l < {inputs}; l++) {{ const T v = parameters[{0} + n * {inputs} + l]; \
                 square = FMA(v, v, square); }}\n\
                 const T w = parameters[{1} + n] / SQRT(square) * parameters[{0} + i];",
                directions.start, lengths.start
            ),
            (Weights::Frozen(_), start) => {
                format!("const T w = constants[{} + i];", start.unwrap_or_default())
            }
        };
        let bias = match (&matrix.layer.bias, matrix.frozen_bias) {
            (Bias::Trained(range), _) => Some(format!("parameters[{} + i]", range.start)),
            (Bias::Frozen(_), start) => {
                Some(format!("constants[{} + i]", start.unwrap_or_default()))
            }
            (Bias::None, _) => None,
        };
        let _ = writeln!(
            text,
            "for (long i = GLOBAL; i < {}; i += GLOBALS) {{\nconst long n = i / {inputs}, k = i % {inputs};\n{weight}\n\
             matrices[{} + k * {} + n] = w;\nmatrices[{} + n * {} + k] = w;\n}}",
            outputs * inputs,
            matrix.transposed,
            padded(outputs),
            matrix.plain,
            padded(inputs),
        );
        if let Some(bias) = bias {
            let _ = writeln!(
                text,
                "for (long i = GLOBAL; i < {outputs}; i += GLOBALS) matrices[{} + i] = {bias};",
                matrix.bias
            );
        }
    }
    text + "}\n\n"
}

/// Kernel that converts gradients in the matrices' shapes to gradients by the flat parameters.
fn collect(layout: &Layout) -> String {
    let [gradients, parameters, matrices, to, count] = argument::COLLECT;
    let all = layout.parameters;
    let mut text = format!(
        "KERNEL collect(Arguments arguments) {{\n\
         const T *gradients = POINTER(const T, {gradients}), *parameters = POINTER(const T, {parameters});\n\
         const T *matrices = POINTER(const T, {matrices});\nT *to = POINTER(T, {to});\n\
         const long sets = INTEGER({count});\n(void)parameters; (void)matrices;\n"
    );
    let copy = |text: &mut String, from: usize, start: usize, length: usize| {
        let _ = writeln!(
            text,
            "for (long i = GLOBAL; i < sets * {length}; i += GLOBALS) \
             to[i / {length} * {all} + {start} + i % {length}] = gradients[i / {length} * GRADIENT + {from} + i % {length}];"
        );
    };
    for (node, own) in layout.nodes.iter().zip(&layout.own) {
        match (own, &node.operation) {
            (Own::Matrix(matrix), _) => {
                if let Some(gradient) = matrix.weight_gradient {
                    text += &collect_weights(matrix, gradient, all);
                }
                if let (Some(gradient), Bias::Trained(range)) =
                    (matrix.bias_gradient, &matrix.layer.bias)
                {
                    copy(&mut text, gradient, range.start, range.len());
                }
            }
            (Own::Scales(scales), Operation::Norm { norm, .. }) => {
                copy(
                    &mut text,
                    scales.gain_gradient,
                    norm.gain.start,
                    norm.gain.len(),
                );
                if let (Some(gradient), Some(range)) = (scales.bias_gradient, &norm.bias) {
                    copy(&mut text, gradient, range.start, range.len());
                }
            }
            (Own::Share { gradient }, Operation::Blend { share, .. }) => {
                copy(&mut text, *gradient, *share, 1);
            }
            _ => {}
        }
    }
    text + "}\n\n"
}

/// Applies the chain rule from a matrix to its parameters.
fn collect_weights(matrix: &Matrix, gradient: usize, all: usize) -> String {
    let (outputs, inputs) = (matrix.layer.outputs, matrix.layer.inputs);
    let stride = padded(inputs);
    let plain = matrix.plain;
    // One thread per row of the matrix, which begins at v, its gradient at g.
    let by_rows = |body: String| {
        format!(
            "for (long i = GLOBAL; i < sets * {outputs}; i += GLOBALS) {{\nconst long n = i % {outputs};\n\
             const T *g = gradients + i / {outputs} * GRADIENT + {gradient} + n * {stride};\n\
             const T *w = matrices + {plain} + n * {stride};\n\
             T *by = to + i / {outputs} * {all};\n\
             T along = 0;\nfor (int k = 0; k < {inputs}; k++) along = FMA(g[k], w[k], along);\n{body}}}\n"
        )
    };
    match &matrix.layer.weights {
        Weights::Frozen(_) => String::new(),
        Weights::Plain(range) => format!(
            "for (long i = GLOBAL; i < sets * {0}; i += GLOBALS) {{\n\
             const long set = i / {0}, j = i % {0};\n\
             to[set * {all} + {1} + j] = gradients[set * GRADIENT + {gradient} + j / {inputs} * {stride} + j % {inputs}];\n}}\n",
            range.len(),
            range.start,
        ),
        // W = diag(exp s)·V
        Weights::Factorised {
            directions,
            log_scales,
        } => by_rows(format!(
            "by[{0} + n] = along;\nconst T scale = EXP(parameters[{0} + n]);\n\
             for (int k = 0; k < {inputs}; k++) by[{1} + n * {inputs} + k] = scale * g[k];\n",
            log_scales.start, directions.start,
        )),
        // W = diag(g/‖v‖)·V; `along` is g times the gradient by g
        Weights::Normalised {
            directions,
            lengths,
        } => by_rows(format!(
            "T square = 0, toward = 0;\n\
             for (int k = 0; k < {inputs}; k++) {{\nconst T v = parameters[{0} + n * {inputs} + k];\n\
             square = FMA(v, v, square);\ntoward = FMA(g[k], v, toward);\n}}\n(void)along;\n\
             const T inverse = 1 / SQRT(square), length = parameters[{1} + n];\n\
             by[{1} + n] = toward * inverse;\n\
             for (int k = 0; k < {inputs}; k++) by[{0} + n * {inputs} + k] = \
             length * inverse * (g[k] - toward / square * parameters[{0} + n * {inputs} + k]);\n",
            directions.start, lengths.start,
        )),
    }
}

/// Kernel that sums over the blocks, in their order.
fn reduce() -> String {
    let [gradients, sums, blocks, gradient, losses] = argument::REDUCE;
    format!(
        "KERNEL reduce(Arguments arguments) {{\n\
         const T *gradients = POINTER(const T, {gradients});\nconst double *sums = POINTER(const double, {sums});\n\
         const long blocks = INTEGER({blocks});\nT *gradient = POINTER(T, {gradient});\n\
         double *losses = POINTER(double, {losses});\n\
         if (gradients) for (long i = GLOBAL; i < GRADIENT; i += GLOBALS) {{\n\
         T sum = 0;\nfor (long b = 0; b < blocks; b++) sum += gradients[b * GRADIENT + i];\ngradient[i] = sum;\n}}\n\
         if (sums) for (long i = GLOBAL; i < 2 * LOSSES; i += GLOBALS) {{\n\
         double sum = 0;\nfor (long b = 0; b < blocks; b++) sum += sums[b * (2 * LOSSES) + i];\nlosses[i] = sum;\n}}\n}}\n\n"
    )
}

/// Kernel for products of rows as long as the parameters with a vector, one warp for each.
fn product(layout: &Layout) -> String {
    let [rows, count, vector, to] = argument::PRODUCT;
    format!(
        "KERNEL product(Arguments arguments) {{\n\
         const T *rows = POINTER(const T, {rows}), *vector = POINTER(const T, {vector});\n\
         T *to = POINTER(T, {to});\n\
         for (long row = (long)BLOCK * WARPS + WARP; row < INTEGER({count}); row += (long)BLOCKS * WARPS) {{\n\
         T sum = 0;\nfor (int i = LANE; i < {0}; i += 32) sum = FMA(rows[row * {0} + i], vector[i], sum);\n\
         sum = lane_sum(sum);\nif (LANE == 0) to[row] = sum;\n}}\n}}\n\n",
        layout.parameters,
    )
}
