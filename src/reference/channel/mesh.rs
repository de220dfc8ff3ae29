//! Elements of a channel with a cylinder across it: curved ones around the cylinder, rectangles before and behind.

use std::f64::consts::FRAC_PI_4;

/// Lengths in heights of the channel; the origin lies below the axis of the cylinder, on the lower wall.
#[derive(Copy, Clone, PartialEq, Debug)]
pub(super) struct Shape {
    /// Inlet and outlet are this far from the axis.
    pub upstream: f64,
    pub downstream: f64,
    /// Height of the axis.
    pub axis: f64,
    pub radius: f64,
}

/// A part of the boundary. The outlet, at which nothing is held, is the rest.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Edge {
    Wall,
    Cylinder,
    Inlet,
}

type Point = [f64; 2];

/// The image of the unit square.
pub(super) enum Element {
    /// Along rays from the axis: between two points of a straight edge, and from one part of the way between the
    /// cylinder and the edge to another. The edge is divided evenly, so that rectangles fit on it.
    Ring {
        edge: [Point; 2],
        layer: [f64; 2],
    },
    Rectangle {
        from: Point,
        to: Point,
    },
}

/// A point, and its derivatives along both sides of the unit square.
pub(super) struct Image {
    pub at: Point,
    pub along: [Point; 2],
}

pub(super) struct Mesh {
    pub shape: Shape,
    pub elements: Vec<Element>,
}

/// Points nearer than this are one, and on what they are so near to.
const SAME: f64 = 1e-9;
/// Elements between two corners of the square around the cylinder.
const PER_SIDE: usize = 2;
/// Parts of the way from the cylinder to the square: boundary layers lie in the first.
const LAYERS: [f64; 3] = [0.0, 0.3, 1.0];
/// Half of the width of the square, whose height is that of the channel.
const HALF: f64 = 0.5;

impl Mesh {
    pub fn new(shape: Shape) -> Self {
        // A thin remainder before or behind the square becomes part of it.
        let half = |length: f64| if length < 1.5 * HALF { length } else { HALF };
        let (before, behind) = (-half(shape.upstream), half(shape.downstream));
        let corners = [
            [behind, 0.0],
            [behind, 1.0],
            [before, 1.0],
            [before, 0.0],
            [behind, 0.0],
        ];
        let mut elements = Vec::new();
        for side in corners.windows(2) {
            let on = |k: usize| between(side[0], side[1], k as f64 / PER_SIDE as f64);
            for k in 0..PER_SIDE {
                for layer in LAYERS.windows(2) {
                    elements.push(Element::Ring {
                        edge: [on(k), on(k + 1)],
                        layer: [layer[0], layer[1]],
                    });
                }
            }
        }
        for (from, to) in [(-shape.upstream, before), (behind, shape.downstream)] {
            let columns = ((to - from) / HALF).ceil() as usize;
            let column = |i: usize| from + (to - from) * i as f64 / columns as f64;
            let row = |j: usize| j as f64 / PER_SIDE as f64;
            for i in 0..columns {
                for j in 0..PER_SIDE {
                    elements.push(Element::Rectangle {
                        from: [column(i), row(j)],
                        to: [column(i + 1), row(j + 1)],
                    });
                }
            }
        }
        Mesh { shape, elements }
    }

    /// Position of a point of an element's unit square.
    pub fn image(&self, element: &Element, [s, t]: Point) -> Image {
        match element {
            Element::Rectangle { from, to } => {
                let size = [to[0] - from[0], to[1] - from[1]];
                Image {
                    at: [from[0] + s * size[0], from[1] + t * size[1]],
                    along: [[size[0], 0.0], [0.0, size[1]]],
                }
            }
            Element::Ring { edge, layer } => {
                let Shape { axis, radius, .. } = self.shape;
                let end = between(edge[0], edge[1], s);
                let ray = [end[0], end[1] - axis];
                let length = ray[0].hypot(ray[1]);
                let direction = ray.map(|c| c / length);
                let turn = [edge[1][0] - edge[0][0], edge[1][1] - edge[0][1]];
                let stretch = direction[0] * turn[0] + direction[1] * turn[1];
                let part = layer[0] + t * (layer[1] - layer[0]);
                let distance = radius + part * (length - radius);
                let along_edge = [0, 1].map(|c| {
                    (turn[c] - direction[c] * stretch) / length * distance
                        + direction[c] * part * stretch
                });
                let outwards = (layer[1] - layer[0]) * (length - radius);
                Image {
                    at: [direction[0] * distance, axis + direction[1] * distance],
                    along: [along_edge, direction.map(|c| c * outwards)],
                }
            }
        }
    }

    /// Number of the element in which a point lies, and its place in the unit square. What lies outside by rounding is in the
    /// next one, what lies in the cylinder on its surface.
    pub fn locate(&self, [x, y]: Point) -> (usize, Point) {
        let Shape {
            upstream,
            downstream,
            ..
        } = self.shape;
        let point = [x.clamp(-upstream, downstream), y.clamp(0.0, 1.0)];
        let outside = |place: &Point| {
            let beyond = place.map(|c| (-c).max(c - 1.0).max(0.0));
            beyond[0].max(beyond[1])
        };
        let found = self
            .elements
            .iter()
            .enumerate()
            .filter_map(|(number, element)| {
                let place = self.place(element, point)?;
                Some((outside(&place), number, place))
            });
        let nearest = found.min_by(|a, b| a.0.total_cmp(&b.0));
        let Some((_, number, place)) = nearest else {
            unreachable!("the rays of some element of the ring go towards every point")
        };
        (number, place.map(|c| c.clamp(0.0, 1.0)))
    }

    fn place(&self, element: &Element, point: Point) -> Option<Point> {
        match element {
            Element::Rectangle { from, to } => {
                Some([0, 1].map(|c| (point[c] - from[c]) / (to[c] - from[c])))
            }
            Element::Ring { edge, layer } => {
                let Shape { axis, radius, .. } = self.shape;
                let mut ray = [point[0], point[1] - axis];
                if ray == [0.0; 2] {
                    ray = [radius * FRAC_PI_4.cos(), radius * FRAC_PI_4.sin()];
                }
                // ray · factor = edge[0] + s · turn, from the axis.
                let start = [edge[0][0], edge[0][1] - axis];
                let turn = [edge[1][0] - edge[0][0], edge[1][1] - edge[0][1]];
                let cross = |a: Point, b: Point| a[0] * b[1] - a[1] * b[0];
                let factor = cross(start, turn) / cross(ray, turn);
                if !(factor.is_finite() && factor > 0.0) {
                    return None;
                }
                let s = cross(start, ray) / cross(ray, turn);
                let distance = ray[0].hypot(ray[1]);
                let length = factor * distance;
                let part = ((distance - radius) / (length - radius)).max(0.0);
                Some([s, (part - layer[0]) / (layer[1] - layer[0])])
            }
        }
    }

    /// Returns true if a point lies on a part of the boundary.
    pub fn on(&self, edge: Edge, [x, y]: Point) -> bool {
        let shape = self.shape;
        let distance = match edge {
            Edge::Wall => y.min(1.0 - y),
            Edge::Cylinder => x.hypot(y - shape.axis) - shape.radius,
            Edge::Inlet => x + shape.upstream,
        };
        distance.abs() < SAME
    }

    /// Numbers of the points at `places` (both coordinates of the unit square) of every element, the same for one
    /// point of several elements; and the points.
    pub fn number(&self, places: &[f64]) -> (Vec<Vec<usize>>, Vec<Point>) {
        let mut points: Vec<Point> = Vec::new();
        let numbers = self.elements.iter().map(|element| {
            let pairs = places.iter().flat_map(|s| places.iter().map(|t| [*s, *t]));
            let at = pairs.map(|place| self.image(element, place).at);
            let number = at.map(|at| {
                let same = |p: &Point| (p[0] - at[0]).abs().max((p[1] - at[1]).abs()) < SAME;
                points.iter().position(same).unwrap_or_else(|| {
                    points.push(at);
                    points.len() - 1
                })
            });
            number.collect()
        });
        (numbers.collect(), points)
    }
}

fn between(a: Point, b: Point, part: f64) -> Point {
    [0, 1].map(|c| a[c] + part * (b[c] - a[c]))
}

#[cfg(test)]
mod tests {
    use super::super::basis::gauss_legendre;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn points_are_found_where_they_came_from(
            upstream in 0.4f64..2.0, downstream in 0.4f64..4.0, axis in 0.3f64..0.7, radius in 0.05f64..0.25,
            s in 0.0f64..1.0, t in 0.0f64..1.0,
        ) {
            let mesh = Mesh::new(Shape { upstream, downstream, axis, radius });
            for element in &mesh.elements {
                let image = mesh.image(element, [s, t]);
                let (found, place) = mesh.locate(image.at);
                let back = mesh.image(&mesh.elements[found], place).at;
                prop_assert!((back[0] - image.at[0]).hypot(back[1] - image.at[1]) < 1e-12);
                let h = 1e-6;
                for (side, slope) in image.along.iter().enumerate() {
                    let mut moved = [s, t];
                    moved[side] += h;
                    let moved = mesh.image(element, moved).at;
                    for c in [0, 1] {
                        prop_assert!(((moved[c] - image.at[c]) / h - slope[c]).abs() < 1e-4);
                    }
                }
            }
        }

        #[test]
        fn elements_fill_the_channel(
            upstream in 0.4f64..2.0, downstream in 0.4f64..4.0, axis in 0.3f64..0.7, radius in 0.05f64..0.25,
        ) {
            let mesh = Mesh::new(Shape { upstream, downstream, axis, radius });
            let rule = gauss_legendre(16);
            let mut area = 0.0;
            for element in &mesh.elements {
                for (s, along_s) in &rule {
                    area += rule.iter().map(|(t, along_t)| {
                        let [a, b] = mesh.image(element, [*s, *t]).along;
                        along_s * along_t * (a[0] * b[1] - a[1] * b[0]).abs()
                    }).sum::<f64>();
                }
            }
            let exact = upstream + downstream - std::f64::consts::PI * radius * radius;
            prop_assert!((area - exact).abs() < 1e-8, "{} {}", area, exact);
        }
    }
}
