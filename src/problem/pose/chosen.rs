//! Everything in a file besides its equations and conditions.

use super::{Conditions, Declared, Equations};
use crate::DisplayUnits;
use crate::beside::BesideFile;
use crate::bounds::inside;
use crate::data::data;
use crate::inverse;
use crate::mistake::Checked;
use crate::output::output;
use crate::read::Read;
use crate::reference::reference;
use crate::scales::scales;
use crate::search::search;
use crate::search_settings::SearchSettings;
use crate::settings::settings;
use pinn_core::automatic::TOLERANCES;
use pinn_core::measurements::Measurements;
use pinn_core::settings::Settings;
use pinn_reference::Reference;
use pinn_units::{Scales, Unit};

/// Scales, data, settings, references and output.
pub(super) struct Chosen {
    pub scales: Scales,
    pub settings: Settings,
    pub measurements: Vec<Measurements>,
    /// Files that the measurements were in.
    pub tables: Vec<BesideFile>,
    pub search: SearchSettings,
    pub reference: Option<Box<dyn Reference>>,
    pub units: DisplayUnits,
    pub resolution: Vec<usize>,
}

impl Chosen {
    pub fn new(
        read: &Read,
        declared: &Declared,
        equations: &Equations,
        conditions: &Conditions,
    ) -> Checked<Self> {
        let Read { file, text, .. } = read;
        let (quantities, parameters) = (declared.quantities(), &declared.parameters);
        let context = declared.context(read, equations);
        let (scales, scale_units) = scales(
            &file.scales,
            &equations.all,
            &conditions.entries,
            context,
            read.equation(),
        )?;
        let settings = settings(
            file,
            &parameters.ranges,
            equations.all.equations().len(),
            &conditions.entries,
            context,
        )?;
        let taken = conditions.names(equations);
        let (measurements, tables) = data(&file.data, &taken, read.folder, context)?;
        inverse::check(file, &settings, parameters, &measurements)?;
        let search = search(file.search.as_ref())?;
        let reference = declared.closed_forms(read).map(|table| {
            let (definitions, values) = (&declared.definitions, &parameters.values);
            reference(table, quantities, definitions, values, text)
        });
        let reference = reference.transpose()?;
        let mut units = display_units(declared, scale_units);
        let resolution = output(file.output.as_ref(), quantities, &mut units, text)?;
        Ok(Chosen {
            scales,
            settings,
            measurements,
            tables,
            search,
            reference,
            units,
            resolution,
        })
    }
}

/// Units as the file writes them: of a field the one that it declares, else that of its scale.
fn display_units(declared: &Declared, scale_units: Vec<Option<Unit>>) -> DisplayUnits {
    let fields = declared.quantities().fields.iter().zip(scale_units);
    let fields = fields.enumerate().map(|(number, (info, of_scale))| {
        let declared = declared.source.units.get(number).cloned();
        declared
            .or(of_scale)
            .unwrap_or_else(|| Unit::si(info.dimensions))
    });
    DisplayUnits {
        coordinates: declared.coordinate_units.clone(),
        fields: fields.collect(),
        parameters: declared.parameters.units.clone(),
    }
}

/// The largest error that the author of the file saw.
pub(super) fn expected_error(read: &Read) -> Checked<Option<f64>> {
    let given = read.file.expected_error.as_ref();
    let error = given.map(|given| {
        let range = f64::MIN_POSITIVE..=f64::MAX;
        inside(*given.get_ref(), "`expected_error`", range, given)
    });
    error.transpose()
}

/// The relative error that the file aims at.
pub(super) fn tolerance(read: &Read) -> Checked<Option<f64>> {
    let given = read.file.tolerance.as_ref();
    let tolerance = given.map(|given| inside(*given.get_ref(), "`tolerance`", TOLERANCES, given));
    tolerance.transpose()
}
