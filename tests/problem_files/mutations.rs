//! Damaged problem files give an error, never a panic, and the error's place lies in the file.

#[path = "../../benches/malformed/generate.rs"]
mod generate;

use generate::{Generator, PIECES};
use pinn::equations::registry::Registry;
use pinn::problem::Problem;
use proptest::prelude::*;

const FILES: [&str; 2] = [
    include_str!("../../problems/thermal.toml"),
    include_str!("../../problems/thermoflow.toml"),
];

#[derive(Clone, Debug)]
enum Mutation {
    Insert(usize, usize),
    Delete(usize, usize),
    Repeat(usize, usize),
    Move(usize, usize, usize),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<usize>();
    prop_oneof![
        (at, 0..PIECES.len()).prop_map(|(at, piece)| Mutation::Insert(at, piece)),
        (at, 1..30usize).prop_map(|(at, n)| Mutation::Delete(at, n)),
        (at, 1..60usize).prop_map(|(at, n)| Mutation::Repeat(at, n)),
        (at, 1..40usize, at).prop_map(|(at, n, to)| Mutation::Move(at, n, to)),
    ]
}

fn apply(text: &mut Vec<char>, mutation: &Mutation) {
    let length = text.len().max(1);
    let range = |at: usize, n: usize| at % length..(at % length + n).min(text.len());
    match *mutation {
        Mutation::Insert(at, piece) => {
            let at = at % length;
            text.splice(at..at, PIECES[piece].chars());
        }
        Mutation::Delete(at, n) => {
            text.drain(range(at, n));
        }
        Mutation::Repeat(at, n) => {
            let part = text[range(at, n)].to_vec();
            let at = at % length;
            text.splice(at..at, part);
        }
        Mutation::Move(at, n, to) => {
            let part: Vec<char> = text.drain(range(at, n)).collect();
            let to = to % (text.len() + 1);
            text.splice(to..to, part);
        }
    }
}

fn survives(text: &str) {
    if let Err(error) = Problem::parse("damaged", text, &Registry::builtin()) {
        if let Some(span) = error.span() {
            assert!(
                text.get(span.clone()).is_some(),
                "{span:?} is no part of the file: {error:?}"
            );
        }
        let mut shown = String::new();
        let handler = miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::none());
        handler.render_report(&mut shown, &error).unwrap();
        assert!(shown.contains(&error.to_string().chars().take(10).collect::<String>()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_never_panic(file in 0..FILES.len(), mutations in prop::collection::vec(mutation(), 1..4)) {
        let mut text: Vec<char> = FILES[file].chars().collect();
        for mutation in &mutations {
            apply(&mut text, mutation);
        }
        survives(&text.into_iter().collect::<String>());
    }

    #[test]
    fn arbitrary_expressions_never_panic(value in "[-+*/^()., 0-9a-zA-Z°µ²]{0,80}") {
        let value = format!("\"{value}\"");
        survives(&FILES[0].replacen("\"T_start\"", &value, 1));
    }

    #[test]
    fn structured_expressions_never_panic(parts in prop::collection::vec(prop::sample::select(vec![
        "1 K", "20 degC", "x", "t", "T", "h", "pi", "+", "-", "*", "/", "^2", "^-1", "(", ")", "sin(",
        "sqrt(", "ln(", "d(T, x)", "d(", ", x)", " mm", "W/(m K)", "/m", "*h", "0",
    ]), 0..25)) {
        let value = format!("\"{}\"", parts.concat());
        survives(&FILES[0].replacen("\"T_start\"", &value, 1));
    }
}

/// The first files of `cargo bench --bench malformed`.
#[test]
fn generated_files_never_panic() {
    let problems = concat!(env!("CARGO_MANIFEST_DIR"), "/problems");
    let generator = Generator::new(problems.as_ref()).unwrap();
    for number in 0..3000 {
        survives(&generator.file(number));
    }
}

#[test]
fn deep_and_long_files_never_overflow_the_stack() {
    for n in [50, 99, 150, 300, 1900] {
        for (open, close) in [
            ("(", ")"),
            ("sin(", ")"),
            ("-", ""),
            ("d(", ", x)"),
            ("+", ""),
        ] {
            let value = format!("\"{}x{}\"", open.repeat(n), close.repeat(n));
            survives(&FILES[0].replacen("\"T_start\"", &value, 1));
        }
        for operator in [" + ", " - ", " * ", " / ", "^", " "] {
            let value = format!("\"{}\"", vec!["x"; n].join(operator));
            survives(&FILES[0].replacen("\"T_start\"", &value, 1));
        }
        let array = format!("x = {}{}", "[".repeat(n), "]".repeat(n));
        survives(&FILES[0].replacen("x = [\"0 mm\", \"10 mm\"]", &array, 1));
    }
}
