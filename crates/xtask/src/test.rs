//! `cargo xtask test`: every check there is, in an order in which the quick ones speak first.

use std::path::Path;
use std::process::Command;

use crate::build::{self, CLIENT, LAUNCHER, PLATFORM, Purpose};
use crate::command::{Failure, Outcome, say_and_listen, say_and_run};
use crate::count::{self, Count};
use crate::cross::{DebianRust, Made};
use crate::fuzz;
use crate::macos::{self, Arch, Extent};
use crate::pictures;
use crate::place::Place;
use crate::postgres::Postgres;
use crate::schemathesis::Schemathesis;
use crate::section::Sections;
use crate::setup::{self, Abroad, Needs};
use crate::tools;
use crate::windows::{self, Blows};

/// The tests that hold the platform against its API description.
const DESCRIPTION: &str = "package(polder-tests) & binary(schemathesis)";
/// What is for other systems.
const IN_WINE: &str = "Windows tests";
const FOR_WINDOWS: &str = "Windows client";
const FOR_MACOS: &str = "macOS compiles";
/// Whether a plain `cargo xtask test` looks at the other systems as well, in little (`--abroad`). `--all` always looks at
/// all of it.
const ABROAD_EACH_TIME: bool = false;
/// The tests that open windows. They go one after the other (`.config/nextest.toml`), after all others.
const WINDOWS: &str = "package(polder-tests) & (binary(journeys) | binary(attacks) | binary(shipped))";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Goes on to the slow parts when a quick one has failed, takes every picture in each theme and language, strikes
    /// updates a second time everywhere while they recover, and tests and compiles for the other systems.
    #[arg(long)]
    all: bool,
    /// Runs only the tests of what has no window, as Windows programs in wine.
    #[arg(long)]
    windows: bool,
    /// Runs only what is for other systems, in little: the same as with --windows, with fewer blows while an update
    /// recovers, and then whether Polder itself compiles for one kind of Mac.
    #[arg(long, conflicts_with = "windows")]
    abroad: bool,
    /// Runs only the Rust and window tests whose names contain one of these.
    filter: Vec<String>,
}

pub(crate) fn test(options: &Options) -> Outcome {
    let place = Place::find()?;
    let mut sections = Sections::start();
    if options.windows {
        sections.must("set-up", || {
            setup::set_up_abroad(&place, Abroad::Windows)?;
            tools::install_nextest(&place)
        })?;
        sections.check(IN_WINE, |count| windows::test(&place, Blows::Usual, &options.filter, count));
        return finish(&sections, &options.filter);
    }
    if options.abroad {
        sections.must("set-up", || tools::install_nextest(&place))?;
        abroad_in_little(&place, &options.filter, &mut sections);
        return finish(&sections, &options.filter);
    }
    sections.must("set-up", || {
        setup::set_up(&place, Needs::Test)?;
        tools::install(&place)
    })?;
    let filtered = !options.filter.is_empty();
    if filtered {
        sections.must("screens", || build::ui_packages(&place))?;
    } else {
        quick(&place, options.all, &mut sections);
    }
    if sections.all_passed() || options.all {
        slow(&place, &mut sections, options);
    } else {
        for name in
            ["shipped client", "build", "doc tests", "Rust tests", "API description", "window journeys"]
        {
            sections.leave(name, "a part before failed; --all runs it all the same");
        }
    }
    if options.all && !filtered {
        abroad(&place, &mut sections);
    } else if ABROAD_EACH_TIME && !filtered {
        abroad_in_little(&place, &[], &mut sections);
    }
    finish(&sections, &options.filter)
}

/// The summary; a filter that met nothing is an error.
fn finish(sections: &Sections, filter: &[String]) -> Outcome {
    sections.finish()?;
    if !filter.is_empty() && sections.count() == Count::default() {
        return Err(Failure::Needs(format!("No test is called anything like {}.", filter.join(" or "))));
    }
    Ok(())
}

/// What is for another system. It takes longer than everything else and comes last, so that the rest speaks first.
fn abroad(place: &Place, sections: &mut Sections) {
    if DebianRust::is_to_be_had() {
        sections.check(IN_WINE, |count| {
            setup::set_up_abroad(place, Abroad::Windows)?;
            windows::test(place, Blows::Usual, &[], count)
        });
        sections.check(FOR_WINDOWS, |_| {
            build::ui(place, Purpose::Use)?;
            windows::build(place, &Made { release: false, deployment: None }).map(drop)
        });
        sections.check(FOR_MACOS, |_| macos::all(place, Extent::Whole));
    } else {
        for name in [IN_WINE, FOR_WINDOWS, FOR_MACOS] {
            sections.leave(name, "the compilers for it are Debian 12's, and this is another system");
        }
    }
}

/// As much of it as a run can bear that somebody waits for.
fn abroad_in_little(place: &Place, filter: &[String], sections: &mut Sections) {
    if DebianRust::is_to_be_had() {
        sections.check(IN_WINE, |count| {
            setup::set_up_abroad(place, Abroad::Windows)?;
            windows::test(place, Blows::Few, filter, count)
        });
        sections.check(FOR_MACOS, |_| macos::one(place, Arch::Aarch64, Extent::RustAlone));
    } else {
        for name in [IN_WINE, FOR_MACOS] {
            sections.leave(name, "the compilers for it are Debian 12's, and this is another system");
        }
    }
}

/// What needs no program. Each runs even where one before has failed.
fn quick(place: &Place, all: bool, sections: &mut Sections) {
    sections.check("formatting", |_| say_and_run(place.cargo().args(["fmt", "--all", "--check"])));
    // Before clippy: the desktop shell does not compile without the built screens.
    sections.check("screens", |count| screens(place, count));
    if cfg!(target_os = "linux") {
        sections.check("pictures", |count| pictures::compare(place, all, count));
    }
    sections.check("licences and bans", |_| {
        println!("(Known vulnerabilities are not asked for here, because the list of them needs a network:");
        println!(" `cargo deny check advisories` does.)");
        say_and_run(place.cargo().args(["deny", "--locked", "check", "licenses", "bans", "sources"]))
    });
    sections.check("clippy", |_| {
        // Once as for tests, once as for people: the code that only one of the two has is looked at as well.
        for features in [&["--all-features"][..], &[]] {
            let mut cargo = place.cargo();
            cargo.args(["clippy", "--locked", "--workspace", "--all-targets"]).args(features);
            say_and_run(cargo.args(["--", "--deny", "warnings"]))?;
        }
        Ok(())
    });
}

fn screens(place: &Place, count: &mut Count) -> Outcome {
    build::ui_packages(place)?;
    say_and_run(place.npm().args(["run", "check"]))?;
    // As people get it: tests look into what was built, and the shipped client is made with it.
    build::ui(place, Purpose::Use)?;
    let report = place.target.join("xtask/vitest.json");
    forget(&report)?;
    let mut npm = place.npm();
    npm.args(["test", "--", "--reporter=default", "--reporter=json"]);
    let tested = say_and_run(npm.arg(format!("--outputFile.json={}", report.display())));
    *count = count::vitest(&report)?;
    tested
}

/// What needs the programs.
fn slow(place: &Place, sections: &mut Sections, Options { all, filter, .. }: &Options) {
    let whole = filter.is_empty();
    // As people get it, for the tests that look at what is shipped.
    let shipped = sections.check("shipped client", |_| {
        build::ui(place, Purpose::Use)?;
        let mut cargo = place.cargo();
        cargo.args(["build", "--locked", "--release", "--package", CLIENT, "--package", LAUNCHER]);
        say_and_run(cargo.env_remove("POLDER_DEPLOYMENT"))
    });
    if !shipped {
        for name in ["build", "doc tests", "Rust tests", "API description", "window journeys"] {
            sections.leave(name, "the shipped client does not build");
        }
        return;
    }
    // All in one build with one set of features, so that nothing is compiled twice.
    let built = sections.check("build", |_| {
        // As tests drive it.
        build::ui(place, Purpose::EndToEnd)?;
        let mut cargo = place.cargo();
        cargo.args(["build", "--locked", "--workspace", "--all-targets", "--all-features"]);
        say_and_run(cargo.env_remove("POLDER_DEPLOYMENT"))
    });
    if !built {
        for name in ["doc tests", "Rust tests", "API description", "window journeys"] {
            sections.leave(name, "the build failed");
        }
        return;
    }
    if whole {
        sections.check("doc tests", |count| {
            let mut cargo = place.cargo();
            cargo.args(["test", "--locked", "--doc", "--workspace", "--all-features"]);
            let (said, tested) = say_and_listen(cargo.env_remove("POLDER_DEPLOYMENT"));
            *count = count::cargo_test(&said);
            tested
        });
    }
    sections.check("Rust tests", |count| {
        let postgres = Postgres::start(&place.me)?;
        let mut cargo = nextest(place, &format!("not ({WINDOWS}) & not ({DESCRIPTION})"), filter);
        cargo.env("POLDER_TEST_POSTGRES_URL", postgres.url());
        if *all {
            cargo.env("POLDER_FAULTS", "all");
        }
        counted(place, &mut cargo, count)
    });
    sections.check("API description", |count| described(place, filter, count));
    if whole && cfg!(target_os = "linux") {
        sections.check("fuzzers", |count| fuzz::run(place, count));
    }
    sections.check("window journeys", |count| counted(place, &mut nextest(place, WINDOWS, filter), count));
}

/// nextest over one part of the tests, none of which may be missing because of an earlier failure.
fn nextest(place: &Place, part: &str, filter: &[String]) -> Command {
    let mut cargo = place.cargo();
    cargo.args(["nextest", "run", "--locked", "--workspace", "--all-features", "--no-fail-fast"]);
    // A part without tests is an error, unless a filter made it so.
    cargo.arg(if filter.is_empty() { "--no-tests=fail" } else { "--no-tests=pass" });
    cargo.args(["-E", part]).args(filter);
    cargo.env("POLDER_CLIENT_BIN", place.built(CLIENT, false));
    cargo.env("POLDER_LAUNCHER_BIN", place.built(LAUNCHER, false));
    cargo.env("POLDER_SHIPPED_BIN", place.built(CLIENT, true));
    cargo.env("POLDER_SHIPPED_LAUNCHER_BIN", place.built(LAUNCHER, true));
    cargo.env("POLDER_PLATFORM_BIN", place.built(PLATFORM, false));
    cargo.env_remove("POLDER_DEPLOYMENT");
    cargo
}

fn counted(place: &Place, nextest: &mut Command, count: &mut Count) -> Outcome {
    // nextest keeps its store below the root, wherever the target folder is.
    let report = place.root.join("target/nextest/default/junit.xml");
    forget(&report)?;
    let tested = say_and_run(nextest);
    *count = count::nextest(&report)?;
    tested
}

/// The tests themselves count, and so does each operation that they attacked.
fn described(place: &Place, filter: &[String], count: &mut Count) -> Outcome {
    let schemathesis = Schemathesis::install(place)?;
    let mut cargo = nextest(place, DESCRIPTION, filter);
    schemathesis.tell(&mut cargo);
    let tested = counted(place, &mut cargo, count);
    *count = *count + schemathesis.count()?;
    tested
}

/// An old report must not be counted as a new one.
fn forget(report: &Path) -> Outcome {
    match std::fs::remove_file(report) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::File { path: report.to_owned(), source })
        }
        _ => Ok(()),
    }
}
