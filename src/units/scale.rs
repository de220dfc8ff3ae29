//! Characteristic scales and given values.

use super::dimensions::Declared;
use super::shown::{Dim, IsInterval, SameKind, ScaleFits, ValueFits};
use super::term::Quantity;
use std::marker::PhantomData;

/// quantity = reference + scale · dimensionless, in SI base units.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Affine {
    /// What one unit of the dimensionless quantity stands for; neither zero nor infinite.
    pub scale: f64,
    /// The value that becomes zero.
    pub reference: f64,
}

impl Affine {
    /// quantity = `reference` + `scale` · dimensionless.
    pub fn new(scale: f64, reference: f64) -> Self {
        Affine { scale, reference }
    }

    /// Dimensionless value of an SI value.
    pub fn to_dimensionless(self, si: f64) -> f64 {
        (si - self.reference) / self.scale
    }

    /// SI value of a dimensionless value.
    pub fn to_si(self, dimensionless: f64) -> f64 {
        self.reference + self.scale * dimensionless
    }
}

/// Scales of all coordinates and fields and values of all parameters of one problem, SI base units, in the
/// order of [`Declared`].
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Scales {
    /// One per coordinate.
    pub coordinates: Vec<Affine>,
    /// One per field.
    pub fields: Vec<Affine>,
    /// One value per parameter.
    pub parameters: Vec<f64>,
}

impl Scales {
    /// Same number of coordinates, fields and parameters as declared.
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

/// A characteristic value of a coordinate or field. For absolute temperatures it is an interval.
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
    /// The value that becomes zero; for temperatures an absolute one.
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

/// Typed value of a parameter, made by [`given`].
pub struct Given<T> {
    pub(super) si: f64,
    marker: PhantomData<T>,
}

impl<T> Clone for Given<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Given<T> {}

/// The value of a parameter, of the dimension and kind that it is declared with.
pub fn given<T: Quantity, S: Quantity>(value: S) -> Given<T>
where
    T::Dim: Dim,
    S::Dim: Dim,
    <S::Dim as Dim>::Shown: ValueFits<<T::Dim as Dim>::Shown>,
    S::Kind: SameKind<T::Kind>,
{
    Given {
        si: value.si(),
        marker: PhantomData,
    }
}
