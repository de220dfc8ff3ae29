//! Things timed in turns.

use super::load::Load;
use std::error::Error;

/// Rounds in which all contestants of a workload run one after the other.
pub const ROUNDS: usize = 9;
/// Share of the machine that others may take in a round that counts.
const QUIET: f64 = 0.06;
/// See [`run`].
const PATIENCE: usize = 2;
/// Each runs about this long in a round.
const SECONDS: f64 = 0.25;

/// What was done in how many seconds.
#[derive(Copy, Clone)]
pub struct Burst {
    pub count: f64,
    pub seconds: f64,
}

type Timed = Result<Burst, Box<dyn Error>>;

/// Something that can be repeated.
pub struct Contestant<'a> {
    pub name: String,
    repeat: usize,
    run: Box<dyn FnMut(usize) -> Timed + 'a>,
    /// Counts per second, one entry a round.
    pub rates: Vec<f64>,
}

impl<'a> Contestant<'a> {
    /// `run` repeats it as often as it is told.
    pub fn new<E: Into<Box<dyn Error>>>(
        name: impl Into<String>,
        mut run: impl FnMut(usize) -> Result<Burst, E> + 'a,
    ) -> Self {
        Contestant {
            name: name.into(),
            repeat: 1,
            run: Box::new(move |count| run(count).map_err(E::into)),
            rates: Vec::new(),
        }
    }

    /// Warms it up and finds out how often it can be repeated in a round.
    fn warm_up(&mut self) -> Result<(), Box<dyn Error>> {
        (self.run)(1)?;
        let first = (self.run)(2)?;
        let again = 0.3 * SECONDS / first.seconds * 2.0;
        let second = (self.run)(again.clamp(1.0, 1e5) as usize)?;
        let one = second.seconds / again.clamp(1.0, 1e5).floor();
        self.repeat = (SECONDS / one).clamp(1.0, 1e6).round() as usize;
        Ok(())
    }

    pub fn rate(&self) -> f64 {
        median(self.rates.clone())
    }

    /// Median over the rounds of this one's rate by another one's.
    pub fn against(&self, other: &Contestant) -> f64 {
        let pairs = self.rates.iter().zip(&other.rates);
        median(pairs.map(|(a, b)| a / b).collect())
    }
}

/// Runs them in turns, forwards and backwards, so that whatever else the machine does hits all alike. Rounds
/// in which others took more than [`QUIET`] of the machine do not count where enough others do; of all rounds
/// there are at most [`PATIENCE`] times as many as asked for. Returns the share that others took of the rounds
/// that count.
///
/// # Errors
/// Those of the first contestant that fails.
pub fn run(contestants: &mut [Contestant], rounds: usize) -> Result<f64, Box<dyn Error>> {
    contestants.iter_mut().try_for_each(Contestant::warm_up)?;
    let mut shares: Vec<f64> = Vec::new();
    let quiet = |shares: &[f64]| shares.iter().filter(|share| **share < QUIET).count();
    while quiet(&shares) < rounds && shares.len() < PATIENCE * rounds {
        let before = Load::now();
        let count = contestants.len();
        for turn in 0..count {
            let backwards = shares.len() % 2 == 1;
            let number = if backwards { count - 1 - turn } else { turn };
            let contestant = &mut contestants[number];
            let burst = (contestant.run)(contestant.repeat)?;
            contestant.rates.push(burst.count / burst.seconds);
        }
        shares.push(Load::since(before.as_ref()));
    }
    // The quietest half at least.
    let mut sorted = shares.clone();
    sorted.sort_by(f64::total_cmp);
    let limit = QUIET.max(sorted[sorted.len().div_ceil(PATIENCE) - 1]);
    for contestant in contestants {
        let mut counts = shares.iter().map(|share| *share <= limit);
        contestant.rates.retain(|_| counts.next() == Some(true));
    }
    shares.retain(|share| *share <= limit);
    Ok(median(shares))
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        0 => 0.5 * (values[middle - 1] + values[middle]),
        _ => values[middle],
    }
}
