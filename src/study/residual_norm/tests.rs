//! Checks of the study's problem and its controls.

use super::super::training::SAMPLES;
use super::control::treated;
use super::*;
use pinn_core::session::{Observer, Progress};
use pinn_core::settings::Settings;

/// Losses of the first steps.
struct Losses(Vec<f64>);

impl Observer for Losses {
    fn step(&mut self, progress: &Progress<'_>) {
        self.0.push(progress.loss);
    }
}

fn trajectory(channel: &Channel, settings: &Settings) -> Vec<f64> {
    let mut session = session(&channel.statement().unwrap().pose().unwrap(), settings).unwrap();
    let mut losses = Losses(Vec::new());
    let stop = AtomicBool::new(false);
    session.train(&mut losses, &stop).unwrap();
    losses.0
}

#[test]
fn millimetres_kilopascals_and_millikelvins_change_no_norm() {
    let channel = Channel::new(20.0);
    // mm; kPa = kg/(m s²) of tonnes per metre, so the unit of mass is 1 kPa · mm · s² = 1 kg; mK.
    let [millimetres, kilopascals, millikelvins] = [
        [1e-3, 1.0, 1.0, 1.0],
        [1.0, 1e3, 1.0, 1.0],
        [1.0, 1.0, 1.0, 1e-3],
    ];
    let all = [1e-3, 1.0, 1.0, 1e-3];
    for (name, norm) in NORMS {
        let settings = channel.settings(norm, 3, 120);
        let expected = trajectory(&channel, &settings);
        for units in [millimetres, kilopascals, millikelvins, all] {
            let found = trajectory(&channel.in_units(units), &settings);
            for (step, (a, b)) in found.iter().zip(&expected).enumerate() {
                let error = (a - b).abs();
                assert!(
                    error <= 1e-12 * b,
                    "{name}, {units:?}, step {step}: {error:e}"
                );
            }
        }
    }
}

#[test]
fn the_exact_solution_has_no_error() {
    let channel = Channel::new(0.67);
    let [y] = &channel.grid()[..] else { panic!() };
    // Br/3 · (1 − (1 − 2y/H)⁴) times 10 K above 40 °C.
    let rise = |y: &f64| 10.0 * 0.67 / 3.0 * (1.0 - (1.0 - 2.0 * y / 1e-3).powi(4));
    let exact: Vec<f64> = y.iter().map(|y| 313.15 + rise(y)).collect();
    let flow = vec![0.0; y.len()];
    assert!(channel.error(&[flow.clone(), exact]) < 1e-12);
    assert_eq!(channel.error(&[flow.clone(), vec![313.15; y.len()]]), 1.0);
}

#[test]
fn live_layer_norm_is_blind_and_centring_asks_for_equal_residuals() {
    let (small, large) = ([1e-1, 3e-1], [1e3, 3e3]);
    let value = |r: &[f64; 2]| treated(Some(Treatment::LiveLayerNorm), r, &[1.0; 2]).0;
    assert!((value(&small) / value(&large) - 1.0).abs() < 1e-2);
    let (value, slopes) = treated(Some(Treatment::CentredLayerNorm), &[7.0, 7.0], &[1.0; 2]);
    assert_eq!((value, slopes), (0.0, vec![0.0, 0.0]));
    // Derivatives against differences.
    for treatment in [None, Some(Treatment::Si), Some(Treatment::LiveLayerNorm)] {
        let (at, references) = ([0.3e-2, -0.5e-2], [2.0, 7.0]);
        let (_, slopes) = treated(treatment, &at, &references);
        for (r, slope) in slopes.iter().enumerate() {
            let h = 1e-7;
            let [above, below] = [h, -h].map(|h| {
                let mut at = at;
                at[r] += h;
                treated(treatment, &at, &references).0
            });
            let difference = (above - below) / (2.0 * h);
            assert!(
                (difference - slope).abs() <= 1e-5 * slope.abs(),
                "{treatment:?}"
            );
        }
    }
}

#[test]
fn a_quick_study_judges_every_finding_by_its_runs() {
    let options = super::super::Options {
        seeds: 1,
        quick: true,
        threads: 1,
    };
    let never = AtomicBool::new(false);
    let table = super::super::run(&ResidualNormStudy, options, &never, &|_| {}).unwrap();
    assert_eq!(table.runs.len(), 16);
    assert!(
        table
            .runs
            .iter()
            .all(|run| run.error.is_finite() && run.curve.len() == SAMPLES)
    );
    let again = super::super::run(&ResidualNormStudy, options, &never, &|_| {}).unwrap();
    let errors = |table: &Table| table.runs.iter().map(|run| run.error).collect::<Vec<_>>();
    assert_eq!(errors(&table), errors(&again));
    let mut ideal = table.clone();
    for run in &mut ideal.runs {
        run.error = if run.case.treatment == "ntk-trace" {
            1e-6
        } else {
            1e-4
        };
        if run.case.treatment.starts_with("control") {
            run.error = 1.0;
        }
    }
    let judge = |table: &Table| ResidualNormStudy.judge(table);
    assert!(judge(&ideal).iter().all(|finding| finding.supported));
    for run in &mut ideal.runs {
        run.error = f64::NAN;
    }
    assert!(judge(&ideal).iter().all(|finding| !finding.supported));
}
