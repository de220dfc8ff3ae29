//! Residual programs, one tensor operation per instruction.

use super::recorder::{Column, Recorder, failed};
use crate::EngineError;
use dfdx::prelude::*;
use pinn_expr::{Function, Instruction, Program, Real, Slot};

/// Output columns of a forward program for the given input columns, each with `rows` entries.
pub(super) fn run<T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    device: &D,
    program: &Program<T>,
    inputs: &[Column<T, D>],
    rows: usize,
) -> Result<Vec<Column<T, D>>, EngineError> {
    let mut registers: Vec<Option<Column<T, D>>> = vec![None; program.registers];
    let mut outputs: Vec<Option<Column<T, D>>> = vec![None; program.outputs];
    for (target, instruction) in &program.instructions {
        let read = |slot: Slot| {
            let column = match slot {
                Slot::Input(i) => inputs.get(i as usize),
                Slot::Register(r) => registers.get(r as usize).and_then(Option::as_ref),
                Slot::Output(o) => outputs.get(o as usize).and_then(Option::as_ref),
                Slot::Seed(_) => None,
            };
            column.ok_or_else(|| {
                EngineError::Tensor(format!("{slot:?} is read before it is written"))
            })
        };
        let value = execute(recorder, device, instruction, rows, read)?;
        match *target {
            Slot::Register(r) => registers[r as usize] = Some(value),
            Slot::Output(o) => outputs[o as usize] = Some(value),
            Slot::Input(_) | Slot::Seed(_) => unreachable!("inputs are never written"),
        }
    }
    let written = outputs.into_iter().enumerate();
    written
        .map(|(o, column)| {
            column.ok_or_else(|| EngineError::Tensor(format!("output {o} is never written")))
        })
        .collect()
}

fn execute<'a, T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    device: &D,
    instruction: &Instruction<T>,
    rows: usize,
    read: impl Fn(Slot) -> Result<&'a Column<T, D>, EngineError>,
) -> Result<Column<T, D>, EngineError> {
    use Instruction as I;
    // dfdx refuses an operation of a tensor with itself; a scaled copy is another tensor.
    let other = |recorder: &mut Recorder<P>, a: Slot, b: Slot| {
        let column = read(b)?;
        if a == b {
            recorder.scale(<T as Real>::ONE, column)
        } else {
            Ok(column.clone())
        }
    };
    let fill = |c: T| {
        let filled = device.try_tensor_from_vec(vec![c; rows], (rows,));
        filled.map_err(failed)
    };
    match *instruction {
        I::Fill(c) => fill(c),
        I::Copy(a) => recorder.scale(<T as Real>::ONE, read(a)?),
        I::Neg(a) => recorder.apply(read(a)?, |a| a.try_negate()),
        I::Add(a, b) => {
            let b = other(recorder, a, b)?;
            recorder.add(read(a)?, &b)
        }
        I::Sub(a, b) => {
            let b = other(recorder, a, b)?;
            recorder.sub(read(a)?, &b)
        }
        I::Mul(a, b) => {
            let b = other(recorder, a, b)?;
            recorder.mul(read(a)?, &b)
        }
        I::Div(a, b) => {
            let b = other(recorder, a, b)?;
            recorder.apply(read(a)?, |a| a.try_div(b))
        }
        I::AddConstant(c, a) => recorder.apply(read(a)?, |a| a.try_add(c)),
        I::ConstantSub(c, a) => recorder.apply(read(a)?, |a| a.try_negate()?.try_add(c)),
        I::Scale(c, a) => recorder.scale(c, read(a)?),
        I::ConstantDiv(c, a) => recorder.apply(read(a)?, |a| a.try_recip()?.try_mul(c)),
        I::MulAdd(a, b, c) => {
            let b = other(recorder, a, b)?;
            let product = recorder.mul(read(a)?, &b)?;
            recorder.add(&product, read(c)?)
        }
        I::NegMulAdd(a, b, c) => {
            let b = other(recorder, a, b)?;
            let product = recorder.mul(read(a)?, &b)?;
            recorder.sub(read(c)?, &product)
        }
        I::ScaleAdd(c, a, b) => {
            let scaled = recorder.scale(c, read(a)?)?;
            recorder.add(&scaled, read(b)?)
        }
        I::Atan2(a, b) => recorder.atan2(device, read(a)?, read(b)?),
        I::ConstantAtan2(c, a) => recorder.atan2(device, &fill(c)?, read(a)?),
        I::Atan2Constant(c, a) => recorder.atan2(device, read(a)?, &fill(c)?),
        I::Powi(a, n) => recorder.apply(read(a)?, |a| a.try_powi(n)),
        I::Apply(function, a) => recorder.apply(read(a)?, |a| match function {
            Function::Sqrt => a.try_sqrt(),
            Function::Exp => a.try_exp(),
            Function::Ln => a.try_ln(),
            Function::Sin => a.try_sin(),
            Function::Cos => a.try_cos(),
            Function::Tanh => a.try_tanh(),
            Function::Abs => a.try_abs(),
        }),
    }
}
