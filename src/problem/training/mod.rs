//! `[[train]]`: optimisers and when they end, with defaults and bounds.

mod optimiser;
mod schedule;

use super::bounds::{STEPS, inside};
use super::mistake::Checked;
use super::quantity::{Expected, quantity};
use super::wire::TrainEntry;
use optimiser::optimiser;
use pinn_core::settings::Phase;
use pinn_units::Dimensions;
use toml::Spanned;

const MAX_PHASES: usize = 100;

pub(super) fn phases(
    train: &Spanned<Vec<Spanned<TrainEntry>>>,
    normed: bool,
    text: &str,
) -> Checked<Vec<Phase>> {
    let phases = train.get_ref();
    inside(phases.len(), "the number of phases", 1..=MAX_PHASES, train)?;
    phases
        .iter()
        .map(|phase| self::phase(phase.get_ref(), normed, text))
        .collect()
}

/// `normed`: a norm reads layers of the network.
fn phase(entry: &TrainEntry, normed: bool, text: &str) -> Checked<Phase> {
    let optimiser = optimiser(entry, normed)?;
    let max_seconds = match &entry.max_time {
        None => None,
        Some(time) => {
            let expected = Expected::amount("max_time", Dimensions::TIME);
            let (seconds, _) = quantity(time, expected, text)?;
            Some(inside(
                seconds,
                "`max_time`",
                f64::MIN_POSITIVE..=f64::MAX,
                time,
            )?)
        }
    };
    let target_loss = match &entry.target_loss {
        None => None,
        Some(target) => Some(inside(
            *target.get_ref(),
            "`target_loss`",
            f64::MIN_POSITIVE..=f64::MAX,
            target,
        )?),
    };
    Ok(Phase {
        optimiser,
        steps: inside(*entry.steps.get_ref(), "`steps`", STEPS, &entry.steps)?,
        target_loss,
        max_seconds,
        stagnation: match &entry.stagnation {
            Some(most) => Some(inside(*most.get_ref(), "`stagnation`", STEPS, most)?),
            None => None,
        },
    })
}
