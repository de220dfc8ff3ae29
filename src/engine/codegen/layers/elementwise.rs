//! Layers that act on single units of single points, and the sums of their gradients by parameters.

use super::{Element, Layers, Parameter, Streams, Target, assign, no_seed};
use crate::codegen::function::Function;
use crate::codegen::layout::Scales;
use crate::codegen::statements::{inputs, statements};
use pinn_expr::Program;
use pinn_network::NormLayer;
use pinn_network::activation::Activation;
use std::fmt::Write;

/// Names of the inputs of layers, and of the gradients by them.
const INPUTS: [&str; 3] = ["a", "b", "c"];
const GRADIENTS: [&str; 3] = ["by_a", "by_b", "by_c"];

impl Layers<'_> {
    /// Element whose first inputs are the streams of these values.
    pub(super) fn element(&self, function: Function, values: &[Streams]) -> Element {
        let mut element = Element {
            function,
            inputs: Vec::new(),
            parameters: Vec::new(),
        };
        for (value, name) in values.iter().zip(INPUTS) {
            let named = value.named(name);
            element.parameters.push(named.parameter());
            element
                .inputs
                .extend((0..self.streams()).map(|s| named.at(s)));
        }
        element
    }

    pub(super) fn activation(&self, activation: Activation, input: Streams) -> Element {
        let function = Function::activation(self.structure, activation);
        let mut element = self.element(function, &[input]);
        if activation == Activation::Gelu {
            element
                .inputs
                .push(format!("NORMAL({})", element.inputs[0]));
        }
        element
    }

    pub(super) fn gate(&self, inputs: [Streams; 3]) -> Element {
        self.element(Function::gate(self.structure), &inputs)
    }

    pub(super) fn blend(&self, inputs: [Streams; 2], share: usize) -> Element {
        let mut element = self.element(Function::blend(self.streams()), &inputs);
        element.inputs.push("share[0]".to_string());
        let share = Parameter::vector("share", "parameters", share);
        element.parameters.push(share);
        element
    }

    pub(super) fn frozen_norm(
        &self,
        norm: &NormLayer,
        scales: &Scales,
        width: usize,
        input: Streams,
    ) -> Element {
        let Some(start) = scales.frozen else {
            unreachable!("frozen norms have constants")
        };
        let mut element = self.element(Function::frozen_norm(self.streams()), &[input]);
        for (name, start) in [("slopes", start), ("shifts", start + width)] {
            element.inputs.push(format!("{name}[u]"));
            element
                .parameters
                .push(Parameter::vector(name, "constants", start));
        }
        element.scaled(norm);
        element
    }

    /// Loop over all points and units.
    fn each_unit(&self, width: usize, parameters: Vec<Parameter>, body: &str) -> String {
        let mut parameters = parameters;
        parameters.push(Parameter::new("int width", width));
        let body = format!(
            "for (int q = WARP; q < {}; q += WARPS) for (int u = LANE; u < width; u += 32) {{\n{body}}}\n",
            self.points
        );
        self.call(&parameters, &body)
    }

    /// Sums over the points of every set, one for every unit u: `body` adds to the named sums, which are written to the
    /// given places of the gradient.
    pub(super) fn each_parameter(
        &self,
        width: usize,
        parameters: Vec<Parameter>,
        body: &str,
        sums: &[(&str, usize)],
    ) -> String {
        let mut parameters = parameters;
        parameters.push(Parameter::new("int sets", "sets"));
        parameters.push(Parameter::new("int width", width));
        let mut text = "for (int i = THREAD; i < sets * width; i += THREADS) {\n\
                        const int set = i / width, u = i % width;\n"
            .to_string();
        for (sum, _) in sums {
            let _ = writeln!(text, "T {sum} = 0;");
        }
        let _ = writeln!(
            text,
            "for (int q = set; q < {}; q += sets) {{\n{body}}}",
            self.points
        );
        for (sum, place) in sums {
            let _ = writeln!(text, "{sum}_into[(long)set * GRADIENT + u] += {sum};");
            parameters.push(Parameter::new(
                &format!("T *{sum}_into"),
                format!("into + {place}"),
            ));
        }
        self.call(&parameters, &(text + "}\n"))
    }

    pub(super) fn elementwise(&self, width: usize, element: &Element, to: Streams) -> String {
        let to = to.named("y");
        let mut body = element.forward("v");
        for s in 0..element.function.outputs {
            let _ = writeln!(body, "{} = v{s};", to.at(s));
        }
        let mut parameters = element.parameters.clone();
        parameters.push(to.parameter());
        self.each_unit(width, parameters, &body)
    }

    /// `targets` has one entry per value that the element reads.
    pub(super) fn elementwise_adjoint(
        &self,
        width: usize,
        element: &Element,
        own: Streams,
        targets: &[Target],
    ) -> String {
        if targets.iter().all(Option::is_none) {
            return String::new();
        }
        let own = own.named("own");
        let mut parameters = element.parameters.clone();
        parameters.push(own.parameter());
        let mut body = element.adjoint(&|s| own.at(s), "g");
        for (k, (target, name)) in targets.iter().zip(GRADIENTS).enumerate() {
            let Some((to, pass)) = target else { continue };
            let to = to.named(name);
            parameters.push(to.parameter());
            for s in 0..self.streams() {
                let gradient = k * self.streams() + s;
                let _ = writeln!(body, "{} {} g{gradient};", to.at(s), assign(*pass));
            }
        }
        self.each_unit(width, parameters, &body)
    }

    pub(super) fn concatenate(&self, parts: [(Streams, usize); 2], to: Streams) -> String {
        let mut text = String::new();
        let mut start = 0;
        for (from, width) in parts {
            let (a, y) = (from.named("a"), to.named("y"));
            let copies =
                (0..self.streams()).map(|s| format!("{} = {};\n", y.unit(s, "start + u"), a.at(s)));
            let body: String = copies.collect();
            let start_given = Parameter::new("int start", start);
            let parameters = vec![a.parameter(), y.parameter(), start_given];
            text += &self.each_unit(width, parameters, &body);
            start += width;
        }
        text
    }

    pub(super) fn split(&self, own: Streams, targets: [(Target, usize); 2]) -> String {
        let mut text = String::new();
        let mut start = 0;
        for (target, width) in targets {
            if let Some((to, pass)) = target {
                let (own, to) = (own.named("own"), to.named("by_a"));
                let copies = (0..self.streams()).map(|s| {
                    let from = own.unit(s, "start + u");
                    format!("{} {} {from};\n", to.at(s), assign(pass))
                });
                let body: String = copies.collect();
                let start_given = Parameter::new("int start", start);
                let parameters = vec![own.parameter(), to.parameter(), start_given];
                text += &self.each_unit(width, parameters, &body);
            }
            start += width;
        }
        text
    }

    /// Gradient by the share of a blend: one sum over all units, by the lanes of one warp per set.
    pub(super) fn share_adjoint(
        &self,
        kept: [Streams; 2],
        own: Streams,
        gradient: usize,
        width: usize,
    ) -> String {
        let (new, old, own) = (kept[0].named("a"), kept[1].named("b"), own.named("own"));
        let terms = (0..self.streams()).map(|s| {
            format!(
                "sum = FMA({}, {} - {}, sum);\n",
                own.at(s),
                new.at(s),
                old.at(s)
            )
        });
        let body = format!(
            "for (int set = WARP; set < sets; set += WARPS) {{\nT sum = 0;\n\
             for (int q = set; q < {}; q += sets) for (int u = LANE; u < width; u += 32) {{\n{}}}\n\
             sum = lane_sum(sum);\n\
             if (LANE == 0) into[(long)set * GRADIENT] += sum;\n}}\n",
            self.points,
            terms.collect::<String>(),
        );
        let parameters = [
            new.parameter(),
            old.parameter(),
            own.parameter(),
            Parameter::new("int width", width),
            Parameter::new("int sets", "sets"),
            Parameter::new("T *into", format!("into + {gradient}")),
        ];
        self.call(&parameters, &body)
    }

    /// Gradients by gains and biases: those by inputs `gain` and `gain + 1` of the element, summed over points.
    /// `before` declares the variables that the inputs need in addition to q and u.
    pub(super) fn scale_adjoint(
        &self,
        scales: &Scales,
        width: usize,
        element: &Element,
        gain: usize,
        own: Streams,
        before: &str,
    ) -> String {
        let own = own.named("own");
        let mut body = before.to_string() + &element.adjoint(&|s| own.at(s), "g");
        let _ = writeln!(body, "gains += g{gain};");
        let mut sums = vec![("gains", scales.gain_gradient)];
        if let Some(place) = scales.bias_gradient {
            let _ = writeln!(body, "biases += g{};", gain + 1);
            sums.push(("biases", place));
        }
        let mut parameters = element.parameters.clone();
        parameters.push(own.parameter());
        self.each_parameter(width, parameters, &body, &sums)
    }
}

impl Element {
    /// Adds two inputs: gain and bias of unit u.
    pub(super) fn scaled(&mut self, norm: &NormLayer) {
        self.inputs.push("gain[u]".to_string());
        self.parameters
            .push(Parameter::vector("gain", "parameters", norm.gain.start));
        match &norm.bias {
            Some(bias) => {
                self.inputs.push("bias[u]".to_string());
                self.parameters
                    .push(Parameter::vector("bias", "parameters", bias.start));
            }
            None => self.inputs.push("0".to_string()),
        }
    }

    /// Declares the outputs, `{outputs}0` and so on.
    pub(super) fn forward(&self, outputs: &str) -> String {
        let program = &self.function.forward;
        self.load(program, outputs)
            + &statements(program, outputs, &|i| format!("{outputs}_in{i}"), &no_seed)
    }

    /// Declares the gradients by the inputs, for given gradients by the outputs.
    pub(super) fn adjoint(&self, own: &dyn Fn(usize) -> String, gradients: &str) -> String {
        let program = &self.function.adjoint;
        let mut text = self.load(program, gradients);
        for s in 0..self.function.outputs {
            let _ = writeln!(text, "const T {gradients}_own{s} = {};", own(s));
        }
        let input = |i| format!("{gradients}_in{i}");
        text + &statements(program, gradients, &input, &|s| {
            format!("{gradients}_own{s}")
        })
    }

    /// Declares the inputs that a program reads.
    fn load(&self, program: &Program<f64>, prefix: &str) -> String {
        let inputs = inputs(program).into_iter();
        let loads = inputs.map(|i| format!("const T {prefix}_in{i} = {};\n", self.inputs[i]));
        loads.collect()
    }
}
