//! What a staged update adds to the next start: the launcher with a release on trial, beside the same with a confirmed one.

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use polder_local::Local;
use polder_tests::{Outcome, built};
use polder_wire::UnixSeconds;
use polder_wire::update::this_system;
use serde_json::json;

use super::published::{NEW, OLD, lay_out};
use crate::series::Series;

const TIMES: usize = 11;
/// As `src-tauri/tauri.conf.json` has it.
const IDENTIFIER: &str = "eu.polder.desktop";
/// A program that says something at once and ends; the rest of the slot's length is nothing.
const SAYS: &str = "/bin/echo";

/// Milliseconds from the launcher's start to the first word of the program.
pub(super) struct Starts {
    pub(super) confirmed: Series,
    pub(super) staged: Series,
}

pub(super) fn measure(local: &Local, length: usize) -> Outcome<Starts> {
    let home = tempfile::tempdir()?;
    let slots = home.path().join(IDENTIFIER).join("versions/local");
    for version in [&OLD, &NEW] {
        let mut program = std::fs::read(SAYS)?;
        program.resize(length, 0);
        let now = UnixSeconds::from_clock();
        let mut releases = local.publication(program, version, &this_system(), now)?.content.releases;
        let release = local.archived(releases.pop().ok_or("no release")?, &[])?;
        lay_out(&release.archive.ok_or("no archive")?.unpacked, &slots.join(version.to_string()))?;
    }
    let [mut confirmed, mut staged] = <[Series; 2]>::default();
    for turn in 0..=TIMES {
        let [one, other] = [true, false].map(|confirmed| -> Outcome<f64> {
            let pointer = json!({
                "schema": 1, "current": NEW, "before": OLD, "confirmed": confirmed, "starts": 0,
            });
            let (path, pointer) = (slots.join("current.json"), serde_json::to_vec(&pointer)?);
            std::fs::write(&path, pointer)?;
            let before = std::fs::metadata(&path)?.modified()?;
            let taken = start(home.path())?;
            // A release on trial is counted before it starts, by a new pointer; a confirmed one is not.
            let counted = std::fs::metadata(&path)?.modified()? != before;
            if counted == confirmed { Err("it was not started as what it is".into()) } else { Ok(taken) }
        });
        // The first fills the caches.
        if turn > 0 {
            confirmed.add(one?);
            staged.add(other?);
        }
    }
    Ok(Starts { confirmed, staged })
}

fn start(home: &Path) -> Outcome<f64> {
    let mut launcher = Command::new(built("POLDER_LAUNCHER_BIN")?);
    launcher.env("XDG_DATA_HOME", home).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let begun = Instant::now();
    let mut launched = launcher.spawn()?;
    let said = launched.stdout.take().ok_or("no standard output")?.read(&mut [0])?;
    let taken = begun.elapsed();
    let ended = launched.wait_with_output()?;
    // Whatever the launcher says is that something does not hold.
    if said == 0 || !ended.status.success() || !ended.stderr.is_empty() {
        return Err(String::from_utf8_lossy(&ended.stderr).into_owned().into());
    }
    Ok(taken.as_secs_f64() * 1_000.0)
}
