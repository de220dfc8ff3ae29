//! Distances from many triangles, and winding numbers of closed surfaces.

use super::triangle::{Point, Triangle};
use robust::{Coord, Coord3D, orient2d, orient3d};

/// Tree of boxes around triangles, each split at the median along its longest side.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    triangles: Vec<Triangle>,
}

#[derive(Clone, Debug)]
struct Node {
    lower: Point,
    upper: Point,
    /// Number of the first child of an inner node, which the second follows, or of the first triangle of a
    /// leaf.
    first: usize,
    /// Number of triangles; none in an inner node.
    count: usize,
}

/// Triangles of a leaf.
const LEAF: usize = 4;

impl Node {
    fn around(triangles: &[Triangle], first: usize) -> Self {
        let corners = || triangles.iter().flatten();
        Node {
            lower: corners().fold(Point::repeat(f64::INFINITY), |a, b| a.inf(b)),
            upper: corners().fold(Point::repeat(f64::NEG_INFINITY), |a, b| a.sup(b)),
            first,
            count: triangles.len(),
        }
    }

    /// Square of the distance from the box.
    fn square(&self, p: &Point) -> f64 {
        let beyond = (self.lower - p).sup(&(p - self.upper));
        beyond.sup(&Point::zeros()).norm_squared()
    }

    /// Returns true if the ray from a point along the first coordinate may meet the box.
    fn meets_ray(&self, p: &Point) -> bool {
        let beside = |c: usize| p[c] < self.lower[c] || p[c] > self.upper[c];
        p.x <= self.upper.x && !beside(1) && !beside(2)
    }
}

impl Tree {
    pub(super) fn new(mut triangles: Vec<Triangle>) -> Self {
        let mut nodes = vec![Node::around(&triangles, 0)];
        // Nodes behind this one have not been split yet.
        let mut next = 0;
        while next < nodes.len() {
            let Node { first, count, .. } = nodes[next];
            if count > LEAF {
                let own = &mut triangles[first..first + count];
                let side = nodes[next].upper - nodes[next].lower;
                let axis = side.imax();
                // Equal centres may have any order.
                let centre = |t: &Triangle| t.iter().map(|corner| corner[axis]).sum::<f64>();
                let half = count / 2;
                own.select_nth_unstable_by(half, |a, b| centre(a).total_cmp(&centre(b)));
                let (one, other) = own.split_at(half);
                let children = [Node::around(one, first), Node::around(other, first + half)];
                nodes[next].first = nodes.len();
                nodes[next].count = 0;
                nodes.extend(children);
            }
            next += 1;
        }
        Tree { nodes, triangles }
    }

    pub(super) fn triangles(&self) -> &[Triangle] {
        &self.triangles
    }

    /// Corners of the smallest box around all triangles.
    pub(super) fn extent(&self) -> (Point, Point) {
        (self.nodes[0].lower, self.nodes[0].upper)
    }

    fn of_leaf(&self, node: &Node) -> &[Triangle] {
        &self.triangles[node.first..node.first + node.count]
    }

    /// Distance from the nearest triangle.
    pub(super) fn distance(&self, p: &Point) -> f64 {
        let mut nearest = f64::INFINITY;
        let mut open = vec![(0, self.nodes[0].square(p))];
        while let Some((number, bound)) = open.pop() {
            if bound >= nearest {
                continue;
            }
            let node = &self.nodes[number];
            if node.count > 0 {
                let squares = self
                    .of_leaf(node)
                    .iter()
                    .map(|t| super::triangle::square(t, p));
                nearest = squares.fold(nearest, f64::min);
                continue;
            }
            let children = [node.first, node.first + 1];
            let mut children = children.map(|child| (child, self.nodes[child].square(p)));
            // The nearer one is searched first.
            children.sort_by(|a, b| b.1.total_cmp(&a.1));
            open.extend(children);
        }
        nearest.sqrt()
    }

    /// Winding number of a closed surface around a point that is not on it: the number of exits along a ray minus that of
    /// entries. Predicates are exact (Shewchuk, *Adaptive precision floating-point arithmetic and fast robust geometric
    /// predicates*, Discrete Comput. Geom. 18, 1997), and exactly one of the triangles around an edge or corner on
    /// the ray is counted.
    pub(super) fn winding(&self, p: &Point) -> i32 {
        let mut winding = 0;
        let mut open = vec![0];
        while let Some(number) = open.pop() {
            let node: &Node = &self.nodes[number];
            if !node.meets_ray(p) {
                continue;
            }
            match node.count {
                0 => open.extend([node.first, node.first + 1]),
                _ => {
                    winding += self
                        .of_leaf(node)
                        .iter()
                        .map(|t| crossing(t, p))
                        .sum::<i32>()
                }
            }
        }
        winding
    }
}

/// Returns 1 if the ray from a point along the first coordinate leaves through a triangle, −1 if it enters, otherwise 0.
fn crossing(triangle: &Triangle, p: &Point) -> i32 {
    let flat = |q: &Point| Coord { x: q.y, y: q.z };
    let mut around = 0;
    // Winding number of the triangle's shadow across the ray. An upward edge counts if the point is strictly left of
    // it, so that neighbours, which have it in opposite directions, agree.
    for edge in 0..3 {
        let (from, to) = (&triangle[edge], &triangle[(edge + 1) % 3]);
        let side = || orient2d(flat(from), flat(to), flat(p));
        if from.z <= p.z && p.z < to.z && side() > 0.0 {
            around += 1;
        } else if to.z <= p.z && p.z < from.z && side() < 0.0 {
            around -= 1;
        }
    }
    if around == 0 {
        return 0;
    }
    let [a, b, c, d] = [&triangle[0], &triangle[1], &triangle[2], p].map(|q| Coord3D {
        x: q.x,
        y: q.y,
        z: q.z,
    });
    // Positive behind the triangle: then the ray meets it from there.
    match orient3d(a, b, c, d) * f64::from(around) > 0.0 {
        true => around,
        false => 0,
    }
}
