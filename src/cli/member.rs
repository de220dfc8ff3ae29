//! One member of a family that a run has solved: what `eval` and `export` share.

use super::describe::{show_interval, show_point};
use super::error::CliError;
use super::solve::start::{Start, stored};
use pinn_equations::registry::Registry;
use pinn_output::RunFolder;
use pinn_problem::{Problem, Setting};
use std::path::Path;

/// A member, its network in place.
pub(super) struct Member {
    pub(super) start: Start,
    /// Values outside of their ranges, and the distance: one sentence each.
    pub(super) warnings: Vec<String>,
}

impl Member {
    /// Generates the network of `run` at values such as `k=45 W/(m K)`, one per range.
    pub(super) fn generate(
        run: &Path,
        set: &[String],
        registry: &Registry,
    ) -> Result<Self, CliError> {
        let folder = RunFolder::open(run)?;
        let problem = stored(&folder, registry)?;
        if problem.family.is_none() {
            return Err(CliError::NoFamily {
                run: run.to_path_buf(),
            });
        }
        let settings = settings(&problem, set)?;
        let warnings = outside(&problem, &settings);
        // A single thread starts at once, and one network has little to compute.
        let mut family = Start::new(Some(1), None, problem, false)?;
        family.restore(&folder)?;
        let values: Vec<f64> = settings.iter().map(|setting| setting.si).collect();
        let Some(parameters) = family.session.generated(&values) else {
            return Err(CliError::NoFamily {
                run: run.to_path_buf(),
            });
        };
        let member = family.problem.member(&settings, registry)?;
        let mut start = Start::new(Some(1), None, member, true)?;
        start.session.begin_with(&parameters)?;
        Ok(Member { start, warnings })
    }
}

/// One setting per range, in their order.
fn settings(problem: &Problem, set: &[String]) -> Result<Vec<Setting>, CliError> {
    let mut given: Vec<Option<Setting>> = vec![None; problem.ranged().count()];
    for text in set {
        let setting = problem.setting(text)?;
        let place = &mut given[setting.range];
        if place.is_some() {
            let name = problem.ranged().nth(setting.range);
            return Err(CliError::SetTwice {
                name: name.map_or(String::new(), |info| info.name.clone()),
            });
        }
        *place = Some(setting);
    }
    let ranges = problem.family.iter().flat_map(|family| &family.ranges);
    let all = ranges.zip(problem.ranged()).zip(given);
    all.map(|((range, info), setting)| {
        let unit = &problem.units.parameters[range.parameter];
        setting.ok_or_else(|| CliError::Unset {
            name: info.name.clone(),
            from: show_point(range.lower, unit, info),
            to: show_point(range.upper, unit, info),
        })
    })
    .collect()
}

fn outside(problem: &Problem, settings: &[Setting]) -> Vec<String> {
    let ranges = problem.family.iter().flat_map(|family| &family.ranges);
    let all = ranges.zip(problem.ranged()).zip(settings);
    all.filter_map(|((range, info), setting)| {
        let excess = range.excess(setting.si);
        if excess == 0.0 {
            return None;
        }
        let unit = &problem.units.parameters[range.parameter];
        let (side, end) = match setting.si < range.lower {
            true => ("below", range.lower),
            false => ("above", range.upper),
        };
        Some(format!(
            "{} = {} lies {} {side} the range of {} to {}, {:.1} % of its length: the network was not trained there.",
            info.name,
            setting.text,
            show_interval((setting.si - end).abs(), unit, info.kind),
            show_point(range.lower, unit, info),
            show_point(range.upper, unit, info),
            100.0 * excess
        ))
    })
    .collect()
}
