//! `cargo xtask bench`: builds what is measured, as people get it, and measures it against a peer or a limit in the same
//! run. By hand, on a quiet machine; `docs/performance.md` keeps what was reached.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::{self, CLIENT, LAUNCHER, LOCAL, PLATFORM, Purpose};
use crate::command::{Outcome, say_and_run};
use crate::place::Place;
use crate::releases;
use crate::section::Sections;
use crate::setup::{self, Needs};

/// What measures.
const BENCH: &str = "polder-bench";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// What to measure.
    which: Which,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Which {
    /// From exec to sign-in usable, and its memory, beside an empty window of the same toolkit.
    Start,
    /// The gate's verdict beside curl that fetches the same files.
    Gate,
    /// How long each refusal takes that needs no waiting.
    Refusals,
    /// Password sign-ins a second beside argon2 alone, reads meanwhile, and the check of a token.
    Signin,
    /// From the click on Helsinki to the first picture of its map.
    Opening,
    /// An update of this very client beside a shell's programs in a row and beside tauri-plugin-updater.
    Update,
}

pub(crate) fn bench(options: &Options) -> Outcome {
    let place = Place::find()?;
    let mut sections = Sections::start();
    sections.must("set-up", || setup::set_up(&place, Needs::Bench))?;
    let alone = match options.which {
        Which::Refusals => Some(("polder-client", "refusals")),
        Which::Signin => Some((PLATFORM, "signin")),
        Which::Start | Which::Gate | Which::Opening | Which::Update => None,
    };
    if let Some((package, bench)) = alone {
        let mut cargo = place.cargo();
        return say_and_run(cargo.args(["bench", "--locked", "--package", package, "--bench", bench]));
    }
    // Not the folder of `cargo xtask run`: what people try out is not restarted under them.
    let folder = place.target.join("bench");
    sections.must("platform", || build::platform(&place, true))?;
    sections.must("deployment", || {
        say_and_run(Command::new(place.built(LOCAL, true)).arg("prepare").arg("--folder").arg(&folder))
    })?;
    let mut measure = Command::new(place.built(BENCH, false));
    measure.env("POLDER_BENCH_FOLDER", &folder).env("POLDER_PLATFORM_BIN", place.built(PLATFORM, true));
    let deployment = folder.join("deployment.json");
    match options.which {
        Which::Update => update(&place, &mut sections, &folder, &deployment, &mut measure)?,
        which => window(&place, &mut sections, which, &deployment, &mut measure)?,
    }
    sections.must("bench", || {
        say_and_run(place.cargo().args(["build", "--locked", "--package", "polder-tests", "--bin", BENCH]))
    })?;
    say_and_run(&mut measure)
}

/// What the client is measured beside, and the client itself.
fn window(
    place: &Place,
    sections: &mut Sections,
    which: Which,
    deployment: &Path,
    measure: &mut Command,
) -> Outcome {
    let (name, of, peer) = match which {
        Which::Start => ("start", CLIENT, "bare"),
        Which::Gate => ("gate", "polder-client", "gate"),
        Which::Opening | Which::Refusals | Which::Signin | Which::Update => {
            ("opening", "polder-client", "gate")
        }
    };
    let purpose = if let Which::Opening = which { Purpose::EndToEnd } else { Purpose::Use };
    sections.must("screens", || {
        build::ui_packages(place)?;
        build::ui(place, purpose)
    })?;
    sections.must("client", || build::client(place, purpose, deployment, true))?;
    sections.must("peer", || example(place, of, peer, deployment))?;
    measure
        .arg(name)
        .env("POLDER_RELEASE_BIN", place.built(CLIENT, true))
        .env("POLDER_DRIVEN_BIN", place.built(CLIENT, true))
        .env("POLDER_BARE_BIN", example_path(place, "bare"))
        .env("POLDER_GATE_BIN", example_path(place, "gate"));
    Ok(())
}

/// Releases to update between, who updates, and the launcher that starts what was staged.
fn update(
    place: &Place,
    sections: &mut Sections,
    folder: &Path,
    deployment: &Path,
    measure: &mut Command,
) -> Outcome {
    let built = sections.must("releases", || releases::build(place, folder, deployment))?;
    sections.must("updater", || example(place, "polder-client", "update", deployment))?;
    sections.must("launcher", || {
        let mut cargo = place.cargo();
        cargo.args(["build", "--locked", "--release", "--package", LAUNCHER, "--bin", LAUNCHER]);
        say_and_run(cargo.env("POLDER_DEPLOYMENT", deployment))
    })?;
    let peer = folder.join("tauri-updater");
    sections.must("peer", || {
        let mut cargo = place.cargo();
        cargo.current_dir(place.root.join("tests/bench/tauri-updater"));
        say_and_run(cargo.args(["build", "--locked", "--release", "--target-dir"]).arg(&peer))
    })?;
    let [old, patch, dependency] = built;
    measure
        .arg("update")
        .env("POLDER_OLD_RELEASE", old)
        .env("POLDER_PATCH_RELEASE", patch)
        .env("POLDER_DEPENDENCY_RELEASE", dependency)
        .env("POLDER_UPDATE_BIN", example_path(place, "update"))
        .env("POLDER_LAUNCHER_BIN", place.built(LAUNCHER, true))
        .env("POLDER_TAURI_UPDATER_BIN", peer.join("release/tauri-updater"));
    Ok(())
}

fn example(place: &Place, of: &str, name: &str, deployment: &Path) -> Outcome {
    let mut cargo = place.cargo();
    cargo.args(["build", "--locked", "--release", "--package", of, "--example", name]);
    say_and_run(cargo.env("POLDER_DEPLOYMENT", deployment))
}

fn example_path(place: &Place, name: &str) -> PathBuf {
    place.target.join("release/examples").join(name)
}
