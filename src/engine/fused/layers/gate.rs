//! y = g⊙u + (1 − g)⊙v = v + g⊙(u − v) on jets (Wang, Teng & Perdikaris 2021, eq. 2.31), by Leibniz's rule.
//!
//! The adjoint of a product is a product too: with ȳ the gradient by y, those by g, u and v are ȳ⋆(u − v), ȳ⋆g and
//! ȳ − ȳ⋆g, where ⋆ is the adjoint of Leibniz's rule.

use super::{Gradients, Layer, Sink, Width};
use crate::fused::buffer::Buffer;
use crate::fused::pass::{Pass, Rows};
use crate::simd::{Element, InstructionSet, Operation, Vector};
use pinn_network::Value;

#[derive(Debug)]
pub struct GateLayer {
    gate: Value,
    upper: Value,
    lower: Value,
    output: Value,
    width: Width,
}

impl GateLayer {
    pub fn new(gate: Value, upper: Value, lower: Value, output: Value, width: Width) -> Self {
        GateLayer {
            gate,
            upper,
            lower,
            output,
            width,
        }
    }
}

/// y += g⊙(u − v)
struct AddGated<'a, T> {
    rows: Rows<'a, T>,
    gate: &'a [T],
    upper: &'a [T],
    lower: &'a [T],
    result: &'a mut [T],
}

impl<T: Element> Operation<T> for AddGated<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<Element = T>>(self) {
        let rows = self.rows;
        let length = rows.structure.streams * rows.stride;
        for point in 0..rows.points {
            let gate = &self.gate[point * length..][..length];
            let upper = &self.upper[point * length..][..length];
            let lower = &self.lower[point * length..][..length];
            let result = &mut self.result[point * length..][..length];
            for term in &rows.structure.product {
                let c = V::splat(term.coefficient);
                let [to, left, right] =
                    [term.result, term.left, term.right].map(|stream| stream * rows.stride);
                for at in (0..rows.columns).step_by(V::LANES) {
                    let difference = V::load(upper, right + at) - V::load(lower, right + at);
                    let factor = c * V::load(gate, left + at);
                    let sum = factor.mul_add(difference, V::load(result, to + at));
                    sum.store(result, to + at);
                }
            }
        }
    }
}

/// Gradients by g, by u and by v, to which the method adds; empty slices are skipped.
struct AddAdjoint<'a, T> {
    rows: Rows<'a, T>,
    gate: &'a [T],
    upper: &'a [T],
    lower: &'a [T],
    gradient: &'a [T],
    by_gate: &'a mut [T],
    by_upper: &'a mut [T],
    by_lower: &'a mut [T],
}

/// Rows of one point; an empty slice stays empty.
fn point_of<T>(slice: &mut [T], point: usize, length: usize) -> &mut [T] {
    match slice.is_empty() {
        true => slice,
        false => &mut slice[point * length..][..length],
    }
}

impl<T: Element> Operation<T> for AddAdjoint<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<Element = T>>(self) {
        let rows = self.rows;
        let length = rows.structure.streams * rows.stride;
        for point in 0..rows.points {
            let gate = &self.gate[point * length..][..length];
            let upper = &self.upper[point * length..][..length];
            let lower = &self.lower[point * length..][..length];
            let gradient = &self.gradient[point * length..][..length];
            let by_gate = point_of(self.by_gate, point, length);
            let by_upper = point_of(self.by_upper, point, length);
            let by_lower = point_of(self.by_lower, point, length);
            for (to, g) in by_lower.iter_mut().zip(gradient) {
                *to += *g;
            }
            for term in &rows.structure.product {
                let c = V::splat(term.coefficient);
                let [result, left, right] =
                    [term.result, term.left, term.right].map(|stream| stream * rows.stride);
                for at in (0..rows.columns).step_by(V::LANES) {
                    let g = c * V::load(gradient, result + at);
                    if !by_gate.is_empty() {
                        let difference = V::load(upper, right + at) - V::load(lower, right + at);
                        let sum = g.mul_add(difference, V::load(by_gate, left + at));
                        sum.store(by_gate, left + at);
                    }
                    let gate = V::load(gate, left + at);
                    if !by_upper.is_empty() {
                        let sum = g.mul_add(gate, V::load(by_upper, right + at));
                        sum.store(by_upper, right + at);
                    }
                    if !by_lower.is_empty() {
                        let sum = g.neg_mul_add(gate, V::load(by_lower, right + at));
                        sum.store(by_lower, right + at);
                    }
                }
            }
        }
    }
}

impl GateLayer {
    fn add<T: Element>(
        &self,
        pass: &Pass<T>,
        gate: &[T],
        [upper, lower]: [&[T]; 2],
        result: &mut [T],
    ) {
        let operation = AddGated {
            rows: self.width.rows(pass),
            gate,
            upper,
            lower,
            result,
        };
        run(pass.set, operation);
    }
}

fn run<T: Element, O: Operation<T, Output = ()>>(set: InstructionSet, operation: O) {
    T::dispatch(set, operation);
}

impl<T: Element> Layer<T> for GateLayer {
    fn inputs(&self) -> Vec<Value> {
        vec![self.gate, self.upper, self.lower]
    }

    fn output(&self) -> Value {
        self.output
    }

    fn forward(&self, pass: &Pass<T>, values: &mut [Buffer<T>]) {
        let (before, rest) = values.split_at_mut(self.output.0);
        let [gate, upper, lower] = [self.gate, self.upper, self.lower].map(|v| &before[v.0][..]);
        let length = self.width.length(pass);
        let result = &mut rest[0][..length];
        result.copy_from_slice(&lower[..length]);
        self.add(pass, gate, [upper, lower], result);
    }

    fn backward(
        &self,
        pass: &Pass<T>,
        values: &[Buffer<T>],
        own: &mut [T],
        gradients: &mut Gradients<T>,
        _: &mut Sink<T>,
    ) {
        let length = self.width.length(pass);
        // Taken out of their slots during the computation, since the three cannot be borrowed together.
        let mut rooms = [0, 1, 2].map(|k| {
            gradients.sum(k, length);
            gradients.lift(k)
        });
        let [by_gate, by_upper, by_lower] = &mut rooms;
        let [gate, upper, lower] = [self.gate, self.upper, self.lower].map(|v| &values[v.0][..]);
        run(
            pass.set,
            AddAdjoint {
                rows: self.width.rows(pass),
                gate,
                upper,
                lower,
                gradient: own,
                by_gate,
                by_upper,
                by_lower,
            },
        );
        for (k, room) in rooms.into_iter().enumerate() {
            gradients.put_back(k, room);
        }
    }

    fn tangent(&self, pass: &Pass<T>, values: &[Buffer<T>], tangents: &mut [Buffer<T>]) {
        let (before, rest) = tangents.split_at_mut(self.output.0);
        let length = self.width.length(pass);
        let result = &mut rest[0][..length];
        result.copy_from_slice(&before[self.lower.0][..length]);
        let [u, v] = [self.upper, self.lower].map(|v| &values[v.0][..]);
        let [du, dv] = [self.upper, self.lower].map(|v| &before[v.0][..]);
        self.add(pass, &before[self.gate.0], [u, v], result);
        self.add(pass, &values[self.gate.0], [du, dv], result);
    }
}
