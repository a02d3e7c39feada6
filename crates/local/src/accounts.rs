use std::fmt;
use std::fs;
use std::path::Path;

use aws_lc_rs::rand::SecureRandom;
use polder_wire::UnixSeconds;
use serde::{Deserialize, Serialize};
use totp_rs::{Builder, Secret};

use crate::LocalError;
use crate::files::write_private;

/// Somebody who can sign in.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The person's name.
    pub name: String,
    /// What they sign in with.
    pub email: String,
    /// Their role, as the command line takes it.
    pub role: String,
    /// Their password, made for this deployment.
    pub password: String,
    /// The Base32 key of their second step; `None` for somebody who has yet to set it up.
    pub totp: Option<String>,
}

/// Everybody who was seeded.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accounts {
    /// Manages the Helsinki domain.
    pub manager: Account,
    /// Owns the Helsinki project.
    pub editor: Account,
    /// May only view.
    pub viewer: Account,
    /// Signs in for the first time: has no second step yet.
    pub newcomer: Account,
    /// Belongs to another domain, with a project of their own.
    pub outsider: Account,
    /// The Helsinki project's id.
    pub project: String,
    /// The other domain's project's id.
    pub foreign_project: String,
}

impl Account {
    /// The code that their authenticator shows at this time.
    ///
    /// # Errors
    /// When they have none.
    pub fn code(&self, at: UnixSeconds) -> Result<String, LocalError> {
        code_of(self.totp.as_deref().ok_or(LocalError::NoTotpKey)?, at)
    }

    /// What a QR for an authenticator holds.
    pub fn otpauth(&self) -> Option<String> {
        let key = self.totp.as_ref()?;
        let email = self.email.replace('@', "%40");
        Some(format!("otpauth://totp/Polder%20(local):{email}?secret={key}&issuer=Polder%20(local)"))
    }

    /// Somebody with a password of their own and, if enrolled, a second step that is set up already.
    pub(crate) fn make(
        name: &str,
        email: &str,
        role: &str,
        enrolled: bool,
        random: &dyn SecureRandom,
    ) -> Result<Self, LocalError> {
        Ok(Self {
            name: name.to_owned(),
            email: email.to_owned(),
            role: role.to_owned(),
            password: passphrase(random)?,
            totp: enrolled.then(|| totp_key(random)).transpose()?,
        })
    }

    /// What the platform's command line reads when it adds them.
    pub(crate) fn secrets(&self) -> String {
        format!("{}\n{}\n", self.password, self.totp.as_deref().unwrap_or_default())
    }
}

impl Accounts {
    /// Manager, editor, viewer, newcomer, outsider.
    pub fn all(&self) -> [&Account; 5] {
        [&self.manager, &self.editor, &self.viewer, &self.newcomer, &self.outsider]
    }

    pub(crate) fn read(path: &Path) -> Result<Option<Self>, LocalError> {
        match fs::read(path) {
            Ok(text) => {
                Ok(Some(serde_json::from_slice(&text).map_err(|_| LocalError::Foreign(path.to_owned()))?))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(LocalError::file(path)(error)),
        }
    }

    pub(crate) fn write(&self, path: &Path) -> Result<(), LocalError> {
        write_private(path, &serde_json::to_vec_pretty(self)?)
    }
}

/// Passwords of a throwaway deployment are shown to people on purpose, but not by a log's accident.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({})", self.role)
    }
}

/// The six digits that an authenticator with this Base32 key shows at this time (RFC 6238).
///
/// # Errors
/// When the key is none.
pub fn code_of(base32: &str, at: UnixSeconds) -> Result<String, LocalError> {
    let key: String = base32.chars().filter(|c| !c.is_whitespace()).collect();
    let secret = Secret::try_from_base32(&key).map_err(|_| LocalError::NoTotpKey)?;
    let totp = Builder::new().with_secret(secret).build().map_err(|_| LocalError::NoTotpKey)?;
    Ok(totp.generate(u64::try_from(at.0).unwrap_or(0)).to_string())
}

/// Four words of six letters that are easy to read out; 72 bits.
fn passphrase(random: &dyn SecureRandom) -> Result<String, LocalError> {
    const CONSONANTS: &[u8; 16] = b"bdfghjklmnprstvz";
    const VOWELS: &[u8; 4] = b"aeio";
    let mut bytes = [0; 12];
    random.fill(&mut bytes).map_err(|_| LocalError::Random)?;
    let syllables = bytes.map(|byte| {
        let consonant = CONSONANTS[usize::from(byte & 15)];
        let vowel = VOWELS[usize::from(byte >> 4 & 3)];
        format!("{}{}", char::from(consonant), char::from(vowel))
    });
    Ok(syllables.chunks(3).map(<[String]>::concat).collect::<Vec<_>>().join("-"))
}

fn totp_key(random: &dyn SecureRandom) -> Result<String, LocalError> {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut bytes = [0; 32];
    random.fill(&mut bytes).map_err(|_| LocalError::Random)?;
    // 32 letters of 5 bits are exactly the 160 bits that RFC 4226 asks for.
    Ok(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect())
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;

    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B, SHA-1, the last six of the eight digits.
        let key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        assert_eq!(code_of(key, UnixSeconds(59)).unwrap(), "287082");
        assert_eq!(code_of(key, UnixSeconds(1_111_111_109)).unwrap(), "081804");
        assert_eq!(code_of("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ", UnixSeconds(59)).unwrap(), "287082");
    }

    #[test]
    fn no_two_passphrases_are_alike() {
        let random = SystemRandom::new();
        let (one, other) = (passphrase(&random).unwrap(), passphrase(&random).unwrap());
        assert_ne!(one, other);
        assert_eq!(one.len(), 27);
    }
}
