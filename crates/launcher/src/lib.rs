//! The small program that people start: it chooses a slot, checks it whole, starts it, and stays until it ends.
//!
//! A release on trial that ends twice without having said anything is left for the one before, and remembered. What a
//! release says it says through `polder_slots`; a refusal at the gate is something said. Nothing here waits for a
//! network.
//!
//! **What remains.** Between the check and the start nobody can put another file in the program's place: on Linux the
//! file that was checked is what is started, elsewhere the path is looked at once more. Somebody with this person's own
//! rights can still write into the checked file itself in that moment, or replace the launcher; against them the gate's
//! own measurement and the platform stand.

mod choose;
mod deployment;
mod packaged;
mod renew;
mod restarts;
mod say;
mod start;
mod system;
mod watch;

pub use choose::{Judged, Which, choose};

use std::process::ExitCode;

use polder_slots::Slots;
use polder_wire::update::this_system;

use watch::Launcher;

/// What this ends with when nothing can be started.
pub const NOTHING: u8 = 69;

/// All of it. Takes no arguments: what is given is not looked at.
pub fn run() -> ExitCode {
    ExitCode::from(launch())
}

fn launch() -> u8 {
    // Before anything is replaced: afterwards the system calls this file deleted.
    let own = match std::env::current_exe() {
        Ok(own) => own,
        Err(error) => {
            say::log(&format!("nobody can tell where this program lies: {error}"));
            return NOTHING;
        }
    };
    let deployment = match deployment::embedded() {
        Ok(deployment) => deployment,
        Err(error) => {
            say::nothing(&error.to_string());
            return NOTHING;
        }
    };
    let data = match deployment::data_folder() {
        Ok(data) => data,
        Err(error) => {
            say::no_place(&error);
            return NOTHING;
        }
    };
    let launcher = Launcher {
        slots: Slots::at(&data, &deployment.name),
        anchor: deployment.anchor,
        system: this_system(),
        packaged: packaged::folder(&own),
        own,
    };
    launcher.run()
}
