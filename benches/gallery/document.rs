//! `docs/gallery.md`: prose from the files, numbers and pictures from the runs.

use super::{Solved, picture};
use std::error::Error;
use std::fmt::Write;
use std::path::Path;

const HEAD: &str = "# Gallery

Every problem of `problems/`, its prose, what its file says to expect, and what it gave when `cargo bench --bench gallery`
solved it on two cores, after others or alone (`-- NAME`); `kdv` and `allen-cahn` beside other work. Errors are relative L2
against the reference, the largest of all fields; \"reference\" is the reference's own error. Pictures are those of the run folder at
half their size.

";

pub fn write(all: &[Solved], docs: &Path) -> Result<(), Box<dyn Error>> {
    let pictures = docs.join("gallery");
    std::fs::create_dir_all(&pictures)?;
    let mut text = HEAD.to_string();
    text += "| problem | error | expected | reference | parameters | time |\n|---|---|---|---|---|---|\n";
    for solved in all {
        let (error, reference) = solved.errors().unwrap_or((f64::NAN, f64::NAN));
        let report = &solved.report;
        writeln!(
            text,
            "| [{}](#{}) | {error:.1e} | {:.0e} | {reference:.0e} | {} | {:.0} s |",
            solved.name,
            anchor(title(solved)),
            solved.expected().unwrap_or(f64::NAN),
            report["parameters"],
            report["time"]["total_s"].as_f64().unwrap_or(f64::NAN),
        )?;
    }
    for solved in all {
        let file = solved.folder.join("problem.toml");
        let toml: toml::Table = std::fs::read_to_string(file)?.parse()?;
        let prose = toml.get("description").and_then(|d| d.as_str());
        let prose = prose.unwrap_or_default().trim();
        writeln!(text, "\n## {}\n\n{prose}\n", title(solved))?;
        writeln!(text, "`pinn solve problems/{}.toml`\n", solved.name)?;
        // Of the first field that has a reference.
        let compared = report_fields(solved).next();
        if let Some(field) = compared {
            let name = format!("{}.png", solved.name);
            let from = solved.folder.join(format!("field-{field}.png"));
            picture::halve(&from, &pictures.join(&name))?;
            writeln!(text, "![{}](gallery/{name})", title(solved))?;
        }
    }
    std::fs::write(docs.join("gallery.md"), text)?;
    Ok(())
}

fn title(solved: &Solved) -> &str {
    solved.report["title"].as_str().unwrap_or(&solved.name)
}

/// As hosting sites make it of a heading.
fn anchor(title: &str) -> String {
    let kept = title.to_lowercase();
    let kept = kept
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Fields with an error, in the order of the equation.
fn report_fields(solved: &Solved) -> impl Iterator<Item = &String> {
    let errors = solved.report["errors"].as_object();
    errors.into_iter().flat_map(|fields| fields.keys())
}
