//! A million malformed problem files against the loader: no panic, nothing that takes longer than a second.
//!
//! `cargo bench --bench malformed` makes files out of those of `problems/` (lines and values of several files mixed,
//! texts cut and repeated, expressions grown from a grammar), reads each, and checks that an error points into the file.
//! `-- --count 10000` makes fewer, `-- --from 5000` begins elsewhere: file number n is always the same. What panics or
//! takes longer than a second is written to `target/malformed` and makes the program fail.

mod generate;

use generate::Generator;
use pinn::equations::registry::Registry;
use pinn::problem::Problem;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Longest time that reading a file may take.
const LIMIT: Duration = Duration::from_secs(1);

#[derive(Default)]
struct Totals {
    accepted: u64,
    refused: u64,
    slowest: Duration,
    slowest_number: u64,
    failures: Vec<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let (mut from, mut count) = (0, 1_000_000);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || -> Result<u64, Box<dyn Error>> {
            let text = arguments
                .next()
                .ok_or(format!("{argument} needs a number"))?;
            Ok(text.parse()?)
        };
        match argument.as_str() {
            "--from" => from = number()?,
            "--count" => count = number()?,
            // What cargo itself passes.
            "--bench" => {}
            other => return Err(format!("unknown `{other}`").into()),
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let generator = Generator::new(&root.join("problems"))?;
    let kept = root.join("target/malformed");
    let next = AtomicU64::new(from);
    let totals = Mutex::new(Totals::default());
    // Panics are counted and their files kept; their messages would drown everything else.
    std::panic::set_hook(Box::new(|_| {}));
    let begin = Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let registry = Registry::builtin();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= from + count {
                        break;
                    }
                    let text = generator.file(number);
                    let start = Instant::now();
                    let read = catch_unwind(AssertUnwindSafe(|| read(&text, &registry)));
                    let taken = start.elapsed();
                    let mut totals = totals.lock().unwrap_or_else(|poison| poison.into_inner());
                    if taken > totals.slowest {
                        (totals.slowest, totals.slowest_number) = (taken, number);
                    }
                    let failure = match read {
                        Ok(Ok(accepted)) => {
                            totals.accepted += u64::from(accepted);
                            totals.refused += u64::from(!accepted);
                            (taken > LIMIT).then(|| format!("took {} s", taken.as_secs_f64()))
                        }
                        Ok(Err(message)) => Some(message),
                        Err(_) => Some("panicked".to_string()),
                    };
                    if let Some(failure) = failure {
                        let _ = std::fs::create_dir_all(&kept);
                        let _ = std::fs::write(kept.join(format!("{number}.toml")), &text);
                        totals.failures.push(format!("file {number} {failure}"));
                    }
                }
            });
        }
    });
    let totals = totals
        .into_inner()
        .unwrap_or_else(|poison| poison.into_inner());
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "{count} files in {seconds:.0} s: {} refused, {} still good, slowest {:.3} s (file {})",
        totals.refused,
        totals.accepted,
        totals.slowest.as_secs_f64(),
        totals.slowest_number
    );
    match totals.failures.as_slice() {
        [] => Ok(()),
        failures => {
            for failure in failures.iter().take(100) {
                println!("{failure}");
            }
            Err(format!(
                "{} failures; the files are in {}",
                failures.len(),
                kept.display()
            )
            .into())
        }
    }
}

/// Whether the file was accepted; an error that does not point into the text is a message.
fn read(text: &str, registry: &Registry) -> Result<bool, String> {
    let Err(error) = Problem::parse("malformed", text, registry) else {
        return Ok(true);
    };
    match error.span() {
        Some(span) if text.get(span.clone()).is_none() => {
            Err(format!("has an error at {span:?}, which is no part of it"))
        }
        _ => Ok(false),
    }
}
