//! Physical quantities in terms of dimensionless ones.

use super::monomial::SymbolTable;
use crate::dimensions::{Declared, QuantityInfo};
use crate::scale::{Affine, Scales};
use pinn_expr::{Expr, Graph, Op};

/// Numbers of the symbols that stand for scales and references.
pub(super) struct Substitution {
    pub table: SymbolTable,
    coordinate_scale: u16,
    field_scale: u16,
    coordinate_reference: Vec<Option<u16>>,
    field_reference: Vec<Option<u16>>,
}

impl Substitution {
    pub fn new(declared: &Declared, scales: &Scales) -> Self {
        let mut table = SymbolTable {
            names: declared.parameters.iter().map(|p| p.name.clone()).collect(),
            values: scales.parameters.clone(),
        };
        let mut push = |name: String, value: f64| {
            table.names.push(name);
            table.values.push(value);
            (table.names.len() - 1) as u16
        };
        let coordinate_scale = declared.parameters.len() as u16;
        for (info, affine) in declared.coordinates.iter().zip(&scales.coordinates) {
            push(format!("{}_scale", info.name), affine.scale);
        }
        let field_scale = coordinate_scale + declared.coordinates.len() as u16;
        for (info, affine) in declared.fields.iter().zip(&scales.fields) {
            push(format!("{}_scale", info.name), affine.scale);
        }
        let mut reference = |infos: &[QuantityInfo], affines: &[Affine]| {
            let pairs = infos.iter().zip(affines);
            pairs
                .map(|(info, affine)| {
                    (affine.reference != 0.0)
                        .then(|| push(format!("{}_ref", info.name), affine.reference))
                })
                .collect::<Vec<_>>()
        };
        let coordinate_reference = reference(&declared.coordinates, &scales.coordinates);
        let field_reference = reference(&declared.fields, &scales.fields);
        Substitution {
            table,
            coordinate_scale,
            field_scale,
            coordinate_reference,
            field_reference,
        }
    }

    /// Symbol of a field's reference, if that is not zero.
    pub fn field_reference(&self, field: u16) -> Option<u16> {
        self.field_reference[usize::from(field)]
    }

    /// The leaf with `reference + scale · hat` in its place; `None` if it stays.
    pub fn leaf(&self, graph: &mut Graph, op: Op) -> Option<Expr> {
        match op {
            Op::Field { field, order, .. } => {
                let hat = graph.intern(op);
                let scale = graph.parameter(self.field_scale + field);
                let mut e = graph.mul(scale, hat);
                for (k, n) in order.iter().enumerate() {
                    for _ in 0..*n {
                        let scale = graph.parameter(self.coordinate_scale + k as u16);
                        e = graph.div(e, scale);
                    }
                }
                if order.iter().all(|n| *n == 0)
                    && let Some(symbol) = self.field_reference[field as usize]
                {
                    let reference = graph.parameter(symbol);
                    e = graph.add(reference, e);
                }
                Some(e)
            }
            Op::Coordinate { coordinate, .. } => {
                let hat = graph.intern(op);
                let scale = graph.parameter(self.coordinate_scale + u16::from(coordinate));
                let mut e = graph.mul(scale, hat);
                if let Some(symbol) = self.coordinate_reference[coordinate as usize] {
                    let reference = graph.parameter(symbol);
                    e = graph.add(reference, e);
                }
                Some(e)
            }
            _ => None,
        }
    }
}
