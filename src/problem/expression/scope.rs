//! Names that an expression may refer to.

use super::definitions::Definitions;
use pinn_units::Declared;

/// Names that an expression may refer to.
#[derive(Copy, Clone)]
pub(crate) struct Scope<'a> {
    pub declared: &'a Declared,
    /// On a part of the boundary the components of its normal.
    pub normal: &'a [Component],
    pub definitions: &'a Definitions,
    pub coordinates: bool,
    pub fields: bool,
}

/// A component of the outward unit normal.
pub(crate) struct Component {
    /// `n_x`
    pub name: String,
    pub value: ComponentValue,
}

/// Value of a component of the normal.
#[derive(Copy, Clone)]
pub(crate) enum ComponentValue {
    /// Everywhere the same.
    Constant(f64),
    /// A coordinate that every row carries.
    Coordinate(u8),
}

impl<'a> Scope<'a> {
    /// Parameters, coordinates and fields.
    pub fn all(declared: &'a Declared, definitions: &'a Definitions) -> Self {
        Scope {
            declared,
            normal: &[],
            definitions,
            coordinates: true,
            fields: true,
        }
    }

    /// Parameters and coordinates.
    pub fn points(declared: &'a Declared, definitions: &'a Definitions) -> Self {
        Scope {
            fields: false,
            ..Self::all(declared, definitions)
        }
    }

    /// Parameters alone.
    pub fn constants(declared: &'a Declared, definitions: &'a Definitions) -> Self {
        Scope {
            coordinates: false,
            ..Self::points(declared, definitions)
        }
    }

    /// True if the problem has a name that is spelt like this.
    pub(super) fn names(self, word: &str) -> bool {
        let d = self.declared;
        d.coordinate(word).is_some()
            || d.field(word).is_some()
            || d.parameter(word).is_some()
            || self.definitions.has(word)
            || self.normal.iter().any(|component| component.name == word)
    }
}
