//! Peers that stay between the rows that they take part in.

use crate::THREADS;
use crate::comparison::peer::{Peer, Python, SINGLE};
use crate::comparison::training::Evaluated;
use crate::comparison::workload::Workload;

/// The peers that are there, started when they are first asked for.
pub struct Peers {
    python: Option<Python>,
    running: Vec<Peer>,
    absent: Vec<&'static str>,
}

impl Peers {
    pub fn from_environment() -> Self {
        Peers {
            python: Python::from_environment("cpu", THREADS),
            running: Vec::new(),
            absent: Vec::new(),
        }
    }

    /// Those of the named ones that are there and agree with us, ready to run a workload. Says which are left out.
    pub fn prepared(
        &mut self,
        names: &[&'static str],
        workload: &Workload,
        ours: &Evaluated,
    ) -> Vec<&mut Peer> {
        let Some(python) = &self.python else {
            return Vec::new();
        };
        for name in names {
            let known = self.running.iter().any(|peer| peer.name == *name);
            if known || self.absent.contains(name) {
                continue;
            }
            match python.start(name) {
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
        let ready = named.filter_map(|peer| match peer.prepare(workload, ours, SINGLE) {
            Ok(_) => Some(peer),
            Err(why) => {
                eprintln!("{}/{}: skipped, {why}", workload.name, peer.name);
                None
            }
        });
        ready.collect()
    }
}
