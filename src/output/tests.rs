//! A run is written, read back exactly, and drawn again.

use super::*;
use std::fs;

fn stored(sampled: Sampled) -> (tempfile::TempDir, RunFolder, Stored) {
    let parent = tempfile::tempdir().unwrap();
    let out = parent.path().join("run");
    let folder = RunFolder::create(Some(&out), "thermal", "title = \"x\"").unwrap();
    let metrics = example::metrics();
    let lines: Vec<String> = metrics
        .iter()
        .map(|m| serde_json::to_string(m).unwrap() + "\n")
        .collect();
    fs::write(folder.metrics(), lines.concat()).unwrap();
    let mut report = example::report(&sampled);
    let data_only = Options {
        data: true,
        pictures: false,
    };
    let files = write_all(&folder, &sampled, &metrics, &mut report, data_only).unwrap();
    assert!(files.iter().all(|f| f.is_file()), "{files:?}");
    let stored = Stored {
        sampled,
        metrics,
        report,
    };
    (parent, folder, stored)
}

#[test]
fn a_run_comes_back_exactly() {
    let mut odd = example::plate();
    odd.fields[0].values[3] = f64::MIN_POSITIVE / 3.0;
    odd.fields[0].values[4] = -1.0 / 3.0e200;
    odd.axes[0].unit = String::new();
    let measured = example::measured();
    let mut estimated = example::square();
    for field in &mut estimated.fields {
        let halves = field.values.iter().map(|v| 0.5 * v);
        field.estimate = Some(halves.collect());
    }
    for sampled in [
        odd,
        estimated,
        example::square(),
        example::block(true),
        example::rod(),
        measured,
    ] {
        let (_parent, folder, stored) = stored(sampled);
        let read = read_results(&folder).unwrap();
        assert!(read.sampled == stored.sampled, "{}", stored.sampled.title);
        assert_eq!(read.metrics.len(), stored.metrics.len());
        // NaN losses are equal as text only.
        let text = |report: &Report| serde_json::to_string(report).unwrap();
        assert_eq!(text(&read.report), text(&stored.report));
        assert!(read.report.losses["cooled face"].rms.is_nan());
    }
}

#[test]
fn csv_has_names_units_and_every_digit() {
    let (_parent, folder, _) = stored(example::plate());
    let text = fs::read_to_string(folder.solution()).unwrap();
    let mut lines = text.lines();
    let header = lines.next().unwrap();
    assert_eq!(
        header,
        "x [mm],t [s],T [degC],T_reference [degC],T_error [K]"
    );
    assert_eq!(lines.next(), Some("0,0,800,800,0"));
    assert_eq!(lines.count() + 1, 41 * 61);

    let mut estimated = example::plate();
    estimated.fields[0].estimate = Some(vec![0.25; estimated.points()]);
    let (_parent, folder, _) = stored(estimated);
    let text = fs::read_to_string(folder.solution()).unwrap();
    let mut lines = text.lines();
    let header = lines.next().unwrap();
    assert!(header.ends_with(",T_error [K],T_estimate [K]"), "{header}");
    assert_eq!(lines.next(), Some("0,0,800,800,0,0.25"));
}

#[test]
fn measurements_stand_beside_the_solution() {
    let (_parent, folder, stored) = stored(example::measured());
    let text = fs::read_to_string(folder.fit()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "data,x [mm],t [s],T [degC],T_solution [degC],T_difference [K]"
    );
    assert_eq!(lines[1], "thermocouples,5,10,640.5,640,-0.5");
    assert_eq!(lines.len(), 1 + stored.sampled.measurements[0].values.len());
    fs::write(folder.fit(), text.replace("640.5", "")).unwrap();
    let error = read_results(&folder).unwrap_err();
    assert!(matches!(error, OutputError::Damaged { .. }), "{error}");
    let (_parent, folder, _) = self::stored(example::plate());
    assert!(!folder.fit().exists());
}

#[test]
fn reports_that_call_measurements_readings_are_read() {
    let text = r#"{"unknowns": {}, "confidence": 0.95, "noise_is_given": true, "degrees_of_freedom": 191,
        "reduced_chi_square": 1.02, "readings": {"thermocouples":
        {"field": "T", "readings": 192, "noise": 1.8, "rms": 1.85, "unit": "K"}}}"#;
    let report: InverseReport = serde_json::from_str(text).unwrap();
    assert_eq!(report.measurements["thermocouples"].measurements, 192);
    let written = serde_json::to_value(&report).unwrap();
    assert_eq!(
        written["measurements"]["thermocouples"]["measurements"],
        192
    );
}

#[test]
fn drawing_again_adds_pictures_and_leaves_other_files_alone() {
    let (_parent, folder, mut stored) = stored(example::rod());
    let mine = folder.file("notes.txt");
    fs::write(&mine, "mine").unwrap();
    let before = fs::read(folder.solution()).unwrap();
    let pictures = Options {
        data: false,
        pictures: true,
    };
    let Stored {
        sampled,
        metrics,
        report,
    } = &mut stored;
    write_all(&folder, sampled, metrics, report, pictures).unwrap();
    for name in [
        "loss.svg",
        "loss.png",
        "field-T.svg",
        "field-T.png",
        "solution.csv",
    ] {
        assert!(report.files.iter().any(|f| f == name), "{:?}", report.files);
        assert!(folder.file(name).is_file(), "{name}");
    }
    assert_eq!(fs::read_to_string(&mine).unwrap(), "mine");
    assert_eq!(fs::read(folder.solution()).unwrap(), before);
    let left_over = fs::read_dir(folder.path()).unwrap().flatten();
    let names: Vec<_> = left_over.map(|f| f.file_name()).collect();
    assert!(
        !names
            .iter()
            .any(|n| n.to_string_lossy().starts_with(".pinn")),
        "{names:?}"
    );
}

#[test]
fn damage_is_named_with_its_line() {
    let (_parent, folder, _) = stored(example::rod());
    let text = fs::read_to_string(folder.solution()).unwrap();
    let message = |text: &str| {
        fs::write(folder.solution(), text).unwrap();
        let read = read_results(&folder).map(|_| ());
        let error = read.unwrap_err().to_string();
        error.split_once("solution.csv`, ").unwrap().1.to_string()
    };
    let shown = [
        message(&text.replacen("T [degC]", "T [K]", 1)),
        message(&text.replacen("\n0,20", "\n0,twenty", 1)),
        message(&text.replacen("\n0.5,", "\n0,", 1)),
        message(&text.replacen("\n0,", "\n1e400,", 1)),
        message(&text[..text.len() / 2]),
        message(""),
        message(&format!("{text}{}", text.lines().last().unwrap())),
    ];
    insta::assert_snapshot!(shown.join("\n"), @r#"
    line 1: expected the header `x [cm],T [degC],T_reference [degC],T_error [K]`, found `x [cm],T [K],T_reference [degC],T_error [K]`; the file was changed or cut since the run wrote it: solve again
    line 2: expected a number, found `twenty`; the file was changed or cut since the run wrote it: solve again
    line 2: the values of `x` do not increase; the file was changed or cut since the run wrote it: solve again
    line 2: the values of `x` do not increase; the file was changed or cut since the run wrote it: solve again
    line 52: CSV error: record 51 (line: 52, byte: 2832): found record with 3 fields, but the previous record has 4 fields; the file was changed or cut since the run wrote it: solve again
    line 1: expected the header `x [cm],T [degC],T_reference [degC],T_error [K]`, found ``; the file was changed or cut since the run wrote it: solve again
    line 103: `x` = 50 is off the grid; the file was changed or cut since the run wrote it: solve again
    "#);

    fs::remove_file(folder.report()).unwrap();
    let error = read_results(&folder).map(|_| ()).unwrap_err();
    assert!(matches!(error, OutputError::NotARun { .. }), "{error}");
}

#[test]
fn the_report_has_stable_keys() {
    let sampled = example::plate();
    let mut report = example::report(&sampled);
    report.files = vec!["report.json".to_string()];
    insta::assert_snapshot!(serde_json::to_string_pretty(&report).unwrap());
}

#[test]
fn a_folder_that_cannot_be_written_to_is_an_error_with_the_file() {
    let (_parent, folder, mut stored) = stored(example::rod());
    // A folder in the place of the file fails for every user, root too.
    fs::create_dir(folder.file("loss.png")).unwrap();
    fs::write(folder.file("loss.png/x"), "").unwrap();
    let result = write_all(
        &folder,
        &stored.sampled,
        &stored.metrics,
        &mut stored.report,
        Options::default(),
    );
    let error = result.unwrap_err().to_string();
    assert!(
        error.contains("loss.png") && error.contains("free space"),
        "{error}"
    );
}

#[test]
fn a_field_that_misses_values_is_refused() {
    let (_parent, folder, mut stored) = stored(example::rod());
    let mut refused = |spoil: fn(&mut Sampled)| {
        let mut sampled = example::rod();
        spoil(&mut sampled);
        let options = Options::default();
        let written = write_all(&folder, &sampled, &[], &mut stored.report, options);
        written.unwrap_err().to_string()
    };
    let error = refused(|s| s.fields[0].values.truncate(7));
    assert!(
        error.contains("`T` has 7 values on a grid of 101"),
        "{error}"
    );
    let error = refused(|s| s.axes[0].values.clear());
    assert!(error.contains("`x` has 0 values"), "{error}");
}
