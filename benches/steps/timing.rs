//! Two things timed in turns, and the line of the table that comes of it.

use std::time::Instant;

/// A thing to be timed: its name, what it does once, and how often it does that in one round.
pub struct Entry<'a> {
    name: String,
    repeat: usize,
    run: Box<dyn FnMut() + 'a>,
}

pub fn entry<'a>(name: impl Into<String>, repeat: usize, run: impl FnMut() + 'a) -> Entry<'a> {
    Entry {
        name: name.into(),
        repeat,
        run: Box::new(run),
    }
}

impl Entry<'_> {
    /// Seconds of one run, mean over a round.
    fn round(&mut self) -> f64 {
        let start = Instant::now();
        for _ in 0..self.repeat {
            (self.run)();
        }
        start.elapsed().as_secs_f64() / self.repeat as f64
    }
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// One line of the table: two times, and how often the second goes into the first.
pub struct Row {
    what: &'static str,
    names: [String; 2],
    milliseconds: [f64; 2],
    /// Time of the second divided by time of the first, or of their rates.
    ratio: f64,
    unit: &'static str,
    target: Option<f64>,
}

pub const ROUNDS: usize = 15;

/// Times two entries in turns. With `work` (operations of one run of each) the ratio is of rates: that of
/// the first divided by that of the second.
pub fn compare(
    what: &'static str,
    mut entries: [Entry; 2],
    work: Option<[f64; 2]>,
    target: Option<f64>,
) -> Row {
    let work = work.unwrap_or([1.0, 1.0]);
    entries.iter_mut().for_each(|entry| {
        entry.round();
    });
    let mut times = [Vec::new(), Vec::new()];
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let round = [entries[0].round(), entries[1].round()];
        ratios.push((work[0] / round[0]) / (work[1] / round[1]));
        times[0].push(round[0]);
        times[1].push(round[1]);
    }
    Row {
        what,
        names: entries.map(|entry| entry.name),
        milliseconds: times.map(|t| 1e3 * median(t)),
        ratio: median(ratios),
        unit: match work == [1.0, 1.0] {
            true => "times faster",
            false => "of its GFLOP/s",
        },
        target,
    }
}

pub fn print(row: &Row, json: bool) {
    let target = row.target;
    let met = target.map(|target| row.ratio >= target);
    if json {
        println!(
            "{}",
            serde_json::json!({
                "row": row.what,
                "what": row.names[0],
                "reference": row.names[1],
                "ms": row.milliseconds[0],
                "reference_ms": row.milliseconds[1],
                "ratio": row.ratio,
                "unit": row.unit,
                "target": target,
                "met": met,
            })
        );
        return;
    }
    println!(
        "{:<21} {:<20} {:8.3} ms | {:<30} {:9.3} ms | {:6.2} {}{}",
        row.what,
        row.names[0],
        row.milliseconds[0],
        row.names[1],
        row.milliseconds[1],
        row.ratio,
        row.unit,
        match (target, met) {
            (Some(target), Some(true)) => format!(" (target {target}: met)"),
            (Some(target), _) => format!(" (target {target}: MISSED)"),
            _ => String::new(),
        }
    );
}
