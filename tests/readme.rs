//! The README shows what is true: its program compiles (it is a documentation test of the crate), its compile
//! error is what the compiler says, and its exit codes are those of the program.

const README: &str = include_str!("../README.md");

/// The first fenced block of a language.
fn block(language: &str) -> &'static str {
    let fence = format!("```{language}\n");
    let start = README.find(&fence).expect("the README has such a block") + fence.len();
    let length = README[start..].find("```").expect("blocks end");
    &README[start..start + length]
}

#[test]
fn the_compile_error_is_what_the_compiler_says_of_that_program() {
    let bad = include_str!("compile_fail/readme.rs");
    let good = block("rust,no_run");
    assert_eq!(good.replace("k * T.d(x).d(x)", "k * T.d(x)"), bad);
    let said = include_str!("compile_fail/readme.stderr");
    assert!(said.starts_with(block("text")), "{said}");
}

#[test]
fn the_problem_is_part_of_the_real_one() {
    let real = include_str!("../problems/thermal.toml");
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
