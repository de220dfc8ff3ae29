//! Few directions whose powers span given forms (homogeneous polynomials).
//!
//! The least number of powers of linear forms is the form's Waring rank, for which no practical algorithm is
//! known; candidates are tried instead. That (x² + y²)² needs 3 directions and (x² + y² + z²)² needs 6 is from
//! Reznick 1992, *Sums of even powers of real linear forms* (Memoirs AMS 463): a triangle's and an icosahedron's
//! axes.

use super::polynomial::{Polynomial, Vector};
use super::series::polarize;
use super::span::express;
use crate::expr::MAX_COORDINATES;

/// Sets of directions that are tried in the search through all small ones; each costs some microseconds.
const TRIES: usize = 6_000;

/// Directions that, with those in `free`, span all forms by their powers of order `degree`.
///
/// Deterministic. Coordinates come before other directions.
pub(super) fn choose(forms: &[Polynomial], degree: usize, free: &[Vector]) -> Vec<Vector> {
    let spans = |more: &[Vector]| {
        let columns: Vec<Polynomial> = free
            .iter()
            .chain(more)
            .map(|vector| Polynomial::power(vector, degree))
            .collect();
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
    let small: Vec<Vector> = signs(&involved)
        .into_iter()
        .filter(|v| !free.contains(v))
        .collect();
    let mut best = reduce(pool(forms, &small), &spans);
    for design in designs(forms, &involved, degree) {
        if design.len() < best.len() && spans(&design) {
            best = design;
        }
    }
    let mut tries = 0;
    for size in 1..best.len() {
        let mut subset: Vec<usize> = (0..size).collect();
        while let Some(last) = subset.last()
            && *last < small.len()
        {
            tries += 1;
            if tries > TRIES {
                return best;
            }
            let chosen: Vec<Vector> = subset.iter().map(|i| small[*i]).collect();
            if spans(&chosen) {
                return chosen;
            }
            advance(&mut subset, small.len());
        }
    }
    best
}

/// The next subset of 0..n in lexicographic order; beyond the last one, its last element is n.
fn advance(subset: &mut [usize], n: usize) {
    let size = subset.len();
    let movable = (0..size).rev().find(|i| subset[*i] < n - size + i);
    let Some(i) = movable else {
        subset[size - 1] = n;
        return;
    };
    subset[i] += 1;
    for k in i + 1..size {
        subset[k] = subset[k - 1] + 1;
    }
}

/// Vectors with components −1, 0, 1 over the coordinates, one of each pair ±v: those with few components
/// first. All of them for up to three coordinates, else those with at most two components.
fn signs(involved: &[usize]) -> Vec<Vector> {
    let most = if involved.len() <= 3 { 3 } else { 2 };
    let mut vectors = vec![[0.0; MAX_COORDINATES]];
    for k in involved {
        let mut longer = Vec::new();
        for vector in &vectors {
            for component in [0.0, 1.0, -1.0] {
                let mut vector = *vector;
                vector[*k] = component;
                longer.push(vector);
            }
        }
        longer.retain(|vector| components(vector) <= most);
        vectors = longer;
    }
    vectors.retain(|vector| vector.iter().find(|v| **v != 0.0) == Some(&1.0));
    // The first coordinate first, sums before differences.
    vectors.sort_by(|a, b| {
        let key = components(a).cmp(&components(b));
        key.then(
            b.map(f64::abs)
                .partial_cmp(&a.map(f64::abs))
                .unwrap_or(std::cmp::Ordering::Equal),
        )
        .then(b.partial_cmp(a).unwrap_or(std::cmp::Ordering::Equal))
    });
    vectors
}

fn components(vector: &Vector) -> usize {
    vector.iter().filter(|v| **v != 0.0).count()
}

/// `small`, and the directions of polarization, which span every form.
fn pool(forms: &[Polynomial], small: &[Vector]) -> Vec<Vector> {
    let mut pool = small.to_vec();
    for (vector, _) in forms.iter().flat_map(|f| f.0.keys()).flat_map(polarize) {
        if !pool.contains(&vector) {
            pool.push(vector);
        }
    }
    pool
}

/// Leaves out, from the last to the first, every direction that is not needed.
fn reduce(mut pool: Vec<Vector>, spans: &dyn Fn(&[Vector]) -> bool) -> Vec<Vector> {
    for i in (0..pool.len()).rev() {
        let left_out = pool.remove(i);
        if !spans(&pool) {
            pool.insert(i, left_out);
        }
    }
    pool
}

/// Axes of a triangle and of an icosahedron, stretched to the scales of the coordinates in the first form.
fn designs(forms: &[Polynomial], involved: &[usize], degree: usize) -> Vec<Vec<Vector>> {
    let golden = (1.0 + 5f64.sqrt()) / 2.0;
    let half = 3f64.sqrt() / 2.0;
    let axes: Vec<Vec<f64>> = match involved.len() {
        2 => vec![vec![1.0, 0.0], vec![0.5, half], vec![0.5, -half]],
        3 => (0..3)
            .flat_map(|k| [golden, -golden].map(|g| (k, g)))
            .map(|(k, g)| {
                let mut axis = vec![0.0; 3];
                axis[k] = 1.0;
                axis[(k + 1) % 3] = g;
                axis
            })
            .collect(),
        _ => return Vec::new(),
    };
    let mut scales = [0.0; MAX_COORDINATES];
    for k in involved {
        let mut pure = [0; MAX_COORDINATES];
        pure[*k] = degree as u8;
        match forms[0].0.get(&pure) {
            Some(c) if c / forms[0].0.values().next().copied().unwrap_or(1.0) > 0.0 => {
                scales[*k] = c.abs().powf(1.0 / degree as f64);
            }
            _ => return Vec::new(),
        }
    }
    let first = scales[involved[0]];
    let stretched = axes.into_iter().map(|axis| {
        let mut vector = [0.0; MAX_COORDINATES];
        for (k, component) in involved.iter().zip(axis) {
            vector[*k] = component * scales[*k] / first;
        }
        vector
    });
    vec![stretched.collect()]
}
