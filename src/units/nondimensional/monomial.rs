//! Products of powers of symbols, the terms of coefficients.

use crate::groups::show_quotient;
use pinn_expr::show_number;
use std::collections::BTreeMap;

/// Values that monomials are made of: parameters, then scales, then references.
#[derive(Default)]
pub(super) struct SymbolTable {
    pub names: Vec<String>,
    pub values: Vec<f64>,
}

/// c · Π symbol^power
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Monomial {
    pub factor: f64,
    pub powers: BTreeMap<u16, i32>,
}

impl Monomial {
    pub fn constant(factor: f64) -> Self {
        Monomial {
            factor,
            powers: BTreeMap::new(),
        }
    }

    pub fn symbol(symbol: u16) -> Self {
        Monomial {
            factor: 1.0,
            powers: [(symbol, 1)].into(),
        }
    }

    /// `self · other^power`
    pub fn times(&self, other: &Monomial, power: i32) -> Self {
        let mut product = self.clone();
        product.factor *= other.factor.powi(power);
        for (symbol, exponent) in &other.powers {
            let sum = product.powers.entry(*symbol).or_insert(0);
            *sum = sum.saturating_add(exponent.saturating_mul(power));
            if *sum == 0 {
                product.powers.remove(symbol);
            }
        }
        product
    }

    pub fn scaled(mut self, factor: f64) -> Self {
        self.factor *= factor;
        self
    }

    pub fn value(&self, table: &SymbolTable) -> f64 {
        let powers = self
            .powers
            .iter()
            .map(|(symbol, n)| table.values[*symbol as usize].powi(*n));
        powers.product::<f64>() * self.factor
    }

    /// A monomial whose value is √|self|, in symbols where all powers are even.
    pub fn root(&self, table: &SymbolTable) -> Self {
        if self.powers.values().any(|n| n % 2 != 0) {
            return Monomial::constant(self.value(table).abs().sqrt());
        }
        let halves = self.powers.iter().map(|(symbol, n)| (*symbol, n / 2));
        let root = Monomial {
            factor: self.factor.abs().sqrt(),
            powers: halves.collect(),
        };
        root.absolute(table)
    }

    /// A monomial whose value is |self|.
    pub fn absolute(mut self, table: &SymbolTable) -> Self {
        if self.value(table) < 0.0 {
            self.factor = -self.factor;
        }
        self
    }

    /// `2 k t_scale/(rho x_scale^2)`
    pub fn show(&self, table: &SymbolTable) -> String {
        self.show_over(table, &[])
    }

    /// Prints the monomial over further factors.
    pub fn show_over(&self, table: &SymbolTable, further: &[&str]) -> String {
        let side = |sign: i32| -> Vec<String> {
            let symbols = self.powers.iter().filter(|(_, n)| (**n > 0) == (sign > 0));
            symbols
                .map(|(symbol, n)| {
                    let name = &table.names[*symbol as usize];
                    match n.unsigned_abs() {
                        1 => name.clone(),
                        n => format!("{name}^{n}"),
                    }
                })
                .collect()
        };
        let (mut above, mut below) = (side(1), side(-1));
        below.extend(further.iter().map(|name| name.to_string()));
        let size = self.factor.abs();
        if size != 1.0 {
            above.insert(0, show_number(size));
        }
        let sign = if self.factor < 0.0 { "-" } else { "" };
        format!("{sign}{}", show_quotient(&above, &below))
    }
}
