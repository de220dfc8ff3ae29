//! Errors of members, each at points of its own.

use super::rows::{Members, Row};
use pinn::accuracy::field_error;
use pinn::equations::registry::Registry;
use pinn::geometry::sampling::{Sampler, Sobol, Uniform};
use pinn::problem::Problem;
use pinn::session::AnySession;
use std::error::Error;

const POINTS: usize = 1000;
/// Points are drawn from the grid of the problem, without its first lines: these are given.
const SEED: u64 = 7;

/// Relative L2 error of the first field that the reference gives, by member.
pub fn errors(
    row: &Row,
    problem: &Problem,
    session: &mut dyn AnySession,
    registry: &Registry,
) -> Result<Vec<f64>, Box<dyn Error>> {
    let mut errors = Vec::new();
    for (number, values) in values(row, problem).into_iter().enumerate() {
        let member = problem.member(&problem.settings_at(&values), registry)?;
        let reference = member.reference.as_ref().ok_or("there is no reference")?;
        let coordinates = points(problem, SEED + number as u64);
        let field = reference.fields()[0];
        let known = reference.evaluate(&coordinates).swap_remove(0);
        let ranges = values.iter().map(|value| vec![*value; POINTS]);
        let all: Vec<Vec<f64>> = coordinates.iter().cloned().chain(ranges).collect();
        let found = session.evaluate(&all)?.swap_remove(field);
        let affine = problem.statement.scales.fields[field];
        let error = field_error(&found, &known, affine.reference, affine.scale, 0.0);
        errors.push(error.relative_l2);
    }
    Ok(errors)
}

/// Values of the ranges, SI base units.
fn values(row: &Row, problem: &Problem) -> Vec<Vec<f64>> {
    let Some(family) = &problem.family else {
        return Vec::new();
    };
    let ranges = &family.ranges;
    let spread = |count: usize| {
        let mut unit = vec![0.0; ranges.len() * count];
        Sobol.fill(SEED, ranges.len(), count, &mut unit);
        let place = move |member: usize, range: usize| unit[range * count + member];
        (0..count).map(move |member| {
            let places = (0..ranges.len()).map(|range| place(member, range));
            places.collect::<Vec<f64>>()
        })
    };
    match row.members {
        Members::Spread(count) => spread(count)
            .map(|places| {
                let pairs = ranges.iter().zip(places);
                pairs
                    .map(|(r, u)| r.lower + u * (r.upper - r.lower))
                    .collect()
            })
            .collect(),
        Members::Whole { most } => {
            let counts: Vec<usize> = ranges
                .iter()
                .map(|r| (r.upper - r.lower).round() as usize + 1)
                .collect();
            let all: usize = counts.iter().product();
            let whole = |range: usize, n: usize| ranges[range].lower + n as f64;
            if all <= most {
                let member = |number: usize| {
                    let mut rest = number;
                    let digits = counts.iter().enumerate().map(|(range, count)| {
                        let digit = rest % count;
                        rest /= count;
                        whole(range, digit)
                    });
                    digits.collect()
                };
                return (0..all).map(member).collect();
            }
            let member = |places: Vec<f64>| {
                let pairs = places.iter().zip(&counts).enumerate();
                pairs
                    .map(|(range, (u, count))| whole(range, (u * *count as f64) as usize))
                    .collect()
            };
            spread(most).map(member).collect()
        }
    }
}

/// Columns of coordinates.
fn points(problem: &Problem, seed: u64) -> Vec<Vec<f64>> {
    let intervals = problem.statement.domain.intervals.iter();
    let axes = intervals.zip(&problem.resolution).enumerate();
    let columns = axes.map(|(axis, (interval, resolution))| {
        let mut unit = vec![0.0; POINTS];
        Uniform.fill(seed * 16 + axis as u64, 1, POINTS, &mut unit);
        let steps = resolution - 1;
        let line = |u: &f64| {
            let number = 1 + (u * steps as f64) as usize;
            interval.lower + interval.length() * number.min(steps) as f64 / steps as f64
        };
        unit.iter().map(line).collect()
    });
    columns.collect()
}
