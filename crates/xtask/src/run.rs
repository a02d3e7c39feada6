//! `cargo xtask run`: from a fresh clone to the client's window, with a platform of one's own behind it.

use std::path::PathBuf;
use std::process::Command;

use crate::build::{self, CLIENT, LOCAL, PLATFORM, Purpose};
use crate::command::{Failure, Outcome, line, say_and_run};
use crate::place::Place;
use crate::section::Sections;
use crate::setup::{self, Needs};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Throws away the deployment of earlier runs, its accounts and projects too.
    #[arg(long)]
    fresh: bool,
    /// Walks the journey on a screen of its own and leaves a picture of each step in this folder.
    #[arg(long, value_name = "DIR")]
    shots: Option<PathBuf>,
    /// Builds as for a release: smaller and faster, takes longer to build.
    #[arg(long)]
    release: bool,
}

pub(crate) fn run(options: &Options) -> Outcome {
    let place = Place::find()?;
    let display = setup::has_display();
    let walk = !display || options.shots.is_some();
    if !display {
        println!("No display here: the journey is walked on one of its own (Xvfb), without you.");
    }
    let (needs, purpose) = if walk { (Needs::Walk, Purpose::EndToEnd) } else { (Needs::Build, Purpose::Use) };
    let folder = place.target.join("local");
    let program = |name| place.built(name, options.release);

    let mut sections = Sections::start();
    sections.must("set-up", || setup::set_up(&place, needs))?;
    sections.must("screens", || {
        build::ui_packages(&place)?;
        build::ui(&place, purpose)
    })?;
    sections.must("platform", || build::platform(&place, options.release))?;
    sections.must("deployment", || {
        let mut prepare = Command::new(program(LOCAL));
        prepare.arg("prepare").arg("--folder").arg(&folder);
        if options.fresh {
            prepare.arg("--fresh");
        }
        say_and_run(&mut prepare)
    })?;
    let deployment = folder.join("deployment.json");
    sections.must("client", || build::client(&place, purpose, &deployment, options.release))?;

    let mut local = Command::new(program(LOCAL));
    local.arg("run").arg("--platform").arg(program(PLATFORM)).arg("--client").arg(program(CLIENT));
    local.arg("--folder").arg(&folder);
    if let Some(shots) = &options.shots {
        local.arg("--shots").arg(shots);
    }
    if walk {
        local.arg("--walk");
    }
    become_it(&mut local)
}

/// Leaves the terminal, its signals and the exit code to another program.
fn become_it(command: &mut Command) -> Outcome {
    let line = line(command);
    println!("\n$ {line}");
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        Err(Failure::NotStarted { line, source: command.exec() })
    }
    #[cfg(not(unix))]
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::Ended { line, status }),
        Err(source) => Err(Failure::NotStarted { line, source }),
    }
}
