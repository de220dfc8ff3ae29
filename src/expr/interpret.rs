//! Interpreter of programs over columns of points.

use super::graph::Function;
use super::lower::{Instruction, Program, Slot};
use super::real::Real;

/// Points that one pass of the interpreter handles: columns of this length stay in the first-level cache.
const CHUNK: usize = 256;

/// Read-only columns: column `i` is `data[i * stride..][..n]`.
#[derive(Copy, Clone, Debug)]
pub struct Columns<'a, T> {
    /// All columns.
    pub data: &'a [T],
    /// Distance between the starts of columns.
    pub stride: usize,
}

impl<'a, T> Columns<'a, T> {
    /// Columns of `stride` numbers, one after the other.
    pub fn new(data: &'a [T], stride: usize) -> Self {
        Columns { data, stride }
    }

    fn slice(self, column: u16, start: usize, len: usize) -> &'a [T] {
        &self.data[column as usize * self.stride + start..][..len]
    }
}

/// Writable columns, laid out like [`Columns`].
#[derive(Debug)]
pub struct ColumnsMut<'a, T> {
    /// All columns.
    pub data: &'a mut [T],
    /// Distance between the starts of columns.
    pub stride: usize,
}

impl<'a, T> ColumnsMut<'a, T> {
    /// Columns of `stride` numbers, one after the other.
    pub fn new(data: &'a mut [T], stride: usize) -> Self {
        ColumnsMut { data, stride }
    }
}

/// Registers of a running program, reused between runs so that a run allocates nothing once warm.
#[derive(Clone, Debug, Default)]
pub struct Scratch<T> {
    registers: Vec<Vec<T>>,
}

impl<T: Real> Scratch<T> {
    /// No registers yet; the first run makes them.
    pub fn new() -> Self {
        Self::default()
    }

    fn reserve(&mut self, registers: usize) {
        if self.registers.len() < registers {
            self.registers
                .resize_with(registers, || vec![T::ZERO; CHUNK]);
        }
    }
}

impl<T: Real> Program<T> {
    /// Computes `outputs` for `n` points. Inputs and seeds are read where the program names them.
    ///
    /// # Panics
    /// If a column is shorter than `n`, or missing.
    pub fn run(
        &self,
        n: usize,
        inputs: Columns<T>,
        seeds: Columns<T>,
        outputs: &mut ColumnsMut<T>,
        scratch: &mut Scratch<T>,
    ) {
        scratch.reserve(self.registers);
        let mut start = 0;
        while start < n {
            let len = CHUNK.min(n - start);
            for (target, instruction) in &self.instructions {
                match *target {
                    Slot::Register(r) => {
                        let mut column = std::mem::take(&mut scratch.registers[r as usize]);
                        let read = |slot| read(slot, inputs, seeds, scratch, start, len);
                        execute(instruction, &mut column[..len], read);
                        scratch.registers[r as usize] = column;
                    }
                    Slot::Output(column) => {
                        let from = column as usize * outputs.stride + start;
                        let read = |slot| read(slot, inputs, seeds, scratch, start, len);
                        execute(instruction, &mut outputs.data[from..][..len], read);
                    }
                    Slot::Input(_) | Slot::Seed(_) => unreachable!("inputs are never written"),
                }
            }
            start += len;
        }
    }
}

fn read<'a, T>(
    slot: Slot,
    inputs: Columns<'a, T>,
    seeds: Columns<'a, T>,
    scratch: &'a Scratch<T>,
    start: usize,
    len: usize,
) -> &'a [T] {
    match slot {
        Slot::Input(i) => inputs.slice(i, start, len),
        Slot::Seed(i) => seeds.slice(i, start, len),
        Slot::Register(r) => &scratch.registers[r as usize][..len],
        Slot::Output(_) => unreachable!("outputs are never read"),
    }
}

#[inline(always)]
fn map<T: Real>(out: &mut [T], a: &[T], f: impl Fn(T) -> T) {
    for (out, a) in out.iter_mut().zip(a) {
        *out = f(*a);
    }
}

#[inline(always)]
fn zip<T: Real>(out: &mut [T], a: &[T], b: &[T], f: impl Fn(T, T) -> T) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out = f(*a, *b);
    }
}

#[inline(always)]
fn zip3<T: Real>(out: &mut [T], a: &[T], b: &[T], c: &[T], f: impl Fn(T, T, T) -> T) {
    for (((out, a), b), c) in out.iter_mut().zip(a).zip(b).zip(c) {
        *out = f(*a, *b, *c);
    }
}

fn execute<'a, T: Real>(
    instruction: &Instruction<T>,
    out: &mut [T],
    read: impl Fn(Slot) -> &'a [T],
) {
    use Instruction as I;
    match *instruction {
        I::Fill(c) => out.fill(c),
        I::Copy(a) => out.copy_from_slice(read(a)),
        I::Neg(a) => map(out, read(a), |x| -x),
        I::Add(a, b) => zip(out, read(a), read(b), |x, y| x + y),
        I::Sub(a, b) => zip(out, read(a), read(b), |x, y| x - y),
        I::Mul(a, b) => zip(out, read(a), read(b), |x, y| x * y),
        I::Div(a, b) => zip(out, read(a), read(b), |x, y| x / y),
        I::AddConstant(c, a) => map(out, read(a), |x| c + x),
        I::ConstantSub(c, a) => map(out, read(a), |x| c - x),
        I::Scale(c, a) => map(out, read(a), |x| c * x),
        I::ConstantDiv(c, a) => map(out, read(a), |x| c / x),
        I::MulAdd(a, b, c) => zip3(out, read(a), read(b), read(c), |x, y, z| x * y + z),
        I::NegMulAdd(a, b, c) => zip3(out, read(a), read(b), read(c), |x, y, z| z - x * y),
        I::ScaleAdd(c, a, b) => zip(out, read(a), read(b), |x, y| c * x + y),
        I::Atan2(a, b) => zip(out, read(a), read(b), T::atan2),
        I::ConstantAtan2(c, a) => map(out, read(a), |x| T::atan2(c, x)),
        I::Atan2Constant(c, a) => map(out, read(a), |y| T::atan2(y, c)),
        I::Powi(a, n) => map(out, read(a), |x| x.powi(n)),
        I::Apply(f, a) => {
            let a = read(a);
            match f {
                Function::Sqrt => map(out, a, T::sqrt),
                Function::Exp => map(out, a, T::exp),
                Function::Ln => map(out, a, T::ln),
                Function::Sin => map(out, a, T::sin),
                Function::Cos => map(out, a, T::cos),
                Function::Tanh => map(out, a, T::tanh),
                Function::Abs => map(out, a, T::abs),
            }
        }
    }
}
