//! Structure of the streams that pass through the network: products and compositions on them.

use crate::simd::Element;
use pinn_expr::MAX_COORDINATES;
use pinn_network::jets::JetPlan;

/// [`JetPlan`] with numbered streams.
#[derive(Clone, Debug)]
pub struct Structure<T> {
    pub streams: usize,
    pub series: Vec<Series>,
    pub operators: Vec<Operator<T>>,
    /// Streams that do not vanish on linear functions, with their slopes along the coordinates.
    pub slopes: Vec<(usize, [f64; MAX_COORDINATES])>,
    /// Leibniz's rule: stream `result` of a product is the sum of `coefficient · a[left] · b[right]`.
    /// Sorted by result; results are no smaller than their operands.
    pub product: Vec<ProductTerm<T>>,
    /// Terms of the square of a value, left ≤ right, with equal products merged. Sorted by result.
    pub square: Vec<ProductTerm<T>>,
    /// Terms of `product`, sorted by left.
    pub by_left: Vec<ProductTerm<T>>,
    /// Terms of `product` without the value; the others are a[r] · b[0], and a[0] · b[r] if that is different.
    /// Results are larger than their operands.
    pub crossed: Vec<ProductTerm<T>>,
    /// Highest derivative of an activation that its values and derivatives contain.
    pub order: usize,
}

/// Streams `first..first + order` are the derivatives 1..=order along one direction.
#[derive(Copy, Clone, Debug)]
pub struct Series {
    pub first: usize,
    pub order: usize,
}

/// [`jets::Operator`](pinn_network::jets::Operator) in streams.
#[derive(Clone, Debug)]
pub struct Operator<T> {
    pub stream: usize,
    /// Streams of two first derivatives, and the coefficient of their product.
    pub second: Vec<(usize, usize, T)>,
    /// First stream of a series, and the coefficient.
    pub third: Vec<(usize, T)>,
    pub fourth: Vec<(usize, T)>,
}

#[derive(Copy, Clone, Debug)]
pub struct ProductTerm<T> {
    pub result: usize,
    pub left: usize,
    pub right: usize,
    pub coefficient: T,
}

impl<T: Element> Structure<T> {
    pub fn new(plan: &JetPlan) -> Self {
        let mut structure = Structure {
            streams: plan.streams(),
            series: Vec::new(),
            operators: Vec::new(),
            slopes: Vec::new(),
            product: Vec::new(),
            square: Vec::new(),
            by_left: Vec::new(),
            crossed: Vec::new(),
            order: 1,
        };
        structure.term(0, 0, 0, 1.0);
        let mut next = 1;
        for direction in &plan.directions {
            structure.slopes.push((next, direction.vector));
            let (first, order) = (next, direction.order);
            structure.series.push(Series { first, order });
            structure.order = structure.order.max(order);
            next += order;
            let stream = |k: usize| if k == 0 { 0 } else { first + k - 1 };
            for k in 1..=order {
                for i in 0..=k {
                    structure.term(stream(k), stream(i), stream(k - i), binomial(k, i));
                }
            }
        }
        for operator in &plan.operators {
            structure.operator(operator, next);
            next += 1;
        }
        structure.sort();
        structure
    }

    fn sort(&mut self) {
        self.product.sort_by_key(|term| term.result);
        self.by_left = self.product.clone();
        self.by_left.sort_by_key(|term| term.left);
        let crossed = self.product.iter().copied();
        self.crossed = crossed.filter(|t| t.left > 0 && t.right > 0).collect();
        for term in &self.product {
            if term.left <= term.right {
                let two = if term.left < term.right { 2.0 } else { 1.0 };
                self.square.push(ProductTerm {
                    coefficient: T::from_f64(two) * term.coefficient,
                    ..*term
                });
            }
        }
    }

    fn operator(&mut self, operator: &pinn_network::jets::Operator, stream: usize) {
        if operator.slope.iter().any(|s| *s != 0.0) {
            self.slopes.push((stream, operator.slope));
        }
        let first: Vec<usize> = self.series.iter().map(|series| series.first).collect();
        self.term(stream, stream, 0, 1.0);
        self.term(stream, 0, stream, 1.0);
        for (i, j, c) in &operator.second {
            self.term(stream, first[*i], first[*j], *c);
            self.term(stream, first[*j], first[*i], *c);
        }
        for (order, terms) in [(3, &operator.third), (4, &operator.fourth)] {
            for (d, c) in terms {
                for i in 1..order {
                    let (left, right) = (first[*d] + i - 1, first[*d] + order - i - 1);
                    self.term(stream, left, right, c * binomial(order, i));
                }
            }
        }
        let highest = match operator {
            o if !o.fourth.is_empty() => 4,
            o if !o.third.is_empty() => 3,
            o if !o.second.is_empty() => 2,
            _ => 1,
        };
        self.order = self.order.max(highest);
        let along = |terms: &[(usize, f64)]| -> Vec<(usize, T)> {
            let terms = terms.iter();
            terms.map(|(d, c)| (first[*d], T::from_f64(*c))).collect()
        };
        let second = operator.second.iter();
        self.operators.push(Operator {
            stream,
            second: second
                .map(|(i, j, c)| (first[*i], first[*j], T::from_f64(*c)))
                .collect(),
            third: along(&operator.third),
            fourth: along(&operator.fourth),
        });
    }

    /// Merges equal terms.
    fn term(&mut self, result: usize, left: usize, right: usize, coefficient: f64) {
        let coefficient = T::from_f64(coefficient);
        let same = |t: &&mut ProductTerm<T>| (t.result, t.left, t.right) == (result, left, right);
        match self.product.iter_mut().find(same) {
            Some(term) => term.coefficient += coefficient,
            None => self.product.push(ProductTerm {
                result,
                left,
                right,
                coefficient,
            }),
        }
    }
}

fn binomial(n: usize, k: usize) -> f64 {
    (1..=k).fold(1.0, |c, i| c * (n + 1 - i) as f64 / i as f64)
}
