//! What a new password is worth, said while it is typed. The platform judges by the same measure and has a list
//! of common ones besides.

use polder_wire::Secret;
use polder_wire::password::PasswordRules;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;
use zxcvbn::feedback::{Suggestion, Warning};
use zxcvbn::zxcvbn;

/// What a password is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strength {
    /// From 0 (the first guess) to 4 (beyond guessing).
    pub score: u8,
    /// So many characters are missing.
    pub missing: u32,
    /// The platform takes it, unless it stands in its list.
    pub enough: bool,
    /// What would make it better, the most telling first.
    pub hints: Vec<Hint>,
}

/// What is wrong with a password, or would make it better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hint {
    /// Keys that lie beside each other.
    KeyboardRows,
    /// The same again and again.
    Repeats,
    /// Many people use it.
    Common,
    /// It is nearly what many people use.
    LikeCommon,
    /// Such as abc or 6543.
    Sequences,
    /// Years and dates.
    Dates,
    /// A word alone.
    OneWord,
    /// Names, one's own above all.
    Names,
    /// A few words are strong and easy to keep.
    FewWords,
    /// One or two words more.
    MoreWords,
    /// Capitals change little.
    Capitals,
    /// Turning a word round changes little.
    Reversed,
    /// Writing @ for a changes little.
    Substitutions,
}

/// Judges what is typed, offline.
pub fn strength(typed: &Secret, rules: &PasswordRules) -> Strength {
    let password = Zeroizing::new(typed.expose().nfkc().collect::<String>());
    let length = u32::try_from(password.chars().count()).unwrap_or(u32::MAX);
    let about = about(rules);
    let about: Vec<_> = about.iter().map(String::as_str).collect();
    let judged = zxcvbn(&password, &about);
    let score = u8::from(judged.score());
    let missing = rules.minimum.saturating_sub(length);
    let mut hints = Vec::new();
    if let Some(feedback) = judged.feedback() {
        let warning = feedback.warning().map(of_warning);
        for hint in warning.into_iter().chain(feedback.suggestions().iter().copied().map(of_suggestion)) {
            if !hints.contains(&hint) {
                hints.push(hint);
            }
        }
    }
    Strength { score, missing, enough: missing == 0 && score >= rules.score, hints }
}

/// What somebody who knows the person tries first: as the platform does.
fn about(rules: &PasswordRules) -> Vec<String> {
    let whole = [&rules.name, &rules.email, &rules.domain_name];
    let sides = whole.iter().flat_map(|text| text.split('@'));
    let parts = whole.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    let all = whole.iter().map(|text| text.as_str()).chain(sides).chain(parts).chain(["polder"]);
    all.filter(|word| word.chars().count() >= 3).map(str::to_owned).collect()
}

fn of_warning(warning: Warning) -> Hint {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess => {
            Hint::KeyboardRows
        }
        Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            Hint::Repeats
        }
        Warning::ThisIsATop10Password | Warning::ThisIsATop100Password | Warning::ThisIsACommonPassword => {
            Hint::Common
        }
        Warning::ThisIsSimilarToACommonlyUsedPassword => Hint::LikeCommon,
        Warning::SequencesLikeAbcAreEasyToGuess => Hint::Sequences,
        Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess => Hint::Dates,
        Warning::AWordByItselfIsEasyToGuess => Hint::OneWord,
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
        | Warning::CommonNamesAndSurnamesAreEasyToGuess => Hint::Names,
    }
}

fn of_suggestion(suggestion: Suggestion) -> Hint {
    match suggestion {
        Suggestion::UseAFewWordsAvoidCommonPhrases | Suggestion::NoNeedForSymbolsDigitsOrUppercaseLetters => {
            Hint::FewWords
        }
        Suggestion::AddAnotherWordOrTwo => Hint::MoreWords,
        Suggestion::CapitalizationDoesntHelpVeryMuch
        | Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase => Hint::Capitals,
        Suggestion::ReversedWordsArentMuchHarderToGuess => Hint::Reversed,
        Suggestion::PredictableSubstitutionsDontHelpVeryMuch => Hint::Substitutions,
        Suggestion::UseALongerKeyboardPatternWithMoreTurns => Hint::KeyboardRows,
        Suggestion::AvoidRepeatedWordsAndCharacters => Hint::Repeats,
        Suggestion::AvoidSequences => Hint::Sequences,
        Suggestion::AvoidRecentYears
        | Suggestion::AvoidYearsThatAreAssociatedWithYou
        | Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou => Hint::Dates,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(password: &str) -> Strength {
        let rules = PasswordRules {
            name: "Aino Virtanen".into(),
            email: "aino.virtanen@hel.example".into(),
            domain_name: "Helsinki, City planning".into(),
            minimum: 15,
            score: 3,
        };
        strength(&Secret::new(password), &rules)
    }

    #[test]
    fn what_is_long_and_hard_to_guess_is_enough_whatever_its_characters() {
        for good in ["nine herons over the ditch", "水の上に五羽の白鳥がいますよね", "84039275610284913"]
        {
            let judged = judge(good);
            assert!(judged.enough && judged.score >= 3 && judged.missing == 0, "{good}: {judged:?}");
        }
    }

    #[test]
    fn what_is_missing_is_counted_in_characters() {
        assert_eq!(judge("").missing, 15);
        assert_eq!(judge("ö水🦢").missing, 12);
        assert!(!judge("xk7!qpzw").enough, "hard to guess, and too short");
    }

    #[test]
    fn what_is_easy_to_guess_is_told_why() {
        for (weak, hint) in [
            ("aaaaaaaaaaaaaaaaaa", Hint::Repeats),
            ("password", Hint::Common),
            ("abcdefghijklmnop", Hint::Sequences),
            ("qwertyuiop", Hint::Common),
        ] {
            let judged = judge(weak);
            assert!(!judged.enough && judged.hints.contains(&hint), "{weak}: {judged:?}");
        }
        assert!(judge("Aino Virtanen").score < 3, "the person's own names");
    }
}
