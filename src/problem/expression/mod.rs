//! Expressions with units, as problem files hold them: `20 degC + 80 K * sin(pi * x / 20 mm)`.
//!
//! They have the usual operators `+ - * / ^` (a power binds tightest and takes an integer), parentheses,
//! the functions of [`Function`](crate::expr::Function), `pi`, the names of coordinates, parameters and
//! fields, and derivatives `d(T, x)`.
//!
//! **A number takes the unit that follows it.** Within a unit, operators stand without spaces
//! (`45 W/(m K)`, `7850 kg/m^3`), neighbours multiply (`45 W m^-1 K^-1`) and powers belong to the unit
//! (`20 mm^2` is an area). An operator with a space beside it belongs to the expression: `20 mm * x`. Where
//! it has none, it still does if no unit follows (`80 K*sin(…)`), and if what follows is both a unit and a
//! declared name, that is an error, never a guess.
//!
//! **`20 degC` is a point on a scale with an offset**, not an amount: amounts may be added to it
//! (`20 degC + 80 K`), the difference of two points is an amount, and everything else is an error.

mod elaborate;
mod lexer;
mod parser;

pub(super) use elaborate::{Scope, Temperature, Value, elaborate};
pub(super) use parser::{is_reserved, is_word};

/// Longest text of an expression in bytes.
pub(super) const MAX_LENGTH: usize = 4000;
/// Deepest nesting of parentheses, functions and signs.
pub(super) const MAX_DEPTH: usize = 100;
/// Most operations of an expression once written out; powers of powers grow exponentially.
pub(super) const MAX_OPERATIONS: u64 = 2000;
