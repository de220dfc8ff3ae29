//! Types of conditions, and the keys that each may have.

use super::mistake::{Checked, Fault, Mistake};
use super::suggest::{list, remedy};
use super::wire::{ConditionEntry, Scalar};
use toml::Spanned;

/// `type` of a `[[condition]]`.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum ConditionKind {
    Dirichlet,
    Initial,
    Neumann,
    Robin,
    Periodic,
    Interface,
    Residual,
}

impl ConditionKind {
    const ALL: [Self; 7] = [
        Self::Dirichlet,
        Self::Initial,
        Self::Neumann,
        Self::Robin,
        Self::Periodic,
        Self::Interface,
        Self::Residual,
    ];

    /// The type of a condition, which takes all the keys that are given.
    pub(super) fn of(entry: &ConditionEntry) -> Checked<Self> {
        let name = entry.kind.get_ref().as_str();
        let Some(kind) = Self::ALL.into_iter().find(|kind| kind.name() == name) else {
            let known = Self::ALL.map(Self::name);
            let fault = Fault::UnknownName {
                what: "type of condition",
                name: name.to_string(),
            };
            return Err(Mistake::new(fault, entry.kind.span())
                .label(format!("expected one of {}", list(&known)))
                .help(remedy(name, "type", &known)));
        };
        kind.refuse_foreign_keys(entry)?;
        Ok(kind)
    }

    /// The name in problem files.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Dirichlet => "dirichlet",
            Self::Initial => "initial",
            Self::Neumann => "neumann",
            Self::Robin => "robin",
            Self::Periodic => "periodic",
            Self::Interface => "interface",
            Self::Residual => "residual",
        }
    }

    /// Keys besides those of all conditions: `name`, `on`, `weight`, `points` and `hard`.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Dirichlet | Self::Initial => &["field", "value", "values"],
            Self::Neumann => &["field", "gradient", "flux", "conductivity"],
            Self::Robin => &["field", "conductivity", "transfer", "ambient"],
            Self::Periodic => &["field"],
            Self::Interface => &["between", "conductivities"],
            Self::Residual => &["residual"],
        }
    }

    /// True if the condition holds exactly, instead of being trained.
    pub(super) fn hard(self, entry: &ConditionEntry) -> Checked<bool> {
        let Some(hard) = entry.hard.as_ref().filter(|hard| *hard.get_ref()) else {
            return Ok(false);
        };
        let help = match self {
            Self::Dirichlet | Self::Initial => return Ok(true),
            Self::Periodic => {
                "remove `hard` and make the network periodic: `periodic = [\"x\"]` under `[network]`"
            }
            Self::Neumann | Self::Robin | Self::Interface | Self::Residual => {
                "remove `hard`: the condition is then trained"
            }
        };
        let fault = Fault::HardKind {
            kind: self.name().to_string(),
        };
        Err(Mistake::new(fault, hard.span())
            .label("only values can hold exactly: `dirichlet` and `initial`")
            .help(help))
    }

    fn refuse_foreign_keys(self, entry: &ConditionEntry) -> Checked<()> {
        let (kind, keys) = (self.name(), self.keys());
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
                let to = format!("a condition of type `{kind}`");
                return Err(Mistake::foreign_key(key, &to, span)
                    .label(format!("this type takes {}", list(keys)))
                    .help("remove the key, or choose another type"));
            }
        }
        Ok(())
    }
}
