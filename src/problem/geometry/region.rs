//! `plate - (hole | slot) & domain`: sets of shapes as text.

use crate::located::Located;
use crate::mistake::{Checked, Fault, Mistake};
use crate::suggest::{list, remedy};
use pinn_geometry::Region;
use std::ops::Range;
use toml::Spanned;

/// Deepest nesting of parentheses.
const MAX_DEPTH: usize = 100;
/// Most names: nothing recurses deeper than that.
const MAX_NAMES: usize = 1000;

/// Reads a region. Shapes have the numbers of their names.
pub(super) fn region(text: &Spanned<String>, names: &[&str], file: &str) -> Checked<Region> {
    let located = Located::of(text, file);
    let mut parser = Parser {
        text: located.text,
        at: 0,
        depth: 0,
        read: 0,
        names,
    };
    let region = parser.sum().and_then(|region| match parser.peek() {
        None => Ok(region),
        Some((_, span)) => Err(parser.unexpected(span, "expected `|`, `-`, `&` or the end")),
    });
    located.locate(region)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    read: usize,
    names: &'a [&'a str],
}

/// A name or a sign, and where it stands.
type Token<'a> = (&'a str, Range<usize>);

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<Token<'a>> {
        let rest = &self.text[self.at..];
        let start = self.at + (rest.len() - rest.trim_start().len());
        let rest = &self.text[start..];
        let first = rest.chars().next()?;
        let letter = |c: char| c.is_alphanumeric() || c == '_';
        let length = match letter(first) {
            true => rest.find(|c| !letter(c)).unwrap_or(rest.len()),
            false => first.len_utf8(),
        };
        Some((&rest[..length], start..start + length))
    }

    fn take(&mut self) -> Option<Token<'a>> {
        let token = self.peek()?;
        self.at = token.1.end;
        Some(token)
    }

    fn unexpected(&self, span: Range<usize>, label: &str) -> Box<Mistake> {
        let found = match &self.text[span.clone()] {
            "" => "the end".to_string(),
            text => format!("`{text}`"),
        };
        let message = format!("unexpected {found}");
        Mistake::new(Fault::Region { message }, span)
            .label(label)
            .help("`+` or `|` unites, `&` intersects, `-` subtracts; `&` binds more tightly than the others")
    }

    /// Unions and differences, from the left.
    fn sum(&mut self) -> Checked<Region> {
        let mut region = self.product()?;
        while let Some((sign, _)) = self.peek() {
            let combine = match sign {
                "|" | "+" | "∪" => Region::Union,
                "-" | "−" | "\\" => Region::Difference,
                _ => break,
            };
            self.take();
            region = combine(Box::new(region), Box::new(self.product()?));
        }
        Ok(region)
    }

    fn product(&mut self) -> Checked<Region> {
        let mut region = self.single()?;
        while let Some(("&" | "∩", _)) = self.peek() {
            self.take();
            region = Region::Intersection(Box::new(region), Box::new(self.single()?));
        }
        Ok(region)
    }

    fn single(&mut self) -> Checked<Region> {
        const EXPECTED: &str = "expected the name of a shape, or `(`";
        let Some((word, span)) = self.take() else {
            let end = self.text.len();
            return Err(self.unexpected(end..end, EXPECTED));
        };
        self.read += 1;
        if self.depth > MAX_DEPTH || self.read > MAX_NAMES {
            let message = "the region is nested too deeply, or too long".to_string();
            return Err(Mistake::new(Fault::Region { message }, span));
        }
        if word == "(" {
            self.depth += 1;
            let region = self.sum()?;
            self.depth -= 1;
            return match self.take() {
                Some((")", _)) => Ok(region),
                Some((_, span)) => Err(self.unexpected(span, "expected `)`")),
                None => {
                    let end = self.text.len();
                    Err(self.unexpected(end..end, "expected `)`"))
                }
            };
        }
        if !word.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
            return Err(self.unexpected(span, EXPECTED));
        }
        match self.names.iter().position(|name| *name == word) {
            Some(number) => Ok(Region::Shape(number)),
            None => {
                let fault = Fault::UnknownName {
                    what: "shape",
                    name: word.to_string(),
                };
                Err(Mistake::new(fault, span)
                    .label(format!("expected one of {}", list(self.names)))
                    .help(remedy(word, "shape", self.names)))
            }
        }
    }
}
