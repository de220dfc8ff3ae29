//! Which keys a condition of a type may have.

use super::mistake::{Checked, Fault, Mistake};
use super::suggest::{list, remedy};
use super::wire::{ConditionEntry, Scalar};
use toml::Spanned;

/// The kinds of conditions and the keys that each takes beside `name`, `on`, `weight` and `points`.
const KINDS: [(&str, &[&str]); 7] = [
    ("dirichlet", &["field", "value", "values"]),
    ("initial", &["field", "value", "values"]),
    ("neumann", &["field", "gradient", "flux", "conductivity"]),
    ("robin", &["field", "conductivity", "transfer", "ambient"]),
    ("periodic", &["field"]),
    ("interface", &["between", "conductivities"]),
    ("residual", &["residual"]),
];

/// The type of a condition, which takes all the keys that are given.
pub(super) fn kind(entry: &ConditionEntry) -> Checked<&str> {
    let kind = entry.kind.get_ref().as_str();
    let Some((_, keys)) = KINDS.iter().find(|(name, _)| *name == kind) else {
        let known: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
        let fault = Fault::UnknownName {
            what: "type of condition",
            name: kind.to_string(),
        };
        return Err(Mistake::new(fault, entry.kind.span())
            .label(format!("expected one of {}", list(&known)))
            .help(remedy(kind, "type", &known)));
    };
    foreign_keys(entry, kind, keys)?;
    Ok(kind)
}

/// Whether the condition holds exactly.
pub(super) fn hard(entry: &ConditionEntry, kind: &str) -> Checked<bool> {
    let Some(hard) = entry.hard.as_ref().filter(|hard| *hard.get_ref()) else {
        return Ok(false);
    };
    let help = match kind {
        "dirichlet" | "initial" => return Ok(true),
        "periodic" => {
            "leave `hard` away, and make the network periodic: `periodic = [\"x\"]` under `[network]`"
        }
        _ => "leave `hard` away: the condition is trained",
    };
    let fault = Fault::HardKind {
        kind: kind.to_string(),
    };
    Err(Mistake::new(fault, hard.span())
        .label("only values can hold exactly: `dirichlet` and `initial`")
        .help(help))
}

fn foreign_keys(entry: &ConditionEntry, kind: &str, keys: &[&str]) -> Checked<()> {
    let span = |key: &Option<Spanned<Scalar>>| key.as_ref().map(Spanned::span);
    let given = [
        ("field", entry.field.as_ref().map(Spanned::span)),
        ("value", span(&entry.value)),
        ("values", entry.values.as_ref().map(Spanned::span)),
        ("gradient", span(&entry.gradient)),
        ("flux", span(&entry.flux)),
        ("conductivity", span(&entry.conductivity)),
        ("transfer", span(&entry.transfer)),
        ("ambient", span(&entry.ambient)),
        ("between", entry.between.as_ref().map(Spanned::span)),
        (
            "conductivities",
            entry.conductivities.as_ref().map(Spanned::span),
        ),
        ("residual", entry.residual.as_ref().map(Spanned::span)),
    ];
    for (key, span) in given {
        if let Some(span) = span
            && !keys.contains(&key)
        {
            let fault = Fault::ForeignKey {
                key: key.to_string(),
                to: format!("a condition of type `{kind}`"),
            };
            return Err(Mistake::new(fault, span)
                .label(format!("this type takes {}", list(keys)))
                .help("remove the key, or choose another type"));
        }
    }
    Ok(())
}
