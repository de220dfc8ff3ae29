//! The `[network.norm]` table.

use super::bounds::{inside, number};
use super::mistake::{Checked, Fault, Mistake};
use super::suggest::{list, remedy};
use super::wire::{LayersEntry, NetworkEntry, NormEntry};
use pinn_network::NetworkError;
use pinn_norm::layer::{EPSILON, Frozen, Layers, NormLayers, Place, PointwiseNorm};
use std::ops::{Range, RangeInclusive};
use toml::Spanned;

const KINDS: [&str; 4] = ["layer", "rms", "group", "batch"];
const PLACES: [Place; 5] = [
    Place::Pre,
    Place::Post,
    Place::Peri,
    Place::Branch,
    Place::Embedding,
];
const GROUPS: RangeInclusive<usize> = 1..=4096;
const GAINS: RangeInclusive<f64> = 1e-6..=1e6;
const EPSILONS: RangeInclusive<f64> = 1e-12..=1.0;

pub(super) fn norms(entry: &NetworkEntry) -> Checked<Vec<NormLayers>> {
    let given = entry.norm.iter().flat_map(|norms| &norms.get_ref().0);
    given.map(norm).collect()
}

fn norm(given: &NormEntry) -> Checked<NormLayers> {
    let norm = kind(given)?;
    if let Some(groups) = &given.groups
        && !matches!(norm, PointwiseNorm::Group { .. })
    {
        return Err(Mistake::foreign_key("groups", "this norm", groups.span())
            .help("remove the key, or choose `kind = \"group\"`"));
    }
    if let Some(statistics) = &given.statistics
        && !matches!(norm, PointwiseNorm::Batch { .. })
    {
        return Err(
            Mistake::foreign_key("statistics", "this norm", statistics.span())
                .label("this norm computes its statistics at each point")
                .help("remove the key"),
        );
    }
    Ok(NormLayers {
        norm,
        place: place(given)?,
        layers: match &given.layers {
            None => Layers::All,
            Some(layers) => self::layers(layers)?,
        },
        gain: number(&given.gain, "gain", 1.0, GAINS)?,
        epsilon: number(&given.epsilon, "epsilon", EPSILON, EPSILONS)?,
    })
}

fn kind(given: &NormEntry) -> Checked<PointwiseNorm> {
    let name = given.kind.get_ref().as_str();
    let statistics = given.statistics.as_ref();
    match name {
        "layer" => Ok(PointwiseNorm::Layer),
        "rms" => Ok(PointwiseNorm::Rms),
        "group" => match &given.groups {
            Some(groups) => Ok(PointwiseNorm::Group {
                groups: inside(*groups.get_ref(), "`groups`", GROUPS, groups)?,
            }),
            None => {
                let fault = Fault::MissingKey {
                    key: "groups".to_string(),
                };
                Err(Mistake::new(fault, given.kind.span())
                    .label("a group norm needs a number of groups")
                    .help("add a number that divides every normalised layer: `groups = 4`"))
            }
        },
        "batch" if statistics.is_some_and(|s| s.get_ref() == "frozen") => {
            Ok(PointwiseNorm::Batch {
                // The network gets the seed of the run when it is built.
                frozen: Frozen::Initial { seed: 0 },
            })
        }
        "batch" | "instance" => {
            let fault = Fault::CouplesPoints {
                norm: name.to_string(),
            };
            let others = "choose `kind = \"layer\"`, `\"rms\"` or `\"group\"`";
            let span = statistics.map_or_else(|| given.kind.span(), Spanned::span);
            Err(Mistake::new(fault, span)
                .label("the derivatives in the residuals would not be those of the fields")
                .help(match name {
                    "batch" => {
                        format!("{others}, or freeze the statistics: `statistics = \"frozen\"`")
                    }
                    _ => others.to_string(),
                }))
        }
        "weight" => {
            let fault = Fault::UnknownName {
                what: "kind of norm",
                name: name.to_string(),
            };
            Err(Mistake::new(fault, given.kind.span())
                .label("this is a form of the weights")
                .help("write `weights = \"normalised\"` in `[network]`"))
        }
        _ => {
            let fault = Fault::UnknownName {
                what: "kind of norm",
                name: name.to_string(),
            };
            Err(Mistake::new(fault, given.kind.span())
                .label(format!("expected one of {}", list(&KINDS)))
                .help(remedy(name, "norm", &KINDS)))
        }
    }
}

fn place(given: &NormEntry) -> Checked<Place> {
    given.place.as_ref().map_or(Ok(Place::Pre), place_named)
}

pub(super) fn place_named(entry: &Spanned<String>) -> Checked<Place> {
    let name = entry.get_ref().as_str();
    let known = PLACES.map(Place::name);
    PLACES
        .into_iter()
        .find(|p| p.name() == name)
        .ok_or_else(|| {
            let fault = Fault::UnknownName {
                what: "norm place",
                name: name.to_string(),
            };
            Mistake::new(fault, entry.span())
                .label(format!("expected one of {}", list(&known)))
                .help(remedy(name, "place", &known))
        })
}

fn layers(entry: &Spanned<LayersEntry>) -> Checked<Layers> {
    match entry.get_ref() {
        LayersEntry::Numbers(numbers) => Ok(Layers::Only(numbers.clone())),
        LayersEntry::Name(name) if name == "all" => Ok(Layers::All),
        LayersEntry::Name(name) => {
            let fault = Fault::UnknownName {
                what: "set of layers",
                name: name.clone(),
            };
            Err(Mistake::new(fault, entry.span())
                .label("expected `\"all\"` or a list of numbers")
                .help("layers are numbered from 1: `layers = [1, 2]`"))
        }
    }
}

/// The place and the remedy of an error of the network, if it is about its norms.
pub(super) fn fault(entry: &NetworkEntry, error: &NetworkError) -> Option<(Range<usize>, String)> {
    let norms = entry.norm.as_ref()?;
    let whole = norms.span();
    // The error does not name its norm: take the first one that could cause it.
    let about = |could: &dyn Fn(&NormEntry) -> Option<Range<usize>>| {
        norms
            .get_ref()
            .0
            .iter()
            .find_map(could)
            .unwrap_or(whole.clone())
    };
    let place = |places: &[&str]| {
        about(&|norm| {
            let place = norm.place.as_ref()?;
            places
                .contains(&place.get_ref().as_str())
                .then(|| place.span())
        })
    };
    let layers = || about(&|norm| norm.layers.as_ref().map(Spanned::span));
    let groups = || {
        let given = |norm: &NormEntry| norm.groups.as_ref().map(Spanned::span);
        about(&|norm| given(norm).or_else(|| Some(norm.kind.span())))
    };
    Some(match error {
        NetworkError::UnevenGroups { width, .. } => (
            groups(),
            format!("choose a number that divides {width}, or another width"),
        ),
        NetworkError::OneUnit { .. } => (
            groups(),
            "give the layer more units, use fewer groups, or choose the layers to normalise"
                .to_string(),
        ),
        NetworkError::NoBranch { .. } => (
            place(&["branch"]),
            "choose another place, or `architecture = \"pirate-net\"`".to_string(),
        ),
        NetworkError::NoEmbedding => (
            place(&["embedding"]),
            "add `fourier` or `periodic`, or choose another place".to_string(),
        ),
        NetworkError::NoSuchLayer { .. } | NetworkError::None { .. }
            if norms.get_ref().0.iter().any(|norm| norm.layers.is_some()) =>
        {
            (layers(), "choose layers that exist".to_string())
        }
        NetworkError::NotPerLayer { .. } => (layers(), "remove the key".to_string()),
        NetworkError::NormedTwice { second, .. } => (
            norms
                .get_ref()
                .0
                .get(second - 1)
                .map_or(whole, |norm| norm.kind.span()),
            "choose other `layers` or another `place`; `peri` means before and after".to_string(),
        ),
        _ => return None,
    })
}
