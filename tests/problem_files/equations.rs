//! Every equation that comes with the toolkit against solutions from the literature: the loader puts a closed form into
//! the equations and says which of them it does not satisfy.

use pinn::equations::registry::Registry;
use pinn::problem::Problem;

/// A known solution of a registered equation.
struct Known {
    equation: &'static str,
    parameters: &'static str,
    domain: &'static str,
    sources: &'static str,
    definitions: &'static str,
    /// One closed form per field.
    solution: &'static [(&'static str, &'static str)],
    /// Factors of every field that spoil it.
    scales: &'static str,
}

const NONE: Known = Known {
    equation: "",
    parameters: "",
    domain: "",
    sources: "",
    definitions: "",
    solution: &[],
    scales: "",
};

const SQUARE: &str = "x = [\"0 m\", \"1 m\"]\ny = [\"0 m\", \"1 m\"]";
const TIME_AND_SQUARE: &str =
    "t = [\"0 s\", \"1 s\"]\nx = [\"0 m\", \"1 m\"]\ny = [\"0 m\", \"1 m\"]";
const TIME_AND_LINE: &str = "t = [\"0 s\", \"1 s\"]\nx = [\"-1 m\", \"1 m\"]";

/// Kovasznay, *Proc. Cambridge Phil. Soc.* 44, 1948: Re = 40.
const KOVASZNAY: &str =
    "Re = \"rho * U * L / mu\"\nlambda = \"Re / 2 - sqrt(Re^2 / 4 + 4 * pi^2)\"\n";

const SOLUTIONS: &[Known] = &[
    Known {
        equation: "advection-diffusion-reaction-2d",
        parameters: "u = \"2 m/s\"\nv = \"-1 m/s\"\nD = \"0.1 m^2/s\"\nrate = \"3 s^-1\"\nq = \"2 m^-1\"",
        domain: TIME_AND_SQUARE,
        solution: &[(
            "c",
            "1 mol/m^3 * exp(-(rate + 2 * D * q^2) * t) * sin(q * (x - u * t)) * cos(q * (y - v * t))",
        )],
        scales: "c = { scale = \"1 mol/m^3\" }",
        ..NONE
    },
    Known {
        // The steady state, up to where the reaction is balanced: without one, a constant.
        equation: "allen-cahn",
        parameters: "D = \"0.02 m^2/s\"\nrate = \"1 s^-1\"",
        domain: TIME_AND_LINE,
        solution: &[("u", "tanh(x * sqrt(rate / (2 * D)))")],
        scales: "u = { scale = \"1\" }",
        ..NONE
    },
    Known {
        // Conduction between a cold and a warm wall drives a cubic profile: Batchelor, Q. Appl. Math. 12, 1954.
        equation: "boussinesq-2d",
        parameters: "rho = \"1.2 kg/m^3\"\nmu = \"18 uPa s\"\nk = \"0.026 W/(m K)\"\nc_p = \"1005 J/(kg K)\"\n\
            beta = \"3.4e-3 1/K\"\ng = \"9.81 m/s^2\"\nT_0 = \"20 degC\"\nL = \"10 mm\"\ndT = \"10 K\"",
        domain: "x = [\"-5 mm\", \"5 mm\"]\ny = [\"0 mm\", \"10 mm\"]",
        solution: &[
            ("u", "0 m/s"),
            (
                "v",
                "-rho * g * beta * dT / (6 * mu * L) * (x^3 - x * L^2 / 4)",
            ),
            ("p", "0 Pa"),
            ("T", "T_0 + dT * x / L"),
        ],
        scales: "u = { scale = \"1 cm/s\" }\nv = { scale = \"1 cm/s\" }\np = { scale = \"1 mPa\" }\n\
            T = { scale = \"10 K\", reference = \"20 degC\" }",
        ..NONE
    },
    Known {
        // A travelling front: Burgers 1948.
        equation: "burgers",
        parameters: "nu = \"0.1 m^2/s\"\nU = \"1 m/s\"",
        domain: TIME_AND_LINE,
        solution: &[("u", "U * (1 - tanh(U * (x - U * t) / (2 * nu)))")],
        scales: "u = { scale = \"1 m/s\" }",
        ..NONE
    },
    Known {
        equation: "convection-diffusion-reaction",
        parameters: "beta = \"2 m/s\"\nnu = \"0 m^2/s\"\nrho = \"3 s^-1\"",
        domain: TIME_AND_LINE,
        solution: &[(
            "u",
            "1 / (1 + exp(2 - rho * t) * (1 + 0.5 * sin((x - beta * t) / 1 m)))",
        )],
        scales: "u = { scale = \"1\" }",
        ..NONE
    },
    Known {
        // A front that eats its feed, a = 1 - b: Murray, Mathematical Biology I, §13.5 with m = 2.
        equation: "gray-scott",
        parameters: "D_a = \"0.1 m^2/s\"\nD_b = \"0.1 m^2/s\"\nrate = \"20 s^-1\"\nfeed = \"0 s^-1\"\nkill = \"0 s^-1\"",
        domain: TIME_AND_SQUARE,
        definitions: "front = \"exp((x - t * sqrt(rate * D_b / 2)) * sqrt(rate / (2 * D_b)))\"",
        solution: &[("a", "1 - 1 / (1 + front)"), ("b", "1 / (1 + front)")],
        scales: "a = { scale = \"1\" }\nb = { scale = \"1\" }",
        ..NONE
    },
    Known {
        // Without catalyst the feed diffuses and is made up.
        equation: "gray-scott",
        parameters: "D_a = \"0.1 m^2/s\"\nD_b = \"0.05 m^2/s\"\nrate = \"20 s^-1\"\nfeed = \"0.5 s^-1\"\nkill = \"0.2 s^-1\"\nq = \"3 m^-1\"",
        domain: TIME_AND_SQUARE,
        solution: &[
            (
                "a",
                "1 - 0.3 * exp(-(feed + 2 * D_a * q^2) * t) * cos(q * x) * cos(q * y)",
            ),
            ("b", "0"),
        ],
        scales: "a = { scale = \"1\" }\nb = { scale = \"1\" }",
        ..NONE
    },
    Known {
        // And the catalyst that finds no feed decays: a = 0 needs no feed.
        equation: "gray-scott",
        parameters: "D_a = \"0.1 m^2/s\"\nD_b = \"0.05 m^2/s\"\nrate = \"20 s^-1\"\nfeed = \"0 s^-1\"\nkill = \"0.7 s^-1\"\nq = \"3 m^-1\"",
        domain: TIME_AND_SQUARE,
        solution: &[
            ("a", "0"),
            (
                "b",
                "0.5 + 0.3 * exp(-kill * t) - 0.5 + 0.2 * exp(-(kill + D_b * q^2) * t) * cos(q * x)",
            ),
        ],
        scales: "a = { scale = \"1\" }\nb = { scale = \"1\" }",
        ..NONE
    },
    Known {
        equation: "heat-1d",
        parameters: "rho = \"1000 kg/m^3\"\nc_p = \"100 J/(kg K)\"\nk = \"1e4 W/(m K)\"\nq = \"0 W/m^3\"",
        domain: TIME_AND_LINE,
        solution: &[(
            "T",
            "300 K + 10 K * exp(-k / (rho * c_p) * t * (2 m^-1)^2) * sin(x * 2 m^-1)",
        )],
        scales: "T = { scale = \"10 K\", reference = \"300 K\" }",
        ..NONE
    },
    Known {
        equation: "heat-2d",
        parameters: "rho = \"1000 kg/m^3\"\nc_p = \"100 J/(kg K)\"\nk = \"1e4 W/(m K)\"\nq = \"0 W/m^3\"",
        domain: TIME_AND_SQUARE,
        solution: &[(
            "T",
            "300 K + 10 K * exp(-k / (rho * c_p) * t * 5 m^-2) * sin(x * 2 m^-1) * cos(y * 1 m^-1)",
        )],
        scales: "T = { scale = \"10 K\", reference = \"300 K\" }",
        ..NONE
    },
    Known {
        equation: "helmholtz-2d",
        parameters: "kappa = \"5 m^-1\"",
        domain: SQUARE,
        solution: &[("p", "1 Pa * sin(0.6 * kappa * x) * cos(0.8 * kappa * y)")],
        scales: "p = { scale = \"1 Pa\" }",
        ..NONE
    },
    Known {
        // The soliton: Zabusky & Kruskal 1965.
        equation: "korteweg-de-vries",
        parameters: "beta = \"0.01 m^3/s\"\nc = \"1 m/s\"",
        domain: TIME_AND_LINE,
        solution: &[(
            "u",
            "3 * c * (1 - tanh(sqrt(c / beta) / 2 * (x - c * t))^2)",
        )],
        scales: "u = { scale = \"3 m/s\" }",
        ..NONE
    },
    Known {
        // Kuramoto's front: Kudryashov, Phys. Lett. A 147, 1990, in units of 1 m and 1 s.
        equation: "kuramoto-sivashinsky",
        parameters: "nu = \"1 m^2/s\"\nkappa = \"1 m^4/s\"",
        domain: "t = [\"0 s\", \"1 s\"]\nx = [\"-10 m\", \"10 m\"]",
        definitions: "front = \"tanh(0.5 * sqrt(11 / 19) * (x - 0.3 m/s * t) / 1 m)\"",
        solution: &[(
            "u",
            "0.3 m/s + 1 m/s * 15 / 19 * sqrt(11 / 19) * (11 * front^3 - 9 * front)",
        )],
        scales: "u = { scale = \"1 m/s\" }",
        ..NONE
    },
    Known {
        // A mode of a cavity: Jackson, §8.7.
        equation: "maxwell-te",
        parameters: "epsilon = \"8.8541878e-12 F/m\"\nmu = \"1.25663706e-6 H/m\"\nH = \"1 A/m\"\nq = \"3 m^-1\"",
        domain: "t = [\"0 ns\", \"5 ns\"]\nx = [\"0 m\", \"1 m\"]\ny = [\"0 m\", \"1 m\"]",
        definitions: "omega = \"sqrt(q^2 * 5 / (epsilon * mu))\"",
        solution: &[
            (
                "E_x",
                "-H * q / (epsilon * omega) * cos(2 * q * x) * sin(q * y) * sin(omega * t)",
            ),
            (
                "E_y",
                "2 * H * q / (epsilon * omega) * sin(2 * q * x) * cos(q * y) * sin(omega * t)",
            ),
            ("H_z", "H * cos(2 * q * x) * cos(q * y) * cos(omega * t)"),
        ],
        scales: "E_x = { scale = \"377 V/m\" }\nE_y = { scale = \"377 V/m\" }\nH_z = { scale = \"1 A/m\" }",
        ..NONE
    },
    Known {
        equation: "navier-stokes-2d",
        parameters: "rho = \"1 kg/m^3\"\nmu = \"25 mPa s\"\nU = \"1 m/s\"\nL = \"1 m\"",
        domain: SQUARE,
        definitions: KOVASZNAY,
        solution: &[
            ("u", "U * (1 - exp(lambda * x / L) * cos(2 * pi * y / L))"),
            (
                "v",
                "U * lambda / (2 * pi) * exp(lambda * x / L) * sin(2 * pi * y / L)",
            ),
            ("p", "-rho * U^2 / 2 * exp(2 * lambda * x / L)"),
        ],
        scales: "u = { scale = \"1 m/s\" }\nv = { scale = \"1 m/s\" }\np = { scale = \"1 Pa\" }",
        ..NONE
    },
    Known {
        // Taylor, Phil. Mag. 46, 1923.
        equation: "navier-stokes-2d-unsteady",
        parameters: "rho = \"2 kg/m^3\"\nmu = \"0.1 Pa s\"\nU = \"1 m/s\"\nq = \"3 m^-1\"",
        domain: TIME_AND_SQUARE,
        definitions: "decay = \"exp(-2 * mu / rho * q^2 * t)\"",
        solution: &[
            ("u", "U * cos(q * x) * sin(q * y) * decay"),
            ("v", "-U * sin(q * x) * cos(q * y) * decay"),
            (
                "p",
                "-rho * U^2 / 4 * (cos(2 * q * x) + cos(2 * q * y)) * decay^2",
            ),
        ],
        scales: "u = { scale = \"1 m/s\" }\nv = { scale = \"1 m/s\" }\np = { scale = \"1 Pa\" }",
        ..NONE
    },
    Known {
        // Kovasznay's flow in the plane of y and z.
        equation: "navier-stokes-3d",
        parameters: "rho = \"1 kg/m^3\"\nmu = \"25 mPa s\"\nU = \"1 m/s\"\nL = \"1 m\"",
        domain: "x = [\"0 m\", \"1 m\"]\ny = [\"0 m\", \"1 m\"]\nz = [\"0 m\", \"1 m\"]",
        definitions: KOVASZNAY,
        solution: &[
            ("u", "0 m/s"),
            ("v", "U * (1 - exp(lambda * y / L) * cos(2 * pi * z / L))"),
            (
                "w",
                "U * lambda / (2 * pi) * exp(lambda * y / L) * sin(2 * pi * z / L)",
            ),
            ("p", "-rho * U^2 / 2 * exp(2 * lambda * y / L)"),
        ],
        scales: "u = { scale = \"1 m/s\" }\nv = { scale = \"1 m/s\" }\nw = { scale = \"1 m/s\" }\np = { scale = \"1 Pa\" }",
        ..NONE
    },
    Known {
        // Arnold, Beltrami and Childress: the curl of the flow is q times the flow, so that it only decays.
        equation: "navier-stokes-3d-unsteady",
        parameters: "rho = \"2 kg/m^3\"\nmu = \"0.1 Pa s\"\nA = \"1 m/s\"\nB = \"0.7 m/s\"\nC = \"0.4 m/s\"\nq = \"3 m^-1\"",
        domain: "t = [\"0 s\", \"1 s\"]\nx = [\"0 m\", \"1 m\"]\ny = [\"0 m\", \"1 m\"]\nz = [\"0 m\", \"1 m\"]",
        definitions: "decay = \"exp(-mu / rho * q^2 * t)\"\nu_0 = \"A * sin(q * z) + C * cos(q * y)\"\n\
            v_0 = \"B * sin(q * x) + A * cos(q * z)\"\nw_0 = \"C * sin(q * y) + B * cos(q * x)\"",
        solution: &[
            ("u", "u_0 * decay"),
            ("v", "v_0 * decay"),
            ("w", "w_0 * decay"),
            ("p", "-rho / 2 * (u_0^2 + v_0^2 + w_0^2) * decay^2"),
        ],
        scales: "u = { scale = \"1 m/s\" }\nv = { scale = \"1 m/s\" }\nw = { scale = \"1 m/s\" }\np = { scale = \"1 Pa\" }",
        ..NONE
    },
    Known {
        // Kirchhoff's transform is linear in space.
        equation: "nonlinear-heat-2d",
        parameters: "rho = \"1000 kg/m^3\"\nc_p = \"100 J/(kg K)\"\nk_0 = \"10 W/(m K)\"\nbeta = \"0.01 1/K\"\nT_0 = \"20 degC\"",
        domain: TIME_AND_SQUARE,
        solution: &[(
            "T",
            "T_0 + (sqrt(1 + 2 * beta * (40 K/m * x + 30 K/m * y)) - 1) / beta",
        )],
        scales: "T = { scale = \"40 K\", reference = \"20 degC\" }",
        ..NONE
    },
    Known {
        // The bright soliton: Zakharov & Shabat 1972.
        equation: "nonlinear-schroedinger",
        parameters: "D = \"0.5 m^2/s\"\nrate = \"1 s^-1\"",
        domain: "t = [\"0 s\", \"1 s\"]\nx = [\"-3 m\", \"3 m\"]",
        definitions: "envelope = \"2 / (exp(x * sqrt(rate / (2 * D))) + exp(-x * sqrt(rate / (2 * D))))\"",
        solution: &[
            ("u", "envelope * cos(rate * t / 2)"),
            ("v", "envelope * sin(rate * t / 2)"),
        ],
        scales: "u = { scale = \"1\" }\nv = { scale = \"1\" }",
        ..NONE
    },
    Known {
        // Pure bending: Timoshenko & Goodier, §102 in the plane.
        equation: "plane-elasticity",
        parameters: "E = \"210 GPa\"\nnu = \"0.3\"\ncurvature = \"1e-3 m^-1\"",
        domain: SQUARE,
        solution: &[
            ("u", "curvature * x * y"),
            ("v", "-curvature / 2 * (x^2 + nu * y^2)"),
        ],
        scales: "u = { scale = \"1 mm\" }\nv = { scale = \"1 mm\" }",
        ..NONE
    },
    Known {
        equation: "poisson-2d",
        parameters: "epsilon = \"1 F/m\"",
        domain: SQUARE,
        sources: "charge = \"5 C/m^3 * sin(2 * x / 1 m) * sin(y / 1 m)\"",
        solution: &[("phi", "1 V * sin(2 * x / 1 m) * sin(y / 1 m)")],
        scales: "phi = { scale = \"1 V\" }",
        ..NONE
    },
    Known {
        // Plane Poiseuille flow and its heat: Bird, Stewart & Lightfoot, §10.4.
        equation: "thermo-flow",
        parameters: "rho = \"870 kg/m^3\"\nmu = \"40 mPa s\"\nc_p = \"1900 J/(kg K)\"\nk = \"0.13 W/(m K)\"\nH = \"5 um\"\n\
            G = \"7e10 Pa/m\"\nT_wall = \"40 degC\"",
        domain: "x = [\"0 um\", \"30 um\"]\ny = [\"0 um\", \"5 um\"]",
        solution: &[
            ("u", "G / (2 * mu) * y * (H - y)"),
            ("v", "0 m/s"),
            ("p", "-G * x"),
            (
                "T",
                "T_wall + (G * H^2)^2 / (192 * mu * k) * (1 - (1 - 2 * y / H)^4)",
            ),
        ],
        scales: "u = { scale = \"5 m/s\" }\nv = { scale = \"1 m/s\" }\np = { scale = \"2 MPa\" }\n\
            T = { scale = \"10 K\", reference = \"40 degC\" }",
        ..NONE
    },
    Known {
        equation: "wave-1d",
        parameters: "c = \"2 m/s\"",
        domain: TIME_AND_LINE,
        solution: &[(
            "u",
            "1 m * sin((x - c * t) / 1 m) + 1 m * exp(-(x + c * t) / 1 m)",
        )],
        scales: "u = { scale = \"1 m\" }",
        ..NONE
    },
];

/// The warnings about the closed form after a change to the forms of the fields.
fn unsolved(known: &Known, form: impl Fn(usize, &str) -> String) -> Vec<String> {
    let fields = known.solution.iter().enumerate();
    let fields: Vec<String> = fields
        .map(|(number, (name, text))| format!("{name} = \"{}\"", form(number, text)))
        .collect();
    let file = format!(
        "equation = \"{}\"\n[parameters]\n{}\n[domain]\n{}\n[sources]\n{}\n[definitions]\n{}\n[scales]\n{}\n[reference]\n{}\n",
        known.equation,
        known.parameters,
        known.domain,
        known.sources,
        known.definitions,
        known.scales,
        fields.join("\n")
    );
    let problem = Problem::parse("known", file, &Registry::builtin());
    let problem = problem.unwrap_or_else(|error| panic!("{}: {error:?}", known.equation));
    let all = problem.warnings.into_iter();
    all.filter(|warning| warning.contains("closed form"))
        .collect()
}

#[test]
fn known_solutions_solve_the_equations() {
    for known in SOLUTIONS {
        let warnings = unsolved(known, |_, text| text.to_string());
        assert!(warnings.is_empty(), "{}: {warnings:?}", known.equation);
    }
}

/// A field that is not zero and is bent a little is no solution any more.
#[test]
fn spoilt_solutions_do_not() {
    for known in SOLUTIONS {
        let range = known.domain.split("x = [").nth(1).unwrap();
        let end = range.split('"').nth(3).unwrap();
        for spoilt in 0..known.solution.len() {
            let (name, text) = known.solution[spoilt];
            if text.starts_with("0") {
                continue;
            }
            let warnings = unsolved(known, |number, text| match (number == spoilt, name) {
                (false, _) => text.to_string(),
                // Temperatures are points: only their distance from a point can be bent.
                (true, "T") => {
                    format!("300 K + (({text}) - 300 K) * (1 + 0.1 * (x / {end})^3)")
                }
                (true, _) => format!("({text}) * (1 + 0.1 * (x / {end})^3)"),
            });
            assert!(!warnings.is_empty(), "{} with {name} bent", known.equation);
        }
    }
}

#[test]
fn every_equation_has_a_known_solution() {
    for equation in Registry::builtin().iter() {
        assert!(
            SOLUTIONS
                .iter()
                .any(|known| known.equation == equation.name),
            "{}",
            equation.name
        );
    }
}
