//! The `[network]` table.

use super::bounds::{count, inside, number};
use super::mistake::{Checked, Fault, Mistake};
use super::norm::{self, norms};
use super::quantity::{Expected, quantity};
use super::suggest::{list, remedy};
use super::wire::{NetworkEntry, Periods, ProblemFile, Scalar, WeightsEntry};
use pinn_geometry::domain::Domain;
use pinn_network::activation::Activation;
use pinn_network::settings::{FourierSettings, NetworkSettings, PeriodicSettings};
use pinn_network::{Circuit, Layout, NetworkError, WeightForm};
use pinn_units::Declared;
use std::ops::{Range, RangeInclusive};
use toml::Spanned;

/// Bounds that keep a typo from filling the memory.
const WIDTHS: RangeInclusive<usize> = 1..=8192;
const LAYERS: RangeInclusive<usize> = 1..=64;
const FEATURES: RangeInclusive<usize> = 2..=8192;
const HARMONICS: RangeInclusive<usize> = 1..=100;
const PARAMETERS: RangeInclusive<usize> = 1..=1_000_000_000;
const POSITIVE: RangeInclusive<f64> = f64::MIN_POSITIVE..=f64::MAX;

pub(super) fn network(
    file: &ProblemFile,
    declared: &Declared,
    domain: &Domain,
    text: &str,
) -> Checked<NetworkSettings> {
    let default = NetworkSettings::usual();
    let Some(entry) = &file.network else {
        return Ok(default);
    };
    let settings = NetworkSettings {
        hidden: hidden(entry, default.hidden)?,
        activation: entry.activation,
        architecture: entry.architecture,
        sharing: entry.fields,
        first_frequency: frequency(entry, default.first_frequency)?,
        steepness: steepness(entry)?,
        weights: weights(entry)?,
        fourier: fourier(entry)?,
        periodic: periodic(entry, declared, domain, text)?,
        norms: norms(entry)?,
    };
    let circuit = circuit(&settings, declared).map_err(|error| {
        let fault = Fault::Network(error.clone());
        if let Some((span, help)) = norm::fault(entry, &error) {
            return Mistake::new(fault, span).help(help);
        }
        let mistake = Mistake::new(fault, place(entry, &error));
        match error {
            NetworkError::UnequalWidths { expected, .. } => mistake.help(format!(
                "give every layer the same width, such as {expected}, or choose `architecture = \"mlp\"`"
            )),
            _ => mistake,
        }
    })?;
    if let Some(hidden) = &entry.hidden {
        let what = "the number of parameters of the network";
        inside(circuit.parameters, what, PARAMETERS, hidden)?;
    }
    Ok(settings)
}

/// The layers, for their own checks and their number.
fn circuit(settings: &NetworkSettings, declared: &Declared) -> Result<Circuit, NetworkError> {
    settings.layers(declared.coordinates.len(), declared.fields.len())
}

/// Parameters of a network that was checked.
pub(super) fn layout(settings: &NetworkSettings, declared: &Declared) -> Layout {
    circuit(settings, declared)
        .map_or_else(|_| Layout::default(), |circuit| Layout::of(&circuit, 1))
}

/// The place of the key that an error of the network is about.
fn place(entry: &NetworkEntry, error: &NetworkError) -> Range<usize> {
    let hidden = entry.hidden.as_ref().map(Spanned::span);
    let fourier = entry.fourier.as_ref();
    let features = fourier.and_then(|f| f.get_ref().features.as_ref());
    let periodic = entry.periodic.as_ref().map(Spanned::span);
    let span = match error {
        NetworkError::OddFeatures { .. } => features.map(Spanned::span),
        NetworkError::NoSuchCoordinate { .. } => periodic,
        _ => hidden,
    };
    span.unwrap_or(0..0)
}

fn hidden(entry: &NetworkEntry, default: Vec<usize>) -> Checked<Vec<usize>> {
    let Some(hidden) = &entry.hidden else {
        return Ok(default);
    };
    let layers = hidden.get_ref();
    inside(layers.len(), "the number of hidden layers", LAYERS, hidden)?;
    for width in layers {
        inside(*width, "the width of a hidden layer", WIDTHS, hidden)?;
    }
    Ok(layers.clone())
}

fn frequency(entry: &NetworkEntry, default: f64) -> Checked<f64> {
    if let Some(given) = &entry.frequency
        && entry.activation != Activation::Sine
    {
        return Err(
            Mistake::foreign_key("frequency", "this activation", given.span())
                .label("the frequency of the first layer of a sine network")
                .help("remove the key, or choose `activation = \"sine\"`"),
        );
    }
    number(&entry.frequency, "frequency", default, POSITIVE)
}

fn steepness(entry: &NetworkEntry) -> Checked<Option<f64>> {
    let given = &entry.steepness;
    let steepness = given
        .as_ref()
        .map(|_| number(given, "steepness", 1.0, POSITIVE));
    steepness.transpose()
}

fn weights(entry: &NetworkEntry) -> Checked<WeightForm> {
    let given = entry.factorised.as_ref();
    match (entry.weights, given) {
        (Some(form @ (WeightsEntry::Plain | WeightsEntry::Normalised)), Some(given)) => {
            let to = match form {
                WeightsEntry::Plain => "plain weights",
                _ => "normalised weights",
            };
            Err(Mistake::foreign_key("factorised", to, given.span())
                .help("remove it, or choose `weights = \"factorised\"`"))
        }
        (Some(WeightsEntry::Normalised), None) => Ok(WeightForm::Normalised),
        (Some(WeightsEntry::Plain), None) | (None, None) => Ok(WeightForm::Plain),
        (Some(WeightsEntry::Factorised), _) | (None, Some(_)) => {
            let mean = given.and_then(|g| g.get_ref().mean.clone());
            let deviation = given.and_then(|g| g.get_ref().deviation.clone());
            let usual = NetworkSettings::FACTORISED_DEVIATION;
            Ok(WeightForm::Factorised {
                // exp(mean) scales whole layers; beyond this nothing is left of single precision.
                mean: number(
                    &mean,
                    "mean",
                    NetworkSettings::FACTORISED_MEAN,
                    -20.0..=20.0,
                )?,
                deviation: number(&deviation, "deviation", usual, f64::MIN_POSITIVE..=20.0)?,
            })
        }
    }
}

fn fourier(entry: &NetworkEntry) -> Checked<Option<FourierSettings>> {
    let Some(given) = &entry.fourier else {
        return Ok(None);
    };
    let given = given.get_ref();
    Ok(Some(FourierSettings {
        features: count(&given.features, "features", 64, FEATURES)?,
        scale: number(&given.scale, "scale", 1.0, POSITIVE)?,
    }))
}

fn periodic(
    entry: &NetworkEntry,
    declared: &Declared,
    domain: &Domain,
    text: &str,
) -> Checked<Vec<PeriodicSettings>> {
    let harmonics = count(&entry.harmonics, "harmonics", 1, HARMONICS)?;
    let Some(periods) = &entry.periodic else {
        if let Some(given) = &entry.harmonics {
            return Err(Mistake::foreign_key(
                "harmonics",
                "a network without periodic coordinates",
                given.span(),
            )
            .help("name the coordinates: `periodic = [\"x\"]`"));
        }
        return Ok(Vec::new());
    };
    let mut all: Vec<PeriodicSettings> = Vec::new();
    let mut add = |name: &Spanned<String>, period: Option<&Spanned<Scalar>>| -> Checked<()> {
        let coordinate = coordinate(name, declared)?;
        if all.iter().any(|p| p.coordinate == coordinate) {
            let fault = Fault::Duplicate {
                what: "periodic coordinate",
                name: name.get_ref().clone(),
            };
            return Err(Mistake::new(fault, name.span()));
        }
        let length = domain.intervals[coordinate].length();
        let period = match period {
            None => length,
            Some(entry) => self::period(entry, coordinate, declared, text)?,
        };
        all.push(PeriodicSettings {
            coordinate,
            period: period / length,
            harmonics,
        });
        Ok(())
    };
    match periods.get_ref() {
        Periods::Names(names) => names.iter().try_for_each(|name| add(name, None))?,
        Periods::Given(entries) => {
            let mut entries = entries.0.iter();
            entries.try_for_each(|(name, period)| add(name, Some(period)))?;
        }
    }
    Ok(all)
}

fn coordinate(name: &Spanned<String>, declared: &Declared) -> Checked<usize> {
    declared.coordinate(name.get_ref()).ok_or_else(|| {
        let known = declared.coordinates.iter().map(|c| c.name.as_str());
        let known: Vec<&str> = known.collect();
        let fault = Fault::UnknownName {
            what: "coordinate",
            name: name.get_ref().clone(),
        };
        Mistake::new(fault, name.span())
            .label(format!("expected one of {}", list(&known)))
            .help(remedy(name.get_ref(), "coordinate", &known))
    })
}

/// The period in SI base units.
fn period(
    entry: &Spanned<Scalar>,
    coordinate: usize,
    declared: &Declared,
    text: &str,
) -> Checked<f64> {
    let info = &declared.coordinates[coordinate];
    let what = format!("period of {}", info.name);
    let (period, unit) = quantity(entry, Expected::amount(&what, info.dimensions), text)?;
    if period <= 0.0 {
        let found = unit.from_si(period, pinn_units::Kind::Plain);
        let fault = Fault::OutOfRange {
            what: format!("the period of `{}`", info.name),
            allowed: "positive".to_string(),
            found: format!("{found} {}", unit.text).trim_end().to_string(),
        };
        return Err(Mistake::new(fault, entry.span()).label("out of range"));
    }
    Ok(period)
}
