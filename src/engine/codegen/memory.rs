//! Places and lifetimes of the values of a tile of points.
//!
//! Forward, node n is computed at time n, then the residuals, then the adjoints of the nodes, last one first. Values that
//! adjoints read are kept, except activations, which are recomputed from their inputs for the adjoint of their first
//! reader: this halves the memory at the cost of one function per number. Gradients live from their first part to the
//! adjoint of their node. Values with disjoint lifetimes may share a place.

use super::layout::{Layout, Node, padded};
use pinn_network::{Operation, Statistics, Value};

/// Places in a tile's memory, in numbers from its start.
#[derive(Clone, Debug)]
pub struct Memory {
    /// Places of the values of nodes at their first computation.
    pub values: Vec<usize>,
    /// Places of recomputed values, with the node whose adjoint reads them first.
    pub again: Vec<Option<Again>>,
    pub gradients: Vec<Option<usize>>,
    /// Statistics of norms.
    pub statistics: Vec<Option<usize>>,
    /// Destinations of the gradients by every node's inputs, in order.
    pub passes: Vec<Vec<Pass>>,
    /// Distance of rows.
    pub strides: Vec<usize>,
    pub length: usize,
}

#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Again {
    pub reader: Value,
    pub place: usize,
}

#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Pass {
    /// The input depends on no parameters.
    Nothing,
    /// First write to the place.
    Set,
    Add,
}

/// Block of memory with its first and last use.
struct Block {
    first: usize,
    last: usize,
    length: usize,
}

struct Blocks(Vec<Block>);

impl Blocks {
    fn begin(&mut self, time: usize, length: usize) -> usize {
        self.0.push(Block {
            first: time,
            last: time,
            length,
        });
        self.0.len() - 1
    }

    fn used(&mut self, block: usize, time: usize) {
        self.0[block].last = self.0[block].last.max(time);
    }

    /// Finds places at which blocks with overlapping lifetimes are disjoint: the longest first, each at the lowest free
    /// place.
    fn places(&self) -> (Vec<usize>, usize) {
        let mut order: Vec<usize> = (0..self.0.len()).collect();
        order.sort_by_key(|b| std::cmp::Reverse(self.0[*b].length));
        let mut places = vec![0; self.0.len()];
        let mut placed: Vec<usize> = Vec::new();
        for block in order {
            let own = &self.0[block];
            let mut beside: Vec<(usize, usize)> = placed
                .iter()
                .filter(|b| self.0[**b].first <= own.last && own.first <= self.0[**b].last)
                .map(|b| (places[*b], places[*b] + self.0[*b].length))
                .collect();
            beside.sort_unstable();
            let mut place = 0;
            for (start, end) in beside {
                if place + own.length <= start {
                    break;
                }
                place = place.max(end);
            }
            places[block] = place;
            placed.push(block);
        }
        let ends = self.0.iter().zip(&places).map(|(b, p)| b.length + p);
        let length = ends.max().unwrap_or(0);
        (places, length)
    }
}

/// Value from which a value is recomputed: activations are recomputed from kept values.
fn forgotten(nodes: &[Node], value: Value) -> Option<Value> {
    match nodes[value.0].operation {
        Operation::Activation { input, .. } => match nodes[input.0].operation {
            Operation::Activation { .. } => None,
            _ => Some(input),
        },
        _ => None,
    }
}

impl Memory {
    /// Plans the memory for a number of streams and points.
    pub fn new(layout: &Layout, streams: usize, points: usize) -> Self {
        let nodes = &layout.nodes;
        let count = nodes.len();
        let adjoint = |node: usize| 2 * count - node;
        // One vector more than the width, so that successive rows are in different banks of shared memory.
        let strides: Vec<usize> = nodes.iter().map(|node| padded(node.width) + 4).collect();
        let mut blocks = Blocks(Vec::new());
        let length = |node: usize| streams * points * strides[node];
        let values: Vec<usize> = (0..count).map(|n| blocks.begin(n, length(n))).collect();
        for (n, node) in nodes.iter().enumerate() {
            for input in node.operation.inputs() {
                blocks.used(values[input.0], n);
            }
        }
        // The residuals read the fields.
        for head in &values[layout.first_head..] {
            blocks.used(*head, count);
        }
        let mut again: Vec<Option<(Value, usize)>> = vec![None; count];
        let mut gradients: Vec<Option<usize>> = vec![None; count];
        let mut statistics: Vec<Option<usize>> = vec![None; count];
        let mut passes: Vec<Vec<Pass>> = vec![Vec::new(); count];
        for head in layout.first_head..count {
            if nodes[head].trained {
                gradients[head] = Some(blocks.begin(count, length(head)));
            }
        }
        for n in (0..count).rev() {
            let time = adjoint(n);
            let operation = &nodes[n].operation;
            if let Operation::Norm { norm, .. } = operation
                && let Statistics::OfFeatures { groups, .. } = norm.statistics
            {
                let block = blocks.begin(n, padded(2 * streams * points * groups));
                blocks.used(block, time);
                statistics[n] = Some(block);
            }
            let inputs: Vec<Value> = operation.inputs().collect();
            let Some(own) = gradients[n] else {
                passes[n] = vec![Pass::Nothing; inputs.len()];
                continue;
            };
            blocks.used(own, time);
            let reads_inputs = !matches!(operation, Operation::Concatenate { .. });
            for input in inputs {
                if reads_inputs {
                    match (forgotten(nodes, input), again[input.0]) {
                        (None, _) => blocks.used(values[input.0], time),
                        (Some(_), Some((_, block))) => blocks.used(block, time),
                        (Some(before), None) => {
                            let block = blocks.begin(time, length(input.0));
                            again[input.0] = Some((Value(n), block));
                            blocks.used(values[before.0], time);
                        }
                    }
                }
                let pass = match gradients[input.0] {
                    _ if !nodes[input.0].trained => Pass::Nothing,
                    Some(block) => {
                        blocks.used(block, time);
                        Pass::Add
                    }
                    None => {
                        let in_place = matches!(
                            operation,
                            Operation::Activation { .. } | Operation::Norm { .. }
                        );
                        gradients[input.0] = Some(match in_place {
                            true => own,
                            false => blocks.begin(time, length(input.0)),
                        });
                        Pass::Set
                    }
                };
                passes[n].push(pass);
            }
        }
        let (places, length) = blocks.places();
        let placed = |block: Option<usize>| block.map(|b| places[b]);
        Memory {
            values: values.iter().map(|b| places[*b]).collect(),
            again: again
                .into_iter()
                .map(|again| {
                    again.map(|(reader, block)| Again {
                        reader,
                        place: places[block],
                    })
                })
                .collect(),
            gradients: gradients.into_iter().map(placed).collect(),
            statistics: statistics.into_iter().map(placed).collect(),
            passes,
            strides,
            // Products read beyond the last row, up to the padding of a row.
            length: length + 16,
        }
    }
}
