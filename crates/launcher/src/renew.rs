//! The launcher that a release brought, in place of this one.

use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};
use polder_slots::{Verified, durable};
use semver::Version;

use crate::{say, system};

/// Why a launcher was not replaced.
#[derive(Debug, thiserror::Error)]
enum RenewError {
    #[error("the new launcher cannot be written: {0}")]
    Io(#[from] io::Error),
    #[error("the new launcher cannot take the old one's place: {0}")]
    Move(#[from] self_update::errors::Error),
    #[error("the new launcher was changed after it was checked")]
    Changed,
}

/// Puts the launcher of a slot in place of the file `own`, where the slot is newer than this launcher and brings another.
/// One rename does it: whoever starts it meanwhile gets the old one or the new one, and what runs goes on as it is. Where
/// the folder is somebody else's, such as the system's, the launcher stays, and the package manager brings the next one.
pub(crate) fn renew(slot: &Verified, own: &Path) {
    if !system::RENEWS || !is_newer(slot.version()) {
        return;
    }
    match replace(slot, own) {
        Ok(false) => {}
        Ok(true) => say::log(&format!("the launcher is now the one of {}", slot.version())),
        Err(error) => say::log(&format!("the launcher stays as it is: {error}")),
    }
}

/// A slot that somebody goes back to brings back no old launcher.
fn is_newer(slot: &Version) -> bool {
    Version::parse(polder_wire::VERSION).is_ok_and(|own| *slot > own)
}

fn replace(slot: &Verified, own: &Path) -> Result<bool, RenewError> {
    let (Some(listed), Some(file)) = (slot.manifest().file(system::LAUNCHER), slot.file(system::LAUNCHER))
    else {
        return Ok(false);
    };
    if !listed.executable || copy(&File::open(own)?, &mut io::sink())? == listed.sha256 {
        return Ok(false);
    }
    let folder = own.parent().unwrap_or(Path::new("."));
    let mut new = tempfile::Builder::new().prefix(".polder-launcher-").tempfile_in(folder)?;
    if copy(file, &mut new)? != listed.sha256 {
        return Err(RenewError::Changed);
    }
    // The old one's: who may start it is for whoever installed it to say.
    new.as_file().set_permissions(fs::metadata(own)?.permissions())?;
    new.as_file().sync_all()?;
    self_update::Move::from_source(new.path()).to_dest(own)?;
    // What would be removed is in its place by now.
    let _ = new.into_temp_path().keep();
    durable::sync_folder(folder)?;
    Ok(true)
}

/// Copies all of a file and says its SHA-256.
fn copy(mut from: &File, to: &mut impl Write) -> io::Result<[u8; 32]> {
    from.rewind()?;
    let mut hash = Context::new(&SHA256);
    let mut buffer = vec![0; 128 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => {
                hash.update(&buffer[..read]);
                to.write_all(&buffer[..read])?;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(hash.finish().as_ref());
    Ok(sha256)
}
