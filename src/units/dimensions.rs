//! Dimensions at run time: the same exponents that the types carry, for files, reports and messages.

use super::dimension::Q;
use crate::expr::Names;
use std::fmt;
use uom::si::Dimension;
use uom::typenum::Integer;

/// Exponents of length, mass, time, electric current, thermodynamic temperature, amount of substance and
/// luminous intensity, in uom's order.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Dimensions(pub [i8; 7]);

impl Dimensions {
    pub const NONE: Dimensions = Dimensions([0; 7]);
    pub const LENGTH: Dimensions = Dimensions([1, 0, 0, 0, 0, 0, 0]);
    pub const TIME: Dimensions = Dimensions([0, 0, 1, 0, 0, 0, 0]);
    pub const TEMPERATURE: Dimensions = Dimensions([0, 0, 0, 0, 1, 0, 0]);

    /// Dimensions of a uom dimension type.
    pub fn of<D: Dimension + ?Sized>() -> Self {
        Dimensions([
            D::L::I8,
            D::M::I8,
            D::T::I8,
            D::I::I8,
            D::Th::I8,
            D::N::I8,
            D::J::I8,
        ])
    }

    pub fn of_quantity<D: Dimension + ?Sized>(_: &Q<D>) -> Self {
        Self::of::<D>()
    }

    pub fn is_none(self) -> bool {
        self == Self::NONE
    }

    /// `self · other^power`; `None` if an exponent leaves the range of `i8`.
    pub fn times(self, other: Dimensions, power: i32) -> Option<Self> {
        let mut exponents = self.0;
        for (e, o) in exponents.iter_mut().zip(other.0) {
            *e = i8::try_from(i32::from(*e) + i32::from(o).checked_mul(power)?).ok()?;
        }
        Some(Dimensions(exponents))
    }

    /// Square root; `None` if an exponent is odd.
    pub fn sqrt(self) -> Option<Self> {
        self.0
            .iter()
            .all(|e| e % 2 == 0)
            .then(|| Dimensions(self.0.map(|e| e / 2)))
    }
}

/// SI base symbols, mass first: `kg m^-1 s^-2`; `1` if dimensionless.
impl fmt::Display for Dimensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [l, m, t, i, th, n, j] = self.0;
        let mut first = true;
        for (symbol, exponent) in [
            ("kg", m),
            ("m", l),
            ("s", t),
            ("A", i),
            ("K", th),
            ("mol", n),
            ("cd", j),
        ] {
            if exponent == 0 {
                continue;
            }
            if !first {
                f.write_str(" ")?;
            }
            first = false;
            if exponent == 1 {
                f.write_str(symbol)?;
            } else {
                write!(f, "{symbol}^{exponent}")?;
            }
        }
        if first { f.write_str("1") } else { Ok(()) }
    }
}

/// Whether a value of a quantity is a point on a scale with an offset or a plain amount.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub enum Kind {
    #[default]
    Plain,
    /// `20 degC` means 293.15 K.
    AbsoluteTemperature,
}

/// A declared coordinate, field or parameter.
#[derive(Clone, PartialEq, Debug)]
pub struct QuantityInfo {
    pub name: String,
    pub dimensions: Dimensions,
    pub kind: Kind,
    /// uom's name of the quantity, such as `ThermalConductivity`.
    pub quantity: String,
}

/// Everything that an equation declares, in order of declaration. Numbers of coordinates, fields and
/// parameters in a graph are positions in these lists.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Declared {
    pub coordinates: Vec<QuantityInfo>,
    pub fields: Vec<QuantityInfo>,
    pub parameters: Vec<QuantityInfo>,
}

impl Declared {
    pub fn coordinate(&self, name: &str) -> Option<usize> {
        self.coordinates.iter().position(|q| q.name == name)
    }

    pub fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|q| q.name == name)
    }

    pub fn parameter(&self, name: &str) -> Option<usize> {
        self.parameters.iter().position(|q| q.name == name)
    }

    pub fn names(&self) -> Names {
        let names = |list: &[QuantityInfo]| list.iter().map(|q| q.name.clone()).collect();
        Names {
            coordinates: names(&self.coordinates),
            fields: names(&self.fields),
            parameters: names(&self.parameters),
        }
    }
}
