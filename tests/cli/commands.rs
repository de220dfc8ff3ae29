//! `list`, `check`, `new`, `completions`, help and exit codes.

use super::support::*;

#[test]
fn help_names_the_commands_and_exit_codes() {
    let folder = folder();
    insta::assert_snapshot!(succeed(folder.path(), &["--help"]));
}

#[test]
fn help_of_every_command_has_examples() {
    let folder = folder();
    for command in [
        "solve",
        "eval",
        "export",
        "check",
        "plot",
        "list",
        "new",
        "completions",
    ] {
        let help = succeed(folder.path(), &[command, "--help"]);
        assert!(help.contains("Examples:"), "{help}");
        assert!(help.contains(&format!("  pinn {command}")), "{help}");
    }
}

#[test]
fn version() {
    let folder = folder();
    let expected = format!("pinn {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(succeed(folder.path(), &["--version"]), expected);
}

#[test]
fn wrong_arguments_are_usage_errors() {
    let folder = folder();
    for arguments in [
        &[][..],
        &["nonsense"],
        &["solve"],
        &["solve", "a.toml", "--steps", "0"],
        &["solve", "--resume", "run", "--seed", "1"],
        &["solve", "--resume", "run", "--out", "other"],
        &["solve", "--resume", "run", "--init", "other"],
        &["eval"],
        &["export"],
        &["completions", "nonsense"],
    ] {
        fail(folder.path(), arguments, 2);
    }
}

#[test]
fn list_shows_every_equation_with_its_quantities() {
    let folder = folder();
    insta::assert_snapshot!(succeed(folder.path(), &["list"]));
}

#[test]
fn list_of_one_equation_shows_its_residuals() {
    let folder = folder();
    insta::assert_snapshot!(succeed(folder.path(), &["list", "heat-1d"]));
}

#[test]
fn an_unknown_equation_is_named_with_the_known_ones() {
    let folder = folder();
    insta::assert_snapshot!(fail(folder.path(), &["list", "heat"], 2));
}

#[test]
fn check_shows_the_dimensionless_form() {
    let folder = small();
    insta::assert_snapshot!(succeed(folder.path(), &["check", "small.toml"]));
}

#[test]
fn check_describes_the_network_and_what_it_satisfies_by_itself() {
    let folder = folder();
    let faces = SMALL.find("[[condition]]\nname = \"faces\"").unwrap();
    let after = SMALL.find("[network]").unwrap();
    let (head, rest) = (&SMALL[..faces], &SMALL[after..]);
    let periodic = "[[condition]]\nname = \"faces\"\ntype = \"periodic\"\non = \"x\"\n\n";
    let network = "[network]\narchitecture = \"modified-mlp\"\nperiodic = [\"x\"]\nfactorised = {}\n\
                   fourier = {}";
    let text = format!("{head}{periodic}{}", rest.replace("[network]", network));
    std::fs::write(folder.path().join("ring.toml"), text).unwrap();
    let out = succeed(folder.path(), &["check", "ring.toml"]);
    insta::assert_snapshot!(&out[out.find("\nNetwork").unwrap()..]);
}

#[test]
fn check_shows_what_holds_exactly() {
    let folder = folder();
    let text = SMALL.replace("field = \"T\"", "field = \"T\"\nhard = true");
    std::fs::write(folder.path().join("small.toml"), text).unwrap();
    let out = succeed(folder.path(), &["check", "small.toml"]);
    let (conditions, rest) = (
        out.find("Conditions").unwrap(),
        out.find("\nDimensionless groups").unwrap(),
    );
    let notes = out.find("\nnote").unwrap();
    insta::assert_snapshot!(format!("{}{}", &out[conditions..rest], &out[notes..]));
}

#[test]
fn check_says_that_the_cpu_has_no_tensor_cores() {
    let folder = folder();
    let text = SMALL.replace("seed = 3", "seed = 3\nprecision = \"tf32x3\"");
    std::fs::write(folder.path().join("small.toml"), text).unwrap();
    let out = succeed(folder.path(), &["check", "small.toml"]);
    assert!(out.contains(", tf32x3)"), "{out}");
    let note = "note: `tf32x3` needs the tensor cores of a GPU; the CPU computes in f32.";
    assert!(out.contains(note), "{out}");
}

#[test]
fn completions_know_the_commands() {
    let folder = folder();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = succeed(folder.path(), &["completions", shell]);
        assert!(script.contains("resume"), "{shell}");
    }
}

#[test]
fn new_makes_a_crate_whose_problem_file_names_its_equation() {
    let folder = folder();
    insta::assert_snapshot!(succeed(folder.path(), &["new", "heat-pipe"]));
    let read = |file: &str| std::fs::read_to_string(folder.path().join("heat-pipe").join(file));
    let manifest = read("Cargo.toml").unwrap();
    assert!(manifest.contains("name = \"heat-pipe\""), "{manifest}");
    assert!(manifest.contains(env!("CARGO_MANIFEST_DIR")), "{manifest}");
    assert!(read("src/main.rs").unwrap().contains("struct HeatPipe"));
    assert!(read("heat-pipe.toml").unwrap().contains("\"heat-pipe\""));
}

#[test]
fn new_overwrites_nothing() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("mine")).unwrap();
    std::fs::write(folder.path().join("mine/notes"), "keep").unwrap();
    let error = fail(folder.path(), &["new", "mine"], 4);
    assert!(error.contains("exists already"), "{error}");
    let left: Vec<_> = std::fs::read_dir(folder.path().join("mine"))
        .unwrap()
        .collect();
    assert_eq!(left.len(), 1);
    fail(folder.path(), &["new", "../elsewhere"], 2);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    use std::io::Read;
    let folder = folder();
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("pinn"))
        .args(["completions", "bash"])
        .current_dir(folder.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut errors = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut errors)
        .unwrap();
    assert!(child.wait().unwrap().success(), "{errors}");
    assert_eq!(errors, "");
}
