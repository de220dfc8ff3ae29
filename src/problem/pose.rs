//! From the text of a file to a [`Problem`].

use super::conditions::{self, Context, Entry};
use super::exact::Exact;
use super::expression::Definitions;
use super::located::Located;
use super::mistake::{Checked, Fault, Mistake, ProblemError};
use super::oversights::{kinks, oversights, undetermined};
use super::quantity::unit_mistake;
use super::reference::reference;
use super::scales::{quantity_number, scales};
use super::search::search;
use super::settings::{inside, settings};
use super::suggest::{list, remedy};
use super::wire::{OutputEntry, ProblemFile};
use super::{
    DisplayUnits, Family, Problem, check, data, equation, geometry, interface, inverse, quantities,
    ranges, sources, text_file, written,
};
use pinn_core::ansatz::HardError;
use pinn_core::statement::{Condition, Statement, StatementError};
use pinn_equations::registry::Registry;
use pinn_units::{Declared, DimensionalResiduals, Unit, parse_unit};
use std::path::Path;

/// Longest file in bytes.
const MAX_FILE: u64 = 1 << 20;
/// Most points of the evaluation grid.
const MAX_GRID: usize = 20_000_000;

impl Problem {
    /// Reads and validates a problem file. The registry knows the equations that it may name.
    ///
    /// # Errors
    /// One [`ProblemError`] for the first mistake found, with its place in the file.
    pub fn load(path: &Path, registry: &Registry) -> Result<Problem, ProblemError> {
        let shown = path.display().to_string();
        let text = text_file::read(path, "a problem file", MAX_FILE).map_err(|fault| {
            let help = match fault {
                Fault::FileTooLong { .. } => "is this a problem file?",
                Fault::NotUtf8 { .. } => "save the file as UTF-8",
                _ => "give the path of a problem file",
            };
            Mistake::everywhere(fault).help(help).in_file(&shown, "")
        })?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let folder = path.parent().unwrap_or(Path::new(""));
        parse(&stem, &shown, text, folder, registry)
    }

    /// Validates the text of a problem file; `name` stands for its file stem. Data files that it names are sought in
    /// the current folder.
    pub fn parse(
        name: &str,
        text: impl Into<String>,
        registry: &Registry,
    ) -> Result<Problem, ProblemError> {
        Self::parse_in(Path::new(""), name, text, registry)
    }

    /// The same with data files in a folder.
    pub fn parse_in(
        folder: &Path,
        name: &str,
        text: impl Into<String>,
        registry: &Registry,
    ) -> Result<Problem, ProblemError> {
        parse(name, &format!("{name}.toml"), text.into(), folder, registry)
    }
}

fn parse(
    name: &str,
    path: &str,
    text: String,
    folder: &Path,
    registry: &Registry,
) -> Result<Problem, ProblemError> {
    build(name, &text, folder, registry).map_err(|mistake| mistake.in_file(path, &text))
}

fn build(name: &str, text: &str, folder: &Path, registry: &Registry) -> Checked<Problem> {
    let file = read(text)?;
    let equation_span = file.equation.span();
    let source = equation::source(&file, registry, text)?;
    let parameters = quantities::parameters(
        &file.parameters,
        &source.declared,
        equation_span.clone(),
        text,
    )?;
    let declared = parameters.declared.clone();
    let (mut domain, coordinate_units) = quantities::domain(&file.domain, &declared, text)?;
    let definitions = Definitions::read(&file.definitions, &declared, text)?;
    let (region, mut files) = geometry::geometry(
        file.geometry.as_ref(),
        &declared,
        &definitions,
        (&parameters.values, parameters.ranged().collect()),
        &domain,
        (text, folder),
    )?;
    domain.geometry = region;
    let parts = interface::divide(file.equation.get_ref(), &mut domain, text)?;
    let exact = Exact::read(&file.fields, &declared)?;
    let equations = match source.residuals {
        equation::Residuals::Traced(traced) => traced,
        equation::Residuals::Written(list) => {
            written::equations(list, equation_span.clone(), &declared, &definitions, text)?
        }
    };
    let equations =
        sources::with_sources(&equations, &file.sources, &declared, &definitions, text)?;
    let without_sources = equations;
    let equations = exact.with_sources(
        without_sources.clone(),
        &definitions,
        &domain,
        &parameters.samples(),
        text,
    )?;
    let zero: Vec<usize> = parameters.zero().collect();
    let remaining = equations.clone().without_terms(&zero);
    let context = Context {
        declared: &declared,
        definitions: &definitions,
        exact: &exact,
        parameters: &parameters.values,
        domain: &domain,
        units: &coordinate_units,
        equations: &remaining,
        file: text,
    };
    let derived = match file.condition.is_empty() {
        true => {
            let order = |field, along| conditions::highest_order(&remaining, field, along);
            exact.conditions(order, &declared, &domain)
        }
        false => Vec::new(),
    };
    let given = if derived.is_empty() {
        &file.condition
    } else {
        &derived
    };
    let mut entries = conditions::conditions(given, context)?;
    let unknowns: Vec<usize> = parameters
        .unknowns
        .iter()
        .map(|(u, _)| u.parameter)
        .collect();
    let undetermined = undetermined(&unknowns, &without_sources, &equations, &entries, context)?;
    let all = equations;
    let source_entry = file.equation.get_ref();
    let (equations, parts) =
        interface::split(all.clone(), &parts, &domain, source_entry, &entries)?;
    entries.extend(parts);
    let (scales, scale_units) = scales(
        &file.scales,
        &entries,
        &declared,
        &domain,
        &parameters.values,
        equation_span.clone(),
        text,
    )?;
    let settings = settings(
        &file,
        &parameters.ranges,
        all.equations().len(),
        &entries,
        context,
    )?;
    let taken: Vec<String> = names(&all, &entries).collect();
    let (readings, tables) = data::data(&file.data, &taken, folder, context)?;
    files.extend(tables);
    inverse::check(&file, &settings, &parameters, &readings)?;
    let search = search(file.search.as_ref())?;
    let exact_table = exact.table(&declared);
    let closed_forms = file.reference.as_ref().or(exact_table.as_ref());
    let reference = match closed_forms {
        Some(table) => {
            let values = &parameters.values;
            Some(reference(table, &declared, &definitions, values, text)?)
        }
        None => None,
    };
    let mut units = DisplayUnits {
        coordinates: coordinate_units,
        fields: declared
            .fields
            .iter()
            .zip(scale_units)
            .enumerate()
            .map(|(number, (info, unit))| {
                let declared = source.units.get(number).cloned();
                declared
                    .or(unit)
                    .unwrap_or_else(|| Unit::si(info.dimensions))
            })
            .collect(),
        parameters: parameters.units,
    };
    let resolution = output(file.output.as_ref(), &declared, &mut units, text)?;
    let mut warnings = oversights(&declared, &domain, &remaining, &entries);
    warnings.extend(undetermined);
    let (names, places): (Vec<_>, Vec<_>) = entries
        .iter()
        .map(|entry| (entry.condition.name.clone(), entry.place.clone()))
        .unzip();
    let conditions: Vec<Condition> = entries.into_iter().map(|entry| entry.condition).collect();
    let statement = Statement {
        declared,
        domain,
        scales,
        equations,
        conditions,
        ansatz: None,
        unknowns: parameters.unknowns.iter().map(|(u, _)| *u).collect(),
        readings,
    };
    let mistake = |error: StatementError| {
        let condition = match &error {
            StatementError::Equations(_)
            | StatementError::Domain(_)
            | StatementError::EmptyRegion => None,
            StatementError::Condition { name, .. }
            | StatementError::NoSuchFace { name, .. }
            | StatementError::EmptyPlace { name }
            | StatementError::EmptyPart { name }
            | StatementError::PartPartner { name }
            | StatementError::Partner { name, .. } => Some(name.as_str()),
            StatementError::Readings { .. } => None,
            StatementError::Hard(cause) => cause.condition(),
        };
        let condition = condition.and_then(|name| names.iter().position(|known| known == name));
        let (label, help) = match &error {
            StatementError::Hard(HardError::Disagree { .. }) => (
                "this holds exactly",
                "give values that agree, or let one of the two be trained: leave `hard` away",
            ),
            StatementError::Hard(HardError::NoFunction { .. }) => (
                "this holds exactly",
                "leave `hard` away: the condition is trained",
            ),
            StatementError::Hard(_) => (
                "this holds exactly",
                "a hard condition gives a field one value on a part of the boundary, as an expression over coordinates and parameters",
            ),
            StatementError::EmptyRegion => (
                "these shapes",
                "check `region`, and draw the box of `[domain]` close around it",
            ),
            StatementError::EmptyPlace { .. } => (
                "nothing of the region ends here",
                "check `on`, `where` and the region: a shape bounds it where the region lies on one side only",
            ),
            StatementError::EmptyPart { .. } => (
                "no part of the region is meant",
                "check `in` and the region",
            ),
            StatementError::PartPartner { .. } => (
                "this couples two faces",
                "only a domain without `[geometry]` is periodic",
            ),
            _ => (
                "this has no dimensionless form",
                "check the scales, and the parameters that are zero",
            ),
        };
        let region = file.geometry.as_ref().map(|g| g.get_ref().region.span());
        let everywhere = match &error {
            StatementError::EmptyRegion => region.unwrap_or(equation_span.clone()),
            _ => equation_span.clone(),
        };
        let span = condition.map_or(everywhere, |i| places[i].clone());
        let mistake = Mistake::new(Fault::Statement(error), span);
        mistake.label(label).help(help)
    };
    let statement = statement.pose().map_err(mistake)?;
    warnings.extend(kinks(&statement, &settings.network));
    let mut normals = statement.conditions.iter().zip(&places);
    if !parameters.ranges.is_empty()
        && let Some((_, place)) = normals.find(|(c, _)| !c.normal.is_empty())
    {
        let message = "a family of problems has no slopes along the normal of a shape".to_string();
        return Err(Mistake::new(Fault::Region { message }, place.clone())
            .label("this condition reads the normal")
            .help(
                "give every parameter one value, or let the condition hold on faces of the domain",
            ));
    }
    let family = ranges::over(&statement, &parameters.ranges, &mut warnings)?;
    let family = family.map(|(ranges, family)| {
        let statement = family.pose().map_err(mistake)?;
        Ok::<_, Box<Mistake>>(Family { ranges, statement })
    });
    let family = family.transpose()?;
    if let Some(table) = closed_forms {
        let found = check::closed_form(table, &statement, &definitions, text)?;
        warnings.extend(found);
    }
    let expected_error = file.expected_error.as_ref().map(|given| {
        let range = f64::MIN_POSITIVE..=f64::MAX;
        inside(*given.get_ref(), "`expected_error`", range, given)
    });
    let expected_error = expected_error.transpose()?;
    let title = match file.title.trim() {
        "" => name.to_string(),
        title => title.to_string(),
    };
    Ok(Problem {
        name: name.to_string(),
        title,
        description: file.description.trim().to_string(),
        equation: source.name,
        summary: source.summary,
        statement,
        family,
        settings,
        search,
        reference,
        expected_error,
        units,
        resolution,
        warnings,
        source: text.to_string(),
        folder: folder.to_path_buf(),
        files,
    })
}

/// Names that losses have.
fn names<'a>(
    equations: &'a DimensionalResiduals,
    entries: &'a [Entry],
) -> impl Iterator<Item = String> + 'a {
    let equations = equations.equations().iter().map(|e| e.name.clone());
    equations.chain(entries.iter().map(|entry| entry.condition.name.clone()))
}

/// The file as its types.
pub(super) fn read(text: &str) -> Checked<ProblemFile> {
    toml::from_str(text).map_err(toml_mistake)
}

/// Turns what the TOML parser says into a fault of ours. Its messages for unknown keys and values have a
/// fixed form, ``unknown field `x`, expected one of `a`, `b` ``.
fn toml_mistake(error: toml::de::Error) -> Box<Mistake> {
    let message = error.message().replace('\n', "; ");
    let quoted: Vec<String> = message
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_string)
        .collect();
    let known: Vec<&str> = quoted.iter().skip(1).map(String::as_str).collect();
    let first = quoted.first().cloned().unwrap_or_default();
    let (fault, label, help) = if message.starts_with("unknown field") {
        let help = remedy(&first, "key", &known);
        (
            Fault::UnknownKey { key: first },
            "no such key here",
            Some(help),
        )
    } else if message.starts_with("unknown variant") {
        let help = remedy(&first, "value", &known);
        let fault = Fault::UnknownName {
            what: "value",
            name: first,
        };
        (fault, "no such value", Some(help))
    } else if message.starts_with("missing field") {
        let help = format!("add `{first}`");
        (
            Fault::MissingKey { key: first },
            "it belongs here",
            Some(help),
        )
    } else if message.starts_with("invalid type") || message.starts_with("invalid value") {
        let message = message
            .replace("expected usize", "expected a whole number of at least 0")
            .replace("expected u64", "expected a whole number of at least 0")
            .replace("expected f64", "expected a number");
        (Fault::WrongType { message }, "this value", None)
    } else {
        (Fault::Toml { message }, "here", None)
    };
    let mistake = match error.span() {
        Some(span) => Mistake::new(fault, span).label(label),
        None => Mistake::everywhere(fault),
    };
    match help {
        Some(help) => mistake.help(help),
        None => mistake,
    }
}

/// Display units into `units`; returns the resolution.
fn output(
    entry: Option<&OutputEntry>,
    declared: &Declared,
    units: &mut DisplayUnits,
    file: &str,
) -> Checked<Vec<usize>> {
    let coordinates = declared.coordinates.len();
    let usual = match coordinates {
        0..=2 => 101,
        3 => 41,
        _ => 11,
    };
    let mut resolution = vec![usual; coordinates];
    let Some(entry) = entry else {
        return Ok(resolution);
    };
    for (name, text) in &entry.units.0 {
        let (is_coordinate, number) = quantity_number(name, declared)?;
        let located = Located::of(text, file);
        let (info, unit): (_, &mut Unit) = match is_coordinate {
            true => (
                &declared.coordinates[number],
                &mut units.coordinates[number],
            ),
            false => (&declared.fields[number], &mut units.fields[number]),
        };
        let found = parse_unit(text.get_ref()).map_err(unit_mistake);
        let found = located.locate(found)?;
        if found.dimensions != info.dimensions {
            let fault = Fault::Dimension {
                what: format!("the unit of `{}`", info.name),
                expected: info.dimensions,
                found: found.dimensions,
            };
            return Err(Mistake::new(fault, text.span()).label(format!(
                "expected a unit such as `{}`",
                info.dimensions.unit_text()
            )));
        }
        *unit = found;
    }
    for (name, points) in &entry.resolution.0 {
        let Some(number) = declared.coordinate(name.get_ref()) else {
            let known: Vec<&str> = declared
                .coordinates
                .iter()
                .map(|c| c.name.as_str())
                .collect();
            let fault = Fault::UnknownName {
                what: "coordinate",
                name: name.get_ref().clone(),
            };
            return Err(Mistake::new(fault, name.span())
                .label(format!("expected one of {}", list(&known)))
                .help(remedy(name.get_ref(), "coordinate", &known)));
        };
        resolution[number] = inside(*points.get_ref(), "the resolution", 2..=1_000_000, points)?;
    }
    let points = resolution.iter().try_fold(1usize, |a, b| a.checked_mul(*b));
    if let Some((_, place)) = entry.resolution.0.last() {
        inside(
            points.unwrap_or(usize::MAX),
            "the number of grid points",
            1..=MAX_GRID,
            place,
        )?;
    }
    Ok(resolution)
}
