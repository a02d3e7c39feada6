use polder_wire::rights::Role;
use polder_wire::{DomainId, Secret, UserId};
use sqlx::AnyConnection;
use zeroize::Zeroizing;

use super::words::{Email, PersonName, checked_password};
use super::{EMAIL, NAME};
use crate::App;
use crate::domains;
use crate::login::hashing::HashingError;
use crate::login::second_step;
use crate::login::totp;
use crate::rights::role_text;
use crate::store::keys::KeyError;
use crate::store::seal::{DomainKeys, SealError};
use crate::store::{NoRandomness, StoreError, random_id};

/// Somebody could not be added.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// The e-mail cannot be one.
    #[error("this cannot be an e-mail address")]
    Email,
    /// The name does not fit.
    #[error("a name is 1 to 200 characters, without control characters")]
    Name,
    /// The password does not fit.
    #[error("a password is 8 to 128 characters")]
    Password,
    /// The second step's key does not fit.
    #[error("the second step's key is no Base32 text of 16 to 64 bytes")]
    SecondStep,
    /// Somebody has this e-mail already.
    #[error("there is an account with this e-mail")]
    EmailTaken,
    /// There is no such domain.
    #[error("there is no such domain")]
    NoDomain,
    /// Hashing.
    #[error("the password could not be hashed: {0}")]
    Hashing(#[from] HashingError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The domain's key.
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

/// Somebody to add to a domain.
#[derive(Debug)]
pub struct NewPerson {
    /// How they sign in.
    pub email: Email,
    /// What others see.
    pub name: PersonName,
    /// Their first password.
    pub password: Secret,
    /// The key of a second step that is set up already, in Base32.
    pub second_step: Option<Secret>,
}

/// Adds somebody and answers their id.
///
/// # Errors
/// When the e-mail is taken, something does not fit or cannot be written; then nobody is added.
pub async fn add(app: &App, domain: DomainId, role: Role, new: NewPerson) -> Result<UserId, AddError> {
    let ready = Ready::make(app, role, new).await?;
    if !domains::exists(app, domain).await? {
        return Err(AddError::NoDomain);
    }
    let keys = app.keys.domain(domain).await?;
    let mut write = app.store.write().await?;
    let id = ready.insert(app, write.on(), domain, &keys).await?;
    write.commit().await?;
    Ok(id)
}

/// Somebody whose words were checked and whose password is hashed: what is left is to write it.
pub(crate) struct Ready {
    email: Email,
    name: PersonName,
    role: Role,
    hash: String,
    second_step: Option<Zeroizing<Vec<u8>>>,
}

impl Ready {
    pub(crate) async fn make(app: &App, role: Role, new: NewPerson) -> Result<Self, AddError> {
        let second_step = match &new.second_step {
            Some(text) => {
                let key = totp::parse_base32(text.expose()).map_err(|_| AddError::SecondStep)?;
                if !(16..=64).contains(&key.len()) {
                    return Err(AddError::SecondStep);
                }
                Some(key)
            }
            None => None,
        };
        let hash = app.hashing.hash(checked_password(new.password)?).await?;
        Ok(Self { email: new.email, name: new.name, role, hash, second_step })
    }

    /// Writes it into a domain that is there, or is made in the same transaction.
    pub(crate) async fn insert(
        self,
        app: &App,
        on: &mut AnyConnection,
        domain: DomainId,
        keys: &DomainKeys,
    ) -> Result<UserId, AddError> {
        let id = random_id(app.random, UserId::from_random)?;
        let row = id.to_string();
        let sealed_email = EMAIL.seal(keys, &row, self.email.as_str().as_bytes(), app.random)?;
        let sealed_name = NAME.seal(keys, &row, self.name.as_str().as_bytes(), app.random)?;
        let added = sqlx::query(
            "INSERT INTO users (domain_id, id, email_hash, email, name, role, password_hash, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (email_hash) DO NOTHING",
        )
        .bind(domain.to_string())
        .bind(row)
        .bind(self.email.hash(app))
        .bind(sealed_email)
        .bind(sealed_name)
        .bind(role_text(self.role))
        .bind(self.hash)
        .bind(app.now().0)
        .execute(&mut *on)
        .await?;
        if added.rows_affected() == 0 {
            return Err(AddError::EmailTaken);
        }
        if let Some(key) = self.second_step {
            let set = second_step::Set { domain, user: id, last_step: second_step::NEVER, at: app.now() };
            second_step::insert(on, keys, &set, &key, app.random).await?;
        }
        Ok(id)
    }
}
