//! Declaration of the quantities of an equation, once for symbols and for numbers.

use super::case::{CaseData, Extent, Name, Role};
use super::dimensions::{Declared, Dimensions, Kind, QuantityInfo};
use super::exact::round15;
use super::scale::{Given, Scale, Scales};
use super::shown::IsKind;
use super::term::{Coordinate, Of, Quantity, Term};

/// Interpretation of the members of a declared set.
pub trait View {
    /// Type of an independent variable.
    type Coordinate<T: Quantity>;
    /// Type of an unknown field.
    type Field<T: Quantity>;
    /// Type of a given constant.
    type Parameter<T: Quantity>;
}

/// View whose members are terms.
pub struct Symbolic;
impl View for Symbolic {
    type Coordinate<T: Quantity> = Coordinate<T::Dim>;
    type Field<T: Quantity> = Of<T>;
    type Parameter<T: Quantity> = Of<T>;
}

/// View whose members are numbers: scales of coordinates and fields, values of parameters.
pub struct Setup;
impl View for Setup {
    type Coordinate<T: Quantity> = Scale<T>;
    type Field<T: Quantity> = Scale<T>;
    type Parameter<T: Quantity> = Given<T>;
}

/// Set of quantities made by [`quantities!`](crate::quantities).
pub trait Symbols: Sized {
    /// Set that holds scales and values: see [`Setup`].
    type Setup;
    /// Set that holds extents, scales and values: see [`Case`](super::Case).
    type Case;
    /// Set that holds uom quantities: see [`Values`](super::Values).
    type Values;
    /// Set that holds names: see [`Names`](super::Names).
    type Names;
    /// Tuple of the types of the coordinates.
    type Coordinates;
    /// Symbols for the current trace.
    fn symbols() -> Self;
    /// Names, dimensions and kinds of the quantities.
    fn declared() -> Declared;
    /// Numbers of a setup, in SI base units.
    fn scales(setup: &Self::Setup) -> Scales;
    /// The case, in SI base units.
    fn case(case: &Self::Case) -> CaseData;
    /// The set of names.
    fn names() -> Self::Names;
    /// Quantities from values in SI base units, one per coordinate, field and parameter in the order of declaration;
    /// NaN where there are fewer.
    fn values(coordinates: &[f64], fields: &[f64], parameters: &[f64]) -> Self::Values;
}

/// Parts that [`quantities!`](crate::quantities) expands to; not meant to be called by hand.
#[doc(hidden)]
pub mod declare {
    use super::*;
    pub use pinn_expr::MAX_COORDINATES;

    /// Coordinate with this number.
    pub fn coordinate<T: Quantity>(number: u16) -> Coordinate<T::Dim> {
        Coordinate::number(number as u8)
    }
    /// Field with this number.
    pub fn field<T: Quantity>(number: u16) -> Of<T> {
        Term::build(|g| g.field(number))
    }
    /// Parameter with this number.
    pub fn parameter<T: Quantity>(number: u16) -> Of<T> {
        Term::build(|g| g.parameter(number))
    }
    /// Declaration of a quantity of type `T`; `quantity` is the name of the type.
    pub fn info<T: Quantity>(name: &str, quantity: &str) -> QuantityInfo {
        QuantityInfo {
            name: name.to_string(),
            dimensions: Dimensions::of::<T::Dim>(),
            kind: if T::Kind::ABSOLUTE_TEMPERATURE {
                Kind::AbsoluteTemperature
            } else {
                Kind::Plain
            },
            quantity: quantity.to_string(),
        }
    }
    pub fn name<T: Quantity>(number: usize) -> Name<T> {
        Name::new(number)
    }
    pub fn value_of<T: Quantity>(si: Option<&f64>) -> T {
        T::from_si(si.copied().unwrap_or(f64::NAN))
    }
    pub fn ends<T: Quantity>(extent: &Extent<T>) -> (f64, f64) {
        extent.ends
    }
    pub fn given_scale<T: Quantity>(scale: &Option<Scale<T>>) -> Option<crate::Affine> {
        let round = |affine: crate::Affine| {
            crate::Affine::new(round15(affine.scale), round15(affine.reference))
        };
        scale.as_ref().map(|scale| round(scale.affine))
    }
    pub fn role<T: Quantity>(value: &Given<T>) -> (f64, Role) {
        let role = match value.role {
            Role::Range(from, to) => Role::Range(round15(from), round15(to)),
            Role::Unknown(within) => Role::Unknown(round15(within)),
            role => role,
        };
        (round15(value.si), role)
    }
    /// Scale without its type.
    pub fn affine<T: Quantity>(scale: &Scale<T>) -> crate::Affine {
        scale.affine
    }
    /// Value in SI base units.
    pub fn value<T: Quantity>(value: &Given<T>) -> f64 {
        value.si
    }
}

/// Declares the quantities of an equation: `Name` holds terms, `Name<Setup>` holds scales and values.
///
/// ```
/// use pinn_units::*;
/// use uom::si::f64::*;
/// use uom::si::{diffusion_coefficient, length, temperature_interval, thermodynamic_temperature, time};
/// quantities! { pub struct Heat {
///     coordinates { t: Time, x: Length }
///     fields { T: ThermodynamicTemperature }
///     parameters { alpha: DiffusionCoefficient }
/// }}
/// fn heat(Heat { t, x, T, alpha }: Heat) -> impl Equations {
///     (equation::<TemperatureRate, _>("heat", T.d(t) - alpha * T.d(x).d(x)),)
/// }
/// type TemperatureRate = Q<Quot<<TemperatureInterval as Quantity>::Dim, <Time as Quantity>::Dim>>;
/// let residuals = trace(heat)?;
/// assert_eq!(residuals.show(), ["heat: T_t - alpha*T_xx"]);
///
/// let kelvin = TemperatureInterval::new::<temperature_interval::kelvin>;
/// let celsius = ThermodynamicTemperature::new::<thermodynamic_temperature::degree_celsius>;
/// let setup = Heat::<Setup> {
///     t: scale(Time::new::<time::second>(60.0)),
///     x: scale(Length::new::<length::millimeter>(20.0)),
///     T: scale(kelvin(780.0)).about(celsius(20.0)),
///     alpha: given(DiffusionCoefficient::new::<diffusion_coefficient::square_meter_per_second>(1e-6)),
/// };
/// let dimensionless = residuals.nondimensionalize(&setup)?;
/// assert_eq!(dimensionless.forms()[0].show(), "heat: [1] T_t - [Fo = 0.15] T_xx");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[macro_export]
macro_rules! quantities {
    ($(#[$attribute:meta])* $visibility:vis struct $Name:ident {
        coordinates { $($c:ident: $C:ty),* $(,)? }
        fields { $($f:ident: $F:ty),* $(,)? }
        parameters { $($p:ident: $P:ty),* $(,)? }
    }) => {
        $(#[$attribute])*
        #[allow(non_snake_case, missing_docs)]
        $visibility struct $Name<W: $crate::View = $crate::Symbolic> {
            $(pub $c: W::Coordinate<$C>,)*
            $(pub $f: W::Field<$F>,)*
            $(pub $p: W::Parameter<$P>,)*
        }
        const _: () = assert!(
            [$(stringify!($c)),*].len() <= $crate::declare::MAX_COORDINATES,
            "an equation has at most six coordinates"
        );
        impl Clone for $Name { fn clone(&self) -> Self { *self } }
        impl Copy for $Name {}
        impl Clone for $Name<$crate::Values> { fn clone(&self) -> Self { *self } }
        impl Copy for $Name<$crate::Values> {}
        impl ::core::fmt::Debug for $Name<$crate::Values> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(stringify!($Name))
                    $(.field(stringify!($c), &self.$c))*
                    $(.field(stringify!($f), &self.$f))*
                    $(.field(stringify!($p), &self.$p))*
                    .finish()
            }
        }
        impl $crate::Symbols for $Name {
            type Setup = $Name<$crate::Setup>;
            type Case = $Name<$crate::Case>;
            type Values = $Name<$crate::Values>;
            type Names = $Name<$crate::Names>;
            type Coordinates = ($($C,)*);
            #[allow(unused_mut, unused_variables)]
            fn symbols() -> Self {
                let (mut c, mut f, mut p) = (0u16.., 0u16.., 0u16..);
                $Name {
                    $($c: $crate::declare::coordinate::<$C>(c.next().unwrap_or_default()),)*
                    $($f: $crate::declare::field::<$F>(f.next().unwrap_or_default()),)*
                    $($p: $crate::declare::parameter::<$P>(p.next().unwrap_or_default()),)*
                }
            }
            fn declared() -> $crate::Declared {
                use $crate::declare::info;
                $crate::Declared {
                    coordinates: vec![$(info::<$C>(stringify!($c), stringify!($C))),*],
                    fields: vec![$(info::<$F>(stringify!($f), stringify!($F))),*],
                    parameters: vec![$(info::<$P>(stringify!($p), stringify!($P))),*],
                }
            }
            fn scales(setup: &Self::Setup) -> $crate::Scales {
                use $crate::declare;
                $crate::Scales {
                    coordinates: vec![$(declare::affine(&setup.$c)),*],
                    fields: vec![$(declare::affine(&setup.$f)),*],
                    parameters: vec![$(declare::value(&setup.$p)),*],
                }
            }
            fn case(case: &Self::Case) -> $crate::CaseData {
                use $crate::declare;
                $crate::CaseData {
                    extents: vec![$(declare::ends(&case.$c)),*],
                    scales: vec![$(declare::given_scale(&case.$f)),*],
                    parameters: vec![$(declare::role(&case.$p)),*],
                }
            }
            #[allow(unused_mut, unused_variables)]
            fn names() -> Self::Names {
                let (mut c, mut f, mut p) = (0usize.., 0usize.., 0usize..);
                $Name {
                    $($c: $crate::declare::name::<$C>(c.next().unwrap_or_default()),)*
                    $($f: $crate::declare::name::<$F>(f.next().unwrap_or_default()),)*
                    $($p: $crate::declare::name::<$P>(p.next().unwrap_or_default()),)*
                }
            }
            #[allow(unused_mut, unused_variables)]
            fn values(coordinates: &[f64], fields: &[f64], parameters: &[f64]) -> Self::Values {
                let (mut c, mut f, mut p) = (coordinates.iter(), fields.iter(), parameters.iter());
                $Name {
                    $($c: $crate::declare::value_of::<$C>(c.next()),)*
                    $($f: $crate::declare::value_of::<$F>(f.next()),)*
                    $($p: $crate::declare::value_of::<$P>(p.next()),)*
                }
            }
        }
    };
}
