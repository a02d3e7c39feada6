//! The Credential Manager of Windows.

use std::collections::HashMap;

use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Result};

use super::KeychainError;

pub(super) fn entry(service: &str, user: &str) -> Result<Entry> {
    // The default would roam to other computers with the person's profile; a device key must not.
    let local = HashMap::from([("persistence", "Local")]);
    windows_native_keyring_store::Store::new()?.build(service, user, Some(&local))
}

/// Every Windows has a Credential Manager; what can fail is access to it.
pub(super) fn is_absence(_: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    false
}

/// The system tells a missing entry from a missing log-on session by itself.
pub(super) fn confirm_no_entry() -> std::result::Result<(), KeychainError> {
    Ok(())
}

/// There is one for each person, and programs are given no other.
pub(super) fn place() -> std::result::Result<String, KeychainError> {
    Ok("credential-manager".to_owned())
}
