//! Is this one of the passwords that everybody tries first (B8)? Answered offline, from a list that is built in.

use aws_lc_rs::digest::{SHA256, digest};
use unicode_normalization::UnicodeNormalization;

/// Sorted entries, one after the other; `common.md` says where it is from.
const LIST: &[u8] = include_bytes!("common.bin");
const LENGTH: usize = 5;
/// No rule lets through a shorter one.
const SHORTEST: usize = 8;

/// How a password stands in the list, if it is one that could be chosen at all.
pub fn entry_if_long_enough(text: &str) -> Option<[u8; LENGTH]> {
    let text: String = text.nfkc().collect();
    (text.chars().count() >= SHORTEST).then(|| entry(&text))
}

/// Whether a normalised password stands in the list, whatever its letter case.
pub(super) fn is_common(normalised: &str) -> bool {
    let wanted = entry(normalised);
    let (entries, _) = LIST.as_chunks::<LENGTH>();
    entries.binary_search(&wanted).is_ok()
}

fn entry(normalised: &str) -> [u8; LENGTH] {
    let lower = zeroize::Zeroizing::new(normalised.to_lowercase());
    let hash = digest(&SHA256, lower.as_bytes());
    let mut entry = [0; LENGTH];
    entry.copy_from_slice(&hash.as_ref()[..LENGTH]);
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_whole_and_holds_what_everybody_tries() {
        let (entries, rest) = LIST.as_chunks::<LENGTH>();
        assert!(rest.is_empty() && entries.len() > 100_000);
        assert!(entries.is_sorted_by(|one, next| one < next));
        for common in ["password", "12345678", "PassWord", "qwertyuiopasdfgh", "1q2w3e4r5t6y7u8i", "trustno1"]
        {
            assert!(is_common(common), "{common}");
        }
        assert!(!is_common("a heron over nine ditches"));
    }
}
