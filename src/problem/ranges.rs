//! Parameters that run over ranges, and the `[family]` table.

use super::bounds::{count, inside};
use super::mistake::{Checked, Fault, Mistake};
use super::quantity::{Expected, quantity};
use super::suggest::{list, remedy};
use super::unknowns::scalar;
use super::wire::{Entries, FamilyEntry, ProblemFile, TableValue};
use pinn_core::family::{Ranged, over_ranges};
use pinn_core::settings::{FamilyMethod, FamilySettings};
use pinn_core::statement::Statement;
use pinn_expr::MAX_COORDINATES;
use pinn_hyper::settings::{Generate, HypernetworkSettings};
use pinn_units::{Kind, Unit};
use std::ops::{Range, RangeInclusive};
use toml::Spanned;

const KEYS: [&str; 2] = ["from", "to"];
const GENERATE: [&str; 3] = ["weights", "low-rank", "biases"];
/// Bounds that keep a typo from filling the memory.
const VALUES: RangeInclusive<usize> = 1..=100_000;
const WIDTHS: RangeInclusive<usize> = 1..=4096;
const LAYERS: RangeInclusive<usize> = 1..=16;
const RANKS: RangeInclusive<usize> = 1..=1024;
const HARMONICS: RangeInclusive<usize> = 1..=100;
const RANK: usize = 8;

/// Both ends in SI base units, and the unit of the upper one.
pub(super) fn range(
    name: &Spanned<String>,
    span: Range<usize>,
    ends: &Entries<TableValue>,
    expected: Expected,
    file: &str,
) -> Checked<(f64, f64, Unit)> {
    for (key, _) in &ends.0 {
        if !KEYS.contains(&key.get_ref().as_str()) {
            let fault = Fault::UnknownKey {
                key: key.get_ref().clone(),
            };
            return Err(Mistake::new(fault, key.span())
                .label("a range has `from` and `to`")
                .help(remedy(key.get_ref(), "key", &KEYS)));
        }
    }
    let end = |key: &str| {
        ends.get(key).map(|(_, end)| end).ok_or_else(|| {
            let fault = Fault::MissingKey {
                key: key.to_string(),
            };
            let name = name.get_ref();
            Mistake::new(fault, span.clone())
                .label("this range has one end only")
                .help(format!(
                    "write `{name} = {{ from = \"…\", to = \"…\" }}`, or one value"
                ))
        })
    };
    let (from, to) = (&scalar(end("from")?)?, &scalar(end("to")?)?);
    let (lower, _) = quantity(from, expected, file)?;
    let (upper, unit) = quantity(to, expected, file)?;
    let length = upper - lower;
    // Ends that agree to rounding leave nothing to run over.
    if length <= 1e-12 * lower.abs().max(upper.abs()) || !length.is_finite() {
        let fault = Fault::EmptyRange {
            name: name.get_ref().clone(),
            from: from.get_ref().to_string(),
            to: to.get_ref().to_string(),
        };
        let help = match length < 0.0 {
            true => "swap `from` and `to`",
            false => "give one value instead of a range",
        };
        return Err(Mistake::new(fault, span)
            .label("expected the lower end first, then a larger one")
            .help(help));
    }
    Ok((lower, upper, unit))
}

/// Settings of a file with ranges.
pub(super) fn family(
    file: &ProblemFile,
    ranges: &[(Ranged, Range<usize>)],
) -> Checked<Option<FamilySettings>> {
    let entry = file.family.as_ref();
    if ranges.is_empty() {
        let Some(entry) = entry else {
            return Ok(None);
        };
        let fault = Fault::ForeignKey {
            key: "family".to_string(),
            to: "a problem without ranges".to_string(),
        };
        return Err(Mistake::new(fault, entry.span())
            .label("no parameter is a range")
            .help(
                "give a parameter a range: `k = { from = \"…\", to = \"…\" }`, or remove the table",
            ));
    }
    let entry = entry.map(Spanned::get_ref);
    let values = entry.and_then(|e| e.values.clone());
    Ok(Some(FamilySettings {
        parameters: ranges.len(),
        values: count(&values, "values", FamilySettings::VALUES, VALUES)?,
        method: FamilyMethod::Hypernetwork(match entry {
            Some(entry) => hypernetwork(entry)?,
            None => HypernetworkSettings::default(),
        }),
    }))
}

fn hypernetwork(entry: &FamilyEntry) -> Checked<HypernetworkSettings> {
    let usual = HypernetworkSettings::default();
    let hidden = match &entry.hidden {
        None => usual.hidden,
        Some(hidden) => {
            let layers = hidden.get_ref();
            let what = "the number of layers of the hypernetwork";
            inside(layers.len(), what, LAYERS, hidden)?;
            for width in layers {
                inside(*width, "the width of a layer", WIDTHS, hidden)?;
            }
            layers.clone()
        }
    };
    let generate = generate(entry)?;
    if let Some(rank) = &entry.rank
        && !matches!(generate, Generate::LowRank { .. })
    {
        let fault = Fault::ForeignKey {
            key: "rank".to_string(),
            to: "this choice of `generate`".to_string(),
        };
        return Err(Mistake::new(fault, rank.span())
            .label("only a low-rank update has a rank")
            .help("remove the key, or choose `generate = \"low-rank\"`"));
    }
    Ok(HypernetworkSettings {
        hidden,
        harmonics: count(&entry.harmonics, "harmonics", usual.harmonics, HARMONICS)?,
        generate,
        norm: entry.norm.unwrap_or(usual.norm),
        bias: usual.bias,
    })
}

fn generate(entry: &FamilyEntry) -> Checked<Generate> {
    let Some(name) = &entry.generate else {
        return Ok(Generate::default());
    };
    match name.get_ref().as_str() {
        "weights" => Ok(Generate::Weights),
        "biases" => Ok(Generate::Biases),
        "low-rank" => Ok(Generate::LowRank {
            rank: count(&entry.rank, "rank", RANK, RANKS)?,
        }),
        unknown => {
            let fault = Fault::UnknownName {
                what: "value",
                name: unknown.to_string(),
            };
            Err(Mistake::new(fault, name.span())
                .label(format!("expected one of {}", list(&GENERATE)))
                .help(remedy(unknown, "value", &GENERATE)))
        }
    }
}

/// The ranges, and the statement of the family over them; `None` without ranges. `statement` is at their middle.
pub(super) fn over(
    statement: &Statement,
    ranges: &[(Ranged, Range<usize>)],
    warnings: &mut Vec<String>,
) -> Checked<Option<(Vec<Ranged>, Statement)>> {
    let Some((_, last)) = ranges.last() else {
        return Ok(None);
    };
    let most = MAX_COORDINATES - statement.declared.coordinates.len();
    if ranges.len() > most {
        let fault = Fault::OutOfRange {
            what: "the number of ranges".to_string(),
            allowed: format!(
                "at most {most}: a family has at most {MAX_COORDINATES} coordinates and ranges"
            ),
            found: ranges.len().to_string(),
        };
        return Err(Mistake::new(fault, last.clone()).label("one range too many"));
    }
    let ranges: Vec<Ranged> = ranges.iter().map(|(range, _)| *range).collect();
    for range in &ranges {
        let info = &statement.declared.parameters[range.parameter];
        if info.kind == Kind::Plain && range.lower < 0.0 && range.upper > 0.0 {
            warnings.push(format!(
                "the range of `{}` passes through zero, where the problem may change its character",
                info.name
            ));
        }
    }
    let family = over_ranges(statement, &ranges);
    Ok(Some((ranges, family)))
}
