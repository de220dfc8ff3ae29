//! Values of expressions, with their dimensions.

use super::temperature::Temperature;
use pinn_expr::Expr;
use pinn_units::{Dimensions, Kind, QuantityInfo};

/// An expression in a graph.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Value {
    pub expr: Expr,
    pub dimensions: Dimensions,
    pub temperature: Temperature,
}

/// An amount.
pub(super) fn plain(expr: Expr, dimensions: Dimensions) -> Value {
    Value {
        expr,
        dimensions,
        temperature: Temperature::Amount,
    }
}

/// A declared quantity.
pub(super) fn symbol(expr: Expr, info: &QuantityInfo) -> Value {
    Value {
        expr,
        dimensions: info.dimensions,
        temperature: match info.kind {
            Kind::AbsoluteTemperature => Temperature::Point,
            Kind::Plain => Temperature::Amount,
        },
    }
}
