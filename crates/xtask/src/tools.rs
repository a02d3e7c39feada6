//! Cargo's two helpers that the checks use: built from source where the machine has none or an old one.

use crate::command::{Failure, Outcome, answer, say_and_run};
use crate::place::Place;
use crate::setup::{Version, version};

struct Tool {
    /// As in `cargo NAME`.
    name: &'static str,
    /// What is installed here.
    install: &'static str,
    /// What is good enough if the machine has it.
    oldest: Version,
}

const TOOLS: [Tool; 2] = [
    Tool { name: "nextest", install: "0.9.151", oldest: [0, 9, 130] },
    Tool { name: "deny", install: "0.20.2", oldest: [0, 19, 0] },
];

/// Makes sure that both are there. Takes a few minutes the first time on a machine without them.
pub(crate) fn install(place: &Place) -> Outcome {
    all(place, &TOOLS)
}

/// Makes sure that the one is there which runs tests.
pub(crate) fn install_nextest(place: &Place) -> Outcome {
    all(place, &TOOLS[..1])
}

fn all(place: &Place, tools: &[Tool]) -> Outcome {
    for tool in tools {
        let Tool { name, install, oldest } = tool;
        if is_there(place, tool) {
            continue;
        }
        println!("cargo-{name} {install} is built from source, once (a minute or three).");
        let build = place.tools().join("build");
        // Unoptimised: it is built three times as fast, and the tools wait for others most of the time.
        let mut cargo = place.cargo();
        cargo.args([
            "install",
            &format!("cargo-{name}"),
            "--version",
            install,
            "--locked",
            "--debug",
            "--force",
        ]);
        say_and_run(cargo.arg("--root").arg(place.tools()).arg("--target-dir").arg(&build))?;
        std::fs::remove_dir_all(&build).map_err(Failure::file(&build))?;
        if !is_there(place, tool) {
            return Err(Failure::Needs(format!(
                "cargo-{name} {install} was built, but `cargo {name} --version` does not answer {}.{}.{} or newer.",
                oldest[0], oldest[1], oldest[2]
            )));
        }
    }
    Ok(())
}

fn is_there(place: &Place, tool: &Tool) -> bool {
    answer(place.cargo().args([tool.name, "--version"]))
        .and_then(|said| version(&said))
        .is_some_and(|found| found >= tool.oldest)
}
