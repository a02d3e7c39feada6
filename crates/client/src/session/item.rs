use base64::{Engine, engine::general_purpose::STANDARD};
use polder_wire::Secret;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::device::DeviceKey;
use crate::keychain::KeychainError;

/// What the keychain keeps of a session: the refresh token and the key that it is bound to.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) refresh_token: Secret,
    pub(super) key: DeviceKey,
    /// Whether the session was locked here; the platform may not have heard of it.
    pub(super) locked: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    schema: u32,
    /// Whose it is. Moved into another deployment's place, its token must not go there.
    origin: String,
    #[serde(serialize_with = "Secret::expose_to")]
    refresh_token: Secret,
    #[serde(serialize_with = "Secret::expose_to")]
    key: Secret,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    locked: bool,
}

impl Item {
    /// Whatever does not read is damaged; it stays where it is until the next sign-in replaces it.
    pub(super) fn parse(bytes: &[u8], origin: &str) -> Result<Self, KeychainError> {
        let stored: Stored = serde_json::from_slice(bytes).map_err(|_| KeychainError::Damaged)?;
        if stored.schema != 1 || stored.origin != origin {
            return Err(KeychainError::Damaged);
        }
        let key = STANDARD.decode(stored.key.expose()).map(Zeroizing::new);
        let key = DeviceKey::from_pkcs8(&key.map_err(|_| KeychainError::Damaged)?)
            .map_err(|_| KeychainError::Damaged)?;
        Ok(Self { refresh_token: stored.refresh_token, key, locked: stored.locked })
    }

    pub(super) fn write(
        origin: &str,
        refresh_token: &Secret,
        key: &DeviceKey,
        locked: bool,
    ) -> Result<Zeroizing<Vec<u8>>, KeychainError> {
        let key = Secret::new(STANDARD.encode(key.expose_pkcs8()));
        let (origin, refresh_token) = (origin.to_owned(), refresh_token.clone());
        let stored = Stored { schema: 1, origin, refresh_token, key, locked };
        let mut bytes = Zeroizing::new(Vec::with_capacity(crate::keychain::MAX_ITEM));
        serde_json::to_writer(&mut *bytes, &stored)
            .map_err(|error| KeychainError::Failed(Some(Box::new(error))))?;
        Ok(bytes)
    }
}
