//! Starting a program.

use std::io;
use std::process::{Child, Command};

use polder_slots::Verified;
use polder_wire::update::UNDER_LAUNCHER;

use crate::system;

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct End {
    /// What a shell would call it: its exit code, or 128 and the signal.
    pub(crate) code: u8,
    /// Whether this launcher was asked to stop, and passed that on.
    pub(crate) asked: bool,
}

/// Starts a slot's program, without arguments. Where the system can, the file itself is started that was checked;
/// elsewhere its path is looked at once more.
pub(crate) fn start(slot: &Verified) -> io::Result<Child> {
    if let Some(mut command) = system::handle_of(slot) {
        return command.env(UNDER_LAUNCHER, "1").spawn();
    }
    if !slot.is_in_place()? {
        return Err(io::Error::other("the program was replaced after it was checked"));
    }
    Command::new(slot.program()).env(UNDER_LAUNCHER, "1").spawn()
}
