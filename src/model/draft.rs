//! A problem under construction: equation, case, conditions and measurements.

use crate::error::PoseError;
use crate::face::OnFace;
use crate::problem::Problem;
use pinn_core::family::{Ranged, over_ranges};
use pinn_core::measurements::Measurements;
use pinn_core::scales::{self, KnownValues};
use pinn_core::settings::Settings;
use pinn_core::statement::{Condition, Statement};
use pinn_core::unknown::{Unknown, UnknownRange};
use pinn_expr::{MAX_COORDINATES, Op, PointFunction};
use pinn_geometry::domain::{Domain, Interval};
use pinn_units::{
    Affine, CaseData, Declared, Dim, DimensionalResiduals, Dimensions, IsInterval, Name, Place,
    Quantity, Residuals, Role, ScaleFits, Scales, Symbols, trace,
};
use std::marker::PhantomData;

/// A problem to which conditions and measurements are added, then [built](Draft::build).
pub struct Draft<S: Symbols> {
    equations: DimensionalResiduals,
    case: CaseData,
    conditions: Vec<(Condition, OnFaceNumbers)>,
    known: Vec<(String, KnownValues)>,
    measurements: Vec<Measurements>,
    positive: Vec<usize>,
    /// The first mistake; reported by [`Draft::build`].
    mistake: Option<PoseError>,
    marker: PhantomData<fn() -> S>,
}

/// Weight and number of points of a condition.
struct OnFaceNumbers {
    weight: f64,
    points: Option<usize>,
}

impl<S: Symbols> Draft<S> {
    pub(crate) fn new(equations: Result<DimensionalResiduals, PoseError>, case: &S::Case) -> Self {
        let none = || Residuals::from_parts(S::declared(), Default::default(), Vec::new());
        let (equations, mistake) = match equations {
            Ok(equations) => (equations, None),
            Err(mistake) => (none(), Some(mistake)),
        };
        Draft {
            equations,
            case: S::case(case),
            conditions: Vec::new(),
            known: Vec::new(),
            measurements: Vec::new(),
            positive: Vec::new(),
            mistake,
            marker: PhantomData,
        }
    }

    /// Adds a condition on a face: `|q| q.x.max().value(q.T, celsius(20.0))`.
    #[must_use]
    pub fn condition(mut self, name: &str, on: impl FnOnce(S) -> OnFace) -> Self {
        let mut face = None;
        let traced = trace(|symbols: S| {
            let condition = on(symbols);
            let numbers = OnFaceNumbers {
                weight: condition.weight,
                points: condition.points,
            };
            face = Some((condition.face, condition.partner, condition.hard, numbers));
            condition
        });
        let (Ok(traced), Some((face, partner, hard, numbers))) = (&traced, face) else {
            let cause = traced.err().unwrap_or(pinn_units::TraceError::ForeignTerm);
            let what = format!("condition `{name}`");
            self.mistake.get_or_insert(PoseError::Trace { what, cause });
            return self;
        };
        let (graph, all) = (traced.graph(), traced.equations());
        let parameters: Vec<f64> = self.case.parameters.iter().map(|(si, _)| *si).collect();
        if let [_, field, value] = all
            && let Op::Field { field, .. } = graph.op(field.residual)
            && let Some(function) = PointFunction::new(graph, &[value.residual], &parameters)
        {
            let known = KnownValues {
                field: usize::from(field),
                place: face.into(),
                function,
            };
            self.known.push((name.to_string(), known));
        }
        let residual = all[..1].to_vec();
        let residuals = Residuals::from_parts(S::declared(), graph.clone(), residual);
        let condition = Condition {
            name: name.to_string(),
            residuals,
            place: face.into(),
            normal: Vec::new(),
            partner,
            hard,
        };
        self.conditions.push((condition, numbers));
        self
    }

    /// Keeps a field positive: `|q| q.c`. It is the exponential of the network times its scale, so that roots, logarithms and real
    /// powers of it are finite from the first step; its reference is zero, and no condition of it holds exactly.
    #[must_use]
    pub fn positive<T: Quantity>(mut self, field: impl FnOnce(S::Names) -> Name<T>) -> Self {
        let field = field(S::names()).number();
        if !self.positive.contains(&field) {
            self.positive.push(field);
        }
        self
    }

    /// Adds measurements of a field: its values at places, and the standard deviation of one of them.
    #[must_use]
    pub fn measured<T, N, P>(
        mut self,
        name: &str,
        field: impl FnOnce(S::Names) -> Name<T>,
        noise: N,
        values: impl IntoIterator<Item = (P, T)>,
    ) -> Self
    where
        T: Quantity,
        N: Quantity,
        T::Dim: Dim,
        N::Dim: Dim,
        <N::Dim as Dim>::Shown: ScaleFits<<T::Dim as Dim>::Shown>,
        N::Kind: IsInterval,
        P: Place<S::Coordinates>,
    {
        let mut measurements = Measurements {
            name: name.to_string(),
            field: field(S::names()).number(),
            places: vec![Vec::new(); self.case.extents.len()],
            values: Vec::new(),
            noise: Some(noise.si()),
            weight: 1.0,
        };
        for (place, value) in values {
            for (column, si) in measurements.places.iter_mut().zip(place.si()) {
                column.push(si);
            }
            measurements.values.push(value.si());
        }
        self.measurements.push(measurements);
        self
    }

    /// Checks the problem and chooses its [settings](Problem::settings).
    ///
    /// # Errors
    /// The first mistake in the order of the calls.
    pub fn build(self) -> Result<Problem<S>, PoseError> {
        if let Some(mistake) = self.mistake {
            return Err(mistake);
        }
        let declared = S::declared();
        let domain = domain(&declared, &self.case)?;
        parameters(&declared, &self.case)?;
        let names = self.conditions.iter().map(|(c, _)| &c.name);
        let names: Vec<&String> = names
            .chain(self.measurements.iter().map(|r| &r.name))
            .collect();
        let twice = (1..names.len()).find(|n| names[..*n].contains(&names[*n]));
        if let Some(number) = twice {
            return Err(PoseError::Duplicate(names[number].clone()));
        }
        self.measurements.iter().try_for_each(check_measurements)?;
        let scales = field_scales(&declared, &domain, &self.case, &self.known, &self.positive)?;
        let (mut unknowns, mut ranges) = (Vec::new(), Vec::new());
        for (parameter, (_, role)) in self.case.parameters.iter().enumerate() {
            let mut unknown = |range| unknowns.push(Unknown { parameter, range });
            match *role {
                Role::Fixed => {}
                Role::PositiveUnknown => unknown(UnknownRange::Positive),
                Role::Unknown(scale) => unknown(UnknownRange::Any { scale }),
                Role::Range(lower, upper) => ranges.push(Ranged {
                    parameter,
                    lower,
                    upper,
                }),
            }
        }
        if let (Some(range), Some(unknown)) = (ranges.first(), unknowns.first()) {
            return Err(PoseError::RangeAndUnknown {
                range: declared.parameters[range.parameter].name.clone(),
                unknown: declared.parameters[unknown.parameter].name.clone(),
            });
        }
        let coordinates = declared.coordinates.len() + ranges.len();
        if coordinates > MAX_COORDINATES {
            return Err(PoseError::TooManyCoordinates {
                found: coordinates,
                most: MAX_COORDINATES,
            });
        }
        let (conditions, numbers): (Vec<_>, Vec<_>) = self.conditions.into_iter().unzip();
        let member = Statement {
            declared,
            domain,
            scales,
            equations: self.equations,
            conditions,
            ansatz: None,
            unknowns,
            measurements: self.measurements,
            positive: self.positive,
        };
        let statement = over_ranges(&member, &ranges);
        let mut settings = Settings::usual(&statement, ranges.len());
        for (number, of) in numbers.iter().enumerate() {
            settings.condition_weights[number] = of.weight;
            if let Some(points) = of.points {
                settings.sampling.conditions[number] = points;
            }
        }
        Problem::posed(statement, ranges, settings)
    }
}

/// Checks that measurements are there, are numbers, and have a noise.
fn check_measurements(set: &Measurements) -> Result<(), PoseError> {
    if set.values.is_empty() {
        return Err(PoseError::NoMeasurements(set.name.clone()));
    }
    let numbers = set.places.iter().flatten().chain(&set.values);
    if let Some(found) = numbers.chain(&set.noise).find(|x| !x.is_finite()) {
        let (name, found) = (set.name.clone(), *found);
        return Err(PoseError::Value { name, found });
    }
    if let Some(noise) = set.noise.filter(|noise| *noise <= 0.0) {
        let name = format!("the noise of {}", set.name);
        return Err(PoseError::Value { name, found: noise });
    }
    Ok(())
}

fn domain(declared: &Declared, case: &CaseData) -> Result<Domain, PoseError> {
    let mut time: Option<usize> = None;
    for (number, info) in declared.coordinates.iter().enumerate() {
        let (from, to) = case.extents[number];
        check_interval(&info.name, from, to)?;
        if info.dimensions == Dimensions::TIME {
            if let Some(first) = time {
                return Err(PoseError::TwoTimes {
                    first: declared.coordinates[first].name.clone(),
                    second: info.name.clone(),
                });
            }
            time = Some(number);
        }
    }
    let interval = |&(lower, upper): &(f64, f64)| Interval { lower, upper };
    Ok(Domain {
        intervals: case.extents.iter().map(interval).collect(),
        time,
        geometry: None,
    })
}

fn check_interval(name: &str, from: f64, to: f64) -> Result<(), PoseError> {
    if (to - from).is_finite() && from < to {
        return Ok(());
    }
    let name = name.to_string();
    Err(PoseError::Interval { name, from, to })
}

fn parameters(declared: &Declared, case: &CaseData) -> Result<(), PoseError> {
    for (info, (si, role)) in declared.parameters.iter().zip(&case.parameters) {
        match role {
            Role::Range(from, to) => check_interval(&info.name, *from, *to)?,
            Role::Unknown(scale) if !(*scale > 0.0 && scale.is_finite()) => {
                let name = format!("{} may be wrong by", info.name);
                return Err(PoseError::Value {
                    name,
                    found: *scale,
                });
            }
            Role::PositiveUnknown if *si == 0.0 => {
                let name = info.name.clone();
                return Err(PoseError::Value { name, found: *si });
            }
            _ => {}
        }
        if !si.is_finite() {
            let name = info.name.clone();
            return Err(PoseError::Value { name, found: *si });
        }
    }
    Ok(())
}

fn field_scales(
    declared: &Declared,
    domain: &Domain,
    case: &CaseData,
    known: &[(String, KnownValues)],
    positive: &[usize],
) -> Result<Scales, PoseError> {
    let values = known.iter().map(|(_, known)| known);
    let ranges = scales::ranges(values, declared, domain).map_err(|fault| {
        let at = declared.coordinates.iter().zip(&fault.at);
        let at = at.map(|(c, x)| format!("{} = {x} {}", c.name, c.dimensions.unit_text()));
        PoseError::NotFinite {
            condition: known[fault.known].0.clone(),
            value: fault.value,
            at: at.collect::<Vec<_>>().join(", "),
        }
    })?;
    let fields = declared.fields.iter().enumerate().map(|(number, info)| {
        if let Some(affine) = case.scales[number] {
            if affine.scale > 0.0 && affine.scale.is_finite() && affine.reference.is_finite() {
                return Ok(affine);
            }
            let name = format!("the scale of {}", info.name);
            return Err(PoseError::Value {
                name,
                found: affine.scale,
            });
        }
        let scale = scales::automatic(number, declared, &ranges);
        let scale = scale.map(|affine| match positive.contains(&number) {
            true => affine.from_zero(),
            false => affine,
        });
        scale.ok_or_else(|| PoseError::NoScale(info.name.clone()))
    });
    let extents = case.extents.iter();
    Ok(Scales {
        coordinates: extents
            .map(|(from, to)| Affine::new(to - from, *from))
            .collect(),
        fields: fields.collect::<Result<_, _>>()?,
        parameters: case.parameters.iter().map(|(si, _)| *si).collect(),
    })
}
