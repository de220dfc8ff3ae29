//! Characteristic scales and given values.

use super::dimension::{Dim, SameDimension};
use super::dimensions::Declared;
use super::term::Quantity;
use std::marker::PhantomData;

/// quantity = reference + scale · dimensionless, in SI base units.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Affine {
    pub scale: f64,
    pub reference: f64,
}

impl Affine {
    pub fn new(scale: f64, reference: f64) -> Self {
        Affine { scale, reference }
    }

    pub fn to_dimensionless(self, si: f64) -> f64 {
        (si - self.reference) / self.scale
    }

    pub fn to_si(self, dimensionless: f64) -> f64 {
        self.reference + self.scale * dimensionless
    }
}

/// Scales of all coordinates and fields and values of all parameters of one problem, SI base units, in the
/// order of [`Declared`].
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Scales {
    pub coordinates: Vec<Affine>,
    pub fields: Vec<Affine>,
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
    <S::Dim as Dim>::Shown: SameDimension<<T::Dim as Dim>::Shown>,
{
    Scale {
        affine: Affine::new(value.si(), 0.0),
        marker: PhantomData,
    }
}

impl<T: Quantity> Scale<T> {
    /// The value that becomes zero.
    pub fn about(mut self, reference: T) -> Self {
        self.affine.reference = reference.si();
        self
    }
}
