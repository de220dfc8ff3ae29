//! Text to tokens.

use super::MAX_LENGTH;
use crate::mistake::{Checked, Fault, Mistake};
use std::ops::Range;
use winnow::ascii::{digit0, digit1, multispace0};
use winnow::combinator::{alt, opt};
use winnow::prelude::*;
use winnow::stream::{LocatingSlice, Location};
use winnow::token::{one_of, take_while};

#[derive(Copy, Clone, PartialEq, Debug)]
pub(super) enum Token<'a> {
    Number(f64),
    /// A name or a unit's symbol.
    Word(&'a str),
    /// One of `+ - * / ^ ( ) ,`.
    Symbol(char),
}

type Input<'a> = LocatingSlice<&'a str>;

fn number(input: &mut Input<'_>) -> ModalResult<f64> {
    let mantissa = alt(((digit1, opt(('.', digit0))).void(), ('.', digit1).void()));
    let exponent = (one_of(['e', 'E']), opt(one_of(['+', '-'])), digit1);
    (mantissa, opt(exponent))
        .take()
        .parse_to()
        .parse_next(input)
}

fn word<'a>(input: &mut Input<'a>) -> ModalResult<&'a str> {
    let first = |c: char| c.is_alphabetic() || matches!(c, '_' | '°' | '%');
    // `²` counts as alphanumeric, its sign does not.
    let rest = |c: char| c.is_alphanumeric() || matches!(c, '_' | '°' | '%' | '⁻');
    (one_of(first), take_while(0.., rest))
        .take()
        .parse_next(input)
}

fn symbol(input: &mut Input<'_>) -> ModalResult<char> {
    let multiplication = one_of(['·', '⋅', '×']).value('*');
    let minus = '−'.value('-');
    alt((
        one_of(['+', '-', '*', '/', '^', '(', ')', ',']),
        multiplication,
        minus,
    ))
    .parse_next(input)
}

/// Tokens with their byte ranges.
pub(super) fn tokens(text: &str) -> Checked<Vec<(Token<'_>, Range<usize>)>> {
    if text.len() > MAX_LENGTH {
        let fault = Fault::ExpressionSize {
            what: "too long",
            limit: MAX_LENGTH,
            unit: "bytes",
        };
        return Err(Mistake::new(fault, 0..text.len()).label("this expression"));
    }
    let mut input = LocatingSlice::new(text);
    let mut tokens = Vec::new();
    loop {
        let _: ModalResult<&str> = multispace0.parse_next(&mut input);
        if input.is_empty() {
            return Ok(tokens);
        }
        let at = input.current_token_start();
        let token: ModalResult<_> = alt((
            number.map(Token::Number),
            word.map(Token::Word),
            symbol.map(Token::Symbol),
        ))
        .with_span()
        .parse_next(&mut input);
        match token {
            Ok(token) => tokens.push(token),
            Err(_) => {
                let length = text[at..].chars().next().map_or(0, char::len_utf8);
                let message = format!("unexpected `{}`", &text[at..at + length]);
                let mistake = Mistake::new(Fault::Expression { message }, at..at + length);
                return Err(mistake.label("expected a number, a name or an operator"));
            }
        }
    }
}
