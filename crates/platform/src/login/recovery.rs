//! Recovery codes: ten ways in for somebody whose authenticator is not at hand, each once (B5).
//!
//! A code is 80 random bits, written in letters that are not taken for one another (Crockford's Base32). The database
//! holds a hash with the domain's key, so that not even a short code could be tried there.

use polder_wire::second_step::{RECOVERY_CODES, RecoveryCodes};
use polder_wire::{DomainId, Secret, UnixSeconds, UserId};
use sqlx::{AnyConnection, Row};
use zeroize::Zeroizing;

use crate::store::NoRandomness;
use crate::store::seal::DomainKeys;
use crate::{App, Random};

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LETTERS: usize = 16;
/// As the API description says it.
const LONGEST: usize = 64;

/// Codes could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MakeError {
    #[error(transparent)]
    Random(#[from] NoRandomness),
    #[error("the database failed: {0}")]
    Sql(#[from] sqlx::Error),
}

/// Ten new codes in place of any before.
pub(crate) async fn make(
    on: &mut AnyConnection,
    keys: &DomainKeys,
    domain: DomainId,
    user: UserId,
    now: UnixSeconds,
    random: Random,
) -> Result<RecoveryCodes, MakeError> {
    let (domain, user) = (domain.to_string(), user.to_string());
    delete(&mut *on, &domain, &user).await?;
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let code = new(random)?;
        sqlx::query("INSERT INTO recovery_codes (domain_id, user_id, hash, made_at) VALUES ($1, $2, $3, $4)")
            .bind(domain.as_str())
            .bind(user.as_str())
            .bind(keys.recovery_hash(&user, code.as_bytes()))
            .bind(now.0)
            .execute(&mut *on)
            .await?;
        codes.push(written(&code));
    }
    Ok(RecoveryCodes { codes })
}

/// Makes all codes of somebody worthless.
pub(crate) async fn delete(on: &mut AnyConnection, domain: &str, user: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM recovery_codes WHERE domain_id = $1 AND user_id = $2")
        .bind(domain)
        .bind(user)
        .execute(on)
        .await?;
    Ok(())
}

/// Uses a code: of any number of requests that bring it, one comes back with true.
pub(super) async fn use_once(
    on: &mut AnyConnection,
    keys: &DomainKeys,
    domain: DomainId,
    user: UserId,
    typed: &Secret,
    now: UnixSeconds,
) -> Result<bool, sqlx::Error> {
    let user = user.to_string();
    // What cannot be one is looked for all the same: it takes as long.
    let code = read(typed.expose()).unwrap_or_default();
    let used = sqlx::query(
        "UPDATE recovery_codes SET used_at = $1
         WHERE domain_id = $2 AND user_id = $3 AND hash = $4 AND used_at IS NULL",
    )
    .bind(now.0)
    .bind(domain.to_string())
    .bind(user.as_str())
    .bind(keys.recovery_hash(&user, code.as_bytes()))
    .execute(on)
    .await?;
    Ok(used.rows_affected() == 1)
}

/// How many were not used yet.
pub(crate) async fn left_in(
    on: &mut AnyConnection,
    domain: DomainId,
    user: UserId,
) -> Result<u32, sqlx::Error> {
    let row = sqlx::query(
        "SELECT COUNT(*) AS n FROM recovery_codes WHERE domain_id = $1 AND user_id = $2 AND used_at IS NULL",
    )
    .bind(domain.to_string())
    .bind(user.to_string())
    .fetch_one(on)
    .await?;
    Ok(u32::try_from(row.try_get::<i64, _>("n")?).unwrap_or(0))
}

/// As [`left_in`], outside any transaction.
pub(crate) async fn left(app: &App, domain: DomainId, user: UserId) -> Result<u32, sqlx::Error> {
    left_in(&mut *app.store.pool().acquire().await?, domain, user).await
}

fn new(random: Random) -> Result<Zeroizing<String>, NoRandomness> {
    let mut bytes = Zeroizing::new([0; LETTERS]);
    random.fill(&mut *bytes).map_err(|_| NoRandomness)?;
    // 32 letters: five bits of each byte, none likelier than another.
    Ok(Zeroizing::new(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect()))
}

/// In groups of four, as it is shown.
fn written(code: &str) -> Secret {
    let groups: Vec<_> = code.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
    Secret::new(groups.join("-"))
}

/// What a person typed, as the letters that were meant.
fn read(typed: &str) -> Option<Zeroizing<String>> {
    if typed.chars().count() > LONGEST {
        return None;
    }
    let mut code = Zeroizing::new(String::with_capacity(LETTERS));
    for letter in
        typed.chars().filter(|letter| !letter.is_whitespace() && !matches!(letter, '-' | '–' | '‑' | '_'))
    {
        let letter = match letter.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        };
        if !letter.is_ascii() || !ALPHABET.contains(&(letter as u8)) || code.len() == LETTERS {
            return None;
        }
        code.push(letter);
    }
    (code.len() == LETTERS).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_is_read_back_as_people_write_it() {
        let random: Random = Box::leak(Box::new(aws_lc_rs::rand::SystemRandom::new()));
        let code = new(random).unwrap();
        let shown = written(&code);
        assert_eq!(shown.expose().len(), 19);
        for typed in [
            shown.expose().to_owned(),
            shown.expose().to_uppercase(),
            code.to_string(),
            format!("  {} ", shown.expose().replace('-', " ")),
            shown.expose().replace('0', "O").replace('1', "l"),
        ] {
            assert_eq!(read(&typed).as_ref(), Some(&code), "{typed}");
        }
        for wrong in ["", "0", &code[1..], &format!("{}0", &*code), "ä".repeat(16).as_str(), &"-".repeat(65)]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_a_whole_code_or_none(typed in "\\PC{0,80}") {
            if let Some(code) = read(&typed) {
                prop_assert_eq!(code.len(), LETTERS);
                prop_assert_eq!(read(&code), Some(code));
            }
        }
    }
}
