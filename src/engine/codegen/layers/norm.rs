//! Norms over the units of a point, on jets: the lanes of one warp share the units of a group.

use super::{Element, Layers, Parameter, Streams, Target, assign, no_seed, number};
use crate::codegen::function::Function;
use crate::codegen::layout::Scales;
use crate::codegen::statements::statements;
use pinn_network::{NormLayer, Statistics, Value};
use std::fmt::Write;

/// One norm layer: γ⊙(a − mean)⋆r + β with r = (variance + ε)^(−1/2).
pub struct FeatureNorm<'a> {
    layers: &'a Layers<'a>,
    value: Value,
    norm: &'a NormLayer,
    groups: usize,
    /// Number of units of a group.
    units: usize,
    centred: bool,
    root: Function,
}

impl Layers<'_> {
    pub(super) fn feature_norm<'a>(&'a self, value: Value, norm: &'a NormLayer) -> FeatureNorm<'a> {
        let Statistics::OfFeatures { groups, centred } = norm.statistics else {
            unreachable!("frozen norms are layers of their own")
        };
        FeatureNorm {
            layers: self,
            value,
            norm,
            groups,
            units: self.width(value) / groups,
            centred,
            root: Function::inverse_root(self.structure, norm.epsilon),
        }
    }
}

impl FeatureNorm<'_> {
    fn streams(&self) -> usize {
        self.layers.streams()
    }

    /// (a − mean)² of the streams of a; the means are called m0, m1, …
    fn square(&self, input: Streams) -> Element {
        let function = Function::square(self.layers.structure, self.centred);
        let mut element = self.layers.element(function, &[input]);
        element
            .inputs
            .extend((0..self.streams()).map(|s| format!("m{s}")));
        element
    }

    /// Norm of the streams of a; the inverse roots are called root0, root1, …
    fn apply(&self, input: Streams) -> Element {
        let function = Function::feature_norm(self.layers.structure, self.centred);
        let mut element = self.layers.element(function, &[input]);
        element
            .inputs
            .extend((0..self.streams()).map(|s| format!("m{s}")));
        element
            .inputs
            .extend((0..self.streams()).map(|s| format!("root{s}")));
        element.scaled(self.norm);
        element
    }

    /// Loop over points and groups of units, one warp for each; `u` is the number of a unit of the layer.
    fn each_group(&self, body: &str) -> String {
        format!(
            "for (int item = WARP; item < {}; item += WARPS) {{\n\
             const int q = item / {groups}, group = item % {groups};\n{body}}}\n",
            self.layers.points * self.groups,
            groups = self.groups,
        )
    }

    /// Loop of the lanes over the units of a group.
    fn each_lane(&self, body: &str) -> String {
        let units = self.units;
        format!(
            "for (int u = group * {units} + LANE; u < (group + 1) * {units}; u += 32) {{\n{body}}}\n"
        )
    }

    /// Converts the sums of the lanes to means over the units.
    fn means(&self, names: &str) -> String {
        let share = number(1.0 / self.units as f64);
        let means =
            (0..self.streams()).map(|s| format!("{names}{s} = lane_sum({names}{s}) * {share};\n"));
        means.collect()
    }

    /// Computes the means, then the variances, of point q and its group.
    fn statistic(&self, number: usize) -> String {
        let start = number * self.layers.points * self.groups;
        format!("values[statistics + {start} + q * {} + group]", self.groups)
    }

    fn statistics(&self) -> Parameter {
        let Some(place) = self.layers.memory.statistics[self.value.0] else {
            unreachable!("norms of features have statistics")
        };
        Parameter::new("int statistics", place)
    }

    fn roots(&self) -> String {
        statements(&self.root.forward, "root", &|i| format!("v{i}"), &no_seed)
    }

    /// Declares the means m, the variances v and the inverse roots of one point and group, from the stored statistics.
    fn known(&self) -> String {
        let mut text = String::new();
        for s in 0..self.streams() {
            let (mean, variance) = (self.statistic(s), self.statistic(self.streams() + s));
            let _ = writeln!(text, "const T m{s} = {mean}, v{s} = {variance};");
        }
        text + &self.roots()
    }

    pub fn forward(&self, from: Streams, to: Streams) -> String {
        let n = self.streams();
        let (input, to) = (from.named("a"), to.named("y"));
        let mut body = String::new();
        for s in 0..n {
            let _ = writeln!(body, "T m{s} = 0, v{s} = 0;");
        }
        if self.centred {
            let sums = (0..n).map(|s| format!("m{s} += {};\n", input.at(s)));
            body += &self.each_lane(&sums.collect::<String>());
            body += &self.means("m");
        }
        let mut squares = self.square(from).forward("square");
        for s in 0..n {
            let _ = writeln!(squares, "v{s} += square{s};");
        }
        body += &self.each_lane(&squares);
        body += &self.means("v");
        body += "if (LANE == 0) {\n";
        for s in 0..n {
            let (mean, variance) = (self.statistic(s), self.statistic(n + s));
            let _ = writeln!(body, "{mean} = m{s};\n{variance} = v{s};");
        }
        body += "}\n";
        body += &self.roots();
        let apply = self.apply(from);
        let mut results = apply.forward("result");
        for s in 0..n {
            let _ = writeln!(results, "{} = result{s};", to.at(s));
        }
        body += &self.each_lane(&results);
        let mut parameters = apply.parameters;
        parameters.extend([to.parameter(), self.statistics()]);
        self.layers.call(&parameters, &self.each_group(&body))
    }

    pub fn adjoint(&self, scales: &Scales, kept: Streams, own: Streams, target: Target) -> String {
        let n = self.streams();
        let width = self.units * self.groups;
        let mut apply = self.apply(kept);
        apply.parameters.push(self.statistics());
        let before = format!("const int group = u / {};\n{}", self.units, self.known());
        let mut text = self
            .layers
            .scale_adjoint(scales, width, &apply, 3 * n, own, &before);
        let Some((to, pass)) = target else {
            return text;
        };
        // The following code writes to places that this may read.
        text += "BARRIER();\n";
        let (own, to) = (own.named("own"), to.named("by_a"));
        let by_own = apply.adjoint(&|s| own.at(s), "g");
        let mut body = self.known();
        for s in 0..n {
            let _ = writeln!(body, "T b{s} = 0, c{s} = 0;");
        }
        // Gradients by the inverse roots, and by the variances.
        let mut by_roots = by_own.clone();
        for s in 0..n {
            let _ = writeln!(by_roots, "b{s} += g{};", 2 * n + s);
        }
        body += &self.each_lane(&by_roots);
        body += &self.means("b");
        let root = &self.root.adjoint;
        body += &statements(root, "w", &|i| format!("v{i}"), &|s| format!("b{s}"));
        // Gradients by the units: their own, and by way of the variances.
        let by_squares = self.square(kept).adjoint(&|s| format!("w{s}"), "h");
        let by_units = by_own + &by_squares;
        if self.centred {
            let sums = (0..n).map(|s| format!("c{s} += g{s} + h{s};\n"));
            body += &self.each_lane(&(by_units.clone() + &sums.collect::<String>()));
            body += &self.means("c");
        }
        let mut results = by_units;
        for s in 0..n {
            let _ = writeln!(results, "{} {} g{s} + h{s} - c{s};", to.at(s), assign(pass));
        }
        body += &self.each_lane(&results);
        let mut parameters = apply.parameters;
        parameters.extend([own.parameter(), to.parameter()]);
        text + &self.layers.call(&parameters, &self.each_group(&body))
    }
}
