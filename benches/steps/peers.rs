//! Other programs that do the same work, as child processes that wait between their turns.
//!
//! `PINN_PEERS_PYTHON` names the Python; `benches/README.md` says what it needs. Parent and child exchange
//! lines of JSON: `{"prepare": "W1", "file": …}` is answered by the loss at the start, `{"run": "W1",
//! "steps": n}` by the seconds that took.

use crate::timing::Burst;
use crate::training::start;
use crate::workload::{Place, Workload};
use crate::{THREADS, load};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The peers that are there, started when they are first asked for.
pub struct Peers {
    python: Option<PathBuf>,
    running: Vec<Peer>,
    absent: Vec<&'static str>,
}

impl Peers {
    /// With the Python that `PINN_PEERS_PYTHON` names.
    pub fn from_environment() -> Self {
        let python = std::env::var_os("PINN_PEERS_PYTHON").map(PathBuf::from);
        if python.is_none() {
            eprintln!("PINN_PEERS_PYTHON is not set: no peers (see benches/README.md)");
        }
        Peers {
            python,
            running: Vec::new(),
            absent: Vec::new(),
        }
    }

    /// Those of the named ones that are there, ready to run a workload. Says which are left out. The loss at
    /// the start must be ours, or they would do other work.
    pub fn prepared(
        &mut self,
        names: &[&'static str],
        workload: &Workload,
        loss: f64,
    ) -> Vec<&mut Peer> {
        let Some(python) = self.python.clone() else {
            return Vec::new();
        };
        for name in names {
            let known = self.running.iter().any(|peer| peer.name == *name);
            if known || self.absent.contains(name) {
                continue;
            }
            match Peer::start(&python, name, THREADS) {
                Ok(peer) => self.running.push(peer),
                Err(why) => {
                    eprintln!("{name}: skipped, {why}");
                    self.absent.push(name);
                }
            }
        }
        let named = self
            .running
            .iter_mut()
            .filter(|peer| names.contains(&peer.name));
        let ready = named.filter_map(|peer| match peer.prepare(workload, loss) {
            Ok(()) => Some(peer),
            Err(why) => {
                eprintln!("{}/{}: skipped, {why}", workload.name, peer.name);
                None
            }
        });
        ready.collect()
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
    /// Starts it; why there is none, if so.
    fn start(python: &Path, name: &'static str, threads: usize) -> Result<Self, String> {
        let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/driver.py");
        let failed = |error: std::io::Error| format!("{}: {error}", python.display());
        let mut child = Command::new(python)
            .arg(driver)
            .args([name, &threads.to_string()])
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
            .env("OMP_NUM_THREADS", threads.to_string())
            .env("OMP_WAIT_POLICY", "PASSIVE")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .spawn()
            .map_err(failed)?;
        load::adopt(child.id());
        let requests = child.stdin.take().ok_or("no input to write to")?;
        let answers = BufReader::new(child.stdout.take().ok_or("no output to read")?);
        let mut peer = Peer {
            name,
            child,
            requests,
            answers,
        };
        peer.answer()?;
        Ok(peer)
    }

    /// Hands it points and start values.
    fn prepare(&mut self, workload: &Workload, loss: f64) -> Result<(), String> {
        let file = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
        let data: Vec<u8> = numbers(workload)
            .iter()
            .flat_map(|x| x.to_le_bytes())
            .collect();
        std::fs::write(file.path(), data).map_err(|error| error.to_string())?;
        let answer = self.ask(&json!({"prepare": workload.name, "file": file.path()}))?;
        match answer["loss"].as_f64() {
            Some(theirs) if (theirs - loss).abs() > 1e-3 * loss => {
                Err(format!("its loss at the start is {theirs}, ours {loss}"))
            }
            _ => Ok(()),
        }
    }

    /// Steps of Adam, or iterations of L-BFGS on what it is for.
    pub fn run(&mut self, workload: &str, steps: usize) -> Result<Burst, String> {
        let answer = self.ask(&json!({"run": workload, "steps": steps}))?;
        let number = |name: &str| {
            answer[name]
                .as_f64()
                .ok_or(format!("no `{name}`: {answer}"))
        };
        Ok(Burst {
            count: number("count")?,
            seconds: number("seconds")?,
        })
    }

    fn ask(&mut self, request: &Value) -> Result<Value, String> {
        let written = writeln!(self.requests, "{request}").and_then(|()| self.requests.flush());
        written.map_err(|error| format!("it ended: {error}"))?;
        self.answer()
    }

    fn answer(&mut self) -> Result<Value, String> {
        let mut line = String::new();
        let read = self.answers.read_line(&mut line);
        read.map_err(|error| error.to_string())?;
        let answer: Value = serde_json::from_str(&line)
            .map_err(|_| format!("it ended or wrote no JSON: {line:?}"))?;
        match answer["error"].as_str() {
            Some(error) => Err(error.to_string()),
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
