//! Identity of a run: runs with equal identities solve the same problem.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The problem, the network and the settings of a run, as named texts.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Identity {
    /// Each entry with its value.
    pub entries: Vec<(Key, String)>,
    /// One text per phase; phases that have not begun may differ.
    pub phases: Vec<String>,
}

/// Name of an entry of an [`Identity`]; in files it is a text.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Key {
    /// A part of the dimensionless statement, such as ``equation `heat` ``.
    Statement(String),
    /// Property of the network, which determines the meaning of its parameters.
    Network(NetworkKey),
    /// Setting that determines the steps of the training.
    Setting(SettingKey),
}

/// A property of the network.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum NetworkKey {
    /// Inputs, layers, activation and outputs.
    Architecture,
    /// The form of the weights.
    Weights,
    /// Norms of the hidden layers.
    Norms,
    /// Frequency of the first layer of a sine network.
    FirstFrequency,
    /// Periods of the coordinates in which the network is periodic.
    Periods,
    /// Random Fourier features.
    FourierFeatures,
    /// Dependence of the network on ranged parameters.
    Family,
    /// The type of its numbers.
    Precision,
}

/// A setting that enters the steps of a training.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum SettingKey {
    /// The precision of matrix products, if it differs from that of numbers.
    ProductPrecision,
    /// Seed of points and initial parameters.
    Seed,
    /// Numbers of points and their method.
    Sampling,
    /// The residual norm.
    ResidualNorm,
    /// Weights of points.
    PointWeights,
    /// Weights of conditions.
    ConditionWeights,
}

impl NetworkKey {
    const ALL: [Self; 8] = [
        Self::Architecture,
        Self::Weights,
        Self::Norms,
        Self::FirstFrequency,
        Self::Periods,
        Self::FourierFeatures,
        Self::Family,
        Self::Precision,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Architecture => "the network",
            Self::Weights => "the weights of the network",
            Self::Norms => "the norms of the network",
            Self::FirstFrequency => "the first frequency of the network",
            Self::Periods => "the periods of the network",
            Self::FourierFeatures => "the Fourier features of the network",
            Self::Family => "the family of the network",
            Self::Precision => "the precision",
        }
    }
}

impl SettingKey {
    const ALL: [Self; 6] = [
        Self::ProductPrecision,
        Self::Seed,
        Self::Sampling,
        Self::ResidualNorm,
        Self::PointWeights,
        Self::ConditionWeights,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::ProductPrecision => "the precision of products",
            Self::Seed => "the seed",
            Self::Sampling => "the sampling",
            Self::ResidualNorm => "the residual norm",
            Self::PointWeights => "the weights of points",
            Self::ConditionWeights => "the weights of conditions",
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Key::Statement(name) => name,
            Key::Network(key) => key.name(),
            Key::Setting(key) => key.name(),
        })
    }
}

impl From<String> for Key {
    fn from(name: String) -> Self {
        let network = NetworkKey::ALL.into_iter().find(|key| key.name() == name);
        let setting = SettingKey::ALL.into_iter().find(|key| key.name() == name);
        match (network, setting) {
            (Some(key), _) => Key::Network(key),
            (None, Some(key)) => Key::Setting(key),
            (None, None) => Key::Statement(current(name)),
        }
    }
}

/// Converts a former name of an entry to the current one: measurements were called readings.
fn current(name: String) -> String {
    for (old, new) in [
        ("readings `", "measurements `"),
        ("values of readings `", "values of measurements `"),
    ] {
        if let Some(rest) = name.strip_prefix(old) {
            return format!("{new}{rest}");
        }
    }
    name
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.to_string()
    }
}

/// An entry in which two identities differ.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// Name of the entry.
    pub what: String,
    /// Its value in the current problem.
    pub expected: String,
    /// Its value in the other problem.
    pub found: String,
}

impl Identity {
    /// Returns the entries of the network.
    #[must_use]
    pub(crate) fn of_network(&self) -> Identity {
        let entries = self.entries.iter();
        let entries = entries.filter(|(key, _)| matches!(key, Key::Network(_)));
        Identity {
            entries: entries.cloned().collect(),
            phases: Vec::new(),
        }
    }

    /// Finds the first entry in which `found` differs; only phases up to `phase` are compared.
    pub fn difference(&self, found: &Identity, phase: usize) -> Option<Difference> {
        let value = |list: &[(Key, String)], key: &Key| {
            let entry = list.iter().find(|(known, _)| known == key);
            entry.map_or("nothing".to_string(), |(_, value)| value.clone())
        };
        for (key, _) in self.entries.iter().chain(&found.entries) {
            let (expected, found) = (value(&self.entries, key), value(&found.entries, key));
            if expected != found {
                return Some(Difference {
                    what: key.to_string(),
                    expected,
                    found,
                });
            }
        }
        let begun = found.phases.iter().take(phase.saturating_add(1));
        let differs = |(number, old): (usize, &String)| {
            let new = self.phases.get(number).map_or("nothing", String::as_str);
            (new != old).then(|| Difference {
                what: format!("phase {}", number + 1),
                expected: new.to_string(),
                found: old.clone(),
            })
        };
        begun.enumerate().find_map(differs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_hold_names_as_texts() {
        let mut keys = vec![Key::Statement("equation `heat`".to_string())];
        keys.extend(NetworkKey::ALL.map(Key::Network));
        keys.extend(SettingKey::ALL.map(Key::Setting));
        let entries: Vec<_> = keys.into_iter().map(|key| (key, String::new())).collect();
        let text = serde_json::to_string(&entries).unwrap();
        assert!(text.starts_with(r#"[["equation `heat`",""],["the network",""],"#));
        let read: Vec<(Key, String)> = serde_json::from_str(&text).unwrap();
        assert_eq!(read, entries);
    }

    #[test]
    fn former_names_are_read_as_present_ones() {
        for (old, new) in [
            ("readings `bar`", "measurements `bar`"),
            ("values of readings `bar`", "values of measurements `bar`"),
            ("condition `readings `", "condition `readings `"),
        ] {
            assert_eq!(Key::from(old.to_string()), Key::Statement(new.to_string()));
        }
    }
}
