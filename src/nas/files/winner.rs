//! `winner.toml`: the problem file with the norms that won, including its comments.

use crate::{Contestant, SearchError, SearchReport};
use pinn_equations::registry::Registry;
use pinn_expr::show_number;
use pinn_norm::layer::{EPSILON, Layers, NormLayers, PointwiseNorm};
use pinn_problem::Problem;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

/// Returns the text, which is parsed and compared first.
pub(super) fn text(
    problem: &Problem,
    report: &SearchReport,
    registry: &Registry,
) -> Result<String, SearchError> {
    let winner = report.search.finals.winner();
    let broken = |error: toml_edit::TomlError| SearchError::Winner {
        reason: error.to_string(),
    };
    let mut document: DocumentMut = problem.source.parse().map_err(broken)?;
    if problem.settings.seed != 0 || document.contains_key("seed") {
        // TOML's whole numbers are signed.
        let seed = i64::try_from(problem.settings.seed).map_err(|_| SearchError::Winner {
            reason: format!("the seed {} is too large for TOML", problem.settings.seed),
        })?;
        document["seed"] = value(seed);
    }
    put(&mut document, &winner.configuration.norms)?;
    let text = format!("{}{document}", comment(winner, report));
    let again = Problem::parse_in(&problem.folder, &problem.name, text.clone(), registry)
        .map_err(SearchError::WinnerProblem)?;
    let mut expected = problem.settings.clone();
    expected.network.norms = winner.configuration.norms.clone();
    match again.settings == expected {
        true => Ok(text),
        false => Err(SearchError::Winner {
            reason: "the edited text has other settings than the winner".to_string(),
        }),
    }
}

fn comment(winner: &Contestant, report: &SearchReport) -> String {
    let seeds = report.settings.final_seeds;
    let short = |x: f64| show_number((x * 1e3).round() / 1e3);
    format!(
        "# Found by `pinn search`, seed {}: {}.\n\
         # log10 of the held-out dimensionless loss over {seeds} seeds, this file's the first of them:\n\
         # median {}, from {} to {}.\n\n",
        report.seed,
        winner.configuration.name,
        short(winner.objectives.residual),
        short(winner.range.low),
        short(winner.range.high),
    )
}

/// Replaces the norms of `[network]`.
fn put(document: &mut DocumentMut, norms: &[NormLayers]) -> Result<(), SearchError> {
    if !document.contains_key("network") {
        if norms.is_empty() {
            return Ok(());
        }
        document.insert("network", Item::Table(Table::new()));
    }
    let Some(network) = document["network"].as_table_like_mut() else {
        return Err(SearchError::Winner {
            reason: "`network` is not a table".to_string(),
        });
    };
    network.remove("norm");
    let item = match norms {
        [] => return Ok(()),
        [one] => Item::Table(table(one)),
        several => {
            let mut list = ArrayOfTables::new();
            for norm in several {
                list.push(table(norm));
            }
            Item::ArrayOfTables(list)
        }
    };
    // An inline table cannot contain a table header.
    let item = match document["network"].is_inline_table() {
        true => match item {
            Item::Table(table) => value(table.into_inline_table()),
            Item::ArrayOfTables(list) => value(list.into_array()),
            other => other,
        },
        false => item,
    };
    document["network"]["norm"] = item;
    Ok(())
}

fn table(norm: &NormLayers) -> Table {
    let mut table = Table::new();
    let kind = match &norm.norm {
        PointwiseNorm::Layer => "layer",
        PointwiseNorm::Rms => "rms",
        PointwiseNorm::Group { .. } => "group",
        PointwiseNorm::Batch { .. } => "batch",
    };
    table["kind"] = value(kind);
    match &norm.norm {
        PointwiseNorm::Group { groups } => table["groups"] = value(*groups as i64),
        PointwiseNorm::Batch { .. } => table["statistics"] = value("frozen"),
        PointwiseNorm::Layer | PointwiseNorm::Rms => {}
    }
    table["place"] = value(norm.place.name());
    if let Layers::Only(numbers) = &norm.layers {
        let numbers: Array = numbers.iter().map(|n| *n as i64).collect();
        table["layers"] = value(numbers);
    }
    if norm.gain != 1.0 {
        table["gain"] = value(norm.gain);
    }
    if norm.epsilon != EPSILON {
        table["epsilon"] = value(norm.epsilon);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinn_norm::layer::{Frozen, Place};
    use pinn_problem::Problem;

    fn norms() -> [Vec<NormLayers>; 4] {
        let mut late = NormLayers::new(PointwiseNorm::Rms, Place::Post);
        late.gain = 0.5;
        late.layers = Layers::Only(vec![2]);
        let mut early = NormLayers::new(PointwiseNorm::Group { groups: 4 }, Place::Pre);
        early.epsilon = 0.01;
        early.layers = Layers::Only(vec![1]);
        let frozen = Frozen::Initial { seed: 0 };
        let frozen = NormLayers::new(PointwiseNorm::Batch { frozen }, Place::Peri);
        [vec![], vec![late.clone()], vec![early, late], vec![frozen]]
    }

    #[test]
    fn norms_find_their_place_in_every_shape_of_file_and_comments_stay() {
        let small = include_str!("../../../tests/cli/small.toml");
        let (before, rest) = small.split_once("[network]\nhidden = [8, 8]\n").unwrap();
        let shapes = [
            format!("{before}[network] # mine\nhidden = [8, 8]\n{rest}"),
            format!(
                "{before}[network] # mine\nnorm = {{ kind = \"layer\" }}\nhidden = [8, 8]\n{rest}"
            ),
            format!(
                "{before}[network] # mine\nhidden = [8, 8]\n[[network.norm]]\nkind = \"rms\"\n{rest}"
            ),
            // Keys at the top stand before all tables.
            format!("network = {{ hidden = [8, 8] }} # mine\n{before}{rest}"),
            format!("{before}# mine\n{rest}"),
        ];
        for text in shapes {
            for norms in norms() {
                let mut document: DocumentMut = text.parse().unwrap();
                put(&mut document, &norms).unwrap();
                let written = document.to_string();
                assert!(written.contains("# mine"), "{written}");
                let problem = Problem::parse("small", written.clone(), &Registry::builtin());
                let problem = problem.unwrap_or_else(|e| panic!("{e}\n{written}"));
                assert_eq!(problem.settings.network.norms, norms, "{written}");
            }
        }
        let mut number: DocumentMut = "network = 3".parse().unwrap();
        assert!(put(&mut number, &norms()[1]).is_err());
    }
}
