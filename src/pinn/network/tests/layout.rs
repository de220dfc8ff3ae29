//! What a circuit is made of.

use super::*;
use std::ops::Range;

#[test]
fn every_parameter_belongs_to_one_layer() {
    for network in all() {
        let circuit = circuit(&network);
        let mut ranges: Vec<Range<usize>> = vec![];
        for layer in layers(&circuit) {
            let (inputs, outputs) = (layer.inputs, layer.outputs);
            match &layer.weights {
                Weights::Frozen(weights) => assert_eq!(weights.len(), inputs * outputs),
                Weights::Plain(range) => {
                    assert_eq!(range.len(), inputs * outputs);
                    ranges.push(range.clone());
                }
                Weights::Factorised {
                    directions,
                    log_scales,
                } => {
                    assert_eq!(directions.len(), inputs * outputs);
                    assert_eq!(log_scales.len(), outputs);
                    ranges.extend([directions.clone(), log_scales.clone()]);
                }
                Weights::Normalised {
                    directions,
                    lengths,
                } => {
                    assert_eq!(directions.len(), inputs * outputs);
                    assert_eq!(lengths.len(), outputs);
                    ranges.extend([directions.clone(), lengths.clone()]);
                }
            }
            match &layer.bias {
                Bias::None => {}
                Bias::Frozen(bias) => assert_eq!(bias.len(), outputs),
                Bias::Trained(range) => {
                    assert_eq!(range.len(), outputs);
                    ranges.push(range.clone());
                }
            }
        }
        for node in &circuit.nodes {
            if let Operation::Blend { share, .. } = node.operation {
                ranges.push(share..share + 1);
            }
        }
        for (_, norm) in circuit.norms() {
            ranges.push(norm.gain.clone());
            ranges.extend(norm.bias.clone());
        }
        ranges.sort_by_key(|range| range.start);
        let mut end = 0;
        for range in ranges {
            assert_eq!(range.start, end, "{network:?}");
            end = range.end;
        }
        assert_eq!(end, circuit.parameters, "{network:?}");
    }
}

#[test]
fn operations_read_earlier_values_of_fitting_widths() {
    for network in all() {
        let circuit = circuit(&network);
        let width = |value: Value| circuit.nodes[value.0].width;
        for (number, node) in circuit.nodes.iter().enumerate() {
            for input in node.operation.inputs() {
                assert!(input.0 < number);
                let linear = matches!(node.operation, Operation::Linear { .. });
                assert!(linear || input != Value::COORDINATES, "{network:?}");
            }
            let expected = match &node.operation {
                Operation::Coordinates => {
                    assert_eq!(number, 0);
                    network.inputs()
                }
                Operation::Linear { input, layer } => {
                    assert_eq!(width(*input), layer.inputs);
                    layer.outputs
                }
                Operation::Activation { input, .. } => width(*input),
                Operation::Norm { input, norm } => {
                    assert_eq!(norm.gain.len(), width(*input));
                    width(*input)
                }
                Operation::Gate { gate, upper, lower } => {
                    assert_eq!(width(*upper), width(*lower));
                    assert_eq!(width(*upper), width(*gate));
                    width(*gate)
                }
                Operation::Blend { new, old, .. } => {
                    assert_eq!(width(*new), width(*old));
                    width(*new)
                }
                Operation::Concatenate { first, second } => width(*first) + width(*second),
            };
            assert_eq!(node.width, expected, "{network:?}");
        }
        let mut fields = 0;
        for head in &circuit.heads {
            assert_eq!(head.fields.start, fields);
            assert_eq!(head.layer.outputs, head.fields.len());
            assert_eq!(head.layer.inputs, width(head.input));
            fields = head.fields.end;
        }
        assert_eq!((fields, circuit.outputs()), (3, 3));
        assert_eq!(circuit.inputs(), 2);
        let heads = match network.sharing {
            Sharing::Shared => 1,
            Sharing::Separate => 3,
        };
        assert_eq!(circuit.heads.len(), heads);
    }
}

#[test]
fn embeddings_do_not_depend_on_parameters() {
    for network in all() {
        let circuit = circuit(&network);
        let trained = circuit.trained();
        for (node, trained) in circuit.nodes.iter().zip(&trained) {
            if let Operation::Linear { layer, .. } = &node.operation {
                let frozen = matches!(layer.weights, Weights::Frozen(_));
                assert_eq!(frozen, !layer.is_trained());
                assert!(*trained || frozen);
            }
        }
        assert!(!trained[0]);
        // What the head reads: of separate networks, the last.
        assert!(trained[circuit.nodes.len() - 1]);
    }
}
