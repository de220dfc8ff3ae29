//! Executable circuits: layers, the memory of their values, and the slots of gradients.

use super::layers::{
    ActivationLayer, BlendLayer, ConcatenateLayer, DenseLayer, FeatureNormLayer, FrozenNormLayer,
    GateLayer, HeadLayer, Layer, LinearLayer, Target, Trained, Width,
};
use super::norm::Groups;
use crate::simd::Element;
use pinn_network::{Circuit, NormLayer, Operation, Statistics, Value};

/// Layer with the destinations of gradients in its backward pass.
#[derive(Debug)]
pub struct Step<T> {
    pub layer: Box<dyn Layer<T>>,
    /// Slot of the gradient by its output; `None` if that depends on no parameters.
    pub own: Option<usize>,
    /// One slot per input, then the layer's scratch.
    pub targets: Vec<Target>,
}

/// Head with the destination of the gradient by its input.
#[derive(Debug)]
pub struct HeadStep<T> {
    pub layer: HeadLayer<T>,
    pub target: [Target; 1],
}

#[derive(Debug)]
pub struct Program<T> {
    pub circuit: Circuit,
    pub steps: Vec<Step<T>>,
    pub heads: Vec<HeadStep<T>>,
    /// One value per node, then data that layers keep for their adjoints. Coordinates are not a value: they stay in
    /// columns.
    pub widths: Vec<Width>,
    /// Number of entries per row of each slot.
    pub slots: Vec<usize>,
}

/// Number type that layers are instantiated for. This happens once, here, and not in every crate that builds an engine.
///
/// Layers contain nearly all of the engine's code, in a copy for every instruction set.
pub trait Instantiated: Element {
    /// Prepares a circuit for running.
    fn program(circuit: Circuit) -> Program<Self>;
}

impl Instantiated for f32 {
    fn program(circuit: Circuit) -> Program<f32> {
        Program::new(circuit)
    }
}

impl Instantiated for f64 {
    fn program(circuit: Circuit) -> Program<f64> {
        Program::new(circuit)
    }
}

impl<T: Element> Program<T> {
    fn new(circuit: Circuit) -> Self {
        let nodes = circuit.nodes.iter();
        let widths: Vec<Width> = nodes.map(|node| Width::new::<T>(node.width)).collect();
        let mut program = Program {
            steps: Vec::new(),
            heads: Vec::new(),
            slots: Vec::new(),
            widths,
            circuit,
        };
        program.lay();
        program.route();
        program
    }

    /// Length of the flat parameter vector.
    pub fn parameters(&self) -> usize {
        self.circuit.parameters
    }

    pub fn set(&mut self, parameters: &[T]) {
        self.each_trained(|layer| layer.set(parameters));
    }

    pub fn set_tangent(&mut self, vector: &[T]) {
        self.each_trained(|layer| layer.set_tangent(vector));
    }

    fn each_trained(&mut self, mut f: impl FnMut(&mut dyn Trained<T>)) {
        for step in &mut self.steps {
            if let Some(trained) = step.layer.trained_mut() {
                f(trained);
            }
        }
        for head in &mut self.heads {
            f(&mut head.layer.affine);
        }
    }

    /// Iterates over the parameters of all layers: steps first, then heads.
    pub fn trained(&self) -> impl Iterator<Item = Option<&dyn Trained<T>>> {
        let steps = self.steps.iter().map(|step| step.layer.trained());
        let heads = self.heads.iter();
        steps.chain(heads.map(|head| Some(&head.layer.affine as &dyn Trained<T>)))
    }

    /// Lengths of the layers' parts of a gradient, in that order.
    pub fn parts(&self) -> impl Iterator<Item = usize> {
        self.trained()
            .map(|trained| trained.map_or(0, Trained::part))
    }

    /// Returns true if only one layer reads a value.
    fn read_once(&self, value: Value) -> bool {
        let nodes = self.circuit.nodes.iter();
        let by_nodes = nodes.flat_map(|node| node.operation.inputs());
        let by_heads = self.circuit.heads.iter().map(|head| head.input);
        by_nodes.chain(by_heads).filter(|v| *v == value).count() == 1
    }

    fn lay(&mut self) {
        for n in 1..self.circuit.nodes.len() {
            let output = Value(n);
            let width = self.widths[n];
            let layer: Box<dyn Layer<T>> = match &self.circuit.nodes[n].operation {
                Operation::Coordinates => continue,
                Operation::Linear { input, layer } => {
                    if self.activated_by(output).is_some() {
                        continue;
                    }
                    Box::new(LinearLayer::new(layer, *input, output))
                }
                Operation::Activation { input, activation } => {
                    match &self.circuit.nodes[input.0].operation {
                        Operation::Linear {
                            input: before,
                            layer,
                        } if self.activated_by(*input) == Some(output) => {
                            Box::new(DenseLayer::new(layer, *before, *input, output, *activation))
                        }
                        _ => Box::new(ActivationLayer::new(*activation, *input, output, width)),
                    }
                }
                Operation::Gate { gate, upper, lower } => {
                    Box::new(GateLayer::new(*gate, *upper, *lower, output, width))
                }
                Operation::Blend { new, old, share } => {
                    Box::new(BlendLayer::new(*new, *old, output, *share, width))
                }
                Operation::Norm { input, norm } => {
                    let layer = norm.clone();
                    self.norm(&layer, *input, output)
                }
                Operation::Concatenate { first, second } => {
                    let widths = [first, second].map(|v| self.widths[v.0]);
                    Box::new(ConcatenateLayer::new(
                        [*first, *second],
                        widths,
                        output,
                        width,
                    ))
                }
            };
            self.steps.push(Step {
                layer,
                own: None,
                targets: Vec::new(),
            });
        }
    }

    fn norm(&mut self, norm: &NormLayer, input: Value, output: Value) -> Box<dyn Layer<T>> {
        let width = self.widths[output.0];
        match &norm.statistics {
            Statistics::OfFeatures { groups, centred } => {
                let groups = Groups::new(*groups, width.units, *centred, norm.epsilon);
                self.widths.push(Width::new::<T>(groups.statistics()));
                let statistics = Value(self.widths.len() - 1);
                let values = [input, output, statistics];
                Box::new(FeatureNormLayer::new(norm, groups, values, width))
            }
            Statistics::Frozen(statistics) => {
                let values = [input, output];
                Box::new(FrozenNormLayer::new(norm, statistics, values, width))
            }
        }
    }

    /// Finds the activation that is the only reader of a linear layer: the two run as one.
    fn activated_by(&self, sums: Value) -> Option<Value> {
        let reads = |n: &usize| match &self.circuit.nodes[*n].operation {
            Operation::Activation { input, .. } => *input == sums,
            _ => false,
        };
        let reader = (sums.0 + 1..self.circuit.nodes.len()).find(reads)?;
        self.read_once(sums).then_some(Value(reader))
    }

    /// Assigns a slot to each gradient for as long as it is needed, in the order of the adjoint.
    fn route(&mut self) {
        let trained = self.circuit.trained();
        let mut slots = Slots {
            of: vec![None; trained.len()],
            lengths: Vec::new(),
            free: Vec::new(),
        };
        for head in &self.circuit.heads {
            let width = self.widths[head.input.0];
            let target = match trained[head.input.0] {
                true => slots.target(head.input, width),
                false => Target::None,
            };
            self.heads.push(HeadStep {
                layer: HeadLayer::new(head),
                target: [target],
            });
        }
        for step in self.steps.iter_mut().rev() {
            // No slot: it depends on no parameters, or no head depends on it.
            let Some(own) = slots.of[step.layer.output().0] else {
                step.targets = vec![Target::None; step.layer.inputs().len()];
                continue;
            };
            step.own = Some(own);
            let mut kept = false;
            for input in step.layer.inputs() {
                let target = if !trained[input.0] {
                    Target::None
                } else if step.layer.in_place() && slots.of[input.0].is_none() {
                    slots.of[input.0] = Some(own);
                    kept = true;
                    Target::InPlace
                } else {
                    slots.target(input, self.widths[input.0])
                };
                step.targets.push(target);
            }
            let scratch = step.layer.scratch();
            if scratch > 0 {
                let slot = slots.take(Width::new::<T>(scratch));
                step.targets.push(Target::Slot {
                    slot,
                    accumulate: false,
                });
                slots.free.push(slot);
            }
            if !kept {
                slots.free.push(own);
            }
        }
        self.slots = slots.lengths;
    }
}

struct Slots {
    /// Slot of each value's gradient.
    of: Vec<Option<usize>>,
    lengths: Vec<usize>,
    free: Vec<usize>,
}

impl Slots {
    fn target(&mut self, value: Value, width: Width) -> Target {
        if let Some(slot) = self.of[value.0] {
            return Target::Slot {
                slot,
                accumulate: true,
            };
        }
        let slot = self.take(width);
        self.of[value.0] = Some(slot);
        Target::Slot {
            slot,
            accumulate: false,
        }
    }

    /// Finds a free slot of at least this width.
    fn take(&mut self, width: Width) -> usize {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.lengths.push(0);
            self.lengths.len() - 1
        });
        self.lengths[slot] = self.lengths[slot].max(width.stride);
        slot
    }
}
