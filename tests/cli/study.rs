//! `study`, and the terms that `check` and `solve` point at.

use super::support::*;
use std::fs;

#[test]
fn a_quick_study_tells_its_claim_its_measurement_and_its_verdict() {
    let folder = folder();
    let arguments = [
        "study",
        "residual-norm",
        "--quick",
        "--seeds",
        "1",
        "--out",
        "o",
    ];
    let out = succeed(folder.path(), &arguments);
    for said in [
        "Claim",
        "Measured",
        "ntk-trace",
        "Findings",
        "proves nothing",
    ] {
        assert!(out.contains(said), "{said} is missing in\n{out}");
    }
    let at = folder.path().join("o");
    let report: serde_json::Value =
        serde_json::from_slice(&fs::read(at.join("report.json")).unwrap()).unwrap();
    assert_eq!(report["quick"], true);
    assert_eq!(report["runs"].as_array().unwrap().len(), 16);
    assert!(report["findings"][0]["supported"].is_boolean());
    for file in [
        "runs.csv",
        "table.csv",
        "curves-Br-0.67.svg",
        "curves-Br-20.svg",
    ] {
        assert!(!fs::read_to_string(at.join(file)).unwrap().is_empty());
    }
    // Nothing is overwritten.
    fail(folder.path(), &arguments, 4);
    let unknown = fail(folder.path(), &["study", "residual-form"], 2);
    assert!(unknown.contains("residual-norm"), "{unknown}");
    assert!(succeed(folder.path(), &["study"]).contains("residual-norm"));
}

#[test]
fn the_study_of_hypernetworks_draws_its_curves_over_the_input() {
    let folder = folder();
    let arguments = ["study", "hypernetwork", "--quick", "--out", "o"];
    let out = succeed(folder.path(), &arguments);
    for said in [
        "LayerNorm, no bias",
        "members are the same",
        "proves nothing",
    ] {
        assert!(out.contains(said), "{said} is missing in\n{out}");
    }
    let curves = folder.path().join("o/curves-plain-number-trained-size.svg");
    let curves = fs::read_to_string(curves).unwrap();
    assert!(curves.contains("half decades"), "{curves}");
}

#[test]
fn terms_far_from_the_others_are_named_with_the_scale_that_mends_them() {
    let folder = small();
    let weak = SMALL.replace("k = \"40 W/(m K)\"", "k = \"0.004 W/(m K)\"");
    fs::write(folder.path().join("weak.toml"), weak).unwrap();
    let out = succeed(folder.path(), &["check", "weak.toml"]);
    for said in [
        "marked !",
        "brings",
        "heat: T_xx to",
        "In [scales]",
        "very small after scaling",
    ] {
        assert!(out.contains(said), "{said} is missing in\n{out}");
    }
    // The advice, taken, leaves nothing to be said.
    let advice = out.split_once("In [scales],\n").unwrap().1;
    let advice = advice.split_once("brings").unwrap().0.trim();
    let path = folder.path().join("mended.toml");
    let weak = fs::read_to_string(folder.path().join("weak.toml")).unwrap();
    fs::write(
        &path,
        weak.replace("[network]", &format!("[scales]\n{advice}\n\n[network]")),
    )
    .unwrap();
    let out = succeed(folder.path(), &["check", "mended.toml"]);
    assert!(!out.contains("marked !"), "{advice}\n{out}");
    let out = succeed(folder.path(), &["solve", "weak.toml", "--steps", "1"]);
    assert!(out.contains("warning: heat: the term"), "{out}");
}
