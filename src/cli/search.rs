//! `pinn search`

mod progress;
mod told;

use super::{Code, Context, error::CliError, interrupt, solve::start::run_folder};
use clap::Args;
use pinn_equations::registry::Registry;
use pinn_nas::{Header, Journal, LocalEvaluator, Plan, SearchError, SearchReport, Space, WINNER};
use pinn_output::RunFolder;
use pinn_problem::{Problem, Proposals};
use progress::Watch;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Tests whether a normalization layer helps on this problem, and where to put it.
///
/// It trains many configurations briefly, the best of them longer, and finally the finalists and the network
/// without norms to the end, with the same seeds. It compares the dimensionless residual at points that training
/// did not use.
#[derive(Args)]
#[command(after_help = "\
Examples:
  pinn search problems/thermal.toml
  pinn search problems/thermal.toml --jobs 1 --out /tmp/norms
  pinn search problems/thermal.toml --proposals tpe
  pinn search problems/thermal.toml --exhaustive     train every configuration
  pinn search --resume runs/search-thermal-1         continue a stopped search
  pinn solve runs/search-thermal-1/winner.toml       solve with the norms that won")]
pub(super) struct Arguments {
    /// Problem file; its section [search] lists what to try
    #[arg(required_unless_present = "resume")]
    file: Option<PathBuf>,
    /// Folder to create [default: runs/search-<name>-<n>]
    #[arg(long, value_name = "DIR", conflicts_with = "resume")]
    out: Option<PathBuf>,
    /// Folder of a search to continue: finished trainings are not repeated
    #[arg(long, value_name = "RUN", conflicts_with_all = ["file", "seed", "proposals", "exhaustive"])]
    resume: Option<PathBuf>,
    /// First seed of trainings and seed of proposals, instead of the file's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Number of simultaneous trainings; 0 uses every core. Does not change results
    #[arg(long, value_name = "N", default_value_t = 0)]
    jobs: usize,
    /// Method that proposes configurations, instead of the file's: grid, random, tpe or nsga2
    #[arg(long, value_name = "METHOD", value_parser = method, conflicts_with = "exhaustive")]
    proposals: Option<Proposals>,
    /// Train every configuration as long as the last rung does
    #[arg(long)]
    exhaustive: bool,
    /// Print nothing but errors
    #[arg(long, short)]
    quiet: bool,
}

fn method(name: &str) -> Result<Proposals, String> {
    let known = Proposals::ALL.map(Proposals::name);
    let mut all = Proposals::ALL.into_iter();
    all.find(|m| m.name() == name)
        .ok_or_else(|| format!("expected one of {}", known.join(", ")))
}

pub(super) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Code, CliError> {
    let mut silent = io::sink();
    let out: &mut dyn Write = match arguments.quiet {
        true => &mut silent,
        false => &mut *context.out,
    };
    let Start {
        problem,
        space,
        plan,
        journal,
        folder,
    } = match &arguments.resume {
        Some(run) => Start::resume(run, context.registry)?,
        None => Start::fresh(arguments, context.registry)?,
    };
    let path = folder.path();
    if folder.report().exists() {
        writeln!(
            out,
            "this search has ended; its files are in {}",
            path.display()
        )
        .map_err(CliError::Stdout)?;
        return Ok(Code::Done);
    }
    told::plan(&problem, &plan, &space, out)
        .and_then(|()| writeln!(out, "\nrun folder {}\n", path.display()))
        .and_then(|()| out.flush())
        .map_err(CliError::Stdout)?;
    interrupt::listen().map_err(CliError::Signals)?;
    let steps = plan.steps(&problem, &space).map_err(SearchError::from)?;
    let watch = Watch::new(arguments.quiet, steps);
    let searched = interrupt::heeded(|stop| {
        let watch = |event: pinn_nas::Event<'_>| watch.told(&event);
        let jobs = arguments.jobs;
        let mut evaluator = LocalEvaluator::new(&problem, &space, journal, jobs, stop, &watch);
        pinn_nas::search(&plan, &space, &mut evaluator)
    });
    watch.finish();
    let search = match searched {
        Err(SearchError::Interrupted) => {
            let program = super::program();
            eprintln!(
                "interrupted; finished trainings are kept. To continue: {program} search --resume {}",
                path.display()
            );
            return Ok(Code::Interrupted);
        }
        other => other?,
    };
    let report = SearchReport::new(&problem, &plan, search);
    let files = pinn_nas::write(path, &problem, &space, &report, context.registry)?;
    told::result(&report, out)
        .and_then(|()| told::files(path, &files, out))
        .and_then(|()| {
            let winner = path.join(WINNER);
            writeln!(
                out,
                "to solve it: {} solve {}",
                super::program(),
                winner.display()
            )
        })
        .map_err(CliError::Stdout)?;
    Ok(Code::Done)
}

/// A search that is ready to begin or to continue.
struct Start {
    problem: Problem,
    space: Space,
    plan: Plan,
    journal: Journal,
    folder: RunFolder,
}

impl Start {
    fn fresh(arguments: &Arguments, registry: &Registry) -> Result<Self, CliError> {
        // Clap asks for one of the two.
        let file = arguments.file.as_deref().unwrap_or(Path::new(""));
        let mut problem = Problem::load(file, registry)?;
        if problem.family.is_some() {
            return Err(CliError::SearchOfFamily {
                file: file.to_path_buf(),
            });
        }
        if let Some(seed) = arguments.seed {
            problem.settings.seed = seed;
        }
        if let Some(proposals) = arguments.proposals {
            problem.search.proposals = Some(proposals);
        }
        let mut plan = Plan::new(&problem);
        plan.exhaustive = arguments.exhaustive;
        let space = Space::new(&problem).map_err(SearchError::from)?;
        // Before there is a folder: a space that cannot be searched leaves nothing behind.
        plan.check(&space).map_err(SearchError::from)?;
        let name = format!("search-{}", problem.name);
        let folder = run_folder(arguments.out.as_deref(), &name, &problem)?;
        let header = Header {
            pinn: env!("CARGO_PKG_VERSION").to_string(),
            problem: problem.name.clone(),
            seed: plan.seed,
            exhaustive: plan.exhaustive,
            search: plan.settings.clone(),
        };
        let journal = Journal::create(folder.path(), &header)?;
        Ok(Start {
            problem,
            space,
            plan,
            journal,
            folder,
        })
    }

    fn resume(run: &Path, registry: &Registry) -> Result<Self, CliError> {
        let folder = RunFolder::open(run)?;
        let (header, journal) = Journal::open(run)?;
        let mut problem = Problem::load(&folder.problem(), registry)?;
        problem.name = header.problem;
        problem.settings.seed = header.seed;
        problem.search = header.search;
        let mut plan = Plan::new(&problem);
        plan.exhaustive = header.exhaustive;
        let space = Space::new(&problem).map_err(SearchError::from)?;
        plan.check(&space).map_err(SearchError::from)?;
        Ok(Start {
            problem,
            space,
            plan,
            journal,
            folder,
        })
    }
}
