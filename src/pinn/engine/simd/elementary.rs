//! Elementary functions on vectors.
//!
//! Largest errors, seen on dense samples against `f64` (for `f32`) and against the standard library (for
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
    0.500000001350268621,
    0.166666667191650435,
    0.0416664645720241053,
    0.00833329841053256222,
    0.00139336883581088322,
    0.000198993343248352812,
];
/// The same; largest error 1.4e-18.
const EXP_F64: [f64; 11] = [
    0.5,
    0.16666666666666671,
    0.0416666666666666768,
    0.00833333333332611149,
    0.00138888888888790419,
    0.000198412698749029475,
    0.0000248015873365273714,
    2.75572552960974419e-6,
    2.75572631881761753e-7,
    2.51052602305192778e-8,
    2.09181713091658497e-9,
];
/// (sin r − r)/r³ as a series in r² for |r| ≤ π/4; largest error 2.8e-11.
const SINE_F32: [f64; 4] = [
    -0.166666666638468392,
    0.00833333187115400093,
    -0.000198400847271946408,
    2.72496579348198924e-6,
];
/// The same; largest error 2.1e-17.
const SINE_F64: [f64; 6] = [
    -0.166666666666666646,
    0.0083333333333309375,
    -0.000198412698367417511,
    2.75573160937508478e-6,
    -2.50511299986405377e-8,
    1.59179955955598399e-10,
];
/// (cos r − 1 + r²/2)/r⁴ as a series in r² for |r| ≤ π/4; largest error 2.4e-12.
const COSINE_F32: [f64; 4] = [
    0.0416666666643138177,
    -0.00138888876689516156,
    0.0000248005986591037061,
    -2.73007310979008837e-7,
];
/// The same; largest error 1.3e-18.
const COSINE_F64: [f64; 6] = [
    0.0416666666666666654,
    -0.00138888888888873903,
    0.0000248015872987550786,
    -2.75573172661850483e-7,
    2.08761451061924363e-9,
    -1.13825483212090358e-11,
];
/// Φ(−x)·exp(x²/2)·(x + 4)/4 as a series in t = (x − 4)/(x + 4), x ≥ 0 (the change of variable of Shepherd &
/// Laframboise, *Chebyshev approximation of (1 + 2x) exp(x²) erfc x*, Math. Comp. 36, 1981); relative error
/// 2e-9.
const MILLS_F32: [f64; 13] = [
    0.188821282600944914,
    -0.151974157841556027,
    0.0967843504958294316,
    -0.0466305399599878495,
    0.0150991383760336062,
    -0.00188442928992090809,
    -0.000869887567232303101,
    0.000405510026382107037,
    0.0000332183833828412569,
    -0.0000538934440716130282,
    -2.59469783574122864e-7,
    5.29574606380616552e-6,
    -5.77669305982438727e-8,
];
/// The same; relative error 1.6e-16.
const MILLS_F64: [f64; 23] = [
    0.188821282603937863,
    -0.151974160492973239,
    0.0967843501855566505,
    -0.0466304644898946789,
    0.0150991437225902296,
    -0.00188504724222290475,
    -0.000869923089162875655,
    0.000407704621368396431,
    0.0000333360522900369482,
    -0.000057773784446822334,
    -4.76919007679774537e-7,
    8.7864005897611287e-6,
    1.78650538281686543e-7,
    -1.48072344438548203e-6,
    -1.56238776939129447e-7,
    2.56746017535798237e-7,
    6.61834320494966956e-8,
    -4.05579080213391765e-8,
    -1.96959008567340945e-8,
    4.89240223499351214e-9,
    4.01684673933235045e-9,
    -3.19308785823943002e-10,
    -4.22164424169668373e-10,
];

/// 1/√(2π)
const INVERSE_SQRT_TAU: f64 = 0.398942280401432678;

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
        (6.93147180369123816490e-01, 1.90821492927058770002e-10)
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

/// eˣ; beyond the range of normal numbers it stays at its value at the border.
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
/// Beyond the range of normal numbers it stays at its value at the border.
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

/// sin x and cos x.
#[inline(always)]
pub fn sine_cosine<V: Vector>(x: V) -> (V, V) {
    // π/2 in three parts; products of the first two with small integers are exact.
    let parts = if is_single::<V>() {
        [1.5703125, 4.837512969970703125e-4, 7.549789948768648e-8]
    } else {
        [
            1.570796251296997,
            7.549789415861596e-8,
            5.390302858158119e-15,
        ]
    };
    let q = (x * V::constant(std::f64::consts::FRAC_2_PI)).round();
    let mut r = x;
    for part in parts {
        r = q.neg_mul_add(V::constant(part), r);
    }
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

/// 1/(1 + e⁻ˣ)
#[inline(always)]
pub fn sigmoid<V: Vector>(x: V) -> V {
    let one = V::constant(1.0);
    one / (one + exp(-x))
}
