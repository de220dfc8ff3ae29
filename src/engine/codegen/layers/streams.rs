//! Names in the source.

/// Streams of a value or of a gradient in a tile.
#[derive(Copy, Clone)]
pub struct Streams {
    pub place: usize,
    pub stride: usize,
    pub points: usize,
}

impl Streams {
    pub fn pointer(&self) -> String {
        format!("values + {}", self.place)
    }

    /// Streams under a name, as a parameter of a function.
    pub fn named(self, name: &'static str) -> Named {
        Named {
            name,
            streams: self,
        }
    }
}

#[derive(Copy, Clone)]
pub struct Named {
    name: &'static str,
    streams: Streams,
}

impl Named {
    /// Stream of unit `u` of point `q`.
    pub fn at(&self, stream: usize) -> String {
        self.unit(stream, "u")
    }

    pub fn unit(&self, stream: usize, unit: &str) -> String {
        let (name, row) = (self.name, stream * self.streams.points);
        format!("values[{name} + ({row} + q) * {name}_stride + {unit}]")
    }

    pub fn parameter(&self) -> Parameter {
        let name = self.name;
        Parameter {
            declared: format!("int {name}, int {name}_stride"),
            given: format!("{}, {}", self.streams.place, self.streams.stride),
        }
    }
}

/// Parameter of a function of the source, with its argument.
#[derive(Clone)]
pub struct Parameter {
    pub declared: String,
    pub given: String,
}

impl Parameter {
    pub fn new(declared: &str, given: impl ToString) -> Self {
        Parameter {
            declared: declared.to_string(),
            given: given.to_string(),
        }
    }

    /// Part of a vector.
    pub fn vector(name: &str, of: &str, start: usize) -> Self {
        Parameter::new(&format!("const T *{name}"), format!("{of} + {start}"))
    }
}
