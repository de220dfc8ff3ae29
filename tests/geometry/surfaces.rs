//! Bodies from STL files.

use pinn::equations::registry::Registry;
use pinn::problem::Problem;

/// A block without the body of a file.
const CAST: &str = r#"
[[equation]]
name = "conduction"
residual = "laplacian(T)"

[fields]
T = "K"

[domain]
x = ["0 mm", "40 mm"]
y = ["0 mm", "30 mm"]
z = ["0 mm", "20 mm"]

[geometry]
region = "domain - body"

[geometry.shapes]
body = { stl = { file = "body.stl", unit = "mm" } }

[[condition]]
name = "body"
on = "body"
type = "neumann"
field = "T"
gradient = "n_z * 1 K/mm"

[[condition]]
name = "top"
on = { part = "body", where = "z > 12 mm" }
type = "dirichlet"
field = "T"
value = "z * 1 K/mm"

[[condition]]
name = "outside"
on = "domain"
type = "dirichlet"
field = "T"
value = "z * 1 K/mm"

[scales]
T = { scale = "10 K" }

[reference]
T = "z * 1 K/mm"

[sampling]
interior = 500

[[train]]
optimiser = "adam"
steps = 1
"#;

type Corners = [[f32; 3]; 3];

/// A tetrahedron with three edges along the axes, in mm.
fn tetrahedron() -> Vec<Corners> {
    let corners = [
        [10.0, 10.0, 5.0],
        [30.0, 10.0, 5.0],
        [10.0, 25.0, 5.0],
        [10.0, 10.0, 15.0],
    ];
    let sides = [[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]];
    sides.map(|side| side.map(|i| corners[i])).to_vec()
}

fn binary(triangles: &[Corners], header: &str) -> Vec<u8> {
    let mut file = vec![b' '; 80];
    file[..header.len()].copy_from_slice(header.as_bytes());
    file.extend((triangles.len() as u32).to_le_bytes());
    for triangle in triangles {
        file.extend([0; 12]);
        file.extend(triangle.iter().flatten().flat_map(|x| x.to_le_bytes()));
        file.extend([0; 2]);
    }
    file
}

fn ascii(triangles: &[Corners]) -> Vec<u8> {
    let mut text = "solid\n".to_string();
    for triangle in triangles {
        text += "facet normal nan nan nan\n outer loop\n";
        for [x, y, z] in triangle {
            text += &format!("  vertex {x:e} {y} {z}\n");
        }
        text += " endloop\nendfacet\n";
    }
    (text + "endsolid name of it\n").into_bytes()
}

/// The problem beside a file.
fn cast(text: &str, body: &[u8]) -> Result<Problem, pinn::problem::ProblemError> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("body.stl"), body).unwrap();
    Problem::parse_in(folder.path(), "cast", text, &Registry::builtin())
}

/// Wrong normals, places or units would be warnings about the closed form.
#[test]
fn bodies_from_files_are_shapes_like_others() {
    let triangles = tetrahedron();
    let several = [ascii(&triangles[..2]), ascii(&triangles[2..])].concat();
    let in_metres: Vec<Corners> = triangles
        .iter()
        .map(|t| t.map(|p| p.map(|x| x / 1000.0)))
        .collect();
    let metres = CAST.replace("unit = \"mm\"", "unit = \"m\"");
    let mut geometries = Vec::new();
    for (text, file) in [
        (CAST, binary(&triangles, "solid in words alone")),
        (CAST, ascii(&triangles)),
        (CAST, [several, b"\r\n".to_vec()].concat()),
        (&metres, binary(&in_metres, "")),
    ] {
        let problem = cast(text, &file).unwrap();
        assert_eq!(problem.warnings, [""; 0]);
        assert_eq!(problem.files[0].content, file);
        geometries.push(problem.statement.domain.geometry.clone().unwrap());
        let session = pinn::session::session(&problem.statement, &problem.settings);
        assert!(session.is_ok());
    }
    assert!(geometries.iter().all(|g| *g == geometries[0]));
    let geometry = &geometries[0];
    assert!(geometry.contains(&[0.005, 0.005, 0.01]) && !geometry.contains(&[0.012, 0.012, 0.006]));
    assert!((geometry.distance(&[0.012, 0.012, 0.006]) - 1e-3).abs() < 1e-12);
}

#[test]
fn mistakes_in_surfaces_point_at_the_file() {
    let triangles = tetrahedron();
    let good = binary(&triangles, "");
    let mut endless = good.clone();
    endless[80..84].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut far = good.clone();
    far[96..100].copy_from_slice(&f32::INFINITY.to_le_bytes());
    let text = String::from_utf8(ascii(&triangles)).unwrap();
    let edited = |from: &str, to: &str| text.replacen(from, to, 1).into_bytes();
    let turned = [&[triangles[0].map(|_| triangles[0][0])], &triangles[..]].concat();
    assert!(cast(CAST, &binary(&turned, "")).is_ok());
    for (file, expected) in [
        (Vec::new(), "neither begins with `solid`"),
        (b"solid".to_vec(), "the last solid has no `endsolid`"),
        (
            b"solid a\nendsolid a".to_vec(),
            "at least 4 triangles, found 0",
        ),
        (vec![0; 84], "at least 4 triangles, found 0"),
        (
            vec![0xff; 1000],
            "by its header it has 4294967295 triangles",
        ),
        (
            endless,
            "by its header it has 4294967295 triangles and 214748364834 bytes, found 284",
        ),
        (good[..good.len() - 1].to_vec(), "found 283 bytes"),
        (far, "triangle 1 has a corner that is not finite"),
        (binary(&triangles[1..], ""), "at least 4 triangles, found 3"),
        (
            binary(&[&triangles[1..], &[triangles[1]]].concat(), ""),
            "it has 4 open edges",
        ),
        (edited("vertex 1e1", "vertex ten"), "invalid float literal"),
        (edited("vertex 1e1", "vertex inf"), "expected finite f32"),
        (edited("vertex 1e1", "vertex"), "vertex f32 f32 f32"),
        (edited("endloop", ""), "endloop"),
        (edited("endsolid", ""), "no `endsolid`"),
    ] {
        let error = cast(CAST, &file).err().unwrap();
        let message = error.to_string();
        assert!(message.contains(expected), "{expected}: {message}");
        assert_eq!(&CAST[error.span().unwrap()], "\"body.stl\"", "{message}");
    }
    for (from, to, place, expected) in [
        (
            "\"body.stl\"",
            "\"none.stl\"",
            "\"none.stl\"",
            "cannot read",
        ),
        (
            "\"body.stl\"",
            "\"../body.stl\"",
            "\"../body.stl\"",
            "is outside the folder",
        ),
        (
            "unit = \"mm\"",
            "unit = \"s\"",
            "\"s\"",
            "wrong dimension of the unit",
        ),
        ("unit = \"mm\"", "unit = \"zz\"", "zz", "unknown unit `zz`"),
        (
            "unit = \"mm\"",
            "unit = \"m\"",
            "\"body.stl\"",
            "its `x` runs from 10 to 30 m",
        ),
        ("unit = \"mm\"", "unit = 1", "1", "invalid type"),
        (
            ", unit = \"mm\"",
            "",
            "{ file = \"body.stl\" }",
            "`unit` is missing",
        ),
        (
            "z = [\"0 mm\", \"20 mm\"]\n",
            "",
            "{ file = \"body.stl\", unit = \"mm\" }",
            "3 of 2 coordinates",
        ),
    ] {
        let text = CAST.replace(from, to);
        let error = cast(&text, &good).err().unwrap();
        let message = error.to_string();
        assert!(message.contains(expected), "{expected}: {message}");
        assert_eq!(&text[error.span().unwrap()], place, "{message}");
    }
    let nothing = CAST.replace("domain - body", "body - domain");
    assert!(
        cast(&nothing, &good)
            .err()
            .unwrap()
            .to_string()
            .contains("the region is empty")
    );
}
