//! Settings of a network, before the problem's coordinates and fields are known.

use super::{
    Architecture, Circuit, Embedding, Fourier, InputMap, Network, NetworkError, Periodic, Sharing,
    WeightForm,
};
use crate::activation::Activation;
use pinn_expr::show_number;
use pinn_geometry::domain::Domain;
use pinn_geometry::sampling::set_seed;
use pinn_norm::layer::NormLayers;
use pinn_units::QuantityInfo;
use serde::{Deserialize, Serialize};

/// Settings that become a [`Network`] at the start of a session; see there for the meaning of each part.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct NetworkSettings {
    /// Width of each hidden layer.
    pub hidden: Vec<usize>,
    /// Activation of all hidden layers.
    pub activation: Activation,
    /// Connection of the hidden layers.
    pub architecture: Architecture,
    /// Separation of the fields into networks.
    pub sharing: Sharing,
    /// Highest angular frequency ω₀ of the first layer; only sine networks read it.
    pub first_frequency: f64,
    /// Largest weight of the first layer as random features: uniform weights, and biases with which the hyperplane of every
    /// unit passes through a random point of the domain, mapped to [−1, 1]. `None` draws the first layer like the others.
    ///
    /// With these weights fixed, what is left of a linear problem is one least-squares problem for the output layer (random
    /// feature method: Chen, Chi, E & Yang, *Bridging traditional and machine learning-based algorithms for solving PDEs*,
    /// 2022, section 3).
    #[serde(default)]
    pub steepness: Option<f64>,
    /// Parametrization of the weights.
    pub weights: WeightForm,
    /// Random Fourier features, if there are any.
    pub fourier: Option<FourierSettings>,
    /// Periodic coordinates, each at most once.
    pub periodic: Vec<PeriodicSettings>,
    /// Norms, no two at one place. Initial statistics of a frozen batch norm always use the seed of the run,
    /// in place of the one given here.
    #[serde(default)]
    pub norms: Vec<NormLayers>,
}

/// Random Fourier features. Their matrix is drawn by the seed of the run.
#[derive(Copy, Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FourierSettings {
    /// Number of features, even.
    pub features: usize,
    /// Standard deviation of the angular frequencies, for a domain from −1 to 1.
    pub scale: f64,
}

/// Coordinate in which the network is periodic.
#[derive(Copy, Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PeriodicSettings {
    /// Number of the coordinate.
    pub coordinate: usize,
    /// Period in lengths of the domain along the coordinate; 1 if it is the whole domain.
    pub period: f64,
    /// Number of harmonics.
    pub harmonics: usize,
}

impl NetworkSettings {
    /// Default of ω₀ in sine networks.
    ///
    /// Sitzmann et al. 2020 take 30 for images and sounds. Solutions are far smoother, and equations multiply
    /// a component of frequency ω by ω and ω². With 30, three layers of 32 that learn the cooling of
    /// `problems/thermal.toml` by Adam and L-BFGS end at an error of 3e-1; with anything from 1 to 6 they end
    /// at 2e-3.
    pub const FIRST_FREQUENCY: f64 = 3.0;
    /// Mean of s in factorised weights W = diag(exp s)·V, as recommended by Wang, Sankaran, Wang & Perdikaris 2023,
    /// *An expert's guide to training physics-informed neural networks*.
    pub const FACTORISED_MEAN: f64 = 1.0;
    /// Standard deviation of s in factorised weights, from the same source.
    pub const FACTORISED_DEVIATION: f64 = 0.1;

    /// Creates a multilayer perceptron without further options.
    pub fn mlp(hidden: Vec<usize>, activation: Activation) -> Self {
        NetworkSettings {
            hidden,
            activation,
            architecture: Architecture::Mlp,
            sharing: Sharing::Shared,
            first_frequency: Self::FIRST_FREQUENCY,
            steepness: None,
            weights: WeightForm::Plain,
            fourier: None,
            periodic: Vec::new(),
            norms: Vec::new(),
        }
    }

    /// Default network: three hidden layers of 32.
    pub fn usual() -> Self {
        Self::mlp(vec![32, 32, 32], Activation::default())
    }

    /// Creates the layers for a number of coordinates and fields. They do not depend on the position of the domain; the
    /// statistics of frozen norms are not set.
    ///
    /// # Errors
    /// If the parts do not fit each other.
    pub fn layers(&self, inputs: usize, fields: usize) -> Result<Circuit, NetworkError> {
        let maps = vec![InputMap::onto_unit(0.0, 1.0); inputs];
        self.network(maps, fields, 0).layout()
    }

    /// Network for coordinates with these maps and for this number of fields. `seed` is that of the run.
    pub fn network(&self, input_maps: Vec<InputMap>, fields: usize, seed: u64) -> Network {
        /// The mapped domain is [−1, 1].
        const LENGTH: f64 = 2.0;
        /// Sets of points are numbered from 0.
        const FOURIER_SET: u64 = u64::MAX;
        let periodic = self.periodic.iter().map(|p| Periodic {
            coordinate: p.coordinate,
            period: LENGTH * p.period,
            harmonics: p.harmonics,
        });
        let fourier = self.fourier.map(|f| Fourier {
            features: f.features,
            scale: f.scale,
            seed: set_seed(seed, FOURIER_SET, 0),
        });
        Network {
            embedding: Embedding {
                periodic: periodic.collect(),
                fourier,
            },
            architecture: self.architecture,
            first_frequency: self.first_frequency,
            steepness: self.steepness,
            weights: self.weights,
            norms: {
                let norms = self.norms.iter().cloned();
                norms.map(|norm| norm.with_seed(seed)).collect()
            },
            sharing: self.sharing,
            ..Network::mlp(input_maps, self.hidden.clone(), self.activation, fields)
        }
    }

    /// Returns true if the network takes the same values, with all derivatives, on both faces of a
    /// coordinate.
    pub fn is_periodic_over_domain(&self, coordinate: usize) -> bool {
        /// Periods are quotients of two rounded numbers.
        const ROUNDING: f64 = 1e-12;
        let periodic = self.periodic.iter().find(|p| p.coordinate == coordinate);
        periodic.is_some_and(|p| {
            let periods = 1.0 / p.period;
            (periods - periods.round()).abs() <= ROUNDING * periods
        })
    }

    /// Describes the network in one line: `modified MLP 32-32-32, tanh, factorised weights, 64 Fourier
    /// features of scale 1`.
    pub fn describe(&self, coordinates: &[QuantityInfo], domain: &Domain) -> String {
        let widths: Vec<String> = self.hidden.iter().map(usize::to_string).collect();
        let mut text = format!("{} {}", self.architecture.name(), widths.join("-"));
        text += match self.activation {
            Activation::Tanh => ", tanh",
            Activation::Sine => ", sine",
            Activation::Gelu => ", gelu",
            Activation::Swish => ", swish",
        };
        if self.activation == Activation::Sine {
            text += &format!(" of first frequency {}", self.first_frequency);
        }
        text += match self.weights {
            WeightForm::Plain => "",
            WeightForm::Factorised { .. } => ", factorised weights",
            WeightForm::Normalised => ", normalised weights",
        };
        for norm in &self.norms {
            text += &format!(", {}", norm.describe());
        }
        for p in &self.periodic {
            let known = coordinates
                .get(p.coordinate)
                .zip(domain.intervals.get(p.coordinate));
            let Some((info, interval)) = known else {
                continue;
            };
            text += &format!(", periodic in {}", info.name);
            if p.period != 1.0 {
                let period = show_number(p.period * interval.length());
                let text_of_period = format!(" over {period} {}", info.dimensions.unit_text());
                text += text_of_period.trim_end();
            }
            if p.harmonics > 1 {
                text += &format!(" ({} harmonics)", p.harmonics);
            }
        }
        if let Some(f) = &self.fourier {
            text += &format!(", {} Fourier features of scale {}", f.features, f.scale);
        }
        if self.sharing == Sharing::Separate {
            text += ", one network per field";
        }
        text
    }
}
