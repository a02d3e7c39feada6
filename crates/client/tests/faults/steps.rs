//! One whole update without a window, for the tests that kill it or hinder it anywhere.
//!
//! Arguments: data folder, deployment file, the version that runs, system, unix seconds. All that touches the disk happens
//! on one thread, whose number is the first line that is said; then it waits for a line from whoever watches that thread.
//! The last line is `in-place` or the code that a person would be told by.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use polder_client::deployment::Deployment;
use polder_client::gate::{Gate, Installed, Refusal};
use polder_client::keychain::Vault;
use polder_client::proxy::System;
use polder_client::update::Patience;
use polder_slots::Slots;
use polder_wire::UnixSeconds;
use semver::Version;

fn main() -> ExitCode {
    // A blow that fell on what wakes a thread instead of on the disk would leave the others waiting for ever.
    std::panic::set_hook(Box::new(|_| std::process::exit(101)));
    match run() {
        Ok(Ok(())) => {
            println!("in-place");
            ExitCode::SUCCESS
        }
        Ok(Err(refusal)) => {
            println!("{}", refusal.code());
            eprintln!("{}", refusal.details());
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<Result<(), Refusal>, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [data, deployment, version, system, now] = arguments.as_slice() else {
        return Err("five arguments".into());
    };
    let (data, version) = (Path::new(data), version.parse::<Version>()?);
    let deployment = Deployment::parse(&std::fs::read(deployment)?)?;
    let slots = Slots::at(data, deployment.name());
    let installed =
        Installed { program: slots.slot(&version).join("polder"), version, system: system.clone() };
    let gate = Gate::new(deployment, installed, &data.join("gate"))
        .with_network(System::of_environment(|_| None), Vault::memory())
        .with_slots(slots)
        .with_patience(HASTY);
    let now = UnixSeconds(now.parse()?);
    // One thread for all work that blocks: then a run's calls have one order.
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(1).build()?;
    runtime.block_on(async {
        println!("{}", tokio::task::spawn_blocking(watched).await??);
        std::io::stdin().read_line(&mut String::new())?;
        Ok(Box::pin(gate.update(now, &|_| {})).await.map(drop))
    })
}

const HASTY: Patience = Patience {
    grace: Duration::from_secs(10),
    bytes_per_second: 1024,
    again: Duration::ZERO,
    others: Duration::ZERO,
};

/// The number of this thread, which anybody may watch from now on: some systems let only parents do that.
#[cfg(target_os = "linux")]
fn watched() -> std::io::Result<i32> {
    use rustix::process::{PTracer, set_ptracer};
    // A system that has no such rule knows no such call either.
    let _ = set_ptracer(PTracer::Any);
    Ok(rustix::thread::gettid().as_raw_nonzero().get())
}

#[cfg(not(target_os = "linux"))]
fn watched() -> std::io::Result<i32> {
    Err(std::io::ErrorKind::Unsupported.into())
}
