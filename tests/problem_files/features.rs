//! Features of problem files, seen in the residuals that follow.

use pinn::conditions::{dirichlet, neumann, periodic, robin};
use pinn::equations::Heat1dQuantities;
use pinn::equations::registry::Registry;
use pinn::geometry::domain::{Face, Side};
use pinn::geometry::sampling::settings::{AdaptiveMethod, AdaptiveSettings};
use pinn::hyper::settings::{Generate, HypernetworkSettings};
use pinn::network::activation::Activation;
use pinn::network::settings::{FourierSettings, NetworkSettings, PeriodicSettings};
use pinn::network::{Architecture, Sharing, WeightForm};
use pinn::norm::layer::{EPSILON, Layers, NormLayers, Place, PointwiseNorm};
use pinn::problem::Problem;
use pinn::settings::{FamilyMethod, FamilySettings, LayerRates, OptimiserSettings, Schedule};
use pinn::statement::Condition;
use pinn::units::{Kind, Quantity};
use uom::si::f64::*;

const HEAD: &str = r#"
equation = "heat-1d"
[parameters]
rho = "7850 kg/m^3"
c_p = "650 J/(kg K)"
k = "40 W/(m K)"
q = "0 W/m^3"
h = "500 W/(m^2 K)"
[domain]
t = ["0 s", "60 s"]
x = ["0 mm", "10 mm"]
[scales]
T = { scale = "100 K", reference = "20 degC" }
"#;

fn problem(rest: &str) -> Problem {
    match Problem::parse("plate", format!("{HEAD}{rest}"), &Registry::builtin()) {
        Ok(problem) => problem,
        Err(error) => panic!("{:?}", miette::Report::new(error)),
    }
}

#[test]
fn the_former_key_of_a_named_solution_is_read_with_a_warning() {
    let with = |key: &str| {
        let problem = problem(&format!(
            "[reference]\n{key} = \"plate-convection\"\nhalf_thickness = \"10 mm\"\n\
             diffusivity = \"k / (rho * c_p)\"\nconductivity = \"k\"\ntransfer = \"h\"\n\
             initial = \"800 degC\"\nambient = \"20 degC\"\nposition = \"x\"\ntime = \"t\"\n"
        ));
        let warnings = problem.warnings.into_iter();
        let warnings = warnings.filter(|w| w.contains("[reference]"));
        let described = problem.reference.unwrap().describe();
        (described, warnings.collect::<Vec<_>>())
    };
    let (current, silent) = with("solution");
    let (former, warned) = with("series");
    assert_eq!(current, former);
    assert!(silent.is_empty(), "{silent:?}");
    assert_eq!(
        warned,
        ["the key `series` of `[reference]` is now called `solution`; rename it"]
    );
}

/// A hard initial value that a periodic network would continue with a jump or a kink.
#[test]
fn values_that_do_not_close_with_the_period_are_warned_of() {
    let warnings = |value: &str, rest: &str| {
        let problem = problem(&format!(
            "[[condition]]\nname = \"start\"\ntype = \"initial\"\nfield = \"T\"\nvalue = \"20 degC + 80 K * {value}\"\n{rest}"
        ));
        let all = problem.warnings.into_iter();
        all.filter(|w| w.contains("periodic")).collect::<Vec<_>>()
    };
    let held = "hard = true\n[network]\nperiodic = [\"x\"]\n";
    assert!(warnings("cos(2 * pi * x / 10 mm)", held).is_empty());
    // x (L − x) has slopes L and −L.
    let kink = "x * (10 mm - x) / (10 mm)^2";
    assert_eq!(
        warnings(kink, held),
        [
            "`start` holds exactly and the network is periodic in `x`, but its slope is not: the trained solution always keeps that kink; remove `hard` or `periodic`"
        ]
    );
    assert!(
        warnings("x / 10 mm", held)[0]
            .contains("its value is not: the trained solution always keeps that jump")
    );
    for harmless in ["[network]\nperiodic = [\"x\"]\n", "hard = true\n"] {
        assert!(warnings(kink, harmless).is_empty());
    }
}

/// Residuals of the only condition.
fn condition(rest: &str) -> Vec<String> {
    let problem = problem(&format!("[[condition]]\nname = \"it\"\n{rest}"));
    assert_eq!(problem.statement.conditions.len(), 1);
    problem.statement.conditions[0].residuals.show()
}

#[test]
fn conditions_of_files_and_of_rust_are_the_same() {
    let upper = Face {
        coordinate: 1,
        side: Side::Upper,
    };
    let lower = Face {
        coordinate: 1,
        side: Side::Lower,
    };
    let wall = ThermodynamicTemperature::from_si(293.15);
    let shown = |condition: Condition| {
        let lines = condition.residuals.show().into_iter();
        lines
            .map(|line| line.replace("residual 0", "T"))
            .collect::<Vec<_>>()
    };
    let typed = Condition::typed("wall", upper, |s: Heat1dQuantities| (dirichlet(s.T, wall),));
    assert_eq!(
        shown(typed.unwrap()),
        condition("type = \"dirichlet\"\non = \"x = max\"\nfield = \"T\"\nvalue = \"20 degC\"")
    );
    let slope = TemperatureGradient::from_si(3.0);
    for (face, on) in [(lower, "min"), (upper, "max")] {
        let typed = Condition::typed("slope", face, |s: Heat1dQuantities| {
            (neumann(s.T, s.x, face.side, slope),)
        });
        let rest =
            format!("type = \"neumann\"\non = \"x = {on}\"\nfield = \"T\"\ngradient = \"3 K/m\"");
        // A sum is printed in the order in which its terms were made.
        let from_file = condition(&rest).join("").replace("3 + T_x", "T_x + 3");
        assert_eq!(shown(typed.unwrap()), [from_file]);
        let transfer = HeatTransfer::from_si(500.0);
        let typed = Condition::typed("convection", face, |s: Heat1dQuantities| {
            (robin(s.T, s.x, face.side, s.k, transfer, wall),)
        });
        let typed = shown(typed.unwrap());
        let rest = format!(
            "type = \"robin\"\non = \"x = {on}\"\nfield = \"T\"\nconductivity = \"k\"\ntransfer = \"500 W/(m^2 K)\"\nambient = \"20 degC\""
        );
        let (conducted, taken) = ("k*T_x", "500*(T - 293.1)");
        let from_file = condition(&rest).join("").replace(
            &format!("{taken} + {conducted}"),
            &format!("{conducted} + {taken}"),
        );
        assert_eq!(typed, [from_file]);
    }
    let typed = Condition::typed("ring", lower, |s: Heat1dQuantities| {
        (periodic(s.T), periodic(s.T.d(s.x)))
    });
    let typed = typed.unwrap().with_partner(upper).residuals.show();
    assert_eq!(typed, ["residual 0: T - T'", "residual 1: T_x - T'_x"]);
    assert_eq!(
        condition("type = \"periodic\"\non = \"x\""),
        ["T: T - T'", "T_x: T_x - T'_x"]
    );
}

#[test]
fn a_flux_leaves_the_domain() {
    let rest = "type = \"neumann\"\non = \"x = min\"\nfield = \"T\"\nconductivity = \"k\"\nflux = \"1 kW/m^2\"";
    assert_eq!(condition(rest), ["T: k*T_x - 1000"]);
}

#[test]
fn coefficients_may_depend_on_fields_and_place() {
    let rest = "type = \"robin\"\non = \"x = max\"\nfield = \"T\"\nconductivity = \"k\"\ntransfer = \"h * (T / 300 K) * (1 + x / 10 mm)\"\nambient = \"20 degC\"";
    let shown = condition(rest);
    assert!(
        shown[0].contains("T*") || shown[0].contains("*T"),
        "{shown:?}"
    );
    assert!(shown[0].contains('x'), "{shown:?}");
}

#[test]
fn sources_stand_on_the_right_hand_side() {
    let problem = problem("[sources]\nheat = \"1 MW/m^3 * sin(pi * x / 10 mm)\"");
    assert_eq!(
        problem.statement.equations.show(),
        ["heat: rho*c_p*T_t - k*T_xx - q - 1.000e6*sin(314.2*x)"]
    );
}

#[test]
fn several_faces_are_several_conditions() {
    let problem = problem(
        "[[condition]]\nname = \"walls\"\non = [\"x = min\", \"x = max\"]\ntype = \"dirichlet\"\nvalues = { T = \"20 degC\" }",
    );
    let names: Vec<&str> = problem
        .statement
        .conditions
        .iter()
        .map(|c| c.name.as_str())
        .collect();
    assert_eq!(names, ["walls (x = min)", "walls (x = max)"]);
    assert_eq!(problem.settings.sampling.conditions, [256, 256]);
    assert_eq!(
        problem.warnings,
        ["`T` has no initial condition: the solution may not be unique"]
    );
}

#[test]
fn further_parameters_carry_their_dimension() {
    let problem = problem("");
    let declared = &problem.statement.declared;
    let h = &declared.parameters[declared.parameter("h").unwrap()];
    assert_eq!(h.dimensions.unit_text(), "W/(m^2 K)");
    assert_eq!(h.kind, Kind::Plain);
    assert_eq!(problem.statement.equations.declared(), declared);
}

#[test]
fn scales_are_found_from_conditions() {
    let text = HEAD.replace("T = { scale = \"100 K\", reference = \"20 degC\" }", "")
        + "[[condition]]\nname = \"start\"\ntype = \"initial\"\nfield = \"T\"\nvalue = \"20 degC + 80 K * sin(pi * x / 20 mm)\"";
    let problem = Problem::parse("plate", text, &Registry::builtin()).unwrap();
    let scale = problem.statement.scales.fields[0];
    assert!(
        (scale.reference - 293.15).abs() < 1e-12 && (scale.scale - 80.0).abs() < 1e-9,
        "{scale:?}"
    );
}

#[test]
fn a_closed_form_that_solves_the_problem_is_accepted_in_silence() {
    // One mode of the heat equation between two walls at 20 °C.
    let mode = "20 degC + 80 K * sin(pi * x / 10 mm) * exp(-k / (rho * c_p) * (pi / 10 mm)^2 * t)";
    let problem = problem(&format!(
        "[[condition]]\nname = \"start\"\ntype = \"initial\"\nfield = \"T\"\nvalue = \"20 degC + 80 K * sin(pi * x / 10 mm)\"\n\
         [[condition]]\nname = \"walls\"\non = [\"x = min\", \"x = max\"]\ntype = \"dirichlet\"\nfield = \"T\"\nvalue = \"20 degC\"\n\
         [reference]\nT = \"{mode}\"\n"
    ));
    assert_eq!(problem.warnings, Vec::<String>::new());
    let reference = problem.reference.unwrap();
    let (t, x) = (7.0, 0.004);
    let found = reference.evaluate(&[vec![t], vec![x]])[0][0];
    let pi = std::f64::consts::PI;
    let rate = 40.0 / (7850.0 * 650.0) * (pi / 0.01f64).powi(2);
    let expected = 293.15 + 80.0 * (pi * x / 0.01).sin() * (-rate * t).exp();
    assert!((found - expected).abs() < 1e-11, "{found} {expected}");
}

#[test]
fn the_series_of_the_plate_cools_as_it_should() {
    let problem = Problem::parse(
        "thermal",
        include_str!("../../problems/thermal.toml"),
        &Registry::builtin(),
    )
    .unwrap();
    let reference = problem.reference.unwrap();
    let (times, places) = (
        vec![0.0, 0.0, 1e-9, 60.0, 60.0],
        vec![0.0, 0.01, 0.01, 0.0, 0.01],
    );
    let found = &reference.evaluate(&[times, places])[0];
    assert_eq!(found[..2], [1073.15, 1073.15]);
    assert!(found[2] < 1073.15 && found[2] > 1073.0, "{found:?}");
    // One-term approximation of Incropera's table 5.1 at Bi = 0.125 by interpolation: ζ = 0.3462, C = 1.0202.
    let fourier = 40.0 / (7850.0 * 650.0) * 60.0 / 1e-4;
    let expected = 293.15 + 780.0 * 1.0202 * (-0.3462f64 * 0.3462 * fourier).exp();
    assert!((found[3] - expected).abs() < 1.0, "{} {expected}", found[3]);
    assert!(found[4] < found[3]);
    assert!(reference.errors()[0] < 1e-13);
}

#[test]
fn every_part_of_a_network_can_be_chosen() {
    let plain = problem("[network]\nhidden = [16, 16]\nweights = \"plain\"")
        .settings
        .network;
    assert_eq!(plain, NetworkSettings::mlp(vec![16, 16], Activation::Tanh));
    let settings = problem(
        r#"
[network]
hidden = [16, 16]
activation = "sine"
frequency = 5.0
architecture = "pirate-net"
fields = "separate"
weights = "factorised"
factorised = { mean = 0.5 }
periodic = { x = "20 mm" }
harmonics = 2
[network.fourier]
features = 10
"#,
    )
    .settings
    .network;
    let expected = NetworkSettings {
        architecture: Architecture::PirateNet,
        sharing: Sharing::Separate,
        first_frequency: 5.0,
        weights: WeightForm::Factorised {
            mean: 0.5,
            deviation: 0.1,
        },
        fourier: Some(FourierSettings {
            features: 10,
            scale: 1.0,
        }),
        periodic: vec![PeriodicSettings {
            coordinate: 1,
            period: 2.0,
            harmonics: 2,
        }],
        ..NetworkSettings::mlp(vec![16, 16], Activation::Sine)
    };
    assert_eq!(settings, expected);
    let normed = problem(
        r#"
[network]
architecture = "pirate-net"
weights = "normalised"
[network.norm]
kind = "group"
place = "branch"
layers = [1, 3]
groups = 4
gain = 0.5
epsilon = 0.01
"#,
    )
    .settings
    .network;
    let expected = NetworkSettings {
        architecture: Architecture::PirateNet,
        weights: WeightForm::Normalised,
        norms: vec![NormLayers {
            norm: PointwiseNorm::Group { groups: 4 },
            place: Place::Branch,
            layers: Layers::Only(vec![1, 3]),
            gain: 0.5,
            epsilon: 0.01,
        }],
        ..NetworkSettings::mlp(vec![32, 32, 32], Activation::Tanh)
    };
    assert_eq!(normed, expected);
    let frozen = problem("[network.norm]\nkind = \"batch\"\nstatistics = \"frozen\"");
    let frozen = &frozen.settings.network.norms[0];
    assert_eq!((frozen.place, frozen.epsilon), (Place::Pre, EPSILON));
    assert!(matches!(frozen.norm, PointwiseNorm::Batch { .. }));
    let several = problem(
        r#"
[[network.norm]]
kind = "layer"
layers = [1, 2]
[[network.norm]]
kind = "rms"
place = "post"
layers = [2]
"#,
    );
    let several = several.settings.network.norms;
    let names = several.iter().map(NormLayers::describe);
    assert_eq!(
        names.collect::<Vec<_>>(),
        [
            "layer norm (pre) in layers 1, 2",
            "RMS norm (post) in layers 2"
        ]
    );
    // The domain is half a period, and a whole number of periods.
    assert!(!settings.is_periodic_over_domain(1) && !settings.is_periodic_over_domain(0));
    for (period, exact) in [
        ("10 mm", true),
        ("2.5 mm", true),
        ("0.5 cm", true),
        ("3 mm", false),
    ] {
        let rest = format!("[network]\nperiodic = {{ x = \"{period}\" }}");
        let network = problem(&rest).settings.network;
        assert_eq!(network.is_periodic_over_domain(1), exact, "{period}");
    }
}

#[test]
fn ranges_and_their_hypernetwork() {
    let text = HEAD.replace(
        "\"40 W/(m K)\"",
        "{ from = \"20 W/(m K)\", to = \"0.06 kW/(m K)\" }",
    );
    let parse = |rest: &str| {
        let parsed = Problem::parse("plate", format!("{text}{rest}"), &Registry::builtin());
        parsed.map_err(miette::Report::new).unwrap()
    };
    let plain = parse("");
    let family = plain.family.as_ref().unwrap();
    assert_eq!(
        (family.ranges[0].lower, family.ranges[0].upper),
        (20.0, 60.0)
    );
    assert_eq!(plain.statement.scales.parameters[2], 40.0);
    assert_eq!(plain.trained().declared.coordinates.len(), 3);
    let expected = FamilySettings {
        parameters: 1,
        values: FamilySettings::VALUES,
        method: FamilyMethod::Hypernetwork(HypernetworkSettings::default()),
    };
    assert_eq!(plain.settings.family, Some(expected));
    assert_eq!(plain.settings.sampling.interior, 256);
    let chosen = parse(
        "[family]\nvalues = 5\ngenerate = \"low-rank\"\nrank = 3\nhidden = [7]\nharmonics = 2\nnorm = false\n\
         [sampling]\ninterior = 9\n",
    );
    let expected = FamilySettings {
        parameters: 1,
        values: 5,
        method: FamilyMethod::Hypernetwork(HypernetworkSettings {
            hidden: vec![7],
            harmonics: 2,
            generate: Generate::LowRank { rank: 3 },
            norm: false,
            bias: true,
        }),
    };
    assert_eq!(chosen.settings.family, Some(expected));
    assert_eq!(chosen.settings.sampling.interior, 9);
    let biases = parse("[family]\ngenerate = \"biases\"\n");
    let method = biases.settings.family.map(|family| family.method);
    let Some(FamilyMethod::Hypernetwork(settings)) = method else {
        panic!("{method:?}");
    };
    assert_eq!(settings.generate, Generate::Biases);
}

#[test]
fn a_range_through_zero_is_worth_a_word() {
    let text = HEAD.replace("\"0 W/m^3\"", "{ from = \"-1 MW/m^3\", to = \"2 MW/m^3\" }");
    let parsed = Problem::parse("plate", text, &Registry::builtin());
    let problem = parsed.map_err(miette::Report::new).unwrap();
    let said = problem.warnings.iter().any(|w| w.contains("range of `q`"));
    assert!(said, "{:?}", problem.warnings);
}

#[test]
fn terms_that_are_zero_need_no_condition() {
    let transport = |nu: &str| {
        let text = format!(
            "equation = \"convection-diffusion-reaction\"\n[parameters]\nbeta = \"1 m/s\"\nnu = {nu}\nrho = \"0 s^-1\"\n\
             [domain]\nt = [\"0 s\", \"1 s\"]\nx = [\"0 m\", \"1 m\"]\n[scales]\nu = {{ scale = 1 }}\n\
             [[condition]]\nname = \"ends\"\ntype = \"periodic\"\non = \"x\"\n"
        );
        let parsed = Problem::parse("transport", text, &Registry::builtin());
        let problem = parsed.map_err(miette::Report::new).unwrap();
        problem.statement.conditions[0].residuals.equations().len()
    };
    assert_eq!(transport("\"0 m^2/s\""), 1);
    assert_eq!(transport("\"1 m^2/s\""), 2);
    assert_eq!(transport("{ from = \"-1 m^2/s\", to = \"1 m^2/s\" }"), 2);
}

#[test]
fn gradient_descent_has_a_momentum_and_rates_of_layers() {
    let norm = "[network]\nnorm = { kind = \"layer\", place = \"pre\" }\n[[train]]\nsteps = 5\n";
    let optimiser = |rest: &str| {
        let problem = problem(&format!("{norm}{rest}"));
        problem.settings.phases[0].optimiser.clone()
    };
    assert_eq!(
        optimiser("optimiser = \"sgd\""),
        OptimiserSettings::Sgd {
            learning_rate: 1e-2,
            schedule: Schedule::Constant,
            momentum: 0.0,
            layer_rates: LayerRates::Equal,
        }
    );
    let keys = "optimiser = \"sgd\"\nlearning_rate = 0.1\nschedule = \"cosine\"\nfloor = 0.5\nmomentum = 0.9\n\
                layer_rates = \"by-norm\"";
    assert_eq!(
        optimiser(keys),
        OptimiserSettings::Sgd {
            learning_rate: 0.1,
            schedule: Schedule::Cosine { floor: 0.5 },
            momentum: 0.9,
            layer_rates: LayerRates::ByNorm,
        }
    );
    for name in ["adam", "soap"] {
        let settings = optimiser(&format!(
            "optimiser = \"{name}\"\nlayer_rates = \"by-norm\""
        ));
        assert_eq!(settings.layer_rates(), LayerRates::ByNorm);
    }
}

#[test]
fn points_lie_closer_towards_faces_and_follow_residuals() {
    let sampling = |table: &str| problem(&format!("[sampling]\n{table}\n")).settings.sampling;
    assert_eq!(sampling("").adaptive, None);
    let graded = sampling("graded = [\"t = 0 s\", \"x = max\"]").graded;
    let face = |coordinate, side| Face { coordinate, side };
    assert_eq!(graded, [face(0, Side::Lower), face(1, Side::Upper)]);
    assert_eq!(
        sampling("graded = \"x = min\"").graded,
        [face(1, Side::Lower)]
    );
    let found = sampling("adaptive = { method = \"rad\" }").adaptive;
    assert_eq!(found, Some(AdaptiveSettings::usual(AdaptiveMethod::Rad)));
    let table = "[sampling.adaptive]\nmethod = \"rar-d\"\nevery = 7\ncandidates = 50\npower = 1.0\noffset = 0.5\n\
                 growth = 0.25\nlimit = 3.0";
    let expected = AdaptiveSettings {
        method: AdaptiveMethod::RarD {
            growth: 0.25,
            limit: 3.0,
        },
        every: 7,
        candidates: 50,
        power: 1.0,
        offset: 0.5,
    };
    assert_eq!(sampling(table).adaptive, Some(expected));
}
