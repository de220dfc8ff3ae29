use super::*;
use proptest::prelude::*;

fn dimensions(text: &str) -> Dimensions {
    parse_unit(text).expect("a unit of the test").dimensions
}

/// SI value of a quantity, its dimensions taken from `like`.
fn si(text: &str, like: &str) -> f64 {
    let kind = match like {
        "K" => Kind::AbsoluteTemperature,
        _ => Kind::Plain,
    };
    parse_quantity(text, dimensions(like), kind)
        .unwrap_or_else(|error| panic!("{text}: {error}"))
        .0
}

fn message(text: &str, like: &str) -> String {
    let kind = match like {
        "K" => Kind::AbsoluteTemperature,
        _ => Kind::Plain,
    };
    let like = like.trim_start_matches("difference ");
    let error = parse_quantity(text, dimensions(like), kind).expect_err(text);
    format!("{:?} {error}", error.span())
}

#[test]
fn values_are_right() {
    for (text, like, value) in [
        ("45 W/(m K)", "W/(m K)", 45.0),
        ("45 W/(m*K)", "W/(m K)", 45.0),
        ("45W/(m·K)", "W/(m K)", 45.0),
        ("45 W m^-1 K^-1", "W/(m K)", 45.0),
        ("45 W·m⁻¹·K⁻¹", "W/(m K)", 45.0),
        ("45 W m-1 K-1", "W/(m K)", 45.0),
        ("45 W/m/K", "W/(m K)", 45.0),
        ("45 W/(m degC)", "W/(m K)", 45.0),
        ("25 BTU/(h*ft*degF)", "W/(m K)", 43.2683666592848),
        ("1.2 kg/m^3", "kg/m³", 1.2),
        ("1.2 kg/m**3", "kg/m³", 1.2),
        ("62.4 lb/ft^3", "kg/m³", 999.552114535113),
        ("7.8 g/cm^3", "kg/m³", 7800.0),
        ("20 degC", "K", 293.15),
        ("20 °C", "K", 293.15),
        ("68 degF", "K", 293.15),
        ("-40degF", "K", 233.15),
        ("0 K", "K", 0.0),
        ("500 J/(kg K)", "J/(kg K)", 500.0),
        ("0.5 kJ/(kg K)", "J/(kg K)", 500.0),
        ("20 mm", "m", 0.02),
        ("10 um", "m", 1e-5),
        ("10 μm", "m", 1e-5),
        ("10 µm", "m", 1e-5),
        ("3 ft", "m", 0.9144),
        ("2 metres", "m", 2.0),
        ("7.5e-6 m2/s", "m^2/s", 7.5e-6),
        ("1 cSt", "m^2/s", 1e-6),
        ("-3e-4 1/K", "1/K", -3e-4),
        ("−3e-4 K^(-1)", "1/K", -3e-4),
        ("1 h", "s", 3600.0),
        ("60 min", "s", 3600.0),
        ("2 d", "s", 172800.0),
        ("1 bar", "Pa", 1e5),
        ("14.5 psi", "Pa", 99973.9807509412),
        ("14.5 lbf/in^2", "Pa", 99973.9807509412),
        ("4 mmHg", "Pa", 533.28954966),
        ("1 mPa*s", "Pa s", 1e-3),
        ("1 cP", "Pa s", 1e-3),
        ("72 km/h", "m/s", 20.0),
        ("10 kn", "m/s", 5.14444444444444),
        ("9.81 m/s²", "m/s^2", 9.81),
        ("1 L/min", "m^3/s", 1.66666666666667e-5),
        ("1 kWh", "J", 3.6e6),
        ("1 kW*h", "J", 3.6e6),
        ("1 N·m", "J", 1.0),
        ("1 eV", "J", 1.602176634e-19),
        ("5 %", "1", 0.05),
        ("3 ppm", "1", 3e-6),
        (" 0.3 ", "1", 0.3),
        (".5", "1", 0.5),
        ("36 deg", "1", 0.628318530717959),
        ("1 mol/L", "mol/m^3", 1000.0),
        ("5.8e7 S/m", "S/m", 5.8e7),
        ("1 pound", "kg", 0.45359237),
        ("3000 rpm", "1/s", 314.159265358979),
        ("2 kΩ", "Ω", 2000.0),
        ("2 kohm", "ohm", 2000.0),
        ("1 a", "s", 31536000.0),
    ] {
        assert_eq!(si(text, like), value, "{text}");
    }
}

#[test]
fn mistakes_name_their_remedy() {
    let texts = [
        ("45 W/m K", "W/(m K)"),
        ("45 W/m*K", "W/(m K)"),
        ("45 W/(m K", "W/(m K)"),
        ("45 W/m", "W/(m K)"),
        ("45", "W/(m K)"),
        ("20 C", "K"),
        ("20 degC", "difference K"),
        ("20 degF", "difference K"),
        ("-300 degC", "K"),
        ("20 bar", "K"),
        ("20 mmm", "m"),
        ("20 Meter", "m"),
        ("20 kgs", "kg"),
        ("20 florps", "kg"),
        ("1,5 m", "m"),
        ("1 m^0.5", "m"),
        ("1 m^(1/2)", "m"),
        ("1 m^", "m"),
        ("1 m^99999999999", "m"),
        ("1 m^40", "m"),
        ("1e999 m", "m"),
        ("1e300 Ym", "m"),
        ("nan m", "m"),
        ("inf m", "m"),
        ("", "m"),
        ("mm", "m"),
        ("3*10^-4 m", "m"),
        ("1 h 30 min", "s"),
        ("5 m", "1"),
        ("5 m$", "m"),
    ];
    let report: Vec<String> = texts
        .iter()
        .map(|(text, like)| format!("{text:?} as {like}: {}", message(text, like)))
        .collect();
    insta::assert_snapshot!(report.join("\n"));
}

/// No symbol of the SI is hidden by another unit of the tables.
#[test]
fn symbols_of_the_si_are_coherent() {
    for (symbol, base) in [
        ("g", "1"),
        ("Hz", "1/s"),
        ("N", "kg m/s^2"),
        ("Pa", "N/m^2"),
        ("J", "N m"),
        ("W", "J/s"),
        ("C", "A s"),
        ("V", "W/A"),
        ("F", "C/V"),
        ("Ω", "V/A"),
        ("S", "1/Ω"),
        ("Wb", "V s"),
        ("T", "Wb/m^2"),
        ("H", "Wb/A"),
        ("lx", "cd/m^2"),
        ("Bq", "1/s"),
        ("kat", "mol/s"),
        ("rad", "1"),
        ("sr", "1"),
        ("L", "1"),
        ("mol", "mol"),
        ("cd", "cd"),
    ] {
        let unit = unit_symbol(symbol).expect(symbol);
        match symbol {
            "g" => assert_eq!((unit.factor, unit.dimensions), (1e-3, dimensions("kg"))),
            "L" => assert_eq!((unit.factor, unit.dimensions), (1e-3, dimensions("m^3"))),
            _ => assert_eq!(
                (unit.factor, unit.dimensions),
                (1.0, dimensions(base)),
                "{symbol}"
            ),
        }
    }
    // Prefixes, the ones that other units could hide among them.
    for (text, like, value) in [
        ("1 mm", "m", 1e-3),
        ("1 MPa", "Pa", 1e6),
        ("1 mPa", "Pa", 1e-3),
        ("1 GPa", "Pa", 1e9),
        ("1 hPa", "Pa", 100.0),
        ("1 ms", "s", 1e-3),
        ("1 min", "s", 60.0),
        ("1 kW", "W", 1e3),
        ("1 mg", "kg", 1e-6),
        ("1 µg", "kg", 1e-9),
        ("1 uF", "F", 1e-6),
        ("1 pF", "F", 1e-12),
        ("1 mT", "T", 1e-3),
        ("1 mH", "H", 1e-3),
        ("1 cd", "cd", 1.0),
        ("1 mK", "difference", 1e-3),
        ("1 kHz", "Hz", 1e3),
        ("1 mmol", "mol", 1e-3),
        ("1 t", "kg", 1e3),
        ("1 ha", "m^2", 1e4),
        ("1 in", "m", 0.0254),
    ] {
        let like = if like == "difference" { "mK" } else { like };
        assert_eq!(si(text, like), value, "{text}");
    }
}

#[test]
fn deep_brackets_are_refused() {
    let text = format!("{}m{}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(matches!(parse_unit(&text), Err(UnitError::Syntax { .. })));
}

#[test]
fn unit_texts_of_dimensions_read_back() {
    for text in [
        "W/(m K)",
        "Pa/m",
        "kg/m^3",
        "m^2/s",
        "1/s",
        "K/s",
        "1",
        "mol/(m^2 s)",
        "Ω",
        "F",
    ] {
        let unit = parse_unit(text).expect("a unit of the test");
        assert_eq!(unit.dimensions.unit_text(), text);
        assert_eq!(unit.factor, 1.0, "{text}");
    }
    assert_eq!(dimensions("1/(kg m K^2)").unit_text(), "1/(kg m K^2)");
}

/// Units of one dimension in which a decimal number has a finite decimal SI value.
const COMPATIBLE: [&[&str]; 8] = [
    &["m", "mm", "km", "um", "cm", "ft", "in", "nm", "mi", "yd"],
    &["s", "min", "h", "ms", "d", "us"],
    &["kg", "g", "lb", "t", "mg", "oz"],
    &[
        "Pa",
        "kPa",
        "bar",
        "MPa",
        "N/mm^2",
        "mbar",
        "kg/(m s^2)",
        "dyn/cm^2",
    ],
    &[
        "W/(m K)",
        "W/(cm K)",
        "mW/(mm degC)",
        "kW/(m K)",
        "kg m/(s^3 K)",
        "J/(s m K)",
    ],
    &["kg/m^3", "g/cm^3", "kg/L", "g/mL", "t/m^3", "mg/mm^3"],
    &[
        "J/(kg K)",
        "kJ/(kg K)",
        "J/(g K)",
        "m^2/(s^2 K)",
        "kPa L/(kg K)",
    ],
    &["m/s", "mm/s", "m/min", "ft/s", "cm/ms", "in/min"],
];

/// `digits · 10^exponent` in units of `from`, as an exact decimal number of units `to`, if it is one of at
/// most 15 digits.
fn in_other_unit(digits: i64, exponent: i32, from: &Unit, to: &Unit) -> Option<String> {
    let number = Exact::decimal(digits as f64).times(Exact::decimal(10.0).power(exponent));
    let other = number.times(from.exact).over(to.exact);
    let rounded = round15(other.value());
    // Exact to 25 digits or not a finite decimal at all.
    let difference = Exact::decimal(rounded)
        .over(other)
        .plus(Exact::decimal(-1.0));
    (difference.value().abs() < 1e-25).then(|| format!("{rounded:e}"))
}

proptest! {
    #[test]
    fn no_text_panics(text in ".{0,40}") {
        let _ = split_quantity(&text).map_err(|error| {
            let span = error.span();
            assert!(text.get(span).is_some(), "{error:?}");
        });
    }

    #[test]
    fn no_almost_unit_panics(text in r"[-+0-9.e ]{0,5}[mKWsJ°CµΩ⁻²³\^\*/() ·.0-9,−%-]{0,20}") {
        if let Err(error) = parse_quantity(&text, Dimensions::LENGTH, Kind::Plain) {
            prop_assert!(text.get(error.span()).is_some(), "{error:?}");
            prop_assert!(!error.to_string().is_empty());
        }
    }

    /// A quantity has the same bits in every unit.
    #[test]
    fn units_do_not_matter(
        digits in 1i64..=999_999, exponent in -6i32..=3, quantity in 0usize..8, from: prop::sample::Index, to: prop::sample::Index,
    ) {
        let units = COMPATIBLE[quantity];
        let (from, to) = (units[from.index(units.len())], units[to.index(units.len())]);
        let (a, b) = (parse_unit(from).expect("in the table"), parse_unit(to).expect("in the table"));
        if let Some(other) = in_other_unit(digits, exponent, &a, &b) {
            let one = si(&format!("{digits}e{exponent} {from}"), from);
            let two = si(&format!("{other} {to}"), from);
            prop_assert_eq!(one.to_bits(), two.to_bits(), "{}e{} {} = {} {}", digits, exponent, from, other, to);
        }
    }

    #[test]
    fn temperatures_do_not_matter(hundredths in -27_315i64..=999_999) {
        // Celsius to Fahrenheit is exact in decimals: 9/5 and 32.
        let fahrenheit = hundredths * 18 + 32_000;
        let one = si(&format!("{hundredths}e-2 degC"), "K");
        prop_assert_eq!(one.to_bits(), si(&format!("{fahrenheit}e-3 degF"), "K").to_bits());
        prop_assert_eq!(one.to_bits(), si(&format!("{}e-2 K", hundredths + 27_315), "K").to_bits());
        let unit = parse_unit("degF").expect("a unit");
        let back = unit.from_si(one, Kind::AbsoluteTemperature);
        prop_assert!((back - fahrenheit as f64 / 1e3).abs() < 1e-9);
    }
}
