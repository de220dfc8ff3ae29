//! Errors of a family at values that training did not use.

use super::super::error::CliError;
use super::sample::compared;
use indexmap::IndexMap;
use pinn_core::session::AnySession;
use pinn_equations::registry::Registry;
use pinn_geometry::sampling::{Sampler, Sobol, set_seed};
use pinn_output::{FamilyErrorReport, FamilyReport, RangeReport};
use pinn_output::{beside, grid, spaced};
use pinn_problem::Problem;

/// Number of members whose errors are computed.
const MEMBERS: usize = 64;
/// Points of the grid per coordinate, at most.
const GRID: usize = 41;
/// Sets of points of a run have other numbers.
const SET: u64 = u64::MAX - 2;

/// `None` for a single problem.
pub(super) fn report(
    problem: &Problem,
    session: &mut dyn AnySession,
    registry: &Registry,
) -> Result<Option<FamilyReport>, CliError> {
    let Some(family) = &problem.family else {
        return Ok(None);
    };
    let shown = |range: usize, si: f64| {
        let parameter = family.ranges[range].parameter;
        let kind = problem.statement.declared.parameters[parameter].kind;
        problem.units.parameters[parameter].from_si(si, kind)
    };
    let names: Vec<String> = problem.ranged().map(|info| info.name.clone()).collect();
    let ranges = family.ranges.iter().enumerate().map(|(number, range)| {
        let report = RangeReport {
            from: shown(number, range.lower),
            to: shown(number, range.upper),
            unit: problem.units.parameters[range.parameter].text.clone(),
        };
        (names[number].clone(), report)
    });
    let mut report = FamilyReport {
        ranges: ranges.collect(),
        members: 0,
        errors: IndexMap::new(),
    };
    if problem.reference.is_none() {
        return Ok(Some(report));
    }
    let axes = problem.statement.domain.intervals.iter();
    let axes = axes.zip(&problem.resolution);
    let axes: Vec<Vec<f64>> = axes
        .map(|(interval, points)| spaced(*interval, (*points).min(GRID)))
        .collect();
    let coordinates = grid(&axes);
    // By field: errors, and the parameter values that belong to them.
    let mut errors: IndexMap<usize, Vec<(f64, Vec<f64>)>> = IndexMap::new();
    for values in members(problem) {
        let member = problem.member(&problem.settings_at(&values), registry)?;
        let fields = session.evaluate(&beside(&coordinates, &values))?;
        let lives = member.statement.lives(&coordinates);
        for (field, error, _) in compared(&member, &coordinates, &lives, &fields) {
            let all = errors.entry(field).or_default();
            all.push((error.relative_l2, values.clone()));
        }
        report.members += 1;
    }
    let fields = &problem.statement.declared.fields;
    for (field, mut errors) in errors {
        errors.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let Some((worst, at)) = errors.last() else {
            continue;
        };
        let at = names.iter().zip(at).enumerate();
        let at = at.map(|(range, (name, si))| (name.clone(), shown(range, *si)));
        let error = FamilyErrorReport {
            median: errors[errors.len() / 2].0,
            worst: *worst,
            worst_at: at.collect(),
        };
        report.errors.insert(fields[field].name.clone(), error);
    }
    Ok(Some(report))
}

/// Values of the ranges in SI base units, spread over all of them.
fn members(problem: &Problem) -> Vec<Vec<f64>> {
    let ranges = problem.family.iter().flat_map(|family| &family.ranges);
    let ranges: Vec<_> = ranges.collect();
    let mut unit = vec![0.0; ranges.len() * MEMBERS];
    let seed = set_seed(problem.settings.seed, SET, 0);
    Sobol.fill(seed, ranges.len(), MEMBERS, &mut unit);
    let value = |member: usize, (number, range): (usize, &&pinn_core::family::Ranged)| {
        range.lower + unit[number * MEMBERS + member] * (range.upper - range.lower)
    };
    (0..MEMBERS)
        .map(|member| {
            let ranges = ranges.iter().enumerate();
            ranges.map(|range| value(member, range)).collect()
        })
        .collect()
}
