//! Units inside an expression: where one ends, and whether it could be a name.

use super::lexer::Token;
use super::parser::Parser;
use super::reserved::is_function;
use crate::mistake::{Checked, Fault, Mistake, unit_mistake};
use pinn_units::{Unit, parse_unit};

impl Parser<'_> {
    /// The unit after a number; see the rules at the top of the module.
    pub fn unit(&mut self) -> Checked<Unit> {
        let first = self.at;
        self.unit_factor();
        loop {
            match self.peek() {
                Some(Token::Word(_)) => self.unit_factor(),
                Some(Token::Symbol('*' | '/')) if self.tight(self.at) => {
                    match self.peek_at(self.at + 1) {
                        Some(Token::Word(word)) if self.continues(word) => {
                            self.refuse_ambiguous(self.at + 1, self.at + 2)?;
                            self.at += 1;
                            self.unit_factor();
                        }
                        Some(Token::Symbol('(')) => match self.unit_parenthesis(self.at + 1) {
                            Some(end) => {
                                self.refuse_ambiguous(self.at + 1, end)?;
                                self.at = end;
                            }
                            None => break,
                        },
                        _ => break,
                    }
                }
                _ => break,
            }
        }
        let span = self.span(first).start..self.span(self.at - 1).end;
        parse_unit(&self.text[span.clone()]).map_err(|error| {
            let mistake = unit_mistake(error.moved(span.start));
            let word = &self.text[self.span(first)];
            let named = |w: &str| self.is_declared(w);
            if named(word) && self.at == first + 1 {
                mistake.help(format!("a product is written `2 * {word}`"))
            } else {
                mistake
            }
        })
    }

    /// A symbol with an optional power.
    fn unit_factor(&mut self) {
        self.at += 1;
        if self.peek() != Some(Token::Symbol('^')) {
            return;
        }
        let sign = usize::from(self.peek_at(self.at + 1) == Some(Token::Symbol('-')));
        if let Some(Token::Number(_)) = self.peek_at(self.at + 1 + sign) {
            self.at += 2 + sign;
        }
    }

    /// No space on either side of the operator.
    fn tight(&self, operator: usize) -> bool {
        let here = self.span(operator);
        self.span(operator - 1).end == here.start && here.end == self.span(operator + 1).start
    }

    fn continues(&self, word: &str) -> bool {
        let call = self.peek_at(self.at + 2) == Some(Token::Symbol('('));
        parse_unit(word).is_ok() && !(call && is_function(word))
    }

    /// The token behind the parenthesis that opens at `open`, if it holds nothing but a unit.
    fn unit_parenthesis(&self, open: usize) -> Option<usize> {
        let mut depth = 0;
        for at in open..self.tokens.len() {
            match self.tokens[at].0 {
                Token::Symbol('(') => depth += 1,
                Token::Symbol(')') => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let text = &self.text[self.span(open).end..self.span(at).start];
                return parse_unit(text).is_ok().then_some(at + 1);
            }
        }
        None
    }

    /// Refuses units that are all names of this problem too.
    fn refuse_ambiguous(&self, from: usize, to: usize) -> Checked<()> {
        let words = self.tokens[from..to]
            .iter()
            .filter_map(|(token, _)| match token {
                Token::Word(word) => Some(*word),
                _ => None,
            });
        let words: Vec<&str> = words.collect();
        let all = words.iter().all(|word| self.is_declared(word));
        if !all {
            return Ok(());
        }
        let span = self.span(from).start..self.span(to - 1).end;
        let message = format!("`{}` is a unit and a declared name", words.join(" "));
        Err(Mistake::new(Fault::Expression { message }, span)
            .label("unit or name?")
            .help("for the name, put spaces around the operator (`20 km / h`); for the unit, write a power (`20 km h^-1`)"))
    }

    fn is_declared(&self, word: &str) -> bool {
        self.scope.names(word)
    }
}
