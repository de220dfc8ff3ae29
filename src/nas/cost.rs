//! Operation count of a step.

use pinn_network::{Circuit, Operation, Statistics, Weights};

/// Numbers of multiply-adds that take as long as the work of an activation and of a norm on one unit of one stream,
/// forward and back. Products run at several times the rate of such loops. All numbers are fits to the seconds per step
/// of `cargo bench --bench search -- cost`, at widths 20 and 32.
const ACTIVATION: usize = 20;
const NORM: usize = 40;
/// Operations of a norm whose groups do not begin and end with vectors, so that they are processed by feature.
const RAGGED_NORM: usize = 440;
/// Number of features of a vector, independent of the machine.
const VECTOR: usize = 8;

/// Number of operations of a step per point and stream of the jets, in units of a multiply-add of a matrix
/// product.
///
/// The time of a step is proportional to it in one problem, where points and streams are equal for all
/// configurations. It is counted and not measured, so that the choice does not depend on the load of the
/// machine.
pub fn operations(circuit: &Circuit) -> usize {
    // Products forward, for the gradient by inputs, and for that by weights.
    const PASSES: usize = 3;
    let nodes = circuit.nodes.iter().map(|node| match &node.operation {
        Operation::Linear { layer, .. } => match layer.weights {
            Weights::Frozen(_) => layer.inputs * layer.outputs,
            _ => PASSES * layer.inputs * layer.outputs,
        },
        Operation::Activation { .. } => ACTIVATION * node.width,
        Operation::Norm { norm, .. } => node.width * each(&norm.statistics, node.width),
        Operation::Gate { .. } | Operation::Blend { .. } => PASSES * node.width,
        Operation::Coordinates | Operation::Concatenate { .. } => 0,
    });
    let heads = circuit.heads.iter();
    let heads = heads.map(|head| PASSES * head.layer.inputs * head.layer.outputs);
    nodes.chain(heads).sum()
}

/// Operations of a norm, for every unit. A single group may be of any width.
fn each(statistics: &Statistics, width: usize) -> usize {
    match statistics {
        Statistics::OfFeatures { groups, .. }
            if *groups > 1 && !width.is_multiple_of(groups * VECTOR) =>
        {
            RAGGED_NORM
        }
        _ => NORM,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinn_network::activation::Activation;
    use pinn_network::{InputMap, Network};
    use pinn_norm::layer::{GroupNorm, LayerNorm, Place};

    #[test]
    fn norms_cost_their_units() {
        let maps = vec![InputMap::onto_unit(0.0, 1.0); 2];
        let plain = Network::mlp(maps, vec![10, 5], Activation::Tanh, 1);
        let products = 3 * (2 * 10 + 10 * 5 + 5);
        let without = operations(&plain.circuit().unwrap());
        assert_eq!(without, products + ACTIVATION * 15);
        let layer = LayerNorm { epsilon: 1e-3 };
        for (place, units) in [(Place::Pre, 15), (Place::Peri, 30)] {
            let normed = plain.clone().with_norm(&layer, place).circuit().unwrap();
            assert_eq!(operations(&normed), without + NORM * units);
        }
        let group = GroupNorm {
            groups: 5,
            epsilon: 1e-3,
        };
        let mut wide = plain.clone();
        wide.hidden = vec![40, 5 * 16];
        let without = operations(&wide.circuit().unwrap());
        let normed = wide.with_norm(&group, Place::Pre).circuit().unwrap();
        assert_eq!(operations(&normed), without + NORM * 120);
        let mut ragged = plain;
        ragged.hidden = vec![10, 10];
        let without = operations(&ragged.circuit().unwrap());
        let normed = ragged.with_norm(&group, Place::Pre).circuit().unwrap();
        assert_eq!(operations(&normed), without + RAGGED_NORM * 20);
    }
}
