//! Description of a problem: quantities, dimensionless form, groups.

use super::solve::choose;
use super::solve::start::Start;
use super::table::Table;
use pinn_core::ansatz::Exact;
use pinn_core::statement::Posed;
use pinn_engine::codegen::Products;
use pinn_expr::show_number;
use pinn_geometry::domain::Face;
use pinn_output::optimiser_name;
use pinn_problem::Problem;
use pinn_units::{
    Affine, DimensionalResiduals, Form, Group, Kind, QuantityInfo, Unit, characteristic_groups,
};
use std::io::{self, Write};

/// Writes all of it.
pub(super) fn understood(problem: &Problem, out: &mut dyn Write) -> io::Result<()> {
    let dimensionless = problem.trained().dimensionless();
    writeln!(out, "{}: {}", problem.name, problem.title)?;
    writeln!(out, "equation {}: {}", problem.equation, problem.summary)?;
    writeln!(out, "\nQuantities")?;
    quantities(problem).write(out, 2)?;
    writeln!(out, "\nEquations")?;
    let forms = dimensionless.equations.forms();
    residuals(&problem.statement.equations, forms, out)?;
    writeln!(out, "\nConditions")?;
    let pairs = problem.statement.conditions.iter();
    for (condition, dimensionless) in pairs.zip(&dimensionless.conditions) {
        let domain = &problem.statement.domain;
        let place = condition
            .place
            .show(domain, |face| self::face(problem, face));
        let partner = condition.partner.map(|face| self::face(problem, face));
        let partner = partner.map_or(String::new(), |place| format!(", paired with {place}"));
        let exactly = if condition.hard {
            ", holds exactly"
        } else {
            ""
        };
        writeln!(out, "  {} at {place}{partner}{exactly}", condition.name)?;
        residuals(&condition.residuals, dimensionless.forms(), out)?;
    }
    if !problem.statement.measurements.is_empty() {
        writeln!(out, "\nData")?;
    }
    for set in &problem.statement.measurements {
        let info = &problem.statement.declared.fields[set.field];
        let unit = &problem.units.fields[set.field];
        let noise = set
            .noise
            .map_or("noise to be estimated".to_string(), |noise| {
                format!("noise {}", show_interval(noise, unit, info.kind))
            });
        let (name, count) = (&set.name, set.values.len());
        writeln!(
            out,
            "  {name}: {count} measurements of {}, {noise}",
            info.name
        )?;
    }
    if let Some(ansatz) = &dimensionless.ansatz {
        writeln!(
            out,
            "\nAnsatz, dimensionless; the field on the right stands for the network"
        )?;
        for line in ansatz.show() {
            writeln!(out, "  {line}")?;
        }
    }
    let groups = groups(problem);
    if groups.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nDimensionless groups")?;
    let mut table = Table::default();
    for group in groups {
        table.row([
            group.name.unwrap_or("").to_string(),
            show_number(group.value),
            group.symbolic,
        ]);
    }
    table.write(out, 2)
}

/// Coordinates with their extent and scale, fields with their scale, parameters with their value.
fn quantities(problem: &Problem) -> Table {
    let (statement, units) = (&problem.statement, &problem.units);
    let declared = &statement.declared;
    let mut table = Table::default();
    let coordinates = declared
        .coordinates
        .iter()
        .zip(&statement.scales.coordinates);
    for (c, (info, affine)) in coordinates.enumerate() {
        let (unit, interval) = (&units.coordinates[c], statement.domain.intervals[c]);
        table.row([
            info.name.clone(),
            info.quantity.clone(),
            format!(
                "{} to {}",
                show_point(interval.lower, unit, info),
                show_point(interval.upper, unit, info)
            ),
            show_scale(*affine, unit, info),
        ]);
    }
    let fields = declared.fields.iter().zip(&statement.scales.fields);
    for ((info, affine), unit) in fields.zip(&units.fields) {
        table.row([
            info.name.clone(),
            info.quantity.clone(),
            "field".to_string(),
            show_scale(*affine, unit, info),
        ]);
    }
    let parameters = declared.parameters.iter().zip(&statement.scales.parameters);
    for (number, ((info, value), unit)) in parameters.zip(&units.parameters).enumerate() {
        let ranges = problem.family.iter().flat_map(|family| &family.ranges);
        let range = ranges.clone().find(|range| range.parameter == number);
        let unknown = statement.unknowns.iter().any(|u| u.parameter == number);
        let mut row = vec![info.name.clone(), info.quantity.clone()];
        match range {
            None if unknown => row.extend([
                "unknown".to_string(),
                format!("guess {}", show_point(*value, unit, info)),
            ]),
            None => row.push(show_point(*value, unit, info)),
            Some(range) => row.extend([
                format!(
                    "{} to {}",
                    show_point(range.lower, unit, info),
                    show_point(range.upper, unit, info)
                ),
                show_scale(range.affine(info.kind), unit, info),
            ]),
        }
        table.row(row);
    }
    table
}

fn show_scale(affine: Affine, unit: &Unit, info: &QuantityInfo) -> String {
    let scale = show_interval(affine.scale, unit, info.kind);
    if affine.reference == 0.0 {
        format!("scale {scale}")
    } else {
        format!(
            "scale {scale} about {}",
            show_point(affine.reference, unit, info)
        )
    }
}

/// A value in the unit that the problem file uses for it.
pub(super) fn show_point(si: f64, unit: &Unit, info: &QuantityInfo) -> String {
    with_unit(unit.from_si(si, info.kind), &unit.text)
}

/// A difference of two values. Differences of absolute temperatures are given in kelvin: `20 degC` would
/// be read as a point.
pub(super) fn show_interval(si: f64, unit: &Unit, kind: Kind) -> String {
    match kind {
        Kind::AbsoluteTemperature => with_unit(si, "K"),
        Kind::Plain => with_unit(unit.from_si(si, Kind::Plain), &unit.text),
    }
}

fn with_unit(value: f64, unit: &str) -> String {
    format!("{} {unit}", show_number(value))
        .trim_end()
        .to_string()
}

/// Position of a face: `x = 20 mm`.
fn face(problem: &Problem, face: Face) -> String {
    let info = &problem.statement.declared.coordinates[face.coordinate];
    let unit = &problem.units.coordinates[face.coordinate];
    let position = problem.statement.domain.position(face);
    format!("{} = {}", info.name, show_point(position, unit, info))
}

/// Every residual as written and in dimensionless form, with the meaning of its coefficients.
fn residuals(
    residuals: &DimensionalResiduals,
    forms: &[Form],
    out: &mut dyn Write,
) -> io::Result<()> {
    for (text, form) in residuals.show().iter().zip(forms) {
        writeln!(out, "    {text} = 0    [{}]", form.dimensions)?;
        writeln!(
            out,
            "      {} = 0    after division by {} = {}",
            form.expression,
            form.reference_symbolic,
            with_unit(form.reference, &form.dimensions.to_string())
        )?;
    }
    Ok(())
}

/// Every coefficient of every residual, and the number of those that are marked as very small or very large.
pub(super) fn coefficients(statement: &Posed) -> (Table, usize) {
    let mut table = Table::default();
    table.row(["residual", "coefficient", "", "multiplies", "in symbols"]);
    let mut flagged = 0;
    for (name, form) in statement.named_forms() {
        for (number, c) in form.coefficients.iter().enumerate() {
            flagged += usize::from(c.is_extreme());
            let mut multiplies = shortened(&c.expression);
            if c.weight != 1.0 {
                multiplies += &format!(", of about {:.0e}", c.weight);
            }
            table.row([
                if number == 0 { &name } else { "" },
                &show_number(c.value),
                if c.is_extreme() { "!" } else { "" },
                &multiplies,
                &shortened(&c.symbolic),
            ]);
        }
    }
    (table, flagged)
}

/// Cut where a table would become too wide.
pub(super) fn shortened(text: &str) -> String {
    const WIDTH: usize = 44;
    match text.char_indices().nth(WIDTH) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_string(),
    }
}

/// Products of parameters and scales without dimension.
pub(super) fn groups(problem: &Problem) -> Vec<Group> {
    characteristic_groups(&problem.statement.declared, &problem.statement.scales)
}

/// Prints warnings about probable oversights.
pub(super) fn warnings(problem: &Problem, out: &mut dyn Write) -> io::Result<()> {
    if !problem.warnings.is_empty() {
        writeln!(out)?;
    }
    for warning in &problem.warnings {
        writeln!(out, "warning: {warning}")?;
    }
    Ok(())
}

/// Conditions that hold exactly, by reason.
pub(super) fn exact<'a>(
    problem: &'a Problem,
    exact: &[Option<Exact>],
) -> Vec<(&'static str, Vec<&'a str>)> {
    let mut reasons: Vec<(&'static str, Vec<&str>)> = Vec::new();
    for (condition, exact) in problem.statement.conditions.iter().zip(exact) {
        let Some(reason) = exact.map(Exact::reason) else {
            continue;
        };
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, conditions)) => conditions.push(&condition.name),
            None => reasons.push((reason, vec![&condition.name])),
        }
    }
    reasons
}

/// The network in one line.
pub(super) fn network(problem: &Problem, parameters: usize) -> String {
    let (settings, statement) = (&problem.settings, &problem.statement);
    let coordinates = &statement.declared.coordinates;
    let text = settings.network.describe(coordinates, &statement.domain);
    let precision = settings.precision.name();
    let family = match &settings.family {
        Some(family) => format!("; {}", family.describe()),
        None => String::new(),
    };
    format!("{text}{family} ({parameters} parameters, {precision})")
}

/// Note on a precision that the CPU does not have.
pub(super) fn without_tensor_cores(problem: &Problem) -> Option<String> {
    let precision = problem.settings.precision;
    let units = precision.products() != Products::Plain;
    units.then(|| {
        format!(
            "`{}` needs the tensor cores of a GPU; the CPU computes in f32",
            precision.name()
        )
    })
}

/// Phases of training in one line.
fn phases(problem: &Problem) -> String {
    let phases = problem.settings.phases.iter().map(|phase| {
        let name = optimiser_name(&phase.optimiser);
        match phase.steps {
            1 => format!("{name} for one step"),
            steps => format!("{name} for at most {steps} steps"),
        }
    });
    phases.collect::<Vec<_>>().join(", then ")
}

/// Numbers of points in one line.
fn points(start: &Start) -> String {
    let settings = &start.problem.settings;
    let at_each = match &settings.family {
        Some(family) => format!(", at each of {} parameter values", family.values),
        None => String::new(),
    };
    let trained = start.session.exact().iter();
    let trained = trained.zip(&settings.sampling.conditions);
    let trained = trained.filter(|(exact, _)| exact.is_none());
    let conditions: usize = trained.map(|(_, points)| points).sum();
    let interior = settings.sampling.interior;
    format!("{interior} inside, {conditions} on conditions{at_each}")
}

/// Prints what is solved and how, in a few lines.
pub(super) fn brief(start: &Start, out: &mut dyn Write) -> io::Result<()> {
    let problem = &start.problem;
    writeln!(out, "{}: {}", problem.name, problem.title)?;
    let mut table = Table::default();
    table.row(["equation".to_string(), problem.equation.clone()]);
    training(start, false, &mut table);
    table.write(out, 0)
}

/// Prints the plan of training.
pub(super) fn plan(start: &Start, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nTraining")?;
    let mut table = Table::default();
    training(start, true, &mut table);
    table.write(out, 2)
}

/// Adds rows about network, points and method; `all` of them, or those that matter to everybody.
fn training(start: &Start, all: bool, table: &mut Table) {
    let (problem, session) = (&start.problem, start.session.as_ref());
    let settings = &problem.settings;
    if let Some(choice) = &start.choice {
        table.row(["chosen".to_string(), choose::describe(choice)]);
    }
    table.row([
        "network".to_string(),
        network(problem, session.parameters()),
    ]);
    if let Some(note) = without_tensor_cores(problem).filter(|_| start.placement.gpu().is_none()) {
        table.row(["precision".to_string(), note]);
    }
    table.row(["points".to_string(), points(start)]);
    let sampling = &settings.sampling;
    if all && !sampling.graded.is_empty() {
        let faces = sampling
            .graded
            .iter()
            .map(|face| self::face(problem, *face));
        let faces = faces.collect::<Vec<_>>().join(" and ");
        table.row(["".to_string(), format!("ever closer towards {faces}")]);
    }
    if all && let Some(adaptive) = &sampling.adaptive {
        let (method, every) = (adaptive.method.name(), adaptive.every);
        let text = format!("following the residuals every {every} steps ({method})");
        table.row(["".to_string(), text]);
    }
    for (reason, conditions) in exact(problem, session.exact()).into_iter().filter(|_| all) {
        let names = conditions.join(", ");
        table.row(["exact".to_string(), format!("{names}: {reason}")]);
    }
    table.row(["optimiser".to_string(), phases(problem)]);
    if let Some(device) = start.placement.describe(problem) {
        table.row(["device".to_string(), device]);
    }
    if all {
        table.row(["seed".to_string(), settings.seed.to_string()]);
    }
}
