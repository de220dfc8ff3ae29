//! States of optimisers, as named numbers and vectors.

use std::collections::BTreeMap;

/// Complete state of an optimiser; every entry survives storage bit for bit.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OptimiserState<T> {
    /// Name of the method.
    pub method: String,
    /// Single numbers by name.
    pub scalars: BTreeMap<String, f64>,
    /// Vectors by name, most of them one number per parameter.
    pub vectors: BTreeMap<String, Vec<T>>,
}

/// Reasons why a state cannot be restored.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StateError {
    /// The state belongs to another method.
    #[error("expected the state of optimiser `{expected}`, found that of `{found}`")]
    Method {
        /// Name of the expected method.
        expected: String,
        /// Name of the method found.
        found: String,
    },
    /// An entry is missing.
    #[error("the state of the optimiser has no `{name}`")]
    Missing {
        /// Name of the entry.
        name: String,
    },
    /// An entry is outside its range.
    #[error("`{name}` of the optimiser is {found}; expected {expected}")]
    Value {
        /// Name of the entry.
        name: String,
        /// Expected value.
        expected: String,
        /// Value found.
        found: String,
    },
}

impl<T> OptimiserState<T> {
    pub(super) fn new(method: &str) -> Self {
        OptimiserState {
            method: method.to_string(),
            scalars: BTreeMap::new(),
            vectors: BTreeMap::new(),
        }
    }

    pub(super) fn expect_method(&self, expected: &str) -> Result<(), StateError> {
        if self.method == expected {
            return Ok(());
        }
        Err(StateError::Method {
            expected: expected.to_string(),
            found: self.method.clone(),
        })
    }

    pub(super) fn scalar(&self, name: &str) -> Result<f64, StateError> {
        let missing = || StateError::Missing {
            name: name.to_string(),
        };
        self.scalars.get(name).copied().ok_or_else(missing)
    }

    /// Reads a whole number from 0 to `most`.
    pub(super) fn count(&self, name: &str, most: usize) -> Result<usize, StateError> {
        let value = self.scalar(name)?;
        if value >= 0.0 && value.fract() == 0.0 && value <= most as f64 {
            return Ok(value as usize);
        }
        Err(StateError::Value {
            name: name.to_string(),
            expected: format!("a whole number up to {most}"),
            found: value.to_string(),
        })
    }

    /// Reads a positive number up to `most`.
    pub(super) fn positive(&self, name: &str, most: f64) -> Result<f64, StateError> {
        let value = self.scalar(name)?;
        if value > 0.0 && value <= most {
            return Ok(value);
        }
        Err(StateError::Value {
            name: name.to_string(),
            expected: format!("a positive number up to {most}"),
            found: value.to_string(),
        })
    }

    pub(super) fn vector(&self, name: &str, length: usize) -> Result<&[T], StateError> {
        let vector = self.vectors.get(name).ok_or_else(|| StateError::Missing {
            name: name.to_string(),
        })?;
        if vector.len() == length {
            return Ok(vector);
        }
        Err(StateError::Value {
            name: name.to_string(),
            expected: format!("{length} numbers"),
            found: format!("{} numbers", vector.len()),
        })
    }
}
