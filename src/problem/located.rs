//! Texts with their place in the file.

use super::mistake::{Checked, Mistake};
use std::ops::Range;
use toml::Spanned;

/// A string value and the bytes of the file that it came from.
#[derive(Copy, Clone, Debug)]
pub(super) struct Located<'a> {
    pub text: &'a str,
    start: usize,
    end: usize,
    /// Byte of the file at which `text` starts, if it stands there letter by letter.
    inside: Option<usize>,
}

impl<'a> Located<'a> {
    /// `span` is the value's place in `file`, quotation marks included.
    pub fn new(text: &'a str, span: Range<usize>, file: &str) -> Self {
        let quotes = file.get(span.clone()).map_or(0, |value| {
            if value.starts_with("\"\"\"") || value.starts_with("'''") {
                3
            } else {
                1
            }
        });
        let start = span.start + quotes;
        // Escapes, and a newline after the opening quotes, shift the text: then only the whole is known.
        let literal = start
            .checked_add(text.len())
            .and_then(|end| file.get(start..end))
            .is_some_and(|bytes| bytes == text && !text.is_empty());
        Located {
            text,
            start: span.start,
            end: span.end,
            inside: literal.then_some(start),
        }
    }

    pub fn of(value: &'a Spanned<String>, file: &str) -> Self {
        Self::new(value.get_ref(), value.span(), file)
    }

    /// The whole value in the file.
    pub fn whole(self) -> Range<usize> {
        self.start..self.end
    }

    /// Part of the text as a range of the file.
    pub fn part(self, range: Range<usize>) -> Range<usize> {
        match self.inside {
            Some(start) => start + range.start..start + range.end.min(self.text.len()),
            None => self.whole(),
        }
    }

    /// Moves a mistake in the text to its place in the file.
    pub fn locate<T>(self, checked: Checked<T>) -> Checked<T> {
        checked.map_err(|mut mistake: Box<Mistake>| {
            mistake.span = mistake.span.map(|span| self.part(span));
            let other = mistake.other.take();
            // Both places are the same if only the whole is known.
            mistake.other = other
                .filter(|_| self.inside.is_some())
                .map(|(span, label)| (self.part(span), label));
            mistake
        })
    }
}
