//! Sets made of shapes.

/// A combination of shapes, which are given by number.
#[derive(Clone, PartialEq, Debug)]
pub enum Region {
    Shape(usize),
    Union(Box<Region>, Box<Region>),
    Intersection(Box<Region>, Box<Region>),
    /// What is in the first and not in the second.
    Difference(Box<Region>, Box<Region>),
}

impl Region {
    /// Signed distance, from those of the shapes: of the right sign, and nowhere larger than the true one.
    pub fn distance(&self, shape: &impl Fn(usize) -> f64) -> f64 {
        match self {
            Region::Shape(number) => shape(*number),
            Region::Union(a, b) => a.distance(shape).min(b.distance(shape)),
            Region::Intersection(a, b) => a.distance(shape).max(b.distance(shape)),
            Region::Difference(a, b) => a.distance(shape).max(-b.distance(shape)),
        }
    }

    /// As people write it, with all parentheses.
    pub fn show(&self, name: &impl Fn(usize) -> String) -> String {
        let both = |sign: &str, a: &Region, b: &Region| {
            format!("({} {sign} {})", a.show(name), b.show(name))
        };
        match self {
            Region::Shape(number) => name(*number),
            Region::Union(a, b) => both("|", a, b),
            Region::Intersection(a, b) => both("&", a, b),
            Region::Difference(a, b) => both("-", a, b),
        }
    }
}
