//! Promises of the types: what must not compile does not, and the message names both dimensions in SI symbols
//! and the remedy. Each case of `tests/compile_fail` has its passing twin here.
#![allow(non_snake_case)]

use pinn::expr::Columns;
use pinn::norm::points::PointSquares;
use pinn::norm::residual::{Observation, layer_norm, mean_squares};
use pinn::units::*;
use uom::si::f64::*;

pinn::quantities! { pub struct Flow {
    coordinates { t: Time, x: Length }
    fields { u: Velocity, p: Pressure, T: ThermodynamicTemperature }
    parameters {
        rho: MassDensity, nu: KinematicViscosity, T0: ThermodynamicTemperature, tau: Time,
    }
}}

type PressureGradient = Q<Quot<<Pressure as Quantity>::Dim, <Length as Quantity>::Dim>>;
type HeatingRate = Q<Quot<<TemperatureInterval as Quantity>::Dim, <Time as Quantity>::Dim>>;

fn equations(
    Flow {
        t,
        x,
        u,
        p,
        T,
        rho,
        nu,
        T0,
        tau,
    }: Flow,
) -> (
    Equation<<PressureGradient as Quantity>::Dim>,
    Equation<<HeatingRate as Quantity>::Dim>,
) {
    (
        equation::<PressureGradient, _>("momentum", rho * (u.d(t) - nu * u.d(x).d(x)) + p.d(x)),
        // The difference of two absolute temperatures is a temperature difference.
        equation::<HeatingRate, _>("relaxation", T.d(t) + (T - T0) / tau),
    )
}

fn setup() -> Flow<Setup> {
    let mu = DynamicViscosity::from_si(1e-3);
    let rho = MassDensity::from_si(1000.0);
    Flow {
        t: scale(Time::from_si(2.0)),
        x: scale(Length::from_si(0.1)),
        u: scale(Velocity::from_si(0.5)),
        p: scale(Pressure::from_si(10.0)),
        T: scale(TemperatureInterval::from_si(50.0))
            .about(ThermodynamicTemperature::from_si(293.15)),
        rho: given(rho),
        // uom keeps viscosities by their kinds; dividing and naming the result is the conversion.
        nu: given(KinematicViscosity::from_si((mu / rho).value)),
        T0: given(ThermodynamicTemperature::from_si(293.15)),
        tau: given(Time::from_si(4.0)),
    }
}

fn residuals() -> Residuals<Flow, impl Equations, Dimensional> {
    trace(equations).expect("only own terms")
}

#[test]
fn what_must_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}

/// Twin of `add_pascal_to_kelvin_per_second` and `wrong_residual_dimension`: equal dimensions add up, and a
/// residual of the stated dimension is accepted.
#[test]
fn equal_dimensions_add_up() {
    let shown = residuals().show();
    assert_eq!(shown[1], "relaxation: T_t + (T - T0)/tau");
    assert!(shown[0].starts_with("momentum: "));
}

/// Twin of `layer_norm_of_dimensional`, `loss_of_dimensional`, `statistic_of_dimensional` and
/// `weights_of_dimensional`: after nondimensionalisation both compile.
#[test]
fn nondimensional_residuals_may_be_normalised_and_summed() {
    let kernel = residuals()
        .nondimensionalize(&setup())
        .expect("finite")
        .compile::<f64>();
    let rows = 4;
    let inputs: Vec<f64> = (0..rows * kernel.inputs().len())
        .map(|i| i as f64)
        .collect();
    let batch = Batch::evaluate(&kernel, rows, Columns::new(&inputs, rows));
    let losses: Vec<f64> = mean_squares(&batch);
    assert_eq!(losses.len(), 2);
    assert!(losses.iter().all(|loss| loss.is_finite() && *loss > 0.0));
    assert_eq!(
        PointSquares::of(&batch).columns().count(),
        batch.residuals()
    );
    assert_eq!(
        Observation::mean_squares(std::slice::from_ref(&batch)).values(),
        losses
    );
    let normalised = layer_norm(&batch, 1e-5);
    assert_eq!((normalised.rows(), normalised.residuals()), (rows, 2));
}

/// Twin of `field_scale_forgotten`, `field_scale_wrong_dimension`, `scale_of_absolute_temperature`,
/// `dynamic_viscosity_as_kinematic`, `difference_as_absolute_temperature`: the whole setup with its own
/// dimensions and kinds.
#[test]
fn a_complete_setup_gives_scales() {
    let scales = Flow::scales(&setup());
    assert_eq!(scales.fields[2], Affine::new(50.0, 293.15));
    assert_eq!(scales.parameters, [1000.0, 1e-6, 293.15, 4.0]);
    let forms = residuals().nondimensionalize(&setup()).expect("finite");
    assert_eq!(
        forms.forms()[1].show(),
        "relaxation: [1] T_t + [t_scale/tau = 0.5] T"
    );
}

/// Twin of `pressure_without_density` and `dynamic_viscosity_in_kinematic_residual`: divided by the density, pressure and
/// dynamic viscosity belong into an equation of accelerations.
#[test]
fn kinematic_equations_take_quantities_per_density() {
    pinn::quantities! { pub struct Water {
        coordinates { t: Time, x: Length }
        fields { u: Velocity, p: Pressure }
        parameters { rho: MassDensity, mu: DynamicViscosity }
    }}
    fn momentum(s: Water) -> impl Equations {
        let carried = s.u.d(s.t) + s.u * s.u.d(s.x);
        let friction = s.mu / s.rho * s.u.d(s.x).d(s.x);
        (equation::<Acceleration, _>(
            "momentum",
            carried + s.p.d(s.x) / s.rho - friction,
        ),)
    }
    let residuals = trace(momentum).expect("only own terms");
    assert_eq!(residuals.equations()[0].dimensions.unit_text(), "m/s^2");
}

/// Twin of `base_scale_missing`.
#[test]
fn complete_base_scales_give_references() {
    let base = BaseScales::new()
        .length(Length::from_si(0.1))
        .velocity(Velocity::from_si(0.5))
        .density(MassDensity::from_si(1000.0))
        .temperature(TemperatureInterval::from_si(50.0));
    let forms = trace(equations)
        .expect("only own terms")
        .nondimensionalize_by_base(&setup(), &base)
        .expect("finite");
    // ρ u²/L and ΔT u/L
    let references: Vec<f64> = forms.forms().iter().map(|form| form.reference).collect();
    assert_eq!(references, [2500.0, 250.0]);
}

/// Twin of `reference_wrong_dimension`.
#[test]
fn references_have_the_dimensions_of_residuals() {
    let by = (PressureGradient::from_si(5.0), HeatingRate::from_si(2.0));
    let forms = trace(equations)
        .expect("only own terms")
        .nondimensionalize_by(&setup(), by)
        .expect("finite");
    assert_eq!(forms.forms()[1].reference, 2.0);
}

/// Twin of `angle_in_metres`: what a function takes is made dimensionless first.
#[test]
fn functions_take_plain_numbers() {
    let wave = trace(|s: Flow| (s.u * (s.x.term() / (s.u * s.tau)).sin(),));
    assert_eq!(
        wave.expect("only own terms").show(),
        ["residual 0: u*sin(x/(u*tau))"]
    );
}

/// Twin of `ansatz_wrong_dimension` and `ansatz_of_dimensional`: fields that begin at given values.
#[test]
fn an_ansatz_has_the_dimension_of_its_field() {
    let started = ansatz(
        |Flow {
             t, u, T, T0, tau, ..
         }: Flow| {
            let share = t.term() / tau;
            [constrain(u, share * u), constrain(T, T0 + share * (T - T0))]
        },
    );
    let started = started
        .expect("fields over fields")
        .nondimensionalize(&setup());
    let started = started.expect("finite");
    assert_eq!(started.show(), ["u = 0.5*u*t", "T = 0.5*T*t"]);
    let residuals = residuals().nondimensionalize(&setup()).expect("finite");
    let constrained = residuals.clone().constrained(&started);
    // T_t + T/2 with T = t/2 T.
    let shown = constrained.show();
    assert_eq!(shown[1], "relaxation: 0.5*(T + T_t*t) + 0.25*T*t");
    assert_eq!(constrained.forms(), residuals.forms());
}

#[test]
fn an_ansatz_is_for_fields_and_reads_no_derivatives() {
    let refused = |found: Result<Ansatz<Flow, Dimensional>, AnsatzError>, what: &str| {
        let message = found.map(|_| ()).expect_err(what).to_string();
        assert!(message.contains(what), "{message}");
    };
    refused(ansatz(|s: Flow| [constrain(s.T0, s.T)]), "found `T0`");
    refused(
        ansatz(|s: Flow| [constrain(s.u.d(s.t) * s.tau, s.u)]),
        "found `tau*u_t`",
    );
    refused(
        ansatz(|s: Flow| [constrain(s.u, s.u), constrain(s.u, s.u * 2.0)]),
        "`u` is written in two ways",
    );
    refused(
        ansatz(|s: Flow| [constrain(s.u, s.tau * s.u.d(s.t))]),
        "reads `u_t`",
    );
    refused(
        ansatz(|s: Flow| [constrain(s.u, s.u.at_partner())]),
        "reads `u'`",
    );
}

#[test]
fn terms_of_another_trace_are_refused() {
    let mut escaped = None;
    let first = trace(|s: Flow| {
        escaped = Some(s.u);
        (s.u,)
    });
    assert!(first.is_ok());
    let escaped = escaped.expect("set by the trace");
    let second = trace(|s: Flow| (s.u + escaped,));
    assert!(matches!(second, Err(TraceError::ForeignTerm)));
    // Traces may nest without getting in each other's way.
    let nested = trace(|s: Flow| {
        let inner = trace(|s: Flow| (s.p,)).expect("only own terms");
        assert_eq!(inner.show(), ["residual 0: p"]);
        (s.u * 2.0,)
    });
    assert_eq!(nested.expect("only own terms").show(), ["residual 0: 2*u"]);
}

/// Twin of `batch_norm_in_a_network`: norms that act on each point by itself compile, the frozen batch norm too.
#[test]
fn pointwise_norms_have_a_place_in_a_network() {
    use nalgebra::DMatrix;
    use pinn::network::activation::Activation;
    use pinn::network::{InputMap, Network};
    use pinn::norm::layer::{BatchNorm, EPSILON, LayerNorm, Place};

    let network = || {
        let maps = vec![InputMap::onto_unit(0.0, 1.0)];
        Network::mlp(maps, vec![4, 4], Activation::Tanh, 1)
    };
    let epsilon = EPSILON;
    let batch = DMatrix::from_fn(7, 4, |i, k| (i * k) as f64);
    let frozen = BatchNorm { epsilon }.freeze(&batch);
    for network in [
        network().with_norm(&LayerNorm { epsilon }, Place::Pre),
        network().with_norm(&frozen, Place::Post),
    ] {
        let circuit = network.circuit().expect("the norm fits the layers");
        assert_eq!(circuit.norms().count(), 2);
    }
}
