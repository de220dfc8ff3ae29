//! y = α·f + (1 − α)·x with a trained number α (PirateNet: Wang, Li, Chen & Perdikaris 2024, eq. 4.7). α does not
//! depend on the coordinates, so all streams are blended equally.

use super::{Gradients, Layer, Sink, Trained, Width};
use crate::fused::buffer::Buffer;
use crate::fused::pass::Pass;
use crate::simd::Element;
use pinn_network::Value;

#[derive(Debug)]
pub struct BlendLayer<T> {
    new: Value,
    old: Value,
    output: Value,
    width: Width,
    share: Share<T>,
}

/// α
#[derive(Debug)]
struct Share<T> {
    /// Number of α in the flat parameter vector.
    parameter: usize,
    now: T,
    tangent: T,
}

impl<T: Element> BlendLayer<T> {
    pub fn new(new: Value, old: Value, output: Value, parameter: usize, width: Width) -> Self {
        BlendLayer {
            new,
            old,
            output,
            width,
            share: Share {
                parameter,
                now: T::ZERO,
                tangent: T::ZERO,
            },
        }
    }
}

impl<T: Element> Trained<T> for Share<T> {
    fn set(&mut self, parameters: &[T]) {
        self.now = parameters[self.parameter];
    }

    fn set_tangent(&mut self, vector: &[T]) {
        self.tangent = vector[self.parameter];
    }

    fn part(&self) -> usize {
        1
    }

    fn collect(&self, part: &[T], gradient: &mut [T], first: usize) {
        gradient[self.parameter - first] += part[0];
    }
}

impl<T: Element> Layer<T> for BlendLayer<T> {
    fn inputs(&self) -> Vec<Value> {
        vec![self.new, self.old]
    }

    fn output(&self) -> Value {
        self.output
    }

    fn trained(&self) -> Option<&dyn Trained<T>> {
        Some(&self.share)
    }

    fn trained_mut(&mut self) -> Option<&mut dyn Trained<T>> {
        Some(&mut self.share)
    }

    fn forward(&self, pass: &Pass<T>, values: &mut [Buffer<T>]) {
        let (before, rest) = values.split_at_mut(self.output.0);
        let length = self.width.length(pass);
        let pairs = before[self.new.0].iter().zip(&*before[self.old.0]);
        for (y, (f, x)) in rest[0][..length].iter_mut().zip(pairs) {
            *y = *x + self.share.now * (*f - *x);
        }
    }

    fn backward(
        &self,
        pass: &Pass<T>,
        values: &[Buffer<T>],
        own: &mut [T],
        gradients: &mut Gradients<T>,
        sink: &mut Sink<T>,
    ) {
        let own = &own[..self.width.length(pass)];
        let (new, old) = (&values[self.new.0], &values[self.old.0]);
        let point = pass.streams() * self.width.stride;
        sink.take(&self.share, pass, |_, points, part| {
            let range = points.start * point..points.end * point;
            let pairs = new[range.clone()].iter().zip(&old[range.clone()]);
            let units = own[range].iter().zip(pairs);
            part[0] += units.map(|(g, (f, x))| *g * (*f - *x)).sum();
        });
        for (k, factor) in [(0, self.share.now), (1, T::ONE - self.share.now)] {
            let Some((room, accumulate)) = gradients.input(k) else {
                continue;
            };
            let pairs = room.iter_mut().zip(own);
            match accumulate {
                true => pairs.for_each(|(to, g)| *to += factor * *g),
                false => pairs.for_each(|(to, g)| *to = factor * *g),
            }
        }
    }

    fn tangent(&self, pass: &Pass<T>, values: &[Buffer<T>], tangents: &mut [Buffer<T>]) {
        let (before, rest) = tangents.split_at_mut(self.output.0);
        let length = self.width.length(pass);
        let values = values[self.new.0].iter().zip(&*values[self.old.0]);
        let tangents = before[self.new.0].iter().zip(&*before[self.old.0]);
        let pairs = values.zip(tangents);
        for (y, ((f, x), (df, dx))) in rest[0][..length].iter_mut().zip(pairs) {
            *y = *dx + self.share.now * (*df - *dx) + self.share.tangent * (*f - *x);
        }
    }
}
