//! Tokens to a tree.

use super::MAX_DEPTH;
use super::lexer::{Token, tokens};
use super::scope::Scope;
use super::tree::{Node, Tree};
use crate::mistake::{Checked, Fault, Mistake};
use std::ops::Range;

/// Parses a whole text. The names in scope decide which units would be ambiguous.
pub(super) fn parse(text: &str, scope: Scope) -> Checked<Tree> {
    let mut parser = Parser {
        text,
        tokens: tokens(text)?,
        at: 0,
        depth: 0,
        scope,
    };
    let tree = parser.sum()?;
    match parser.peek() {
        None => Ok(tree),
        Some(Token::Number(_) | Token::Word(_) | Token::Symbol('(')) => Err(parser
            .unexpected("expected an operator before this")
            .help("a product is written with `*`")),
        Some(_) => Err(parser.unexpected("expected the end of the expression")),
    }
}

pub(super) struct Parser<'a> {
    pub text: &'a str,
    pub tokens: Vec<(Token<'a>, Range<usize>)>,
    /// Number of the next token.
    pub at: usize,
    depth: usize,
    pub scope: Scope<'a>,
}

impl<'a> Parser<'a> {
    pub fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.at).map(|(token, _)| *token)
    }

    pub fn peek_at(&self, at: usize) -> Option<Token<'a>> {
        self.tokens.get(at).map(|(token, _)| *token)
    }

    fn eat(&mut self, symbol: char) -> bool {
        let found = self.peek() == Some(Token::Symbol(symbol));
        self.at += usize::from(found);
        found
    }

    /// Bytes of the token at a position; the end of the text behind the last one.
    pub fn span(&self, at: usize) -> Range<usize> {
        let end = self.text.len();
        self.tokens
            .get(at)
            .map_or(end..end, |(_, span)| span.clone())
    }

    fn unexpected(&self, expected: &str) -> Box<Mistake> {
        let span = self.span(self.at);
        let message = match self.text.get(span.clone()) {
            Some(found) if !found.is_empty() => format!("unexpected `{found}`"),
            _ => "it ends too early".to_string(),
        };
        Mistake::new(Fault::Expression { message }, span).label(expected)
    }

    fn tree(&self, node: Node, start: usize) -> Tree {
        let end = self.span(self.at.saturating_sub(1)).end;
        Tree {
            node,
            span: start..end.max(start),
        }
    }

    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Checked<T>) -> Checked<T> {
        if self.depth == MAX_DEPTH {
            let fault = Fault::ExpressionSize {
                what: "nested too deeply",
                limit: MAX_DEPTH,
                unit: "levels",
            };
            let mistake = Mistake::new(fault, self.span(self.at));
            return Err(mistake
                .label("one level too many starts here")
                .help("remove parentheses that are not needed"));
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }

    fn sum(&mut self) -> Checked<Tree> {
        let start = self.span(self.at).start;
        let mut terms = vec![(false, self.product()?)];
        loop {
            let subtracted = match self.peek() {
                Some(Token::Symbol('+')) => false,
                Some(Token::Symbol('-')) => true,
                _ => break,
            };
            self.at += 1;
            terms.push((subtracted, self.product()?));
        }
        Ok(self.one_or(terms, Node::Sum, start))
    }

    fn product(&mut self) -> Checked<Tree> {
        let start = self.span(self.at).start;
        let mut factors = vec![(false, self.signed()?)];
        loop {
            let divides = match self.peek() {
                Some(Token::Symbol('*')) => false,
                Some(Token::Symbol('/')) => true,
                _ => break,
            };
            self.at += 1;
            factors.push((divides, self.signed()?));
        }
        Ok(self.one_or(factors, Node::Product, start))
    }

    fn one_or(
        &self,
        mut parts: Vec<(bool, Tree)>,
        node: impl FnOnce(Vec<(bool, Tree)>) -> Node,
        start: usize,
    ) -> Tree {
        match parts.pop() {
            Some((_, only)) if parts.is_empty() => only,
            Some(last) => {
                parts.push(last);
                self.tree(node(parts), start)
            }
            None => unreachable!("a sum or product has a first part"),
        }
    }

    fn signed(&mut self) -> Checked<Tree> {
        let start = self.span(self.at).start;
        if self.eat('+') {
            return self.nested(Self::signed);
        }
        if !self.eat('-') {
            return self.power();
        }
        let tree = self.nested(Self::signed)?;
        // The sign belongs to the number, so that `-20 degC` is the point 253.15 K.
        let node = match tree.node {
            Node::Number(value, unit) => Node::Number(-value, unit),
            _ => Node::Negative(Box::new(tree)),
        };
        Ok(self.tree(node, start))
    }

    fn power(&mut self) -> Checked<Tree> {
        let start = self.span(self.at).start;
        let base = self.atom()?;
        if !self.eat('^') {
            return Ok(base);
        }
        let exponent = self.exponent()?;
        let power = self.tree(Node::Power(Box::new(base), exponent), start);
        if self.peek() == Some(Token::Symbol('^')) {
            return Err(self
                .unexpected("a power of a power needs parentheses")
                .help("write `(x^2)^3`"));
        }
        Ok(power)
    }

    fn exponent(&mut self) -> Checked<i32> {
        let start = self.at;
        let parenthesis = self.eat('(');
        let negative = self.eat('-');
        let exponent = match self.peek() {
            Some(Token::Number(n)) if n.fract() == 0.0 && n.abs() <= 64.0 => n as i32,
            _ => {
                self.at = start;
                return Err(self
                    .unexpected("expected an integer exponent of at most 64")
                    .help("write roots as `sqrt(x)` and other powers as `exp(n * ln(x))`"));
            }
        };
        self.at += 1;
        if parenthesis && !self.eat(')') {
            return Err(self.unexpected("expected `)`"));
        }
        Ok(if negative { -exponent } else { exponent })
    }

    fn atom(&mut self) -> Checked<Tree> {
        let start = self.span(self.at).start;
        match self.peek() {
            Some(Token::Number(value)) => {
                if !value.is_finite() {
                    let what = "this number".to_string();
                    let span = self.span(self.at);
                    return Err(Mistake::new(Fault::NotFinite { what }, span)
                        .label("larger than any number that can be represented"));
                }
                self.at += 1;
                let unit = match self.peek() {
                    Some(Token::Word(_)) => Some(self.unit()?),
                    _ => None,
                };
                Ok(self.tree(Node::Number(value, unit), start))
            }
            Some(Token::Word(name)) => {
                self.at += 1;
                if !self.eat('(') {
                    return Ok(self.tree(Node::Name(name.to_string()), start));
                }
                let mut arguments = vec![self.nested(Self::sum)?];
                while self.eat(',') {
                    arguments.push(self.nested(Self::sum)?);
                }
                self.close()?;
                Ok(self.tree(Node::Call(name.to_string(), arguments), start))
            }
            Some(Token::Symbol('(')) => {
                self.at += 1;
                let inner = self.nested(Self::sum)?;
                self.close()?;
                // Parentheses stay in the span, and a power or sign outside them does not reach in.
                Ok(match inner.node {
                    node @ Node::Number(..) => {
                        let number = Tree {
                            node,
                            span: inner.span,
                        };
                        self.tree(Node::Sum(vec![(false, number)]), start)
                    }
                    node => self.tree(node, start),
                })
            }
            _ => Err(self.unexpected("expected a number, a name or `(`")),
        }
    }

    fn close(&mut self) -> Checked<()> {
        match self.eat(')') {
            true => Ok(()),
            false => Err(self.unexpected("expected `)`")),
        }
    }
}
