//! Running a program that counts its own steps (`polder_slots` does, where it is built for tests), and is stopped or
//! hindered at one of them. For every system.

use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use crate::{Blow, Way};

pub(crate) struct Steps;

impl Way for Steps {
    type Point = usize;

    /// Linux has strace for all of them, and in wine a start takes long.
    fn each(&self) -> usize {
        match std::env::var("POLDER_FAULTS") {
            Ok(value) if value == "few" => usize::MAX,
            _ if cfg!(windows) => 15,
            _ => 5,
        }
    }

    /// It says itself how many it made.
    fn points(&self, command: &Command, _: &Path) -> Vec<usize> {
        let output = again(command).output().unwrap();
        assert!(output.status.success(), "an undisturbed run ends well");
        (0..String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()).collect()
    }

    fn strike(&self, command: &Command, _: &Path, point: &usize, blow: Blow) -> ExitStatus {
        let blow = match blow {
            Blow::Kill => "kill",
            Blow::FullDisk => "full",
        };
        let mut again = again(command);
        again.env("POLDER_TEST_STEP", format!("{blow}:{point}")).stdout(Stdio::null()).status().unwrap()
    }
}

fn again(command: &Command) -> Command {
    let mut again = Command::new(command.get_program());
    again.args(command.get_args()).stderr(Stdio::null());
    again
}
