//! Terms far from the others, and the scales that would mend them.

use super::describe::{shortened, show_interval};
use super::table::Table;
use pinn_core::coefficients::{Extreme, Remedy, Scaled, extremes};
use pinn_expr::show_number;
use pinn_problem::Problem;
use pinn_units::Coefficient;
use std::io::{self, Write};

/// A term whose coefficient is far from one, and the residual that it is in.
struct Far {
    residual: String,
    coefficient: Coefficient,
    remedy: Option<Remedy>,
}

/// The farthest first.
fn far(problem: &Problem) -> Vec<Far> {
    // Scales are mended at the middle of a family.
    let forms: Vec<_> = problem.statement.named_forms().collect();
    // The statement had a dimensionless form already.
    let extremes = extremes(&problem.statement).unwrap_or_default();
    let found = extremes.into_iter().filter_map(|extreme| {
        let Extreme {
            residual,
            coefficient,
            remedy,
        } = extreme;
        let (name, form) = forms.get(residual)?;
        Some(Far {
            residual: name.clone(),
            coefficient: form.coefficients.get(coefficient)?.clone(),
            remedy,
        })
    });
    let mut found: Vec<Far> = found.collect();
    let distance = |far: &Far| far.coefficient.value.abs().ln().abs();
    found.sort_by(|a, b| distance(b).total_cmp(&distance(a)));
    found
}

/// The farthest term, and how many there are.
pub(super) fn brief(problem: &Problem, out: &mut dyn Write) -> io::Result<()> {
    let found = far(problem);
    let Some(farthest) = found.first() else {
        return Ok(());
    };
    let c = &farthest.coefficient;
    let effect = match c.value.abs() < 1.0 {
        true => "it hardly counts",
        false => "it drowns the others",
    };
    writeln!(
        out,
        "warning: {}: the term {} * {} is far from the others: {effect}.",
        farthest.residual,
        show_number(c.value),
        shortened(&c.expression)
    )?;
    let more = match found.len() - 1 {
        0 => String::new(),
        1 => "this and one more term, ".to_string(),
        more => format!("this and {more} more terms, "),
    };
    writeln!(
        out,
        "         `pinn check` shows {more}with the scales that would mend them."
    )
}

/// All such terms by the scale that would mend them.
pub(super) fn by_remedy(problem: &Problem, out: &mut dyn Write) -> io::Result<()> {
    let found = far(problem);
    let (mut groups, mut hopeless) = (Vec::<(String, Vec<String>)>::new(), Vec::new());
    for far in &found {
        let (term, c) = (&far.residual, &far.coefficient);
        let term = format!("{term}: {}", shortened(&c.expression));
        let Some(remedy) = far.remedy else {
            hopeless.push(term);
            continue;
        };
        let (advice, term) = (
            advice(problem, remedy),
            format!("{term} to {}", show_number(remedy.value)),
        );
        match groups.iter_mut().find(|(known, _)| *known == advice) {
            Some((_, terms)) => terms.push(term),
            None => groups.push((advice, vec![term])),
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    let drowning = found.iter().filter(|far| far.coefficient.value.abs() > 1.0);
    let effect = match (drowning.count(), found.len()) {
        (0, _) => "their terms hardly count",
        (some, all) if some == all => "their terms drown the others",
        _ => "their terms hardly count (the small ones) or drown the others (the large ones)",
    };
    writeln!(out, "warning: {effect}.")?;
    if !groups.is_empty() {
        writeln!(out, "  In [scales],")?;
        let mut table = Table::default();
        for (advice, terms) in &groups {
            table.row([advice.as_str(), "brings", &terms.join(", ")]);
        }
        table.write(out, 4)?;
        writeln!(
            out,
            "  if that is the size of the quantity where the term acts; else the term is as small or large in nature."
        )?;
    }
    if !hopeless.is_empty() {
        writeln!(
            out,
            "  No single scale mends {}: as small or large in nature, or several scales must change together.",
            hopeless.join(", ")
        )?;
    }
    Ok(())
}

/// As it stands in a problem file.
fn advice(problem: &Problem, remedy: Remedy) -> String {
    let (declared, units) = (&problem.statement.declared, &problem.units);
    let (info, unit) = match remedy.quantity {
        Scaled::Coordinate(c) => (&declared.coordinates[c], &units.coordinates[c]),
        Scaled::Field(f) => (&declared.fields[f], &units.fields[f]),
    };
    let scale = show_interval(remedy.scale, unit, info.kind);
    format!("{} = {{ scale = \"{scale}\" }}", info.name)
}
