//! Error messages about unknowns and measurements.

use super::{BAR, MEASUREMENTS, load, replaced};
use crate::support::render;

/// The error for the file with one part replaced.
fn said(from: &str, to: &str) -> String {
    match load(&replaced(&[(from, to)]), MEASUREMENTS) {
        Ok(_) => panic!("this was accepted: {to}"),
        Err(error) => render(&error),
    }
}

/// The error for these measurements.
fn said_of(measurements: &str) -> String {
    match load(BAR, measurements) {
        Ok(_) => panic!("this was accepted: {measurements}"),
        Err(error) => render(&error),
    }
}

const UNKNOWN: &str = "{ unknown = true, guess = \"20 W/(m K)\", positive = true }";
const DATA: &str = "file = \"heat-inverse.csv\"\n";
const NOISE: &str = "noise = { T = \"1.8 K\" }";

#[test]
fn mistakes_in_unknowns_name_their_remedy() {
    let all = [
        said(UNKNOWN, "{ unknown = true }"),
        said(UNKNOWN, "{ guess = \"20 W/(m K)\" }"),
        said(UNKNOWN, "{ unknown = \"yes\", guess = \"20 W/(m K)\" }"),
        said(UNKNOWN, "{ unknown = true, guess = \"20 W/m\" }"),
        said(UNKNOWN, "{ unknown = true, guess = \"0 W/(m K)\" }"),
        said(
            UNKNOWN,
            "{ unknown = true, guess = \"0 W/(m K)\", positive = true }",
        ),
        said(
            UNKNOWN,
            "{ unknown = true, guess = \"1 W/(m K)\", positive = true, scale = \"1 W/(m K)\" }",
        ),
        said(
            UNKNOWN,
            "{ unknown = true, guess = \"1 W/(m K)\", scale = \"-1 W/(m K)\" }",
        ),
        said(UNKNOWN, "{ unknown = true, gess = \"1 W/(m K)\" }"),
        said(UNKNOWN, "{ from = true, to = \"1 W/(m K)\" }"),
        said(
            "q = \"0 W/m^3\"",
            "q = \"0 W/m^3\"\nT_end = { unknown = true, guess = \"20 degC\" }",
        ),
        said(
            "q = \"0 W/m^3\"",
            "q = { from = \"0 W/m^3\", to = \"1 W/m^3\" }",
        ),
        said(
            "[[data]]\nname = \"thermocouples\"\nfile = \"heat-inverse.csv\"\nnoise = { T = \"1.8 K\" }\n",
            "",
        ),
        said(
            "[[train]]",
            "[loss]\nresidual_norm = \"ntk-trace\"\n[[train]]",
        ),
    ];
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn mistakes_in_data_tables_name_their_remedy() {
    let all = [
        said(DATA, "file = \"../heat-inverse.csv\"\n"),
        said(DATA, "file = \"solution.csv\"\n"),
        said(NOISE, "noise = { T = \"1.8 degC\" }"),
        said(NOISE, "noise = { T = \"0 K\" }"),
        said(NOISE, "noise = { u = \"1 K\" }"),
        said(NOISE, "noise = {}"),
        said(
            NOISE,
            "noise = { T = \"1.8 K\" }\n[[data]]\nname = \"b\"\nfile = \"heat-inverse.csv\"",
        ),
        said("name = \"thermocouples\"", "name = \"start\""),
        said(
            "name = \"thermocouples\"",
            "name = \"thermocouples\"\nweight = 0",
        ),
    ];
    insta::assert_snapshot!(all.join("\n"));
    let missing = said(DATA, "file = \"nothing.csv\"\n");
    assert!(
        missing.contains("cannot read") && missing.contains("nothing.csv"),
        "{missing}"
    );
}

#[test]
fn mistakes_in_measurements_point_into_their_file() {
    let all = [
        said_of(""),
        said_of("t [s];x [mm];T [degC]\n1;2;3\n"),
        said_of("t [s],x [mm],p [Pa]\n"),
        said_of("t [s],x,T [degC]\n"),
        said_of("t [s],x [s],T [degC]\n"),
        said_of("t [s],x [mmm],T [degC]\n"),
        said_of("t [s],x [mm],T [degC],x [mm]\n"),
        said_of("t [s],T [degC]\n"),
        said_of("t [s],x [mm]\n"),
        said_of("# nothing yet\nt [s],x [mm],T [degC]\n"),
        said_of("t [s],x [mm],T [degC]\n5,10,30\n5,20\n"),
        said_of("t [s],x [mm],T [degC]\n5,10,30\n# later\n5, 20, 3O\n"),
        said_of("t [s],x [mm],T [degC]\n5,10,nan\n"),
        said_of("t [s],x [mm],T [degC]\n5,10,-300\n"),
        said_of("t [s],x [mm],T [degC]\n5,,30\n"),
        said_of("t [s],x [mm],T [degC]\r\n5,10,30\r\n5,101,30\r\n"),
    ];
    insta::assert_snapshot!(all.join("\n"));
}
