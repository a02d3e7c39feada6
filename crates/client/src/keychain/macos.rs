//! The login keychain of macOS.

use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Result};

use super::KeychainError;

pub(super) fn entry(service: &str, user: &str) -> Result<Entry> {
    apple_native_keyring_store::keychain::Store::new()?.build(service, user, None)
}

/// Every macOS has a keychain; what can fail is access to it.
pub(super) fn is_absence(_: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    false
}

/// The system tells a locked keychain from a missing entry by itself.
pub(super) fn confirm_no_entry() -> std::result::Result<(), KeychainError> {
    Ok(())
}

/// There is one for each person, and programs are given no other.
pub(super) fn place() -> std::result::Result<String, KeychainError> {
    Ok("login-keychain".to_owned())
}
