//! Expressions over coordinates as functions of points.

use super::{Columns, ColumnsMut, Expr, Graph, Op, Program, Scratch};
use std::collections::HashMap;

/// Expressions over coordinates alone, with numbers for the parameters, SI base units throughout.
#[derive(Clone, Debug)]
pub struct PointFunction {
    program: Program<f64>,
    /// Coordinates that the program reads, one per input column.
    inputs: Vec<usize>,
}

impl PointFunction {
    /// Lowers `outputs`, with `parameters` by number.
    ///
    /// Returns `None` if an expression reads a field, a partner point or a parameter without a value.
    pub fn new(graph: &Graph, outputs: &[Expr], parameters: &[f64]) -> Option<Self> {
        let mut graph = graph.clone();
        let mut memo = HashMap::new();
        let mut leaf = |graph: &mut Graph, op| match op {
            Op::Parameter(p) => Some(graph.constant(*parameters.get(p as usize)?)),
            _ => None,
        };
        let outputs: Vec<Expr> = outputs
            .iter()
            .map(|e| graph.substitute(*e, &mut leaf, &mut memo))
            .collect();
        let nodes = graph.inputs(&outputs);
        let leaves = graph.reachable(&outputs).into_iter();
        if leaves
            .map(|e| graph.op(e))
            .any(|op| matches!(op, Op::Parameter(_) | Op::Seed(_)))
        {
            return None;
        }
        let inputs = nodes.iter().map(|e| match graph.op(*e) {
            Op::Coordinate {
                coordinate,
                site: 0,
            } => Some(coordinate as usize),
            _ => None,
        });
        let inputs = inputs.collect::<Option<Vec<_>>>()?;
        let program = Program::new(&graph, &outputs, &nodes);
        Some(PointFunction { program, inputs })
    }

    /// Number of operations, for estimates of rounding.
    pub fn operations(&self) -> usize {
        self.program.instructions.len()
    }

    /// Evaluates all expressions at points: `coordinates[c][i]` is coordinate `c` of point `i`. Returns one
    /// column per expression.
    ///
    /// # Panics
    /// If a coordinate that an expression reads has no column, or the columns differ in length.
    pub fn evaluate(&self, coordinates: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let rows = coordinates.first().map_or(0, Vec::len);
        let mut data = Vec::with_capacity(rows * self.inputs.len());
        for c in &self.inputs {
            assert_eq!(coordinates[*c].len(), rows, "columns of equal length");
            data.extend_from_slice(&coordinates[*c]);
        }
        let mut values = vec![0.0; rows * self.program.outputs];
        self.program.run(
            rows,
            Columns::new(&data, rows),
            Columns::new(&[], 0),
            &mut ColumnsMut::new(&mut values, rows),
            &mut Scratch::new(),
        );
        (0..self.program.outputs)
            .map(|k| values[k * rows..][..rows].to_vec())
            .collect()
    }
}
