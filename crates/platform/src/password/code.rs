//! One-time codes that let somebody set a password. They come by mail and are typed by people.

use aws_lc_rs::digest::{SHA256, digest};
use polder_wire::{Secret, UnixSeconds};
use sqlx::Row;
use zeroize::Zeroizing;

use crate::mail::{self, Letter, MailError, Recipient};
use crate::store::{NoRandomness, Write};
use crate::{App, Random};

/// Crockford's Base32: no letter that looks like a digit.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 100 random bits: nobody can guess one, so a plain hash of it does in the database.
const LENGTH: usize = 20;
const GROUP: usize = 5;

const FIRST_SECONDS: i64 = 7 * 24 * 60 * 60;
const RESET_SECONDS: i64 = 60 * 60;
/// So many codes for a new password are good at the same time, and so many letters an hour somebody can be
/// sent by strangers. Another does not kill the ones before, or a stranger could keep a person from using theirs.
const RESETS_AT_ONCE: i64 = 5;

/// What a code is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The first password of an account.
    First,
    /// A new one in place of one that was forgotten.
    Reset,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Reset => "reset",
        }
    }

    fn lasts(self) -> i64 {
        match self {
            Self::First => FIRST_SECONDS,
            Self::Reset => RESET_SECONDS,
        }
    }
}

/// The hash of what was typed; nothing when it can be no code.
pub(super) fn read(typed: &Secret) -> Option<String> {
    let mut code = Zeroizing::new(String::with_capacity(LENGTH));
    for letter in typed.expose().chars() {
        let letter = match letter.to_ascii_uppercase() {
            // What people type for a digit that looks like it.
            'O' => '0',
            'I' | 'L' => '1',
            letter if letter.is_whitespace() || matches!(letter, '-' | '\u{2010}'..='\u{2015}') => continue,
            letter => letter,
        };
        if !letter.is_ascii() || !ALPHABET.contains(&(letter as u8)) || code.len() == LENGTH {
            return None;
        }
        code.push(letter);
    }
    (code.len() == LENGTH).then(|| hash(&code))
}

/// The letter with somebody's first code.
pub(crate) async fn invite(
    app: &App,
    write: &mut Write,
    to: Recipient,
    domain_name: &str,
) -> Result<(), MailError> {
    let (code, until) = issue(app, write, to, Kind::First).await?;
    mail::post(app, write, to, Letter::FirstPassword { code, domain_name: domain_name.to_owned(), until })
        .await
}

/// The letter to somebody whose second step was taken away, and their password with it: a code to begin anew with.
pub(crate) async fn begin_anew(app: &App, write: &mut Write, to: Recipient) -> Result<(), MailError> {
    let (code, until) = issue(app, write, to, Kind::First).await?;
    mail::post(app, write, to, Letter::SecondStepTaken { code, until }).await
}

/// Makes all codes that somebody was sent worthless.
pub(crate) async fn take_back(write: &mut Write, to: Recipient) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM password_codes WHERE domain_id = $1 AND user_id = $2")
        .bind(to.domain.to_string())
        .bind(to.user.to_string())
        .execute(write.on())
        .await?;
    Ok(())
}

/// The letter with a code for a new password, unless there are enough of them.
pub(super) async fn send_reset(app: &App, write: &mut Write, to: Recipient) -> Result<(), MailError> {
    let living: i64 = sqlx::query(
        "SELECT COUNT(*) AS living FROM password_codes
         WHERE domain_id = $1 AND user_id = $2 AND kind = 'reset' AND expires_at > $3",
    )
    .bind(to.domain.to_string())
    .bind(to.user.to_string())
    .bind(app.now().0)
    .fetch_one(&mut *write.on())
    .await?
    .try_get("living")?;
    if living >= RESETS_AT_ONCE {
        tracing::info!(user = %to.user, "no more codes for a new password within this hour");
        return Ok(());
    }
    let (code, until) = issue(app, write, to, Kind::Reset).await?;
    mail::post(app, write, to, Letter::Reset { code, until }).await
}

async fn issue(
    app: &App,
    write: &mut Write,
    to: Recipient,
    kind: Kind,
) -> Result<(Secret, UnixSeconds), MailError> {
    let code = new(app.random)?;
    let until = app.now().plus(kind.lasts());
    sqlx::query(
        "INSERT INTO password_codes (hash, domain_id, user_id, kind, expires_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(hash(&code))
    .bind(to.domain.to_string())
    .bind(to.user.to_string())
    .bind(kind.as_str())
    .bind(until.0)
    .execute(write.on())
    .await?;
    Ok((in_groups(&code), until))
}

fn new(random: Random) -> Result<Zeroizing<String>, NoRandomness> {
    let mut bytes = Zeroizing::new([0; LENGTH]);
    random.fill(&mut *bytes).map_err(|_| NoRandomness)?;
    // 256 is a multiple of 32, so each letter is as likely as any other.
    Ok(Zeroizing::new(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect()))
}

fn in_groups(code: &str) -> Secret {
    let groups: Vec<_> = code.as_bytes().chunks(GROUP).map(String::from_utf8_lossy).collect();
    Secret::new(groups.join("-"))
}

fn hash(code: &str) -> String {
    hex::encode(digest(&SHA256, code.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let right = read(&Secret::new("01ABC-DEFGH-JKMNP-QRSTV"));
        assert!(right.is_some());
        for typed in ["oIabcdefghjkmnpqrstv", " 0labc defgh jkmnp qrstv ", "O1ABC–DEFGH–JKMNP–QRSTV"] {
            assert_eq!(read(&Secret::new(typed)), right, "{typed}");
        }
        for wrong in [
            "",
            "01ABC-DEFGH-JKMNP-QRST",
            "01ABC-DEFGH-JKMNP-QRSTVW",
            "01ABC-DEFGH-JKMNP-QRSTU",
            "ä1ABC-DEFGH-JKMNP-QRSTV",
        ] {
            assert_eq!(read(&Secret::new(wrong)), None, "{wrong}");
        }
    }

    #[test]
    fn a_new_code_is_four_groups_of_five_and_reads_back() {
        let random: Random = Box::leak(Box::new(aws_lc_rs::rand::SystemRandom::new()));
        let code = new(random).unwrap();
        let shown = in_groups(&code);
        assert_eq!(shown.expose().split('-').map(str::len).collect::<Vec<_>>(), [5; 4]);
        assert_eq!(read(&shown), Some(hash(&code)));
        assert_ne!(*new(random).unwrap(), *code);
    }
}
