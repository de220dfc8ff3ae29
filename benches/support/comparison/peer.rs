//! Other programs that do the same work, as child processes that wait between their turns.
//!
//! `PINN_PEERS_PYTHON` names the Python; `benches/README.md` says what it needs. `PINN_PEERS_SCRIPTS` names the folder of
//! `driver.py`, if that is not `benches/peers` of the sources. Parent and child exchange lines of JSON, which `driver.py`
//! describes.

use super::load;
use super::timing::Burst;
use super::training::{Evaluated, start};
use super::workload::{Place, Workload};
use serde_json::{Value, json};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Loss and gradient of programs that compute in single precision may differ by so much of their size: far more than what
/// f32 rounds (2⁻²⁴), less than what tf32 does (2⁻¹¹; NVIDIA, *A100 Tensor Core GPU Architecture*, 2020).
pub const SINGLE: f64 = 1e-4;

/// Why a peer does not take part, or no longer.
#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    #[error("{}: {error}", program.display())]
    Start { program: PathBuf, error: io::Error },
    #[error("{0}")]
    Told(String),
    #[error("it ended or wrote no JSON: {0:?} (PINN_PEERS_VERBOSE=1 shows what else it wrote)")]
    Answer(String),
    #[error("no `{name}` in its answer {answer}")]
    Field { name: &'static str, answer: Value },
    #[error(transparent)]
    Pipe(#[from] io::Error),
    #[error("its loss at the start is {theirs}, ours {ours}")]
    Loss { theirs: f64, ours: f64 },
    #[error("its gradient at the start has {theirs} numbers, ours {ours}")]
    Parameters { theirs: usize, ours: usize },
    #[error("its gradient at the start is off ours by {off:.1e} of its norm, more than {most:.0e}")]
    Gradient { off: f64, most: f64 },
}

impl PeerError {
    /// Whether it computes something else than we do.
    pub fn differs(&self) -> bool {
        use PeerError::{Gradient, Loss, Parameters};
        matches!(self, Loss { .. } | Parameters { .. } | Gradient { .. })
    }
}

/// The Python that runs peers, and on what they run.
#[derive(Clone)]
pub struct Python {
    program: PathBuf,
    /// `cpu` or `cuda`.
    device: &'static str,
    threads: usize,
}

impl Python {
    /// The one that `PINN_PEERS_PYTHON` names; says so if it names none.
    pub fn from_environment(device: &'static str, threads: usize) -> Option<Self> {
        let Some(program) = std::env::var_os("PINN_PEERS_PYTHON") else {
            let requirements = match device {
                "cuda" => "requirements-cuda.txt",
                _ => "requirements.txt",
            };
            eprintln!(
                "no peers: set PINN_PEERS_PYTHON to a Python with what benches/peers/{requirements} lists (see \
                 benches/README.md)"
            );
            return None;
        };
        Some(Python {
            program: program.into(),
            device,
            threads,
        })
    }

    /// Starts a peer and waits until it is there.
    pub fn start(&self, name: &'static str) -> Result<Peer, PeerError> {
        let scripts = std::env::var_os("PINN_PEERS_SCRIPTS").map(PathBuf::from);
        let scripts =
            scripts.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers"));
        let threads = self.threads.to_string();
        let mut child = Command::new(&self.program)
            .arg(scripts.join("driver.py"))
            .args([name, &threads, self.device])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(match std::env::var_os("PINN_PEERS_VERBOSE") {
                Some(_) => Stdio::inherit(),
                None => Stdio::null(),
            })
            // glibc then keeps memory that is freed, rather than fetch it anew in every step: up to 40 %
            // faster for programs that allocate in every step.
            .env("MALLOC_MMAP_THRESHOLD_", (1u64 << 32).to_string())
            .env("MALLOC_TRIM_THRESHOLD_", (1u64 << 34).to_string())
            .env("MALLOC_TOP_PAD_", (1u64 << 26).to_string())
            .env("OMP_NUM_THREADS", threads)
            .env("OMP_WAIT_POLICY", "PASSIVE")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .spawn()
            .map_err(|error| {
                let program = self.program.clone();
                PeerError::Start { program, error }
            })?;
        load::adopt(child.id());
        let requests = child.stdin.take().expect("piped above");
        let answers = BufReader::new(child.stdout.take().expect("piped above"));
        let mut peer = Peer {
            name,
            child,
            requests,
            answers,
        };
        peer.answer()?;
        Ok(peer)
    }
}

/// A child process.
pub struct Peer {
    pub name: &'static str,
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    /// Hands it points and start values. Loss and gradient there must be ours up to so much of their size, or it would
    /// do other work. Returns how it goes about it.
    pub fn prepare(
        &mut self,
        workload: &Workload,
        ours: &Evaluated,
        tolerance: f64,
    ) -> Result<String, PeerError> {
        let folder = tempfile::tempdir()?;
        let [file, gradient] = ["numbers", "gradient"].map(|name| folder.path().join(name));
        let numbers = numbers(workload).into_iter().flat_map(f32::to_le_bytes);
        std::fs::write(&file, numbers.collect::<Vec<u8>>())?;
        let rows = |place| workload.rows_at(place);
        let answer = self.ask(&json!({
            "prepare": workload.name,
            "file": file,
            "gradient": gradient,
            "interior": rows(Place::Interior),
            "boundary": rows(Place::Boundary),
            "initial": rows(Place::Initial),
        }))?;
        // Those that draw points of their own have another loss.
        if let Some(theirs) = answer["loss"].as_f64() {
            // Not a number is not near.
            let near = (theirs - ours.loss).abs() <= tolerance * ours.loss;
            if !near {
                let ours = ours.loss;
                return Err(PeerError::Loss { theirs, ours });
            }
            agree(&read(&gradient)?, &ours.gradient, tolerance)?;
        }
        Ok(answer["how"].as_str().unwrap_or_default().to_string())
    }

    /// Steps of Adam, or iterations of L-BFGS on what it is for.
    pub fn run(&mut self, workload: &str, steps: usize) -> Result<Burst, PeerError> {
        let answer = self.ask(&json!({"run": workload, "steps": steps}))?;
        let number = |name| {
            let missing = || PeerError::Field {
                name,
                answer: answer.clone(),
            };
            answer[name].as_f64().ok_or_else(missing)
        };
        Ok(Burst {
            count: number("count")?,
            seconds: number("seconds")?,
        })
    }

    fn ask(&mut self, request: &Value) -> Result<Value, PeerError> {
        writeln!(self.requests, "{request}")?;
        self.requests.flush()?;
        self.answer()
    }

    fn answer(&mut self) -> Result<Value, PeerError> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let answer: Value =
            serde_json::from_str(&line).map_err(|_| PeerError::Answer(line.clone()))?;
        match answer["error"].as_str() {
            Some(error) => Err(PeerError::Told(error.to_string())),
            None => Ok(answer),
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Only this child; it may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Points in the interior, points at the boundary and the start, both row by row, then the parameters.
fn numbers(workload: &Workload) -> Vec<f32> {
    let mut numbers = Vec::new();
    let points = workload.points::<f32>();
    for interior in [true, false] {
        for (task, points) in workload.tasks.iter().zip(&points) {
            if (task.place == Place::Interior) == interior {
                for row in 0..points.rows() {
                    numbers.extend((0..points.coordinates()).map(|c| points.column(0, c)[row]));
                }
            }
        }
    }
    numbers.extend(start(workload).into_iter().map(|x| x as f32));
    numbers
}

fn read(file: &Path) -> io::Result<Vec<f32>> {
    let bytes = std::fs::read(file)?;
    let (numbers, _) = bytes.as_chunks();
    Ok(numbers
        .iter()
        .map(|four| f32::from_le_bytes(*four))
        .collect())
}

fn agree(theirs: &[f32], ours: &[f32], most: f64) -> Result<(), PeerError> {
    if theirs.len() != ours.len() {
        let (theirs, ours) = (theirs.len(), ours.len());
        return Err(PeerError::Parameters { theirs, ours });
    }
    let norm = |numbers: &mut dyn Iterator<Item = f64>| numbers.map(|x| x * x).sum::<f64>().sqrt();
    let pairs = theirs.iter().zip(ours);
    let difference = norm(&mut pairs.map(|(a, b)| f64::from(*a) - f64::from(*b)));
    let off = difference / norm(&mut ours.iter().map(|x| f64::from(*x)));
    match off <= most {
        true => Ok(()),
        // Not a number is not near.
        false => Err(PeerError::Gradient { off, most }),
    }
}
