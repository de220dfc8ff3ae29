//! Conventional dimensionless numbers, recognised by the nature of quantities and not by their names.
//!
//! Definitions as in Bird, Stewart & Lightfoot, *Transport Phenomena* (2nd ed.), and Incropera & DeWitt,
//! *Fundamentals of Heat and Mass Transfer* (6th ed., table 6.2).

use super::dimensions::{Declared, Dimensions, Kind, QuantityInfo};
use super::groups::Powers;
use super::scale::Scales;

/// A conventional group as exponents of parameters, coordinates and fields, in this order.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Named {
    pub name: &'static str,
    pub symbol: &'static str,
    pub powers: Powers,
    /// The conventional number is the square root of the product.
    pub root: bool,
}

/// Roles of quantities in transport phenomena; each may be a product of declared ones.
#[derive(Default)]
struct Roles {
    time: Option<Powers>,
    length: Option<Powers>,
    velocity: Option<Powers>,
    temperature_difference: Option<Powers>,
    density: Option<Powers>,
    /// of momentum, heat and matter
    kinematic_viscosity: Option<Powers>,
    dynamic_viscosity: Option<Powers>,
    thermal_diffusivity: Option<Powers>,
    mass_diffusivity: Option<Powers>,
    conductivity: Option<Powers>,
    heat_capacity: Option<Powers>,
    heat_transfer: Option<Powers>,
    heat_source: Option<Powers>,
    expansion: Option<Powers>,
    gravity: Option<Powers>,
    surface_tension: Option<Powers>,
    pressure: Option<Powers>,
    reaction_rate: Option<Powers>,
    sound_speed: Option<Powers>,
}

const VELOCITY: Dimensions = Dimensions([1, 0, -1, 0, 0, 0, 0]);
const DIFFUSIVITY: Dimensions = Dimensions([2, 0, -1, 0, 0, 0, 0]);
const PRESSURE: Dimensions = Dimensions([-1, 1, -2, 0, 0, 0, 0]);
const RATE: Dimensions = Dimensions([0, 0, -1, 0, 0, 0, 0]);

/// Last segment of a type's path: `f64::Velocity` is `Velocity`.
fn quantity(info: &QuantityInfo) -> &str {
    info.quantity.rsplit("::").next().map_or("", str::trim)
}

/// The declared quantities, numbered as in a dimensionless form.
struct Quantities<'a> {
    declared: &'a Declared,
    scales: &'a Scales,
}

impl Quantities<'_> {
    fn number(&self) -> usize {
        self.declared.parameters.len()
            + self.declared.coordinates.len()
            + self.declared.fields.len()
    }

    fn one(&self, number: usize) -> Powers {
        let mut powers = vec![0; self.number()];
        powers[number] = 1;
        powers
    }

    /// First non-zero parameter that fits.
    fn parameter(&self, fits: impl Fn(&QuantityInfo) -> bool) -> Option<Powers> {
        let pairs = self.declared.parameters.iter().zip(&self.scales.parameters);
        let found = pairs
            .enumerate()
            .find(|(_, (info, value))| fits(info) && **value != 0.0 && info.kind == Kind::Plain);
        found.map(|(number, _)| self.one(number))
    }

    fn of_dimensions(&self, dimensions: [i8; 7]) -> Option<Powers> {
        self.parameter(|info| info.dimensions == Dimensions(dimensions))
    }

    /// Shortest coordinate of some dimensions: across a channel, through a plate.
    fn coordinate(&self, dimensions: Dimensions) -> Option<Powers> {
        let offset = self.declared.parameters.len();
        let infos = self
            .declared
            .coordinates
            .iter()
            .zip(&self.scales.coordinates);
        let fitting = infos
            .enumerate()
            .filter(|(_, (info, _))| info.dimensions == dimensions);
        let shortest =
            fitting.min_by(|(_, (_, a)), (_, (_, b))| a.scale.abs().total_cmp(&b.scale.abs()));
        shortest.map(|(number, _)| self.one(offset + number))
    }

    /// Field of some dimensions with the largest scale; the first of equal ones.
    fn field(&self, dimensions: Dimensions) -> Option<Powers> {
        let offset = self.declared.parameters.len() + self.declared.coordinates.len();
        let infos = self.declared.fields.iter().zip(&self.scales.fields);
        let fitting = infos
            .enumerate()
            .filter(|(_, (info, _))| info.dimensions == dimensions);
        let largest = fitting
            .rev()
            .max_by(|(_, (_, a)), (_, (_, b))| a.scale.abs().total_cmp(&b.scale.abs()));
        largest.map(|(number, _)| self.one(offset + number))
    }
}

/// Product of powers of roles; `None` if one is absent.
fn product(factors: &[(&Option<Powers>, i32)]) -> Option<Powers> {
    let mut total: Option<Powers> = None;
    for (powers, exponent) in factors {
        let powers = powers.as_ref()?;
        let sum = total.get_or_insert_with(|| vec![0; powers.len()]);
        for (t, p) in sum.iter_mut().zip(powers) {
            *t += p * exponent;
        }
    }
    total
}

impl Roles {
    fn new(quantities: &Quantities<'_>) -> Self {
        let named = |name: &str, dimensions: Dimensions| {
            quantities.parameter(|info| quantity(info) == name && info.dimensions == dimensions)
        };
        let has_field = |dimensions| {
            let mut fields = quantities.declared.fields.iter();
            fields.any(|info| info.dimensions == dimensions)
        };
        let density = quantities.of_dimensions([-3, 1, 0, 0, 0, 0, 0]);
        let dynamic = quantities.of_dimensions([-1, 1, -1, 0, 0, 0, 0]);
        let kinematic = named("KinematicViscosity", DIFFUSIVITY);
        let conductivity = quantities.of_dimensions([1, 1, -3, 0, -1, 0, 0]);
        let heat_capacity = quantities.of_dimensions([2, 0, -2, 0, -1, 0, 0]);
        let per_volume = quantities
            .of_dimensions([-1, 1, -2, 0, -1, 0, 0])
            .or_else(|| product(&[(&density, 1), (&heat_capacity, 1)]));
        let thermal = has_field(Dimensions::TEMPERATURE);
        // A diffusion coefficient is one of heat if there is a temperature field, otherwise one of matter.
        let diffusivity = quantities.parameter(|info| {
            info.dimensions == DIFFUSIVITY && quantity(info) != "KinematicViscosity"
        });
        let velocity = quantities
            .field(VELOCITY)
            .or_else(|| named("Velocity", VELOCITY));
        Roles {
            time: quantities.coordinate(Dimensions::TIME),
            length: quantities
                .coordinate(Dimensions::LENGTH)
                .or_else(|| named("Length", Dimensions::LENGTH)),
            temperature_difference: quantities.field(Dimensions::TEMPERATURE),
            kinematic_viscosity: kinematic.or_else(|| product(&[(&dynamic, 1), (&density, -1)])),
            thermal_diffusivity: if thermal { diffusivity.clone() } else { None }
                .or_else(|| product(&[(&conductivity, 1), (&per_volume, -1)])),
            mass_diffusivity: if thermal { None } else { diffusivity },
            heat_transfer: quantities.of_dimensions([0, 1, -3, 0, -1, 0, 0]),
            heat_source: quantities.of_dimensions([-1, 1, -3, 0, 0, 0, 0]),
            expansion: quantities.of_dimensions([0, 0, 0, 0, -1, 0, 0]),
            gravity: quantities.of_dimensions([1, 0, -2, 0, 0, 0, 0]),
            surface_tension: named("SurfaceTension", Dimensions([0, 1, -2, 0, 0, 0, 0])),
            pressure: quantities.field(PRESSURE),
            reaction_rate: named("Frequency", RATE),
            sound_speed: named("SpeedOfSound", VELOCITY),
            velocity,
            density,
            dynamic_viscosity: dynamic,
            conductivity,
            heat_capacity,
        }
    }
}

/// All conventional groups that the quantities of a problem form.
pub(super) fn named(declared: &Declared, scales: &Scales) -> Vec<Named> {
    let roles = Roles::new(&Quantities { declared, scales });
    let r = &roles;
    // In a moving fluid h L/k is the Nusselt number (k of the fluid), otherwise the Biot number (k of the solid).
    let moving = r.velocity.is_some();
    let heat_transfer = if moving {
        ("Nusselt", "Nu")
    } else {
        ("Biot", "Bi")
    };
    let damkohler = match moving {
        true => product(&[(&r.reaction_rate, 1), (&r.length, 1), (&r.velocity, -1)]),
        false => product(&[
            (&r.reaction_rate, 1),
            (&r.length, 2),
            (&r.mass_diffusivity, -1),
        ]),
    };
    let diffusivity = if r.thermal_diffusivity.is_some() {
        &r.thermal_diffusivity
    } else {
        &r.mass_diffusivity
    };
    let buoyancy = product(&[
        (&r.gravity, 1),
        (&r.expansion, 1),
        (&r.temperature_difference, 1),
        (&r.length, 3),
    ]);
    let table = [
        (
            "Fourier",
            "Fo",
            product(&[(diffusivity, 1), (&r.time, 1), (&r.length, -2)]),
        ),
        (
            heat_transfer.0,
            heat_transfer.1,
            product(&[(&r.heat_transfer, 1), (&r.length, 1), (&r.conductivity, -1)]),
        ),
        (
            "Reynolds",
            "Re",
            product(&[
                (&r.velocity, 1),
                (&r.length, 1),
                (&r.kinematic_viscosity, -1),
            ]),
        ),
        (
            "Prandtl",
            "Pr",
            product(&[(&r.kinematic_viscosity, 1), (&r.thermal_diffusivity, -1)]),
        ),
        (
            "Schmidt",
            "Sc",
            product(&[(&r.kinematic_viscosity, 1), (&r.mass_diffusivity, -1)]),
        ),
        (
            "Péclet",
            "Pe",
            product(&[(&r.velocity, 1), (&r.length, 1), (diffusivity, -1)]),
        ),
        (
            "Brinkman",
            "Br",
            product(&[
                (&r.dynamic_viscosity, 1),
                (&r.velocity, 2),
                (&r.conductivity, -1),
                (&r.temperature_difference, -1),
            ]),
        ),
        (
            "Eckert",
            "Ec",
            product(&[
                (&r.velocity, 2),
                (&r.heat_capacity, -1),
                (&r.temperature_difference, -1),
            ]),
        ),
        (
            "Euler",
            "Eu",
            product(&[(&r.pressure, 1), (&r.density, -1), (&r.velocity, -2)]),
        ),
        (
            "Strouhal",
            "Sr",
            product(&[(&r.length, 1), (&r.velocity, -1), (&r.time, -1)]),
        ),
        (
            "Grashof",
            "Gr",
            product(&[(&buoyancy, 1), (&r.kinematic_viscosity, -2)]),
        ),
        (
            "Rayleigh",
            "Ra",
            product(&[
                (&buoyancy, 1),
                (&r.kinematic_viscosity, -1),
                (&r.thermal_diffusivity, -1),
            ]),
        ),
        ("Damköhler", "Da", damkohler),
        (
            "Pomerantsev",
            "Po",
            product(&[
                (&r.heat_source, 1),
                (&r.length, 2),
                (&r.conductivity, -1),
                (&r.temperature_difference, -1),
            ]),
        ),
        (
            "Weber",
            "We",
            product(&[
                (&r.density, 1),
                (&r.velocity, 2),
                (&r.length, 1),
                (&r.surface_tension, -1),
            ]),
        ),
        (
            "capillary",
            "Ca",
            product(&[
                (&r.dynamic_viscosity, 1),
                (&r.velocity, 1),
                (&r.surface_tension, -1),
            ]),
        ),
        (
            "Mach",
            "Ma",
            product(&[(&r.velocity, 1), (&r.sound_speed, -1)]),
        ),
        (
            "Froude",
            "Fr",
            product(&[(&r.velocity, 2), (&r.gravity, -1), (&r.length, -1)]),
        ),
    ];
    let found = table.into_iter().filter_map(|(name, symbol, powers)| {
        Some(Named {
            name,
            symbol,
            powers: powers?,
            root: name == "Froude",
        })
    });
    // If both sides are the same quantity the group is trivially 1.
    found
        .filter(|named| named.powers.iter().any(|n| *n != 0))
        .collect()
}
