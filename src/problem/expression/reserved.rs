//! Words that have a meaning of their own in expressions.

use super::lexer::{Token, tokens};
use crate::mistake::{Checked, Fault, Mistake};
use pinn_expr::Function;
use std::ops::Range;

/// The function of two arguments.
pub(super) const ANGLE: &str = "atan2";

/// Functions that take or give vectors.
pub(super) const VECTOR_FUNCTIONS: [&str; 5] = ["grad", "div", "laplacian", "dot", "vector"];

/// True if a word is the name of a function.
pub(super) fn is_function(word: &str) -> bool {
    word == "d"
        || VECTOR_FUNCTIONS.contains(&word)
        || Function::ALL.iter().any(|f| f.name() == word)
        || word == ANGLE
}

/// Checks that expressions can refer to a quantity by this name: it is one word, and has no meaning of its own.
pub(crate) fn usable(name: &str, span: Range<usize>) -> Checked<()> {
    let word = match tokens(name).as_deref() {
        Ok([(Token::Word(word), _)]) => *word == name && !name.contains(['%', '°']),
        _ => false,
    };
    let message = if !word {
        format!("`{name}` cannot be used in an expression")
    } else if is_function(name) || matches!(name, "pi" | "min" | "max") {
        format!("`{name}` is reserved in expressions")
    } else {
        return Ok(());
    };
    Err(Mistake::new(Fault::Expression { message }, span).label("choose another name"))
}
