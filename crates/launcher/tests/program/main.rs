//! What the tests put into slots: it does what a file beside it says, line by line, and says that it ran.
#![allow(clippy::print_stderr)]

use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use polder_slots::{MANIFEST, Manifest, Slots};

fn main() -> ExitCode {
    match play() {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("the test's own program: {error}");
            ExitCode::from(99)
        }
    }
}

fn play() -> Result<u8, Box<dyn Error>> {
    let own = std::env::current_exe()?;
    let slot = own.parent().ok_or("a program lies in a folder")?;
    let data = PathBuf::from(std::env::var_os("POLDER_E2E_DATA").ok_or("no data folder")?);
    if std::env::var("POLDER_LAUNCHER").as_deref() != Ok("1") {
        return Err("it was not started by the launcher".into());
    }
    let version = Manifest::parse(&fs::read(slot.join(MANIFEST))?)?.version;
    let slots = Slots::at(&data, "local");
    note(&data, &version.to_string())?;
    for line in fs::read_to_string(slot.join("part"))?.lines() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "exit" => return Ok(rest.parse()?),
            "crash" => std::process::abort(),
            "verdict" => drop(slots.lock()?.ok_or("locked")?.verdict(&version)?),
            "confirm" => drop(slots.lock()?.ok_or("locked")?.confirm(&version)?),
            "point" => drop(slots.lock()?.ok_or("locked")?.point_to(&rest.parse()?)?),
            "note" => note(&data, rest)?,
            // Ends with the first copy of this program that it starts, or on its own.
            "until" => {
                while !data.join(rest).exists() {
                    std::thread::sleep(Duration::from_millis(5));
                }
            }
            "run" => drop(Command::new("/bin/sh").args(["-c", rest]).current_dir(&data).status()?),
            other => return Err(format!("no such word: {other}").into()),
        }
    }
    Ok(0)
}

fn note(data: &Path, what: &str) -> Result<(), Box<dyn Error>> {
    let mut file = OpenOptions::new().create(true).append(true).open(data.join("ran"))?;
    // In one write, as several may be at it.
    file.write_all(format!("{what}\n").as_bytes())?;
    Ok(())
}
