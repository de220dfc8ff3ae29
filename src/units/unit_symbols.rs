//! Single unit symbols: uom's tables, exact values where uom rounds, and common spellings.

use super::dimension::Q;
use super::dimensions::Dimensions;
use super::exact::{Exact, round15};
use uom::si::Dimension;

/// One symbol: SI value = (number + offset) · factor.
#[derive(Copy, Clone, PartialEq, Debug)]
pub(super) struct Symbol {
    pub factor: Exact,
    pub offset: f64,
    pub dimensions: Dimensions,
}

/// Other spellings of symbols in the tables.
const SPELLINGS: [(&str, &str); 33] = [
    ("degC", "°C"),
    ("℃", "°C"),
    ("celsius", "°C"),
    ("degF", "°F"),
    ("℉", "°F"),
    ("fahrenheit", "°F"),
    ("degR", "°R"),
    ("deg", "°"),
    ("ohm", "Ω"),
    ("Ohm", "Ω"),
    ("kohm", "kΩ"),
    ("kOhm", "kΩ"),
    ("l", "L"),
    ("ml", "mL"),
    ("sec", "s"),
    ("hr", "h"),
    ("hrs", "h"),
    ("mins", "min"),
    ("yr", "a"),
    ("amu", "Da"),
    ("u", "Da"),
    ("lbs", "lb"),
    ("lbm", "lb"),
    ("BTU", "Btu"),
    ("torr", "Torr"),
    ("mph", "mi/h"),
    ("kph", "km/h"),
    ("kmh", "km/h"),
    ("Angstrom", "Å"),
    ("angstrom", "Å"),
    ("cc", "mL"),
    ("knot", "kn"),
    ("knots", "kn"),
];

/// Symbol, factors, divisors, exponents of the base quantities.
type Definition = (&'static str, &'static [f64], &'static [f64], [i8; 7]);

/// Units that uom rounds to seven digits or does not have as one symbol: product of the factors over product
/// of the divisors. Values: NIST Special Publication 811 (2008), appendix B, "exactly" (boldface) entries.
const EXACT: [Definition; 38] = {
    const LB: f64 = 0.45359237;
    const G: f64 = 9.80665;
    const FOOT: f64 = 0.3048;
    const INCH: f64 = 0.0254;
    const MASS: [i8; 7] = [0, 1, 0, 0, 0, 0, 0];
    const FORCE: [i8; 7] = [1, 1, -2, 0, 0, 0, 0];
    const PRESSURE: [i8; 7] = [-1, 1, -2, 0, 0, 0, 0];
    const ENERGY: [i8; 7] = [2, 1, -2, 0, 0, 0, 0];
    const POWER: [i8; 7] = [2, 1, -3, 0, 0, 0, 0];
    const VELOCITY: [i8; 7] = [1, 0, -1, 0, 0, 0, 0];
    const VOLUME: [i8; 7] = [3, 0, 0, 0, 0, 0, 0];
    const TEMPERATURE: [i8; 7] = [0, 0, 0, 0, 1, 0, 0];
    [
        ("lb", &[LB], &[], MASS),
        ("oz", &[LB], &[16.0], MASS),
        ("slug", &[LB, G], &[FOOT], MASS),
        ("lbf", &[LB, G], &[], FORCE),
        ("ozf", &[LB, G], &[16.0], FORCE),
        ("kip", &[LB, G, 1e3], &[], FORCE),
        ("pdl", &[LB, FOOT], &[], FORCE),
        ("psi", &[LB, G], &[INCH, INCH], PRESSURE),
        ("ksi", &[LB, G, 1e3], &[INCH, INCH], PRESSURE),
        ("psf", &[LB, G], &[FOOT, FOOT], PRESSURE),
        ("Torr", &[101325.0], &[760.0], PRESSURE),
        ("mTorr", &[101.325], &[760.0], PRESSURE),
        ("mmHg", &[133.322387415], &[], PRESSURE),
        ("inHg", &[133.322387415, 25.4], &[], PRESSURE),
        ("Btu", &[1055.05585262], &[], ENERGY),
        ("kBtu", &[1055.05585262, 1e3], &[], ENERGY),
        ("MMBtu", &[1055.05585262, 1e6], &[], ENERGY),
        ("Wh", &[3.6e3], &[], ENERGY),
        ("kWh", &[3.6e6], &[], ENERGY),
        ("MWh", &[3.6e9], &[], ENERGY),
        ("GWh", &[3.6e12], &[], ENERGY),
        ("TWh", &[3.6e15], &[], ENERGY),
        ("hp", &[550.0, FOOT, LB, G], &[], POWER),
        ("kn", &[1852.0], &[3600.0], VELOCITY),
        ("kt", &[1852.0], &[3600.0], VELOCITY),
        ("mi/h", &[1609.344], &[3600.0], VELOCITY),
        ("km/h", &[1000.0], &[3600.0], VELOCITY),
        ("gal", &[231.0, INCH, INCH, INCH], &[], VOLUME),
        ("bbl", &[9702.0, INCH, INCH, INCH], &[], VOLUME),
        ("ac", &[43560.0, FOOT, FOOT], &[], [2, 0, 0, 0, 0, 0, 0]),
        ("°R", &[5.0], &[9.0], TEMPERATURE),
        ("cSt", &[1e-6], &[], [2, 0, -1, 0, 0, 0, 0]),
        ("St", &[1e-4], &[], [2, 0, -1, 0, 0, 0, 0]),
        ("cP", &[1e-3], &[], [-1, 1, -1, 0, 0, 0, 0]),
        ("ppm", &[1e-6], &[], [0; 7]),
        ("ppb", &[1e-9], &[], [0; 7]),
        ("week", &[604800.0], &[], [0, 0, 1, 0, 0, 0, 0]),
        ("mil", &[2.54e-5], &[], [1, 0, 0, 0, 0, 0, 0]),
    ]
};

/// uom quantities whose units are single symbols. Where two share a symbol the first counts: `a` is a year,
/// `min` a minute of time, `F` a farad.
macro_rules! tables {
    ($($Quantity:ident $module:ident),* $(,)?) => {
        fn in_tables(symbol: &str) -> Option<Symbol> {
            let text = format!("1 {symbol}");
            $(if let Ok(value) = text.parse::<uom::si::f64::$Quantity>() {
                return Some(plain(value));
            })*
            None
        }

        /// Abbreviations of all units in the tables; some have spaces or signs and are no symbols.
        fn abbreviations() -> Vec<&'static str> {
            let mut all = Vec::new();
            $(all.extend(uom::si::$module::units().map(|unit| unit.abbreviation()));)*
            all
        }

        /// `lb` for `pound` and `pounds`.
        fn abbreviation(name: &str) -> Option<&'static str> {
            $(for unit in uom::si::$module::units() {
                if unit.singular() == name || unit.plural() == name {
                    return Some(unit.abbreviation());
                }
            })*
            None
        }
    };
}
tables!(
    Length length, Mass mass, Time time, TemperatureInterval temperature_interval,
    ElectricCurrent electric_current, AmountOfSubstance amount_of_substance,
    LuminousIntensity luminous_intensity, Force force, Pressure pressure, Energy energy, Power power,
    Frequency frequency, Volume volume, Area area, Capacitance capacitance,
    ElectricCharge electric_charge, ElectricPotential electric_potential,
    ElectricalResistance electrical_resistance, ElectricalConductance electrical_conductance,
    MagneticFlux magnetic_flux, MagneticFluxDensity magnetic_flux_density, Inductance inductance,
    DynamicViscosity dynamic_viscosity, KinematicViscosity kinematic_viscosity, Angle angle,
    SolidAngle solid_angle, AngularVelocity angular_velocity, Acceleration acceleration,
    Radioactivity radioactivity, CatalyticActivity catalytic_activity, Illuminance illuminance,
    Ratio ratio,
);

fn plain<D: Dimension + ?Sized>(value: Q<D>) -> Symbol {
    // uom multiplies prefixes as doubles: where 15 digits are within that rounding they are what its authors
    // meant. Others, such as multiples of pi, keep all their digits.
    let short = round15(value.value);
    let rounding = 2.0 * f64::EPSILON * value.value.abs();
    let meant = if (short - value.value).abs() <= rounding {
        short
    } else {
        value.value
    };
    Symbol {
        factor: Exact::decimal(meant),
        offset: 0.0,
        dimensions: Dimensions::of::<D>(),
    }
}

/// Characters that unit symbols are made of.
pub(super) fn is_symbol_character(c: char) -> bool {
    c.is_alphabetic() || "°%‰′″".contains(c)
}

/// Looks up one symbol, such as `mm`, `degC` or `newton`.
pub(super) fn symbol(written: &str) -> Option<Symbol> {
    if !written.chars().all(is_symbol_character) || written.is_empty() {
        return None;
    }
    // Greek mu and the micro sign, the ohm sign and omega, British spelling.
    let mut name = written
        .replace('μ', "µ")
        .replace('\u{2126}', "Ω")
        .replace("metre", "meter")
        .replace("litre", "liter");
    if let Some((_, other)) = SPELLINGS.iter().find(|(spelling, _)| *spelling == name) {
        name = (*other).to_string();
    }
    look_up(&name).or_else(|| {
        // ASCII micro: `um`.
        let rest = name.strip_prefix('u').filter(|rest| !rest.is_empty())?;
        look_up(&format!("µ{rest}"))
    })
}

fn look_up(name: &str) -> Option<Symbol> {
    let temperature = |factor, offset| Symbol {
        factor,
        offset,
        dimensions: Dimensions::TEMPERATURE,
    };
    match name {
        "°C" => return Some(temperature(Exact::ONE, 273.15)),
        "°F" => return Some(temperature(quotient(&[5.0], &[9.0]), 459.67)),
        _ => {}
    }
    let short = abbreviation(name);
    let exact = EXACT
        .iter()
        .find(|entry| entry.0 == name || Some(entry.0) == short);
    match exact {
        Some((_, above, below, dimensions)) => Some(Symbol {
            factor: quotient(above, below),
            offset: 0.0,
            dimensions: Dimensions(*dimensions),
        }),
        None => in_tables(name),
    }
}

/// Product of the decimals `above` over that of the decimals `below`.
fn quotient(above: &[f64], below: &[f64]) -> Exact {
    let product = |values: &[f64]| {
        let decimals = values.iter().map(|value| Exact::decimal(*value));
        decimals.fold(Exact::ONE, Exact::times)
    };
    product(above).over(product(below))
}

/// The known symbol that is most like an unknown one.
pub(super) fn similar(unknown: &str) -> Option<String> {
    let lower = unknown.to_lowercase();
    // `kgs`, `Meter`
    for other in [unknown.strip_suffix('s').unwrap_or(""), &lower] {
        if symbol(other).is_some() {
            return Some(other.to_string());
        }
    }
    let spellings = SPELLINGS.iter().map(|(spelling, _)| *spelling);
    let exact = EXACT.iter().map(|entry| entry.0);
    let known = abbreviations().into_iter().chain(exact).chain(spellings);
    known
        .filter(|name| !name.is_empty() && name.chars().all(is_symbol_character))
        .filter_map(|name| {
            let distance = strsim::damerau_levenshtein(&name.to_lowercase(), &lower);
            let near = distance <= 1 + lower.chars().count() / 4 && distance < name.chars().count();
            let with_case = strsim::damerau_levenshtein(name, unknown);
            near.then_some(((distance, with_case), name))
        })
        .min_by_key(|(key, _)| *key)
        .map(|(_, name)| name.to_string())
}
