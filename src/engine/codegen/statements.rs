//! Straight-line programs as statements in C.

use pinn_expr::{Function, Instruction, Program, Real, Slot};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Number as an exact literal of type `T`. NaN and infinities become quotients that give them.
pub fn literal(value: f64) -> String {
    if value.is_nan() {
        "((T)(0.0 / 0.0))".to_string()
    } else if value.is_infinite() {
        format!("((T)({}1.0 / 0.0))", if value < 0.0 { "-" } else { "" })
    } else {
        format!("((T){value:e})")
    }
}

/// Statements that declare `{outputs}0`, `{outputs}1`, … with the values of the program; `input` and `seed` give the
/// names of its inputs. They are called only for inputs that are read.
pub fn statements<T: Real>(
    program: &Program<T>,
    outputs: &str,
    input: &dyn Fn(usize) -> String,
    seed: &dyn Fn(usize) -> String,
) -> String {
    let read = |slot: Slot| match slot {
        Slot::Input(i) => input(i as usize),
        Slot::Seed(i) => seed(i as usize),
        Slot::Register(r) => format!("r{r}"),
        Slot::Output(o) => format!("{outputs}{o}"),
    };
    let mut text = String::new();
    for output in 0..program.outputs {
        let _ = writeln!(text, "T {outputs}{output};");
    }
    let _ = writeln!(text, "{{");
    for register in 0..program.registers {
        let _ = writeln!(text, "T r{register};");
    }
    for (target, instruction) in &program.instructions {
        let value = expression(instruction, &read);
        let _ = writeln!(text, "{} = {value};", read(*target));
    }
    text.push_str("}\n");
    text
}

/// Numbers of the inputs that a program reads.
pub fn inputs<T: Real>(program: &Program<T>) -> BTreeSet<usize> {
    let instructions = program.instructions.iter();
    let slots = instructions.flat_map(|(_, instruction)| instruction.reads());
    let inputs = slots.filter_map(|slot| match slot {
        Slot::Input(i) => Some(i as usize),
        _ => None,
    });
    inputs.collect()
}

fn expression<T: Real>(instruction: &Instruction<T>, read: &dyn Fn(Slot) -> String) -> String {
    use Instruction as I;
    let number = |c: T| literal(c.to_f64());
    match *instruction {
        I::Fill(c) => number(c),
        I::Copy(a) => read(a),
        I::Neg(a) => format!("-{}", read(a)),
        I::Add(a, b) => format!("{} + {}", read(a), read(b)),
        I::Sub(a, b) => format!("{} - {}", read(a), read(b)),
        I::Mul(a, b) => format!("{} * {}", read(a), read(b)),
        I::Div(a, b) => format!("{} / {}", read(a), read(b)),
        I::AddConstant(c, a) => format!("{} + {}", number(c), read(a)),
        I::ConstantSub(c, a) => format!("{} - {}", number(c), read(a)),
        I::Scale(c, a) => format!("{} * {}", number(c), read(a)),
        I::ConstantDiv(c, a) => format!("{} / {}", number(c), read(a)),
        I::MulAdd(a, b, c) => format!("FMA({}, {}, {})", read(a), read(b), read(c)),
        I::NegMulAdd(a, b, c) => format!("FMA(-{}, {}, {})", read(a), read(b), read(c)),
        I::ScaleAdd(c, a, b) => format!("FMA({}, {}, {})", number(c), read(a), read(b)),
        I::Atan2(a, b) => angle(&read(a), &read(b)),
        I::ConstantAtan2(c, a) => angle(&number(c), &read(a)),
        I::Atan2Constant(c, a) => angle(&read(a), &number(c)),
        I::Powi(a, n) => format!("power({}, {n})", read(a)),
        I::Apply(function, a) => format!("{}({})", name(function), read(a)),
    }
}

/// As [`Real::atan2`]: a sum with zero has no negative zero.
fn angle(y: &str, x: &str) -> String {
    format!("ATAN2((T)0 + {y}, (T)0 + {x})")
}

/// Names of the elementary functions for `T`, which the prelude defines.
fn name(function: Function) -> &'static str {
    match function {
        Function::Sqrt => "SQRT",
        Function::Exp => "EXP",
        Function::Ln => "LN",
        Function::Sin => "SIN",
        Function::Cos => "COS",
        Function::Tanh => "TANH",
        Function::Abs => "ABS",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinn_expr::Graph;

    #[test]
    fn literals_read_back_to_the_last_bit() {
        for x in [
            1.0,
            -0.1,
            f64::MIN_POSITIVE,
            5e-324,
            1.7976931348623157e308,
            2.0 / 3.0,
        ] {
            let text = literal(x);
            let digits = text.trim_start_matches("((T)").trim_end_matches(')');
            assert_eq!(digits.parse::<f64>(), Ok(x), "{text}");
        }
    }

    #[test]
    fn a_program_becomes_statements() {
        let mut graph = Graph::new();
        let (u, v) = (graph.field(0), graph.field(1));
        let product = graph.mul(u, v);
        let sine = graph.apply(Function::Sin, u);
        let sum = graph.add(product, sine);
        let program = Program::<f64>::new(&graph, &[sum], &[u, v]);
        let text = statements(&program, "y", &|i| format!("x{i}"), &|s| format!("s{s}"));
        assert_eq!(
            text,
            "T y0;\n{\nT r0;\nr0 = SIN(x0);\ny0 = FMA(x0, x1, r0);\n}\n"
        );
        assert_eq!(inputs(&program), BTreeSet::from([0, 1]));
    }
}
