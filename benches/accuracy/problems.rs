//! The table: problems, what they are to reach, and what others published.

/// One problem.
pub struct Row {
    pub name: &'static str,
    /// A problem file.
    pub text: &'static str,
    /// Relative L2 error that is aimed at.
    pub target: f64,
    pub published: &'static str,
}

pub const PROBLEMS: &[Row] = &[
    Row {
        name: "poisson-2d",
        text: include_str!("../../problems/poisson-2d.toml"),
        target: 1e-7,
        published: "energy natural gradient: 6.1e-8 absolute RMS, 1e-6 after 94 s",
    },
    Row {
        name: "heat-1d",
        text: include_str!("../../problems/heat-1d.toml"),
        target: 1e-7,
        published: "energy natural gradient: 2.7e-8 absolute RMS, 1e-6 after 96 s",
    },
    Row {
        name: "poisson-5d",
        text: include_str!("../../problems/poisson-5d.toml"),
        target: 1e-6,
        published: "energy natural gradient: 5.6e-8 absolute RMS, 1e-6 after 80 s",
    },
    Row {
        name: "wave",
        text: include_str!("../../problems/wave.toml"),
        target: 1e-6,
        published: "",
    },
    Row {
        name: "burgers",
        text: include_str!("../../problems/burgers.toml"),
        target: 1e-5,
        published: "SSBroyden: 1.6e-8 after 2,878 s",
    },
    Row {
        name: "allen-cahn",
        text: include_str!("../../problems/allen-cahn.toml"),
        target: 1e-5,
        published: "SSBroyden: 9.4e-7; jaxpi with width 256: 5.4e-5",
    },
    Row {
        name: "kdv",
        text: include_str!("../../problems/kdv.toml"),
        target: 1e-4,
        published: "PirateNet: 4.3e-4",
    },
    Row {
        name: "thermal",
        text: include_str!("../../problems/thermal.toml"),
        target: 1e-5,
        published: "",
    },
    Row {
        name: "thermoflow",
        text: include_str!("../../problems/thermoflow.toml"),
        target: 1e-6,
        published: "",
    },
];
