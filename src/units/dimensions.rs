//! Dimensions at run time: the exponents that the types carry, for files, reports and messages.

use pinn_expr::Names;
use std::fmt;
use uom::si::Dimension;
use uom::typenum::Integer;

/// Exponents of length, mass, time, electric current, thermodynamic temperature, amount of substance and
/// luminous intensity, in uom's order.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Dimensions(pub [i8; 7]);

impl Dimensions {
    /// Dimension of a plain number.
    pub const NONE: Dimensions = Dimensions([0; 7]);
    /// Dimension of a length.
    pub const LENGTH: Dimensions = Dimensions([1, 0, 0, 0, 0, 0, 0]);
    /// Dimension of a time.
    pub const TIME: Dimensions = Dimensions([0, 0, 1, 0, 0, 0, 0]);
    /// Dimension of a temperature or a temperature difference.
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

    /// Returns true if all exponents are zero.
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

/// Derived SI units by their usual names.
const DERIVED: [(&str, [i8; 7]); 23] = [
    ("N", [1, 1, -2, 0, 0, 0, 0]),
    ("Pa", [-1, 1, -2, 0, 0, 0, 0]),
    ("J", [2, 1, -2, 0, 0, 0, 0]),
    ("W", [2, 1, -3, 0, 0, 0, 0]),
    ("C", [0, 0, 1, 1, 0, 0, 0]),
    ("V", [2, 1, -3, -1, 0, 0, 0]),
    ("Ω", [2, 1, -3, -2, 0, 0, 0]),
    ("F", [-2, -1, 4, 2, 0, 0, 0]),
    ("T", [0, 1, -2, -1, 0, 0, 0]),
    ("Pa s", [-1, 1, -1, 0, 0, 0, 0]),
    ("Pa/m", [-2, 1, -2, 0, 0, 0, 0]),
    ("N/m", [0, 1, -2, 0, 0, 0, 0]),
    ("J/kg", [2, 0, -2, 0, 0, 0, 0]),
    ("J/(kg K)", [2, 0, -2, 0, -1, 0, 0]),
    ("J/(m^3 K)", [-1, 1, -2, 0, -1, 0, 0]),
    ("W/m", [1, 1, -3, 0, 0, 0, 0]),
    ("W/m^2", [0, 1, -3, 0, 0, 0, 0]),
    ("W/m^3", [-1, 1, -3, 0, 0, 0, 0]),
    ("W/K", [2, 1, -3, 0, -1, 0, 0]),
    ("W/(m K)", [1, 1, -3, 0, -1, 0, 0]),
    ("W/(m^2 K)", [0, 1, -3, 0, -1, 0, 0]),
    ("V/m", [1, 1, -3, -1, 0, 0, 0]),
    ("J/(mol K)", [2, 1, -2, 0, -1, -1, 0]),
];

impl Dimensions {
    /// Prints the coherent SI unit in conventional notation, `W/(m K)` rather than `kg m s^-3 K^-1`, and `1`
    /// if dimensionless. [`parse_unit`](super::parse_unit) reads it back.
    pub fn unit_text(self) -> String {
        if let Some((name, _)) = DERIVED.iter().find(|(_, exponents)| *exponents == self.0) {
            return (*name).to_string();
        }
        let side = |sign: i32| -> Vec<String> {
            let factors = self.factors().filter(|(_, e)| i32::from(*e) * sign > 0);
            factors
                .map(|(symbol, e)| match e.unsigned_abs() {
                    1 => symbol.to_string(),
                    n => format!("{symbol}^{n}"),
                })
                .collect()
        };
        let (above, below) = (side(1), side(-1));
        let above = if above.is_empty() {
            "1".to_string()
        } else {
            above.join(" ")
        };
        match below.as_slice() {
            [] => above,
            [one] => format!("{above}/{one}"),
            many => format!("{above}/({})", many.join(" ")),
        }
    }

    /// Base symbols with their exponents, mass first.
    fn factors(self) -> impl Iterator<Item = (&'static str, i8)> {
        let [l, m, t, i, th, n, j] = self.0;
        let symbols = ["kg", "m", "s", "A", "K", "mol", "cd"];
        let all = symbols.into_iter().zip([m, l, t, i, th, n, j]);
        all.filter(|(_, exponent)| *exponent != 0)
    }
}

/// SI base symbols, mass first: `kg m^-1 s^-2`; `1` if dimensionless.
impl fmt::Display for Dimensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for (symbol, exponent) in self.factors() {
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

/// Kind of a quantity: a point on a scale with an offset, or a plain amount.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub enum Kind {
    /// Plain amount: `20 K` means 20 K. All quantities but absolute temperatures are of this kind.
    #[default]
    Plain,
    /// Point on a temperature scale: `20 degC` means 293.15 K.
    AbsoluteTemperature,
}

/// Declared coordinate, field or parameter.
#[derive(Clone, PartialEq, Debug)]
pub struct QuantityInfo {
    /// Symbol that the equation uses.
    pub name: String,
    /// Exponents of the SI base quantities.
    pub dimensions: Dimensions,
    /// Kind of its values.
    pub kind: Kind,
    /// Name of the uom quantity, such as `ThermalConductivity`.
    pub quantity: String,
}

/// All quantities that an equation declares, in order of declaration. Numbers of coordinates, fields and
/// parameters in a graph are positions in these lists.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Declared {
    /// Independent variables: time and space.
    pub coordinates: Vec<QuantityInfo>,
    /// Unknown fields, the outputs of a network.
    pub fields: Vec<QuantityInfo>,
    /// Given constants.
    pub parameters: Vec<QuantityInfo>,
}

impl Declared {
    /// Number of the coordinate with this name.
    pub fn coordinate(&self, name: &str) -> Option<usize> {
        self.coordinates.iter().position(|q| q.name == name)
    }

    /// Number of the field with this name.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|q| q.name == name)
    }

    /// Number of the parameter with this name.
    pub fn parameter(&self, name: &str) -> Option<usize> {
        self.parameters.iter().position(|q| q.name == name)
    }

    /// Turns some parameters, by number, into further coordinates. They stay among the parameters too, so
    /// that numbers do not change.
    #[must_use]
    pub fn over_parameters(mut self, parameters: &[usize]) -> Self {
        let further = parameters.iter().map(|p| self.parameters[*p].clone());
        self.coordinates.extend(further);
        self
    }

    /// Collects all names, for printing expressions.
    pub fn names(&self) -> Names {
        let names = |list: &[QuantityInfo]| list.iter().map(|q| q.name.clone()).collect();
        Names {
            coordinates: names(&self.coordinates),
            fields: names(&self.fields),
            parameters: names(&self.parameters),
        }
    }
}
