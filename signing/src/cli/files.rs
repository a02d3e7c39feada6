use std::fs;
use std::path::Path;

use polder_signing::keys::sealed;
use polder_signing::proposal::Proposal;
use polder_signing::{Key, MinisignKey, SigningError};
use polder_slots::Anchor;
use polder_wire::UnixSeconds;
use zeroize::Zeroizing;

use super::ask::Passphrases;
use super::fault::CliFault;

/// A time on the command line.
pub(crate) fn time(text: &str) -> Result<UnixSeconds, String> {
    let time: jiff::Timestamp = text.parse().map_err(|error: jiff::Error| error.to_string())?;
    Ok(UnixSeconds(time.as_second()))
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, CliFault> {
    Ok(fs::read(path).map_err(|source| SigningError::File { path: path.to_owned(), source })?)
}

/// Writes a file that is not there yet.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), CliFault> {
    if path.exists() {
        return Err(CliFault::There(path.to_owned()));
    }
    replace(path, bytes)
}

/// Writes a file as a whole.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), CliFault> {
    Ok(polder_signing::write_whole(path, bytes)?)
}

pub(crate) fn proposal(path: &Path) -> Result<Proposal, CliFault> {
    Ok(Proposal::parse(&read(path)?)?)
}

/// Opens a holder's key.
pub(crate) fn key(path: &Path, passphrases: &mut Passphrases) -> Result<Key, CliFault> {
    let text = secret(path)?;
    let passphrase = passphrases.of(&path.display().to_string())?;
    sealed::open(&text, &passphrase).map_err(|fault| CliFault::Key { path: path.to_owned(), fault })
}

/// Opens the minisign holder's key.
pub(crate) fn minisign_key(path: &Path, passphrases: &mut Passphrases) -> Result<MinisignKey, CliFault> {
    let text = secret(path)?;
    let passphrase = passphrases.of(&path.display().to_string())?;
    MinisignKey::open(&text, &passphrase).map_err(|fault| CliFault::Key { path: path.to_owned(), fault })
}

/// The minisign public key in a file, as clients have it built in.
pub(crate) fn anchor(path: &Path) -> Result<Anchor, CliFault> {
    let wrong = || CliFault::NoAnchor(path.to_owned());
    let text = String::from_utf8(read(path)?).map_err(|_| wrong())?;
    Ok(Anchor::new(minisign_verify::PublicKey::decode(&text).map_err(|_| wrong())?))
}

fn secret(path: &Path) -> Result<Zeroizing<String>, CliFault> {
    let bytes = Zeroizing::new(read(path)?);
    let text = std::str::from_utf8(&bytes);
    let text = text.map_err(|_| CliFault::Key { path: path.to_owned(), fault: SigningError::NotSealed })?;
    Ok(Zeroizing::new(text.to_owned()))
}
