//! Which new passwords are taken (B8, R54): long enough, not one of those that everybody tries, not easy to
//! guess. No rules about kinds of characters.

use polder_wire::{Code, Secret};
use unicode_normalization::UnicodeNormalization;
use zxcvbn::Score;

use super::common;

/// Without a second step (NIST SP 800-63B-4, section 3.1.1.2).
const ALONE: u32 = 15;
/// With one (the same).
const WITH_SECOND_STEP: u32 = 8;
/// What a field takes.
const LONGEST: usize = 128;
/// Without a second step, an attacker has not found it after 10^8 guesses; with one, not after 10^6, and has the
/// second step still before them. zxcvbn counts ten kinds of characters, so eight random ones have no more.
const HARD_ALONE: Score = Score::Three;
const HARD_WITH_SECOND_STEP: Score = Score::Two;

/// What a person's new password must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// At least so many characters.
    pub minimum: u32,
    /// At least so hard to guess.
    pub score: Score,
}

impl Rules {
    /// For somebody in a domain with this minimum, who has a second step (or must have one) or not.
    pub fn of(domain_minimum: u32, second_step: bool) -> Self {
        let (least, score) =
            if second_step { (WITH_SECOND_STEP, HARD_WITH_SECOND_STEP) } else { (ALONE, HARD_ALONE) };
        Self { minimum: domain_minimum.max(least), score }
    }
}

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Too few or too many characters.
    #[error("a password here has {minimum} to 128 characters")]
    Length {
        /// At least so many.
        minimum: u32,
    },
    /// It stands in the list.
    #[error("a password that many people use is the first that is tried")]
    Common,
    /// It is easy to guess.
    #[error("a password like this is easy to guess")]
    Guessable,
}

impl Weak {
    /// What the person is told.
    pub fn code(self) -> Code {
        match self {
            Self::Length { .. } => Code::PasswordTooShort,
            Self::Common => Code::PasswordCommon,
            Self::Guessable => Code::PasswordWeak,
        }
    }
}

/// A password that was taken, normalised, ready to be hashed.
#[derive(Debug)]
pub struct Accepted(Secret);

impl Accepted {
    /// Judges a new password. `about` are words that somebody who knows the person tries first.
    ///
    /// # Errors
    /// Why it is not taken.
    pub fn judge(typed: &Secret, rules: Rules, about: &[&str]) -> Result<Self, Weak> {
        let wrong = Weak::Length { minimum: rules.minimum };
        if typed.expose().chars().count() > LONGEST {
            return Err(wrong);
        }
        let password = normalised(typed);
        let length = password.expose().chars().count();
        if u32::try_from(length).is_ok_and(|length| length < rules.minimum) {
            return Err(wrong);
        }
        if common::is_common(password.expose()) {
            return Err(Weak::Common);
        }
        if zxcvbn::zxcvbn(password.expose(), &words(about)).score() < rules.score {
            return Err(Weak::Guessable);
        }
        Ok(Self(password))
    }

    /// To hash it.
    pub(crate) fn into_secret(self) -> Secret {
        self.0
    }
}

/// The same characters, whichever way a keyboard composed them (NFKC, RFC 8265 as NIST asks for).
pub(crate) fn normalised(typed: &Secret) -> Secret {
    Secret::new(typed.expose().nfkc().collect::<String>())
}

/// Each as it is, an e-mail's two sides, and the words in it.
fn words<'a>(about: &[&'a str]) -> Vec<&'a str> {
    let sides = about.iter().flat_map(|text| text.split('@'));
    let parts = about.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    about
        .iter()
        .copied()
        .chain(sides)
        .chain(parts)
        .chain(["polder"])
        .filter(|word| word.chars().count() >= 3)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(password: &str, rules: Rules) -> Result<(), Weak> {
        Accepted::judge(&Secret::new(password), rules, &["Aino Virtanen", "aino.virtanen@example.fi"])
            .map(drop)
    }

    #[test]
    fn fifteen_characters_or_eight_with_a_second_step_and_the_domains_minimum_on_top() {
        assert_eq!(Rules::of(8, false).minimum, 15);
        assert_eq!(Rules::of(8, true).minimum, 8);
        assert_eq!(Rules::of(20, true).minimum, 20);
        assert_eq!(Rules::of(12, false).minimum, 15);
    }

    #[test]
    fn length_counts_characters_as_they_are_kept() {
        let rules = Rules::of(8, true);
        assert_eq!(judge("xk7!qpz", rules), Err(Weak::Length { minimum: 8 }));
        assert_eq!(judge("xk7!qpzw", rules), Ok(()));
        // Composed by the keyboard or not, these are three characters.
        assert_eq!(judge("e\u{301}e\u{301}e\u{301}", rules), Err(Weak::Length { minimum: 8 }));
        assert_eq!(judge(&"ö水 ".repeat(43), rules), Err(Weak::Length { minimum: 8 }), "129 characters");
        assert_eq!(judge("水の上に五羽の白鳥がいます", rules), Ok(()));
    }

    #[test]
    fn what_everybody_tries_first_is_refused_in_any_letter_case_and_width() {
        let rules = Rules::of(8, true);
        for common in ["password", "PASSWORD", "ｐａｓｓｗｏｒｄ", "qwertyuiopasdfgh"] {
            assert_eq!(judge(common, rules), Err(Weak::Common), "{common}");
        }
    }

    #[test]
    fn what_is_easy_to_guess_is_refused_and_no_kinds_of_characters_are_asked_for() {
        let rules = Rules::of(8, true);
        for guessable in ["aaaaaaaaaaaaaaaaaa", "ainovirtanen", "Aino.Virtanen1", "polderpolder"] {
            assert_eq!(judge(guessable, rules), Err(Weak::Guessable), "{guessable}");
        }
        assert_eq!(judge("nine herons over the ditch", rules), Ok(()));
        assert_eq!(judge("84039275610284", rules), Ok(()));
    }
}
