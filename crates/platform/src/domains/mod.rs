//! Customers' private domains.

use polder_wire::people::{self, PasswordMinimum};
use polder_wire::rights::Role;
use polder_wire::session::Policy;
use polder_wire::{Code, DomainId, Nothing, UserId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use crate::App;
use crate::account::{self, NewPerson};
use crate::http::Refused;
use crate::login::session;
use crate::rights::{Authorized, SetPasswordMinimum};
use crate::store::keys::KeyError;
use crate::store::seal::{DomainKeys, SealError};
use crate::store::{Column, NoRandomness, OpenError, StoreError, random_id};

const NAME: Column = Column::new("domains", "name");
/// A domain's own minimum for new passwords is between these; the table says the same.
const LEAST_MINIMUM: u32 = 8;
const MOST_MINIMUM: u32 = 64;

/// Whether everybody in a domain needs a second step (R53).
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum SecondStep {
    /// Who has none sets one up at the next sign-in.
    Required,
    /// Each decides.
    Optional,
}

impl SecondStep {
    fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Optional => "optional",
        }
    }

    /// Reads what the database holds.
    pub(crate) fn from_stored(text: &str) -> Self {
        // The column holds nothing else; if it did, asking for more is the safe side.
        if text == "optional" { Self::Optional } else { Self::Required }
    }
}

/// A domain could not be added.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// A name is 1 to 200 characters.
    #[error("a domain's name is 1 to 200 characters")]
    Name,
    /// Its manager.
    #[error("the manager: {0}")]
    Manager(#[from] account::AddError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its key.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// Sealing.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Randomness.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

impl From<sqlx::Error> for AddError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Adds a domain with a key of its own and its first manager (R62).
///
/// # Errors
/// When something does not fit or cannot be written; then there is neither.
pub async fn add(
    app: &App,
    name: &str,
    second_step: SecondStep,
    manager: NewPerson,
) -> Result<(DomainId, UserId), AddError> {
    let name = name.trim();
    if !(1..=200).contains(&name.chars().count()) {
        return Err(AddError::Name);
    }
    let manager = account::Ready::make(app, Role::Manager, manager, second_step, LEAST_MINIMUM).await?;
    let id = random_id(app.random, DomainId::from_random)?;
    // The key first: a key without a domain does no harm, a domain without a key cannot be read.
    let keys = app.keys.create(id, app.random).await?;
    let row = id.to_string();
    let sealed = NAME.seal(&keys, &row, name.as_bytes(), app.random)?;
    let mut write = app.store.write().await?;
    sqlx::query("INSERT INTO domains (id, name, second_step, created_at) VALUES ($1, $2, $3, $4)")
        .bind(row)
        .bind(sealed)
        .bind(second_step.as_str())
        .bind(app.now().0)
        .execute(write.on())
        .await?;
    let manager = manager.insert(app, &mut write, id, &keys).await?;
    write.commit().await?;
    Ok((id, manager))
}

/// What a domain asks of its people's sessions.
///
/// # Errors
/// When the database fails.
pub(crate) async fn policy(app: &App, domain: DomainId) -> Result<Policy, sqlx::Error> {
    policy_of(&sqlx::query(POLICY).bind(domain.to_string()).fetch_one(app.store.pool()).await?)
}

/// The same, inside a transaction.
///
/// # Errors
/// When the database fails.
pub(crate) async fn policy_in(on: &mut AnyConnection, domain: DomainId) -> Result<Policy, sqlx::Error> {
    policy_of(&sqlx::query(POLICY).bind(domain.to_string()).fetch_one(on).await?)
}

const POLICY: &str = "SELECT stay_seconds, stay_allowed, lock_after_seconds, lock_on_leave, unlock_code
     FROM domains WHERE id = $1";

fn policy_of(row: &AnyRow) -> Result<Policy, sqlx::Error> {
    let number = |column: &str| {
        let number: i64 = row.try_get(column)?;
        // The columns hold nothing else; if they did, the least would be asked.
        Ok::<_, sqlx::Error>(u32::try_from(number).unwrap_or(0))
    };
    let yes = |column: &str| Ok::<_, sqlx::Error>(row.try_get::<i64, _>(column)? != 0);
    Ok(Policy {
        stay_seconds: if yes("stay_allowed")? { number("stay_seconds")? } else { 0 },
        lock_after_seconds: number("lock_after_seconds")?,
        lock_on_leave: yes("lock_on_leave")?,
        unlock_code: yes("unlock_code")?,
    })
}

/// A policy that no domain can have.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// How long a device stays signed in.
    #[error("people stay signed in for 10 minutes to 31 days, or not at all")]
    Stay,
    /// How long before a client locks.
    #[error("a client locks after 1 minute to 24 hours, or when each wants")]
    Lock,
    /// There is no such domain.
    #[error("there is no such domain")]
    NoDomain,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for PolicyError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Asks this of a domain's people from now on. A shorter term counts for devices that are signed in already (B11).
///
/// # Errors
/// When it is no policy, or there is no such domain.
pub async fn set_policy(app: &App, domain: DomainId, policy: Policy) -> Result<(), PolicyError> {
    let stays = policy.stay_seconds > 0;
    if stays && !(600..=2_678_400).contains(&policy.stay_seconds) {
        return Err(PolicyError::Stay);
    }
    if policy.lock_after_seconds > 0 && !(60..=86_400).contains(&policy.lock_after_seconds) {
        return Err(PolicyError::Lock);
    }
    // What is not used keeps a value that may stand there.
    let term = if stays { i64::from(policy.stay_seconds) } else { 604_800 };
    let mut write = app.store.write().await?;
    let set = sqlx::query(
        "UPDATE domains SET stay_seconds = $1, stay_allowed = $2, lock_after_seconds = $3, lock_on_leave = $4,
             unlock_code = $5 WHERE id = $6",
    )
    .bind(term)
    .bind(i64::from(stays))
    .bind(i64::from(policy.lock_after_seconds))
    .bind(i64::from(policy.lock_on_leave))
    .bind(i64::from(policy.unlock_code))
    .bind(domain.to_string())
    .execute(write.on())
    .await?;
    if set.rows_affected() != 1 {
        return Err(PolicyError::NoDomain);
    }
    session::shorten(app, write.on(), domain, policy.stay_seconds).await?;
    write.commit().await?;
    Ok(())
}

/// Opens the name of a domain as its row holds it.
pub(crate) fn open_name(keys: &DomainKeys, domain: DomainId, sealed: &[u8]) -> Result<String, OpenError> {
    NAME.open_text(keys, &domain.to_string(), sealed)
}

/// `POST /api/v1/domain/passwords`: how long new passwords must be (R54). Those that are set stay.
///
/// # Errors
/// [`Code::Malformed`] for what is not 8 to 64.
pub async fn set_password_minimum(
    leave: Authorized<SetPasswordMinimum>,
    app: App,
    _: people::SetPasswordMinimum,
    body: PasswordMinimum,
) -> Result<Nothing, Refused> {
    if !(LEAST_MINIMUM..=MOST_MINIMUM).contains(&body.minimum) {
        return Err(Code::Malformed.into());
    }
    let manager = leave.person();
    let mut write = app.store.write().await?;
    sqlx::query("UPDATE domains SET password_minimum = $1 WHERE id = $2")
        .bind(i64::from(body.minimum))
        .bind(manager.domain.to_string())
        .execute(write.on())
        .await?;
    write.commit().await?;
    tracing::info!(by = %manager.user, minimum = body.minimum, "new passwords must be this long");
    Ok(Nothing {})
}
