//! The table: families, the members that errors are taken of, and what is aimed at.

/// One family.
pub struct Row {
    pub name: &'static str,
    file: &'static str,
    /// Upper end of every range that begins at 1, instead of the file's 20.
    upper: Option<u32>,
    pub members: Members,
    /// Mean relative L2 error (of the plate the median).
    pub aim: f64,
}

/// Members that errors are taken of.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Members {
    /// All whole numbers in the ranges, or so many combinations of them if there are more.
    Whole { most: usize },
    /// So many, spread over the ranges.
    Spread(usize),
}

impl Row {
    /// The problem file.
    pub fn text(&self) -> String {
        match self.upper {
            Some(upper) => self.file.replace("to = \"20 ", &format!("to = \"{upper} ")),
            None => self.file.to_string(),
        }
    }
}

const CONVECTION: &str = include_str!("problems/convection.toml");
const REACTION: &str = include_str!("problems/reaction.toml");
const SPREADING: &str = include_str!("problems/convection-diffusion.toml");
const ALL: &str = include_str!("problems/convection-diffusion-reaction.toml");

const fn row(name: &'static str, file: &'static str, upper: u32, aim: f64) -> Row {
    Row {
        name,
        file,
        upper: Some(upper),
        members: Members::Whole { most: 64 },
        aim,
    }
}

/// What Cho, Jo, Lim, Lee, Lee, Hong & Park (*Parameterized physics-informed neural networks for parameterized PDEs*,
/// ICML 2024, table 2) reached, and the plate.
pub const ROWS: &[Row] = &[
    row("convection, 1 to 5", CONVECTION, 5, 0.0079),
    row("convection, 1 to 10", CONVECTION, 10, 0.0179),
    row("convection, 1 to 20", CONVECTION, 20, 0.0464),
    row("reaction, 1 to 5", REACTION, 5, 0.0027),
    row("reaction, 1 to 20", REACTION, 20, 0.0092),
    row("convection-diffusion, 1 to 5", SPREADING, 5, 0.0892),
    row("convection-diffusion, 1 to 20", SPREADING, 20, 0.1485),
    row("convection-diffusion-reaction, 1 to 20", ALL, 20, 0.0812),
    Row {
        name: "plate",
        file: include_str!("../../problems/thermal-family.toml"),
        upper: None,
        members: Members::Spread(64),
        aim: 2e-3,
    },
];
