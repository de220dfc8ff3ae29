//! Derivatives of activations as expressions of tensors, so that the tape differentiates through them.

use crate::EngineError;
use crate::tape::recorder::{Matrix, Recorder};
use dfdx::prelude::*;
use pinn_expr::Real;
use pinn_network::activation::Activation;
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

type Tower<T, D> = Result<Vec<Matrix<T, D>>, EngineError>;

/// σ(z), σ′(z), …, up to the given order (at most 4), or further if that costs nothing.
pub(super) fn tower<T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    activation: Activation,
    z: &Matrix<T, D>,
    order: usize,
) -> Tower<T, D> {
    match activation {
        Activation::Tanh => tanh(recorder, z, order),
        Activation::Sine => sine(recorder, z),
        Activation::Gelu => gelu(recorder, z, order),
        Activation::Swish => swish(recorder, z, order),
    }
}

fn real<T: Real>(value: f64) -> T {
    <T as Real>::from_f64(value)
}

/// With t = tanh z and p = 1 − t²: p, −2tp, p(6t² − 2), tp(16 − 24t²).
fn tanh<T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    z: &Matrix<T, D>,
    order: usize,
) -> Tower<T, D> {
    let t = recorder.apply(z, |z| z.try_tanh())?;
    let mut tower = vec![t.clone()];
    if order >= 1 {
        let t2 = recorder.square(&t)?;
        let p = recorder.affine(real(-1.0), &t2, real(1.0))?;
        tower.push(p.clone());
        if order >= 2 {
            let tp = recorder.mul(&t, &p)?;
            tower.push(recorder.scale(real(-2.0), &tp)?);
            if order >= 3 {
                let factor = recorder.affine(real(6.0), &t2, real(-2.0))?;
                tower.push(recorder.mul(&p, &factor)?);
            }
            if order >= 4 {
                let factor = recorder.affine(real(-24.0), &t2, real(16.0))?;
                tower.push(recorder.mul(&tp, &factor)?);
            }
        }
    }
    Ok(tower)
}

/// sin, cos, −sin, −cos, sin.
fn sine<T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    z: &Matrix<T, D>,
) -> Tower<T, D> {
    let sine = recorder.apply(z, |z| z.try_sin())?;
    let cosine = recorder.apply(z, |z| z.try_cos())?;
    let minus_sine = recorder.scale(real(-1.0), &sine)?;
    let minus_cosine = recorder.scale(real(-1.0), &cosine)?;
    Ok(vec![sine.clone(), cosine, minus_sine, minus_cosine, sine])
}

/// With the normal density φ: zΦ, Φ + zφ, φ(2 − z²), φ(z³ − 4z), φ(−z⁴ + 7z² − 4).
fn gelu<T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    z: &Matrix<T, D>,
    order: usize,
) -> Tower<T, D> {
    let distribution = normal_distribution(recorder, z)?;
    let mut tower = vec![recorder.mul(z, &distribution)?];
    if order >= 1 {
        let z2 = recorder.square(z)?;
        let density = normal_density(recorder, &z2)?;
        let slope = recorder.mul(z, &density)?;
        tower.push(recorder.add(&distribution, &slope)?);
        if order >= 2 {
            let factor = recorder.affine(real(-1.0), &z2, real(2.0))?;
            tower.push(recorder.mul(&density, &factor)?);
        }
        if order >= 3 {
            let factor = recorder.affine(real(1.0), &z2, real(-4.0))?;
            tower.push(recorder.mul(&slope, &factor)?);
        }
        if order >= 4 {
            let z4 = recorder.square(&z2)?;
            let seven = recorder.affine(real(7.0), &z2, real(-4.0))?;
            let factor = recorder.sub(&seven, &z4)?;
            tower.push(recorder.mul(&density, &factor)?);
        }
    }
    Ok(tower)
}

/// φ = exp(−z²/2)/√(2π)
fn normal_density<T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    z2: &Matrix<T, D>,
) -> Result<Matrix<T, D>, EngineError> {
    let normalisation: T = real(0.5 * FRAC_2_SQRT_PI * FRAC_1_SQRT_2);
    recorder.apply(z2, |z2| {
        z2.try_mul(real::<T>(-0.5))?
            .try_exp()?
            .try_mul(normalisation)
    })
}

/// Φ, for which dfdx has no operation. Its value is gelu(z)/z, exact to rounding also for tiny z because
/// dfdx's GELU is z·(1 + erf(z/√2))/2. (Its gradient lacks a factor 1/√2 in version 0.13.0, so it stays off
/// the tape.) The tape sees Φ₀ + φ₀·(z − z₀) with Φ₀, φ₀ and z₀ constant: value Φ, slope φ.
fn normal_distribution<T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    z: &Matrix<T, D>,
) -> Result<Matrix<T, D>, EngineError> {
    let mut untaped = Recorder::<NoneTape>::new();
    let value = untaped.apply(z, |z| {
        let quotient = z.clone().try_accurate_gelu()?.try_div(z)?;
        quotient.try_nans_to(0.5)
    })?;
    let z2 = untaped.square(z)?;
    let slope = normal_density(&mut untaped, &z2)?;
    // A tensor of its own identity, to which no gradient flows.
    let constant = untaped.scale(real(1.0), z)?;
    let zero = recorder.sub(z, &constant)?;
    let tangent = recorder.mul(&slope, &zero)?;
    recorder.add(&value, &tangent)
}

/// With the sigmoid s and its derivatives p = s(1 − s), q = p(1 − 2s), p(1 − 6p), q(1 − 12p):
/// (z·s)⁽ⁿ⁾ = z·s⁽ⁿ⁾ + n·s⁽ⁿ⁻¹⁾.
fn swish<T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    z: &Matrix<T, D>,
    order: usize,
) -> Tower<T, D> {
    let s = recorder.apply(z, |z| z.try_sigmoid())?;
    let mut sigmoid = vec![s.clone()];
    if order >= 1 {
        let s2 = recorder.square(&s)?;
        let p = recorder.sub(&s, &s2)?;
        sigmoid.push(p.clone());
        if order >= 2 {
            let factor = recorder.affine(real(-2.0), &s, real(1.0))?;
            let q = recorder.mul(&p, &factor)?;
            sigmoid.push(q.clone());
            if order >= 3 {
                let factor = recorder.affine(real(-6.0), &p, real(1.0))?;
                sigmoid.push(recorder.mul(&p, &factor)?);
            }
            if order >= 4 {
                let factor = recorder.affine(real(-12.0), &p, real(1.0))?;
                sigmoid.push(recorder.mul(&q, &factor)?);
            }
        }
    }
    let mut tower = Vec::with_capacity(sigmoid.len());
    for (n, derivative) in sigmoid.iter().enumerate() {
        let mut value = recorder.mul(z, derivative)?;
        if n > 0 {
            let lower = recorder.scale(real(n as f64), &sigmoid[n - 1])?;
            value = recorder.add(&value, &lower)?;
        }
        tower.push(value);
    }
    Ok(tower)
}
