//! `metrics.jsonl`: one JSON object per logged step.

use super::atomic::write_atomically;
use super::{OutputError, null};
use indexmap::IndexMap;
use pinn_core::session::Progress;
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Record of one logged step. Losses are dimensionless mean squares without weights. Non-finite numbers are
/// `null` in the file and NaN here.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Metric {
    /// Number of steps done, over all phases.
    pub step: usize,
    /// Number of the phase, from 0.
    pub phase: usize,
    /// Seconds of training so far.
    pub seconds: f64,
    /// Sum of [`Metric::losses`].
    #[serde(deserialize_with = "null::number")]
    pub loss: f64,
    /// Losses of the equations and conditions, by name.
    #[serde(deserialize_with = "null::map")]
    pub losses: IndexMap<String, f64>,
    /// Weights in the optimised loss, in the order of the losses.
    #[serde(deserialize_with = "null::list")]
    pub weights: Vec<f64>,
    /// Euclidean norm of the gradient of the optimised loss.
    #[serde(deserialize_with = "null::number")]
    pub gradient_norm: f64,
    /// Learning rate; `None` for optimisers without one.
    pub learning_rate: Option<f64>,
    /// Values of unknown parameters in SI base units.
    #[serde(
        default,
        skip_serializing_if = "IndexMap::is_empty",
        deserialize_with = "null::map"
    )]
    pub unknowns: IndexMap<String, f64>,
}

/// A [`Metric`] borrowed from the training loop.
#[derive(Serialize)]
struct Line<'a> {
    step: usize,
    phase: usize,
    seconds: f64,
    loss: f64,
    losses: Named<'a>,
    weights: &'a [f64],
    gradient_norm: f64,
    learning_rate: Option<f64>,
    #[serde(skip_serializing_if = "Named::is_empty")]
    unknowns: Named<'a>,
}

struct Named<'a>(&'a [String], &'a [f64]);

impl Named<'_> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().zip(self.1))
    }
}

/// Writer that appends lines, and passes them to the operating system at least every second.
pub struct MetricsWriter {
    path: PathBuf,
    names: Vec<String>,
    unknowns: Vec<String>,
    file: BufWriter<File>,
    flushed: Instant,
}

impl MetricsWriter {
    const FLUSH_EVERY: Duration = Duration::from_secs(1);

    /// Creates a file. `names` are those of the losses, in order.
    ///
    /// # Errors
    /// If the file exists already, or cannot be written.
    pub fn create(path: &Path, names: &[String]) -> Result<Self, OutputError> {
        Self::open(
            path,
            names,
            OpenOptions::new().create_new(true).append(true),
        )
    }

    /// Continues a file after `step`: lines of later steps and a partial last line are removed.
    ///
    /// # Errors
    /// If the file cannot be read or written, or is damaged.
    pub fn resume(path: &Path, names: &[String], step: usize) -> Result<Self, OutputError> {
        let metrics = if path.exists() {
            read_metrics(path)?
        } else {
            Vec::new()
        };
        write_atomically(path, |to| {
            for metric in metrics.iter().filter(|m| m.step <= step) {
                serde_json::to_writer(&mut *to, metric)?;
                to.write_all(b"\n")?;
            }
            Ok(())
        })?;
        Self::open(path, names, OpenOptions::new().append(true))
    }

    fn open(path: &Path, names: &[String], options: &OpenOptions) -> Result<Self, OutputError> {
        let file = options
            .open(path)
            .map_err(|e| OutputError::write(path, e))?;
        Ok(MetricsWriter {
            path: path.to_path_buf(),
            names: names.to_vec(),
            unknowns: Vec::new(),
            file: BufWriter::new(file),
            flushed: Instant::now(),
        })
    }

    /// Adds the values of these unknowns to all further lines.
    pub fn record_unknowns(&mut self, names: Vec<String>) {
        self.unknowns = names;
    }

    /// Appends one line.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn append(&mut self, progress: &Progress<'_>) -> Result<(), OutputError> {
        let line = Line {
            step: progress.step,
            phase: progress.phase,
            seconds: progress.seconds,
            loss: progress.loss,
            losses: Named(&self.names, progress.losses),
            weights: progress.weights,
            gradient_norm: progress.gradient_norm,
            learning_rate: progress.learning_rate,
            unknowns: Named(&self.unknowns, progress.unknowns),
        };
        serde_json::to_writer(&mut self.file, &line)
            .map_err(io::Error::from)
            .and_then(|()| self.file.write_all(b"\n"))
            .map_err(|e| OutputError::write(&self.path, e))?;
        if self.flushed.elapsed() >= Self::FLUSH_EVERY {
            self.flush()?;
        }
        Ok(())
    }

    /// Passes everything to the operating system.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn flush(&mut self) -> Result<(), OutputError> {
        self.flushed = Instant::now();
        self.file
            .flush()
            .map_err(|e| OutputError::write(&self.path, e))
    }
}

/// Reads all complete lines. A partial last line, left by a crash, is not an error.
///
/// # Errors
/// If the file cannot be read, or is damaged.
pub fn read_metrics(path: &Path) -> Result<Vec<Metric>, OutputError> {
    let text = std::fs::read(path).map_err(|e| OutputError::read(path, e))?;
    let whole = text.iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
    let lines = text[..whole].split_inclusive(|b| *b == b'\n').enumerate();
    let metrics = lines.map(|(number, line)| {
        serde_json::from_slice(line).map_err(|e| OutputError::damaged(path, number + 1, e))
    });
    metrics.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress<'a>(step: usize, losses: &'a [f64]) -> Progress<'a> {
        Progress {
            phase: 0,
            step,
            steps: 10,
            losses,
            loss: losses.iter().sum(),
            weights: &[1.0, 2.0],
            gradient_norm: 0.1 + 0.2,
            learning_rate: Some(1e-3),
            unknowns: &[],
            seconds: step as f64,
        }
    }

    fn names() -> Vec<String> {
        vec!["heat".to_string(), "cooled face".to_string()]
    }

    #[test]
    fn lines_come_back_exactly_and_a_resumed_file_continues() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.jsonl");
        let mut writer = MetricsWriter::create(&path, &names()).unwrap();
        for step in 1..=4 {
            let losses = [1.0 / step as f64, if step == 3 { f64::NAN } else { 1e-300 }];
            writer.append(&progress(step, &losses)).unwrap();
        }
        drop(writer);
        assert!(MetricsWriter::create(&path, &names()).is_err());
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"step\":5,\"pha").unwrap();

        let metrics = read_metrics(&path).unwrap();
        assert_eq!(metrics.len(), 4);
        assert_eq!(metrics[1].losses["heat"], 0.5);
        assert_eq!(metrics[1].losses["cooled face"], 1e-300);
        assert_eq!(metrics[1].gradient_norm, 0.1 + 0.2);
        assert!(metrics[2].loss.is_nan());

        let mut writer = MetricsWriter::resume(&path, &names(), 2).unwrap();
        writer.append(&progress(3, &[7.0, 8.0])).unwrap();
        writer.flush().unwrap();
        let resumed = read_metrics(&path).unwrap();
        assert_eq!(resumed[..2], metrics[..2]);
        assert_eq!(resumed[2].loss, 15.0);
        assert_eq!(resumed.len(), 3);
    }

    #[test]
    fn a_damaged_line_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.jsonl");
        std::fs::write(&path, "{\"step\": 1}\nrubbish\n").unwrap();
        let error = read_metrics(&path).unwrap_err().to_string();
        assert!(
            error.contains("line 1") && error.contains("phase"),
            "{error}"
        );
    }
}
