//! What makes two runs the same problem.

use crate::checkpoint::Identity;
use crate::settings::{Phase, PointWeights, Schedule, Settings};
use crate::statement::{Posed, Statement};
use pinn_geometry::digest::digest;
use pinn_geometry::domain::{Face, Side};
use pinn_network::Network;
use pinn_units::NondimensionalResiduals;

/// The dimensionless problem, the network and every setting that enters a step. Physical units and scales
/// are left out: two problems with the same dimensionless form train alike.
pub(super) fn identity(statement: &Posed, network: &Network, settings: &Settings) -> Identity {
    let nondimensional = statement.dimensionless();
    let mut entries = Vec::new();
    let mut add = |what: &str, value: String| entries.push((what.to_string(), value));
    equations(&nondimensional.equations, &mut |name, text| {
        add(&format!("equation `{name}`"), text);
    });
    for (condition, residuals) in statement.conditions.iter().zip(&nondimensional.conditions) {
        let name = &condition.name;
        equations(residuals, &mut |residual, text| {
            add(&format!("condition `{name}`, residual `{residual}`"), text);
        });
        if condition.hard {
            add(&format!("condition `{name}`"), "exact".to_string());
        }
        let partner = condition.partner.map(|f| face(statement, f));
        let place: Vec<String> = [condition
            .place
            .show(&statement.domain, |face| self::face(statement, face))]
        .into_iter()
        .chain(partner)
        .collect();
        add(&format!("place of condition `{name}`"), place.join(" and "));
    }
    for (readings, residuals) in statement.readings.iter().zip(&nondimensional.readings) {
        let name = &readings.name;
        equations(residuals, &mut |_, text| {
            add(&format!("readings `{name}`"), text);
        });
        // Whoever changes one reading has another problem.
        let numbers = readings.places.iter().chain([&readings.values]).flatten();
        let (count, digest) = (readings.values.len(), digest(numbers));
        add(
            &format!("values of readings `{name}`"),
            format!(
                "{count} with weight {} and digest {digest:016x}",
                number(readings.weight)
            ),
        );
    }
    for line in nondimensional
        .ansatz
        .iter()
        .flat_map(|ansatz| ansatz.show())
    {
        let (field, expression) = line.split_once(" = ").unwrap_or(("", &line));
        add(&format!("ansatz of `{field}`"), expression.to_string());
    }
    for (info, interval) in statement
        .declared
        .coordinates
        .iter()
        .zip(statement.dimensionless_domain().intervals())
    {
        let text = format!("{} to {}", number(interval.lower), number(interval.upper));
        add(&format!("dimensionless range of `{}`", info.name), text);
    }
    if let Some(geometry) = &statement.domain.geometry {
        add("the region", geometry.describe());
    }
    for (what, value) in self::network(network) {
        add(what, value);
    }
    if let Some(family) = &settings.family {
        add("the family of the network", format!("{family:?}"));
    }
    let precision = settings.precision;
    add("the precision", precision.numbers().name().to_string());
    // How products are computed says nothing of what parameters mean: it is no part of the network.
    if precision != precision.numbers() {
        add("the precision of products", precision.name().to_string());
    }
    add("the seed", settings.seed.to_string());
    add("the sampling", format!("{:?}", settings.sampling));
    add("the residual norm", format!("{:?}", settings.residual_norm));
    if settings.point_weights != PointWeights::None {
        let text = format!("{:?}", settings.point_weights);
        add("the weights of points", text);
    }
    add(
        "the weights of conditions",
        format!("{:?}", settings.condition_weights),
    );
    Identity {
        entries,
        phases: settings.phases.iter().map(phase).collect(),
    }
}

/// Everything that decides about layers and their initial values.
fn network(network: &Network) -> [(&'static str, String); 6] {
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
            "the network",
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
        (
            "the weights of the network",
            format!("{:?}", network.weights),
        ),
        (
            "the norms of the network",
            match &network.norms[..] {
                [] => "none".to_string(),
                norms => format!("{norms:?}"),
            },
        ),
        (
            "the first frequency of the network",
            number(network.first_frequency),
        ),
        ("the periods of the network", periodic.join(" and ")),
        (
            "the Fourier features of the network",
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

/// When a phase stops does not enter its steps, unless its schedule is stretched over them.
fn phase(phase: &Phase) -> String {
    let stretched = matches!(phase.optimiser.schedule(), Some(Schedule::Cosine { .. }));
    if stretched {
        format!("{:?} over {} steps", phase.optimiser, phase.steps)
    } else {
        format!("{:?}", phase.optimiser)
    }
}

/// Twelve digits: the same problem written in other units differs behind them.
fn number(x: f64) -> String {
    format!("{x:.11e}")
}
