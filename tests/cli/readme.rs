//! The README shows what is true: its program compiles (it is a documentation test of the crate), its compile
//! error is what the compiler says, and its exit codes are those of the program.

const README: &str = include_str!("../../README.md");

/// The first fenced block of a language.
fn block(language: &str) -> &'static str {
    let fence = format!("```{language}\n");
    let start = README.find(&fence).expect("the README has such a block") + fence.len();
    let length = README[start..].find("```").expect("blocks end");
    &README[start..start + length]
}

#[test]
fn the_compile_error_is_what_the_compiler_says_of_that_program() {
    let bad = include_str!("../compile_fail/readme.rs");
    let good = block("rust,no_run");
    assert_eq!(good.replace("k * T.d(x).d(x)", "k * T.d(x)"), bad);
    let said = include_str!("../compile_fail/readme.stderr");
    assert!(said.starts_with(block("text")), "{said}");
}

#[test]
fn the_problem_is_part_of_the_real_one() {
    let real = include_str!("../../problems/thermal.toml");
    for part in block("toml").trim().split("\n\n") {
        assert!(real.contains(part), "{part}");
    }
}

#[test]
fn the_exit_codes_are_those_of_the_help() {
    let help = std::process::Command::new(env!("CARGO_BIN_EXE_pinn"))
        .arg("--help")
        .output()
        .expect("the program was built with the tests");
    let help = String::from_utf8(help.stdout).expect("help is UTF-8");
    let codes = |text: &'static str| {
        let rows = text.lines().filter_map(|line| line.strip_prefix("| "));
        rows.filter_map(|row| row.split_once(" | "))
            .filter(|(code, _)| code.parse::<u8>().is_ok())
    };
    let shown: Vec<_> = codes(README).collect();
    assert_eq!(shown.len(), 6);
    for (code, _) in shown {
        assert!(
            help.lines()
                .any(|line| line.trim_start().starts_with(&format!("{code}  "))),
            "{code} is not in\n{help}"
        );
    }
}

#[test]
fn the_message_is_what_the_loader_says_of_that_equation() {
    let start = README.find("## Equations without Rust").expect("a section");
    let section = &README[start..];
    let block = |language: &str| {
        let (_, rest) = section
            .split_once(&format!("```{language}\n"))
            .expect("a block");
        rest.split_once("```").expect("blocks end").0
    };
    let rest = r#"
[parameters]
rho = "7850 kg/m^3"
c_p = "500 J/(kg K)"
L = "20 mm"
[domain]
t = ["0 s", "30 s"]
x = ["0 mm", "20 mm"]
[scales]
T = { scale = "10 K", reference = "20 degC" }
"#;
    let registry = pinn::equations::registry::Registry::builtin();
    let file = format!("{}{rest}", block("toml"));
    let problem = pinn::problem::Problem::parse("rod", file.as_str(), &registry);
    assert!(problem.is_ok(), "{:?}", problem.err());
    let file = file.replace("div(k*grad(T))", "k*d(T,x)");
    let error = pinn::problem::Problem::parse("rod", file, &registry).err();
    let error = error.expect("W/m^2 is subtracted from W/m^3");
    let theme = miette::GraphicalTheme::unicode_nocolor();
    let handler = miette::GraphicalReportHandler::new_themed(theme).with_width(110);
    let mut said = String::new();
    handler
        .render_report(&mut said, &error)
        .expect("strings can be written");
    let trimmed = |text: &str| {
        text.lines()
            .map(str::trim_end)
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(trimmed(&said).trim_end(), trimmed(block("text")).trim_end());
}
