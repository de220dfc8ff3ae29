//! `--device`: request, result, and messages.

use super::error::CliError;
use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use pinn_core::settings::OptimiserSettings;
use pinn_engine::device::{Device, DeviceError, Hardware};
use pinn_problem::Problem;
use std::ffi::OsStr;

/// Reads a [`Device`]; completions offer the names without a number.
#[derive(Copy, Clone)]
pub(super) struct DeviceParser;

impl TypedValueParser for DeviceParser {
    type Value = Device;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Device, clap::Error> {
        let parser = StringValueParser::new().try_map(|text| text.parse::<Device>());
        parser.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let names = ["cpu", "cuda", "auto"];
        Some(Box::new(names.into_iter().map(PossibleValue::new)))
    }
}

/// Device of a run.
pub(super) struct Placement {
    /// Requested device, if any.
    asked: Option<Device>,
    pub(super) hardware: Hardware,
    /// Reason for the CPU if a GPU was preferred.
    instead: Option<DeviceError>,
}

impl Placement {
    pub(super) fn find(asked: Option<Device>) -> Result<Self, CliError> {
        let (hardware, instead) = asked.unwrap_or_default().find()?;
        Ok(Placement {
            asked,
            hardware,
            instead,
        })
    }

    /// GPU, by number and name.
    pub(super) fn gpu(&self) -> Option<String> {
        match &self.hardware {
            Hardware::Cpu => None,
            Hardware::Cuda(gpu) => Some(gpu.to_string()),
        }
    }

    /// In one line; nothing if nobody asked.
    pub(super) fn describe(&self, problem: &Problem) -> Option<String> {
        self.asked?;
        let phases = &problem.settings.phases;
        let second_order =
            |phase: &OptimiserSettings| matches!(phase, OptimiserSettings::GaussNewton { .. });
        let solves = phases.iter().any(|phase| second_order(&phase.optimiser));
        Some(match (self.gpu(), &self.instead) {
            (Some(gpu), _) if solves => {
                format!("{gpu}; the CPU solves the equations of Gauss–Newton")
            }
            (Some(gpu), _) => gpu,
            (None, Some(reason)) => format!("the CPU: {reason}"),
            (None, None) => "the CPU".to_string(),
        })
    }

    /// Arguments by which a continued run trains on the same device.
    pub(super) fn argument(&self) -> String {
        match self.asked {
            None | Some(Device::Cpu) => String::new(),
            Some(device) => format!(" --device {device}"),
        }
    }
}

/// Remedy for a device that cannot be used.
pub(super) fn remedy(cause: &DeviceError) -> &'static str {
    match cause {
        DeviceError::NoDriver => "install NVIDIA's driver, or omit `--device` to train on the CPU",
        DeviceError::NotBuiltIn | DeviceError::NoDevice => "omit `--device` to train on the CPU",
        DeviceError::Ordinal { .. } => {
            "`--device cuda` selects the first one; `nvidia-smi` lists all"
        }
        DeviceError::Driver(_) => {
            "check the GPU with `nvidia-smi`, or omit `--device` to train on the CPU"
        }
        DeviceError::NoCublas(_) => {
            "install CUDA's libraries, 12 or 13, and name their folder in LD_LIBRARY_PATH"
        }
    }
}
