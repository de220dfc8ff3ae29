//! Functions of jets: Faà di Bruno's formula and its adjoint, for all streams of one vector of units.
//!
//! With s_k the k-th derivative of the activation at the value stream z₀ (bias included) and z_k the k-th
//! derivative along one direction (no factorials), Faà di Bruno's formula gives
//!
//! - y₁ = s₁z₁
//! - y₂ = s₁z₂ + s₂z₁²
//! - y₃ = s₁z₃ + 3s₂z₁z₂ + s₃z₁³
//! - y₄ = s₁z₄ + s₂(4z₁z₃ + 3z₂²) + 6s₃z₁²z₂ + s₄z₁⁴
//!
//! For an operator stream see [`jets::Operator`](pinn_network::jets::Operator): with the sums q₂, q₃, q₄ of the
//! factors of s₂, s₃, s₄ above, y = s₁z + s₂q₂ + s₃q₃ + s₄q₄. The adjoint follows term by term with
//! ∂s_k/∂z₀ = s_{k+1}; the tangent is the forward rule on dual numbers.

use super::number::Number;
use crate::simd::Vector;
use crate::structure::{Operator, Structure};
use pinn_expr::Real;

/// Streams of one vector of units of one point.
pub trait Lane<N> {
    fn load(&self, stream: usize) -> N;
    fn store(&mut self, stream: usize, y: N);
}

/// Applies the rules above for given derivatives `s` of the function; `N` is the highest one that is read.
#[inline(always)]
pub fn compose<R: Number, const N: usize>(
    structure: &Structure<<R::Vector as Vector>::Element>,
    s: [R; 6],
    lane: &mut impl Lane<R>,
) {
    let c = R::constant;
    lane.store(0, s[0]);
    for series in &structure.series {
        let (first, order) = (series.first, series.order);
        let z1 = lane.load(first);
        lane.store(first, s[1].mul(z1));
        if N >= 2 && order >= 2 {
            let z2 = lane.load(first + 1);
            let square = z1.mul(z1);
            lane.store(first + 1, s[1].mul_add(z2, s[2].mul(square)));
            if N >= 4 && order >= 3 {
                let z3 = lane.load(first + 2);
                let y3 = s[3].mul_add(square, s[2].mul(c(3.0)).mul(z2)).mul(z1);
                lane.store(first + 2, s[1].mul_add(z3, y3));
                if order >= 4 {
                    let z4 = lane.load(first + 3);
                    let q2 = c(3.0).mul(z2).mul_add(z2, c(4.0).mul(z1).mul(z3));
                    let q3 = c(6.0).mul(square).mul(z2);
                    let y4 = s[1].mul_add(z4, s[2].mul(q2));
                    let y4 = s[3].mul_add(q3, y4);
                    lane.store(first + 3, square.mul(square).mul_add(s[4], y4));
                }
            }
        }
    }
    for operator in &structure.operators {
        let z = lane.load(operator.stream);
        let mut y = s[1].mul(z);
        if N >= 2 {
            let q = sums::<R, N>(operator, lane);
            y = s[2].mul_add(q[0], y);
            if N >= 4 {
                y = s[3].mul_add(q[1], y);
                y = s[4].mul_add(q[2], y);
            }
        }
        lane.store(operator.stream, y);
    }
}

/// Sums q₂, q₃ and q₄ of an operator.
#[inline(always)]
fn sums<R: Number, const N: usize>(
    operator: &Operator<<R::Vector as Vector>::Element>,
    lane: &impl Lane<R>,
) -> [R; 3] {
    let c = R::constant;
    let mut q = [c(0.0); 3];
    for (i, j, factor) in &operator.second {
        let product = lane.load(*i).mul(lane.load(*j));
        q[0] = R::splat(*factor).mul_add(product, q[0]);
    }
    if N < 4 {
        return q;
    }
    for (first, factor) in &operator.third {
        let factor = R::splat(*factor);
        let (z1, z2) = (lane.load(*first), lane.load(first + 1));
        q[0] = factor.mul(c(3.0)).mul_add(z1.mul(z2), q[0]);
        q[1] = factor.mul_add(z1.mul(z1).mul(z1), q[1]);
    }
    for (first, factor) in &operator.fourth {
        let factor = R::splat(*factor);
        let (z1, z2) = (lane.load(*first), lane.load(first + 1));
        let z3 = lane.load(first + 2);
        let square = z1.mul(z1);
        let second = c(3.0).mul(z2).mul_add(z2, c(4.0).mul(z1).mul(z3));
        q[0] = factor.mul_add(second, q[0]);
        q[1] = factor.mul(c(6.0)).mul_add(square.mul(z2), q[1]);
        q[2] = factor.mul_add(square.mul(square), q[2]);
    }
    q
}

/// Reads z, reads and writes gradients.
pub struct InPlace<'a, T> {
    pub from: &'a [T],
    pub to: &'a mut [T],
    pub at: usize,
    pub stride: usize,
}

impl<T: Real> InPlace<'_, T> {
    #[inline(always)]
    fn z<V: Vector<Element = T>>(&self, stream: usize) -> V {
        V::load(self.from, self.at + stream * self.stride)
    }
    #[inline(always)]
    fn gradient<V: Vector<Element = T>>(&self, stream: usize) -> V {
        V::load(self.to, self.at + stream * self.stride)
    }
    #[inline(always)]
    fn set<V: Vector<Element = T>>(&mut self, stream: usize, x: V) {
        x.store(self.to, self.at + stream * self.stride);
    }
    #[inline(always)]
    fn add<V: Vector<Element = T>>(&mut self, stream: usize, x: V) {
        let sum = self.gradient::<V>(stream) + x;
        self.set(stream, sum);
    }
}

/// The adjoint of [`compose`], in place. The gradients of a series are read before they are written, and
/// operators, which add to them, come last.
#[inline(always)]
pub fn pull_back<V: Vector, const N: usize>(
    structure: &Structure<V::Element>,
    s: [V; 6],
    lane: &mut InPlace<V::Element>,
) {
    let c = <V as Vector>::constant;
    let mut value = s[1] * lane.gradient(0);
    for series in &structure.series {
        let (first, order) = (series.first, series.order);
        let z1: V = lane.z(first);
        let g1: V = lane.gradient(first);
        value = Vector::mul_add(s[2] * z1, g1, value);
        let mut out1 = s[1] * g1;
        if N >= 3 && order >= 2 {
            let z2: V = lane.z(first + 1);
            let g2: V = lane.gradient(first + 1);
            let square = z1 * z1;
            let s2z1 = s[2] * z1;
            let d2 = Vector::mul_add(s[3], square, s[2] * z2);
            value = Vector::mul_add(d2, g2, value);
            out1 = Vector::mul_add(c(2.0) * s2z1, g2, out1);
            let mut out2 = s[1] * g2;
            if N >= 5 && order >= 3 {
                let z3: V = lane.z(first + 2);
                let g3: V = lane.gradient(first + 2);
                let cube = square * z1;
                let y3 = Vector::mul_add(c(3.0) * s[3] * z1, z2, s[4] * cube);
                let y3 = Vector::mul_add(s[2], z3, y3);
                value = Vector::mul_add(y3, g3, value);
                out1 = Vector::mul_add(c(3.0) * d2, g3, out1);
                out2 = Vector::mul_add(c(3.0) * s2z1, g3, out2);
                let mut out3 = s[1] * g3;
                if order >= 4 {
                    let z4: V = lane.z(first + 3);
                    let g4: V = lane.gradient(first + 3);
                    let q2 = Vector::mul_add(c(3.0) * z2, z2, c(4.0) * z1 * z3);
                    let q3 = c(6.0) * square * z2;
                    let y4 = Vector::mul_add(s[3], q2, s[2] * z4);
                    let y4 = Vector::mul_add(s[4], q3, y4);
                    let y4 = Vector::mul_add(cube * z1, s[5], y4);
                    value = Vector::mul_add(y4, g4, value);
                    let d1 = Vector::mul_add(s[4], cube, c(3.0) * s[3] * z1 * z2);
                    let d1 = Vector::mul_add(s[2], z3, d1);
                    out1 = Vector::mul_add(c(4.0) * d1, g4, out1);
                    out2 = Vector::mul_add(c(6.0) * d2, g4, out2);
                    out3 = Vector::mul_add(c(4.0) * s2z1, g4, out3);
                    lane.set(first + 3, s[1] * g4);
                }
                lane.set(first + 2, out3);
            }
            lane.set(first + 1, out2);
        }
        lane.set(first, out1);
    }
    for operator in &structure.operators {
        let g: V = lane.gradient(operator.stream);
        value = Vector::mul_add(s[2] * lane.z::<V>(operator.stream), g, value);
        lane.set(operator.stream, s[1] * g);
        if N >= 3 {
            let by_sums = operator_back::<V, N>(operator, s, g, lane);
            value = value + by_sums;
        }
    }
    lane.set(0, value);
}

/// Adds the gradient by an operator's lower streams; returns that by the value, without s₁'s part.
#[inline(always)]
fn operator_back<V: Vector, const N: usize>(
    operator: &Operator<V::Element>,
    s: [V; 6],
    g: V,
    lane: &mut InPlace<V::Element>,
) -> V {
    let c = <V as Vector>::constant;
    let mut q = [V::zero(); 3];
    let s2g = s[2] * g;
    for (i, j, factor) in &operator.second {
        let factor = <V as Vector>::splat(*factor);
        let (zi, zj): (V, V) = (lane.z(*i), lane.z(*j));
        q[0] = Vector::mul_add(factor, zi * zj, q[0]);
        lane.add(*i, factor * zj * s2g);
        lane.add(*j, factor * zi * s2g);
    }
    if N >= 5 {
        for (first, factor) in &operator.third {
            let factor = <V as Vector>::splat(*factor);
            let (z1, z2): (V, V) = (lane.z(*first), lane.z(first + 1));
            let square = z1 * z1;
            let three = c(3.0) * factor;
            q[0] = Vector::mul_add(three, z1 * z2, q[0]);
            q[1] = Vector::mul_add(factor, square * z1, q[1]);
            let d1 = Vector::mul_add(s[3], square, s[2] * z2);
            lane.add(*first, three * d1 * g);
            lane.add(first + 1, three * z1 * s2g);
        }
        for (first, factor) in &operator.fourth {
            let factor = <V as Vector>::splat(*factor);
            let (z1, z2): (V, V) = (lane.z(*first), lane.z(first + 1));
            let z3: V = lane.z(first + 2);
            let square = z1 * z1;
            let cube = square * z1;
            let second = Vector::mul_add(c(3.0) * z2, z2, c(4.0) * z1 * z3);
            q[0] = Vector::mul_add(factor, second, q[0]);
            q[1] = Vector::mul_add(factor * c(6.0), square * z2, q[1]);
            q[2] = Vector::mul_add(factor, square * square, q[2]);
            let d1 = Vector::mul_add(s[4], cube, c(3.0) * s[3] * z1 * z2);
            let d1 = Vector::mul_add(s[2], z3, d1);
            let d2 = Vector::mul_add(s[3], square, s[2] * z2);
            lane.add(*first, c(4.0) * factor * d1 * g);
            lane.add(first + 1, c(6.0) * factor * d2 * g);
            lane.add(first + 2, c(4.0) * factor * z1 * s2g);
        }
    }
    let mut value = s[3] * q[0];
    if N >= 5 {
        value = Vector::mul_add(s[4], q[1], value);
        value = Vector::mul_add(s[5], q[2], value);
    }
    value * g
}
