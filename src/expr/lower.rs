//! Lowering of expressions to straight-line programs over columns of points.

use super::graph::{Expr, Function, Graph, Op};
use super::real::Real;
use std::collections::{HashMap, HashSet};

/// Location of an operand: a column of inputs, seeds, registers or outputs.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Column of inputs.
    Input(u16),
    /// Column of seeds.
    Seed(u16),
    /// Column of scratch space.
    Register(u32),
    /// Column of outputs; written once for every point and never read.
    Output(u16),
}

/// Operation on whole columns. It never reads the column that it writes.
#[derive(Copy, Clone, Debug, PartialEq)]
pub enum Instruction<T> {
    /// constant
    Fill(T),
    /// a
    Copy(Slot),
    /// −a
    Neg(Slot),
    /// a + b
    Add(Slot, Slot),
    /// a − b
    Sub(Slot, Slot),
    /// a · b
    Mul(Slot, Slot),
    /// a / b
    Div(Slot, Slot),
    /// constant + a
    AddConstant(T, Slot),
    /// constant − a
    ConstantSub(T, Slot),
    /// constant · a
    Scale(T, Slot),
    /// constant / a
    ConstantDiv(T, Slot),
    /// a·b + c
    MulAdd(Slot, Slot, Slot),
    /// c − a·b
    NegMulAdd(Slot, Slot, Slot),
    /// constant·a + b
    ScaleAdd(T, Slot, Slot),
    /// a to an integer power
    Powi(Slot, i32),
    /// function(a)
    Apply(Function, Slot),
    /// atan2(a, b)
    Atan2(Slot, Slot),
    /// atan2(constant, a)
    ConstantAtan2(T, Slot),
    /// atan2(a, constant)
    Atan2Constant(T, Slot),
}

impl<T> Instruction<T> {
    /// Columns that the instruction reads.
    pub fn reads(&self) -> impl Iterator<Item = Slot> {
        use Instruction::*;
        let slots = match *self {
            Fill(_) => [None, None, None],
            Copy(a)
            | Neg(a)
            | AddConstant(_, a)
            | ConstantSub(_, a)
            | Scale(_, a)
            | ConstantDiv(_, a)
            | ConstantAtan2(_, a)
            | Atan2Constant(_, a)
            | Powi(a, _)
            | Apply(_, a) => [Some(a), None, None],
            Add(a, b) | Sub(a, b) | Mul(a, b) | Div(a, b) | ScaleAdd(_, a, b) | Atan2(a, b) => {
                [Some(a), Some(b), None]
            }
            MulAdd(a, b, c) | NegMulAdd(a, b, c) => [Some(a), Some(b), Some(c)],
        };
        slots.into_iter().flatten()
    }
}

/// Straight-line code that computes a set of expressions.
#[derive(Clone, Debug)]
pub struct Program<T> {
    /// Target and operation, in order.
    pub instructions: Vec<(Slot, Instruction<T>)>,
    /// Number of columns of scratch space.
    pub registers: usize,
    /// Number of columns that are written.
    pub outputs: usize,
}

impl<T: Real> Program<T> {
    /// Lowers `outputs`; operands that are one of `inputs` read that input column. Products consumed once
    /// by a sum become fused multiply–adds.
    ///
    /// Every field and coordinate that `outputs` read must be among `inputs`, and parameters must have
    /// been replaced by numbers.
    pub fn new(graph: &Graph, outputs: &[Expr], inputs: &[Expr]) -> Self {
        Lowering::new(graph, outputs, inputs).run(outputs)
    }
}

struct Lowering<'g> {
    graph: &'g Graph,
    location: HashMap<Expr, Slot>,
    /// Parents that still have to read a node.
    pending: HashMap<Expr, usize>,
    outputs: HashMap<Expr, u16>,
    free: Vec<u32>,
    registers: u32,
}

impl<'g> Lowering<'g> {
    fn new(graph: &'g Graph, outputs: &[Expr], inputs: &[Expr]) -> Self {
        let location = inputs
            .iter()
            .enumerate()
            .map(|(i, e)| (*e, Slot::Input(i as u16)))
            .collect();
        // The first output column of a node is written by its own instruction, further ones by copies.
        let mut columns = HashMap::new();
        for (i, e) in outputs.iter().enumerate() {
            columns.entry(*e).or_insert(i as u16);
        }
        Lowering {
            graph,
            location,
            pending: HashMap::new(),
            outputs: columns,
            free: Vec::new(),
            registers: 0,
        }
    }

    fn is_leaf(&self, e: Expr) -> bool {
        self.location.contains_key(&e) || matches!(self.graph.op(e), Op::Constant(_) | Op::Seed(_))
    }

    /// Depth first, the operand that needs more registers first (Sethi & Ullman, *The generation of optimal
    /// code for arithmetic expressions*, J. ACM 17, 1970): live ranges stay short, and a long sum needs two
    /// registers however its brackets are set.
    fn order(&self, outputs: &[Expr]) -> Vec<Expr> {
        let mut need = vec![0u32; self.graph.len()];
        for e in self.graph.reachable(outputs) {
            if self.is_leaf(e) {
                continue;
            }
            let mut operands = self.graph.op(e).operands().map(|child| need[child.index()]);
            need[e.index()] = match (operands.next(), operands.next()) {
                (Some(a), Some(b)) if a == b => a + 1,
                (Some(a), Some(b)) => a.max(b),
                (Some(a), None) => a.max(1),
                _ => 1,
            };
        }
        let mut order = Vec::new();
        let mut seen = vec![false; self.graph.len()];
        let mut stack: Vec<(Expr, bool)> = outputs.iter().rev().map(|e| (*e, false)).collect();
        while let Some((e, expanded)) = stack.pop() {
            if expanded {
                order.push(e);
            } else if !seen[e.index()] && !self.is_leaf(e) {
                seen[e.index()] = true;
                stack.push((e, true));
                let mut operands = self.graph.op(e).operands();
                match (operands.next(), operands.next()) {
                    // The stack reverses: the node pushed last is computed first.
                    (Some(a), Some(b)) if need[b.index()] > need[a.index()] => {
                        stack.extend([(a, false), (b, false)]);
                    }
                    (a, b) => stack.extend(b.into_iter().chain(a).map(|child| (child, false))),
                }
            }
        }
        order
    }

    fn run<T: Real>(mut self, outputs: &[Expr]) -> Program<T> {
        let order = self.order(outputs);
        let folded = self.fold(&order);
        let absorbed: HashSet<Expr> = folded.values().copied().collect();
        let plan: Vec<Expr> = order
            .into_iter()
            .filter(|e| !absorbed.contains(e))
            .collect();
        for e in &plan {
            for operand in self.operands(*e, &folded) {
                *self.pending.entry(operand).or_default() += 1;
            }
        }
        // Outputs are written and never read: a node that is asked for twice goes through a register.
        let mut copies: HashMap<Expr, usize> = HashMap::new();
        for e in outputs {
            *copies.entry(*e).or_default() += 1;
        }
        let mut instructions = Vec::new();
        for e in plan {
            let instruction = self.instruction(e, &folded);
            let slot = match self.outputs.get(&e) {
                Some(column) if !self.pending.contains_key(&e) && copies[&e] == 1 => {
                    Slot::Output(*column)
                }
                _ => self.allocate(),
            };
            instructions.push((slot, instruction));
            self.location.insert(e, slot);
            for operand in self.operands(e, &folded) {
                self.release(operand);
            }
        }
        for (column, e) in outputs.iter().enumerate() {
            let target = Slot::Output(column as u16);
            if self.location.get(e) == Some(&target) {
                continue;
            }
            let instruction = match self.graph.constant_value(*e) {
                Some(value) => Instruction::Fill(T::from_f64(value)),
                None => Instruction::Copy(self.slot(*e)),
            };
            instructions.push((target, instruction));
        }
        Program {
            instructions,
            registers: self.registers as usize,
            outputs: outputs.len(),
        }
    }

    /// Sums with the product that is computed within them: one without other readers.
    fn fold(&self, order: &[Expr]) -> HashMap<Expr, Expr> {
        let mut uses: HashMap<Expr, usize> = HashMap::new();
        for e in order {
            for child in self.graph.op(*e).operands() {
                *uses.entry(child).or_default() += 1;
            }
        }
        let foldable = |x: Expr| {
            matches!(self.graph.op(x), Op::Mul(..))
                && uses[&x] == 1
                && !self.outputs.contains_key(&x)
                && !self.location.contains_key(&x)
        };
        let mut folded = HashMap::new();
        for e in order {
            let (a, b, product_may_lead) = match self.graph.op(*e) {
                Op::Add(a, b) => (a, b, true),
                Op::Sub(a, b) => (a, b, false),
                _ => continue,
            };
            let constant = |x| self.graph.constant_value(x).is_some();
            if constant(a) || constant(b) {
                continue;
            }
            if foldable(b) {
                folded.insert(*e, b);
            } else if product_may_lead && foldable(a) {
                folded.insert(*e, a);
            }
        }
        folded
    }

    fn operands(&self, e: Expr, folded: &HashMap<Expr, Expr>) -> Vec<Expr> {
        let mut operands: Vec<Expr> = self.graph.op(e).operands().collect();
        if let Some(product) = folded.get(&e) {
            operands.retain(|x| x != product);
            operands.extend(self.graph.op(*product).operands());
        }
        // Constants stand in the instruction itself.
        operands.retain(|x| self.graph.constant_value(*x).is_none());
        operands
    }

    fn allocate(&mut self) -> Slot {
        Slot::Register(self.free.pop().unwrap_or_else(|| {
            self.registers += 1;
            self.registers - 1
        }))
    }

    fn release(&mut self, e: Expr) {
        let Some(pending) = self.pending.get_mut(&e) else {
            return;
        };
        *pending -= 1;
        if *pending == 0
            && !self.outputs.contains_key(&e)
            && let Some(Slot::Register(r)) = self.location.get(&e)
        {
            self.free.push(*r);
        }
    }

    fn slot(&self, e: Expr) -> Slot {
        match self.graph.op(e) {
            Op::Seed(r) => Slot::Seed(r),
            op => *self
                .location
                .get(&e)
                .unwrap_or_else(|| unreachable!("{op:?} is read before it is computed")),
        }
    }

    fn instruction<T: Real>(&self, e: Expr, folded: &HashMap<Expr, Expr>) -> Instruction<T> {
        use Instruction as I;
        let constant = |e| self.graph.constant_value(e).map(T::from_f64);
        let slot = |e| self.slot(e);
        if let Some(product) = folded.get(&e) {
            let Op::Mul(x, y) = self.graph.op(*product) else {
                unreachable!("only products are folded")
            };
            return match self.graph.op(e) {
                Op::Add(a, b) => {
                    let other = if a == *product { b } else { a };
                    match constant(x) {
                        Some(c) => I::ScaleAdd(c, slot(y), slot(other)),
                        None => I::MulAdd(slot(x), slot(y), slot(other)),
                    }
                }
                Op::Sub(a, _) => match constant(x) {
                    Some(c) => I::ScaleAdd(-c, slot(y), slot(a)),
                    None => I::NegMulAdd(slot(x), slot(y), slot(a)),
                },
                op => unreachable!("{op:?} is not a sum"),
            };
        }
        match self.graph.op(e) {
            Op::Add(a, b) => match (constant(a), constant(b)) {
                (Some(c), _) => I::AddConstant(c, slot(b)),
                (_, Some(c)) => I::AddConstant(c, slot(a)),
                _ => I::Add(slot(a), slot(b)),
            },
            Op::Sub(a, b) => match (constant(a), constant(b)) {
                (Some(c), _) => I::ConstantSub(c, slot(b)),
                (_, Some(c)) => I::AddConstant(-c, slot(a)),
                _ => I::Sub(slot(a), slot(b)),
            },
            Op::Mul(a, b) => match (constant(a), constant(b)) {
                (Some(c), _) => I::Scale(c, slot(b)),
                (_, Some(c)) => I::Scale(c, slot(a)),
                _ => I::Mul(slot(a), slot(b)),
            },
            Op::Div(a, b) => match constant(a) {
                Some(c) => I::ConstantDiv(c, slot(b)),
                None => I::Div(slot(a), slot(b)),
            },
            Op::Neg(a) => I::Neg(slot(a)),
            Op::Powi(a, n) => I::Powi(slot(a), n),
            Op::Apply(f, a) => I::Apply(f, slot(a)),
            Op::Atan2(a, b) => match (constant(a), constant(b)) {
                (Some(c), _) => I::ConstantAtan2(c, slot(b)),
                (_, Some(c)) => I::Atan2Constant(c, slot(a)),
                _ => I::Atan2(slot(a), slot(b)),
            },
            op => unreachable!("{op:?} has no instruction"),
        }
    }
}
