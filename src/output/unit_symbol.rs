//! Typographic units: `W/(m^2 K)` becomes `W/(m² K)`.

/// Words whose `u` means micro.
const MICRO: [&str; 16] = [
    "um", "us", "ug", "uN", "uPa", "uJ", "uW", "uA", "uV", "uF", "uH", "uK", "umol", "ul", "uL",
    "ubar",
];

/// Converts a unit of a problem file to typographic symbols: `°`, `µ`, superscripts.
pub fn unit_symbol(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text.trim();
    while let Some(first) = rest.chars().next() {
        let length = if first.is_alphabetic() || matches!(first, '℃' | '℉') {
            let word = rest.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '℃' | '℉'));
            let word = &rest[..word.unwrap_or(rest.len())];
            shown.push_str(&symbol(word));
            word.len()
        } else if first == '^' {
            exponent(rest, &mut shown)
        } else {
            shown.push(if first == '*' { '·' } else { first });
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    shown
}

fn symbol(word: &str) -> String {
    match word {
        "degC" | "celsius" | "℃" => "°C".to_string(),
        "degF" | "fahrenheit" | "℉" => "°F".to_string(),
        "degR" | "rankine" => "°R".to_string(),
        "deg" | "degree" => "°".to_string(),
        "ohm" | "Ohm" => "Ω".to_string(),
        _ if MICRO.contains(&word) => format!("µ{}", &word[1..]),
        _ => word.to_string(),
    }
}

/// Writes `^-2` or `^(-2)` as superscripts; returns the bytes read.
fn exponent(text: &str, to: &mut String) -> usize {
    let inner = text[1..].trim_start_matches('(');
    let open = text.len() - 1 - inner.len();
    let end = inner
        .char_indices()
        .find(|(at, c)| !(c.is_ascii_digit() || (*at == 0 && (*c == '-' || *c == '+'))))
        .map_or(inner.len(), |(at, _)| at);
    let digits = &inner[..end];
    let closed = inner[end..].starts_with(&")".repeat(open));
    if digits.trim_start_matches(['-', '+']).is_empty() || !closed {
        to.push('^');
        return 1;
    }
    to.push_str(&superscript(digits));
    1 + open + end + open
}

/// Digits and sign as superscripts.
pub(super) fn superscript(digits: &str) -> String {
    let raise = |c| match c {
        '-' => Some('⁻'),
        '1' => Some('¹'),
        '2' => Some('²'),
        '3' => Some('³'),
        '0' | '4'..='9' => char::from_u32('⁰' as u32 + c as u32 - '0' as u32),
        _ => None,
    };
    digits.chars().filter_map(raise).collect()
}

/// Unit of a difference of two values: a difference of `degC` is in `K`.
pub fn interval_unit(text: &str) -> String {
    match text.trim() {
        "degC" | "celsius" | "°C" | "℃" => "K".to_string(),
        "degF" | "fahrenheit" | "°F" | "℉" => "degR".to_string(),
        other => other.to_string(),
    }
}

/// `x [mm]`, or the bare name without a unit.
pub(super) fn labelled(name: &str, unit: &str) -> String {
    match unit {
        "" | "1" => name.to_string(),
        unit => format!("{name} [{unit}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_printed_with_their_symbols() {
        for (written, shown) in [
            ("degC", "°C"),
            ("um", "µm"),
            ("umol/(m^2*s)", "µmol/(m²·s)"),
            ("W/(m^2 K)", "W/(m² K)"),
            ("kg m^-1 s^-10", "kg m⁻¹ s⁻¹⁰"),
            ("m^(-3)", "m⁻³"),
            ("m^(1/2)", "m^(1/2)"),
            ("m^", "m^"),
            ("unit", "unit"),
            ("", ""),
            ("°C·µm²", "°C·µm²"),
        ] {
            assert_eq!(unit_symbol(written), shown);
        }
        assert_eq!(interval_unit("degC"), "K");
        assert_eq!(interval_unit("℉"), "degR");
        assert_eq!(unit_symbol("℃"), "°C");
        assert_eq!(interval_unit("W/degC"), "W/degC");
    }
}
