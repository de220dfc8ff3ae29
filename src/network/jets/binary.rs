//! Decomposition of forms of two coordinates into few powers of linear forms.
//!
//! Sylvester 1851 (Comon & Mourrain 1996, *Decomposition of quantics in sums of powers of linear forms*, section
//! 2): Σ_i C(d, i) a_i x^(d−i) y^i is a combination of the d-th powers of r distinct real α_k x + β_k y if and
//! only if these are the roots of a form q of order r, q(α_k, β_k) = 0, with Σ_j q_j a_(i+j) = 0 for all i.

use super::polynomial::Polynomial;
use pinn_expr::MAX_COORDINATES;
use std::f64::consts::PI;

/// Number of forms q that are tried if there is a pencil of them.
const PENCIL: usize = 48;
/// Number of angles between which roots are located. Closer roots make the decomposition ill-conditioned and are not
/// used.
const ANGLES: usize = 90;

/// Finds directions in the plane of coordinates `x` and `y` whose powers of order `degree` span the form: two or three if
/// possible, as far apart as possible. The caller must check them: rounding can hide that there are none.
pub(super) fn decompose(
    form: &Polynomial,
    degree: usize,
    x: usize,
    y: usize,
) -> Option<Vec<[f64; MAX_COORDINATES]>> {
    let binomial = |i: usize| (0..i).fold(1.0, |b, k| b * (degree - k) as f64 / (k + 1) as f64);
    let coefficient = |i: usize| {
        let mut order = [0; MAX_COORDINATES];
        (order[x], order[y]) = ((degree - i) as u8, i as u8);
        form.0.get(&order).copied().unwrap_or(0.0)
    };
    // y in units in which the coefficients at both ends are of one size.
    let first = (0..=degree).find(|i| coefficient(*i) != 0.0)?;
    let last = (0..=degree).rfind(|i| coefficient(*i) != 0.0)?;
    let ratio = (coefficient(last) / coefficient(first)).abs();
    let unit = ratio.powf(1.0 / last.abs_diff(first).max(1) as f64);
    let a: Vec<f64> = (0..=degree)
        .map(|i| coefficient(i) / binomial(i) / unit.powi(i as i32))
        .collect();
    let angles = (2..degree).find_map(|r| roots_of_apolar_form(&a, r))?;
    let direction = |angle: f64| {
        let (sin, cos) = angle.sin_cos();
        let snap = |c: f64| if c.abs() < 1e-15 { 0.0 } else { c };
        let (along, across) = (snap(cos), snap(sin) * unit);
        let size = along.abs().max(across.abs());
        let mut vector = [0.0; MAX_COORDINATES];
        (vector[x], vector[y]) = (along / size, across / size);
        vector
    };
    Some(angles.into_iter().map(direction).collect())
}

/// The angles of `r` distinct real roots of a form that annihilates `a`.
fn roots_of_apolar_form(a: &[f64], r: usize) -> Option<Vec<f64>> {
    let conditions = (0..a.len() - r).map(|i| a[i..=i + r].to_vec()).collect();
    let basis = complement(conditions, r + 1);
    let first = basis.first()?;
    let mut best: Option<(f64, Vec<f64>)> = None;
    for step in 0..PENCIL {
        let (sin, cos) = (PI * step as f64 / PENCIL as f64).sin_cos();
        let q: Vec<f64> = match basis.get(1) {
            Some(second) => first
                .iter()
                .zip(second)
                .map(|(p, q)| cos * p + sin * q)
                .collect(),
            None => first.clone(),
        };
        let roots = roots(&q);
        if roots.len() == r {
            let distance = separation(&roots);
            // Equally good ones differ by rounding: take the first.
            if best
                .as_ref()
                .is_none_or(|(known, _)| distance > known + 1e-9)
            {
                best = Some((distance, roots));
            }
        }
    }
    best.map(|(_, roots)| roots)
}

/// Orthonormal basis of the vectors that are orthogonal to all `rows`.
fn complement(rows: Vec<Vec<f64>>, dimension: usize) -> Vec<Vec<f64>> {
    let mut known: Vec<Vec<f64>> = Vec::new();
    let rest = |known: &[Vec<f64>], mut v: Vec<f64>| {
        let before = norm(&v);
        // Twice is enough (Kahan, in Parlett 1980, *The symmetric eigenvalue problem*, section 6.9).
        for basis in known.iter().chain(known) {
            let share: f64 = v.iter().zip(basis).map(|(v, b)| v * b).sum();
            for (v, b) in v.iter_mut().zip(basis) {
                *v -= share * b;
            }
        }
        let after = norm(&v);
        (after > 1e-12 * before).then(|| (after, v.iter().map(|v| v / after).collect::<Vec<_>>()))
    };
    for row in rows {
        known.extend(rest(&known, row).map(|(_, v)| v));
    }
    let constrained = known.len();
    while known.len() < dimension {
        let units = (0..dimension).map(|k| (0..dimension).map(|i| f64::from(i == k)).collect());
        let farthest = units
            .filter_map(|unit| rest(&known, unit))
            .reduce(|best, other| if other.0 > best.0 + 1e-9 { other } else { best });
        match farthest {
            Some((_, v)) => known.push(v),
            None => break,
        }
    }
    known.split_off(constrained)
}

fn norm(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// Angles in [0, π) at which Σ q_j cos^(r−j) sin^j changes its sign.
fn roots(q: &[f64]) -> Vec<f64> {
    let value = |angle: f64| {
        let (sin, cos) = angle.sin_cos();
        let r = q.len() - 1;
        let powers = q.iter().enumerate();
        powers
            .map(|(j, q)| q * cos.powi((r - j) as i32) * sin.powi(j as i32))
            .sum::<f64>()
    };
    // The axes lie between the samples.
    let angle = |k: usize| (k as f64 - 0.37) * PI / ANGLES as f64;
    let mut roots = Vec::new();
    for k in 0..ANGLES {
        let (mut low, mut high) = (angle(k), angle(k + 1));
        let sign = value(low) > 0.0;
        if sign == (value(high) > 0.0) {
            continue;
        }
        while low < 0.5 * (low + high) && 0.5 * (low + high) < high {
            let middle = 0.5 * (low + high);
            match (value(middle) > 0.0) == sign {
                true => low = middle,
                false => high = middle,
            }
        }
        roots.push(if high.abs() < 1e-15 { 0.0 } else { high });
    }
    roots
}

/// Least sine between two of the directions.
fn separation(angles: &[f64]) -> f64 {
    let pairs = angles
        .iter()
        .enumerate()
        .flat_map(|(i, a)| angles[..i].iter().map(move |b| a - b));
    pairs.map(|d| d.sin().abs()).fold(1.0, f64::min)
}
