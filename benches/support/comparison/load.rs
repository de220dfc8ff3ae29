//! How much of the machine others take meanwhile.

use std::sync::Mutex;

/// Processes that count as ours beside this one.
static OURS: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// A child's time is ours.
pub fn adopt(process: u32) {
    OURS.lock().expect("nobody panics here").push(process);
}

/// Clock ticks of all CPUs since the start of the machine, as Linux counts them.
pub struct Load {
    all: f64,
    others: f64,
}

impl Load {
    /// None where the system does not say.
    pub fn now() -> Option<Self> {
        let stat = std::fs::read_to_string("/proc/stat").ok()?;
        let numbers = stat.lines().next()?.split_whitespace().skip(1).take(8);
        let ticks: Vec<f64> = numbers.filter_map(|n| n.parse().ok()).collect();
        // user, nice, system, idle, waiting for a device, two kinds of interrupts, stolen (see `man proc`)
        let [.., idle, waiting, _, _, _] = ticks[..] else {
            return None;
        };
        let all: f64 = ticks.iter().sum();
        let children = OURS.lock().expect("nobody panics here").clone();
        let ours: f64 = children.into_iter().filter_map(of_process).sum();
        let own = of_process(std::process::id())?;
        Some(Load {
            all,
            others: all - idle - waiting - own - ours,
        })
    }

    /// Share of the CPU time that others took since then.
    pub fn since(earlier: Option<&Load>) -> f64 {
        match (earlier, Load::now()) {
            (Some(then), Some(now)) if now.all > then.all => {
                ((now.others - then.others) / (now.all - then.all)).max(0.0)
            }
            _ => 0.0,
        }
    }
}

/// Ticks of one process; none if it has ended.
fn of_process(process: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // What follows the name in parentheses begins with field 3; 14 and 15 are user and system time.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |field: usize| fields.get(field - 3)?.parse::<f64>().ok();
    Some(ticks(14)? + ticks(15)?)
}
