//! Operations of a step, whatever a program does.
//!
//! Counted are those of the leanest program known: it carries the value, the first derivatives that the equations
//! name, and one stream for their linear operator of second order (W1: u, u_x, and u_t − 0.4 u_xx at once). A layer
//! costs three matrix products of equal size (forward, gradient by its inputs, gradient by its weights), its
//! activations one tanh and 13 + 8 f multiply-adds a unit and point, with f first derivatives.

use super::workload::Workload;

/// Work of one step.
pub struct Work {
    /// Operations of one of the three products between hidden layers.
    pub product: f64,
    /// Operations of the first and the last layer and of the activations.
    pub rest: f64,
    /// Values of tanh.
    pub tanh: f64,
}

impl Work {
    pub fn of(workload: &Workload) -> Self {
        let [inner, side] = workload.rows().map(|rows| rows as f64);
        let first = workload.first_derivatives as f64;
        let (inputs, outputs) = (workload.lower.len() as f64, workload.outputs as f64);
        let (width, depth) = (workload.hidden[0] as f64, workload.hidden.len() as f64);
        let rows = inner * (2.0 + first) + side;
        let ends = 2.0 * (2.0 * (inner + side) * inputs * width + 3.0 * rows * width * outputs);
        let activations = 2.0 * (13.0 + 8.0 * first) * inner * width * depth;
        Work {
            product: 2.0 * rows * width * width * (depth - 1.0),
            rest: ends + activations,
            tanh: (inner + side) * width * depth,
        }
    }

    /// Additions and multiplications; tanh is not among them.
    pub fn operations(&self) -> f64 {
        3.0 * self.product + self.rest
    }
}
