//! One small secret item per deployment in the operating system's keychain.
//!
//! [`Keychain`] is what a store must do, and blocks; [`Vault`] is what the rest uses: it calls the store on
//! a thread of its own, one call after the other, and waits ten seconds at most, because a locked keychain
//! may show a dialog that nobody answers.
//!
//! The operating system's keychain is trusted as far as it is known: an item that another person of the system, another
//! deployment or nobody knows who put there is not believed, and a place that has taken an item is remembered. Where
//! another answers in its stead, it is neither read nor given anything before the person was told of it at the door and
//! signed in all the same.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
mod memory;
mod trusted;
mod vault;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "macos")]
use macos as system;
#[cfg(windows)]
use windows as system;

pub use memory::MemoryKeychain;
pub use vault::{LIMIT, Vault};

use std::path::Path;

use keyring_core::Entry;
use polder_wire::Code;
use zeroize::Zeroizing;

use crate::deployment::Deployment;
use trusted::Trusted;

/// Windows takes 2,560 bytes in one item, of which some say who kept it; so nobody gets more.
pub const MAX_ITEM: usize = 2_560 - trusted::AROUND;

/// A place for one item. The calls block, and may show a dialog.
pub trait Keychain: Send + 'static {
    /// The item; `None` only when the store is open and has none.
    ///
    /// # Errors
    /// See [`KeychainError`].
    fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError>;

    /// Keeps the item in place of any before.
    ///
    /// # Errors
    /// See [`KeychainError`].
    fn save(&mut self, item: &[u8]) -> Result<(), KeychainError>;

    /// Makes the item go away; having none is no error.
    ///
    /// # Errors
    /// See [`KeychainError`].
    fn delete(&mut self) -> Result<(), KeychainError>;
}

/// Why the keychain did not do it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeychainError {
    /// There is none, or it does not run.
    #[error("there is no keychain")]
    Absent(#[source] Option<Cause>),
    /// It is locked, or access was declined.
    #[error("the keychain is locked")]
    Locked(#[source] Option<Cause>),
    /// It did not answer in time; perhaps it waits for a person.
    #[error("the keychain did not answer in time")]
    TimedOut,
    /// It holds something else than what was put there.
    #[error("the keychain's item is damaged")]
    Damaged,
    /// It holds what another person of this system, or another deployment's Polder, put there.
    #[error("the keychain's item was kept by somebody else")]
    Foreign,
    /// It is another one than the one that kept an item before.
    #[error("another keychain answers than the one that is known")]
    Changed,
    /// Anything else.
    #[error("the keychain failed")]
    Failed(#[source] Option<Cause>),
}

type Cause = Box<dyn std::error::Error + Send + Sync>;

impl KeychainError {
    /// What a person is told.
    pub fn code(&self) -> Code {
        match self {
            Self::Absent(_) => Code::KeychainAbsent,
            Self::Locked(_) => Code::KeychainLocked,
            Self::TimedOut => Code::KeychainTimedOut,
            Self::Damaged => Code::KeychainDamaged,
            Self::Foreign => Code::KeychainForeign,
            Self::Changed => Code::KeychainChanged,
            Self::Failed(_) => Code::KeychainFailed,
        }
    }

    /// Absence is found by each system's own types, everything else by the common ones. The bytes of a
    /// damaged item do not go into the error.
    fn from_store(error: keyring_core::Error) -> Self {
        use keyring_core::Error as E;
        match error {
            E::PlatformFailure(cause) if system::is_absence(&*cause) => Self::Absent(Some(cause)),
            E::PlatformFailure(cause) => Self::Failed(Some(cause)),
            E::NoStorageAccess(cause) => Self::Locked(Some(cause)),
            E::BadEncoding(_) | E::BadDataFormat(..) | E::Ambiguous(_) => Self::Damaged,
            E::NoDefaultStore => Self::Absent(None),
            other => Self::Failed(Some(Box::new(other))),
        }
    }
}

/// The operating system's keychain. The connection is made anew for each call: a store that was absent at
/// the first call may have been started since.
#[derive(Debug)]
struct SystemKeychain {
    user: String,
    trusted: Trusted,
    /// Another place than the known one, of which the person was told: what was read last was read for the door.
    told: Option<String>,
}

impl SystemKeychain {
    const SERVICE: &str = "Polder";

    fn of(deployment: &Deployment, folder: &Path) -> Self {
        let user = format!("{} {}", deployment.name(), deployment.origin());
        Self::named(user, &folder.join("keychain.json"))
    }

    /// Another account name, so that neither item ever overwrites the other.
    fn of_proxy(deployment: &Deployment, folder: &Path) -> Self {
        let user = format!("{} {} proxy", deployment.name(), deployment.origin());
        Self::named(user, &folder.join("keychain-proxy.json"))
    }

    fn named(user: String, known: &Path) -> Self {
        Self { trusted: Trusted::file(known, &user), user, told: None }
    }

    fn entry(&self) -> Result<Entry, KeychainError> {
        system::entry(Self::SERVICE, &self.user).map_err(KeychainError::from_store)
    }
}

impl Keychain for SystemKeychain {
    fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        let known = self.trusted.read();
        if let Some(place) = known.as_ref().and_then(|known| known.place.as_ref()) {
            let found = system::place()?;
            if found != *place {
                tracing::warn!(known = place, found, "another keychain answers");
                self.told = Some(found);
                return Err(KeychainError::Changed);
            }
        }
        match self.entry()?.get_secret() {
            Ok(item) => self.trusted.open(known.as_ref(), &Zeroizing::new(item)).map(Some),
            Err(keyring_core::Error::NoEntry) => system::confirm_no_entry().map(|()| None),
            Err(error) => Err(KeychainError::from_store(error)),
        }
    }

    fn save(&mut self, item: &[u8]) -> Result<(), KeychainError> {
        let found = system::place()?;
        let mut known = self.trusted.read_or_begin()?;
        let is_known = known.place.as_ref() == Some(&found);
        if known.place.is_some() && !is_known && self.told.as_ref() != Some(&found) {
            tracing::warn!(known = known.place, found, "another keychain answers");
            return Err(KeychainError::Changed);
        }
        self.entry()?.set_secret(&self.trusted.seal(&known, item)).map_err(KeychainError::from_store)?;
        if !is_known {
            known.place = Some(found);
            self.trusted.write(&known)?;
        }
        Ok(())
    }

    fn delete(&mut self) -> Result<(), KeychainError> {
        match self.entry()?.delete_credential() {
            Ok(()) | Err(keyring_core::Error::NoEntry) => Ok(()),
            // Two of ours, by whatever accident: neither may stay.
            Err(keyring_core::Error::Ambiguous(entries)) => {
                entries.iter().try_for_each(Entry::delete_credential).map_err(KeychainError::from_store)
            }
            Err(error) => Err(KeychainError::from_store(error)),
        }
    }
}

#[cfg(fuzzing)]
pub(crate) fn fuzz(bytes: &[u8]) {
    trusted::fuzz(bytes);
}
