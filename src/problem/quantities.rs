//! Parameters of a problem.

use super::expression::usable;
use super::located::Located;
use super::mistake::{Checked, Fault, Mistake, unit_mistake};
use super::quantity::{Expected, example, quantity};
use super::ranges::range;
use super::suggest::closest;
use super::unknowns::{guess, is_unknown, unknown};
use super::wire::{Entries, ParameterEntry, Scalar, TableValue};
use pinn_core::family::Ranged;
use pinn_core::unknown::Unknown;
use pinn_units::{Declared, Dimensions, Kind, QuantityInfo, Unit, split_quantity};
use std::ops::Range;
use toml::Spanned;

/// Parameters of the equation and of the file alone, the latter behind the former.
pub(super) struct Parameters {
    pub declared: Declared,
    /// Values in SI base units; of a range its middle, of an unknown its guess.
    pub values: Vec<f64>,
    pub units: Vec<Unit>,
    /// With the place of its name in the file; in the order of the parameters.
    pub ranges: Vec<(Ranged, Range<usize>)>,
    /// Unknowns, likewise; their values are guesses.
    pub unknowns: Vec<(Unknown, Range<usize>)>,
}

/// Most parameters of one problem.
const MAX_PARAMETERS: usize = 1000;

pub(super) fn parameters(
    entries: &Entries<ParameterEntry>,
    equation: &Declared,
    equation_span: Range<usize>,
    file: &str,
) -> Checked<Parameters> {
    let mut all = Parameters {
        declared: equation.clone(),
        values: Vec::new(),
        units: Vec::new(),
        ranges: Vec::new(),
        unknowns: Vec::new(),
    };
    for info in &equation.parameters {
        let Some((key, entry)) = entries.get(&info.name) else {
            return Err(missing(info, entries, equation, equation_span));
        };
        all.read(key, entry, Expected::of(&info.name, info), file)?;
    }
    for (key, entry) in &entries.0 {
        if equation.parameter(key.get_ref()).is_none() {
            further(&mut all, key, entry, file)?;
        }
    }
    Ok(all)
}

impl Parameters {
    /// Numbers of those that are zero, and neither range nor unknown.
    pub fn zero(&self) -> impl Iterator<Item = usize> {
        let ranged = |number: usize| {
            self.ranges.iter().any(|(r, _)| r.parameter == number)
                || self.unknowns.iter().any(|(u, _)| u.parameter == number)
        };
        let zero = |(number, value): (usize, &f64)| (*value == 0.0).then_some(number);
        let numbers = self.values.iter().enumerate().filter_map(zero);
        numbers.filter(move |number| !ranged(*number))
    }

    /// Values that parameters take together: the middle of all ranges, their lower and their upper ends.
    pub fn samples(&self) -> Vec<Vec<f64>> {
        let mut all = vec![self.values.clone()];
        if self.ranges.is_empty() {
            return all;
        }
        for end in [|range: &Ranged| range.lower, |range: &Ranged| range.upper] {
            let mut values = self.values.clone();
            for (range, _) in &self.ranges {
                values[range.parameter] = end(range);
            }
            all.push(values);
        }
        all
    }

    /// Those that are sought.
    pub fn sought(&self) -> impl Iterator<Item = Unknown> {
        self.unknowns.iter().map(|(unknown, _)| *unknown)
    }

    /// Numbers of those that run over ranges.
    pub fn ranged(&self) -> impl Iterator<Item = usize> {
        self.ranges.iter().map(|(range, _)| range.parameter)
    }

    /// The next parameter: one value or a range.
    fn read(
        &mut self,
        key: &Spanned<String>,
        entry: &Spanned<ParameterEntry>,
        expected: Expected,
        file: &str,
    ) -> Checked<()> {
        let (value, unit) = match entry.get_ref() {
            ParameterEntry::Single(scalar) => {
                let scalar = Spanned::new(entry.span(), scalar.clone());
                quantity(&scalar, expected, file)?
            }
            ParameterEntry::Table(table) if is_unknown(table) => {
                let number = self.values.len();
                let (unknown, guess, unit) =
                    unknown(key, entry.span(), table, expected, number, file)?;
                self.unknowns.push((unknown, key.span()));
                (guess, unit)
            }
            ParameterEntry::Table(ends) => {
                let (lower, upper, unit) = range(key, entry.span(), ends, expected, file)?;
                let range = Ranged {
                    parameter: self.values.len(),
                    lower,
                    upper,
                };
                self.ranges.push((range, key.span()));
                (range.middle(), unit)
            }
        };
        self.values.push(value);
        self.units.push(unit);
        Ok(())
    }
}

fn missing(
    info: &QuantityInfo,
    entries: &Entries<ParameterEntry>,
    equation: &Declared,
    equation_span: Range<usize>,
) -> Box<Mistake> {
    let fault = Fault::Missing {
        what: "parameter",
        name: info.name.clone(),
    };
    let expected = example(info.dimensions, Some(&info.quantity));
    let help = format!("add `{} = …` under `[parameters]`: {expected}", info.name);
    let unknown = entries.0.iter().map(|(key, _)| key);
    let misspelt = unknown
        .filter(|key| equation.parameter(key.get_ref()).is_none())
        .find(|key| closest(key.get_ref(), [info.name.as_str()]).is_some());
    match misspelt {
        Some(key) => {
            Mistake::new(fault, key.span()).label(format!("did you mean `{}`?", info.name))
        }
        None => Mistake::new(fault, equation_span).label("this equation needs it"),
    }
    .help(help)
}

/// A parameter that only conditions, sources and references use; its unit determines its dimension.
fn further(
    all: &mut Parameters,
    key: &Spanned<String>,
    entry: &Spanned<ParameterEntry>,
    file: &str,
) -> Checked<()> {
    let name = key.get_ref();
    let refuse = |message: String| {
        let fault = Fault::Expression { message };
        Err(Mistake::new(fault, key.span()).label("choose another name"))
    };
    usable(name, key.span())?;
    if all.declared.coordinate(name).is_some() || all.declared.field(name).is_some() {
        return refuse(format!("`{name}` is a coordinate or field of the equation"));
    }
    if all.values.len() == MAX_PARAMETERS {
        return Err(Mistake::too_many("parameters", MAX_PARAMETERS, key.span()));
    }
    // The unit of the value, of the first end of a range or of the guess determines the dimension.
    let (first, span) = match entry.get_ref() {
        ParameterEntry::Single(scalar) => (Some(scalar), entry.span()),
        ParameterEntry::Table(table) => {
            let first = match is_unknown(table) {
                true => guess(table),
                false => table.0.first().map(|(_, end)| end),
            };
            let scalar = first.and_then(|first| match first.get_ref() {
                TableValue::Scalar(scalar) => Some(scalar),
                TableValue::Flag(_) => None,
            });
            (scalar, first.map_or(entry.span(), Spanned::span))
        }
    };
    let (dimensions, kind) = match first {
        None | Some(Scalar::Number(_)) => (Dimensions::NONE, Kind::Plain),
        Some(Scalar::Text(text)) => {
            let text = Located::new(text, span, file);
            let split = split_quantity(text.text).map_err(unit_mistake);
            let (_, unit) = text.locate(split)?;
            match unit.offset == 0.0 {
                true => (unit.dimensions, Kind::Plain),
                false => (unit.dimensions, Kind::AbsoluteTemperature),
            }
        }
    };
    let expected = Expected {
        kind,
        ..Expected::amount(name, dimensions)
    };
    all.read(key, entry, expected, file)?;
    all.declared.parameters.push(QuantityInfo {
        name: name.clone(),
        dimensions,
        kind,
        quantity: String::new(),
    });
    Ok(())
}
