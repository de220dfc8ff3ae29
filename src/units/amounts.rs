//! Amounts in common units, for short programs: `mm(10.0)` is a [`Length`].
//!
//! No function has the name of an SI base unit alone, since compile errors show dimensions by these names. Every function takes a number and gives the uom quantity. For other units there is uom's `new`, such as
//! `Length::new::<uom::si::length::mile>(1.0)`.

use super::term::Quantity;
use uom::si::f64::*;

macro_rules! amounts {
    ($($(#[$attribute:meta])* $name:ident: $Quantity:ident = $factor:expr, $text:literal;)*) => {$(
        #[doc = concat!("A [`", stringify!($Quantity), "`] in ", $text, ".")]
        pub fn $name(value: f64) -> $Quantity {
            $Quantity::from_si(value * $factor)
        }
    )*};
}

amounts! {
    seconds: Time = 1.0, "s";
    ms: Time = 1e-3, "ms";
    minutes: Time = 60.0, "min";
    hours: Time = 3600.0, "h";
    days: Time = 86400.0, "d";
    metres: Length = 1.0, "m";
    cm: Length = 1e-2, "cm";
    mm: Length = 1e-3, "mm";
    um: Length = 1e-6, "µm";
    nm: Length = 1e-9, "nm";
    km: Length = 1e3, "km";
    m2: Area = 1.0, "m²";
    m3: Volume = 1.0, "m³";
    kilograms: Mass = 1.0, "kg";
    kelvin: TemperatureInterval = 1.0, "K, a difference";
    kg_per_m3: MassDensity = 1.0, "kg/m³";
    m_per_s: Velocity = 1.0, "m/s";
    m_per_s2: Acceleration = 1.0, "m/s²";
    m2_per_s: DiffusionCoefficient = 1.0, "m²/s";
    pa: Pressure = 1.0, "Pa";
    kpa: Pressure = 1e3, "kPa";
    mpa: Pressure = 1e6, "MPa";
    gpa: Pressure = 1e9, "GPa";
    pa_s: DynamicViscosity = 1.0, "Pa s";
    newton: Force = 1.0, "N";
    watt: Power = 1.0, "W";
    joule: Energy = 1.0, "J";
    j_per_kg_k: SpecificHeatCapacity = 1.0, "J/(kg K)";
    w_per_m_k: ThermalConductivity = 1.0, "W/(m K)";
    w_per_m2_k: HeatTransfer = 1.0, "W/(m² K)";
    w_per_m2: HeatFluxDensity = 1.0, "W/m²";
    w_per_m3: VolumetricPowerDensity = 1.0, "W/m³";
    k_per_m: TemperatureGradient = 1.0, "K/m";
    hertz: Frequency = 1.0, "Hz";
    number: Ratio = 1.0, "1: a plain number";
    radian: Angle = 1.0, "rad";
}

/// A [`ThermodynamicTemperature`] in °C.
pub fn celsius(value: f64) -> ThermodynamicTemperature {
    ThermodynamicTemperature::from_si(value + 273.15)
}

/// A [`ThermodynamicTemperature`] in K, above absolute zero.
pub fn kelvin_absolute(value: f64) -> ThermodynamicTemperature {
    ThermodynamicTemperature::from_si(value)
}
