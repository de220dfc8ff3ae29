use super::*;
use crate::domain::{Domain, Face, Side};
use crate::place::{Boundary, Place};
use crate::sampling::{DimensionlessDomain, LatinHypercube, Sampler, Sobol, Uniform};
use pinn_expr::{Graph, PointFunction};
use pinn_units::{Affine, Scales};
use proptest::prelude::*;

fn interval(lower: f64, upper: f64) -> Interval {
    Interval { lower, upper }
}

fn placed(name: &str, axes: &[usize], shape: impl Shape + 'static) -> Placed {
    Placed {
        name: name.to_string(),
        axes: axes.to_vec(),
        shape: Arc::new(shape),
    }
}

/// One of each kind in the plane, around a centre.
fn flat(kind: usize, at: [f64; 2], size: f64) -> Arc<dyn Shape> {
    let [x, y] = at;
    match kind {
        0 => Arc::new(Ball::new(vec![x, y], size)),
        1 => Arc::new(Cuboid::new(vec![
            interval(x - size, x + size),
            interval(y - 0.5 * size, y + 0.5 * size),
        ])),
        // An arrow with a notch: not convex.
        _ => Arc::new(
            Polygon::new(vec![
                [x - size, y - size],
                [x, y - 0.3 * size],
                [x + size, y - size],
                [x, y + size],
            ])
            .unwrap(),
        ),
    }
}

fn region() -> impl Strategy<Value = Region> {
    let leaf = (0usize..4).prop_map(Region::Shape);
    leaf.prop_recursive(3, 10, 2, |inner| {
        (inner.clone(), inner, 0..3).prop_map(|(a, b, kind)| {
            let (a, b) = (Box::new(a), Box::new(b));
            match kind {
                0 => Region::Union(a, b),
                1 => Region::Intersection(a, b),
                _ => Region::Difference(a, b),
            }
        })
    })
}

fn holds(region: &Region, inside: &[bool]) -> bool {
    match region {
        Region::Shape(number) => inside[*number],
        Region::Union(a, b) => holds(a, inside) || holds(b, inside),
        Region::Intersection(a, b) => holds(a, inside) && holds(b, inside),
        Region::Difference(a, b) => holds(a, inside) && !holds(b, inside),
    }
}

fn shapes() -> impl Strategy<Value = Vec<Placed>> {
    let one = (0usize..3, 0.0f64..2.0, 0.0f64..1.0, 0.1f64..0.8);
    proptest::collection::vec(one, 3).prop_map(|shapes| {
        let placed = shapes
            .into_iter()
            .enumerate()
            .map(|(n, (kind, x, y, size))| Placed {
                name: format!("shape{n}"),
                axes: vec![1, 2],
                shape: flat(kind, [x, y], size),
            });
        placed.collect()
    })
}

/// Time, and a plane of 2 m by 1 m; scales differ along the axes.
fn domain(shapes: Vec<Placed>, region: Region) -> (Domain, DimensionlessDomain) {
    let intervals = vec![interval(0.0, 5.0), interval(0.0, 2.0), interval(0.0, 1.0)];
    let geometry = Geometry::new(&intervals, shapes, region);
    let domain = Domain {
        intervals,
        time: Some(0),
        geometry: Some(Arc::new(geometry)),
    };
    let scales = Scales {
        coordinates: vec![
            Affine::new(5.0, 0.0),
            Affine::new(2.0, 0.5),
            Affine::new(0.5, 0.0),
        ],
        ..Scales::default()
    };
    let dimensionless = DimensionlessDomain::new(&domain, &scales).unwrap();
    (domain, dimensionless)
}

const SCALES: [(f64, f64); 3] = [(5.0, 0.0), (2.0, 0.5), (0.5, 0.0)];

fn physical(points: &crate::points::Points<f64>, row: usize) -> Vec<f64> {
    let numbers = SCALES.iter().enumerate();
    let numbers = numbers.map(|(c, (scale, from))| from + scale * points.column(0, c)[row]);
    numbers.collect()
}

fn surface(number: usize) -> Place {
    Place {
        boundary: Boundary::Shape(number),
        within: Vec::new(),
    }
}

const SAMPLERS: [&dyn Sampler; 3] = [&Uniform, &LatinHypercube, &Sobol];

proptest! {
    #[test]
    fn signs_of_combinations_are_those_of_set_algebra(
        shapes in shapes(), region in region(), x in -0.5f64..2.5, y in -0.5f64..1.5,
    ) {
        let (domain, _) = domain(shapes, region.clone());
        let geometry = domain.geometry.unwrap();
        let at = [1.0, x, y];
        let distances: Vec<f64> = geometry.shapes().iter().map(|s| s.shape.distance(&[x, y])).collect();
        prop_assume!(distances.iter().all(|d| d.abs() > 1e-9));
        let inside: Vec<bool> = distances.iter().map(|d| *d < 0.0).collect();
        prop_assert_eq!(geometry.distance(&at) < 0.0, inside[0] && holds(&region, &inside));
        // No farther than the nearest surface of all.
        let nearest = distances.iter().fold(f64::INFINITY, |a, d| a.min(d.abs()));
        prop_assert!(geometry.distance(&at).abs() >= nearest);
    }

    #[test]
    fn distances_are_those_of_surface_points(
        kind in 0usize..3, x in 0.0f64..2.0, y in 0.0f64..1.0, size in 0.1f64..0.8, px in -1.0f64..3.0, py in -1.0f64..2.0,
    ) {
        let shape = flat(kind, [x, y], size);
        let (mut point, mut normal) = ([0.0; 2], [0.0; 2]);
        let mut nearest = f64::INFINITY;
        const COUNT: usize = 4000;
        for i in 0..COUNT {
            shape.surface(&[(i as f64 + 0.5) / COUNT as f64], &mut point, &mut normal);
            nearest = f64::min(nearest, (point[0] - px).hypot(point[1] - py));
        }
        // Neighbours on the surface lie 8·size/COUNT apart at most.
        let slack = 8.0 * size / COUNT as f64;
        let distance = shape.distance(&[px, py]).abs();
        prop_assert!(distance <= nearest + 1e-12 && nearest <= distance + slack, "{distance} {nearest}");
    }

    #[test]
    fn points_of_surfaces_have_distance_zero_and_unit_normals_that_point_outwards(
        kind in 0usize..3, x in 0.0f64..2.0, y in 0.0f64..1.0, size in 0.1f64..0.8, u in 0.0f64..1.0,
    ) {
        let shape = flat(kind, [x, y], size);
        let (mut point, mut normal) = ([0.0; 2], [0.0; 2]);
        shape.surface(&[u], &mut point, &mut normal);
        prop_assert!(shape.distance(&point).abs() < 1e-12);
        prop_assert!((normal[0].hypot(normal[1]) - 1.0).abs() < 1e-12);
        let moved = |step: f64| shape.distance(&[point[0] + step * normal[0], point[1] + step * normal[1]]);
        prop_assert!(moved(1e-9) > 0.0 && moved(-1e-9) < 0.0);
    }

    #[test]
    fn in_space_too(kind in 0usize..3, size in 0.1f64..0.8, u in 0.0f64..1.0, v in 0.0f64..1.0) {
        let shape: Box<dyn Shape> = match kind {
            0 => Box::new(Ball::new(vec![0.1, 0.2, 0.3], size)),
            1 => Box::new(Cuboid::new(vec![interval(0.0, size), interval(0.1, 2.0), interval(0.2, 0.3)])),
            _ => {
                let corners = [[0.1, 0.2, 0.3], [size, 0.1, 0.2], [0.0, 0.9, 0.1], [0.3, 0.2, 2.0]].map(Point::from);
                let sides = [[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]];
                Box::new(Mesh::new(sides.map(|side| side.map(|i| corners[i])).to_vec()).unwrap())
            }
        };
        let (mut point, mut normal) = ([0.0; 3], [0.0; 3]);
        shape.surface(&[u, v], &mut point, &mut normal);
        let length: f64 = normal.iter().map(|n| n * n).sum();
        prop_assert!(shape.distance(&point).abs() < 1e-12 && (length - 1.0).abs() < 1e-12);
        let moved = |step: f64| {
            let moved: Vec<f64> = point.iter().zip(&normal).map(|(x, n)| x + step * n).collect();
            shape.distance(&moved)
        };
        prop_assert!(moved(1e-9) > 0.0 && moved(-1e-9) < 0.0);
    }

}

proptest! {
    // Small parts need many candidates.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn drawn_points_lie_inside_and_on_the_boundary(
        shapes in shapes(), region in region(), method in 0usize..3, seed: u64,
    ) {
        let (domain, dimensionless) = domain(shapes, region);
        let geometry = domain.geometry.clone().unwrap();
        let sampler = SAMPLERS[method];
        if dimensionless.has_inside() {
            let points = dimensionless.interior::<f64>(sampler, seed, 60);
            prop_assert_eq!(points.rows(), 60);
            prop_assert_eq!(&points, &dimensionless.interior::<f64>(sampler, seed, 60));
            for row in 0..60 {
                prop_assert!(geometry.distance(&physical(&points, row)) <= 1e-8);
            }
        }
        for number in 0..geometry.shapes().len() {
            let place = surface(number);
            if !dimensionless.has_points(&place) {
                continue;
            }
            let points = dimensionless.on::<f64>(sampler, seed, 40, &place, &[1, 2]);
            prop_assert_eq!((points.rows(), points.coordinates()), (40, 5));
            for row in 0..40 {
                let at = physical(&points, row);
                let normal = [3, 4].map(|c| points.column(0, c)[row]);
                prop_assert!(geometry.distance(&at).abs() <= 1e-9, "{}", geometry.distance(&at));
                prop_assert!((normal[0].hypot(normal[1]) - 1.0).abs() < 1e-12);
                prop_assert_eq!(geometry.outward(&at, &[1, 2], &normal), Some(1.0));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn functions_vanish_on_their_part_of_the_boundary_alone(shapes in shapes(), region in region(), seed: u64) {
        let (domain, dimensionless) = domain(shapes, region);
        let geometry = domain.geometry.unwrap();
        prop_assume!(dimensionless.has_inside());
        let columns = |points: &crate::points::Points<f64>| -> Vec<Vec<f64>> {
            (0..3).map(|c| points.column(0, c).to_vec()).collect()
        };
        for number in 0..geometry.shapes().len() {
            let place = surface(number);
            if !dimensionless.has_points(&place) {
                continue;
            }
            let mut graph = Graph::new();
            // The tests of problem files cover shapes without such a function.
            let Ok(zero) = geometry.vanishing(&mut graph, dimensionless.affines(), number) else {
                continue;
            };
            let mut outputs = vec![zero];
            for axis in [1, 2] {
                let slope = graph.differentiate(zero, axis);
                outputs.extend([slope, graph.differentiate(slope, axis)]);
            }
            let function = PointFunction::new(&graph, &outputs, &[]).unwrap();
            let on = dimensionless.on::<f64>(&Uniform, seed, 60, &place, &[]);
            let there = function.evaluate(&columns(&on)).remove(0);
            prop_assert!(there.iter().all(|v| v.abs() < 1e-9), "{there:?}");
            let inside = dimensionless.interior::<f64>(&Uniform, seed, 200);
            let there = function.evaluate(&columns(&inside));
            prop_assert!(there[0].iter().all(|v| *v > 0.0), "{there:?}");
            prop_assert!(there.iter().flatten().all(|v| v.is_finite()), "{there:?}");
        }
    }
}

/// The unit square without its upper right quarter.
fn corner() -> (Domain, DimensionlessDomain) {
    let intervals = vec![interval(0.0, 1.0), interval(0.0, 1.0)];
    let notch = Cuboid::new(vec![interval(0.5, 1.0), interval(0.5, 1.0)]);
    let (domain, notch_shape) = (Box::new(Region::Shape(0)), Box::new(Region::Shape(1)));
    let region = Region::Difference(domain, notch_shape);
    let geometry = Geometry::new(&intervals, vec![placed("notch", &[0, 1], notch)], region);
    let domain = Domain {
        intervals,
        time: None,
        geometry: Some(Arc::new(geometry)),
    };
    let scales = Scales {
        coordinates: vec![Affine::new(1.0, 0.0); 2],
        ..Scales::default()
    };
    let dimensionless = DimensionlessDomain::new(&domain, &scales).unwrap();
    (domain, dimensionless)
}

#[test]
fn where_surfaces_coincide_only_what_bounds_the_region_counts() {
    let (whole, domain) = corner();
    // The outer corner and the outer edges of the notch do not touch the region.
    for (at, expected) in [
        ([1.0, 1.0], false),
        ([1.0, 0.7], false),
        ([0.5, 0.5], true),
        ([1.0, 0.5], true),
        ([0.5, 0.7], true),
        ([0.0, 1.0], true),
        ([1.0, 0.0], true),
    ] {
        let geometry = whole.geometry.as_ref().unwrap();
        assert_eq!(geometry.contains(&at), expected, "{at:?}");
    }
    let points = domain.on::<f64>(&Sobol, 1, 500, &surface(1), &[0, 1]);
    let mut across = [0; 2];
    for row in 0..points.rows() {
        let [x, y, nx, ny] = [0, 1, 2, 3].map(|c| points.column(0, c)[row]);
        // Only the two inner sides, out of the region into the notch.
        let inner = (x == 0.5 && [nx, ny] == [1.0, 0.0]) || (y == 0.5 && [nx, ny] == [0.0, 1.0]);
        assert!(inner, "{x} {y} {nx} {ny}");
        across[usize::from(nx == 0.0)] += 1;
    }
    assert!(across.iter().all(|n| (240..=260).contains(n)), "{across:?}");
    // Two whole sides and two halves: a third of the length each for the former.
    let points = domain.on::<f64>(&Sobol, 1, 600, &surface(0), &[]);
    let on = |c: usize, x: f64| points.column(0, c).iter().filter(|v| **v == x).count();
    for (c, x, expected) in [(0, 0.0, 200), (1, 0.0, 200), (0, 1.0, 100), (1, 1.0, 100)] {
        let found = on(c, x);
        assert!(found.abs_diff(expected) <= 10, "{c} {x}: {found}");
    }
}

#[test]
fn what_touches_the_region_at_one_point_does_not_bound_it() {
    // A disk that fills the box from bottom to top, and a ball in a long box.
    for (length, size) in [(1.0, 0.5), (0.2, 0.1), (1e3, 0.5)] {
        let intervals = vec![interval(5.0, 5.0 + length), interval(-size, size)];
        let disk = Ball::new(vec![5.0 + size, 0.0], size);
        let shapes = vec![placed("disk", &[0, 1], disk)];
        let geometry = Geometry::new(&intervals, shapes, Region::Shape(1));
        let domain = Domain {
            intervals,
            time: None,
            geometry: Some(Arc::new(geometry)),
        };
        let scales = Scales {
            coordinates: vec![Affine::new(1.0, 0.0); 2],
            ..Scales::default()
        };
        let domain = DimensionlessDomain::new(&domain, &scales).unwrap();
        for (coordinate, side) in [(0, Side::Lower), (1, Side::Lower), (1, Side::Upper)] {
            let face = Face { coordinate, side };
            assert!(!domain.has_points(&face.into()), "{length} {face:?}");
        }
        assert!(domain.has_points(&surface(1)));
    }
}

#[test]
fn interiors_are_uniform_over_the_region() {
    let (_, domain) = corner();
    let points = domain.interior::<f64>(&Sobol, 3, 3000);
    let mean = points.column(0, 0).iter().sum::<f64>() / 3000.0;
    // Centroid of three quarters of a square.
    assert!((mean - 5.0 / 12.0).abs() < 2e-3, "{mean}");
}

#[test]
fn polygons_that_cross_themselves_are_refused() {
    let polygon = |corners: &[[f64; 2]]| Polygon::new(corners.to_vec());
    let few = polygon(&[[0.0, 0.0], [1.0, 0.0]]);
    assert_eq!(few, Err(PolygonError::TooFew { found: 2 }));
    let twice = polygon(&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 0.0]]);
    let expected = PolygonError::Twice {
        first: 2,
        second: 4,
    };
    assert_eq!(twice, Err(expected));
    let bow = polygon(&[[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0]]);
    assert!(matches!(bow, Err(PolygonError::Crossing { .. })), "{bow:?}");
    let flat = polygon(&[[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]]);
    assert!(
        matches!(flat, Err(PolygonError::Crossing { .. })),
        "{flat:?}"
    );
    let spike = polygon(&[[0.0, 0.0], [2.0, 0.0], [1.0, 0.0], [1.0, 1.0]]);
    assert!(
        matches!(spike, Err(PolygonError::Crossing { .. })),
        "{spike:?}"
    );
    let triangle = polygon(&[[0.0, 0.0], [0.0, 1.0], [1.0, 0.0]]).unwrap();
    assert!(triangle.distance(&[0.2, 0.2]) < 0.0);
}
