use polder_wire::people::{self, AddPersonBody, Added};
use polder_wire::rights::Role;
use polder_wire::{Code, DomainId, Language, Secret, UserId};
use sqlx::Row;
use zeroize::Zeroizing;

use super::words::{Email, PersonName};
use super::{EMAIL, NAME};
use crate::App;
use crate::domains::{self, SecondStep};
use crate::http::Refused;
use crate::login::hashing::HashingError;
use crate::login::second_step;
use crate::login::totp;
use crate::mail::{MailError, Recipient};
use crate::password::code;
use crate::password::policy::{Accepted, Rules, Weak};
use crate::rights::{AddPerson, Authorized, role_text};
use crate::store::keys::KeyError;
use crate::store::seal::{DomainKeys, SealError};
use crate::store::{NoRandomness, OpenError, StoreError, Write, random_id};

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
    #[error(transparent)]
    Password(#[from] Weak),
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
    /// Opening.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The letter with the first code.
    #[error("the letter could not be posted: {0}")]
    Mail(#[from] MailError),
    /// Randomness.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

impl From<AddError> for Refused {
    fn from(error: AddError) -> Self {
        match error {
            AddError::EmailTaken => Code::EmailTaken.into(),
            AddError::Email | AddError::Name => Code::Malformed.into(),
            AddError::Password(weak) => weak.into(),
            AddError::Hashing(error) => error.into(),
            error => Self::internal(&error),
        }
    }
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
    /// In which language they are written to.
    pub language: Language,
    /// Their first password, where it is known; else they get a code by mail and choose one (B10).
    pub password: Option<Secret>,
    /// The key of a second step that is set up already, in Base32.
    pub second_step: Option<Secret>,
}

/// Adds somebody and answers their id.
///
/// # Errors
/// When the e-mail is taken, something does not fit or cannot be written; then nobody is added.
pub async fn add(app: &App, domain: DomainId, role: Role, new: NewPerson) -> Result<UserId, AddError> {
    let row = sqlx::query("SELECT second_step, password_minimum FROM domains WHERE id = $1")
        .bind(domain.to_string())
        .fetch_optional(app.store.pool())
        .await?
        .ok_or(AddError::NoDomain)?;
    let asks = SecondStep::from_stored(&row.try_get::<String, _>("second_step")?);
    let minimum = u32::try_from(row.try_get::<i64, _>("password_minimum")?).unwrap_or(u32::MAX);
    let ready = Ready::make(app, role, new, asks, minimum).await?;
    let keys = app.keys.domain(domain).await?;
    let mut write = app.store.write().await?;
    let id = ready.insert(app, &mut write, domain, &keys).await?;
    write.commit().await?;
    Ok(id)
}

/// Somebody whose words were checked and whose password is hashed: what is left is to write it.
pub(crate) struct Ready {
    email: Email,
    name: PersonName,
    language: Language,
    role: Role,
    /// Empty where there is no password yet.
    hash: String,
    second_step: Option<Zeroizing<Vec<u8>>>,
}

impl Ready {
    /// `minimum` is the domain's own for new passwords.
    pub(crate) async fn make(
        app: &App,
        role: Role,
        new: NewPerson,
        asks: SecondStep,
        minimum: u32,
    ) -> Result<Self, AddError> {
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
        let rules = Rules::of(minimum, second_step.is_some() || asks == SecondStep::Required);
        let hash = match &new.password {
            Some(typed) => {
                let about = [new.name.as_str(), new.email.as_str()];
                app.hashing.hash(Accepted::judge(typed, rules, &about)?.into_secret()).await?
            }
            None => String::new(),
        };
        Ok(Self { email: new.email, name: new.name, language: new.language, role, hash, second_step })
    }

    /// Writes it into a domain that is there, or is made in the same transaction.
    pub(crate) async fn insert(
        self,
        app: &App,
        write: &mut Write,
        domain: DomainId,
        keys: &DomainKeys,
    ) -> Result<UserId, AddError> {
        let id = random_id(app.random, UserId::from_random)?;
        let row = id.to_string();
        let sealed_email = EMAIL.seal(keys, &row, self.email.as_str().as_bytes(), app.random)?;
        let sealed_name = NAME.seal(keys, &row, self.name.as_str().as_bytes(), app.random)?;
        let added = sqlx::query(
            "INSERT INTO users (domain_id, id, email_hash, email, name, role, password_hash, created_at, language)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (email_hash) DO NOTHING",
        )
        .bind(domain.to_string())
        .bind(row)
        .bind(self.email.hash(app))
        .bind(sealed_email)
        .bind(sealed_name)
        .bind(role_text(self.role))
        .bind(self.hash.as_str())
        .bind(app.now().0)
        .bind(self.language.as_str())
        .execute(&mut *write.on())
        .await?;
        if added.rows_affected() == 0 {
            return Err(AddError::EmailTaken);
        }
        if let Some(key) = self.second_step {
            let set = second_step::Set { domain, user: id, last_step: second_step::NEVER, at: app.now() };
            second_step::insert(write.on(), keys, &set, &key, app.random).await?;
        }
        if self.hash.is_empty() {
            let name = sqlx::query("SELECT name FROM domains WHERE id = $1")
                .bind(domain.to_string())
                .fetch_one(&mut *write.on())
                .await?;
            let name = domains::open_name(keys, domain, &name.try_get::<Vec<u8>, _>("name")?)?;
            code::invite(app, write, Recipient { domain, user: id }, &name).await?;
        }
        Ok(id)
    }
}

/// `POST /api/v1/people`: the manager names somebody; the password is theirs alone (B10).
///
/// # Errors
/// [`Code::EmailTaken`]; [`Code::Malformed`] for a name or an e-mail that cannot be one.
pub async fn add_person(
    leave: Authorized<AddPerson>,
    app: App,
    _: people::AddPerson,
    body: AddPersonBody,
) -> Result<Added, Refused> {
    let new = NewPerson {
        email: Email::new(&body.email)?,
        name: PersonName::new(&body.name)?,
        language: body.language,
        password: None,
        second_step: None,
    };
    let manager = leave.person();
    let user = add(&app, manager.domain, body.role, new).await?;
    tracing::info!(%user, by = %manager.user, "an account was made");
    Ok(Added { user })
}
