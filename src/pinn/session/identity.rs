//! Identity of a session: the texts that determine whether runs are equal.

use crate::checkpoint::{Identity, Key, NetworkKey, SettingKey};
use crate::settings::{Phase, PointWeights, Schedule, Settings};
use crate::statement::{Posed, Statement};
use pinn_geometry::digest::digest;
use pinn_geometry::domain::{Face, Side};
use pinn_network::Network;
use pinn_units::NondimensionalResiduals;

/// Describes the dimensionless problem, the network and every setting that enters a step. Physical units and scales are
/// omitted: two problems with the same dimensionless form train alike.
pub(super) fn identity(statement: &Posed, network: &Network, settings: &Settings) -> Identity {
    let nondimensional = statement.dimensionless();
    let mut entries = Vec::new();
    let mut add = |key: Key, value: String| entries.push((key, value));
    let part = Key::Statement;
    equations(&nondimensional.equations, &mut |name, text| {
        add(part(format!("equation `{name}`")), text);
    });
    for (condition, residuals) in statement.conditions.iter().zip(&nondimensional.conditions) {
        let name = &condition.name;
        equations(residuals, &mut |residual, text| {
            let residual = format!("condition `{name}`, residual `{residual}`");
            add(part(residual), text);
        });
        if condition.hard {
            add(part(format!("condition `{name}`")), "exact".to_string());
        }
        let partner = condition.partner.map(|f| face(statement, f));
        let place: Vec<String> = [condition
            .place
            .show(&statement.domain, |face| self::face(statement, face))]
        .into_iter()
        .chain(partner)
        .collect();
        add(
            part(format!("place of condition `{name}`")),
            place.join(" and "),
        );
    }
    for (measurements, residuals) in statement
        .measurements
        .iter()
        .zip(&nondimensional.measurements)
    {
        let name = &measurements.name;
        equations(residuals, &mut |_, text| {
            add(part(format!("measurements `{name}`")), text);
        });
        // A change of one measurement gives another problem.
        let numbers = measurements
            .places
            .iter()
            .chain([&measurements.values])
            .flatten();
        let (count, digest) = (measurements.values.len(), digest(numbers));
        add(
            part(format!("values of measurements `{name}`")),
            format!(
                "{count} with weight {} and digest {digest:016x}",
                number(measurements.weight)
            ),
        );
    }
    for line in nondimensional
        .ansatz
        .iter()
        .flat_map(|ansatz| ansatz.show())
    {
        let (field, expression) = line.split_once(" = ").unwrap_or(("", &line));
        add(part(format!("ansatz of `{field}`")), expression.to_string());
    }
    for (info, interval) in statement
        .declared
        .coordinates
        .iter()
        .zip(statement.dimensionless_domain().intervals())
    {
        let text = format!("{} to {}", number(interval.lower), number(interval.upper));
        add(
            part(format!("dimensionless range of `{}`", info.name)),
            text,
        );
    }
    if let Some(geometry) = &statement.domain.geometry {
        add(part("the region".to_string()), geometry.describe());
    }
    for (key, value) in self::network(network) {
        add(Key::Network(key), value);
    }
    if let Some(family) = &settings.family {
        add(Key::Network(NetworkKey::Family), format!("{family:?}"));
    }
    let precision = settings.precision;
    let numbers = precision.numbers().name().to_string();
    add(Key::Network(NetworkKey::Precision), numbers);
    // The precision of products does not change the meaning of parameters, so that it is no part of the network.
    if precision != precision.numbers() {
        let products = precision.name().to_string();
        add(Key::Setting(SettingKey::ProductPrecision), products);
    }
    let mut add = |key, value| add(Key::Setting(key), value);
    add(SettingKey::Seed, settings.seed.to_string());
    add(SettingKey::Sampling, format!("{:?}", settings.sampling));
    add(
        SettingKey::ResidualNorm,
        format!("{:?}", settings.residual_norm),
    );
    if settings.point_weights != PointWeights::None {
        let text = format!("{:?}", settings.point_weights);
        add(SettingKey::PointWeights, text);
    }
    add(
        SettingKey::ConditionWeights,
        format!("{:?}", settings.condition_weights),
    );
    Identity {
        entries,
        phases: settings.phases.iter().map(phase).collect(),
    }
}

/// Entries that determine layers and their initial values.
fn network(network: &Network) -> [(NetworkKey, String); 6] {
    let periodic = network.embedding.periodic.iter().map(|p| {
        let period = number(p.period);
        format!(
            "{} harmonics of {period} in coordinate {}",
            p.harmonics, p.coordinate
        )
    });
    let periodic: Vec<String> = periodic.collect();
    [
        (
            NetworkKey::Architecture,
            format!(
                "{} inputs, {:?} of {:?}, {:?}, {} outputs, {:?}",
                network.inputs(),
                network.architecture,
                network.hidden,
                network.activation,
                network.outputs,
                network.sharing
            ),
        ),
        (NetworkKey::Weights, format!("{:?}", network.weights)),
        (
            NetworkKey::Norms,
            match &network.norms[..] {
                [] => "none".to_string(),
                norms => format!("{norms:?}"),
            },
        ),
        (NetworkKey::FirstFrequency, number(network.first_frequency)),
        (NetworkKey::Periods, periodic.join(" and ")),
        (
            NetworkKey::FourierFeatures,
            format!("{:?}", network.embedding.fourier),
        ),
    ]
}

fn equations(residuals: &NondimensionalResiduals, add: &mut dyn FnMut(&str, String)) {
    for form in residuals.forms() {
        let terms = form.coefficients.iter();
        let terms: Vec<String> = terms
            .map(|c| format!("{} * ({})", number(c.value), c.expression))
            .collect();
        add(&form.name, terms.join(" + "));
    }
}

fn face(statement: &Statement, face: Face) -> String {
    let coordinates = &statement.declared.coordinates;
    let name = coordinates.get(face.coordinate).map_or("?", |c| &c.name);
    match face.side {
        Side::Lower => format!("lower end of {name}"),
        Side::Upper => format!("upper end of {name}"),
    }
}

/// Describes a phase. Its number of steps is included only if the schedule is stretched over them.
fn phase(phase: &Phase) -> String {
    let stretched = matches!(phase.optimiser.schedule(), Some(Schedule::Cosine { .. }));
    if stretched {
        format!("{:?} over {} steps", phase.optimiser, phase.steps)
    } else {
        format!("{:?}", phase.optimiser)
    }
}

/// Formats a number with twelve digits; the same problem in other units differs only behind them.
fn number(x: f64) -> String {
    format!("{x:.11e}")
}
