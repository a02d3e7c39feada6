//! What this device calls itself to an account, always the same, so that the platform knows it again and does not keep it
//! waiting for what strangers guess (B7).
//!
//! It is made of one random secret in a file of the person's own data folder. That is no credential and signs nobody in:
//! whoever copies it gets a count of wrong tries of their own at accounts whose password they do not have. So it is no
//! matter for the keychain, which may be locked when somebody signs in, or absent.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SecureRandom;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use polder_slots::durable;
use polder_wire::Secret;

const SECRET: usize = 32;

/// Where the secret lies. Cheap to clone.
#[derive(Clone)]
pub struct KnownDevice(Arc<Place>);

enum Place {
    /// Read at each sign-in, made at the first.
    File(PathBuf),
    /// Known nowhere.
    Nowhere,
}

impl KnownDevice {
    /// Keeps it in this file.
    pub fn file(path: PathBuf) -> Self {
        Self(Arc::new(Place::File(path)))
    }

    /// A device that never is known.
    pub fn nowhere() -> Self {
        Self(Arc::new(Place::Nowhere))
    }

    /// What it calls itself to the account of this e-mail on this platform; none where the file does not serve, which
    /// keeps nobody from signing in.
    pub(super) fn name(&self, origin: &str, email: &str, random: &dyn SecureRandom) -> Option<Secret> {
        let Place::File(path) = &*self.0 else { return None };
        let secret = match std::fs::read(path) {
            Ok(bytes) if bytes.len() == SECRET => bytes,
            _ => {
                let mut bytes = vec![0; SECRET];
                random.fill(&mut bytes).ok()?;
                if let Err(error) = durable::write(path, &bytes) {
                    tracing::warn!(%error, "the platform will not know this device again");
                    return None;
                }
                bytes
            }
        };
        // Neither two accounts nor two platforms can tell that it is the same device.
        let about = format!("{origin}\n{}", email.trim().to_lowercase());
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), about.as_bytes());
        Some(Secret::new(URL_SAFE_NO_PAD.encode(tag)))
    }
}

impl fmt::Debug for KnownDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KnownDevice")
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;

    use super::*;

    #[test]
    fn a_device_calls_itself_the_same_after_a_restart_and_another_name_to_each_account_and_platform() {
        let folder = tempfile::tempdir().unwrap();
        let known = || KnownDevice::file(folder.path().join("data/device"));
        let name = |origin: &str, email: &str| known().name(origin, email, &SystemRandom::new()).unwrap();
        let first = name("https://a.example", "aino@example.fi");
        assert_eq!(URL_SAFE_NO_PAD.decode(first.expose()).unwrap().len(), 32);
        assert_eq!(name("https://a.example", " Aino@Example.fi "), first);
        assert_ne!(name("https://a.example", "eero@example.fi"), first);
        assert_ne!(name("https://b.example", "aino@example.fi"), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.path().join("data/device")).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "others may not read it");
        }
        std::fs::write(folder.path().join("data/device"), b"damaged").unwrap();
        assert_ne!(name("https://a.example", "aino@example.fi"), first, "made anew");
    }

    #[test]
    fn a_folder_that_cannot_be_written_keeps_nobody_from_signing_in() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), b"").unwrap();
        let known = KnownDevice::file(folder.path().join("file/device"));
        assert!(known.name("https://a.example", "aino@example.fi", &SystemRandom::new()).is_none());
        assert!(KnownDevice::nowhere().name("https://a.example", "a@b.fi", &SystemRandom::new()).is_none());
    }
}
