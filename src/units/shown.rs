//! Dimensions as compile errors show them, and the traits that carry those messages.
//!
//! uom keeps exponents as typenum integers, which errors print as `PInt<UInt<UTerm, B1>>`. Here they are
//! mapped to a flat tuple of SI symbols: `(kg, m<-1>, s<-2>)`.

use uom::si::{Dimension, marker};
use uom::typenum::*;

/// SI symbols with exponents, and nothing else.
#[allow(non_camel_case_types)]
pub mod symbols {
    /// Metre.
    pub struct m<const E: i8 = 1>;
    /// Kilogram.
    pub struct kg<const E: i8 = 1>;
    /// Second.
    pub struct s<const E: i8 = 1>;
    /// Ampere.
    pub struct A<const E: i8 = 1>;
    /// Kelvin.
    pub struct K<const E: i8 = 1>;
    /// Mole.
    pub struct mol<const E: i8 = 1>;
    /// Candela.
    pub struct cd<const E: i8 = 1>;
    /// Dimension of a plain number.
    pub struct plain_number;
    /// Kind of all quantities whose values are amounts.
    pub struct interval;
    /// Kind of temperatures on a scale whose zero is absolute zero.
    pub struct absolute_temperature;
    /// Dimension that nothing has; see [`SameDimension`](super::SameDimension).
    pub struct nothing;
}

/// Type-level flat list.
pub trait List {
    /// List with one more element.
    type Push<X>: List;
    /// List itself, or `plain_number` if it is empty.
    type Named;
}
/// List of more than the seven base quantities, which cannot occur.
pub struct Full;
impl List for Full {
    type Push<X> = Full;
    type Named = Full;
}
impl List for () {
    type Push<X> = (X,);
    type Named = symbols::plain_number;
}
macro_rules! lists {
    ($($h:ident)*) => {
        impl<$($h),*> List for ($($h,)*) {
            type Push<X> = ($($h,)* X,);
            type Named = Self;
        }
    };
}
lists!(A);
lists!(A B);
lists!(A B C);
lists!(A B C D);
lists!(A B C D E);
lists!(A B C D E F);
impl<A, B, C, D, E, F, G> List for (A, B, C, D, E, F, G) {
    type Push<X> = Full;
    type Named = Self;
}

macro_rules! exponents {
    ($($method:ident $symbol:ident),*; $($integer:ident $value:literal),*) => {
        /// Exponent as an element of the list, one method per base quantity; zero adds nothing.
        #[allow(non_camel_case_types)]
        pub trait Exponent {
            $(#[doc = concat!("Pushes the power of `", stringify!($symbol), "`.")] type $method<R: List>: List;)*
        }
        impl Exponent for Z0 {
            $(type $method<R: List> = R;)*
        }
        exponents!(@each [$($method $symbol),*] $($integer $value),*);
    };
    (@each $methods:tt $($integer:ident $value:literal),*) => {
        $(exponents!(@one $methods $integer $value);)*
    };
    (@one [$($method:ident $symbol:ident),*] $integer:ident $value:literal) => {
        impl Exponent for $integer {
            $(type $method<R: List> = R::Push<symbols::$symbol<$value>>;)*
        }
    };
}
exponents!(Metre m, Kilogram kg, Second s, Ampere A, Kelvin K, Mole mol, Candela cd;
    P1 1, P2 2, P3 3, P4 4, P5 5, P6 6, P7 7, P8 8, N1 -1, N2 -2, N3 -3, N4 -4, N5 -5, N6 -6, N7 -7, N8 -8);

/// uom dimension whose exponents all lie in -8..=8, which covers all practical ones.
pub trait Dim: Dimension {
    /// Dimension as errors show it.
    type Shown;
}
impl<D: Dimension + ?Sized> Dim for D
where
    D::L: Exponent,
    D::M: Exponent,
    D::T: Exponent,
    D::I: Exponent,
    D::Th: Exponent,
    D::N: Exponent,
    D::J: Exponent,
{
    type Shown = <<D::J as Exponent>::Candela<
        <D::N as Exponent>::Mole<
            <D::Th as Exponent>::Kelvin<
                <D::I as Exponent>::Ampere<
                    <D::T as Exponent>::Second<
                        <D::L as Exponent>::Metre<<D::M as Exponent>::Kilogram<()>>,
                    >,
                >,
            >,
        >,
    > as List>::Named;
}

/// Declares traits that hold between equal types alone.
///
/// With a single implementation the compiler would *infer* the right-hand side from the left and report a
/// mismatch of types long afterwards. The second, useless one keeps both sides open until they are known, so
/// that the message of the trait appears.
macro_rules! equal_only {
    ($($(#[$attribute:meta])* $Trait:ident;)*) => {$(
        $(#[$attribute])*
        pub trait $Trait<Rhs> {}
        #[diagnostic::do_not_recommend]
        impl<T> $Trait<T> for T {}
        equal_only!(@open $Trait; A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G);
        #[diagnostic::do_not_recommend]
        impl $Trait<symbols::nothing> for symbols::plain_number {}
        #[diagnostic::do_not_recommend]
        impl $Trait<symbols::nothing> for symbols::interval {}
        #[diagnostic::do_not_recommend]
        impl $Trait<symbols::nothing> for symbols::absolute_temperature {}
    )*};
    (@open $Trait:ident; $($($h:ident)+);*) => {
        $(#[diagnostic::do_not_recommend] impl<$($h),*> $Trait<symbols::nothing> for ($($h,)*) {})*
    };
}
equal_only! {
    /// Both sides of a sum.
    #[diagnostic::on_unimplemented(
        message = "dimension mismatch: cannot add, subtract or equate `{Rhs}` and `{Self}`",
        label = "this side has SI dimension `{Self}`, the other `{Rhs}`",
        note = "every term of a residual must have the same physical dimension: multiply or divide one side by the quantity that is missing"
    )]
    SameDimension;
    /// A residual has the dimension of the quantity that it is declared with.
    #[diagnostic::on_unimplemented(
        message = "this residual has SI dimension `{Self}`, but it is declared with `{Rhs}`",
        label = "has SI dimension `{Self}`, expected `{Rhs}`",
        note = "state the residual's own dimension, `equation::<Quantity, _>(..)`, or correct the terms"
    )]
    ResidualFits;
    /// A reference has the dimension of the residual that it divides.
    #[diagnostic::on_unimplemented(
        message = "this reference has SI dimension `{Self}`, but the residual that it divides has `{Rhs}`",
        label = "has SI dimension `{Self}`, expected `{Rhs}`",
        note = "give one quantity per residual, in the order of the residuals and each of its residual's dimension"
    )]
    ReferenceFits;
    /// An expression has the dimension of the field that it stands for.
    #[diagnostic::on_unimplemented(
        message = "this expression has SI dimension `{Self}`, but the field that it stands for has `{Rhs}`",
        label = "has SI dimension `{Self}`, expected `{Rhs}`",
        note = "an ansatz writes a field as an expression of its own dimension: divide distances from a face by a length"
    )]
    AnsatzFits;
    /// A characteristic value has the dimension of the quantity that it scales.
    #[diagnostic::on_unimplemented(
        message = "this scale has SI dimension `{Self}`, but it is for a quantity with `{Rhs}`",
        label = "has SI dimension `{Self}`, expected `{Rhs}`",
        note = "a scale is a characteristic value of the coordinate or field itself, in any unit of its dimension"
    )]
    ScaleFits;
    /// A value has the dimension of its parameter.
    #[diagnostic::on_unimplemented(
        message = "this value has SI dimension `{Self}`, but the quantity that it is given to has `{Rhs}`",
        label = "has SI dimension `{Self}`, expected `{Rhs}`",
        note = "convert the value to the declared quantity first: a kinematic viscosity, for example, is a dynamic viscosity divided by the density"
    )]
    ValueFits;
    /// A value has the kind of the declared quantity: absolute temperature or not.
    #[diagnostic::on_unimplemented(
        message = "expected a value of kind `{Rhs}`, found one of kind `{Self}`",
        label = "is of kind `{Self}`, expected `{Rhs}`",
        note = "a temperature (`ThermodynamicTemperature`, 20 °C = 293.15 K) and a temperature difference (`TemperatureInterval`, 20 °C = 20 K) are different things"
    )]
    SameKind;
}

/// Arguments of exp, sin, …
#[diagnostic::on_unimplemented(
    message = "this function needs a dimensionless argument, but it has SI dimension `{Self}`",
    label = "has SI dimension `{Self}`",
    note = "divide by a characteristic value of the same dimension first"
)]
pub trait Dimensionless {}
impl Dimensionless for symbols::plain_number {}

/// uom kind, reduced to the one distinction that matters here: absolute temperature or not.
pub trait KindOf {
    /// Either [`interval`](symbols::interval) or [`absolute_temperature`](symbols::absolute_temperature).
    type Kind: IsKind;
}
macro_rules! kinds {
    ($($Kind:ty => $Ours:ty),* $(,)?) => {$(impl KindOf for $Kind { type Kind = $Ours; })*};
}
kinds!(
    dyn uom::Kind => symbols::interval,
    dyn marker::AngleKind => symbols::interval,
    dyn marker::SolidAngleKind => symbols::interval,
    dyn marker::InformationKind => symbols::interval,
    dyn marker::ConstituentConcentrationKind => symbols::interval,
    dyn marker::SurfaceTensionKind => symbols::interval,
    dyn marker::KinematicViscosityKind => symbols::interval,
    dyn marker::IlluminanceKind => symbols::interval,
    dyn marker::TemperatureKind => symbols::absolute_temperature,
);

/// Either [`interval`](symbols::interval) or [`absolute_temperature`](symbols::absolute_temperature).
pub trait IsKind {
    /// True if zero means absolute zero.
    const ABSOLUTE_TEMPERATURE: bool;
}
impl IsKind for symbols::interval {
    const ABSOLUTE_TEMPERATURE: bool = false;
}
impl IsKind for symbols::absolute_temperature {
    const ABSOLUTE_TEMPERATURE: bool = true;
}

/// Kind that a scale may have.
#[diagnostic::on_unimplemented(
    message = "a scale must be an interval, but this is of kind `{Self}`",
    label = "is of kind `{Self}`",
    note = "the scale of a temperature is a difference: `scale(TemperatureInterval::new::<kelvin>(50.0)).about(reference)`"
)]
pub trait IsInterval {}
impl IsInterval for symbols::interval {}
