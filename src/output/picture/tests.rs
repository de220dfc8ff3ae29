//! Nothing overlaps, nothing is cut off, and both formats open.

use super::drawing::{Drawing, Shape, anchor_shift};
use super::{FieldPicture, field, font, loss};
use crate::{Options, RunFolder, Sampled, SampledMeasurements, Writer, example, write_all};
use std::path::PathBuf;

fn samples() -> Vec<Sampled> {
    let mut lost = example::plate();
    lost.fields[0].values.fill(f64::NAN);
    vec![
        example::plate(),
        example::channel(),
        example::square(),
        example::block(false),
        example::block(true),
        example::rod(),
        example::measured(),
        lost,
    ]
}

/// Left, top, right and bottom of every text.
fn boxes(drawing: &Drawing) -> Vec<(String, [f64; 4])> {
    let texts = drawing.shapes.iter().filter_map(|shape| match shape {
        Shape::Text {
            text,
            at,
            size,
            anchor,
            upright,
        } => {
            let start = anchor_shift(text, *size, *anchor);
            let end = start + font::width(text, *size);
            let (above, below) = (0.76 * size, 0.2 * size);
            let rectangle = if *upright {
                [at[0] - above, at[1] - end, at[0] + below, at[1] - start]
            } else {
                [at[0] + start, at[1] - above, at[0] + end, at[1] + below]
            };
            Some((text.clone(), rectangle))
        }
        _ => None,
    });
    texts.filter(|(text, _)| !text.is_empty()).collect()
}

fn assert_tidy(drawing: &Drawing) {
    let boxes = boxes(drawing);
    assert!(boxes.len() > 5);
    for (number, (text, a)) in boxes.iter().enumerate() {
        assert!(
            a[0] >= 0.0 && a[1] >= 0.0 && a[2] <= drawing.width && a[3] <= drawing.height,
            "`{text}` is cut off"
        );
        for (other, b) in &boxes[number + 1..] {
            let apart = a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1];
            assert!(apart, "`{text}` overlaps `{other}`");
        }
        assert!(font::covers(text), "`{text}` has characters without glyphs");
    }
}

#[test]
fn texts_neither_overlap_nor_leave_the_picture() {
    for sampled in samples() {
        for shown in &sampled.fields {
            assert_tidy(&field::picture(&sampled, shown));
        }
        let report = example::report(&sampled);
        assert_tidy(&loss::picture(&example::metrics(), &report));
        assert_tidy(&loss::weights(&example::metrics(), &report));
        assert_tidy(&loss::picture(&[], &report));
        assert_tidy(&loss::picture(&example::metrics()[..1], &report));
    }
}

#[test]
fn measurements_are_marked_in_every_panel_where_they_were_taken() {
    let circles = |sampled: &Sampled| -> Vec<[f64; 2]> {
        let drawing = field::picture(sampled, &sampled.fields[0]);
        let shapes = drawing.shapes.iter().filter_map(|shape| match shape {
            Shape::Circle { centre, radius, .. } if *radius == 2.0 => Some(*centre),
            _ => None,
        });
        shapes.collect()
    };
    assert!(circles(&example::plate()).is_empty());
    // Four places in the panels of solution, reference and error.
    let marks = circles(&example::measured());
    assert_eq!(marks.len(), 12);
    let first = &marks[..4];
    let columns: std::collections::BTreeSet<i64> = first.iter().map(|m| m[0] as i64).collect();
    assert_eq!(columns.len(), 2, "{first:?}");
    // Along a line the value is the height.
    let mut rod = example::rod();
    let middle = rod.axes[0].values.len() / 2;
    let at = rod.axes[0].values[middle];
    rod.measurements = vec![SampledMeasurements {
        name: "probe".to_string(),
        field: 0,
        places: vec![vec![at]],
        values: vec![rod.fields[0].values[middle]],
        solution: vec![rod.fields[0].values[middle]],
    }];
    assert_eq!(circles(&rod).len(), 1);
    rod.measurements[0].field = 1;
    assert!(circles(&rod).is_empty());
}

#[test]
fn charts_of_studies_are_tidy_and_leave_out_what_has_no_place() {
    let x: Vec<f64> = (0..40).map(|i| 200.0 * f64::from(i)).collect();
    let fall = |rate: f64| x.iter().map(|x| (-rate * x).exp()).collect();
    let chart = super::Chart {
        title: "residual-norm: Br = 20, median of 5 seeds".to_string(),
        horizontal: "step".to_string(),
        vertical: "relative L2 error of the temperature rise".to_string(),
        curves: vec![
            ("none".to_string(), fall(1e-4)),
            ("control: SI residuals".to_string(), fall(1e-3)),
            ("lost".to_string(), vec![f64::NAN; x.len()]),
        ],
        x,
    };
    assert_tidy(&chart.drawing());
    let mut svg = Vec::new();
    chart.write(&mut svg).unwrap();
    assert!(svg.starts_with(b"<svg") && svg.ends_with(b"</svg>\n"));
}

#[test]
fn scatters_are_tidy_and_leave_out_what_has_no_place() {
    let point = |x: f64, y: f64| super::ScatterPoint {
        horizontal: vec![x, 2.0 - x],
        vertical: y,
    };
    let scatter = super::Scatter {
        title: "Cooling of a steel plate: norms of the hidden layers".to_string(),
        vertical: "held-out loss".to_string(),
        horizontal: vec![
            "operations of a step".to_string(),
            "unsteadiness".to_string(),
        ],
        named: vec![
            ("none".to_string(), point(1.0, 1e-4)),
            ("layer/post/0.5".to_string(), point(1.3, 1e-6)),
        ],
        others: vec![point(1.2, 1e-3), point(f64::INFINITY, 1.0), point(1.1, 0.0)],
        others_name: "dominated".to_string(),
    };
    let drawing = scatter.drawing();
    assert_tidy(&drawing);
    let circles = drawing.shapes.iter();
    let circles = circles.filter(|s| matches!(s, Shape::Circle { .. }));
    // Two panels: three circles for each that is named, one for the other that has a place.
    assert_eq!(circles.count(), 2 * (2 * 3 + 1));
}

/// Set `PINN_PICTURES` to a folder to look at all of them.
#[test]
fn every_picture_is_a_valid_file_in_both_formats() {
    let temporary = tempfile::tempdir().unwrap();
    let parent = std::env::var_os("PINN_PICTURES")
        .map_or_else(|| temporary.path().to_path_buf(), PathBuf::from);
    let metrics = example::metrics();
    for (number, sampled) in samples().iter().enumerate() {
        let folder = RunFolder::create(Some(&parent.join(number.to_string())), "x", "").unwrap();
        let mut report = example::report(sampled);
        let files = write_all(&folder, sampled, &metrics, &mut report, Options::default()).unwrap();
        for path in files {
            let name = path.display();
            match path.extension().and_then(|e| e.to_str()) {
                Some("png") => {
                    let file = std::io::BufReader::new(std::fs::File::open(&path).unwrap());
                    let mut reader = png::Decoder::new(file).read_info().unwrap();
                    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
                    reader.next_frame(&mut pixels).unwrap();
                    assert!(pixels.iter().any(|p| *p < 50) && pixels[..3] == [255; 3]);
                }
                Some("svg") => {
                    let text = std::fs::read_to_string(&path).unwrap();
                    assert!(
                        text.contains(&format!(">{}</text>", sampled.title)),
                        "{name}"
                    );
                    // A heat map is one image, not a rectangle per point.
                    assert!(text.matches('<').count() < 1200, "{name}");
                    assert!(text.len() < 2_000_000, "{name}: {}", text.len());
                }
                _ => assert!(path.is_file()),
            }
        }
    }
}

#[test]
fn fields_whose_names_differ_in_case_get_files_of_their_own() {
    let mut sampled = example::channel();
    sampled.fields[0].name = "V".to_string();
    sampled.fields[2].name = "a/b".to_string();
    let names: Vec<String> = FieldPicture::all(&sampled)
        .iter()
        .map(|p| p.file_name())
        .filter(|name| name.ends_with("svg"))
        .collect();
    assert_eq!(
        names,
        [
            "field-V.svg",
            "field-v_.svg",
            "field-a_b.svg",
            "field-T.svg"
        ]
    );
}
