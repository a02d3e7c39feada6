//! What this computer remembers of its keychain, so that it trusts no other by accident: which place took the item, and a
//! secret that proves that an item was kept by this person's Polder for this deployment.
//!
//! Both lie in a small file of the person's own data folder. The secret signs nobody in; without the file an item that
//! is there is not believed, and the person signs in once more.

use std::path::{Path, PathBuf};

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use polder_slots::durable;
use polder_wire::Secret;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::KeychainError;

const SCHEMA: u32 = 1;
const SECRET: usize = 32;
/// The form of an item as it stands in the keychain: this, the proof in hexadecimal, a colon, what was kept.
const FORM: &[u8] = b"polder2:";
const PROOF: usize = 64;

/// What stands around an item, in bytes.
pub(super) const AROUND: usize = FORM.len() + PROOF + 1;

/// The file. Read at each call: another Polder of the same person may have written it.
#[derive(Debug)]
pub(super) struct Trusted {
    path: PathBuf,
    /// Whose items, and for which deployment. An item moved to anybody else's place is not believed there.
    whose: String,
}

/// What stands in it.
pub(super) struct Known {
    secret: Zeroizing<Vec<u8>>,
    /// The place that took an item; none before the first.
    pub(super) place: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    schema: u32,
    #[serde(serialize_with = "Secret::expose_to")]
    secret: Secret,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<String>,
}

impl Trusted {
    /// Of this person of the operating system, for what `about` names.
    pub(super) fn file(path: &Path, about: &str) -> Self {
        Self { path: path.to_owned(), whose: format!("{}\n{about}", os_user()) }
    }

    /// What is remembered; none where there is no file that reads.
    pub(super) fn read(&self) -> Option<Known> {
        let text = Zeroizing::new(std::fs::read(&self.path).ok()?);
        let stored: Stored = serde_json::from_slice(&text).ok().filter(|it: &Stored| it.schema == SCHEMA)?;
        let secret = Zeroizing::new(STANDARD.decode(stored.secret.expose()).ok()?);
        (secret.len() == SECRET).then_some(Known { secret, place: stored.place })
    }

    /// The same, with a new secret where there is none.
    pub(super) fn read_or_begin(&self) -> Result<Known, KeychainError> {
        if let Some(known) = self.read() {
            return Ok(known);
        }
        let mut secret = Zeroizing::new(vec![0; SECRET]);
        aws_lc_rs::rand::fill(&mut secret).map_err(|_| KeychainError::Failed(None))?;
        let known = Known { secret, place: None };
        self.write(&known)?;
        Ok(known)
    }

    /// Remembers it. It is on the disk when this returns.
    pub(super) fn write(&self, known: &Known) -> Result<(), KeychainError> {
        let secret = Secret::new(STANDARD.encode(&*known.secret));
        let stored = Stored { schema: SCHEMA, secret, place: known.place.clone() };
        let text = serde_json::to_vec(&stored).map(Zeroizing::new);
        let text = text.map_err(|error| KeychainError::Failed(Some(Box::new(error))))?;
        durable::write(&self.path, &text).map_err(|error| KeychainError::Failed(Some(Box::new(error))))
    }

    /// An item as the keychain gets it.
    pub(super) fn seal(&self, known: &Known, item: &[u8]) -> Zeroizing<Vec<u8>> {
        let proof = hmac::sign(&known.key(), &self.bound(item));
        let mut sealed = Zeroizing::new(Vec::with_capacity(AROUND + item.len()));
        sealed.extend_from_slice(FORM);
        sealed.extend_from_slice(hex::encode(proof).as_bytes());
        sealed.push(b':');
        sealed.extend_from_slice(item);
        sealed
    }

    /// What was kept, if it was kept by this person's Polder for this deployment.
    ///
    /// # Errors
    /// [`KeychainError::Damaged`] for what no Polder of today wrote, items of older ones among it;
    /// [`KeychainError::Foreign`] for what another wrote, or whoever changed it.
    pub(super) fn open(
        &self,
        known: Option<&Known>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, KeychainError> {
        let parts = sealed.strip_prefix(FORM).and_then(|rest| rest.split_at_checked(PROOF));
        let (proof, item) = parts.ok_or(KeychainError::Damaged)?;
        let item = item.strip_prefix(b":").ok_or(KeychainError::Damaged)?;
        let proof = hex::decode(proof).map_err(|_| KeychainError::Damaged)?;
        let known = known.ok_or(KeychainError::Foreign)?;
        hmac::verify(&known.key(), &self.bound(item), &proof).map_err(|_| KeychainError::Foreign)?;
        Ok(Zeroizing::new(item.to_vec()))
    }

    /// What the proof is of. The name has no zero byte, so no two pairs come to the same bytes.
    fn bound(&self, item: &[u8]) -> Zeroizing<Vec<u8>> {
        let mut bound = Zeroizing::new(Vec::with_capacity(self.whose.len() + 1 + item.len()));
        bound.extend_from_slice(self.whose.as_bytes());
        bound.push(0);
        bound.extend_from_slice(item);
        bound
    }
}

impl Known {
    fn key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &self.secret)
    }
}

/// Who runs this, by the operating system's own number or name.
#[cfg(unix)]
fn os_user() -> String {
    rustix::process::geteuid().as_raw().to_string()
}

#[cfg(windows)]
fn os_user() -> String {
    ["USERDOMAIN", "USERNAME"].map(|name| std::env::var(name).unwrap_or_default()).join("\\")
}

#[cfg(fuzzing)]
pub(crate) fn fuzz(bytes: &[u8]) {
    let trusted = Trusted { path: PathBuf::new(), whose: String::new() };
    let known = Known { secret: Zeroizing::new(vec![7; SECRET]), place: None };
    assert!(trusted.open(Some(&known), bytes).is_err(), "nobody guesses a proof");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusted(folder: &Path, whose: &str) -> Trusted {
        Trusted { path: folder.join("new/keychain.json"), whose: whose.to_owned() }
    }

    #[test]
    fn an_item_is_believed_by_who_kept_it_alone() {
        let folder = tempfile::tempdir().unwrap();
        let mine = trusted(folder.path(), "1000\nlocal https://a.example");
        let known = mine.read_or_begin().unwrap();
        let sealed = mine.seal(&known, b"token");
        assert_eq!(sealed.len(), AROUND + 5);
        // As after a restart.
        let again = mine.read().unwrap();
        assert_eq!(*mine.open(Some(&again), &sealed).unwrap(), b"token");

        for whose in [
            "1001\nlocal https://a.example",
            "1000\nlocal https://b.example",
            "1000\nlocal https://a.example proxy",
        ] {
            let other = trusted(folder.path(), whose);
            assert!(matches!(other.open(Some(&known), &sealed), Err(KeychainError::Foreign)), "{whose}");
        }
        // Another person's folder has another secret, and one that is gone has none.
        let elsewhere = tempfile::tempdir().unwrap();
        let theirs = trusted(elsewhere.path(), &mine.whose);
        let other = theirs.read_or_begin().unwrap();
        assert!(matches!(theirs.open(Some(&other), &sealed), Err(KeychainError::Foreign)));
        assert!(matches!(mine.open(None, &sealed), Err(KeychainError::Foreign)));
    }

    #[test]
    fn what_was_changed_in_any_byte_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let mine = trusted(folder.path(), "1000\nlocal");
        let known = mine.read_or_begin().unwrap();
        let sealed = mine.seal(&known, br#"{"locked":true}"#);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(mine.open(Some(&known), &changed).is_err(), "byte {at}");
            assert!(mine.open(Some(&known), &sealed[..at]).is_err(), "cut at {at}");
        }
        // As an older Polder wrote it.
        assert!(matches!(mine.open(Some(&known), br#"{"schema":1}"#), Err(KeychainError::Damaged)));
    }

    #[test]
    fn a_file_that_does_not_read_is_none_and_one_that_cannot_be_written_keeps_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mine = trusted(folder.path(), "1000\nlocal");
        assert!(mine.read().is_none());
        mine.read_or_begin().unwrap();
        let known = Known { place: Some("here".to_owned()), ..mine.read().unwrap() };
        mine.write(&known).unwrap();
        assert_eq!(mine.read().unwrap().place.as_deref(), Some("here"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&mine.path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "others may not read it");
        }
        for text in ["", "{}", r#"{"schema":2,"secret":""}"#, r#"{"schema":1,"secret":"AAAA"}"#] {
            std::fs::write(&mine.path, text).unwrap();
            assert!(mine.read().is_none(), "{text}");
        }
        let blocked = Trusted { path: mine.path.join("below-a-file"), whose: String::new() };
        assert!(matches!(blocked.read_or_begin(), Err(KeychainError::Failed(Some(_)))));
    }
}
