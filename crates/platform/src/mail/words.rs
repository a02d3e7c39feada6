//! What letters say. Short lines of plain text: a code must be readable in any program, also in the bytes of
//! the message.

mod en;
mod nl;

use polder_wire::{Language, Secret, UnixSeconds};

use super::Letter;

/// A letter in words.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) subject: String,
    /// Has codes in it.
    pub(super) body: Secret,
}

/// The letter in somebody's language. `at` is when what it tells happened.
pub(super) fn of(letter: &Letter, language: Language, at: UnixSeconds) -> Words {
    let (subject, body) = match language {
        Language::En => en::say(letter, at),
        Language::Nl => nl::say(letter, at),
    };
    Words { subject, body: Secret::new(body) }
}

/// Day and minute in UTC: a letter does not know where it is read, and says so.
fn moment(at: UnixSeconds, months: [&str; 12]) -> String {
    let Ok(time) = jiff::Timestamp::from_second(at.0) else { return format!("{} UTC", at.0) };
    let time = time.to_zoned(jiff::tz::TimeZone::UTC);
    // Months count from 1.
    let month = usize::try_from(time.month() - 1).ok().and_then(|month| months.get(month));
    let (day, year, hour, minute) = (time.day(), time.year(), time.hour(), time.minute());
    format!("{day} {} {year}, {hour:02}:{minute:02} UTC", month.copied().unwrap_or_default())
}

/// A name that somebody gave, as one line of a letter, cut where the line ends.
fn one_line(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_control()).take(68).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: UnixSeconds = UnixSeconds(1_790_000_000);
    const CODE: &str = "AAAAA-BBBBB-CCCCC-DDDDD";

    fn letters() -> Vec<Letter> {
        let code = Secret::new(CODE);
        let until = UnixSeconds(1_790_003_600);
        vec![
            Letter::FirstPassword { code: code.clone(), domain_name: "Helsinki".into(), until },
            Letter::Reset { code: code.clone(), until },
            Letter::PasswordChanged,
            Letter::EmailChanged,
            Letter::RecoveryCodeUsed { left: 1 },
            Letter::RecoveryCodeUsed { left: 9 },
            Letter::SignInsLocked { failures: 10, until: Some(until) },
            Letter::SignInsLocked { failures: 100, until: None },
            Letter::SessionEndedByReuse { device: "Aino's laptop\r\n\r\nhttps://evil.example".into() },
            Letter::NewDevice { device: "Aino's laptop".into() },
            Letter::SecondStepChanged,
            Letter::SecondStepTaken { code, until },
        ]
    }

    #[test]
    fn every_letter_has_its_own_words_in_each_language() {
        let mut seen = std::collections::HashSet::new();
        for letter in letters() {
            for language in Language::ALL {
                let words = of(&letter, language, AT);
                assert!(!words.subject.is_empty() && !words.subject.contains(char::is_control));
                assert!(seen.insert(words.body.expose().to_owned()), "{} in {language}", letter.kind());
            }
        }
    }

    #[test]
    fn the_code_and_its_end_stand_in_the_letters_that_bring_one() {
        for letter in letters() {
            for language in Language::ALL {
                let body = of(&letter, language, AT).body;
                let brings = matches!(
                    letter,
                    Letter::FirstPassword { .. } | Letter::Reset { .. } | Letter::SecondStepTaken { .. }
                );
                assert_eq!(body.expose().lines().any(|line| line.trim() == CODE), brings);
                if brings {
                    let until = if language == Language::En {
                        "21 September 2026, 15:13"
                    } else {
                        "21 september 2026, 15:13"
                    };
                    assert!(body.expose().contains(until), "{}", body.expose());
                }
            }
        }
    }

    #[test]
    fn lines_are_short_and_no_line_of_ours_has_a_link() {
        for letter in letters() {
            for language in Language::ALL {
                let body = of(&letter, language, AT).body;
                for line in body.expose().lines() {
                    assert!(line.chars().count() <= 76, "{line}");
                    // What somebody named a device stays inside its own line.
                    assert!(!line.trim_start().starts_with("http"), "{line}");
                }
                assert!(!body.expose().contains('\r'));
            }
        }
    }

    #[test]
    fn a_moment_reads_as_a_date() {
        assert_eq!(moment(AT, en::MONTHS), "21 September 2026, 14:13 UTC");
        assert_eq!(moment(UnixSeconds(1_767_225_600), nl::MONTHS), "1 januari 2026, 00:00 UTC");
    }
}
