//! Error messages for wrong problem files: one per kind of mistake, with line and column.

use crate::support::render;
use pinn::equations::registry::Registry;
use pinn::problem::{Problem, ProblemError};
use std::path::Path;

const GOOD: &str = r#"title = "plate"
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

[[condition]]
name = "start"
type = "initial"
field = "T"
value = "800 degC"

[[condition]]
name = "mid-plane"
on = "x = 0 mm"
type = "neumann"
field = "T"
gradient = "0 K/m"

[[condition]]
name = "face"
on = "x = 10 mm"
type = "robin"
field = "T"
conductivity = "k"
transfer = "h"
ambient = "20 degC"
"#;

fn error(text: &str) -> ProblemError {
    match Problem::parse("plate", text, &Registry::builtin()) {
        Ok(_) => panic!("this file was accepted:\n{text}"),
        Err(error) => error,
    }
}

/// The message after adding a table of the search.
fn search(keys: &str) -> String {
    render(&error(&format!("{GOOD}\n[search]\n{keys}\n")))
}

/// The message after replacing one part of the good file.
fn edited(from: &str, to: &str) -> String {
    assert_eq!(
        GOOD.matches(from).count(),
        1,
        "`{from}` stands in the file once"
    );
    render(&error(&GOOD.replace(from, to)))
}

/// The message for a value of the initial condition.
fn initial(value: &str) -> String {
    edited("\"800 degC\"", &format!("\"{value}\""))
}

/// The message for a `[network.norm]` table.
fn norm(table: &str) -> String {
    render(&error(&format!("{GOOD}\n[network.norm]\n{table}\n")))
}

/// The message for a `[sampling]` table.
fn sampling(table: &str) -> String {
    render(&error(&format!("{GOOD}\n[sampling]\n{table}\n")))
}

/// The message for a `[network]` table.
fn network(table: &str) -> String {
    render(&error(&format!("{GOOD}\n[network]\n{table}\n")))
}

/// The message for a beginning and a face that hold exactly.
fn hard(start: &str, face: &str) -> String {
    render(&error(&hard_text(start, face)))
}

fn hard_text(start: &str, face: &str) -> String {
    let text = GOOD
        .replace("\"800 degC\"", &format!("\"{start}\"\nhard = true"))
        .replace("[domain]", "T_0 = \"20 degC\"\n\n[domain]")
        .replace(
            "[[condition]]\nname = \"start",
            "[scales]\nT = { scale = \"80 K\" }\n\n[[condition]]\nname = \"start",
        );
    let robin = text.find("type = \"robin\"").unwrap();
    format!(
        "{}type = \"dirichlet\"\nfield = \"T\"\nhard = true\nvalue = \"{face}\"\n",
        &text[..robin]
    )
}

fn hard_twice() -> String {
    let again = "[[condition]]\nname = \"again\"\non = \"x = max\"\ntype = \"dirichlet\"\nfield = \"T\"\nhard = true\nvalue = \"20 degC\"\n";
    render(&error(&format!(
        "{}\n{again}",
        hard_text("20 degC", "20 degC")
    )))
}

macro_rules! texts {
    ($($name:ident: $text:expr;)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!($text);
        }
    )*};
}

texts! {
    wrong_dimension_of_a_parameter: edited("40 W/(m K)", "40 W/K");
    wrong_dimension_of_a_value: initial("20 mm");
    unknown_unit: edited("\"10 mm\"]", "\"10 mn\"]");
    unknown_unit_in_an_expression: initial("20 degC + 5 Kelwin");
    number_without_unit: edited("\"40 W/(m K)\"", "40");
    unknown_key: edited("gradient", "gradiant");
    unknown_key_at_the_top: edited("title", "titel");
    foreign_key: edited("gradient = \"0 K/m\"", "gradient = \"0 K/m\"\nambient = \"20 degC\"");
    missing_key: edited("equation = \"heat-1d\"\n", "");
    missing_key_of_a_condition: edited("transfer = \"h\"\n", "");
    missing_parameter: edited("c_p = \"650 J/(kg K)\"\n", "");
    misspelt_parameter: edited("rho =", "roh =");
    parameter_with_a_reserved_name: edited("h = \"500 W/(m^2 K)\"", "pi = \"500 W/(m^2 K)\"");
    unknown_equation: edited("heat-1d", "heat1d");
    unknown_equation_without_likeness: edited("heat-1d", "schroedinger");
    empty_domain: edited("[\"0 s\", \"60 s\"]", "[\"60 s\", \"60 s\"]");
    reversed_domain: edited("[\"0 mm\", \"10 mm\"]", "[\"1 cm\", \"0 mm\"]");
    half_a_domain: edited("[\"0 s\", \"60 s\"]", "[\"0 s\"]");
    missing_coordinate: edited("t = [\"0 s\", \"60 s\"]\n", "");
    unknown_coordinate: edited("x = [\"0 mm\"", "y = [\"0 mm\"");
    condition_off_the_boundary: edited("x = 10 mm", "x = 9 mm");
    condition_on_no_face: edited("x = 10 mm", "z = 10 mm");
    condition_without_a_side: edited("x = 10 mm", "x");
    condition_at_a_time_as_place: edited("x = 10 mm", "x = 10 s");
    condition_without_place: edited("on = \"x = 10 mm\"\n", "");
    initial_condition_at_the_end: edited("type = \"initial\"", "type = \"initial\"\non = \"t = max\"");
    unknown_type_of_condition: edited("\"robin\"", "\"robbin\"");
    unknown_field: edited("field = \"T\"\nvalue", "field = \"u\"\nvalue");
    duplicate_condition: edited("\"mid-plane\"", "\"start\"");
    wrong_dimension_of_a_transfer_coefficient: edited("transfer = \"h\"", "transfer = \"k\"");
    condition_that_says_nothing: initial("T");
    not_a_number: edited("\"40 W/(m K)\"", "nan");
    number_named_nan: edited("40 W/(m K)", "nan W/(m K)");
    infinite_number: initial("1e999 K");
    division_by_zero: initial("20 degC + 1 K / (1 - 1)");
    not_finite_somewhere: initial("20 degC + 1 K * ln(x / 10 mm)");
    sum_of_two_temperatures: initial("20 degC + 30 degC");
    scaled_temperature: initial("20 degC * sin(pi * x / 20 mm)");
    temperature_below_absolute_zero: initial("-300 degC");
    amount_minus_temperature: initial("80 K - 20 degC");
    unlike_terms: initial("20 degC + 80 * sin(pi * x / 20 mm)");
    argument_with_a_dimension: initial("20 degC + 80 K * sin(x)");
    unknown_name: initial("20 degC + 80 K * sin(pi * X0 / 20 mm)");
    unknown_function: initial("20 degC + 80 K * sinus(x / 20 mm)");
    name_where_no_product_stands: initial("20 degC + 80 K * sin(2 x / 20 mm)");
    unit_that_is_a_name: initial("20 degC + 80 K/h");
    unbalanced_parenthesis: initial("20 degC + (80 K");
    fractional_power: initial("20 degC + 80 K * (x / 20 mm)^0.5");
    strange_character: initial("20 degC ? 80 K");
    empty_value: initial("");
    nested_expression: initial(&format!("{}20 degC{}", "(".repeat(150), ")".repeat(150)));
    long_expression: initial(&"1 K + ".repeat(1000));
    expression_that_grows: initial(&format!("{}x / 20 mm{} * 1 K", "(".repeat(20), ")^2".repeat(20)));
    escaped_text: edited("\"800 degC\"", "\"800\\u0020degX\"");
    wrong_type: edited("\"40 W/(m K)\"", "true");
    broken_toml: edited("[domain]", "[domain");
    duplicate_key: edited("title = \"plate\"", "title = \"plate\"\ntitle = \"plate\"");
    negative_weight: edited("ambient = \"20 degC\"", "ambient = \"20 degC\"\nweight = -1.0");
    no_phases: edited("title = \"plate\"", "title = \"plate\"\ntrain = []");
    zero_width: format!("{}", render(&error(&format!("{GOOD}\n[network]\nhidden = [32, 0]\n"))));
    absurd_width: format!("{}", render(&error(&format!("{GOOD}\n[network]\nhidden = [1000000000]\n"))));
    no_hidden_layer: format!("{}", render(&error(&format!("{GOOD}\n[network]\nhidden = []\n"))));
    hard_robin: edited("transfer = \"h\"", "transfer = \"h\"\nhard = true");
    hard_periodic: render(&error(&format!("{GOOD}\n[[condition]]\nname = \"ring\"\ntype = \"periodic\"\non = \"x\"\nhard = true\n")));
    hard_of_wrong_type: edited("\"800 degC\"", "\"800 degC\"\nhard = \"yes\"");
    hard_conditions_that_disagree: hard("800 degC", "20 degC");
    hard_value_of_a_field: hard("20 degC", "T_0 + (T - T_0) / 2");
    hard_conditions_on_one_face: hard_twice();
    unknown_architecture: network("architecture = \"pirat-net\"");
    blocks_of_unequal_width: network("architecture = \"modified-mlp\"\nhidden = [32, 16]");
    odd_number_of_features: network("fourier = { features = 33 }");
    no_features: network("fourier = { features = 0 }");
    scale_of_zero: network("fourier = { scale = 0.0 }");
    frequency_without_sine: network("frequency = 10.0");
    negative_frequency: network("activation = \"sine\"\nfrequency = -1.0");
    deviation_of_plain_weights: network("weights = \"plain\"\nfactorised = { mean = 0.5 }");
    negative_deviation: network("factorised = { deviation = -0.1 }");
    batch_norm_in_training: norm("kind = \"batch\"");
    batch_norm_with_running_statistics: norm("kind = \"batch\"\nstatistics = \"running\"");
    instance_norm: norm("kind = \"instance\"");
    unknown_norm: norm("kind = \"leyer\"");
    weight_norm_as_a_layer: norm("kind = \"weight\"");
    norm_without_a_kind: norm("place = \"pre\"");
    unknown_place_of_a_norm: norm("kind = \"layer\"\nplace = \"prior\"");
    group_norm_without_groups: norm("kind = \"group\"");
    groups_that_do_not_divide: norm("kind = \"group\"\ngroups = 5");
    groups_of_one_unit: norm("kind = \"group\"\ngroups = 32");
    groups_of_another_norm: norm("kind = \"layer\"\ngroups = 4");
    statistics_of_another_norm: norm("kind = \"rms\"\nstatistics = \"frozen\"");
    norm_on_no_branch: norm("kind = \"layer\"\nplace = \"branch\"");
    norm_on_no_embedding: norm("kind = \"layer\"\nplace = \"embedding\"");
    norm_of_no_such_layer: norm("kind = \"layer\"\nlayers = [1, 4]");
    norm_of_no_layer: norm("kind = \"layer\"\nlayers = []");
    norm_of_layers_with_a_wrong_name: norm("kind = \"layer\"\nlayers = \"odd\"");
    layer_normed_twice: network("[[network.norm]]\nkind = \"layer\"\n[[network.norm]]\nkind = \"rms\"\nplace = \"peri\"\nlayers = [2]");
    norm_of_wrong_type: network("norm = \"layer\"");
    search_of_an_unknown_norm: search("kinds = [\"layer\", \"rsm\"]");
    search_of_a_norm_twice: search("kinds = [\"rms\", \"rms\"]");
    search_of_no_norm: search("kinds = []");
    search_of_an_unknown_place: search("places = [\"before\"]");
    search_with_too_wide_a_gate: search("gate = 0.5");
    search_with_one_final_seed: search("final_seeds = 1");
    search_of_an_unknown_tier: search("tier = \"layer\"");
    search_by_an_unknown_method: search("proposals = \"nsga\"");
    search_with_a_gain_of_zero: search("gains = [1.0, 0.0]");
    norm_with_epsilon_of_zero: norm("kind = \"layer\"\nepsilon = 0.0");
    deviation_of_normalised_weights: network("weights = \"normalised\"\nfactorised = { mean = 0.5 }");
    unknown_weights: network("weights = \"factorized\"");
    unknown_periodic_coordinate: network("periodic = [\"X1\"]");
    misspelt_periodic_coordinate: network("periodic = { X = \"20 mm\" }");
    periodic_coordinate_twice: network("periodic = [\"x\", \"x\"]");
    period_of_zero: network("periodic = { x = \"0 mm\" }");
    negative_period: network("periodic = { x = \"-20 mm\" }");
    period_of_wrong_dimension: network("periodic = { x = \"20 s\" }");
    period_without_unit: network("periodic = { x = 20 }");
    periodic_of_wrong_type: network("periodic = \"x\"");
    harmonics_of_nothing: network("harmonics = 3");
    too_many_parameters: network("hidden = [8192, 8192, 8192, 8192, 8192, 8192, 8192, 8192, 8192, 8192, 8192, 8192, 8192, 8192, 8192, 8192, 8192]");
    negative_points: format!("{}", render(&error(&format!("{GOOD}\n[sampling]\ninterior = -3\n"))));
    unknown_activation: format!("{}", render(&error(&format!("{GOOD}\n[network]\nactivation = \"tahn\"\n"))));
    unknown_optimiser: format!("{}", render(&error(&format!("{GOOD}\n[[train]]\noptimiser = \"adm\"\nsteps = 5\n"))));
    key_of_another_optimiser: format!("{}", render(&error(&format!("{GOOD}\n[[train]]\noptimiser = \"lbfgs\"\nsteps = 5\nlearning_rate = 0.1\n"))));
    layer_rates_without_a_norm: format!("{}", render(&error(&format!("{GOOD}\n[[train]]\noptimiser = \"sgd\"\nsteps = 5\nlayer_rates = \"by-norm\"\n"))));
    unknown_layer_rates: format!("{}", render(&error(&format!("{GOOD}\n[[train]]\noptimiser = \"sgd\"\nsteps = 5\nlayer_rates = \"norm\"\n"))));
    learning_rate_of_zero: format!("{}", render(&error(&format!("{GOOD}\n[[train]]\noptimiser = \"adam\"\nsteps = 5\nlearning_rate = 0.0\n"))));
    unknown_solution: format!("{}", render(&error(&format!("{GOOD}\n[reference]\nsolution = \"plate-convektion\"\n"))));
    argument_missing: format!("{}", render(&error(&format!("{GOOD}\n[reference]\nsolution = \"plate-convection\"\nhalf_thickness = \"10 mm\"\n"))));
    reference_of_wrong_dimension: format!("{}", render(&error(&format!("{GOOD}\n[reference]\nT = \"x\"\n"))));
    reference_that_reads_a_field: format!("{}", render(&error(&format!("{GOOD}\n[reference]\nT = \"T\"\n"))));
    unit_of_wrong_dimension: format!("{}", render(&error(&format!("{GOOD}\n[output]\nunits = {{ x = \"s\" }}\n"))));
    grid_too_fine: format!("{}", render(&error(&format!("{GOOD}\n[output]\nresolution = {{ x = 100000, t = 100000 }}\n"))));
    negative_scale: format!("{}", render(&error(&format!("{GOOD}\n[scales]\nT = {{ scale = \"-1 K\" }}\n"))));
    scale_as_temperature: format!("{}", render(&error(&format!("{GOOD}\n[scales]\nT = {{ scale = \"20 degC\" }}\n"))));
    source_of_unknown_residual: format!("{}", render(&error(&format!("{GOOD}\n[sources]\nheet = \"1 W/m^3\"\n"))));
    source_of_wrong_dimension: format!("{}", render(&error(&format!("{GOOD}\n[sources]\nheat = \"1 W/m^2\"\n"))));
    no_scale: edited("800 degC", "20 degC");
    unknown_adaptive_method: sampling("adaptive = { method = \"rar\" }");
    adaptive_points_without_a_method: sampling("[sampling.adaptive]\nevery = 50");
    growth_of_points_that_are_drawn_anew: sampling("adaptive = { method = \"rad\", growth = 0.1 }");
    importance_without_offset: sampling("adaptive = { method = \"importance\", offset = 0.0 }");
    adaptive_points_and_resampling: sampling("resample_every = 10\nadaptive = { method = \"rad\" }");
    adaptive_points_and_weights_that_remember: render(&error(&format!(
        "{GOOD}\n[sampling]\nadaptive = {{ method = \"rad\" }}\n\n[loss]\npoints = {{ method = \"attention\" }}\n"
    )));
    adaptive_points_of_a_family: render(&error(&format!(
        "{}\n[sampling]\nadaptive = {{ method = \"rad\" }}\n",
        GOOD.replace("\"40 W/(m K)\"", "{ from = \"20 W/(m K)\", to = \"60 W/(m K)\" }")
    )));
    graded_towards_no_face: sampling("graded = [\"t = 0 s\", \"x = 5 mm\"]");
    graded_towards_nothing: sampling("graded = []");
}

#[test]
fn not_utf8() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plate.toml");
    let mut bytes = GOOD.as_bytes().to_vec();
    bytes.splice(20..20, [0xff, 0xfe]);
    std::fs::write(&path, bytes).unwrap();
    insta::assert_snapshot!(loaded(&path, folder.path()));
}

#[test]
fn no_such_file() {
    let folder = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(loaded(&folder.path().join("none.toml"), folder.path()));
}

#[test]
fn a_folder() {
    let folder = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(loaded(folder.path(), folder.path()));
}

fn loaded(path: &Path, folder: &Path) -> String {
    match Problem::load(path, &Registry::builtin()) {
        Ok(_) => panic!("this file was accepted"),
        Err(error) => render(&error).replace(&folder.display().to_string(), "FOLDER"),
    }
}

#[test]
fn the_file_without_mistakes_is_accepted() {
    let problem = Problem::parse("plate", GOOD, &Registry::builtin()).unwrap();
    assert_eq!(problem.warnings, Vec::<String>::new());
}

#[test]
fn oversights_are_warnings() {
    let registry = Registry::builtin();
    let warnings = |text: &str| Problem::parse("plate", text, &registry).unwrap().warnings;
    let without_start = GOOD.replace(
        "type = \"initial\"",
        "type = \"dirichlet\"\non = \"x = 0 mm\"",
    );
    let without_face = GOOD.replace("x = 10 mm", "x = 0 mm");
    let wrong_reference = format!("{GOOD}\n[reference]\nT = \"20 degC + 780 K * (t / 60 s)\"\n");
    let weighted = GOOD.replace(
        "value = \"800 degC\"",
        "value = \"800 degC\"\nhard = true\nweight = 10.0\npoints = 50",
    );
    insta::assert_debug_snapshot!((
        warnings(&without_start),
        warnings(&without_face),
        warnings(&wrong_reference),
        warnings(&weighted),
    ));
}

/// The message for another conductivity.
fn conductivity(range: &str) -> String {
    edited("\"40 W/(m K)\"", range)
}

/// The message for a `[family]` table.
fn family(table: &str) -> String {
    let ranged = GOOD.replace(
        "\"40 W/(m K)\"",
        "{ from = \"20 W/(m K)\", to = \"60 W/(m K)\" }",
    );
    render(&error(&format!("{ranged}\n[family]\n{table}\n")))
}

texts! {
    range_of_the_wrong_dimension: conductivity("{ from = \"20 W/(m K)\", to = \"60 W/m\" }");
    range_without_a_unit: conductivity("{ from = 20, to = 60 }");
    range_that_is_reversed: conductivity("{ from = \"60 W/(m K)\", to = \"20 W/(m K)\" }");
    range_of_one_value: conductivity("{ from = \"20 W/(m K)\", to = \"0.02 kW/(m K)\" }");
    range_with_one_end: conductivity("{ from = \"20 W/(m K)\" }");
    range_with_another_key: conductivity("{ from = \"20 W/(m K)\", up_to = \"60 W/(m K)\" }");
    range_that_is_a_list: conductivity("[\"20 W/(m K)\", \"60 W/(m K)\"]");
    family_without_ranges: render(&error(&format!("{GOOD}\n[family]\nvalues = 8\n")));
    family_of_nothing: family("values = 0");
    family_that_generates_something_else: family("generate = \"weight\"");
    rank_of_all_weights: family("rank = 4");
    family_of_factorised_weights: render(&error(&format!(
        "{}\n[network]\nweights = \"factorised\"\n",
        GOOD.replace("\"40 W/(m K)\"", "{ from = \"20 W/(m K)\", to = \"60 W/(m K)\" }")
    )));
    too_many_ranges: render(&error(&ranges(5)));
}

fn ranges(count: usize) -> String {
    let more = (0..count).map(|i| format!("p{i} = {{ from = 1, to = 2 }}\n"));
    GOOD.replace(
        "[domain]",
        &format!("{}\n[domain]", more.collect::<String>()),
    )
}
