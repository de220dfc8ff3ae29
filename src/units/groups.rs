//! Dimensionless groups: the conventional ones by name, completed to a basis by Buckingham's Π theorem (E.
//! Buckingham, *On physically similar systems*, Phys. Rev. 4, 1914).

use super::dimensions::{Declared, Dimensions, Kind};
use super::named_groups::{self, Named};
use super::scale::Scales;

/// Dimensionless product of powers of quantities.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Conventional name (`Fourier`, `Biot`, …), if the group has one.
    pub name: Option<&'static str>,
    /// Conventional symbol (`Fo`, `Bi`, …), if the group has one.
    pub symbol: Option<&'static str>,
    /// Product in symbols: `k t/(rho c_p x^2)`.
    pub symbolic: String,
    /// Value of the product at the characteristic values.
    pub value: f64,
}

/// Exponents of quantities, one per quantity.
pub(super) type Powers = Vec<i32>;

/// A quantity that groups are made of.
pub(super) struct Magnitude {
    pub name: String,
    pub dimensions: Dimensions,
    pub value: f64,
}

/// Dimensionless groups of a problem: first all conventional ones that its quantities form, then as many Π
/// groups as complete them to a basis.
///
/// Some conventional groups may be products of others, such as Pe = Re Pr.
///
/// A coordinate and a field count with their scales (for a temperature, a difference), a parameter with its
/// value. Parameters that are zero or absolute temperatures are left out: neither is a magnitude that a scale
/// could be made of.
pub fn characteristic_groups(declared: &Declared, scales: &Scales) -> Vec<Group> {
    if !scales.fits(declared) {
        return Vec::new();
    }
    let all = magnitudes(declared, scales);
    let named = named_groups::named(declared, scales);
    let mut basis: Vec<Powers> = Vec::new();
    let mut groups = Vec::new();
    for Named {
        name,
        symbol,
        powers,
        root,
    } in named
    {
        groups.push(Group {
            name: Some(name),
            symbol: Some(symbol),
            symbolic: if root {
                format!("sqrt({})", show(&all, &powers))
            } else {
                show(&all, &powers)
            },
            value: match value(&all, &powers) {
                square if root => square.abs().sqrt(),
                value => value,
            },
        });
        basis.push(powers);
    }
    // Lengths, fields and parameters repeat; time and other coordinates then appear in one group each.
    let parameters = declared.parameters.len();
    let coordinates = declared.coordinates.len();
    let is_length = |i: &usize| all[*i].dimensions == Dimensions::LENGTH;
    let coordinate_numbers = parameters..parameters + coordinates;
    let usable = |i: &usize| match declared.parameters.get(*i) {
        Some(info) => info.kind == Kind::Plain && all[*i].value != 0.0,
        None => true,
    };
    let order: Vec<usize> = (coordinate_numbers.clone().filter(is_length))
        .chain(parameters + coordinates..all.len())
        .chain(0..parameters)
        .chain(coordinate_numbers.filter(|i| !is_length(i)))
        .filter(usable)
        .collect();
    let dimensions: Vec<Dimensions> = order.iter().map(|i| all[*i].dimensions).collect();
    for group in pi_groups(&dimensions).unwrap_or_default() {
        let mut powers = vec![0; all.len()];
        for (i, power) in order.iter().zip(group) {
            powers[*i] = power;
        }
        basis.push(powers);
        if last_is_independent(&basis) {
            let powers = &basis[basis.len() - 1];
            groups.push(plain(&all, powers));
        } else {
            basis.pop();
        }
    }
    groups
}

/// Basis of the dimensionless products of `quantities` (name, dimensions, value in SI base units). Quantities
/// that come first are preferred as repeating variables.
pub fn dimensionless_groups(quantities: &[(String, Dimensions, f64)]) -> Vec<Group> {
    let all: Vec<Magnitude> = quantities
        .iter()
        .map(|(name, dimensions, value)| Magnitude {
            name: name.clone(),
            dimensions: *dimensions,
            value: *value,
        })
        .collect();
    let dimensions: Vec<Dimensions> = all.iter().map(|q| q.dimensions).collect();
    let groups = pi_groups(&dimensions).unwrap_or_default();
    groups.iter().map(|powers| plain(&all, powers)).collect()
}

/// Parameters, coordinates, fields: the numbering that a dimensionless form gives its symbols.
fn magnitudes(declared: &Declared, scales: &Scales) -> Vec<Magnitude> {
    let affine = |affine: &super::Affine| affine.scale;
    let values = (scales.parameters.iter().copied())
        .chain(scales.coordinates.iter().map(affine))
        .chain(scales.fields.iter().map(affine));
    let infos = (declared.parameters.iter())
        .chain(&declared.coordinates)
        .chain(&declared.fields);
    let pairs = infos.zip(values);
    pairs
        .map(|(info, value)| Magnitude {
            name: info.name.clone(),
            dimensions: info.dimensions,
            value,
        })
        .collect()
}

fn plain(all: &[Magnitude], powers: &[i32]) -> Group {
    Group {
        name: None,
        symbol: None,
        symbolic: show(all, powers),
        value: value(all, powers),
    }
}

fn value(all: &[Magnitude], powers: &[i32]) -> f64 {
    let factors = all.iter().zip(powers).filter(|(_, n)| **n != 0);
    factors.map(|(q, n)| q.value.powi(*n)).product()
}

fn show(all: &[Magnitude], powers: &[i32]) -> String {
    let names = |sign: i32| -> Vec<String> {
        let factors = all.iter().zip(powers).filter(|(_, n)| **n * sign > 0);
        factors
            .map(|(q, n)| match n.abs() {
                1 => q.name.clone(),
                n => format!("{}^{n}", q.name),
            })
            .collect()
    };
    show_quotient(&names(1), &names(-1))
}

/// `a b/(c d)` from its factors.
pub(super) fn show_quotient(above: &[String], below: &[String]) -> String {
    let above = if above.is_empty() {
        "1".to_string()
    } else {
        above.join(" ")
    };
    match below {
        [] => above,
        [one] => format!("{above}/{one}"),
        many => format!("{above}/({})", many.join(" ")),
    }
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

/// Fraction-free Gauss–Jordan elimination; returns the pivot columns, one per row from the top. `None` if a
/// number leaves the range of `i128`, which exponents of physical quantities do not.
fn eliminate(rows: &mut [Vec<i128>]) -> Option<Vec<usize>> {
    let columns = rows.first().map_or(0, Vec::len);
    let mut pivots = Vec::new();
    for column in 0..columns {
        let top = pivots.len();
        let Some(found) = (top..rows.len()).find(|r| rows[*r][column] != 0) else {
            continue;
        };
        rows.swap(top, found);
        let pivot = rows[top].clone();
        for (r, row) in rows.iter_mut().enumerate() {
            let factor = row[column];
            if r == top || factor == 0 {
                continue;
            }
            for (x, p) in row.iter_mut().zip(&pivot) {
                let scaled = x.checked_mul(pivot[column])?;
                *x = scaled.checked_sub(p.checked_mul(factor)?)?;
            }
            let divisor = row.iter().fold(0, |divisor, x| gcd(divisor, *x)).max(1);
            row.iter_mut().for_each(|x| *x /= divisor);
        }
        pivots.push(column);
    }
    Some(pivots)
}

/// Number of independent vectors of exponents.
fn rank(vectors: &[Powers]) -> Option<usize> {
    let mut rows: Vec<Vec<i128>> = vectors
        .iter()
        .map(|powers| powers.iter().map(|n| i128::from(*n)).collect())
        .collect();
    Some(eliminate(&mut rows)?.len())
}

/// Returns true if the last vector adds to the span of the others, which may depend on each other.
fn last_is_independent(vectors: &[Powers]) -> bool {
    let Some((_, rest)) = vectors.split_last() else {
        return false;
    };
    rank(vectors) > rank(rest)
}

/// Integer basis of the null space of the matrix of exponents (one column per quantity).
fn pi_groups(quantities: &[Dimensions]) -> Option<Vec<Powers>> {
    let mut rows: Vec<Vec<i128>> = (0..7)
        .map(|base| {
            let exponents = quantities.iter().map(|d| i128::from(d.0[base]));
            exponents.collect()
        })
        .collect();
    let pivots = eliminate(&mut rows)?;
    let free = (0..quantities.len()).filter(|column| !pivots.contains(column));
    free.map(|column| {
        // pivot_r · power_r + entry_r · power = 0 in each row; the power that makes all whole is the least
        // common multiple of the reduced pivots.
        let mut power: i128 = 1;
        for (row, pivot) in rows.iter().zip(&pivots) {
            let reduced = (row[*pivot] / gcd(row[*pivot], row[column]).max(1)).abs();
            power = (power / gcd(power, reduced).max(1)).checked_mul(reduced)?;
        }
        let mut powers = vec![0; quantities.len()];
        powers[column] = i32::try_from(power).ok()?;
        for (row, pivot) in rows.iter().zip(&pivots) {
            let other = -(row[column].checked_mul(power)? / row[*pivot]);
            powers[*pivot] = i32::try_from(other).ok()?;
        }
        Some(powers)
    })
    .collect()
}

#[cfg(test)]
#[path = "groups_tests.rs"]
mod tests;
