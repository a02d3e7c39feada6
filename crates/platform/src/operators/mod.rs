//! The platform's own people: a silo of their own, without any right in a domain.

use polder_wire::Secret;

use crate::App;
use crate::account::{AddError, Email, PersonName};
use crate::password::policy::{Accepted, Rules};
use crate::store::{Column, random_id};

const EMAIL: Column = Column::new("operators", "email");
const NAME: Column = Column::new("operators", "name");

/// Adds an operator and answers their id.
///
/// # Errors
/// When the e-mail is taken, the password too short or something cannot be written.
#[allow(clippy::needless_pass_by_value, reason = "a password is not kept by who hands it over")]
pub async fn add(app: &App, email: &Email, name: &PersonName, password: Secret) -> Result<String, AddError> {
    // Operators have no second step yet.
    let rules = Rules::of(0, false);
    let accepted = Accepted::judge(&password, rules, &[name.as_str(), email.as_str()])?;
    let hash = app.hashing.hash(accepted.into_secret()).await?;
    let mut id = String::new();
    random_id(app.random, |bytes| bytes).map(|bytes| id.push_str(&hex::encode(bytes)))?;
    let keys = app.keys.platform();
    let sealed_email = EMAIL.seal_for_platform(keys, &id, email.as_str().as_bytes(), app.random)?;
    let sealed_name = NAME.seal_for_platform(keys, &id, name.as_str().as_bytes(), app.random)?;
    let mut write = app.store.write().await?;
    let added = sqlx::query(
        "INSERT INTO operators (id, email_hash, email, name, password_hash, created_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (email_hash) DO NOTHING",
    )
    .bind(id.as_str())
    .bind(email.hash(app))
    .bind(sealed_email)
    .bind(sealed_name)
    .bind(hash)
    .bind(app.now().0)
    .execute(write.on())
    .await?;
    if added.rows_affected() == 0 {
        return Err(AddError::EmailTaken);
    }
    write.commit().await?;
    Ok(id)
}
