//! A holder's key at rest: PKCS#8, encrypted with a passphrase (PBES2: scrypt and AES-256-CBC, RFC 7914 and 8018).
//!
//! Any OpenSSL opens such a file (`openssl pkey -in FILE`), so that no holder depends on this program. CBC does
//! not authenticate: a changed file opens to another key or to none, and another key signs nothing that counts,
//! because its id stands in no root; [`open`] holds it against the id that the holder's public half names.

use aws_lc_rs::rand::SecureRandom;
use pkcs8::der::Document;
use pkcs8::der::pem::LineEnding;
use pkcs8::pkcs5::{pbes2, scrypt};
use pkcs8::{EncryptedPrivateKeyInfo, PrivateKeyInfo};
use zeroize::Zeroizing;

use crate::{Key, SigningError};

/// 16 MiB and ten passes: more than OWASP asks of scrypt (16 MiB, five), and as much memory as OpenSSL allows
/// itself without being asked.
const FULL: (u8, u32, u32) = (14, 8, 10);
const LABEL: &str = "ENCRYPTED PRIVATE KEY";

/// What it costs to try a passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// For every key that anybody relies on.
    Full,
    /// Next to nothing: for tests, which open keys a hundred times.
    InsecureForTests,
}

/// A PEM text that holds the key and tells nothing without the passphrase.
///
/// # Errors
/// When the random source or the cipher fails.
pub fn seal(
    key: &Key,
    passphrase: &str,
    cost: Cost,
    random: &dyn SecureRandom,
) -> Result<String, SigningError> {
    let mut salt = [0; 16];
    let mut iv = [0; 16];
    random.fill(&mut salt).map_err(|_| SigningError::Random)?;
    random.fill(&mut iv).map_err(|_| SigningError::Random)?;
    let (log_n, r, p) = match cost {
        Cost::Full => FULL,
        Cost::InsecureForTests => (4, 8, 1),
    };
    let cost = scrypt::Params::new(log_n, r, p, 32).map_err(|_| SigningError::Sealing)?;
    let scheme = pbes2::Parameters::scrypt_aes256cbc(cost, &salt, &iv).map_err(|_| SigningError::Sealing)?;
    let der = key.pkcs8()?;
    let plain = PrivateKeyInfo::try_from(der.as_ref()).map_err(|_| SigningError::Sealing)?;
    let sealed = plain.encrypt_with_params(scheme, passphrase).map_err(|_| SigningError::Sealing)?;
    sealed.to_pem(LABEL, LineEnding::LF).map(|text| text.to_string()).map_err(|_| SigningError::Sealing)
}

/// The key in what [`seal`] wrote.
///
/// # Errors
/// [`SigningError::Passphrase`] when it does not open, [`SigningError::NotSealed`] for another kind of file.
pub fn open(text: &str, passphrase: &str) -> Result<Key, SigningError> {
    let (label, document) = Document::from_pem(text).map_err(|_| SigningError::NotSealed)?;
    if label != LABEL {
        return Err(SigningError::NotSealed);
    }
    let sealed =
        EncryptedPrivateKeyInfo::try_from(document.as_bytes()).map_err(|_| SigningError::NotSealed)?;
    let der = sealed.decrypt(passphrase).map_err(|_| SigningError::Passphrase)?;
    // A wrong passphrase ends in right padding once in 256 times; the bytes are no key then.
    Key::from_pkcs8(&Zeroizing::new(der.as_bytes().to_vec())).map_err(|_| SigningError::Passphrase)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use aws_lc_rs::rand::SystemRandom;

    use super::*;

    #[test]
    fn a_sealed_key_opens_with_its_passphrase_and_no_other() {
        let key = Key::generate(&SystemRandom::new()).unwrap();
        let text = seal(&key, "correct horse battery", Cost::Full, &SystemRandom::new()).unwrap();
        assert_eq!(open(&text, "correct horse battery").unwrap().id(), key.id());
        assert!(matches!(open(&text, "correct horse batterz"), Err(SigningError::Passphrase)));
        assert!(matches!(open("no key", "correct horse battery"), Err(SigningError::NotSealed)));
    }

    #[test]
    fn the_same_key_sealed_twice_is_two_texts() {
        let key = Key::generate(&SystemRandom::new()).unwrap();
        let seal = || seal(&key, "correct horse battery", Cost::Full, &SystemRandom::new()).unwrap();
        assert_ne!(seal(), seal());
    }

    #[test]
    fn the_plain_openssl_program_opens_it() {
        let key = Key::generate(&SystemRandom::new()).unwrap();
        let text = seal(&key, "correct horse battery", Cost::Full, &SystemRandom::new()).unwrap();
        let mut openssl = Command::new("openssl")
            .args(["pkey", "-passin", "pass:correct horse battery", "-noout", "-text"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        openssl.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let said = openssl.wait_with_output().unwrap();
        assert!(said.status.success());
        let hex: String =
            String::from_utf8(said.stdout).unwrap().chars().filter(char::is_ascii_hexdigit).collect();
        assert!(hex.contains(&key.public_hex()), "another key came out");
    }
}
