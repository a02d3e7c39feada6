//! Builds, runs and tests Polder. Two commands: `cargo xtask run` and `cargo xtask test`; each does all of its
//! own set-up and can be told to with nothing but Rust and Node installed.
#![expect(clippy::print_stdout, reason = "what it does is said to a person at a terminal")]

mod bench;
mod build;
mod command;
mod conformance;
mod count;
mod cross;
mod fuzz;
mod macos;
mod pictures;
mod place;
mod postgres;
mod python;
mod releases;
mod run;
mod schemathesis;
mod section;
mod setup;
mod test;
mod tools;
mod windows;
mod wine;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::command::Failure;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, runs and tests Polder.")]
struct Arguments {
    #[command(subcommand)]
    job: Job,
}

#[derive(Subcommand)]
enum Job {
    /// Builds everything, starts a platform of your own on this machine and opens the client.
    ///
    /// Installs what is missing. The second time it takes seconds and keeps the data. Without a display it walks
    /// the journey by itself.
    Run(run::Options),
    /// Runs every check: formatting, lints, licences, UI, Rust tests, journeys in a real window.
    Test(test::Options),
    /// Builds client and launcher for one system.
    ///
    /// For Windows on Debian as well, with what must lie beside them. For macOS everything is only compiled, but on a
    /// Mac: a program needs Apple's frameworks to be linked with.
    Build(cross::Options),
    /// Looks whether client and launcher compile for macOS, for both kinds of processor.
    Check(macos::Options),
    /// Takes a picture of every screen, in each theme and language.
    Shots(pictures::Shots),
    /// Shows what the screens are made of.
    Ui(pictures::Ui),
    /// Measures speed and memory against a peer or a limit in the same run.
    Bench(bench::Options),
    /// Runs the public TUF conformance suite, of which somebody has a checkout, against polder-update.
    Conformance(conformance::Options),
    /// Starts a throwaway PostgreSQL and ends it when standard input closes.
    #[command(hide = true)]
    KeepPostgres,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().job {
        Job::Run(options) => run::run(&options),
        Job::Test(options) => test::test(&options),
        Job::Build(options) => cross::build(&options),
        Job::Check(options) => macos::check(&options),
        Job::Shots(options) => pictures::shots(&options),
        Job::Ui(options) => pictures::ui(&options),
        Job::Bench(options) => bench::bench(&options),
        Job::Conformance(options) => conformance::conformance(&options),
        Job::KeepPostgres => postgres::keep(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // The summary was the last word.
        Err(Failure::NotPassed) => ExitCode::FAILURE,
        Err(failure) => {
            println!("\n{failure}");
            failure.exit_code()
        }
    }
}
