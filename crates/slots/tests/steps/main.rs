//! Everything that a client does to slots for one update, for the tests that kill it anywhere.
//!
//! Arguments: data folder, archive, public key, version, system.
#![allow(clippy::print_stderr, clippy::print_stdout)]

use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::process::ExitCode;

use minisign_verify::PublicKey;
use polder_slots::archive::Limits;
use polder_slots::{Anchor, Bad, Slots, Verified};
use semver::Version;

fn main() -> ExitCode {
    match apply() {
        Ok(()) => {
            println!("{}", polder_slots::testing::steps());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn apply() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [data, archive, key, version, system] = arguments.as_slice() else {
        return Err("five arguments".into());
    };
    let slots = Slots::at(Path::new(data), "local");
    let anchor = Anchor::new(PublicKey::from_base64(key)?);
    let version: Version = version.parse()?;
    let archive = File::open(archive)?;
    let limits = Limits { length: archive.metadata()?.len() };

    let mut incoming = slots.incoming()?.ok_or("somebody else fetches")?;
    incoming.clear(&[])?;
    // What is there and holds is not fetched again.
    if Verified::open(&slots.slot(&version), &anchor, system).is_err() {
        slots.lock()?.ok_or("locked")?.attempt([1; 32], &version)?;
        let staged = incoming.stage()?.unpack(&archive, &anchor, (&version, system), limits)?;
        slots.lock()?.ok_or("locked")?.place(staged)?;
    }
    let mut locked = slots.lock()?.ok_or("locked")?;
    if slots.pointer()?.is_none_or(|pointer| pointer.current != version) {
        locked.point_to(&version)?;
    }
    locked.began(&version)?;
    locked.verdict(&version)?;
    locked.confirm(&version)?;
    locked.refuse([2; 32], &Version::new(3, 0, 0), Bad::Crashed)?;
    locked.tidy(&[])?;
    Ok(())
}
