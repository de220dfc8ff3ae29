//! Coefficients far from one, and scales that bring them near one.

use super::posed::{Posed, residuals};
use super::samples::Samples;
use super::statement::{Statement, StatementError};
use super::unknown::as_fields;
use pinn_units::{Affine, Form, NondimensionalError, NondimensionalResiduals, Scales};

/// Coefficient that makes training hard ([`is_extreme`](pinn_units::Coefficient::is_extreme)).
#[derive(Clone, PartialEq, Debug)]
pub struct Extreme {
    /// Number of the residual: equations first, then those of the conditions.
    pub residual: usize,
    /// Number of the coefficient in its form.
    pub coefficient: usize,
    /// Change of a single scale that corrects it without spoiling another coefficient; `None` if there is none.
    pub remedy: Option<Remedy>,
}

/// Change of the characteristic value of one quantity.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Remedy {
    /// The quantity whose scale changes.
    pub quantity: Scaled,
    /// Proposed scale, in SI base units.
    pub scale: f64,
    /// The coefficient at this scale.
    pub value: f64,
}

/// A quantity with a scale, by its number.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Scaled {
    /// A coordinate.
    Coordinate(usize),
    /// A field.
    Field(usize),
}

/// Scales are tried at factors of √10, up to eight orders of magnitude in either direction.
const TRIALS: i32 = 16;

/// The extreme coefficients of a statement, each with the smallest change of one scale that brings it into range
/// and leaves fewer extreme coefficients than before.
///
/// # Errors
/// Scales that do not fit the statement. A scale at which a residual vanishes or is not finite is no remedy.
pub fn extremes(posed: &Posed) -> Result<Vec<Extreme>, StatementError> {
    let dimensionless = posed.dimensionless();
    let forms = all_forms(&dimensionless.equations, &dimensionless.conditions);
    let found = places(&forms);
    let mut trials = Vec::new();
    if !found.is_empty() {
        let all = as_fields(posed.statement());
        let samples = Samples::of(&all);
        for step in 1..=TRIALS {
            for step in [step, -step] {
                for quantity in scaled(posed) {
                    trials.extend(trial(&all, &samples, quantity, step)?);
                }
            }
        }
    }
    let extremes = found.iter().map(|(residual, coefficient)| {
        let expression = &forms[*residual].coefficients[*coefficient].expression;
        let remedy = trials.iter().find_map(|trial| {
            let form = trial.forms.get(*residual)?;
            let mut same = form.coefficients.iter();
            let same = same.find(|c| c.expression == *expression)?;
            let mends = !same.is_extreme() && trial.extremes < found.len();
            mends.then_some(Remedy {
                value: same.value,
                ..trial.remedy
            })
        });
        Extreme {
            residual: *residual,
            coefficient: *coefficient,
            remedy,
        }
    });
    Ok(extremes.collect())
}

/// Dimensionless forms with one scale changed.
struct Trial {
    remedy: Remedy,
    forms: Vec<Form>,
    extremes: usize,
}

/// The fields and coordinates of the statement, without its unknowns.
fn scaled(statement: &Statement) -> impl Iterator<Item = Scaled> + use<> {
    let fields = 0..statement.scales.fields.len();
    let coordinates = 0..statement.scales.coordinates.len();
    fields
        .map(Scaled::Field)
        .chain(coordinates.map(Scaled::Coordinate))
}

fn affine(scales: &mut Scales, quantity: Scaled) -> &mut Affine {
    match quantity {
        Scaled::Coordinate(number) => &mut scales.coordinates[number],
        Scaled::Field(number) => &mut scales.fields[number],
    }
}

/// Forms at another scale; `None` where a residual vanishes there or is not finite.
fn trial(
    all: &Statement,
    samples: &Samples,
    quantity: Scaled,
    step: i32,
) -> Result<Option<Trial>, StatementError> {
    let mut scales = all.scales.clone();
    let affine = affine(&mut scales, quantity);
    let scale = rounded(affine.scale * 10f64.powf(0.5 * f64::from(step)));
    affine.scale = scale;
    let (equations, conditions) = match residuals(all, &scales, samples) {
        Ok(residuals) => residuals,
        Err(StatementError::Equations(cause) | StatementError::Condition { cause, .. })
            if !matches!(cause, NondimensionalError::WrongCount { .. }) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let forms = all_forms(&equations, &conditions);
    let remedy = Remedy {
        quantity,
        scale,
        value: f64::NAN,
    };
    Ok(Some(Trial {
        remedy,
        extremes: places(&forms).len(),
        forms,
    }))
}

/// Rounds to two significant digits: a scale is an order of magnitude.
fn rounded(x: f64) -> f64 {
    format!("{x:.1e}").parse().unwrap_or(x)
}

/// Forms of the equations, then of the conditions.
fn all_forms(
    equations: &NondimensionalResiduals,
    conditions: &[NondimensionalResiduals],
) -> Vec<Form> {
    let all = std::iter::once(equations).chain(conditions);
    all.flat_map(|residuals| residuals.forms())
        .cloned()
        .collect()
}

/// Numbers of residual and coefficient of every extreme coefficient.
fn places(forms: &[Form]) -> Vec<(usize, usize)> {
    let residuals = forms.iter().enumerate();
    residuals
        .flat_map(|(residual, form)| {
            let coefficients = form.coefficients.iter().enumerate();
            let extreme = coefficients.filter(|(_, c)| c.is_extreme());
            extreme.map(move |(coefficient, _)| (residual, coefficient))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinn_geometry::domain::{Domain, Interval};
    use pinn_units::{Equations, Q, Quantity, Quot, equation, trace};
    use uom::si::f64::*;

    pinn_units::quantities! {
        struct Rod {
            coordinates { t: Time, x: Length }
            fields { T: ThermodynamicTemperature }
            parameters { alpha: DiffusionCoefficient, tau: Time, T_0: ThermodynamicTemperature }
        }
    }

    type Rate = Q<Quot<<TemperatureInterval as Quantity>::Dim, <Time as Quantity>::Dim>>;

    fn statement(equations: pinn_units::DimensionalResiduals, x: f64) -> Statement {
        Statement {
            declared: equations.declared().clone(),
            domain: Domain {
                intervals: vec![
                    Interval {
                        lower: 0.0,
                        upper: x
                    };
                    2
                ],
                time: Some(0),
                geometry: None,
            },
            scales: Scales {
                coordinates: vec![Affine::new(1.0, 0.0), Affine::new(x, 0.0)],
                fields: vec![Affine::new(10.0, 300.0)],
                parameters: vec![1e-6, 1.0, 300.0],
            },
            equations,
            conditions: Vec::new(),
            ansatz: None,
            unknowns: Vec::new(),
            measurements: Vec::new(),
            positive: Vec::new(),
        }
    }

    fn conduction(s: Rod) -> impl Equations {
        (equation::<Rate, _>(
            "heat",
            s.T.d(s.t) - s.alpha * s.T.d(s.x).d(s.x),
        ),)
    }

    #[test]
    fn a_scale_that_mends_is_named_and_does_mend() {
        // α t/x² = 1e-6 at x = 1 m; a smaller length or a longer time brings it near one.
        let mut statement = statement(trace(conduction).unwrap().erase(), 1.0);
        let found = extremes(&statement.clone().pose().unwrap()).unwrap();
        let [
            Extreme {
                residual: 0,
                remedy: Some(remedy),
                ..
            },
        ] = found[..]
        else {
            panic!("{found:?}");
        };
        assert!((1e-2..=1e2).contains(&remedy.value.abs()), "{remedy:?}");
        affine(&mut statement.scales, remedy.quantity).scale = remedy.scale;
        assert_eq!(extremes(&statement.clone().pose().unwrap()).unwrap(), []);
        let posed = statement.pose().unwrap();
        let form = &posed.dimensionless().equations.forms()[0];
        assert!(form.coefficients.iter().any(|c| c.value == remedy.value));
    }

    /// The small term is equally small at every scale.
    fn wavering(s: Rod) -> impl Equations {
        let rise = s.T - s.T_0;
        let wave = (s.t.term() / s.tau).sin();
        (equation::<TemperatureInterval, _>(
            "wave",
            rise + 1e-4 * (rise * wave),
        ),)
    }

    #[test]
    fn what_no_scale_mends_says_so() {
        let statement = statement(trace(wavering).unwrap().erase(), 1.0);
        let found = extremes(&statement.clone().pose().unwrap()).unwrap();
        let [
            Extreme {
                residual: 0,
                remedy: None,
                ..
            },
        ] = found[..]
        else {
            panic!("{found:?}");
        };
    }
}
