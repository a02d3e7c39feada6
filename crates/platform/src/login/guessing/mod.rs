//! What guessing costs: each try is paid for before it is looked at, and a right one is paid back (R55, R56, B7).
//!
//! - Devices that never signed in to an account share one count at it, so that a thousand addresses get no more tries
//!   than one. A name that nobody has is counted in the same way.
//! - A device that completed a sign-in there before has a count of its own, which no stranger can fill.
//! - An address has a count, too, over all accounts and over the codes of letters, which name none; known devices behind
//!   it are let through.
//! - Whoever is signed in has a few tries at a code of their own session.
//!
//! All of it is in the database: nodes share it, and a restart forgets nothing. A count is locked by the statement that
//! finds or makes it, so tries that come at once are paid one after the other.

mod rule;

use std::net::{IpAddr, Ipv4Addr};

use polder_wire::people::Closed as ClosedToStrangers;
use polder_wire::{Code, DomainId, SessionId, UnixSeconds, UserId};
use sqlx::{AnyConnection, Row};

use super::known;
use super::notices;
use crate::App;
use crate::http::Refused;
use crate::http::crowd::counted_as;
use crate::store::Write;
use rule::{Closed, Count, Rule};

/// How long a count without a further try is kept.
const KEEP_SECONDS: i64 = 180 * 24 * 60 * 60;
/// How often a person is told of a new lock at most.
const TELL_EVERY_SECONDS: i64 = 24 * 60 * 60;

/// Who tries, as far as it matters for what a wrong try costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Guesser {
    email_hash: String,
    by: By,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum By {
    Stranger(IpAddr),
    Known { hash: String, address: IpAddr },
}

impl Guesser {
    /// A device of which nothing is known, from an address.
    pub(crate) fn stranger(email_hash: &str, address: Option<IpAddr>) -> Self {
        Self { email_hash: email_hash.to_owned(), by: By::Stranger(counted(address)) }
    }

    /// Whoever stands at the door: known if this account knows the device by the hash that it brought.
    pub(crate) async fn at_the_door(
        app: &App,
        email_hash: &str,
        known_as: Option<&str>,
        address: Option<IpAddr>,
    ) -> Result<Self, Refused> {
        let address = counted(address);
        let by = match known_as {
            Some(hash) if known::is_known(app, email_hash, hash).await? => {
                By::Known { hash: hash.to_owned(), address }
            }
            _ => By::Stranger(address),
        };
        Ok(Self { email_hash: email_hash.to_owned(), by })
    }

    fn subject(&self) -> String {
        match &self.by {
            By::Stranger(_) => account_subject(&self.email_hash),
            By::Known { hash, .. } => device_subject(hash),
        }
    }

    fn rule(&self) -> &'static Rule {
        match self.by {
            By::Stranger(_) => &Rule::STRANGERS,
            By::Known { .. } => &Rule::KNOWN,
        }
    }
}

/// A try that was paid for. Whoever holds it says how it ended; dropped, it stays counted as wrong.
#[derive(Debug)]
#[must_use]
pub(crate) struct Try {
    guesser: Guesser,
    /// When the next one may come, as this one set it.
    free_at: i64,
    in_a_row: i64,
}

/// Pays for one try.
///
/// # Errors
/// [`Code::TooManyTries`] and [`Code::AddressBlocked`] with a time, [`Code::TriesUsedUp`].
pub(crate) async fn enter(app: &App, guesser: Guesser) -> Result<Try, Refused> {
    let now = app.now();
    if let By::Stranger(address) = guesser.by
        && let Some(left) = blocked(app, address, now).await?
    {
        return Err(Refused::from(Code::AddressBlocked).after(left));
    }
    let mut write = app.store.write().await?;
    let before = locked(write.on(), &guesser.subject(), now).await?;
    if let Err(closed) = guesser.rule().open(&before, now) {
        return close(app, write, guesser, closed).await;
    }
    let after = guesser.rule().one_more(&before, now);
    keep(write.on(), &guesser.subject(), &after).await?;
    write.commit().await?;
    Ok(Try { guesser, free_at: after.free_at, in_a_row: after.in_a_row })
}

async fn close(app: &App, mut write: Write, guesser: Guesser, closed: Closed) -> Result<Try, Refused> {
    match (closed, guesser.by) {
        (Closed::For(left), _) => Err(Refused::from(Code::TooManyTries).after(left)),
        (Closed::ForGood, By::Stranger(_)) => Err(Code::TriesUsedUp.into()),
        (Closed::ForGood, By::Known { hash, address }) => {
            tracing::warn!("a known device tried too often and is a stranger again");
            known::forget(write.on(), &hash).await?;
            forget(write.on(), &device_subject(&hash)).await?;
            write.commit().await?;
            Box::pin(enter(app, Guesser::stranger(&guesser.email_hash, Some(address)))).await
        }
    }
}

impl Try {
    /// It was wrong: it stays counted, against the address as well. `whose` is the account, if there is one; the person
    /// is told when strangers have just locked it. Answers how many seconds the next try waits.
    pub(crate) async fn wrong(
        self,
        app: &App,
        whose: Option<(DomainId, UserId)>,
    ) -> Result<Option<u32>, Refused> {
        let now = app.now();
        let wait = u32::try_from(self.free_at.saturating_sub(now.0)).ok().filter(|left| *left > 0);
        let ceiling = Rule::STRANGERS.open(&Count { in_a_row: self.in_a_row, ..Count::none(now) }, now)
            == Err(Closed::ForGood);
        let By::Stranger(address) = self.guesser.by else { return Ok(wait) };
        let mut write = app.store.write().await?;
        // Whether the account exists or not, the same statements: nobody is told by the clock.
        let tell = (wait.is_some() || ceiling) && told(write.on(), &self.guesser, now, ceiling).await?;
        count_address(app, write.on(), address, now).await?;
        if let (true, Some(whose)) = (tell, whose) {
            let until = (!ceiling).then_some(UnixSeconds(self.free_at));
            notices::locked(app, &mut write, whose, self.in_a_row, until).await?;
        }
        write.commit().await?;
        if tell {
            let user = whose.map(|(_, user)| user.to_string());
            tracing::warn!(user, tries = self.in_a_row, closed = ceiling, "somebody guesses at an account");
        }
        Ok(wait)
    }

    /// It was right, and something else is asked next: it is paid back, and what was wrong before stays counted.
    pub(crate) async fn refund(self, on: &mut AnyConnection, now: UnixSeconds) -> Result<(), sqlx::Error> {
        // The wait ends only if it is this try's own: another one may have made a longer one meanwhile.
        sqlx::query(
            "UPDATE guesses SET failures = failures - 1, in_a_row = in_a_row - 1,
                 free_at = CASE WHEN free_at = $1 THEN $2 ELSE free_at END,
                 counted_at = CASE WHEN counted_at = $1 THEN $2 ELSE counted_at END
             WHERE subject = $3 AND failures > 0 AND in_a_row > 0",
        )
        .bind(self.free_at)
        .bind(now.0)
        .bind(self.guesser.subject())
        .execute(on)
        .await?;
        Ok(())
    }

    /// All of it was right: what was wrong before is forgotten.
    pub(crate) async fn right(self, on: &mut AnyConnection) -> Result<(), sqlx::Error> {
        forget(on, &self.guesser.subject()).await
    }

    /// Nobody could look at it: it is paid back.
    pub(crate) async fn unseen(self, app: &App) -> Result<(), Refused> {
        let mut write = app.store.write().await?;
        self.refund(write.on(), app.now()).await?;
        Ok(write.commit().await?)
    }
}

/// Forgets all wrong tries at an account: a manager lifts the lock, or the person reset the password. In the caller's
/// transaction.
pub(crate) async fn lift(on: &mut AnyConnection, email_hash: &str) -> Result<(), sqlx::Error> {
    forget(&mut *on, &account_subject(email_hash)).await?;
    sqlx::query(
        "DELETE FROM guesses WHERE subject IN (
             SELECT 'device:' || k.hash FROM known_devices k
             JOIN users u ON u.domain_id = k.domain_id AND u.id = k.user_id WHERE u.email_hash = $1)",
    )
    .bind(email_hash)
    .execute(on)
    .await?;
    Ok(())
}

/// How many wrong codes somebody typed who is signed in, since they last showed all that a sign-in takes.
pub(super) async fn wrong_codes(on: &mut AnyConnection, session: SessionId) -> Result<i64, sqlx::Error> {
    let row = sqlx::query("SELECT failures FROM guesses WHERE subject = $1")
        .bind(session_subject(session))
        .fetch_optional(on)
        .await?;
    row.map_or(Ok(0), |row| row.try_get("failures"))
}

/// Counts one more, and answers how many there are.
pub(super) async fn one_more_wrong_code(
    on: &mut AnyConnection,
    session: SessionId,
    now: UnixSeconds,
) -> Result<i64, sqlx::Error> {
    let subject = session_subject(session);
    let before = locked(&mut *on, &subject, now).await?;
    let after = Count { failures: before.failures + 1, in_a_row: before.in_a_row + 1, ..Count::none(now) };
    keep(on, &subject, &after).await?;
    Ok(after.failures)
}

/// They showed all of it.
pub(super) async fn forget_codes(on: &mut AnyConnection, session: SessionId) -> Result<(), sqlx::Error> {
    forget(on, &session_subject(session)).await
}

/// Lets nobody try who comes from an address that is blocked: for the codes of letters, which name no account.
///
/// # Errors
/// [`Code::AddressBlocked`] with a time.
pub(crate) async fn refuse_if_blocked(app: &App, address: Option<IpAddr>) -> Result<(), Refused> {
    match blocked(app, counted(address), app.now()).await? {
        Some(left) => Err(Refused::from(Code::AddressBlocked).after(left)),
        None => Ok(()),
    }
}

/// One more wrong try from an address, at no account in particular. Answers how many seconds it is blocked by that.
pub(crate) async fn wrong_from(app: &App, address: Option<IpAddr>) -> Result<Option<u32>, Refused> {
    let mut write = app.store.write().await?;
    let wait = count_address(app, write.on(), counted(address), app.now()).await?;
    write.commit().await?;
    Ok(wait)
}

/// Whether an account with such a count is closed to devices that it does not know.
pub(crate) fn closed(free_at: i64, in_a_row: i64, now: UnixSeconds) -> Option<ClosedToStrangers> {
    match Rule::STRANGERS.open(&Count { free_at, in_a_row, ..Count::none(now) }, now) {
        Ok(()) => None,
        Err(Closed::For(left)) => Some(ClosedToStrangers { until: Some(now.plus(left.into())) }),
        Err(Closed::ForGood) => Some(ClosedToStrangers { until: None }),
    }
}

/// Deletes counts to which nothing was added for half a year.
pub(super) async fn sweep(on: &mut AnyConnection, now: UnixSeconds) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM guesses WHERE counted_at < $1")
        .bind(now.plus(-KEEP_SECONDS).0)
        .execute(on)
        .await?;
    Ok(())
}

/// As whom an address counts. Those who came from nowhere count as one.
fn counted(address: Option<IpAddr>) -> IpAddr {
    counted_as(address.unwrap_or(Ipv4Addr::UNSPECIFIED.into()))
}

fn account_subject(email_hash: &str) -> String {
    format!("account:{email_hash}")
}

fn device_subject(hash: &str) -> String {
    format!("device:{hash}")
}

fn session_subject(session: SessionId) -> String {
    format!("session:{session}")
}

/// An address is personal: what is kept is a keyed hash of it.
fn address_subject(app: &App, address: IpAddr) -> String {
    format!("address:{}", hex::encode(app.keys.platform().address_hash(&address.to_string())))
}

async fn blocked(app: &App, address: IpAddr, now: UnixSeconds) -> Result<Option<u32>, Refused> {
    let row = sqlx::query("SELECT free_at FROM guesses WHERE subject = $1")
        .bind(address_subject(app, address))
        .fetch_optional(app.store.pool())
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Count { free_at: row.try_get("free_at")?, ..Count::none(now) }.wait(now))
}

/// After the try: one address may be a whole organisation, whose right passwords must not stand in each other's way.
async fn count_address(
    app: &App,
    on: &mut AnyConnection,
    address: IpAddr,
    now: UnixSeconds,
) -> Result<Option<u32>, sqlx::Error> {
    let subject = address_subject(app, address);
    let after = Rule::address(app.wrong_per_address).one_more(&locked(&mut *on, &subject, now).await?, now);
    keep(on, &subject, &after).await?;
    let wait = after.wait(now);
    if let Some(wait) = wait {
        // The one place where the log names an address: who defends the platform needs it (R47).
        tracing::warn!(%address, wait, "an address is blocked for a time");
    }
    Ok(wait)
}

/// The count, made if there is none, and held until the transaction ends.
async fn locked(on: &mut AnyConnection, subject: &str, now: UnixSeconds) -> Result<Count, sqlx::Error> {
    let row = sqlx::query(
        "INSERT INTO guesses (subject, failures, in_a_row, counted_at, free_at) VALUES ($1, 0, 0, $2, $2)
         ON CONFLICT (subject) DO UPDATE SET failures = guesses.failures
         RETURNING failures, in_a_row, counted_at, free_at",
    )
    .bind(subject)
    .bind(now.0)
    .fetch_one(on)
    .await?;
    Ok(Count {
        failures: row.try_get("failures")?,
        in_a_row: row.try_get("in_a_row")?,
        counted_at: row.try_get("counted_at")?,
        free_at: row.try_get("free_at")?,
    })
}

async fn keep(on: &mut AnyConnection, subject: &str, count: &Count) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE guesses SET failures = $1, in_a_row = $2, counted_at = $3, free_at = $4 WHERE subject = $5",
    )
    .bind(count.failures)
    .bind(count.in_a_row)
    .bind(count.counted_at)
    .bind(count.free_at)
    .bind(subject)
    .execute(on)
    .await?;
    Ok(())
}

/// Whether the person is to be told now: once a day, and once more when it closes.
async fn told(
    on: &mut AnyConnection,
    guesser: &Guesser,
    now: UnixSeconds,
    always: bool,
) -> Result<bool, sqlx::Error> {
    let told = sqlx::query(
        "UPDATE guesses SET told_at = $1 WHERE subject = $2 AND (told_at IS NULL OR told_at <= $3 OR $4 = 1)",
    )
    .bind(now.0)
    .bind(guesser.subject())
    .bind(now.plus(-TELL_EVERY_SECONDS).0)
    .bind(i64::from(always))
    .execute(on)
    .await?;
    Ok(told.rows_affected() == 1)
}

async fn forget(on: &mut AnyConnection, subject: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM guesses WHERE subject = $1").bind(subject).execute(on).await?;
    Ok(())
}
