//! Few directions whose powers span given forms (homogeneous polynomials).
//!
//! The least number of powers of linear forms is the form's Waring rank. There is an algorithm for two
//! coordinates ([`decompose`]) and no practical one for more; small sets of simple directions are tried instead.

use super::binary::decompose;
use super::polynomial::{Polynomial, Vector};
use super::series::polarize;
use super::span::express;
use pinn_expr::MAX_COORDINATES;
use std::cmp::Ordering;

/// Largest number of sets of directions to try; each costs some microseconds.
const TRIES: usize = 3_000;

/// Finds directions that, together with those in `free`, span all forms by their powers of order `degree`.
///
/// The result is deterministic. Coordinates precede other directions.
pub(super) fn choose(forms: &[Polynomial], degree: usize, free: &[Vector]) -> Vec<Vector> {
    let powers = |vectors: &[Vector]| -> Vec<Polynomial> {
        let powers = vectors.iter().map(|v| Polynomial::power(v, degree));
        powers.collect()
    };
    let given = powers(free);
    let spans = |more: &[Polynomial]| {
        let columns = [&given, more].concat();
        forms.iter().all(|form| express(&columns, form).is_some())
    };
    if spans(&[]) {
        return Vec::new();
    }
    let involved: Vec<usize> = (0..MAX_COORDINATES)
        .filter(|k| {
            forms
                .iter()
                .flat_map(|f| f.0.keys())
                .any(|order| order[*k] > 0)
        })
        .collect();
    let mut simple = signs(&involved);
    simple.retain(|v| !free.contains(v));
    let mut all = simple.clone();
    // The directions of polarization span every form.
    for (vector, _) in forms.iter().flat_map(|f| f.0.keys()).flat_map(polarize) {
        if !all.contains(&vector) {
            all.push(vector);
        }
    }
    let mut best = all;
    // Unnecessary directions are removed, from the last to the first.
    for i in (0..best.len()).rev() {
        let mut fewer = best.clone();
        fewer.remove(i);
        if spans(&powers(&fewer)) {
            best = fewer;
        }
    }
    let design = match involved[..] {
        [x, y] => decompose(&forms[0], degree, x, y),
        [x, y, z] => Some(icosahedron(&forms[0], degree, [x, y, z])),
        _ => None,
    };
    let fewer = design.filter(|design| design.len() < best.len() && spans(&powers(design)));
    let most = fewer.as_ref().map_or(best.len() - 1, Vec::len);
    // Simple directions are preferred to an equal number of others.
    let simple_powers = powers(&simple);
    let mut tries = TRIES;
    for size in 1..=most {
        let mut subset: Vec<usize> = (0..size).collect();
        while subset.iter().all(|i| *i < simple.len()) && tries > 0 {
            let chosen: Vec<Polynomial> =
                subset.iter().map(|i| simple_powers[*i].clone()).collect();
            if spans(&chosen) {
                return subset.into_iter().map(|i| simple[i]).collect();
            }
            advance(&mut subset, simple.len());
            tries -= 1;
        }
    }
    fewer.unwrap_or(best)
}

/// The next subset of 0..n in lexicographic order; beyond the last one, its last element is n.
fn advance(subset: &mut [usize], n: usize) {
    let size = subset.len();
    let Some(i) = (0..size).rev().find(|i| subset[*i] + size < n + i) else {
        subset[size - 1] = n;
        return;
    };
    subset[i] += 1;
    for k in i + 1..size {
        subset[k] = subset[k - 1] + 1;
    }
}

/// Vectors with components −1, 0, 1 over the coordinates, one of each pair ±v: those with few components
/// first. All of them for up to three coordinates, otherwise those with at most two components.
fn signs(involved: &[usize]) -> Vec<Vector> {
    let most = if involved.len() <= 3 { 3 } else { 2 };
    let mut vectors = vec![[0.0; MAX_COORDINATES]];
    for k in involved {
        vectors = vectors
            .iter()
            .flat_map(|vector| {
                [0.0, 1.0, -1.0].map(|component| {
                    let mut vector = *vector;
                    vector[*k] = component;
                    vector
                })
            })
            .filter(|vector| components(vector) <= most)
            .collect();
    }
    vectors.retain(|vector| vector.iter().find(|v| **v != 0.0) == Some(&1.0));
    // The first coordinate first, sums before differences.
    vectors.sort_by(|a, b| {
        let order = |a: Vector, b: Vector| b.partial_cmp(&a).unwrap_or(Ordering::Equal);
        let sizes = order(a.map(f64::abs), b.map(f64::abs));
        components(a)
            .cmp(&components(b))
            .then(sizes)
            .then(order(*a, *b))
    });
    vectors
}

fn components(vector: &Vector) -> usize {
    vector.iter().filter(|v| **v != 0.0).count()
}

/// The six axes of an icosahedron, whose fourth powers span (x² + y² + z²)² (Reznick 1992, *Sums of even powers
/// of real linear forms*, Memoirs AMS 463, chapter 9), stretched to the form's coefficients of x⁴, y⁴, z⁴.
fn icosahedron(form: &Polynomial, degree: usize, coordinates: [usize; 3]) -> Vec<Vector> {
    let golden = (1.0 + 5f64.sqrt()) / 2.0;
    let scale = coordinates.map(|k| {
        let mut pure = [0; MAX_COORDINATES];
        pure[k] = degree as u8;
        let coefficient = form.0.get(&pure).copied().unwrap_or(1.0);
        coefficient.abs().powf(1.0 / degree as f64)
    });
    let axis = |k: usize, component: f64| {
        let mut vector = [0.0; MAX_COORDINATES];
        let next = (k + 1) % 3;
        vector[coordinates[k]] = scale[k] / scale[0];
        vector[coordinates[next]] = component * scale[next] / scale[0];
        vector
    };
    (0..3)
        .flat_map(|k| [axis(k, golden), axis(k, -golden)])
        .collect()
}
