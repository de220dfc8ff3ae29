use crate::test_equations::{Boussinesq, Flow, ForceDensity, Heat, Solid};
use crate::*;
use pinn_expr::{Columns, ColumnsMut, Graph, Scratch};
use proptest::prelude::*;
use uom::si::f64::*;

fn report<S, R>(title: &str, residuals: &Residuals<S, R, Nondimensional>, lines: &mut Vec<String>) {
    lines.push(format!("{title}:"));
    for form in residuals.forms() {
        let by = show_reference(form);
        lines.push(format!("  {}\n      divided by {by}", form.show()));
    }
}

fn show_reference(form: &Form) -> String {
    let number = pinn_expr::show_number(form.reference);
    format!(
        "{} = {number} {}",
        form.reference_symbolic,
        form.dimensions.unit_text()
    )
}

#[test]
fn equations_of_physics() {
    let mut lines = Vec::new();
    let heat = trace(Heat::residuals)
        .expect("own terms")
        .nondimensionalize(&Heat::setup());
    report("heat", &heat.expect("finite"), &mut lines);
    let heat = trace(Heat::nonlinear)
        .expect("own terms")
        .nondimensionalize(&Heat::setup());
    report("nonlinear heat", &heat.expect("finite"), &mut lines);
    let flow = trace(Flow::residuals)
        .expect("own terms")
        .nondimensionalize(&Flow::setup());
    report("Navier–Stokes", &flow.expect("finite"), &mut lines);
    let solid = trace(Solid::residuals)
        .expect("own terms")
        .nondimensionalize(&Solid::setup());
    report("elasticity", &solid.expect("finite"), &mut lines);
    let flow = trace(Boussinesq::residuals).expect("own terms");
    let flow = flow.nondimensionalize(&Boussinesq::setup());
    report("Boussinesq", &flow.expect("finite"), &mut lines);
    insta::assert_snapshot!(lines.join("\n"));
}

/// Adjoint of a kernel against central differences, for all seeds at random points.
fn check_adjoint<S, R, State>(residuals: &Residuals<S, R, State>) {
    let kernel = residuals.compile::<f64>();
    let (rows, h) = (300, 1e-6);
    let mut state = 1u64;
    let mut random = |n: usize| -> Vec<f64> {
        (0..n)
            .map(|_| {
                state = state
                    .wrapping_mul(6364136223846793005)
                    .wrapping_add(1442695040888963407);
                (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
            })
            .collect()
    };
    let inputs = random(rows * kernel.inputs().len());
    let seeds = random(rows * kernel.residuals());
    let mut scratch = Scratch::new();
    let weighted = |inputs: &[f64]| -> Vec<f64> {
        let batch = Batch::evaluate(&kernel, rows, Columns::new(inputs, rows));
        let row = |i| (0..kernel.residuals()).map(move |r| r * rows + i);
        (0..rows)
            .map(|i| row(i).map(|j| seeds[j] * batch.column(j / rows)[i]).sum())
            .collect()
    };
    let mut pulled = vec![0.0; inputs.len()];
    kernel.pull_back(
        rows,
        Columns::new(&inputs, rows),
        Columns::new(&seeds, rows),
        &mut ColumnsMut::new(&mut pulled, rows),
        &mut scratch,
    );
    for column in 0..kernel.inputs().len() {
        let shifted = |by: f64| {
            let mut shifted = inputs.clone();
            shifted[column * rows..][..rows]
                .iter_mut()
                .for_each(|x| *x += by);
            weighted(&shifted)
        };
        let (up, down) = (shifted(h), shifted(-h));
        for i in 0..rows {
            let difference = (up[i] - down[i]) / (2.0 * h);
            let adjoint = pulled[column * rows + i];
            assert!(
                (difference - adjoint).abs() < 1e-7 * (1.0 + adjoint.abs()),
                "{difference} {adjoint}"
            );
        }
    }
}

#[test]
fn adjoints_agree_with_differences() {
    check_adjoint(
        &trace(Heat::nonlinear)
            .expect("own")
            .nondimensionalize(&Heat::setup())
            .expect("finite"),
    );
    check_adjoint(
        &trace(Flow::residuals)
            .expect("own")
            .nondimensionalize(&Flow::setup())
            .expect("finite"),
    );
    check_adjoint(
        &trace(Solid::residuals)
            .expect("own")
            .nondimensionalize(&Solid::setup())
            .expect("finite"),
    );
    check_adjoint(
        &trace(Boussinesq::residuals)
            .expect("own")
            .nondimensionalize(&Boussinesq::setup())
            .expect("finite"),
    );
}

/// physical residual = reference · dimensionless one, whatever the values.
fn check_value(residuals: Residuals<Erased, Erased, Dimensional>, scales: &Scales, point: &[f64]) {
    let physical = numbers_for_parameters(&residuals, scales);
    let dimensionless = residuals.nondimensionalize(scales).expect("finite");
    let forms = dimensionless.forms().to_vec();
    let value = |kernel_inputs: &[Input], physical: bool| -> Vec<f64> {
        let hat = |input: &Input| match *input {
            Input::Coordinate { coordinate, .. } => point[coordinate as usize],
            Input::Field { field, order, .. } => {
                point[6 + field as usize]
                    + order
                        .iter()
                        .enumerate()
                        .map(|(k, n)| (k + 1) as f64 * 0.3 * f64::from(*n))
                        .sum::<f64>()
            }
            Input::Operator { .. } => unreachable!("the kernel is not collapsed"),
        };
        kernel_inputs
            .iter()
            .map(|input| match (*input, physical) {
                (_, false) | (Input::Operator { .. }, _) => hat(input),
                (Input::Coordinate { coordinate, .. }, _) => {
                    scales.coordinates[coordinate as usize].to_si(hat(input))
                }
                (Input::Field { field, order, .. }, _) => {
                    let affine = scales.fields[field as usize];
                    if order.iter().all(|n| *n == 0) {
                        return affine.to_si(hat(input));
                    }
                    let lengths = order.iter().zip(&scales.coordinates);
                    let lengths = lengths.map(|(n, c)| c.scale.powi(i32::from(*n)));
                    hat(input) * affine.scale / lengths.product::<f64>()
                }
            })
            .collect()
    };
    let (a, b) = (physical.compile::<f64>(), dimensionless.compile::<f64>());
    let a = Batch::evaluate(&a, 1, Columns::new(&value(a.inputs(), true), 1));
    let b = Batch::evaluate(&b, 1, Columns::new(&value(b.inputs(), false), 1));
    for (r, form) in forms.iter().enumerate() {
        let (physical, back) = (a.column(r)[0], form.reference * b.column(r)[0]);
        let size = form.reference.abs() * 10.0;
        assert!(
            (physical - back).abs() <= 1e-9 * size.max(physical.abs()),
            "{}: {physical} {back}",
            form.name
        );
    }
}

fn numbers_for_parameters(
    residuals: &Residuals<Erased, Erased, Dimensional>,
    scales: &Scales,
) -> Residuals<Erased, Erased, Dimensional> {
    let mut graph = residuals.graph().clone();
    let mut equations = residuals.equations().to_vec();
    let mut memo = std::collections::HashMap::new();
    for equation in &mut equations {
        let mut leaf = |graph: &mut Graph, op| match op {
            pinn_expr::Op::Parameter(p) => Some(graph.constant(scales.parameters[p as usize])),
            _ => None,
        };
        equation.residual = graph.substitute(equation.residual, &mut leaf, &mut memo);
    }
    Residuals::from_parts(residuals.declared().clone(), graph, equations)
}

#[test]
fn forms_keep_the_value() {
    let point: Vec<f64> = (0..12).map(|i| 0.3 + 0.07 * f64::from(i)).collect();
    let heat = Heat::scales(&Heat::setup());
    check_value(trace(Heat::residuals).expect("own").erase(), &heat, &point);
    check_value(trace(Heat::nonlinear).expect("own").erase(), &heat, &point);
    let flow = Boussinesq::scales(&Boussinesq::setup());
    check_value(
        trace(Boussinesq::residuals).expect("own").erase(),
        &flow,
        &point,
    );
}

crate::quantities! { pub struct Odd {
    coordinates { x: Length }
    fields { u: Velocity, T: ThermodynamicTemperature }
    parameters { a: Velocity, b: Velocity, L: Length, T0: ThermodynamicTemperature, dT: TemperatureInterval }
}}

fn odd_setup(a: f64, b: f64) -> Odd<Setup> {
    Odd {
        x: scale(Length::from_si(0.5)).about(Length::from_si(1.0)),
        u: scale(Velocity::from_si(2.0)),
        T: scale(TemperatureInterval::from_si(1e-3))
            .about(ThermodynamicTemperature::from_si(293.15)),
        a: given(Velocity::from_si(a)),
        b: given(Velocity::from_si(b)),
        L: given(Length::from_si(3.0)),
        T0: given(ThermodynamicTemperature::from_si(293.15)),
        dT: given(TemperatureInterval::from_si(1e-3)),
    }
}

fn forms<R: Equations>(function: impl FnOnce(Odd) -> R, setup: &Odd<Setup>) -> Vec<String> {
    let residuals = trace(function)
        .expect("own terms")
        .nondimensionalize(setup)
        .expect("finite");
    residuals.forms().iter().map(|form| form.show()).collect()
}

#[test]
fn offsets_cancel_however_large() {
    let form = |Odd {
                    T,
                    T0,
                    dT,
                    a,
                    b,
                    L,
                    x,
                    ..
                }: Odd| {
        (
            equation::<TemperatureInterval, _>("difference", T - T0),
            (a * b) * (T - T0) - (b * a) * T.d(x) * L,
            ((T - T0) / dT).exp() - 1.0,
        )
    };
    assert_eq!(
        forms(form, &odd_setup(7.0, 0.3)),
        [
            "difference: [1] T",
            "residual 1: [L/x_scale = 6]",
            "residual 2: [1] exp(T) - [1]",
        ]
        .map(|line| line.replace("[L/x_scale = 6]", "[x_scale/L = 0.1667] T - [1] T_x"))
    );
}

#[test]
fn coefficients_are_at_most_one_also_of_awkward_terms() {
    let form = |Odd {
                    u,
                    a,
                    b,
                    L,
                    x,
                    T,
                    T0,
                    ..
                }: Odd| {
        let sum = a + u;
        let x = x.term();
        (
            // Powers, roots, quotients and magnitudes of sums are measured by their largest term.
            sum * sum * sum * (a / (u + b)) - a * a * a,
            (a * a + u * u).sqrt() + (-u).abs(),
            (x / L).sin() * a - b,
            (T - T0).abs(),
            (a * a * u * u).sqrt() - u * a,
        )
    };
    for (a, b) in [(1e3, 1e-3), (1e-4, 50.0), (-3.0, 2.0)] {
        let setup = odd_setup(a, b);
        let residuals = trace(form)
            .expect("own terms")
            .nondimensionalize(&setup)
            .expect("finite");
        for form in residuals.forms() {
            let sizes = form.coefficients.iter().map(|c| c.value.abs());
            let largest = sizes.fold(0.0, f64::max);
            assert_eq!(largest, 1.0, "{}", form.show());
        }
        let erased = trace(form).expect("own terms").erase();
        check_value(
            erased,
            &Odd::scales(&setup),
            &[0.4, 0., 0., 0., 0., 0., 0.9, 1.7],
        );
    }
}

#[test]
fn components_of_a_vector_share_a_reference() {
    let mut setup = Flow::setup();
    setup.v = scale(Velocity::from_si(1e-4));
    let flow = trace(Flow::residuals)
        .expect("own")
        .nondimensionalize(&setup)
        .expect("finite");
    let [x, y, continuity] = flow.forms() else {
        panic!("three residuals")
    };
    assert_eq!(x.reference, y.reference);
    assert_ne!(continuity.reference, x.reference);
    // Against its own largest term the small component would count as much as the large one.
    let inertia = y
        .coefficients
        .iter()
        .find(|c| c.expression == "v_t")
        .expect("there");
    assert!(inertia.value.abs() < 1e-2 && inertia.is_extreme());
}

#[test]
fn what_has_no_form_says_why() {
    let by = |a: f64, b: f64, function: fn(Odd) -> (Of<Velocity>,)| {
        let residuals = trace(function).expect("own terms");
        let error = residuals.nondimensionalize(&odd_setup(a, b)).err();
        error.expect("no form").to_string()
    };
    assert_eq!(
        by(0.0, 0.0, |s| (s.a * (s.x.term() / s.L),)),
        "residual `residual 0` vanishes at the characteristic values: every coefficient is zero"
    );
    assert_eq!(
        by(0.0, 1.0, |s| (s.b * s.b / s.a - s.u,)),
        "residual `residual 0` has no finite size at the characteristic values (found inf)"
    );
    assert_eq!(
        by(1.0, 1.0, |s| (s.u - s.u,)),
        "residual `residual 0` vanishes at the characteristic values: every coefficient is zero"
    );
    assert_eq!(
        by(f64::NAN, 1.0, |s| (s.u - s.a,)),
        "the value of `a` is NaN; it must be finite"
    );
    let mut setup = odd_setup(1.0, 1.0);
    setup.u = scale(Velocity::from_si(0.0));
    let residuals = trace(|s: Odd| (s.u - s.a,)).expect("own terms");
    assert_eq!(
        residuals
            .nondimensionalize(&setup)
            .err()
            .expect("no form")
            .to_string(),
        "the scale of `u` is 0; it must be finite and not zero"
    );
    let residuals = trace(|s: Odd| (s.u - s.a,)).expect("own terms");
    let wrong = residuals.erase().nondimensionalize(&Scales::default());
    assert!(matches!(
        wrong.err(),
        Some(NondimensionalError::WrongCount {
            expected: 8,
            found: 0
        })
    ));
}

#[test]
fn references_may_be_given() {
    let force = ForceDensity::from_si(50.0);
    let flow = trace(Flow::residuals).expect("own");
    let rate = Frequency::from_si(2.0);
    let flow = flow
        .nondimensionalize_by(&Flow::setup(), (force, force, rate))
        .expect("finite");
    assert_eq!(flow.forms()[0].reference, 50.0);
    assert_eq!(
        flow.forms()[2].show(),
        "continuity: [u_scale/(x_scale reference) = 0.5] u_x + [v_scale/(y_scale reference) = 0.5] v_y"
    );
    let flow = trace(Flow::residuals).expect("own");
    let zero = flow.nondimensionalize_by(&Flow::setup(), (force, force, Frequency::from_si(0.0)));
    assert!(matches!(
        zero.err(),
        Some(NondimensionalError::Vanishes { .. })
    ));
}

#[test]
fn references_may_come_from_base_scales() {
    let base = BaseScales::new()
        .length(Length::from_si(0.1))
        .velocity(Velocity::from_si(0.1))
        .density(MassDensity::from_si(1000.0));
    let flow = trace(Flow::residuals).expect("own");
    let flow = flow
        .nondimensionalize_by_base(&Flow::setup(), &base)
        .expect("finite");
    let references: Vec<f64> = flow.forms().iter().map(|form| form.reference).collect();
    // ρ u²/L and u/L
    for (found, expected) in references.iter().zip([100.0, 100.0, 1.0]) {
        assert!(
            (found - expected).abs() < 1e-12 * expected,
            "{references:?}"
        );
    }
}

/// A graph of 10⁴ levels, shared parts that expand to 2⁵⁰ terms, and sums of 10⁴ different terms.
#[test]
fn deep_and_shared_expressions_are_fine() {
    let deep = |s: Odd| {
        let mut power = s.u / s.a;
        for _ in 0..10_000 {
            power = (power + 0.5).sin();
        }
        let mut shared = s.u / s.a + s.u.d(s.x) * s.L / s.a;
        for _ in 0..50 {
            shared = (shared * shared + shared) / 10.0;
        }
        let mut sum = s.u / s.b;
        for i in 0..10_000 {
            sum = sum + (s.u / s.a + f64::from(i)).cos();
        }
        (power.d(s.x), shared, sum)
    };
    let setup = odd_setup(2.0, 2.0);
    let residuals = trace(deep)
        .expect("own terms")
        .nondimensionalize(&setup)
        .expect("finite");
    assert!(residuals.show().iter().all(|line| line.len() < 5000));
    let kernel = residuals.compile::<f64>();
    let inputs = vec![1e-3; kernel.inputs().len()];
    let batch = Batch::evaluate(&kernel, 1, Columns::new(&inputs, 1));
    assert!((0..3).all(|r| batch.column(r)[0].is_finite()));
}

#[test]
fn periodic_sites_keep_their_scales() {
    let residuals = trace(|s: Odd| (s.u - s.u.at_partner(), s.u.d(s.x) - s.u.d(s.x).at_partner()));
    let residuals = residuals
        .expect("own terms")
        .nondimensionalize(&odd_setup(1.0, 1.0));
    let forms: Vec<String> = residuals
        .expect("finite")
        .forms()
        .iter()
        .map(Form::show)
        .collect();
    assert_eq!(
        forms,
        ["residual 0: [1] (u - u')", "residual 1: [1] (u_x - u'_x)"]
    );
}

proptest! {
    /// Scales and parameters of any size: coefficients stay at most one and the value is kept.
    #[test]
    fn any_scales(exponents in prop::array::uniform12(-5i32..=5), point in prop::array::uniform12(-1.5f64..1.5)) {
        let setup = Boussinesq::setup();
        let mut scales = Boussinesq::scales(&setup);
        let affines = scales.coordinates.iter_mut().chain(&mut scales.fields);
        for (affine, n) in affines.zip(exponents) {
            affine.scale *= 10f64.powi(n);
        }
        for (value, n) in scales.parameters.iter_mut().zip(&exponents[7..]) {
            *value *= 10f64.powi(*n);
        }
        // Momentum is a difference of offsets of any size; judge the others.
        let residuals = trace(Boussinesq::residuals).expect("own").erase();
        let forms = residuals.clone().nondimensionalize(&scales).expect("finite");
        for form in forms.forms() {
            prop_assert!(form.coefficients.iter().all(|c| c.value.abs() <= 1.0), "{}", form.show());
        }
        scales.parameters[4] = 293.15;
        check_value(residuals, &scales, &point);
    }
}

crate::quantities! {
    /// A reaction whose rate follows Arrhenius, and an apparent heat capacity that peaks where something melts.
    struct Tank {
        coordinates { t: Time }
        fields { C: MassDensity, T: ThermodynamicTemperature }
        parameters {
            k_0: Frequency, T_a: TemperatureInterval, T_w: ThermodynamicTemperature, tau: Time, w: TemperatureInterval,
            peak: Ratio,
        }
    }
}

fn tank() -> Tank<Setup> {
    Tank {
        t: scale(Time::from_si(180.0)),
        C: scale(MassDensity::from_si(1.0)),
        T: scale(TemperatureInterval::from_si(10.0))
            .about(ThermodynamicTemperature::from_si(350.0)),
        k_0: given(Frequency::from_si(1.2e9)),
        T_a: given(TemperatureInterval::from_si(8750.3)),
        T_w: given(ThermodynamicTemperature::from_si(353.0)),
        tau: given(Time::from_si(60.0)),
        w: given(TemperatureInterval::from_si(0.02)),
        peak: given(Ratio::from_si(40.0)),
    }
}

#[test]
fn residuals_are_divided_by_their_largest_term_and_not_by_its_coefficient() {
    let reaction = |s: Tank| {
        let zero = ThermodynamicTemperature::from_si(0.0);
        let rate = s.k_0 * (-(s.T_a / (s.T - zero))).exp();
        (equation::<
            Q<Quot<<MassDensity as Quantity>::Dim, <Time as Quantity>::Dim>>,
            _,
        >("component", s.C.d(s.t) + rate * s.C),)
    };
    let residuals = trace(reaction).unwrap().nondimensionalize(&tank()).unwrap();
    let [form] = residuals.forms() else {
        panic!("one residual")
    };
    let [change, rate] = form.coefficients.as_slice() else {
        panic!("two terms: {}", form.show())
    };
    // exp(−25 to −24.3) × 1.2e9/s over three minutes: between 3 and 6, to the nearest power of two.
    assert_eq!(
        (rate.expression.contains("exp"), change.weight),
        (true, 1.0)
    );
    assert!(
        (1.5..9.0).contains(&(rate.size() / change.size())),
        "{}",
        form.show()
    );
    assert!(!change.is_extreme() && !rate.is_extreme());
    assert!((0.5..=1.0).contains(&rate.size()), "{}", form.show());
}

#[test]
fn functions_that_cancel_are_sized_together() {
    let melting = |s: Tank| {
        let bend = ((s.T - s.T_w) / s.w).tanh();
        let capacity = 1.0 + s.peak * (1.0 - bend * bend);
        let interval = TemperatureInterval::from_si(1.0);
        (equation::<
            Q<Quot<<TemperatureInterval as Quantity>::Dim, <Time as Quantity>::Dim>>,
            _,
        >("energy", capacity * s.T.d(s.t) + interval / s.tau),)
    };
    let residuals = trace(melting).unwrap().nondimensionalize(&tank()).unwrap();
    let form = &residuals.forms()[0];
    // A peak of 41 that is a hundred and twenty-fifth of the range wide has a root mean square near 2.5 and not near 41.
    let weights: Vec<f64> = form.coefficients.iter().map(|c| c.weight).collect();
    assert_eq!(weights, [1.0 / 16.0, 1.0 / 16.0, 1.0], "{}", form.show());
}
