//! Lines of the table.

use super::timing::Contestant;

/// What a number is to be.
#[derive(Copy, Clone)]
pub enum Target {
    AtLeast(f64),
    AtMost(f64),
}

impl Target {
    fn met(self, value: f64) -> bool {
        match self {
            Target::AtLeast(least) => value >= least,
            Target::AtMost(most) => value <= most,
        }
    }
}

/// A thing and how often it is done in a second.
pub struct Measured {
    pub name: String,
    pub per_second: f64,
}

impl Measured {
    pub fn of(name: &str, contestant: &Contestant) -> Self {
        Measured {
            name: name.to_string(),
            per_second: contestant.rate(),
        }
    }
}

/// One line: a number, what it was computed from, and what it is to be.
pub struct Row {
    pub name: String,
    pub value: f64,
    pub unit: &'static str,
    pub target: Option<Target>,
    /// This crate, and what it is compared with.
    pub measured: Vec<Measured>,
    /// Share of the machine that others took meanwhile.
    pub others: f64,
}

/// Times say nothing for or against a target where others took more of the machine than this.
const LOADED: f64 = 0.1;

pub fn print(row: &Row, json: bool) {
    let judged = row.target.filter(|_| row.others <= LOADED);
    let met = judged.map(|target| target.met(row.value));
    if json {
        let rates = |index: usize| {
            row.measured
                .get(index)
                .map(|m| serde_json::json!({"name": m.name, "per_second": m.per_second}))
        };
        let (relation, target) = match row.target {
            Some(Target::AtLeast(value)) => (Some("at least"), Some(value)),
            Some(Target::AtMost(value)) => (Some("at most"), Some(value)),
            None => (None, None),
        };
        let line = serde_json::json!({
            "row": row.name,
            "value": row.value,
            "unit": row.unit,
            "relation": relation,
            "target": target,
            "met": met,
            "measured": rates(0),
            "beside": rates(1),
            "others": row.others,
        });
        println!("{line}");
        return;
    }
    let target = match row.target {
        Some(Target::AtLeast(value)) => format!("≥ {value}"),
        Some(Target::AtMost(value)) => format!("≤ {value}"),
        None => String::new(),
    };
    let verdict = match met {
        Some(true) => "met",
        Some(false) => "MISSED",
        None if row.target.is_some() => "open",
        None => "",
    };
    let measured: Vec<String> = row
        .measured
        .iter()
        .map(|m| format!("{} {}/s", m.name, Significant(m.per_second)))
        .collect();
    let others = match row.others {
        share if share < 0.01 => String::new(),
        share => format!(" (others took {:.0} % of the machine)", 100.0 * share),
    };
    println!(
        "{:<26} {:>8} {:<24} {target:<7} {verdict:<7} {}{others}",
        row.name,
        Significant(row.value).to_string(),
        row.unit,
        measured.join(" | "),
    );
}

/// The line of a row that has no number, and why.
pub fn print_missing(name: &str, why: &str, json: bool) {
    match json {
        true => println!("{}", serde_json::json!({"row": name, "error": why})),
        false => println!("{name:<26} {:>8} {why}", "-"),
    }
}

/// Four significant digits.
struct Significant(f64);

impl std::fmt::Display for Significant {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let digits = match self.0.abs() {
            size if size > 0.0 => 3 - (size.log10().floor() as i32).clamp(-6, 3),
            _ => 0,
        };
        write!(f, "{:.*}", digits as usize, self.0)
    }
}
