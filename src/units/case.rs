//! Cases: one problem of an equation, with the extent of every coordinate and the value of every parameter.
//!
//! A case is a literal of the set that [`quantities!`](crate::quantities) declares, so that nothing can be omitted and
//! every number is checked against the dimension and the kind that it is declared with:
//!
//! ```
//! use pinn_units::*;
//! use uom::si::f64::*;
//! use uom::si::{diffusion_coefficient::square_meter_per_second, length::millimeter, time::second};
//!
//! quantities! { pub struct Heat {
//!     coordinates { t: Time, x: Length }
//!     fields { T: ThermodynamicTemperature }
//!     parameters { alpha: DiffusionCoefficient }
//! }}
//! let case = Heat::<Case> {
//!     t: over(Time::new::<second>(0.0), Time::new::<second>(60.0)),
//!     x: over(Length::new::<millimeter>(0.0), Length::new::<millimeter>(10.0)),
//!     T: automatic(),
//!     alpha: given(DiffusionCoefficient::new::<square_meter_per_second>(1e-5)),
//! };
//! assert_eq!(Heat::case(&case).extents, [(0.0, 60.0), (0.0, 0.01)]);
//! ```

use super::exact::round15;
use super::quantities::View;
use super::scale::{Affine, Given, Scale};
use super::shown::{Dim, SameKind, ValueFits};
use super::term::Quantity;
use std::marker::PhantomData;

/// Members hold the extents, scales and values that make an equation a problem.
pub struct Case;

impl View for Case {
    type Coordinate<T: Quantity> = Extent<T>;
    type Field<T: Quantity> = Option<Scale<T>>;
    type Parameter<T: Quantity> = Given<T>;
}

/// Members hold uom quantities: one point of a solution.
pub struct Values;

impl View for Values {
    type Coordinate<T: Quantity> = T;
    type Field<T: Quantity> = T;
    type Parameter<T: Quantity> = T;
}

/// Members are the names of quantities that a value is given to, or requested for.
pub struct Names;

impl View for Names {
    type Coordinate<T: Quantity> = Name<T>;
    type Field<T: Quantity> = Name<T>;
    type Parameter<T: Quantity> = Name<T>;
}

/// Both ends of a coordinate, made by [`over`].
pub struct Extent<T> {
    pub(super) ends: (f64, f64),
    marker: PhantomData<T>,
}

/// The coordinate runs from one value to another, larger one.
pub fn over<T: Quantity, Q: Quantity>(from: Q, to: Q) -> Extent<T>
where
    T::Dim: Dim,
    Q::Dim: Dim,
    <Q::Dim as Dim>::Shown: ValueFits<<T::Dim as Dim>::Shown>,
    Q::Kind: SameKind<T::Kind>,
{
    Extent {
        ends: (round15(from.si()), round15(to.si())),
        marker: PhantomData,
    }
}

/// The scale of a field follows from the conditions that give it values.
pub fn automatic<T>() -> Option<Scale<T>> {
    None
}

/// The number of a coordinate, field or parameter among those of its sort, with its type.
pub struct Name<T> {
    number: usize,
    marker: PhantomData<T>,
}

impl<T> Clone for Name<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Name<T> {}

impl<T: Quantity> Name<T> {
    pub(super) fn new(number: usize) -> Self {
        Name {
            number,
            marker: PhantomData,
        }
    }

    /// The number among the declared coordinates, fields or parameters.
    pub fn number(self) -> usize {
        self.number
    }

    /// A value for it, of the dimension and kind that it is declared with.
    pub fn is<Q: Quantity>(self, value: Q) -> Assigned
    where
        T::Dim: Dim,
        Q::Dim: Dim,
        <Q::Dim as Dim>::Shown: ValueFits<<T::Dim as Dim>::Shown>,
        Q::Kind: SameKind<T::Kind>,
    {
        Assigned {
            number: self.number,
            si: round15(value.si()),
        }
    }
}

/// A value for a named quantity, in SI base units.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Assigned {
    /// Number among the declared quantities of its sort.
    pub number: usize,
    /// Value in SI base units.
    pub si: f64,
}

/// A case whose types were checked, in SI base units and in the order of declaration.
#[derive(Clone, PartialEq, Debug)]
pub struct CaseData {
    /// Lower and upper end of every coordinate.
    pub extents: Vec<(f64, f64)>,
    /// The scale of every field that has a given one.
    pub scales: Vec<Option<Affine>>,
    /// Value and role of every parameter.
    pub parameters: Vec<(f64, Role)>,
}

/// Role of a parameter in a problem.
#[derive(Copy, Clone, PartialEq, Debug)]
pub enum Role {
    /// A number.
    Fixed,
    /// Every number from the first to the second: the problem is a family.
    Range(f64, f64),
    /// An unknown number, close to its value to within about this scale.
    Unknown(f64),
    /// An unknown number with the sign of its value.
    PositiveUnknown,
}

/// Coordinates of one point, as a tuple of quantities that fits the tuple `Declared` of their declared types.
pub trait Place<Declared> {
    /// Values in SI base units, in order.
    fn si(self) -> Vec<f64>;
}

macro_rules! places {
    ($(($($Q:ident $T:ident $i:tt),+))*) => {$(
        impl<$($Q: Quantity, $T: Quantity),+> Place<($($T,)+)> for ($($Q,)+)
        where
            $($Q::Dim: Dim, $T::Dim: Dim,
            <$Q::Dim as Dim>::Shown: ValueFits<<$T::Dim as Dim>::Shown>,
            $Q::Kind: SameKind<$T::Kind>),+
        {
            fn si(self) -> Vec<f64> { vec![$(round15(self.$i.si())),+] }
        }
    )*};
}
places!((A RA 0)(A RA 0, B RB 1)(A RA 0, B RB 1, C RC 2)(A RA 0, B RB 1, C RC 2, D RD 3)
    (A RA 0, B RB 1, C RC 2, D RD 3, E RE 4)
    (A RA 0, B RB 1, C RC 2, D RD 3, E RE 4, F RF 5));
