//! What the command line of a benchmark asks for.

// Every benchmark uses a part of it.
#![allow(dead_code)]

use std::error::Error;
use std::str::FromStr;

/// Flags, options with a value, and part of the names of the rows that are wanted.
#[derive(Default)]
pub struct Arguments {
    flags: Vec<String>,
    options: Vec<(String, String)>,
    filter: Option<String>,
}

impl Arguments {
    /// Of this program: `--json` as in `flags`, `--seeds 3` as in `options`, `NAME`.
    pub fn read(flags: &[&str], options: &[&str]) -> Result<Self, Box<dyn Error>> {
        let mut found = Arguments::default();
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                // What cargo itself passes.
                "--bench" => {}
                flag if flags.contains(&flag) => found.flags.push(argument),
                option if options.contains(&option) => {
                    let missing = format!("{argument} needs a value");
                    let value = arguments.next().ok_or(missing)?;
                    found.options.push((argument, value));
                }
                other if other.starts_with('-') => return Err(format!("unknown `{other}`").into()),
                _ => found.filter = Some(argument),
            }
        }
        Ok(found)
    }

    pub fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|given| given == flag)
    }

    /// The last value given for an option.
    pub fn value<T: FromStr<Err: Error + 'static>>(
        &self,
        option: &str,
    ) -> Result<Option<T>, Box<dyn Error>> {
        let given = self.options.iter().rfind(|(name, _)| name == option);
        Ok(given.map(|(_, value)| value.parse()).transpose()?)
    }

    /// Repetitions, at least one.
    pub fn seeds(&self, usual: u64) -> Result<u64, Box<dyn Error>> {
        Ok(self.value("--seeds")?.unwrap_or(usual).max(1))
    }

    /// Whether a row is wanted.
    pub fn wants(&self, row: &str) -> bool {
        let filter = self.filter.as_deref();
        filter.is_none_or(|filter| row.contains(filter))
    }

    /// What names of rows must contain, if not all are wanted.
    pub fn filter(&self) -> Option<&str> {
        self.filter.as_deref()
    }

    /// Whether rows of just this name are wanted.
    pub fn names(&self, row: &str) -> bool {
        self.filter.as_deref() == Some(row)
    }
}
