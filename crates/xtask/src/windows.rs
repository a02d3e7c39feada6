//! Client and launcher for Windows, and what is tested of them in wine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::{CLIENT, LAUNCHER};
use crate::command::{Failure, Outcome, say_and_run};
use crate::count::{self, Count};
use crate::cross::{DebianRust, Made, said};
use crate::place::Place;
use crate::wine::Wine;

const TARGET: &str = "x86_64-pc-windows-gnu";
const GCC: &str = "x86_64-w64-mingw32-gcc";
/// What compiles libraries that are written in C, and the packages that bring it.
pub(crate) const C_TOOLS: [(&str, &str); 2] = [(GCC, "gcc-mingw-w64-x86-64-win32"), ("nasm", "nasm")];
/// What finds the WebView2 runtime of the computer. A program that was linked with mingw looks for it beside itself.
const LOADER: &str = "WebView2Loader.dll";
/// All that has no window.
const HEADLESS: [&str; 4] = ["polder-wire", "polder-slots", "polder-launcher", "polder-client"];

/// Builds client and launcher, and says where they lie.
pub(crate) fn build(place: &Place, made: &Made) -> Outcome<Vec<PathBuf>> {
    let folder = folder(place)?;
    let mut cargo = cargo(place, &folder, "build");
    made.tell(cargo.args(["--package", CLIENT, "--package", LAUNCHER]));
    say_and_run(&mut cargo)?;
    let built = folder.join(TARGET).join(if made.release { "release" } else { "debug" });
    let loader = built.join(LOADER);
    if !loader.is_file() {
        return Err(Failure::Needs(format!("The build left no {LOADER} in {}.", built.display())));
    }
    Ok([CLIENT, LAUNCHER].map(|name| built.join(format!("{name}.exe"))).into_iter().chain([loader]).collect())
}

/// How often an update is disturbed once more while it recovers. In wine each start takes long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blows {
    /// As the tests have it.
    Usual,
    /// In one place of each recovery.
    Few,
}

/// Runs the tests of everything that has no window, as Windows programs.
pub(crate) fn test(place: &Place, blows: Blows, filter: &[String], count: &mut Count) -> Outcome {
    let folder = folder(place)?;
    let wine = Wine::start(&place.target.join("wine"), &place.root.join("crates/xtask/wine"), GCC)?;
    let report = place.root.join("target/nextest/windows/junit.xml");
    // An old report must not be counted as a new one.
    match fs::remove_file(&report) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Failure::file(&report)(error));
        }
        _ => {}
    }
    let mut cargo = cargo(place, &folder, "nextest");
    cargo.args(["--profile", "windows", "--no-fail-fast", "--lib", "--bins", "--tests"]);
    if blows == Blows::Few {
        cargo.env("POLDER_FAULTS", "few");
    }
    cargo.arg(if filter.is_empty() { "--no-tests=fail" } else { "--no-tests=pass" });
    for package in HEADLESS {
        cargo.args(["--package", package]);
    }
    cargo.arg("--config").arg(format!("target.{TARGET}.runner={}", wine.runner()));
    cargo.args(filter).env_remove("POLDER_DEPLOYMENT");
    let tested = say_and_run(&mut cargo);
    *count = count::nextest(&report)?;
    tested
}

/// One place for everything that these tools build.
fn folder(place: &Place) -> Outcome<PathBuf> {
    for (program, package) in C_TOOLS {
        said(program, "--version", package)?;
    }
    DebianRust::find()?.shared_folder(place)
}

fn cargo(place: &Place, folder: &Path, job: &str) -> Command {
    let mut cargo = DebianRust::cargo(place, folder);
    cargo.arg(job);
    if job == "nextest" {
        cargo.arg("run");
    }
    cargo.args(["--locked", "-Zbuild-std=std,panic_unwind,test", "--target", TARGET]);
    cargo.env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER", GCC);
    // Of all that is compiled this takes longest, and tests do little with it.
    cargo.args(["--config", "profile.dev.package.zstd-sys.opt-level=1"]);
    // Nobody debugs it here, and nobody changes a line and builds again: it is there sooner.
    cargo.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_INCREMENTAL", "0");
    cargo
}
