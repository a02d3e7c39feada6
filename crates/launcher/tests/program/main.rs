//! What the tests put into slots: it does what a file beside it says, line by line, and says that it ran.
#![allow(clippy::print_stderr)]

use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
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
    // For whoever wants to end it.
    fs::write(data.join("pid"), std::process::id().to_string())?;
    note(&data, &version.to_string())?;
    for line in fs::read_to_string(slot.join("part"))?.lines() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "exit" => return Ok(rest.parse()?),
            "crash" => std::process::abort(),
            // What is no code of one byte: on Windows the number of what went wrong.
            "end" => std::process::exit(rest.parse()?),
            "die" => die(),
            // Only the first to come to this line goes on, or only the first does not.
            "first" if fs::create_dir(data.join(rest)).is_err() => die(),
            "later" if fs::create_dir(data.join(rest)).is_ok() => die(),
            "first" | "later" => {}
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
            other => return Err(format!("no such word: {other}").into()),
        }
    }
    Ok(0)
}

/// As by somebody's hand.
fn die() -> ! {
    #[cfg(unix)]
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    std::process::abort()
}

fn note(data: &Path, what: &str) -> Result<(), Box<dyn Error>> {
    let mut file = OpenOptions::new().create(true).append(true).open(data.join("ran"))?;
    // In one write, as several may be at it.
    file.write_all(format!("{what}\n").as_bytes())?;
    Ok(())
}
