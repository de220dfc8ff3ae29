//! Characteristic scales and given values.

use super::case::Role;
use super::dimensions::Declared;
use super::shown::{Dim, IsInterval, SameKind, ScaleFits, ValueFits};
use super::term::Quantity;
use std::marker::PhantomData;

/// Affine relation between a quantity in SI base units and its dimensionless form: quantity = reference +
/// scale · dimensionless.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Affine {
    /// Value of one dimensionless unit; finite and not zero.
    pub scale: f64,
    /// Value that becomes zero.
    pub reference: f64,
}

impl Affine {
    /// Relation quantity = `reference` + `scale` · dimensionless.
    pub fn new(scale: f64, reference: f64) -> Self {
        Affine { scale, reference }
    }

    /// Relation without a reference, whose unit is the value that was one dimensionless unit above it.
    pub fn from_zero(self) -> Self {
        Affine::new(self.reference + self.scale, 0.0)
    }

    /// Converts an SI value to a dimensionless one.
    pub fn to_dimensionless(self, si: f64) -> f64 {
        (si - self.reference) / self.scale
    }

    /// Converts a dimensionless value to an SI value.
    pub fn to_si(self, dimensionless: f64) -> f64 {
        self.reference + self.scale * dimensionless
    }
}

/// Scales of all coordinates and fields and values of all parameters of one problem, in SI base units and in
/// the order of [`Declared`].
///
/// ```
/// use pinn_units::{Setup, Symbols, given, quantities, scale};
/// use uom::si::{f64::*, length::millimeter, temperature_interval::kelvin};
/// use uom::si::{thermal_conductivity::watt_per_meter_kelvin, thermodynamic_temperature::degree_celsius};
///
/// quantities! { pub struct Wall {
///     coordinates { x: Length }
///     fields { T: ThermodynamicTemperature }
///     parameters { k: ThermalConductivity }
/// }}
///
/// let scales = Wall::scales(&Wall::<Setup> {
///     x: scale(Length::new::<millimeter>(10.0)),
///     T: scale(TemperatureInterval::new::<kelvin>(780.0))
///         .about(ThermodynamicTemperature::new::<degree_celsius>(20.0)),
///     k: given(ThermalConductivity::new::<watt_per_meter_kelvin>(40.0)),
/// });
/// assert!(scales.fits(&Wall::declared()));
/// assert_eq!(scales.fields[0].to_dimensionless(293.15), 0.0);
/// assert_eq!(scales.parameters, [40.0]);
/// ```
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Scales {
    /// Scales of the coordinates.
    pub coordinates: Vec<Affine>,
    /// Scales of the fields.
    pub fields: Vec<Affine>,
    /// Values of the parameters.
    pub parameters: Vec<f64>,
}

impl Scales {
    /// Returns true if there are as many coordinates, fields and parameters as declared.
    pub fn fits(&self, declared: &Declared) -> bool {
        self.coordinates.len() == declared.coordinates.len()
            && self.fields.len() == declared.fields.len()
            && self.parameters.len() == declared.parameters.len()
    }
}

/// Typed scale of a coordinate or field: `scale(interval).about(reference)`.
pub struct Scale<T> {
    pub(super) affine: Affine,
    marker: PhantomData<T>,
}

impl<T> Clone for Scale<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Scale<T> {}

/// Characteristic value of a coordinate or field. For absolute temperatures it is an interval.
pub fn scale<T: Quantity, S: Quantity>(value: S) -> Scale<T>
where
    T::Dim: Dim,
    S::Dim: Dim,
    <S::Dim as Dim>::Shown: ScaleFits<<T::Dim as Dim>::Shown>,
    S::Kind: IsInterval,
{
    Scale {
        affine: Affine::new(value.si(), 0.0),
        marker: PhantomData,
    }
}

impl<T: Quantity> Scale<T> {
    /// Sets the value that becomes zero; for temperatures an absolute one.
    pub fn about<S: Quantity>(mut self, reference: S) -> Self
    where
        T::Dim: Dim,
        S::Dim: Dim,
        <S::Dim as Dim>::Shown: ValueFits<<T::Dim as Dim>::Shown>,
        S::Kind: SameKind<T::Kind>,
    {
        self.affine.reference = reference.si();
        self
    }
}

/// Typed value of a parameter, made by [`given`], [`between`], [`unknown`] or [`positive_unknown`].
pub struct Given<T> {
    pub(super) si: f64,
    pub(super) role: Role,
    marker: PhantomData<T>,
}

impl<T> Clone for Given<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Given<T> {}

/// Value of a parameter, of the dimension and kind that it is declared with.
pub fn given<T: Quantity, S: Quantity>(value: S) -> Given<T>
where
    T::Dim: Dim,
    S::Dim: Dim,
    <S::Dim as Dim>::Shown: ValueFits<<T::Dim as Dim>::Shown>,
    S::Kind: SameKind<T::Kind>,
{
    Given::new(value.si(), Role::Fixed)
}

/// Every value of a parameter from one to another: a problem with it is a family, which one training solves.
pub fn between<T: Quantity, S: Quantity>(from: S, to: S) -> Given<T>
where
    T::Dim: Dim,
    S::Dim: Dim,
    <S::Dim as Dim>::Shown: ValueFits<<T::Dim as Dim>::Shown>,
    S::Kind: SameKind<T::Kind>,
{
    let (from, to) = (from.si(), to.si());
    Given::new(0.5 * (from + to), Role::Range(from, to))
}

/// A parameter that is sought, from a guess and from how far the guess may be wrong.
pub fn unknown<T: Quantity, S: Quantity, W: Quantity>(guess: S, within: W) -> Given<T>
where
    T::Dim: Dim,
    S::Dim: Dim,
    W::Dim: Dim,
    <S::Dim as Dim>::Shown: ValueFits<<T::Dim as Dim>::Shown>,
    <W::Dim as Dim>::Shown: ScaleFits<<T::Dim as Dim>::Shown>,
    S::Kind: SameKind<T::Kind>,
    W::Kind: IsInterval,
{
    Given::new(guess.si(), Role::Unknown(within.si()))
}

/// An unknown parameter that keeps the sign of its guess: its logarithm is trained.
pub fn positive_unknown<T: Quantity, S: Quantity>(guess: S) -> Given<T>
where
    T::Dim: Dim,
    S::Dim: Dim,
    <S::Dim as Dim>::Shown: ValueFits<<T::Dim as Dim>::Shown>,
    S::Kind: SameKind<T::Kind>,
{
    Given::new(guess.si(), Role::PositiveUnknown)
}

impl<T> Given<T> {
    fn new(si: f64, role: Role) -> Self {
        Given {
            si,
            role,
            marker: PhantomData,
        }
    }
}
