//! Compiled residuals and their values, both in the typestate of the residuals.

use super::residuals::Nondimensional;
use crate::expr::{Columns, ColumnsMut, Expr, Graph, MultiIndex, Op, Program, Real, Scratch};
use std::marker::PhantomData;

/// A column that a kernel reads.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Input {
    /// Field, or a derivative of it, at a site of the row.
    Field {
        field: u16,
        site: u8,
        order: MultiIndex,
    },
    Coordinate {
        coordinate: u8,
        site: u8,
    },
}

/// Residuals as block programs: forward, and the adjoint that turns seeds on residuals into seeds on inputs.
#[derive(Clone, Debug)]
pub struct Kernel<T, State> {
    inputs: Vec<Input>,
    residuals: usize,
    forward: Program<T>,
    adjoint: Program<T>,
    state: PhantomData<fn() -> State>,
}

impl<T: Real, State> Kernel<T, State> {
    pub(super) fn new(mut graph: Graph, outputs: &[Expr]) -> Self {
        let nodes = graph.inputs(outputs);
        let adjoint = graph.adjoint(outputs, &nodes);
        let inputs = nodes
            .iter()
            .map(|e| match graph.op(*e) {
                Op::Field { field, site, order } => Input::Field { field, site, order },
                Op::Coordinate { coordinate, site } => Input::Coordinate { coordinate, site },
                op => unreachable!("{op:?} is not an input"),
            })
            .collect();
        Kernel {
            inputs,
            residuals: outputs.len(),
            forward: Program::new(&graph, outputs, &nodes),
            adjoint: Program::new(&graph, &adjoint, &nodes),
            state: PhantomData,
        }
    }

    /// Input columns, in the order in which the programs read them.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// Number of residuals per row.
    pub fn residuals(&self) -> usize {
        self.residuals
    }

    /// Sites per row: 1, or 2 where a residual couples two points.
    pub fn sites(&self) -> usize {
        let site = |input: &Input| match *input {
            Input::Field { site, .. } | Input::Coordinate { site, .. } => site as usize + 1,
        };
        self.inputs.iter().map(site).max().unwrap_or(1)
    }

    pub fn forward_program(&self) -> &Program<T> {
        &self.forward
    }

    /// Its outputs are one column per input (also for coordinates).
    pub fn adjoint_program(&self) -> &Program<T> {
        &self.adjoint
    }

    /// Residuals of `n` rows: `inputs` holds one column per [`Kernel::inputs`], `residuals` receives one
    /// column per residual.
    pub fn evaluate(
        &self,
        n: usize,
        inputs: Columns<T>,
        residuals: &mut ColumnsMut<T>,
        scratch: &mut Scratch<T>,
    ) {
        self.forward
            .run(n, inputs, Columns::new(&[], 0), residuals, scratch);
    }

    /// Σ_r seed_r · ∂residual_r/∂input for every input column.
    pub fn pull_back(
        &self,
        n: usize,
        inputs: Columns<T>,
        seeds: Columns<T>,
        input_seeds: &mut ColumnsMut<T>,
        scratch: &mut Scratch<T>,
    ) {
        self.adjoint.run(n, inputs, seeds, input_seeds, scratch);
    }
}

/// Residual values: column `r` holds residual `r` of all rows.
#[derive(Clone, Debug)]
pub struct Batch<T, State> {
    data: Vec<T>,
    rows: usize,
    state: PhantomData<fn() -> State>,
}

impl<T: Real, State> Batch<T, State> {
    /// Evaluates a kernel; the values are in the kernel's state.
    pub fn evaluate(kernel: &Kernel<T, State>, rows: usize, inputs: Columns<T>) -> Self {
        let mut data = vec![T::ZERO; rows * kernel.residuals()];
        kernel.evaluate(
            rows,
            inputs,
            &mut ColumnsMut::new(&mut data, rows),
            &mut Scratch::new(),
        );
        Batch {
            data,
            rows,
            state: PhantomData,
        }
    }

    /// Values that an engine computed with a kernel of this state.
    pub(crate) fn from_columns(data: Vec<T>, rows: usize) -> Self {
        Batch {
            data,
            rows,
            state: PhantomData,
        }
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn residuals(&self) -> usize {
        self.data.len().checked_div(self.rows).unwrap_or(0)
    }

    pub fn column(&self, residual: usize) -> &[T] {
        &self.data[residual * self.rows..][..self.rows]
    }
}

/// Implemented by [`Nondimensional`] alone: what a norm, a loss or an optimiser may touch.
#[diagnostic::on_unimplemented(
    message = "norms, losses and optimisers need nondimensional residuals, but these are still `{Self}`",
    label = "these residuals carry physical units",
    note = "call `.nondimensionalize(&scales)` on the residuals first"
)]
pub trait IsNondimensional {}
impl IsNondimensional for Nondimensional {}
