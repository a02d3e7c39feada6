//! Time-based one-time passwords (RFC 6238): SHA-1, six digits, thirty seconds.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SecureRandom;
use polder_wire::{Secret, UnixSeconds};
use zeroize::Zeroizing;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// How long a code is shown, in seconds.
pub(crate) const STEP_SECONDS: i64 = 30;
/// How far a clock is looked for that is wrong: half a day, so that a wrong half of the day is found.
const STRAY_STEPS: i64 = 12 * 60 * 60 / STEP_SECONDS;

/// A key cannot be made or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TotpError {
    /// The system gives no randomness.
    #[error("the system gives no randomness")]
    NoRandomness,
    /// The text is no Base32.
    #[error("this is no Base32 text")]
    NotBase32,
}

/// A new key of 160 bits, as RFC 4226 recommends.
///
/// # Errors
/// When there is no randomness.
pub fn new_key(random: &dyn SecureRandom) -> Result<Zeroizing<Vec<u8>>, TotpError> {
    let mut key = Zeroizing::new(vec![0; 20]);
    random.fill(&mut key).map_err(|_| TotpError::NoRandomness)?;
    Ok(key)
}

/// The time step whose code this is: now, the one before or the one after, if it is later than the last one
/// that was used.
pub fn matching_step(key: &[u8], code: &str, now: UnixSeconds, last_used: Option<i64>) -> Option<i64> {
    let now = step_at(now);
    let key = hmac_key(key);
    // All three are computed whatever the first says.
    let mut found = None;
    for step in [now - 1, now, now + 1] {
        let same = verify_slices_are_equal(code_of(&key, step).as_bytes(), code.as_bytes()).is_ok();
        if same && last_used.is_none_or(|last| step > last) && found.is_none() {
            found = Some(step);
        }
    }
    found
}

/// The step that a wrong code would have been right for within half a day, the nearest one; none for a code of now.
/// One code alone proves nothing: one in three hundred that somebody makes up is found, too.
pub(crate) fn stray_step(key: &[u8], code: &str, now: UnixSeconds) -> Option<i64> {
    let now = step_at(now);
    let key = hmac_key(key);
    // All of them, whatever is found: how long it takes tells nothing.
    let mut nearest = None;
    for away in (2..=STRAY_STEPS).rev() {
        for step in [now - away, now + away] {
            if verify_slices_are_equal(code_of(&key, step).as_bytes(), code.as_bytes()).is_ok() {
                nearest = Some(step);
            }
        }
    }
    nearest
}

/// The time step of a moment.
pub(crate) fn step_at(now: UnixSeconds) -> i64 {
    now.0.div_euclid(STEP_SECONDS)
}

fn hmac_key(key: &[u8]) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key)
}

fn code_of(key: &hmac::Key, step: i64) -> Zeroizing<String> {
    let tag = hmac::sign(key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[19] & 0x0f);
    let number = u32::from_be_bytes([tag[at], tag[at + 1], tag[at + 2], tag[at + 3]]) & 0x7fff_ffff;
    Zeroizing::new(format!("{:06}", number % 1_000_000))
}

/// A key as people type it: Base32 (RFC 4648) without padding.
pub fn base32(key: &[u8]) -> Secret {
    let mut text = String::with_capacity(key.len().div_ceil(5) * 8);
    for group in key.chunks(5) {
        let mut five = [0; 8];
        five[3..3 + group.len()].copy_from_slice(group);
        let bits = u64::from_be_bytes(five);
        for place in 0..(group.len() * 8).div_ceil(5) {
            let index = (bits >> (35 - 5 * place)) & 31;
            text.push(char::from(ALPHABET[usize::try_from(index).unwrap_or(0)]));
        }
    }
    Secret::new(text)
}

/// Reads [`base32`], also in lower case, with spaces or padding.
///
/// # Errors
/// [`TotpError::NotBase32`].
pub fn parse_base32(text: &str) -> Result<Zeroizing<Vec<u8>>, TotpError> {
    let mut key = Zeroizing::new(Vec::new());
    let (mut held, mut bits) = (0_u32, 0);
    for letter in text.trim_end_matches('=').bytes().filter(|byte| *byte != b' ') {
        let upper = letter.to_ascii_uppercase();
        let value = ALPHABET.iter().position(|known| *known == upper).ok_or(TotpError::NotBase32)?;
        held = (held << 5) | u32::try_from(value).unwrap_or(0);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            key.push((held >> bits & 0xff) as u8);
        }
    }
    // What is left over must be padding bits: fewer than a letter's, and zero.
    if bits >= 5 || held & ((1 << bits) - 1) != 0 { Err(TotpError::NotBase32) } else { Ok(key) }
}

/// The `otpauth` URI that a QR shows.
pub fn uri(key: &[u8], issuer: &str, account: &str) -> Secret {
    let (issuer, account) = (percent(issuer), percent(account));
    let key = base32(key);
    let key = key.expose();
    Secret::new(format!(
        "otpauth://totp/{issuer}:{account}?secret={key}&issuer={issuer}&algorithm=SHA1&digits=6&period=30"
    ))
}

fn percent(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(fuzzing)]
pub(crate) fn fuzz(text: &str) {
    if let Ok(key) = parse_base32(text) {
        let written = base32(&key);
        assert_eq!(parse_base32(written.expose()).as_ref(), Ok(&key), "it reads back");
        drop(uri(&key, text, text));
        let code = code_of(&hmac_key(&key), 1);
        // One time in a million the next code is the same.
        if code_of(&hmac_key(&key), 2) != code {
            assert_eq!(matching_step(&key, &code, UnixSeconds(30), Some(1)), None, "a code that was used");
        }
    }
    if let Some(step) = matching_step(b"12345678901234567890", text, UnixSeconds(59), None) {
        assert!((0..=2).contains(&step) && text.len() == 6);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B, the last six of eight digits.
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(matching_step(KEY, code, UnixSeconds(seconds), None), Some(seconds / 30));
        }
    }

    #[test]
    fn a_code_counts_one_step_around_its_time_and_not_two() {
        for (away, found) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
            assert_eq!(matching_step(KEY, "287082", UnixSeconds(59 + away), None).is_some(), found, "{away}");
        }
    }

    #[test]
    fn a_step_that_was_used_or_is_older_does_not_count() {
        assert_eq!(matching_step(KEY, "287082", UnixSeconds(59), Some(0)), Some(1));
        assert_eq!(matching_step(KEY, "287082", UnixSeconds(59), Some(1)), None);
        assert_eq!(matching_step(KEY, "287082", UnixSeconds(59), Some(2)), None);
    }

    #[test]
    fn a_code_of_another_time_of_the_day_is_found_there_and_one_of_now_is_not() {
        let now = UnixSeconds(1_790_000_010);
        let step = step_at(now);
        for away in [-1440, -60, -2, 2, 7, 1440] {
            let code = code_of(&hmac_key(KEY), step + away);
            assert_eq!(stray_step(KEY, &code, now), Some(step + away), "{away}");
        }
        for away in [-1441, -1, 0, 1, 1441] {
            let code = code_of(&hmac_key(KEY), step + away);
            assert_eq!(stray_step(KEY, &code, now), None, "{away}");
        }
    }

    #[test]
    fn base32_is_that_of_rfc_4648() {
        for (bytes, text) in
            [(&b""[..], ""), (b"f", "MY"), (b"fo", "MZXQ"), (b"foo", "MZXW6"), (b"foobar", "MZXW6YTBOI")]
        {
            assert_eq!(base32(bytes).expose(), text);
            assert_eq!(**parse_base32(text).unwrap(), *bytes);
        }
        assert_eq!(**parse_base32("mzxw 6ytb oi======").unwrap(), *b"foobar");
        for wrong in ["M", "MZ1", "ä", "MZ"] {
            assert!(parse_base32(wrong).is_err(), "{wrong}");
        }
    }
}
