use std::collections::BTreeSet;

use super::ProposalFault;
use crate::metadata::Signature;
use crate::{Key, role};

/// What was shown to a person, together with the bytes that it was computed from. A signature comes from here
/// and from nowhere else.
#[derive(Debug)]
pub struct Shown {
    text: String,
    signed: Vec<u8>,
    signers: BTreeSet<String>,
    signed_by: BTreeSet<String>,
}

impl Shown {
    pub(super) fn new(
        text: String,
        signed: Vec<u8>,
        signers: BTreeSet<String>,
        signatures: &[Signature],
    ) -> Self {
        let signed_by = signatures.iter().map(|signature| signature.keyid.clone()).collect();
        Self { text, signed, signers, signed_by }
    }

    /// The text to show.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// SHA-256 of the text, for scripts that say what they read.
    pub fn sha256(&self) -> String {
        role::sha256(self.text.as_bytes())
    }

    /// The word to type. Everybody who is shown the same text is shown the same word, so that holders can compare
    /// it by telephone.
    pub fn word(&self) -> String {
        word(&self.text)
    }

    /// Signs the bytes that the text was computed from.
    ///
    /// # Errors
    /// When the key is no holder's of this role, or signed before.
    pub fn sign(self, key: &Key) -> Result<Signature, ProposalFault> {
        let id = key.id().to_owned();
        if !self.signers.contains(&id) {
            return Err(ProposalFault::Stranger(id));
        }
        if self.signed_by.contains(&id) {
            return Err(ProposalFault::Twice(id));
        }
        Ok(Signature { sig: key.sign(&self.signed), keyid: id })
    }
}

/// Two times five letters that can be spoken, from the first four bytes of the text's SHA-256: consonants and
/// vowels in turn, sixteen bits in five letters.
pub(crate) fn word(text: &str) -> String {
    const CONSONANTS: &[u8; 16] = b"bdfghjklmnprstvz";
    const VOWELS: &[u8; 4] = b"aiou";
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    let spoken = |two: &[u8]| {
        let bits = usize::from(u16::from_be_bytes([two[0], two[1]]));
        let letter = |shift: usize, from: &[u8]| char::from(from[bits >> shift & (from.len() - 1)]);
        [
            letter(12, CONSONANTS),
            letter(10, VOWELS),
            letter(6, CONSONANTS),
            letter(4, VOWELS),
            letter(0, CONSONANTS),
        ]
        .iter()
        .collect::<String>()
    };
    format!("{}-{}", spoken(&hash.as_ref()[..2]), spoken(&hash.as_ref()[2..4]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_text_has_another_word_and_the_same_text_the_same() {
        let words: BTreeSet<_> = (0..500).map(|n| word(&n.to_string())).collect();
        assert_eq!(words.len(), 500);
        assert_eq!(word("1"), word("1"));
        assert_eq!(word("").len(), 11);
    }
}
