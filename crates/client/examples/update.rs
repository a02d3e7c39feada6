//! What the desktop does from "there is a newer release" to "it starts next", as a process of its own:
//! `update DEPLOYMENT DATA PROGRAM VERSION`. For `cargo xtask bench update`, which sets it against other updaters.
//!
//! It says `idle` before anything, `known` once the gate has refused and `staged` once the new release starts next, each
//! with the microseconds of processor time that this process took until then; and goes on when a line comes.

#![allow(clippy::print_stdout, reason = "a program for a terminal")]

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use polder_client::deployment::Deployment;
use polder_client::gate::{Gate, Installed};
use polder_client::keychain::Vault;
use polder_client::proxy::System;
use polder_slots::Slots;
use polder_wire::UnixSeconds;
use polder_wire::update::this_system;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let mut next = || arguments.next().ok_or("update DEPLOYMENT DATA PROGRAM VERSION");
    let deployment = Deployment::parse(&std::fs::read(next()?)?)?;
    let data = next()?;
    let program = next()?;
    let version = next()?.to_string_lossy().parse()?;
    let slots = Slots::at(&data, deployment.name());
    let installed = Installed { version, system: this_system(), program };
    // The way is straight, and nobody is asked for a password.
    let gate = Gate::new(deployment, installed, &data)
        .with_network(System::of_environment(|_| None), Vault::memory())
        .with_slots(slots);
    say_and_wait("idle")?;
    let refusal = match gate.check(UnixSeconds::from_clock(), &|_| {}).await {
        Ok(admission) => return Err(format!("{} is admitted", admission.version()).into()),
        Err(refusal) => refusal,
    };
    if refusal.newest().is_none() {
        return Err(refusal.details().into());
    }
    // As the desktop, which shows what it is and forgets the rest.
    drop(refusal);
    say_and_wait("known")?;
    let staged = gate.update(UnixSeconds::from_clock(), &|_| {}).await;
    staged.map_err(|refusal| refusal.details())?;
    say_and_wait("staged")
}

fn say_and_wait(what: &str) -> Result<(), Box<dyn Error>> {
    println!("{what} {}", processor_time()?.as_micros());
    std::io::stdin().read_line(&mut String::new())?;
    Ok(())
}

#[cfg(unix)]
fn processor_time() -> Result<Duration, Box<dyn Error>> {
    use rustix::time::{ClockId, clock_gettime};
    Ok(Duration::try_from(clock_gettime(ClockId::ProcessCPUTime))?)
}

#[cfg(not(unix))]
fn processor_time() -> Result<Duration, Box<dyn Error>> {
    Err("nobody here knows how to ask for it".into())
}
