//! The `[reference]` table.

use super::expression::{Definitions, Scope, constant};
use super::mistake::{Checked, Fault, Mistake};
use super::names::field_number;
use super::quantity::{Expected, value};
use super::suggest::{list, remedy};
use super::wire::{Entries, Scalar};
use pinn_expr::{Graph, PointFunction};
use pinn_reference::{Argument, Arguments, ClosedForm, Reference, SolutionKind, solutions};
use pinn_units::Declared;
use toml::Spanned;

/// The key of a named solution, and its former name.
const KEYS: [&str; 2] = ["solution", "series"];

/// The key and the name of a solution by name, unless a field has that key's name.
pub(super) fn named<'a>(
    table: &'a Entries<Scalar>,
    declared: &Declared,
) -> Option<&'a (Spanned<String>, Spanned<Scalar>)> {
    let is_field = |key: &&str| declared.fields.iter().any(|field| field.name == *key);
    let mut keys = KEYS.into_iter().filter(|key| !is_field(key));
    keys.find_map(|key| table.get(key))
}

/// Warns of the former key.
pub(super) fn former_key(table: &Entries<Scalar>, declared: &Declared) -> Option<String> {
    let (key, _) = named(table, declared)?;
    let [current, former] = KEYS;
    (key.get_ref() == former).then(|| {
        format!("the key `{former}` of `[reference]` is now called `{current}`; rename it")
    })
}

/// Reads a closed form per field (`T = "…"`), or `solution = "name"` with its fields and arguments.
pub(super) fn reference(
    table: &Spanned<Entries<Scalar>>,
    declared: &Declared,
    definitions: &Definitions,
    parameters: &[f64],
    file: &str,
) -> Checked<Box<dyn Reference>> {
    let reader = Reader {
        table,
        declared,
        definitions,
        parameters,
        file,
    };
    match named(table.get_ref(), declared) {
        Some((key, name)) => reader.solution(key.get_ref(), name),
        None => reader.closed_form(),
    }
}

struct Reader<'a> {
    table: &'a Spanned<Entries<Scalar>>,
    declared: &'a Declared,
    definitions: &'a Definitions,
    parameters: &'a [f64],
    file: &'a str,
}

impl Reader<'_> {
    fn closed_form(&self) -> Checked<Box<dyn Reference>> {
        let entries = &self.table.get_ref().0;
        if entries.is_empty() {
            let key = KEYS[0].to_string();
            return Err(Mistake::new(Fault::MissingKey { key }, self.table.span())
                .label("this table is empty")
                .help(
                    "give `solution = \"…\"`, or an expression per field such as `T = \"20 degC\"`",
                ));
        }
        let mut graph = Graph::new();
        let mut fields = Vec::new();
        let mut outputs = Vec::new();
        for (name, entry) in entries {
            let field = field_number(name, self.declared)?;
            let expected = Expected::of(name.get_ref(), &self.declared.fields[field]);
            let found = value(entry, expected, self.scope(true), &mut graph, self.file)?;
            fields.push(field);
            outputs.push(found.expr);
        }
        let function = PointFunction::new(&graph, &outputs, self.parameters).unwrap_or_else(|| {
            unreachable!("the scope has no fields and all parameters have values")
        });
        Ok(Box::new(ClosedForm::new(
            self.declared.clone(),
            fields,
            function,
        )))
    }

    fn solution(&self, key: &str, name: &Spanned<Scalar>) -> Checked<Box<dyn Reference>> {
        let known: Vec<&str> = solutions().iter().map(|s| s.name).collect();
        let text = name.get_ref().to_string();
        let Some(kind) = solutions().iter().find(|s| s.name == text) else {
            let help = remedy(&text, "solution", &known);
            let fault = Fault::UnknownName {
                what: "solution",
                name: text,
            };
            return Err(Mistake::new(fault, name.span())
                .label(format!("expected one of {}", list(&known)))
                .help(help));
        };
        self.unknown_keys(key, kind)?;
        let fields = self.fields(kind, name)?;
        let mut constants = Vec::new();
        for argument in kind.constants {
            let mut graph = Graph::new();
            let e = self.argument(argument, false, &mut graph, name)?;
            constants.push(constant(&graph, e, self.parameters));
        }
        let mut functions = Vec::new();
        for argument in kind.functions {
            let mut graph = Graph::new();
            let e = self.argument(argument, true, &mut graph, name)?;
            let function = PointFunction::new(&graph, &[e], self.parameters).unwrap_or_else(|| {
                unreachable!("the scope has no fields and all parameters have values")
            });
            functions.push(function);
        }
        let arguments = Arguments {
            constants,
            functions,
        };
        (kind.build)(self.declared.clone(), fields, arguments).map_err(|error| {
            let entry = self.table.get_ref().get(error.argument);
            let span = entry.map_or(name.span(), |(_, value)| value.span());
            let fault = Fault::OutOfRange {
                what: format!("`{}`", error.argument),
                allowed: error.allowed.to_string(),
                found: format!("{} in SI base units", error.found),
            };
            Mistake::new(fault, span)
        })
    }

    fn unknown_keys(&self, key: &str, kind: &SolutionKind) -> Checked<()> {
        let arguments = kind.constants.iter().chain(kind.functions);
        let mut known = vec![key];
        known.extend(kind.fields.iter().chain(arguments).map(|a| a.name));
        for (key, _) in &self.table.get_ref().0 {
            if !known.contains(&key.get_ref().as_str()) {
                let fault = Fault::UnknownKey {
                    key: key.get_ref().clone(),
                };
                return Err(Mistake::new(fault, key.span())
                    .label(format!("no argument of `{}`", kind.name))
                    .help(remedy(key.get_ref(), "argument", &known)));
            }
        }
        Ok(())
    }

    /// Numbers of the fields that a solution gives.
    fn fields(&self, kind: &SolutionKind, name: &Spanned<Scalar>) -> Checked<Vec<usize>> {
        let mut fields = Vec::new();
        for output in kind.fields {
            fields.push(self.field(output, &fields, kind, name)?);
        }
        Ok(fields)
    }

    /// The named field, or the first of that dimension that is not among those before.
    fn field(
        &self,
        output: &Argument,
        before: &[usize],
        kind: &SolutionKind,
        name: &Spanned<Scalar>,
    ) -> Checked<usize> {
        let field = match self.table.get_ref().get(output.name) {
            Some((_, entry)) => match entry.get_ref() {
                Scalar::Text(text) => {
                    field_number(&Spanned::new(entry.span(), text.clone()), self.declared)?
                }
                Scalar::Number(_) => {
                    let message = "expected the name of a field".to_string();
                    return Err(Mistake::new(Fault::WrongType { message }, entry.span()));
                }
            },
            None => {
                let mut all = self.declared.fields.iter().enumerate();
                let free = all.find(|(number, f)| {
                    f.dimensions == output.dimensions && !before.contains(number)
                });
                free.map_or(0, |(number, _)| number)
            }
        };
        let found = self.declared.fields[field].dimensions;
        if found != output.dimensions {
            let fault = Fault::Dimension {
                what: format!("the {} of `{}`", output.meaning, kind.name),
                expected: output.dimensions,
                found,
            };
            return Err(Mistake::new(fault, name.span()).label(format!(
                "it would give `{}`",
                self.declared.fields[field].name
            )));
        }
        Ok(field)
    }

    fn argument(
        &self,
        argument: &Argument,
        coordinates: bool,
        graph: &mut Graph,
        name: &Spanned<Scalar>,
    ) -> Checked<pinn_expr::Expr> {
        let Some((_, entry)) = self.table.get_ref().get(argument.name) else {
            let key = argument.name.to_string();
            return Err(Mistake::new(Fault::MissingKey { key }, name.span())
                .label(format!("this solution needs `{}`", argument.name))
                .help(format!("it is the {}", argument.meaning)));
        };
        let expected = Expected {
            what: argument.name,
            dimensions: argument.dimensions,
            kind: argument.kind,
            quantity: None,
        };
        Ok(value(entry, expected, self.scope(coordinates), graph, self.file)?.expr)
    }

    fn scope(&self, coordinates: bool) -> Scope<'_> {
        match coordinates {
            true => Scope::points(self.declared, self.definitions),
            false => Scope::constants(self.declared, self.definitions),
        }
    }
}
