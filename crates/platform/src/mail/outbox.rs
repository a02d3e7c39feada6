use std::time::Duration;

use polder_wire::{DomainId, Language, UnixSeconds, UserId};
use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::desk::{Envelope, Sent};
use super::letter::Letter;
use super::words;
use crate::App;
use crate::account::EMAIL;
use crate::store::keys::KeyError;
use crate::store::seal::SealError;
use crate::store::{Column, NoRandomness, OpenError, StoreError, Write, parsed, random_id};

const LETTER: Column = Column::new("outbox", "letter");

/// Whoever sends a letter has it for so long; then another node may. Longer than any attempt takes.
const TAKEN_SECONDS: i64 = 3 * 60;
/// The first pause after a failed attempt; each is twice the one before.
const FIRST_PAUSE_SECONDS: i64 = 30;
const LONGEST_PAUSE_SECONDS: i64 = 60 * 60;
/// How many letters one round looks at.
const ROUND: i64 = 100;
/// Other processes post too (the command line does), without ringing this one's bell.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Whom a letter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipient {
    /// Their domain.
    pub domain: DomainId,
    /// Their account.
    pub user: UserId,
}

/// A letter could not be posted, or the outbox not be read.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// There is no such account.
    #[error("there is no such account")]
    NoRecipient,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The domain's key.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// Sealing.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Opening.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Randomness.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// What was sealed is no letter, or cannot be written down.
    #[error("a letter does not read: {0}")]
    Letter(#[from] serde_json::Error),
}

impl From<sqlx::Error> for MailError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<MailError> for crate::http::Refused {
    fn from(error: MailError) -> Self {
        Self::internal(&error)
    }
}

/// What lies sealed in the outbox.
#[derive(Serialize, Deserialize)]
struct Sealed {
    /// The address at the time of posting: a letter about a changed address goes to the one before.
    address: String,
    language: Language,
    letter: Letter,
}

/// Puts a letter into the outbox, inside the transaction of what it tells about. It leaves once that lasts.
///
/// # Errors
/// When there is no such account or the database fails; the caller's transaction must then not last.
pub async fn post(app: &App, write: &mut Write, to: Recipient, letter: Letter) -> Result<(), MailError> {
    let keys = app.keys.domain(to.domain).await?;
    let row = sqlx::query("SELECT email, language FROM users WHERE domain_id = $1 AND id = $2")
        .bind(to.domain.to_string())
        .bind(to.user.to_string())
        .fetch_optional(&mut *write.on())
        .await?
        .ok_or(MailError::NoRecipient)?;
    let address = EMAIL.open_text(&keys, &to.user.to_string(), &row.try_get::<Vec<u8>, _>("email")?)?;
    let language = parsed(&row, "language")?;
    let now = app.now();
    let keep_until = letter.keep_until(now);
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(&Sealed { address, language, letter })?);
    let id = random_id(app.random, hex::encode)?;
    let sealed = LETTER.seal(&keys, &id, &plain, app.random)?;
    sqlx::query(
        "INSERT INTO outbox (id, domain_id, user_id, letter, posted_at, keep_until, tries, try_at)
         VALUES ($1, $2, $3, $4, $5, $6, 0, $5)",
    )
    .bind(id)
    .bind(to.domain.to_string())
    .bind(to.user.to_string())
    .bind(sealed)
    .bind(now.0)
    .bind(keep_until.0)
    .execute(write.on())
    .await?;
    write.then_wake(app.mail.bell());
    Ok(())
}

/// What became of the letters that were due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Round {
    /// So many left.
    pub left: usize,
    /// So many failed and are tried again later.
    pub failed: usize,
    /// So many were too old to be of use.
    pub dropped: usize,
}

/// Sends the letters that are due, one after the other, and stops at the first that shows that the mail server
/// is away. A letter that was sent and could not be struck off is sent again, under the same message id.
///
/// # Errors
/// When the database fails. A letter that does not leave is no error.
pub async fn deliver_due(app: &App) -> Result<Round, MailError> {
    let mut round = Round { dropped: drop_old(app).await?, ..Round::default() };
    if !app.mail.leads_somewhere() {
        return Ok(round);
    }
    let due = sqlx::query(
        "SELECT id, domain_id, letter, posted_at, tries FROM outbox WHERE try_at <= $1 ORDER BY try_at, id LIMIT $2",
    )
    .bind(app.now().0)
    .bind(ROUND)
    .fetch_all(app.store.pool())
    .await?;
    for row in due {
        let id: String = row.try_get("id")?;
        let tries: i64 = row.try_get("tries")?;
        if !take(app, &id, tries).await? {
            continue;
        }
        // What does not open or read must not hold up what comes after it.
        let sent = match send(app, &id, &row).await {
            Err(MailError::Keys(KeyError::NotFound) | MailError::Open(_) | MailError::Letter(_)) => {
                Sent::Refused { why: "it does not open".to_owned() }
            }
            sent => sent?,
        };
        match sent {
            Sent::Left { kind } => {
                strike_off(app, &id).await?;
                tracing::info!(letter = id, kind, "a letter left");
                round.left += 1;
            }
            Sent::Refused { why } => {
                put_back(app, &id, pause(tries)).await?;
                tracing::warn!(
                    letter = id,
                    why,
                    tries = tries + 1,
                    "a letter was refused; trying again later"
                );
                round.failed += 1;
            }
            Sent::NobodyThere { why } => {
                put_back(app, &id, pause(tries)).await?;
                tracing::warn!(
                    letter = id,
                    why,
                    tries = tries + 1,
                    "letters do not leave; trying again later"
                );
                round.failed += 1;
                break;
            }
        }
    }
    Ok(round)
}

/// Sends what is posted, for as long as the platform runs.
pub async fn run(app: App) {
    if !app.mail.leads_somewhere() {
        tracing::warn!("there is no [mail] in the configuration: letters wait, first passwords among them");
    }
    loop {
        match deliver_due(&app).await {
            // More may wait than one round took.
            Ok(Round { left, failed: 0, .. }) if left > 0 => continue,
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "the outbox could not be read; trying again soon"),
        }
        // Whether somebody rang or it is time: either way there may be something.
        let _ = tokio::time::timeout(LOOK_EVERY, app.mail.bell().notified()).await;
    }
}

fn pause(tries: i64) -> i64 {
    let doubled = u32::try_from(tries).ok().and_then(|tries| FIRST_PAUSE_SECONDS.checked_shl(tries.min(16)));
    doubled.unwrap_or(LONGEST_PAUSE_SECONDS).min(LONGEST_PAUSE_SECONDS)
}

async fn send(app: &App, id: &str, row: &sqlx::any::AnyRow) -> Result<Sent, MailError> {
    let keys = app.keys.domain(parsed(row, "domain_id")?).await?;
    let plain = LETTER.open(&keys, id, &row.try_get::<Vec<u8>, _>("letter")?)?;
    let Sealed { address, language, letter } = serde_json::from_slice(&plain)?;
    let posted_at = UnixSeconds(row.try_get("posted_at")?);
    let words = words::of(&letter, language, posted_at);
    let envelope = Envelope { id, to: &address, posted_at, kind: letter.kind(), words: &words };
    Ok(app.mail.send(&envelope).await)
}

/// Takes a letter to send; false when another node did.
async fn take(app: &App, id: &str, tries: i64) -> Result<bool, MailError> {
    let mut write = app.store.write().await?;
    let taken = sqlx::query(
        "UPDATE outbox SET tries = tries + 1, try_at = $1 WHERE id = $2 AND tries = $3 AND try_at <= $4",
    )
    .bind(app.now().plus(TAKEN_SECONDS).0)
    .bind(id)
    .bind(tries)
    .bind(app.now().0)
    .execute(write.on())
    .await?;
    write.commit().await?;
    Ok(taken.rows_affected() == 1)
}

async fn put_back(app: &App, id: &str, pause: i64) -> Result<(), MailError> {
    let mut write = app.store.write().await?;
    sqlx::query("UPDATE outbox SET try_at = $1 WHERE id = $2")
        .bind(app.now().plus(pause).0)
        .bind(id)
        .execute(write.on())
        .await?;
    Ok(write.commit().await?)
}

async fn strike_off(app: &App, id: &str) -> Result<(), MailError> {
    let mut write = app.store.write().await?;
    sqlx::query("DELETE FROM outbox WHERE id = $1").bind(id).execute(write.on()).await?;
    Ok(write.commit().await?)
}

async fn drop_old(app: &App) -> Result<usize, MailError> {
    let now = app.now().0;
    let old = sqlx::query("SELECT id FROM outbox WHERE keep_until <= $1 LIMIT 1")
        .bind(now)
        .fetch_optional(app.store.pool())
        .await?;
    // Nearly always there is none, and a look takes no lock.
    if old.is_none() {
        return Ok(0);
    }
    let mut write = app.store.write().await?;
    let gone = sqlx::query("DELETE FROM outbox WHERE keep_until <= $1").bind(now).execute(write.on()).await?;
    write.commit().await?;
    let dropped = usize::try_from(gone.rows_affected()).unwrap_or(usize::MAX);
    tracing::error!(dropped, "letters never left and are of no use any more");
    Ok(dropped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour() {
        let pauses: Vec<_> = (0..9).map(pause).collect();
        assert_eq!(pauses, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
        assert_eq!(pause(i64::MAX), 3600);
    }
}
