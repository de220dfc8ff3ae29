//! One problem out of a family.

use super::mistake::{Fault, Mistake, ProblemError, unit_mistake};
use super::suggest::{list, remedy};
use super::{Family, Problem};
use pinn_equations::registry::Registry;
use pinn_units::{Dimensions, Kind, QuantityInfo, parse_quantity};
use toml_edit::{DocumentMut, InlineTable, Item, Table, Value, value};

/// A value for a ranged parameter.
#[derive(Clone, PartialEq, Debug)]
pub struct Setting {
    /// Number among the ranges.
    pub range: usize,
    /// SI base units.
    pub si: f64,
    /// The value as a problem file writes it: `45 W/(m K)`.
    pub text: String,
}

impl Problem {
    /// Reads `k = 45 W/(m K)`, as somebody writes it on the command line.
    ///
    /// # Errors
    /// If no range has this name, or the value is none or of another dimension: points into the text.
    pub fn setting(&self, text: &str) -> Result<Setting, ProblemError> {
        let shown = |mistake: Box<Mistake>| mistake.in_file("value", text);
        let known: Vec<&str> = self.ranged().map(|info| info.name.as_str()).collect();
        let Some((name, quantity)) = text.split_once('=') else {
            let message = "expected a parameter and its value".to_string();
            let mistake = Mistake::new(Fault::Quantity { message }, 0..text.len());
            return Err(shown(mistake.help(format!(
                "write it as in `{}=45 W/(m K)`",
                known.first().unwrap_or(&"k")
            ))));
        };
        let trimmed = name.trim();
        let Some(range) = known.iter().position(|known| *known == trimmed) else {
            let fault = Fault::UnknownName {
                what: "range",
                name: trimmed.to_string(),
            };
            let start = name.len() - name.trim_start().len();
            let mistake = Mistake::new(fault, start..start + trimmed.len());
            return Err(shown(
                mistake
                    .label(format!("expected one of {}", list(&known)))
                    .help(remedy(trimmed, "range", &known)),
            ));
        };
        let Some(info) = self.ranged().nth(range) else {
            unreachable!("its name was found among the ranges");
        };
        match parse_quantity(quantity, info.dimensions, info.kind) {
            Ok((si, _)) => Ok(Setting {
                range,
                si,
                text: quantity.trim().to_string(),
            }),
            Err(error) => {
                let mut mistake = unit_mistake(error);
                let start = name.len() + 1;
                mistake.span = mistake.span.map(|s| start + s.start..start + s.end);
                Err(shown(mistake))
            }
        }
    }

    /// Settings of all ranges at values in SI base units.
    pub fn settings_at(&self, values: &[f64]) -> Vec<Setting> {
        let ranges = self.family.iter().flat_map(|family| &family.ranges);
        let settings = ranges.zip(values).enumerate().map(|(number, (range, si))| {
            let info = &self.statement.declared.parameters[range.parameter];
            let unit = &self.units.parameters[range.parameter];
            let number_text = unit.from_si(*si, info.kind);
            Setting {
                range: number,
                si: *si,
                text: format!("{number_text} {}", unit.text)
                    .trim_end()
                    .to_string(),
            }
        });
        settings.collect()
    }

    /// The ranged parameters, in order.
    pub fn ranged(&self) -> impl Iterator<Item = &QuantityInfo> {
        let ranges = self
            .family
            .iter()
            .flat_map(|family: &Family| &family.ranges);
        ranges.map(|range| &self.statement.declared.parameters[range.parameter])
    }

    /// Text of the problem file of one member: values in place of ranges, and the scales of the family, so that the
    /// network that is generated there means the same. `settings` has one entry per range, in order.
    pub fn member_text(&self, settings: &[Setting]) -> String {
        let Ok(mut file) = self.source.parse::<DocumentMut>() else {
            unreachable!("the file was read before");
        };
        file.remove("family");
        for (info, setting) in self.ranged().zip(settings) {
            set(&mut file["parameters"][&info.name], &setting.text);
        }
        let declared = &self.statement.declared;
        let fields = declared.fields.iter().zip(&self.statement.scales.fields);
        let scales = file.entry("scales").or_insert(Item::Table(Table::new()));
        for (info, affine) in fields {
            if scales.get(&info.name).is_some_and(|scale| !scale.is_none()) {
                continue;
            }
            let mut entry = InlineTable::new();
            entry.insert("scale", in_si(affine.scale, info.dimensions).into());
            if affine.reference != 0.0 || info.kind == Kind::AbsoluteTemperature {
                entry.insert("reference", in_si(affine.reference, info.dimensions).into());
            }
            scales[&info.name] = value(entry);
        }
        let texts = self.ranged().zip(settings);
        let texts: Vec<String> = texts
            .map(|(info, setting)| format!("{} = {}", info.name, setting.text))
            .collect();
        let title = format!("{}, {}", self.title, texts.join(", "));
        set(file.entry("title").or_insert(Item::None), &title);
        file.to_string()
    }

    /// The member as a problem of its own, with the settings of this one but for the family.
    ///
    /// # Errors
    /// If the problem cannot be stated there, as at a value that something is divided by.
    pub fn member(
        &self,
        settings: &[Setting],
        registry: &Registry,
    ) -> Result<Problem, ProblemError> {
        let mut member = {
            let text = self.member_text(settings);
            Problem::parse_in(&self.folder, &self.name, text, registry)?
        };
        member.settings = self.settings.clone();
        member.settings.family = None;
        member.automatic = false;
        Ok(member)
    }
}

/// Replaces a value, and keeps the comment behind it.
fn set(item: &mut Item, text: &str) {
    let mut new = Value::from(text);
    if let Some(old) = item.as_value() {
        *new.decor_mut() = old.decor().clone();
    }
    *item = Item::Value(new);
}

fn in_si(number: f64, dimensions: Dimensions) -> String {
    match dimensions.is_none() {
        true => number.to_string(),
        false => format!("{number} {}", dimensions.unit_text()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAMILY: &str = include_str!("../../problems/thermal-family.toml");

    fn family() -> Problem {
        Problem::parse("plate", FAMILY, &Registry::builtin()).unwrap()
    }

    #[test]
    fn a_member_is_the_problem_at_one_value_in_the_scales_of_the_family() {
        let family = family();
        let settings = [
            family.setting("k = 45 W/(m K)").unwrap(),
            family.setting("h=0.6 kW/(m^2 K)").unwrap(),
        ];
        assert_eq!(settings.each_ref().map(|s| s.si), [45.0, 600.0]);
        let member = family.member(&settings, &Registry::builtin()).unwrap();
        assert!(member.family.is_none() && member.reference.is_some());
        let (own, all) = (&member.statement.scales, &family.statement.scales);
        assert_eq!(own.coordinates, all.coordinates);
        // Numbers in files have 15 digits.
        let scale = own.fields[0].scale / all.fields[0].scale;
        assert!((scale - 1.0).abs() < 1e-14 && own.fields[0].reference == 293.15);
        let parameter = |p: &Problem, name: &str| {
            p.statement.scales.parameters[p.statement.declared.parameter(name).unwrap()]
        };
        assert_eq!(
            (parameter(&member, "k"), parameter(&member, "h")),
            (45.0, 600.0)
        );
        assert_eq!(parameter(&member, "rho"), parameter(&family, "rho"));
        assert!(
            member
                .title
                .ends_with(", k = 45 W/(m K), h = 0.6 kW/(m^2 K)")
        );
        assert_eq!(member.units.fields, family.units.fields);
        let text = family.member_text(&settings);
        assert!(text.contains("k = \"45 W/(m K)\""), "{text}");
        assert!(!text.contains("[family]"), "{text}");
    }

    #[test]
    fn values_are_written_so_that_they_are_read_back() {
        let family = family();
        let values = [20.0 + 40.0 / 3.0, 200.1];
        let settings = family.settings_at(&values);
        let member = family.member(&settings, &Registry::builtin()).unwrap();
        for (range, value) in family.family.as_ref().unwrap().ranges.iter().zip(values) {
            let found = member.statement.scales.parameters[range.parameter];
            assert!((found - value).abs() <= 1e-14 * value, "{found} {value}");
        }
    }

    #[test]
    fn wrong_settings_say_what_is_wrong() {
        let family = family();
        let fault = |text: &str| family.setting(text).unwrap_err();
        for (text, part, span) in [
            ("kk=45 W/(m K)", "unknown range `kk`", 0..2),
            ("k", "expected a parameter and its value", 0..1),
            ("k=45 W/m", "[", 5..8),
            ("k=45 Wat/m", "unknown unit `Wat`", 5..8),
            ("rho=7850 kg/m^3", "unknown range `rho`", 0..3),
        ] {
            let error = fault(text);
            assert!(error.to_string().contains(part), "{text}: {error}");
            assert_eq!(error.span(), Some(span), "{text}");
        }
    }
}
