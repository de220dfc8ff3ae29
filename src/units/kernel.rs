//! Compiled residuals and their values, both in the typestate of the residuals.

use super::collapse::{Operators, collapse};
use super::residuals::Nondimensional;
use pinn_expr::{Columns, ColumnsMut, Expr, Graph, MultiIndex, Op, Program, Real, Scratch};
use std::marker::PhantomData;

/// Column that a kernel reads.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Input {
    /// Field or one of its derivatives at a site of the row.
    Field {
        /// Number of the field.
        field: u16,
        /// Site at which it is taken.
        site: u8,
        /// Order of differentiation along each coordinate.
        order: MultiIndex,
    },
    /// Coordinate of a site of the row.
    Coordinate {
        /// Number of the coordinate.
        coordinate: u8,
        /// Site whose coordinate is read.
        site: u8,
    },
    /// Linear differential operator with constant coefficients, applied to a field at a site of the row. Its
    /// symbol is [`Kernel::operators`]`[operator]`.
    Operator {
        /// Number of the field.
        field: u16,
        /// Site at which it is taken.
        site: u8,
        /// Number of the operator.
        operator: u16,
    },
}

/// Symbol of a linear differential operator with constant coefficients: Σ coefficient · ∂^order, each order
/// once. (In the literature the symbol is the polynomial Σ coefficient · ξ^order.)
pub type Symbol = Vec<(MultiIndex, f64)>;

/// Residuals as two block programs: the forward one, and the adjoint that turns seeds on residuals into seeds
/// on inputs.
#[derive(Clone, Debug)]
pub struct Kernel<T, State> {
    graph: Graph,
    outputs: Vec<Expr>,
    operators: Operators,
    inputs: Vec<Input>,
    forward: Program<T>,
    adjoint: Program<T>,
    state: PhantomData<fn() -> State>,
}

impl<T: Real, State> Kernel<T, State> {
    pub(super) fn new(graph: Graph, outputs: Vec<Expr>) -> Self {
        Kernel::with_operators(graph, outputs, Operators::default())
    }

    fn with_operators(mut graph: Graph, outputs: Vec<Expr>, operators: Operators) -> Self {
        let nodes = graph.inputs(&outputs);
        let adjoint = graph.adjoint(&outputs, &nodes);
        let inputs = nodes
            .iter()
            .map(|e| match graph.op(*e) {
                Op::Field { field, site, order } => match operators.applied(field) {
                    Some((field, operator)) => Input::Operator {
                        field,
                        site,
                        operator,
                    },
                    None => Input::Field { field, site, order },
                },
                Op::Coordinate { coordinate, site } => Input::Coordinate { coordinate, site },
                op => unreachable!("{op:?} is not an input"),
            })
            .collect();
        Kernel {
            inputs,
            forward: Program::new(&graph, &outputs, &nodes),
            adjoint: Program::new(&graph, &adjoint, &nodes),
            graph,
            outputs,
            operators,
            state: PhantomData,
        }
    }

    /// Rewrites the kernel to read as few derivatives as possible.
    ///
    /// Derivatives of a field at a site that enter every residual only as summands with constant coefficients
    /// are gathered, residual by residual, into one [`Input::Operator`] each. `u_t - 0.4*(u_xx + u_yy)` reads
    /// one operator. In `u*u_x + p_x - 0.1*(u_xx + u_yy)` the Laplacian is one, and u, u_x and p_x stay.
    ///
    /// A derivative that is alone in its group stays as it is. Operators that are equal up to a factor,
    /// exactly or to rounding (1e-13), are one; the factor stands in the residual. Values agree with those of
    /// this kernel to rounding.
    pub fn collapsed(&self) -> Kernel<T, State> {
        let (mut graph, mut operators) = (self.graph.clone(), self.operators.clone());
        let outputs = collapse(&mut graph, &self.outputs, &mut operators);
        Kernel::with_operators(graph, outputs, operators)
    }

    /// Symbols of the operators that [`Input::Operator`] refers to by number, scaled so that the coefficient
    /// of largest magnitude is 1.
    pub fn operators(&self) -> &[Symbol] {
        self.operators.symbols()
    }

    /// Symbol that an input applies to its field: one term with coefficient 1 for a derivative or the field
    /// itself, the operator's terms for an operator.
    ///
    /// Returns `None` for a coordinate and for an operator that this kernel does not have.
    pub fn symbol(&self, input: &Input) -> Option<Symbol> {
        match *input {
            Input::Field { order, .. } => Some(vec![(order, 1.0)]),
            Input::Operator { operator, .. } => self.operators().get(operator as usize).cloned(),
            Input::Coordinate { .. } => None,
        }
    }

    /// Symbols of all inputs, in order; see [`Kernel::symbol`].
    pub fn symbols(&self) -> Vec<Option<Symbol>> {
        let inputs = self.inputs.iter();
        inputs.map(|input| self.symbol(input)).collect()
    }

    /// Input columns, in the order in which the programs read them.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// Number of residuals per row.
    pub fn residuals(&self) -> usize {
        self.outputs.len()
    }

    /// Number of sites per row: 1, or 2 if a residual couples two points.
    pub fn sites(&self) -> usize {
        let site = |input: &Input| match *input {
            Input::Field { site, .. }
            | Input::Coordinate { site, .. }
            | Input::Operator { site, .. } => site as usize + 1,
        };
        self.inputs.iter().map(site).max().unwrap_or(1)
    }

    /// Program of the residuals. Its outputs are one column per residual.
    pub fn forward_program(&self) -> &Program<T> {
        &self.forward
    }

    /// Program of the adjoint. Its outputs are one column per input, also for coordinates.
    pub fn adjoint_program(&self) -> &Program<T> {
        &self.adjoint
    }

    /// Computes the residuals of `n` rows. `inputs` holds one column per input of [`Kernel::inputs`];
    /// `residuals` receives one column per residual.
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

    /// Wraps residuals that an engine computed with this kernel, and which are therefore in its state: `data`
    /// column by column, one per residual, `rows` numbers each.
    ///
    /// # Panics
    /// If the length of `data` is not `rows` times the number of residuals.
    pub fn values(&self, data: Vec<T>, rows: usize) -> Batch<T, State> {
        assert_eq!(data.len(), rows * self.residuals(), "a column per residual");
        Batch {
            data,
            rows,
            state: PhantomData,
        }
    }

    /// Computes Σ_r seed_r · ∂residual_r/∂input for every input column.
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
    /// Evaluates a kernel; the values take over its state.
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

    /// Wraps other values of residuals in the same state: `data` column by column, `rows` numbers each.
    ///
    /// # Panics
    /// If the numbers are not whole columns.
    pub fn like(&self, data: Vec<T>, rows: usize) -> Self {
        assert_eq!(data.len() % rows.max(1), 0, "whole columns");
        Batch {
            data,
            rows,
            state: PhantomData,
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of residuals.
    pub fn residuals(&self) -> usize {
        self.data.len().checked_div(self.rows).unwrap_or(0)
    }

    /// Values of one residual, one per row.
    ///
    /// # Panics
    /// If there is no such residual.
    pub fn column(&self, residual: usize) -> &[T] {
        &self.data[residual * self.rows..][..self.rows]
    }
}

/// State whose values norms, losses and optimisers may touch. [`Nondimensional`] alone implements it.
#[diagnostic::on_unimplemented(
    message = "norms, losses and optimisers need nondimensional residuals, but these are still `{Self}`",
    label = "these residuals carry physical units",
    note = "call `.nondimensionalize(&scales)` on the residuals first"
)]
pub trait IsNondimensional {}
impl IsNondimensional for Nondimensional {}
