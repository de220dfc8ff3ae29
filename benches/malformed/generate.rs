//! Malformed files.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::io;
use std::path::Path;

/// Texts that are likely to hit something.
pub const PIECES: [&str; 36] = [
    "\"",
    "'",
    "\"\"\"",
    "[",
    "]]",
    "{",
    "}",
    "=",
    "\n",
    "#",
    "nan",
    "inf",
    "-",
    "1e999",
    "0",
    "9999999999999999999",
    "-1",
    "true",
    "degC",
    "mm",
    "^",
    "((((((((",
    "))",
    " / 0 ",
    "d(T, x)",
    "é",
    "\\",
    "x",
    "\u{0}",
    "\\u0000",
    "[[equation]]\n",
    "exact = \"0\"",
    ", ",
    "unknown = true",
    "grad(u)",
    "[geometry]\n",
];

/// What expressions are grown from.
const LEAVES: [&str; 28] = [
    "x",
    "y",
    "t",
    "u",
    "v",
    "p",
    "T",
    "c",
    "k",
    "rho",
    "mu",
    "nu",
    "L",
    "U",
    "pi",
    "0",
    "1",
    "2.5",
    "1e-300",
    "1e300",
    "20 degC",
    "5 mm",
    "3 m/s",
    "1 K",
    "45 W/(m K)",
    "1 Pa",
    "h",
    "q",
];
const FUNCTIONS: [&str; 13] = [
    "sin",
    "cos",
    "exp",
    "ln",
    "tanh",
    "atan2",
    "sqrt",
    "abs",
    "grad",
    "div",
    "laplacian",
    "vector",
    "nonsense",
];

pub struct Generator {
    files: Vec<String>,
    /// Lines of all files.
    lines: Vec<String>,
}

impl Generator {
    pub fn new(folder: &Path) -> io::Result<Self> {
        let mut paths: Vec<_> = std::fs::read_dir(folder)?
            .map(|entry| Ok(entry?.path()))
            .collect::<io::Result<_>>()?;
        paths.retain(|path| path.extension().is_some_and(|e| e == "toml"));
        paths.sort();
        let files: Vec<String> = paths
            .iter()
            .map(std::fs::read_to_string)
            .collect::<io::Result<_>>()?;
        let lines = files.iter().flat_map(|file| file.lines());
        let lines = lines.map(str::to_string).collect();
        Ok(Generator { files, lines })
    }

    /// File number `number`, always the same.
    pub fn file(&self, number: u64) -> String {
        let mut random = ChaCha8Rng::seed_from_u64(number);
        let mut text = self.files[random.random_range(0..self.files.len())].clone();
        for _ in 0..random.random_range(1..5) {
            text = match random.random_range(0..8) {
                0 => cut(&text, &mut random),
                1 => repeat(&text, &mut random),
                2 => insert(&text, &mut random),
                3 | 4 => self.lines(&text, &mut random),
                5 | 6 => values(&text, &mut random),
                _ => units(&text, &mut random),
            };
        }
        text
    }

    /// Lines dropped, swapped, or taken from other files.
    fn lines(&self, text: &str, random: &mut ChaCha8Rng) -> String {
        let mut lines: Vec<&str> = text.lines().collect();
        for _ in 0..random.random_range(1..4) {
            if lines.is_empty() {
                break;
            }
            let at = random.random_range(0..lines.len());
            match random.random_range(0..4) {
                0 => {
                    lines.remove(at);
                }
                1 => {
                    let other = random.random_range(0..lines.len());
                    lines.swap(at, other);
                }
                2 => lines[at] = &self.lines[random.random_range(0..self.lines.len())],
                _ => lines.insert(at, &self.lines[random.random_range(0..self.lines.len())]),
            }
        }
        lines.join("\n")
    }
}

/// A place between two characters.
fn place(text: &str, random: &mut impl Rng) -> usize {
    let mut at = random.random_range(0..=text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn range(text: &str, random: &mut impl Rng) -> std::ops::Range<usize> {
    let start = place(text, random);
    let mut end = (start + random.random_range(0..60)).min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

fn cut(text: &str, random: &mut impl Rng) -> String {
    let range = range(text, random);
    format!("{}{}", &text[..range.start], &text[range.end..])
}

fn repeat(text: &str, random: &mut impl Rng) -> String {
    let range = range(text, random);
    let times = random.random_range(1..20);
    let part = text[range.clone()].repeat(times);
    format!("{}{part}{}", &text[..range.start], &text[range.start..])
}

fn insert(text: &str, random: &mut impl Rng) -> String {
    let at = place(text, random);
    let piece = PIECES[random.random_range(0..PIECES.len())];
    format!("{}{piece}{}", &text[..at], &text[at..])
}

/// A string of the file becomes an expression.
fn values(text: &str, random: &mut impl Rng) -> String {
    replace(text, random, |_, random| expression(4, random))
}

/// A string gets the unit of nothing.
fn units(text: &str, random: &mut impl Rng) -> String {
    const UNITS: [&str; 12] = [
        "m", "kg", "K", "degC", "furlong", "W/(m K", "m^", "m^999", "s^-1^2", "", "µ", "1/0",
    ];
    replace(text, random, |old, random| {
        let number = old.split(' ').next().unwrap_or(old);
        format!("{number} {}", UNITS[random.random_range(0..UNITS.len())])
    })
}

/// Another text in the place of one between quotation marks.
fn replace<R: Rng>(text: &str, random: &mut R, new: impl FnOnce(&str, &mut R) -> String) -> String {
    let quotes: Vec<usize> = text.match_indices('"').map(|(at, _)| at).collect();
    if quotes.len() < 2 {
        return text.to_string();
    }
    let first = random.random_range(0..quotes.len() - 1);
    let (start, end) = (quotes[first] + 1, quotes[first + 1]);
    let new = new(&text[start..end], random);
    format!("{}{new}{}", &text[..start], &text[end..])
}

fn expression(depth: u32, random: &mut impl Rng) -> String {
    if depth == 0 || random.random_bool(0.2) {
        return LEAVES[random.random_range(0..LEAVES.len())].to_string();
    }
    let mut below = || expression(depth - 1, random);
    let (a, b) = (below(), below());
    match random.random_range(0..10) {
        0 | 1 => format!("{a} + {b}"),
        2 => format!("{a} - ({b})"),
        3 | 4 => format!("({a}) * ({b})"),
        5 => format!("({a}) / ({b})"),
        6 => format!("({a})^{}", random.random_range(-3..9)),
        7 => format!(
            "d({a}, {})",
            ["x", "y", "t", "x, x", "x, x, x, x"][random.random_range(0..5)]
        ),
        8 => format!("dot(grad({a}), vector({b}, {a}))"),
        _ => format!(
            "{}({a})",
            FUNCTIONS[random.random_range(0..FUNCTIONS.len())]
        ),
    }
}
