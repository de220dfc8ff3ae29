//! Elementary functions on vectors.
//!
//! Largest errors on dense samples against `f64` (for `f32`) and against the standard library (for
//! `f64`), in units in the last place; the tests of this module assert them on every instruction set:
//!
//! | function | f32 | f64 | where |
//! |---|---|---|---|
//! | [`exp`] | 1.5 | 1.5 | results that are normal numbers |
//! | [`tanh`] | 2.5 | 3 | everywhere |
//! | [`sine_cosine`] | 2 | 2 | arguments to 10⁴ (f32), 10⁶ (f64); beyond ±1 of results of at least 1/16, below that size absolute |
//! | [`normal`], distribution function | 6 | 6 | from −11 on |
//! | [`normal`], density | 2.5 | 4 | from −11 to 11 |
//! | [`sigmoid`] | 3 | 3 | arguments above −80 (f32), −700 (f64) |
//!
//! NaN gives NaN. Coefficients are Chebyshev interpolants converted to powers, computed with 60 digits.

use super::vector::Vector;

/// (eʳ − 1 − r)/r² for |r| ≤ ln 2 / 2; largest error 1.4e-9.
const EXP_F32: [f64; 6] = [
    0.5000000013502687,
    0.16666666719165044,
    0.0416664645720241,
    0.008333298410532562,
    0.0013933688358108833,
    0.00019899334324835282,
];
/// Coefficients for f64; largest error 1.4e-18.
const EXP_F64: [f64; 11] = [
    0.5,
    0.1666666666666667,
    0.04166666666666668,
    0.008333333333326112,
    0.0013888888888879043,
    0.00019841269874902947,
    2.480158733652737e-05,
    2.755725529609744e-06,
    2.7557263188176176e-07,
    2.5105260230519278e-08,
    2.091817130916585e-09,
];
/// (sin r − r)/r³ as a series in r² for |r| ≤ π/4; largest error 2.8e-11.
const SINE_F32: [f64; 4] = [
    -0.16666666663846838,
    0.008333331871154,
    -0.00019840084727194642,
    2.7249657934819893e-06,
];
/// Coefficients for f64; largest error 2.1e-17.
const SINE_F64: [f64; 6] = [
    -0.16666666666666666,
    0.008333333333330938,
    -0.00019841269836741752,
    2.7557316093750848e-06,
    -2.5051129998640537e-08,
    1.591799559555984e-10,
];
/// (cos r − 1 + r²/2)/r⁴ as a series in r² for |r| ≤ π/4; largest error 2.4e-12.
const COSINE_F32: [f64; 4] = [
    0.04166666666431382,
    -0.0013888887668951615,
    2.4800598659103704e-05,
    -2.7300731097900885e-07,
];
/// Coefficients for f64; largest error 1.3e-18.
const COSINE_F64: [f64; 6] = [
    0.041666666666666664,
    -0.001388888888888739,
    2.4801587298755078e-05,
    -2.7557317266185047e-07,
    2.0876145106192436e-09,
    -1.1382548321209037e-11,
];
/// Φ(−x)·exp(x²/2)·(x + 4)/4 as a series in t = (x − 4)/(x + 4), x ≥ 0 (the change of variable of Shepherd &
/// Laframboise, *Chebyshev approximation of (1 + 2x) exp(x²) erfc x*, Math. Comp. 36, 1981); relative error
/// 2e-9.
const MILLS_F32: [f64; 13] = [
    0.1888212826009449,
    -0.15197415784155602,
    0.09678435049582944,
    -0.04663053995998785,
    0.015099138376033607,
    -0.001884429289920908,
    -0.0008698875672323031,
    0.00040551002638210704,
    3.3218383382841254e-05,
    -5.3893444071613026e-05,
    -2.594697835741229e-07,
    5.295746063806165e-06,
    -5.7766930598243874e-08,
];
/// Coefficients for f64; relative error 1.6e-16.
const MILLS_F64: [f64; 23] = [
    0.18882128260393785,
    -0.15197416049297324,
    0.09678435018555664,
    -0.04663046448989468,
    0.01509914372259023,
    -0.0018850472422229046,
    -0.0008699230891628756,
    0.0004077046213683964,
    3.3336052290036945e-05,
    -5.7773784446822336e-05,
    -4.769190076797745e-07,
    8.78640058976113e-06,
    1.7865053828168654e-07,
    -1.480723444385482e-06,
    -1.5623877693912945e-07,
    2.5674601753579823e-07,
    6.61834320494967e-08,
    -4.055790802133918e-08,
    -1.9695900856734096e-08,
    4.892402234993512e-09,
    4.01684673933235e-09,
    -3.19308785823943e-10,
    -4.221644241696684e-10,
];

/// 1/√(2π)
const INVERSE_SQRT_TAU: f64 = 0.3989422804014327;

#[inline(always)]
fn is_single<V: Vector>() -> bool {
    size_of::<V::Element>() == 4
}

/// n and expm1(r) with x + rest = n·ln 2 + r, |r| ≤ ln 2 / 2.
#[inline(always)]
fn reduced_exponential<V: Vector>(x: V, rest: V) -> (V, V) {
    // ln 2 = high + low, and n·high is exact (Cody & Waite 1980).
    let (high, low) = if is_single::<V>() {
        (0.693359375, -2.12194440e-4)
    } else {
        (0.6931471803691238, 1.9082149292705877e-10)
    };
    let n = ((x + rest) * V::constant(std::f64::consts::LOG2_E)).round();
    let r = n.neg_mul_add(V::constant(high), x);
    let r = n.neg_mul_add(V::constant(low), r) + rest;
    let q = if is_single::<V>() {
        r.polynomial(&EXP_F32)
    } else {
        r.polynomial(&EXP_F64)
    };
    (n, (r * r).mul_add(q, r))
}

/// Exponential eˣ. Outside the range of normal numbers it has its value at the boundary.
#[inline(always)]
pub fn exp<V: Vector>(x: V) -> V {
    let (lowest, highest) = if is_single::<V>() {
        (-87.3, 88.3)
    } else {
        (-708.3, 709.4)
    };
    let x = V::constant(lowest).max(V::constant(highest).min(x));
    let (n, p) = reduced_exponential(x, V::zero());
    (p + V::constant(1.0)).times_power_of_two(n)
}

/// exp(−x²/2) for x ≥ 0, from x² = h² + (x − h)(x + h) with h so short that h² is exact (Cody 1969).
/// Outside the range of normal numbers it has its value at the boundary.
#[inline(always)]
fn gauss<V: Vector>(x: V) -> V {
    let border = if is_single::<V>() { 13.1 } else { 37.5 };
    let x = V::constant(border).min(x);
    let (half, sixteen) = (V::constant(0.5), V::constant(16.0));
    let h = (x * sixteen).round() * V::constant(0.0625);
    let rest = (x - h) * (x + h);
    let (n, p) = reduced_exponential(-(h * h * half), -(rest * half));
    (p + V::constant(1.0)).times_power_of_two(n)
}

/// Hyperbolic tangent.
#[inline(always)]
pub fn tanh<V: Vector>(x: V) -> V {
    // Beyond, tanh rounds to one.
    let saturated = if is_single::<V>() { 9.2 } else { 20.0 };
    let magnitude = V::constant(saturated).min(x.abs());
    let (n, p) = reduced_exponential(magnitude + magnitude, V::zero());
    // t = exp(2|x|) − 1 without cancellation; tanh|x| = t/(t + 2).
    let one = V::constant(1.0);
    let power = one.times_power_of_two(n);
    let t = power.mul_add(p, power - one);
    (t / (t + V::constant(2.0))).copy_sign(x)
}

/// Sine and cosine. For arguments far beyond 10⁶ (10⁴ in single precision) the results are only within their
/// bounds.
#[inline(always)]
pub fn sine_cosine<V: Vector>(x: V) -> (V, V) {
    // π/2 in three parts; products of the first two with small integers are exact.
    let parts = if is_single::<V>() {
        [1.5703125, 0.0004837512969970703, 7.549789948768648e-08]
    } else {
        [
            1.570796251296997,
            7.549789415861596e-08,
            5.390302858158119e-15,
        ]
    };
    let q = (x * V::constant(std::f64::consts::FRAC_2_PI)).round();
    let mut r = x;
    for part in parts {
        r = q.neg_mul_add(V::constant(part), r);
    }
    // Arguments so large that the reduction fails give some number between −1 and 1.
    let bound = V::constant(0.8);
    let r = (-bound).max(bound.min(r));
    let u = r * r;
    let (s, c) = if is_single::<V>() {
        (u.polynomial(&SINE_F32), u.polynomial(&COSINE_F32))
    } else {
        (u.polynomial(&SINE_F64), u.polynomial(&COSINE_F64))
    };
    let sine = (u * r).mul_add(s, r);
    let half = V::constant(0.5);
    let cosine = (u * u).mul_add(c, u.neg_mul_add(half, V::constant(1.0)));
    // Quadrant q mod 4, from the remainder of q after division by 4, in 0..4.
    let quarter = V::constant(0.25);
    let floor = q.mul_add(quarter, V::constant(-0.375)).round();
    let quadrant = floor.neg_mul_add(V::constant(4.0), q);
    // Odd quadrants swap sine and cosine: 1 and 3 are those at distance 1 from 2.
    let one = V::constant(1.0);
    let from_two = (quadrant - V::constant(2.0)).abs();
    let odd = (from_two - one).abs();
    let (a, b) = (
        V::select_less(odd, half, cosine, sine),
        V::select_less(odd, half, sine, cosine),
    );
    // sin: + + − −; cos: + − − +
    let sine = V::select_less(quadrant, V::constant(1.5), a, -a);
    let near = (quadrant - V::constant(1.5)).abs();
    let cosine = V::select_less(near, one, -b, b);
    (sine, cosine)
}

/// Distribution function Φ and density φ of the standard normal distribution.
#[inline(always)]
pub fn normal<V: Vector>(x: V) -> (V, V) {
    let magnitude = x.abs();
    let one = V::constant(1.0);
    let gauss = gauss(magnitude);
    let four = V::constant(4.0);
    // Bounded, so that t is a number at infinity too.
    let bounded = V::constant(1e6).min(magnitude);
    let inverse = one / (bounded + four);
    let t = (bounded - four) * inverse;
    let mills = if is_single::<V>() {
        t.polynomial(&MILLS_F32)
    } else {
        t.polynomial(&MILLS_F64)
    };
    let lower = mills * (four * inverse) * gauss;
    let distribution = V::select_less(x, V::zero(), lower, one - lower);
    (distribution, gauss * V::constant(INVERSE_SQRT_TAU))
}

/// Logistic function 1/(1 + e⁻ˣ).
#[inline(always)]
pub fn sigmoid<V: Vector>(x: V) -> V {
    let one = V::constant(1.0);
    one / (one + exp(-x))
}
