//! Characteristic values of the base quantities, whose presence is known to the compiler.

use super::dimensions::Dimensions;
use std::marker::PhantomData;
use uom::si::Dimension;
use uom::si::f64::{Length, Mass, MassDensity, TemperatureInterval, Time, Velocity};
use uom::typenum::{NInt, NonZero, PInt, Unsigned, Z0};

/// Marks a base quantity with a characteristic value.
pub enum Present {}
/// Marks a base quantity without a characteristic value.
pub enum Absent {}
/// Marks neither; no base scale ever has it.
pub enum Undecided {}

/// Characteristic length, mass, time and temperature difference, some of them perhaps absent.
///
/// [`Residuals::nondimensionalize_by_base`](super::Residuals::nondimensionalize_by_base) compiles only where
/// every base quantity in a residual's dimension is present.
pub struct BaseScales<L = Absent, M = Absent, T = Absent, K = Absent> {
    values: [f64; 4],
    #[allow(clippy::type_complexity)]
    marker: PhantomData<fn() -> (L, M, T, K)>,
}

impl BaseScales {
    /// Starts without any characteristic value.
    pub fn new() -> Self {
        BaseScales {
            values: [1.0; 4],
            marker: PhantomData,
        }
    }
}

impl Default for BaseScales {
    fn default() -> Self {
        Self::new()
    }
}

impl<L, M, T, K> BaseScales<L, M, T, K> {
    fn with<L2, M2, T2, K2>(mut self, base: usize, value: f64) -> BaseScales<L2, M2, T2, K2> {
        self.values[base] = value;
        BaseScales {
            values: self.values,
            marker: PhantomData,
        }
    }

    /// Sets the characteristic length.
    pub fn length(self, value: Length) -> BaseScales<Present, M, T, K> {
        self.with(0, value.value)
    }

    /// Sets the characteristic mass.
    pub fn mass(self, value: Mass) -> BaseScales<L, Present, T, K> {
        self.with(1, value.value)
    }

    /// Sets the characteristic time.
    pub fn time(self, value: Time) -> BaseScales<L, M, Present, K> {
        self.with(2, value.value)
    }

    /// Sets the characteristic temperature difference.
    pub fn temperature(self, value: TemperatureInterval) -> BaseScales<L, M, T, Present> {
        self.with(3, value.value)
    }
}

/// A set of base scales, whichever are present.
pub trait Base {
    /// Product of powers of the base scales with some dimensions; absent ones count as 1.
    fn factor(&self, dimensions: Dimensions) -> f64;
}
impl<L, M, T, K> Base for BaseScales<L, M, T, K> {
    fn factor(&self, dimensions: Dimensions) -> f64 {
        let [length, mass, time, _, temperature, ..] = dimensions.0;
        let exponents = [length, mass, time, temperature];
        let powers = self.values.iter().zip(exponents);
        powers.map(|(value, n)| value.powi(n.into())).product()
    }
}

/// Scales that take a length to become base scales.
impl<M, T, K> BaseScales<Present, M, T, K> {
    /// Sets the characteristic velocity: time = length / velocity.
    pub fn velocity(self, value: Velocity) -> BaseScales<Present, M, Present, K> {
        let time = self.values[0] / value.value;
        self.with(2, time)
    }

    /// Sets the characteristic density: mass = density · length³.
    pub fn density(self, value: MassDensity) -> BaseScales<Present, Present, T, K> {
        let mass = value.value * self.values[0].powi(3);
        self.with(1, mass)
    }
}

/// Tuple of residuals whose dimensions need no base scale that is absent.
pub trait CoveredBy<Base> {}

/// Dimension that needs no base scale that is absent.
pub trait DimensionCoveredBy<Base> {}
impl<D: Dimension + ?Sized, L, M, T, K> DimensionCoveredBy<BaseScales<L, M, T, K>> for D
where
    base::length<L>: Provides<D::L>,
    base::mass<M>: Provides<D::M>,
    base::time<T>: Provides<D::T>,
    base::temperature<K>: Provides<D::Th>,
    base::current<Absent>: Provides<D::I>,
    base::amount<Absent>: Provides<D::N>,
    base::luminosity<Absent>: Provides<D::J>,
{
}

/// Names of base quantities in compiler messages.
#[allow(non_camel_case_types)]
pub mod base {
    use std::marker::PhantomData;
    macro_rules! names {
        ($($name:ident)*) => {$(
            #[doc = concat!("The base scale of ", stringify!($name), ".")]
            pub struct $name<P>(PhantomData<P>);
        )*};
    }
    names!(length mass time temperature current amount luminosity);
}

/// A base scale that suffices for an exponent: a present one for all, an absent one for zero.
#[diagnostic::on_unimplemented(
    message = "the dimension of a residual needs a base scale that was not given: `{Self}`",
    label = "`{Self}` is missing",
    note = "add it: `BaseScales::new().length(..).mass(..).time(..).temperature(..)`; `.velocity(..)` and `.density(..)` follow a length"
)]
pub trait Provides<Exponent> {}
macro_rules! provides {
    ($($base:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<U: Unsigned + NonZero> Provides<PInt<U>> for base::$base<Present> {}
        #[diagnostic::do_not_recommend]
        impl<U: Unsigned + NonZero> Provides<NInt<U>> for base::$base<Present> {}
        #[diagnostic::do_not_recommend]
        impl<P> Provides<Z0> for base::$base<P> {}
        // Useless, so that the compiler does not infer `Present` and complain about that instead.
        #[diagnostic::do_not_recommend]
        impl<U: Unsigned + NonZero> Provides<PInt<U>> for base::$base<Undecided> {}
        #[diagnostic::do_not_recommend]
        impl<U: Unsigned + NonZero> Provides<NInt<U>> for base::$base<Undecided> {}
    )*};
}
provides!(length mass time temperature current amount luminosity);
