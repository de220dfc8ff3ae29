//! Problems as typed Rust. Wrong dimensions do not compile (`tests/compile_fail`); here are the passing twins, and what
//! is wrong with values.
#![allow(non_snake_case)]

use pinn::prelude::*;
use pinn::uom::si::f64::*;

quantities! { pub struct Rod {
    coordinates { x: Length }
    fields { T: ThermodynamicTemperature }
    parameters { k: ThermalConductivity, h: HeatTransfer, q: VolumetricPowerDensity }
}}

fn heat(Rod { x, T, k, q, .. }: Rod) -> impl Equations {
    (equation::<VolumetricPowerDensity, _>(
        "heat",
        k * T.d(x).d(x) + q,
    ),)
}

fn case() -> Rod<Case> {
    Rod {
        x: over(mm(0.0), mm(10.0)),
        T: automatic(),
        k: given(w_per_m_k(40.0)),
        h: given(w_per_m2_k(2000.0)),
        q: given(w_per_m3(2e6)),
    }
}

/// k T'' + q = 0 with T = 20 °C at 0 and −k T' = h (T − 60 °C) at L.
fn exact(x: f64) -> f64 {
    let (k, h, q, length) = (40.0, 2000.0, 2e6, 0.01);
    // T = 20 + a x − q x²/(2 k)
    let a = (h * (40.0 + q * length * length / (2.0 * k)) + q * length) / (k + h * length);
    20.0 + a * x - q * x * x / (2.0 * k)
}

fn solved() -> Solution<Rod> {
    let mut problem = Problem::new(heat, case())
        .condition("cold", |q| q.x.min().value(q.T, celsius(20.0)).hard())
        .condition("oil", |q| q.x.max().robin(q.T, q.k, q.h, celsius(60.0)))
        .build()
        .unwrap();
    problem.settings.network.hidden = vec![8, 8];
    problem.solve().unwrap()
}

#[test]
fn a_positive_field_is_the_exponential_of_the_network() {
    let mut problem = Problem::new(heat, case())
        .condition("cold", |q| q.x.min().value(q.T, celsius(20.0)))
        .condition("oil", |q| q.x.max().robin(q.T, q.k, q.h, celsius(60.0)))
        .positive(|q| q.T)
        .build()
        .unwrap();
    assert_eq!(problem.statement().scales.fields[0].reference, 0.0);
    problem.settings.network.hidden = vec![8, 8];
    let solution = problem.solve().unwrap();
    for x in [0.0, 5.0, 10.0] {
        let at = solution.at((mm(x),)).unwrap();
        let error = at.T.value - 273.15 - exact(x * 1e-3);
        assert!(error.abs() < 0.05, "{x} mm: off by {error} K");
    }
    let hard = Problem::new(heat, case())
        .condition("cold", |q| q.x.min().value(q.T, celsius(20.0)).hard())
        .condition("oil", |q| q.x.max().robin(q.T, q.k, q.h, celsius(60.0)))
        .positive(|q| q.T)
        .build();
    let error = hard.err().unwrap().to_string();
    assert!(error.contains("`T` is positive"), "{error}");
}

#[test]
fn fields_gradients_and_integrals_are_quantities() {
    let solution = solved();
    for x in [0.0, 3.0, 10.0] {
        let at = solution.at((mm(x),)).unwrap();
        assert!(
            (at.T.value - 273.15 - exact(x * 1e-3)).abs() < 1e-3,
            "{x} mm: {at:?}"
        );
        assert_eq!((at.x.value, at.k.value), (x * 1e-3, 40.0));
    }
    let flux =
        |x: f64| -> HeatFluxDensity { solution.value((mm(x),), |q| -q.k * q.T.d(q.x)).unwrap() };
    // The heat released inside leaves through both faces.
    let out = flux(10.0) - flux(0.0);
    assert!((out.value - 2e4).abs() < 20.0, "{out:?}");
    let mean = solution.integral(|q| integral(q.T).along(q.x)).unwrap() / mm(10.0);
    let middles = (0..1000).map(|i| exact((f64::from(i) + 0.5) * 1e-5));
    let expected = middles.sum::<f64>() / 1000.0;
    assert!(
        (mean.value - 273.15 - expected).abs() < 1e-3,
        "{mean:?} {expected}"
    );
    let there: TemperatureInterval = solution.integral(|q| integral(q.T).on(q.x.max())).unwrap();
    let here: TemperatureInterval = solution
        .integral(|q| integral(q.T).at(q.x, mm(10.0)))
        .unwrap();
    assert_eq!(there.value, here.value);
    let loss = solution.held_out_loss().unwrap();
    assert!(loss < 1e-6, "{loss}");
}

#[test]
fn questions_without_an_answer_say_why() {
    let mut solution = solved();
    let message = |error: SolveError| error.to_string();
    let outside = message(solution.at((mm(11.0),)).unwrap_err());
    assert_eq!(
        outside,
        "`x` was requested at 0.011; expected a value from 0 to 0.01"
    );
    let open = message(solution.integral(|q| integral(q.T)).unwrap_err());
    assert!(open.contains("does not cover `x`"), "{open}");
    let twice = message(
        solution
            .integral(|q| integral(q.T).along(q.x).on(q.x.min()))
            .unwrap_err(),
    );
    assert!(twice.contains("names `x` twice"), "{twice}");
    let range = message(solution.member(|q| [q.k.is(w_per_m_k(1.0))]).err().unwrap());
    assert!(range.contains("`k` is not a range"), "{range}");
    let unknown = message(solution.unknown(|q| q.h).unwrap_err());
    assert!(unknown.contains("`h` is not an unknown"), "{unknown}");
    assert!(solution.at((mm(f64::NAN),)).is_err());
}

/// The message of the mistake, if one is found.
fn refused(draft: pinn::model::Draft<Rod>) -> String {
    draft.build().err().expect("a mistake").to_string()
}

#[test]
fn problems_that_cannot_be_posed_say_why() {
    let posed = |case: Rod<Case>| {
        Problem::new(heat, case).condition("cold", |q| q.x.min().value(q.T, celsius(20.0)))
    };
    let one_value = refused(posed(case()));
    assert!(
        one_value.contains("the scale of `T`") && one_value.contains("Some(scale("),
        "{one_value}"
    );
    let twice = posed(case()).condition("cold", |q| q.x.max().value(q.T, celsius(30.0)));
    assert!(refused(twice).contains("two conditions are named `cold`"));
    let backwards = Rod {
        x: over(mm(10.0), mm(0.0)),
        ..case()
    };
    assert_eq!(
        refused(posed(backwards)),
        "`x` runs from 0.01 to 0; expected finite ends, the smaller one first"
    );
    let nan = Rod {
        k: given(w_per_m_k(f64::NAN)),
        ..case()
    };
    assert!(refused(posed(nan)).contains("the value of `k` is NaN"));
    let both = Rod {
        k: between(w_per_m_k(1.0), w_per_m_k(2.0)),
        h: positive_unknown(w_per_m2_k(1.0)),
        ..case()
    };
    let hot = |q: Rod| q.x.max().value(q.T, celsius(30.0));
    assert!(
        refused(posed(both).condition("hot", hot)).contains("`k` is a range and `h` is unknown")
    );
    let pole = posed(case()).condition("pole", |q| {
        q.x.min().value(
            q.T,
            TemperatureInterval::from_si(1.0) * (mm(1.0) / q.x.term()),
        )
    });
    assert!(refused(pole).contains("condition `pole` prescribes inf at x = 0 m"));
    let empty: [((Length,), ThermodynamicTemperature); 0] = [];
    let empty =
        posed(case())
            .condition("hot", hot)
            .measured("sensors", |q| q.T, kelvin(1.0), empty);
    assert!(refused(empty).contains("the measurements `sensors` are empty"));
    let noise = [((mm(1.0),), celsius(20.0))];
    let noise =
        posed(case())
            .condition("hot", hot)
            .measured("sensors", |q| q.T, kelvin(0.0), noise);
    assert!(refused(noise).contains("the noise of sensors"));
}

#[test]
fn the_unit_of_a_number_changes_no_bit() {
    let problem = |length: Length, k: ThermalConductivity| {
        let case = Rod {
            x: over(mm(0.0), length),
            k: given(k),
            ..case()
        };
        let problem = Problem::new(heat, case)
            .condition("cold", |q| q.x.min().value(q.T, celsius(20.0)))
            .condition("hot", |q| q.x.max().value(q.T, celsius(80.0)));
        problem.build().unwrap().show()
    };
    let kilo = ThermalConductivity::new::<uom::si::thermal_conductivity::kilowatt_per_meter_kelvin>;
    assert_eq!(
        problem(mm(20.0), w_per_m_k(40.0)),
        problem(metres(0.02), kilo(0.04))
    );
}

#[test]
fn an_observer_sees_every_step_and_stops_training() {
    use std::sync::atomic::{AtomicBool, Ordering};
    struct Three<'a>(usize, &'a AtomicBool);
    impl pinn::session::Observer for Three<'_> {
        fn step(&mut self, progress: &pinn::session::Progress<'_>) {
            self.0 = progress.step;
            self.1.store(progress.step >= 3, Ordering::Relaxed);
        }
    }
    let problem = Problem::new(heat, case())
        .condition("cold", |q| q.x.min().value(q.T, celsius(20.0)))
        .condition("hot", |q| q.x.max().value(q.T, celsius(80.0)))
        .build()
        .unwrap();
    let stop = AtomicBool::new(false);
    let mut observer = Three(0, &stop);
    let solution = problem.solve_with(&mut observer, &stop).unwrap();
    assert_eq!(observer.0, 3);
    assert_eq!(*solution.outcome(), pinn::session::Outcome::Interrupted);
}

#[test]
fn periodic_and_flux_conditions_hold() {
    quantities! { struct Ring {
        coordinates { x: Length }
        fields { T: ThermodynamicTemperature }
        parameters { k: ThermalConductivity }
    }}
    // k T'' = −A sin(2πx/L) has T = 20 °C + A (L/2π)²/k · sin(2πx/L) with T(0) = 20 °C.
    let length = 0.1;
    let amplitude = 40.0 * (std::f64::consts::TAU / length).powi(2) * 10.0;
    let mut problem = Problem::new(
        |Ring { x, T, k }| {
            let angle = x.term() / metres(length / std::f64::consts::TAU);
            (k * T.d(x).d(x) + w_per_m3(amplitude) * angle.sin(),)
        },
        Ring::<Case> {
            x: over(metres(0.0), metres(length)),
            T: Some(scale(kelvin(10.0)).about(celsius(20.0))),
            k: given(w_per_m_k(40.0)),
        },
    )
    .condition("level", |q| q.x.min().value(q.T, celsius(20.0)).hard())
    .condition("round", |q| q.x.periodic(q.T))
    .condition("smooth", |q| q.x.periodic(q.T.d(q.x)))
    .condition("flux", |q| {
        q.x.max().flux(
            q.T,
            q.k,
            w_per_m2(-40.0 * std::f64::consts::TAU / length * 10.0),
        )
    })
    .build()
    .unwrap();
    problem.settings.network.hidden = vec![12, 12];
    let solution = problem.solve().unwrap();
    let quarter = solution.at((metres(length / 4.0),)).unwrap().T;
    assert!((quarter.value - 303.15).abs() < 0.05, "{quarter:?}");
}

#[test]
fn a_run_folder_is_written_once_and_read_back() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("rod");
    let solution = solved();
    let files = solution.write(&folder).unwrap();
    assert!(files.iter().all(|file| file.is_file()), "{files:?}");
    let run = pinn::output::RunFolder::open(&folder).unwrap();
    let stored = pinn::output::read_results(&run).unwrap();
    let (x, T) = (
        &stored.sampled.axes[0].values,
        &stored.sampled.fields[0].values,
    );
    assert_eq!((x.len(), x[100]), (101, 0.01));
    let end = solution.at((mm(10.0),)).unwrap().T.value;
    assert!((T[100] - end).abs() < 1e-9, "{} {end}", T[100]);
    assert!(
        stored.report.losses.contains_key("oil"),
        "{:?}",
        stored.report.losses
    );
    assert!(
        solution
            .write(&folder)
            .unwrap_err()
            .to_string()
            .contains("rod")
    );
}

#[test]
fn ready_made_equations_are_posed_like_own_ones() {
    use pinn::equations::{Heat1d, Heat1dQuantities};
    let problem = Problem::of::<Heat1d>(Heat1dQuantities::<Case> {
        t: over(seconds(0.0), seconds(60.0)),
        x: over(mm(0.0), mm(10.0)),
        T: automatic(),
        rho: given(kg_per_m3(7850.0)),
        c_p: given(j_per_kg_k(650.0)),
        k: given(w_per_m_k(40.0)),
        q: given(w_per_m3(0.0)),
    })
    .condition("start", |q| q.t.min().value(q.T, celsius(800.0)))
    .condition("face", |q| q.x.max().value(q.T, celsius(20.0)))
    .build()
    .unwrap();
    let scale = problem.statement().scales.fields[0];
    assert!(
        (scale.scale - 780.0).abs() < 1e-9 && scale.reference == 293.15,
        "{scale:?}"
    );
    assert_eq!(problem.statement().domain.time, Some(0));
}
