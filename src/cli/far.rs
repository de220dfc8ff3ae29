//! Terms that are very small or very large after scaling, and the scales that would correct them.

use super::describe::{shortened, show_interval};
use super::error::CliError;
use super::table::Table;
use pinn_core::coefficients::{Extreme, Remedy, Scaled, extremes};
use pinn_expr::show_number;
use pinn_problem::Problem;
use pinn_units::Coefficient;
use std::io::{self, Write};

/// A term whose coefficient is far from one, and the residual that it is in.
pub(super) struct Far {
    residual: String,
    coefficient: Coefficient,
    remedy: Option<Remedy>,
}

/// Terms at the middle of a family, the farthest first.
pub(super) fn far(problem: &Problem) -> Result<Vec<Far>, CliError> {
    let forms: Vec<_> = problem.statement.named_forms().collect();
    let found = extremes(&problem.statement)?;
    let found = found.into_iter().filter_map(|extreme| {
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
    let distance = |far: &Far| far.coefficient.size().ln().abs();
    found.sort_by(|a, b| distance(b).total_cmp(&distance(a)));
    Ok(found)
}

/// Writes the farthest term and the number of the others.
pub(super) fn brief(found: &[Far], out: &mut dyn Write) -> io::Result<()> {
    let Some(farthest) = found.first() else {
        return Ok(());
    };
    let c = &farthest.coefficient;
    let size = match c.size() < 1.0 {
        true => "small",
        false => "large",
    };
    writeln!(
        out,
        "warning: {}: the term {} * {} is very {size} after scaling.",
        farthest.residual,
        show_number(c.value),
        shortened(&c.expression)
    )?;
    let terms = match found.len() - 1 {
        0 => "it".to_string(),
        1 => "it and one more term".to_string(),
        more => format!("it and {more} more terms"),
    };
    writeln!(
        out,
        "         `pinn check` lists {terms} with suggested scales."
    )
}

/// Writes all terms, grouped by the scale that would correct them.
pub(super) fn by_remedy(problem: &Problem, found: &[Far], out: &mut dyn Write) -> io::Result<()> {
    let (mut groups, mut hopeless) = (Vec::<(String, Vec<String>)>::new(), Vec::new());
    for far in found {
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
    let large = found.iter().filter(|far| far.coefficient.size() > 1.0);
    let size = match (large.count(), found.len()) {
        (0, _) => "small",
        (some, all) if some == all => "large",
        _ => "small or very large",
    };
    writeln!(out, "warning: these terms are very {size} after scaling.")?;
    if !groups.is_empty() {
        writeln!(out, "  In [scales],")?;
        let mut table = Table::default();
        for (advice, terms) in &groups {
            table.row([advice.as_str(), "brings", &terms.join(", ")]);
        }
        table.write(out, 4)?;
        writeln!(
            out,
            "  If the suggested scale is the typical size of the quantity, set it; otherwise ignore this."
        )?;
    }
    if !hopeless.is_empty() {
        writeln!(
            out,
            "  No single scale corrects {}. Either several scales must change together, or the terms really differ this much.",
            hopeless.join(", ")
        )?;
    }
    Ok(())
}

/// The scale as a line of a problem file.
fn advice(problem: &Problem, remedy: Remedy) -> String {
    let (declared, units) = (&problem.statement.declared, &problem.units);
    let (info, unit) = match remedy.quantity {
        Scaled::Coordinate(c) => (&declared.coordinates[c], &units.coordinates[c]),
        Scaled::Field(f) => (&declared.fields[f], &units.fields[f]),
    };
    let scale = show_interval(remedy.scale, unit, info.kind);
    format!("{} = {{ scale = \"{scale}\" }}", info.name)
}
