//! `polder-release`: what the holders of Polder's keys use. `ceremony.md` says who does what, and when.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
