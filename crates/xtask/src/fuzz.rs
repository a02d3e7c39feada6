//! A bounded run of every fuzzer. Long ones are started by hand: `fuzz/README.md`.

use std::fs;
use std::path::Path;

use crate::command::{Failure, Outcome, output, say_and_run};
use crate::count::Count;
use crate::place::Place;

/// What libFuzzer needs to see where it got, and `cfg(fuzzing)`. None of it takes a nightly compiler.
const INSTRUMENTS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table --cfg fuzzing";
/// For each.
const SECONDS: u32 = 4;

/// Builds them all and runs one after the other; what makes one fail lies in `target/fuzz` then.
pub(crate) fn run(place: &Place, count: &mut Count) -> Outcome {
    let folder = place.root.join("fuzz");
    let built = place.target.join("fuzz");
    let host = host(place)?;
    let mut cargo = place.cargo();
    cargo.current_dir(&folder).args(["build", "--locked", "--release", "--target", &host, "--target-dir"]);
    say_and_run(cargo.arg(&built).env("RUSTFLAGS", INSTRUMENTS))?;

    let mut failed = Ok(());
    for target in targets(&folder.join("src"))? {
        let mut fuzzer = std::process::Command::new(built.join(&host).join("release").join(&target));
        fuzzer.arg(format!("-max_total_time={SECONDS}")).args(["-timeout=5", "-print_final_stats=0"]);
        fuzzer.arg(format!("-artifact_prefix={}/", built.display()));
        // New finds go into the first folder; the seeds stay as they are.
        let found = built.join("corpus").join(&target);
        fs::create_dir_all(&found).map_err(Failure::file(&found))?;
        fuzzer.arg(&found);
        let seeds = folder.join("corpus").join(&target);
        if seeds.is_dir() {
            fuzzer.arg(seeds);
        }
        match say_and_run(&mut fuzzer) {
            Ok(()) => count.passed += 1,
            Err(failure) => {
                count.failed += 1;
                failed = Err(failure);
            }
        }
    }
    failed
}

/// Their names are those of their files.
fn targets(sources: &Path) -> Outcome<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(sources).map_err(Failure::file(sources))? {
        let path = entry.map_err(Failure::file(sources))?.path();
        found.extend(path.file_stem().and_then(|name| name.to_str()).map(str::to_owned));
    }
    found.sort();
    Ok(found)
}

/// Named, so that the instruments are for the fuzzers and not for what builds them.
fn host(place: &Place) -> Outcome<String> {
    let said = output(std::process::Command::new("rustc").arg("-vV").current_dir(&place.root))?;
    said.lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .ok_or_else(|| Failure::Needs("rustc does not say for which system it builds.".into()))
}
