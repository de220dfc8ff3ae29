//! Lines of a CSV file and the places of their cells.

use crate::mistake::{Checked, Fault, Mistake};
use std::ops::Range;

/// One line of the file and where it begins.
pub(super) struct Line<'a> {
    pub text: &'a str,
    pub start: usize,
    pub cells: csv::StringRecord,
}

impl Line<'_> {
    /// Place of a cell in the file without the blanks around it; the whole line if the cell is quoted.
    pub fn cell(&self, number: usize) -> Range<usize> {
        let before = (0..number).map(|i| self.cells.get(i).map_or(0, str::len) + 1);
        let offset = before.sum::<usize>();
        let cell = self.cells.get(number).unwrap_or("");
        match self.text.get(offset..offset + cell.len()) {
            Some(there) if there == cell => {
                let blank = cell.len() - cell.trim_start().len();
                let start = self.start + offset + blank;
                start..start + cell.trim().len()
            }
            _ => self.whole(),
        }
    }

    pub fn whole(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }
}

/// Lines that are neither empty nor comments.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Checked<Line<'_>>> {
    let bom = text.len() - text.trim_start_matches('\u{feff}').len();
    let mut start = bom;
    let pieces = text[bom..].split_inclusive('\n').map(move |piece| {
        let begin = start;
        start += piece.len();
        (begin, piece.trim_end_matches(['\n', '\r']))
    });
    let filled = pieces.filter(|(_, line)| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#')
    });
    filled.map(|(start, text)| {
        let mut cells = csv::StringRecord::new();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .buffer_capacity(text.len().max(1))
            .from_reader(text.as_bytes());
        match reader.read_record(&mut cells) {
            Ok(_) => Ok(Line { text, start, cells }),
            Err(cause) => {
                let message = cause.to_string();
                let span = start..start + text.len();
                Err(Mistake::new(Fault::Csv { message }, span).label("this line"))
            }
        }
    })
}
