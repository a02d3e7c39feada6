//! What `cargo xtask bench` runs: measures built programs against a peer in the same run, in turn, and prints medians and
//! their ratio. Not a test: how long something takes depends on the machine.

#![allow(clippy::print_stdout, reason = "it prints what it measured")]

mod deployment;
mod gate;
mod opening;
mod series;
mod start;
mod update;

use std::process::ExitCode;

use polder_tests::Outcome;

#[tokio::main]
async fn main() -> ExitCode {
    let which = std::env::args().nth(1).unwrap_or_default();
    let measured: Outcome<bool> = match which.as_str() {
        "start" => start::measure().await,
        "gate" => gate::measure(),
        "opening" => opening::measure().await,
        "update" => update::measure(),
        _ => Err("polder-bench start | gate | opening | update".into()),
    };
    match measured {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("{error}");
            ExitCode::from(2)
        }
    }
}
