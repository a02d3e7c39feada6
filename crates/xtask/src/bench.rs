//! `cargo xtask bench`: builds what is measured, as people get it, and measures it against a peer or a limit in the same
//! run. By hand, on a quiet machine; `docs/performance.md` keeps what was reached.

use crate::build::{self, CLIENT, LOCAL, PLATFORM, Purpose};
use crate::command::{Outcome, say_and_run};
use crate::place::Place;
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
    /// From the click on Helsinki to the first picture of its map.
    Opening,
}

pub(crate) fn bench(options: &Options) -> Outcome {
    let place = Place::find()?;
    let mut sections = Sections::start();
    sections.must("set-up", || setup::set_up(&place, Needs::Bench))?;
    if let Which::Refusals = options.which {
        let mut cargo = place.cargo();
        return say_and_run(cargo.args([
            "bench",
            "--locked",
            "--package",
            "polder-client",
            "--bench",
            "refusals",
        ]));
    }
    // Not the folder of `cargo xtask run`: what people try out is not restarted under them.
    let folder = place.target.join("bench");
    let purpose = if let Which::Opening = options.which { Purpose::EndToEnd } else { Purpose::Use };
    sections.must("screens", || {
        build::ui_packages(&place)?;
        build::ui(&place, purpose)
    })?;
    sections.must("platform", || build::platform(&place, true))?;
    sections.must("deployment", || {
        say_and_run(
            std::process::Command::new(place.built(LOCAL, true)).arg("prepare").arg("--folder").arg(&folder),
        )
    })?;
    sections.must("client", || build::client(&place, purpose, &folder.join("deployment.json"), true))?;
    let mut peers = place.cargo();
    peers.args(["build", "--locked", "--release"]);
    let (of, example) =
        if let Which::Start = options.which { (CLIENT, "bare") } else { ("polder-client", "gate") };
    peers.args(["--package", of, "--example", example]);
    sections.must("peer", || {
        say_and_run(peers.env("POLDER_DEPLOYMENT", folder.join("deployment.json")))?;
        say_and_run(place.cargo().args(["build", "--locked", "--package", "polder-tests", "--bin", BENCH]))
    })?;

    let mut measure = std::process::Command::new(place.built(BENCH, false));
    let name = match options.which {
        Which::Start => "start",
        Which::Gate => "gate",
        Which::Opening | Which::Refusals => "opening",
    };
    let example = |name: &str| place.target.join("release/examples").join(name);
    measure.arg(name).env("POLDER_BENCH_FOLDER", &folder);
    measure
        .env("POLDER_RELEASE_BIN", place.built(CLIENT, true))
        .env("POLDER_DRIVEN_BIN", place.built(CLIENT, true));
    measure.env("POLDER_PLATFORM_BIN", place.built(PLATFORM, true));
    measure.env("POLDER_BARE_BIN", example("bare")).env("POLDER_GATE_BIN", example("gate"));
    say_and_run(&mut measure)
}
