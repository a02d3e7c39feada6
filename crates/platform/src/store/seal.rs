//! Seals values with AES-256-GCM, each to its domain, table, column and row.
//!
//! A sealed value is `1` (the format), 12 bytes nonce, ciphertext and tag. Where it belongs goes in as
//! associated data: moved elsewhere, it does not open.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SecureRandom;
use polder_wire::DomainId;
use zeroize::Zeroizing;

const FORMAT: u8 = 1;

/// Where a value belongs.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The column.
    pub column: &'a str,
    /// The row's id.
    pub row: &'a str,
}

/// A value cannot be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The system gives no randomness.
    #[error("the system gives no randomness")]
    NoRandomness,
    /// The value was altered, belongs elsewhere, or was sealed with another key.
    #[error("the sealed value does not open here")]
    DoesNotOpen,
}

/// A domain's keys.
pub struct DomainKeys {
    domain: String,
    seal: SealKey,
    addresses: hmac::Key,
    recovery: hmac::Key,
}

impl DomainKeys {
    /// Derives a domain's keys from its secret.
    pub(super) fn new(domain: DomainId, secret: &[u8; 32]) -> Self {
        Self {
            domain: domain.to_string(),
            seal: SealKey::new(&derive(secret, b"seal")),
            addresses: hmac::Key::new(hmac::HMAC_SHA256, &*derive(secret, b"blob addresses")),
            recovery: hmac::Key::new(hmac::HMAC_SHA256, &*derive(secret, b"recovery codes")),
        }
    }

    /// Seals a value to its place in this domain.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn seal(
        &self,
        place: &Place<'_>,
        plain: &[u8],
        random: &dyn SecureRandom,
    ) -> Result<Vec<u8>, SealError> {
        self.seal.seal(&belongs(&self.domain, place), plain, random)
    }

    /// Opens what was sealed to this place in this domain.
    ///
    /// # Errors
    /// [`SealError::DoesNotOpen`].
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        self.seal.open(&belongs(&self.domain, place), sealed)
    }

    /// Names content by a keyed hash: the same bytes have the same name in one domain, and nobody without
    /// the key can tell which bytes they are.
    pub(super) fn address(&self, bytes: &[u8]) -> String {
        hex::encode(hmac::sign(&self.addresses, bytes))
    }
}

impl DomainKeys {
    /// What the database keeps of a recovery code: without the key nobody can try which code it is of.
    pub(crate) fn recovery_hash(&self, user: &str, code: &[u8]) -> String {
        // The person's id has one length.
        hex::encode(hmac::sign(&self.recovery, &[user.as_bytes(), code].concat()))
    }
}

impl fmt::Debug for DomainKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DomainKeys({})", self.domain)
    }
}

/// A key that seals.
pub(super) struct SealKey(LessSafeKey);

impl SealKey {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        // An AES-256 key is any 32 bytes.
        let key = UnboundKey::new(&AES_256_GCM, key).unwrap_or_else(|_| unreachable!("32 bytes are a key"));
        Self(LessSafeKey::new(key))
    }

    pub(super) fn seal(
        &self,
        belongs: &[u8],
        plain: &[u8],
        random: &dyn SecureRandom,
    ) -> Result<Vec<u8>, SealError> {
        // Random nonces are safe for 2^32 values of one key (NIST SP 800-38D, 8.3); a domain has far fewer.
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce).map_err(|_| SealError::NoRandomness)?;
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + plain.len() + 16);
        sealed.push(FORMAT);
        sealed.extend(nonce);
        sealed.extend(plain);
        let tag = self
            .0
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(belongs),
                &mut sealed[1 + NONCE_LEN..],
            )
            .map_err(|_| SealError::DoesNotOpen)?;
        sealed.extend(tag.as_ref());
        Ok(sealed)
    }

    pub(super) fn open(&self, belongs: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let Some((&FORMAT, rest)) = sealed.split_first() else { return Err(SealError::DoesNotOpen) };
        let (nonce, rest) = rest.split_at_checked(NONCE_LEN).ok_or(SealError::DoesNotOpen)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::DoesNotOpen)?;
        let mut plain = Zeroizing::new(rest.to_vec());
        let length = self
            .0
            .open_in_place(nonce, Aad::from(belongs), &mut plain)
            .map_err(|_| SealError::DoesNotOpen)?
            .len();
        plain.truncate(length);
        Ok(plain)
    }
}

/// One key out of another (HMAC-SHA256 as a pseudo-random function, as HKDF-Expand of one block).
pub(super) fn derive(secret: &[u8; 32], purpose: &[u8]) -> Zeroizing<[u8; 32]> {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), &[b"polder ", purpose, &[1]].concat());
    let mut key = Zeroizing::new([0; 32]);
    key.copy_from_slice(tag.as_ref());
    key
}

/// Each part with its length, so that no two places read the same.
pub(super) fn belongs(domain: &str, place: &Place<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in [domain, place.table, place.column, place.row] {
        bytes.extend((part.len() as u64).to_be_bytes());
        bytes.extend(part.as_bytes());
    }
    bytes
}

#[cfg(fuzzing)]
pub(crate) fn fuzz(bytes: &[u8]) {
    let keys = DomainKeys::new(DomainId::from_random([7; 16]), &[9; 32]);
    let place = Place { table: "users", column: "name", row: "1" };
    assert_eq!(keys.open(&place, bytes).err(), Some(SealError::DoesNotOpen), "nobody sealed this");
    // Sealed, it opens; with the same bytes in a sealed value's place it does not.
    let random = aws_lc_rs::rand::SystemRandom::new();
    let Ok(mut sealed) = keys.seal(&place, bytes, &random) else { return };
    assert!(keys.open(&place, &sealed).is_ok_and(|plain| **plain == *bytes));
    let at = usize::from(bytes.first().copied().unwrap_or_default()) % sealed.len();
    sealed[at] ^= 1;
    assert!(keys.open(&place, &sealed).is_err(), "byte {at} was altered");
    sealed.truncate(at);
    assert!(keys.open(&place, &sealed).is_err(), "it ends at {at}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::rand::SystemRandom;

    fn keys(domain: u8) -> DomainKeys {
        DomainKeys::new(DomainId::from_random([domain; 16]), &[7; 32])
    }

    #[test]
    fn a_value_opens_in_its_own_place_only() {
        let place = Place { table: "users", column: "name", row: "1" };
        let sealed = keys(1).seal(&place, b"Aino", &SystemRandom::new()).unwrap();
        assert_eq!(**keys(1).open(&place, &sealed).unwrap(), *b"Aino");
        for elsewhere in [
            Place { table: "domains", ..place },
            Place { column: "email", ..place },
            Place { row: "2", ..place },
            Place { table: "usersname", column: "", ..place },
        ] {
            assert!(keys(1).open(&elsewhere, &sealed).is_err(), "{elsewhere:?}");
        }
        assert!(keys(2).open(&place, &sealed).is_err());
    }

    #[test]
    fn an_altered_value_does_not_open() {
        let place = Place { table: "users", column: "name", row: "1" };
        let sealed = keys(1).seal(&place, b"Aino", &SystemRandom::new()).unwrap();
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(keys(1).open(&place, &altered).is_err(), "byte {at}");
            assert!(keys(1).open(&place, &sealed[..at]).is_err(), "cut at {at}");
        }
    }
}
