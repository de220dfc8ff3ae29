//! Physical dimensions in types, and the one way out of them.
//!
//! [`Term`] carries a uom dimension over the expression graph; [`Residuals`] is the typestate that a loss,
//! a norm or an optimiser can only reach through [`Residuals::nondimensionalize`].

mod dimension;
mod dimensions;
mod exact;
mod groups;
mod kernel;
mod named_groups;
mod nondimensional;
mod quantities;
mod residuals;
mod scale;
mod term;
mod unit_symbols;
mod unit_text;
mod vector;

pub use dimension::{
    Dim, Dimensionless, DivDim, MulDim, PowDim, Prod, Q, Quot, SameDimension, SqrtDim,
};
pub use dimensions::{Declared, Dimensions, Kind, QuantityInfo};
pub use groups::{Group, characteristic_groups, dimensionless_groups};
pub use kernel::{Batch, Input, IsNondimensional, Kernel};
pub use nondimensional::{Coefficient, Form, NondimensionalError};
pub use quantities::{Setup, Symbolic, Symbols, View, declare};
pub use residuals::{
    Dimensional, Equation, Equations, Erased, IntoEquation, Nondimensional, RawEquation, Residuals,
    TraceError, equation, trace,
};
pub use scale::{Affine, Scale, Scales, scale};
pub use term::{Coordinate, Of, Quantity, Term};
pub use unit_text::{Unit, UnitError, parse_quantity, parse_unit, split_quantity, unit_symbol};
pub use vector::{Space, space1, space2, space3};
