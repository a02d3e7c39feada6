//! One check of the gate with an empty store, as a process of its own: `gate DEPLOYMENT DATA PROGRAM VERSION`. For
//! `cargo xtask bench gate`, which sets it against curl.

#![allow(clippy::print_stdout, reason = "a program for a terminal")]

use std::error::Error;
use std::path::PathBuf;

use polder_client::deployment::Deployment;
use polder_client::gate::{Gate, Installed};
use polder_client::keychain::Vault;
use polder_client::proxy::System;
use polder_wire::UnixSeconds;
use polder_wire::update::this_system;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let mut next = || arguments.next().ok_or("gate DEPLOYMENT DATA PROGRAM VERSION");
    let deployment = Deployment::parse(&std::fs::read(next()?)?)?;
    let data = next()?;
    let program = next()?;
    let version = next()?.to_string_lossy().parse()?;
    let installed = Installed { version, system: this_system(), program };
    // The way is straight, and nobody is asked for a password.
    let gate = Gate::new(deployment, installed, &data)
        .with_network(System::of_environment(|_| None), Vault::memory());
    let admission =
        gate.check(UnixSeconds::from_clock(), &|_| {}).await.map_err(|refusal| refusal.details())?;
    println!("{}", admission.version());
    Ok(())
}
