//! Physical dimensions in types, and the one way out of them.
//!
//! A tour, in the order in which data flows:
//!
//! 1. [`quantities!`](crate::quantities) declares coordinates, fields and parameters with uom's quantities.
//! 2. A function over them, run once by [`trace`], builds residuals from [`Term`]s: small handles into an
//!    expression graph with their dimension in the type. `p + T.d(t)` does not compile, and the message
//!    names both dimensions in SI symbols.
//! 3. [`Residuals`] is the typestate. Only [`Residuals::nondimensionalize`] leads from [`Dimensional`] to
//!    [`Nondimensional`], and only there may norms, losses and optimisers touch values
//!    ([`IsNondimensional`]). The [`Form`] of each residual records its divisor and which
//!    coefficients remain. [`characteristic_groups`] names the dimensionless numbers of the problem.
//! 4. [`Residuals::compile`] gives a [`Kernel`]: block programs for residuals and their adjoint.
//!    [`Kernel::collapsed`] gathers its linear parts into differential operators.
//!
//! Values meet types at the boundary only: [`scale`] and [`given`] check dimension and kind at compile time,
//! [`parse_quantity`] when a file is read.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod amounts;
mod ansatz;
mod base_scales;
mod case;
mod collapse;
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
mod shown;
mod term;
#[cfg(test)]
mod test_equations;
mod unit_symbols;
mod unit_text;
mod unknowns;
mod vector;

pub use ansatz::{Ansatz, AnsatzError, Constrained, ansatz, constrain};
pub use base_scales::{Absent, Base, BaseScales, CoveredBy, Present, Undecided, base};
pub use case::{
    Assigned, Case, CaseData, Extent, Name, Names, Place, Role, Values, automatic, over,
};
pub use dimension::{DivDim, MulDim, PowDim, Prod, Q, Quot, SqrtDim};
pub use dimensions::{Declared, Dimensions, Kind, QuantityInfo};
pub use groups::{Group, characteristic_groups, dimensionless_groups};
pub use kernel::{Batch, Input, IsNondimensional, Kernel, Symbol};
pub use nondimensional::{COMFORTABLE, Coefficient, Form, NondimensionalError};
pub use quantities::{Setup, Symbolic, Symbols, View, declare};
pub use residuals::{
    Dimensional, DimensionalResiduals, Equation, Equations, Erased, IntoEquation, Nondimensional,
    NondimensionalResiduals, RawEquation, References, Residuals, TraceError, equation, trace,
};
pub use scale::{Affine, Given, Scale, Scales, between, given, positive_unknown, scale, unknown};
pub use shown::{
    AnsatzFits, Dim, Dimensionless, IsInterval, IsKind, KindOf, ReferenceFits, ResidualFits,
    SameDimension, SameKind, ScaleFits, ValueFits, symbols,
};
pub use term::{Coordinate, Of, Quantity, Term, ValueOf};
pub use unit_text::{Unit, UnitError, parse_quantity, parse_unit, split_quantity, unit_symbol};
pub use vector::{Space, space1, space2, space3};
