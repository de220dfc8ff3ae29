//! `pinn list`

use super::table::Table;
use super::{Code, Context, error::CliError};
use clap::Args;
use pinn_equations::registry::RegisteredPde;
use pinn_units::QuantityInfo;
use std::io::{self, Write};

/// Lists the equations that problem files may name, with their quantities.
#[derive(Args)]
#[command(after_help = "\
Examples:
  pinn list             every equation
  pinn list heat-1d     one equation with its residuals")]
pub(super) struct Arguments {
    /// Equation to show in full
    name: Option<String>,
}

pub(super) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Code, CliError> {
    match &arguments.name {
        None => {
            for (number, pde) in context.registry.iter().enumerate() {
                if number > 0 {
                    writeln!(context.out).map_err(CliError::Stdout)?;
                }
                summary(pde, context.out).map_err(CliError::Stdout)?;
            }
        }
        Some(name) => match context.registry.get(name) {
            Some(pde) => {
                let residuals = pde.trace().map_err(|cause| CliError::Equation {
                    name: name.clone(),
                    cause,
                })?;
                let equations = residuals.equations().iter().zip(residuals.show());
                full(pde, context.out)
                    .and_then(|()| {
                        writeln!(context.out, "\nResiduals, zero where the equation holds")?;
                        let mut table = Table::default();
                        for (equation, text) in equations {
                            table.row([text, format!("[{}]", equation.dimensions)]);
                        }
                        table.write(context.out, 2)
                    })
                    .map_err(CliError::Stdout)?;
            }
            None => {
                return Err(CliError::UnknownEquation {
                    name: name.clone(),
                    known: context.registry.iter().map(|pde| pde.name).collect(),
                });
            }
        },
    }
    Ok(Code::Done)
}

/// Coordinates, fields and parameters with their headings.
fn groups(pde: &RegisteredPde) -> [(&'static str, &[QuantityInfo]); 3] {
    let declared = &pde.declared;
    [
        ("coordinates", &declared.coordinates),
        ("fields", &declared.fields),
        ("parameters", &declared.parameters),
    ]
}

fn summary(pde: &RegisteredPde, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}: {}", pde.name, pde.summary)?;
    let mut table = Table::default();
    for (heading, quantities) in groups(pde) {
        let texts: Vec<String> = quantities
            .iter()
            .map(|q| format!("{} [{}]", q.name, q.dimensions))
            .collect();
        if !texts.is_empty() {
            table.row([heading.to_string(), texts.join(", ")]);
        }
    }
    table.write(out, 2)
}

fn full(pde: &RegisteredPde, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}: {}", pde.name, pde.summary)?;
    writeln!(out, "\nQuantities; any unit of the dimension is accepted")?;
    let mut table = Table::default();
    for (heading, quantities) in groups(pde) {
        for q in quantities {
            table.row([
                heading.trim_end_matches('s').to_string(),
                q.name.clone(),
                q.quantity.clone(),
                format!("[{}]", q.dimensions),
            ]);
        }
    }
    table.write(out, 2)
}
