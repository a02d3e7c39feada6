//! The Secret Service (gnome-keyring, KWallet, KeePassXC …) over D-Bus.

use std::collections::HashMap;

use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Result};
use secret_service::EncryptionType;
use secret_service::blocking::{Collection, SecretService};
use zbus_secret_service_keyring_store::Store;

use super::KeychainError;

pub(super) fn entry(service: &str, user: &str) -> Result<Entry> {
    let label = HashMap::from([("label", "Polder")]);
    Store::new()?.build(service, user, Some(&label))
}

/// No bus, or a bus without a Secret Service.
pub(super) fn is_absence(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    use secret_service::Error as S;
    let names_nobody = |fault: &zbus::fdo::Error| {
        matches!(
            fault,
            zbus::fdo::Error::ServiceUnknown(_)
                | zbus::fdo::Error::NameHasNoOwner(_)
                | zbus::fdo::Error::NoServer(_)
        )
    };
    match cause.downcast_ref::<S>() {
        Some(S::Unavailable) => true,
        Some(S::ZbusFdo(fault)) => names_nobody(fault),
        Some(S::Zbus(error)) => match error {
            zbus::Error::Connection(..) | zbus::Error::Address(_) | zbus::Error::InputOutput(_) => true,
            zbus::Error::FDO(fault) => names_nobody(fault),
            zbus::Error::MethodError(name, ..) => NOBODY.contains(&name.as_str()),
            _ => false,
        },
        _ => false,
    }
}

/// Standard D-Bus error names, which are identifiers and not text for people.
const NOBODY: [&str; 3] = [
    "org.freedesktop.DBus.Error.ServiceUnknown",
    "org.freedesktop.DBus.Error.NameHasNoOwner",
    "org.freedesktop.DBus.Error.NoServer",
];

/// Which keychain answers: the collection that it keeps things in if nobody says otherwise. GNOME Keyring, KWallet and
/// KeePassXC each have another, and so has a keychain that somebody made anew under another name.
pub(super) fn place() -> std::result::Result<String, KeychainError> {
    let service = SecretService::connect(EncryptionType::Plain).map_err(failed)?;
    let collection = default_collection(&service)?;
    Ok(format!("secret-service {}", collection.collection_path.as_str()))
}

/// A service whose collections are not loaded yet, or that has no default one, also says "no entry" although
/// nothing was deleted; such a keychain counts as absent.
pub(super) fn confirm_no_entry() -> std::result::Result<(), KeychainError> {
    let service = SecretService::connect(EncryptionType::Plain).map_err(failed)?;
    default_collection(&service).map(drop)
}

fn default_collection<'a>(
    service: &'a SecretService<'a>,
) -> std::result::Result<Collection<'a>, KeychainError> {
    service.get_default_collection().map_err(|error| match error {
        error @ secret_service::Error::NoResult => KeychainError::Absent(Some(Box::new(error))),
        error => failed(error),
    })
}

fn failed(error: secret_service::Error) -> KeychainError {
    let cause: Box<dyn std::error::Error + Send + Sync> = Box::new(error);
    if is_absence(&*cause) { KeychainError::Absent(Some(cause)) } else { KeychainError::Failed(Some(cause)) }
}
