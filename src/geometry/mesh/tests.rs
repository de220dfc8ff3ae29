use super::*;
use crate::Cuboid;
use proptest::prelude::*;

fn at(x: f64, y: f64, z: f64) -> Point {
    Point::new(x, y, z)
}

/// Surface of a box, two triangles a side, each side cut into `cuts` by `cuts` squares.
fn cuboid(lower: Point, upper: Point, cuts: usize) -> Vec<Triangle> {
    let mut triangles = Vec::new();
    for axis in 0..3 {
        for side in [0.0, 1.0] {
            let corner = |i: usize, j: usize| {
                let mut share = Point::repeat(side);
                share[(axis + 1) % 3] = i as f64 / cuts as f64;
                share[(axis + 2) % 3] = j as f64 / cuts as f64;
                lower + share.component_mul(&(upper - lower))
            };
            for (i, j) in (0..cuts).flat_map(|i| (0..cuts).map(move |j| (i, j))) {
                let [a, b, c, d] =
                    [(0, 0), (1, 0), (1, 1), (0, 1)].map(|(p, q)| corner(i + p, j + q));
                let two = match side == 1.0 {
                    true => [[a, b, c], [a, c, d]],
                    false => [[a, c, b], [a, d, c]],
                };
                triangles.extend(two);
            }
        }
    }
    triangles
}

fn turned(mut triangles: Vec<Triangle>) -> Vec<Triangle> {
    triangles.iter_mut().for_each(|t| t.swap(0, 1));
    triangles
}

fn mesh(triangles: Vec<Triangle>) -> Mesh {
    Mesh::new(triangles).unwrap()
}

fn inside(mesh: &Mesh, p: Point) -> bool {
    mesh.distance(p.as_slice()) < 0.0
}

/// Box of the tests, which is no cube.
fn ends() -> (Point, Point) {
    (at(-1.0, 0.0, 2.0), at(1.0, 3.0, 3.0))
}

proptest! {
    #[test]
    fn distances_are_those_of_the_same_box(
        x in -2.0f64..2.0, y in -1.0f64..4.0, z in 1.0f64..4.0, cuts in 1usize..6,
    ) {
        let (lower, upper) = ends();
        let sides = [0, 1, 2].map(|c| Interval { lower: lower[c], upper: upper[c] });
        let expected = Cuboid::new(sides.to_vec()).distance(&[x, y, z]);
        let found = mesh(cuboid(lower, upper, cuts)).distance(&[x, y, z]);
        prop_assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }

    #[test]
    fn signs_are_right_where_rays_meet_edges_and_corners(x in -5i32..6, y in -5i32..6, z in -5i32..6) {
        // Corners lie on the same lattice as the points.
        let mesh = mesh(cuboid(at(-4.0, -4.0, -4.0), at(4.0, 4.0, 4.0), 4));
        let numbers = [x, y, z].map(f64::from);
        prop_assume!(numbers.iter().all(|n| n.abs() != 4.0));
        let expected = numbers.iter().all(|n| n.abs() < 4.0);
        prop_assert_eq!(inside(&mesh, at(numbers[0], numbers[1], numbers[2])), expected);
    }

    #[test]
    fn overlapping_bodies_are_united_and_surfaces_turned_inwards_are_cavities(
        x in -0.5f64..2.5, y in -0.5f64..2.5, z in -0.5f64..2.5,
    ) {
        let whole = cuboid(at(0.0, 0.0, 0.0), at(2.0, 2.0, 2.0), 1);
        let other = |lower: f64, upper: f64| cuboid(Point::repeat(lower), Point::repeat(upper), 2);
        let p = at(x, y, z);
        let within = |lower: f64, upper: f64| p.iter().all(|n| *n > lower && *n < upper);
        let two = [whole.clone(), other(1.5, 2.25)].concat();
        prop_assert_eq!(inside(&mesh(two), p), within(0.0, 2.0) || within(1.5, 2.25));
        let hollow = [whole, turned(other(0.5, 1.25))].concat();
        prop_assert_eq!(inside(&mesh(hollow), p), within(0.0, 2.0) && !within(0.5, 1.25));
    }
}

#[test]
fn points_are_spread_by_area() {
    let (lower, upper) = ends();
    // One side is cut, which makes no difference.
    let mesh = mesh(cuboid(lower, upper, 3));
    let mut count = [0; 6];
    const ROWS: [usize; 2] = [1000, 10];
    for number in 0..ROWS[0] * ROWS[1] {
        let numbers = [number / ROWS[1], number % ROWS[1]];
        let unit = [0, 1].map(|n| (numbers[n] as f64 + 0.5) / ROWS[n] as f64);
        let (mut point, mut normal) = ([0.0; 3], [0.0; 3]);
        mesh.surface(&unit, &mut point, &mut normal);
        let axis = (0..3).find(|c| normal[*c].abs() == 1.0).unwrap();
        let (end, number) = match normal[axis] > 0.0 {
            true => (upper[axis], 2 * axis + 1),
            false => (lower[axis], 2 * axis),
        };
        assert!((point[axis] - end).abs() < 1e-12);
        count[number] += 1;
    }
    // Sides of 3, 2 and 6 m², twice each.
    for (number, found) in count.into_iter().enumerate() {
        let expected = [3.0, 2.0, 6.0][number / 2] / 22.0 * (ROWS[0] * ROWS[1]) as f64;
        assert!(
            (f64::from(found) - expected).abs() < 0.02 * expected,
            "{number}: {found}"
        );
    }
}

#[test]
fn a_surface_that_is_inside_out_is_turned() {
    let (lower, upper) = ends();
    let (plain, inside_out) = (cuboid(lower, upper, 2), turned(cuboid(lower, upper, 2)));
    for mesh in [mesh(plain), mesh(inside_out)] {
        let (mut point, mut normal) = ([0.0; 3], [0.0; 3]);
        mesh.surface(&[0.3, 0.4], &mut point, &mut normal);
        let moved = |step: f64| [0, 1, 2].map(|c| point[c] + step * normal[c]);
        assert!(mesh.distance(&moved(1e-6)) > 0.0 && mesh.distance(&moved(-1e-6)) < 0.0);
    }
}

#[test]
fn triangles_without_area_change_nothing() {
    let (lower, upper) = ends();
    let plain = cuboid(lower, upper, 1);
    let mut triangles = plain.clone();
    // Two equal corners; and an edge with a third corner on it, which the adjacent triangle does not have.
    let [a, b, c] = triangles[0];
    let middle = (a + b) / 2.0;
    triangles[0] = [a, middle, c];
    triangles.extend([[middle, b, c], [a, a, b]]);
    assert_eq!(
        Mesh::new(triangles.clone()).unwrap_err(),
        MeshError::Open { edges: 3 }
    );
    triangles.push([a, b, middle]);
    let (mesh, plain) = (mesh(triangles), mesh(plain));
    assert_eq!(mesh.triangles(), plain.triangles() + 2);
    for n in 0..1000 {
        let u = f64::from(n) / 1000.0;
        let p = [
            3.0 * (7.0 * u).sin(),
            1.5 + 3.0 * (11.0 * u).cos(),
            2.0 + 1.5 * (17.0 * u).sin(),
        ];
        assert!((mesh.distance(&p) - plain.distance(&p)).abs() < 1e-12);
        let (mut point, mut normal) = ([0.0; 3], [0.0; 3]);
        mesh.surface(&[u, 0.5], &mut point, &mut normal);
        assert!(mesh.distance(&point).abs() < 1e-12);
        assert!((Point::from(normal).norm() - 1.0).abs() < 1e-12);
    }
}

#[test]
fn what_encloses_nothing_is_refused() {
    let (lower, upper) = ends();
    let whole = cuboid(lower, upper, 1);
    let refused = |triangles: Vec<Triangle>| Mesh::new(triangles).unwrap_err();
    assert_eq!(refused(Vec::new()), MeshError::TooFew { found: 0 });
    assert_eq!(refused(whole[1..].to_vec()), MeshError::Open { edges: 3 });
    let mut one = whole.clone();
    one[4].swap(0, 1);
    assert_eq!(refused(one), MeshError::Turned { edges: 3 });
    for bad in [f64::NAN, f64::INFINITY, 1e200] {
        let mut one = whole.clone();
        one[2][1].y = bad;
        assert_eq!(refused(one), MeshError::NotFinite { number: 3 });
    }
    let sheet = &whole[..2];
    assert_eq!(
        refused([sheet.to_vec(), turned(sheet.to_vec())].concat()),
        MeshError::Flat
    );
}
