//! Setting a password: the first one, a new one for one that was forgotten, another one for the one that is known.
//!
//! Who asks for a new password is answered at once with the same words, after the same work, whether or not
//! there is such an account (B6): the request is only written down. [`answer_requests`] looks for the accounts
//! later, and the letter alone tells (B9).

pub(crate) mod code;
pub mod common;
pub mod policy;

use std::net::IpAddr;

use polder_wire::password::{self, ChangeBody, CodeBody, ForgottenBody, PasswordRules, SetBody};
use polder_wire::sign_in::NextStep;
use polder_wire::{Code, DomainId, Nothing, Secret, UserId};
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::App;
use crate::account::{self, Email};
use crate::domains::{self, SecondStep};
use crate::http::Refused;
use crate::login::{self, guessing, prove, session};
use crate::mail::{self, Letter, MailError, Recipient};
use crate::rights::{AskForPassword, Authorized, ChangePassword, ReadPasswordRules, SetPassword};
use crate::store::{Write, parsed};
use policy::{Accepted, Rules, Weak};

/// How many requests are looked at in one go.
const AT_ONCE: i64 = 100;

impl From<Weak> for Refused {
    fn from(weak: Weak) -> Self {
        weak.code().into()
    }
}

/// `POST /api/v1/password/forgotten`.
///
/// # Errors
/// [`Code::Malformed`] for what no account can have.
pub async fn forgotten(
    _: Authorized<AskForPassword>,
    app: App,
    _: password::Forgotten,
    body: ForgottenBody,
) -> Result<Nothing, Refused> {
    let email = Email::typed(&body.email).ok_or(Refused::from(Code::Malformed))?;
    let mut write = app.store.write().await?;
    sqlx::query(
        "INSERT INTO reset_requests (email_hash, asked_at) VALUES ($1, $2) ON CONFLICT (email_hash) DO NOTHING",
    )
    .bind(email.hash(&app))
    .bind(app.now().0)
    .execute(write.on())
    .await?;
    write.then_wake(app.mail.bell());
    write.commit().await?;
    Ok(Nothing {})
}

/// Writes a letter to everybody who asked for a new password and has an account. Answers how many asked.
///
/// # Errors
/// When the database fails; who was not answered is the next time.
pub async fn answer_requests(app: &App) -> Result<usize, MailError> {
    let asked = sqlx::query("SELECT email_hash FROM reset_requests ORDER BY asked_at LIMIT $1")
        .bind(AT_ONCE)
        .fetch_all(app.store.pool())
        .await?;
    for row in &asked {
        let email: String = row.try_get("email_hash")?;
        let mut write = app.store.write().await?;
        let mine = sqlx::query("DELETE FROM reset_requests WHERE email_hash = $1")
            .bind(email.as_str())
            .execute(write.on())
            .await?;
        // Another node may have been first.
        if mine.rows_affected() == 1 {
            let found = sqlx::query("SELECT domain_id, id FROM users WHERE email_hash = $1")
                .bind(email)
                .fetch_optional(&mut *write.on())
                .await?;
            if let Some(found) = found {
                let to = Recipient { domain: parsed(&found, "domain_id")?, user: parsed(&found, "id")? };
                code::send_reset(app, &mut write, to).await?;
            }
        }
        write.commit().await?;
    }
    Ok(asked.len())
}

/// `POST /api/v1/password/code`: what a password must be that is set with this code. The code stays good.
///
/// # Errors
/// [`Code::PasswordCodeWrong`]; [`Code::AddressBlocked`] after too many of them.
pub async fn look_at_code(
    leave: Authorized<SetPassword>,
    app: App,
    _: password::LookAtCode,
    body: CodeBody,
) -> Result<PasswordRules, Refused> {
    let (holder, _) = Holder::by_typed_code(&app, &body.code, leave.address()).await?;
    Ok(holder.rules())
}

/// `POST /api/v1/password/set`: uses the code up, ends every session and goes on as after a right password, so
/// that a second step is asked for as ever.
///
/// # Errors
/// [`Code::PasswordCodeWrong`]; [`Code::AddressBlocked`] after too many of them; [`Code::PasswordTooShort`],
/// [`Code::PasswordCommon`] and [`Code::PasswordWeak`], after which the code is still good.
pub async fn set(
    leave: Authorized<SetPassword>,
    app: App,
    _: password::SetPassword,
    body: SetBody,
) -> Result<NextStep, Refused> {
    let named = login::Named::said(body.device.as_ref())?;
    let (holder, code) = Holder::by_typed_code(&app, &body.code, leave.address()).await?;
    let hash = app.hashing.hash(holder.judge(&body.password)?.into_secret()).await?;

    let mut write = app.store.write().await?;
    // Of many with the same code, one deletes it.
    let used = sqlx::query("DELETE FROM password_codes WHERE hash = $1 AND expires_at > $2")
        .bind(code)
        .bind(app.now().0)
        .execute(write.on())
        .await?;
    if used.rows_affected() != 1 {
        drop(write);
        return Err(wrong_code(&app, leave.address()).await?);
    }
    sqlx::query("UPDATE users SET password_hash = $1, language = $2 WHERE domain_id = $3 AND id = $4")
        .bind(hash.as_str())
        .bind(body.language.as_str())
        .bind(holder.domain.to_string())
        .bind(holder.user.to_string())
        .execute(write.on())
        .await?;
    session::end_all(&app, write.on(), holder.domain, holder.user, None).await?;
    // Whoever reads the person's letters is no guesser: what strangers closed is open again.
    guessing::lift(write.on(), &holder.email_hash).await?;
    holder.settle(&app, &mut write).await?;
    write.commit().await?;
    let (device, address) = (leave.device(), leave.address());
    let newcomer = login::Newcomer { device, address, stay: body.stay, named, known_as: None };
    login::after_password(&app, (holder.domain, holder.user, &hash), newcomer, None).await
}

/// `GET /api/v1/account/password`: what one's own new password must be.
///
/// # Errors
/// When the account is gone.
pub async fn rules(
    leave: Authorized<ReadPasswordRules>,
    app: App,
    _: password::ReadRules,
    _: Nothing,
) -> Result<PasswordRules, Refused> {
    let person = leave.person();
    Ok(Holder::by_account(&app, person.domain, person.user).await?.rules())
}

/// `POST /api/v1/account/password`: another password for the one that is known. Every other session ends.
///
/// The old one is half of what a fresh sign-in takes (B15), so nobody is asked for that beforehand: where the sign-in is
/// not fresh, the code of the second step comes along and is the other half. What is wrong with the new password is said
/// before anything is paid for or used up; it tells nothing of the old one.
///
/// # Errors
/// [`Code::PasswordTooShort`], [`Code::PasswordCommon`], [`Code::PasswordWeak`]; [`Code::CodeNeeded`];
/// [`Code::OldPasswordWrong`], [`Code::CodeWrong`]; [`Code::SessionOver`] after too many of those.
pub async fn change(
    leave: Authorized<ChangePassword>,
    app: App,
    _: password::ChangePassword,
    body: ChangeBody,
) -> Result<Nothing, Refused> {
    let person = leave.person();
    let holder = Holder::by_account(&app, person.domain, person.user).await?;
    let new = holder.judge(&body.new)?.into_secret();
    let code = if person.fresh {
        None
    } else {
        Some(prove::CodeHalf::brought(&app, &person, body.code, true).await?)
    };
    let stored = prove::right_password(&app, &person, &body.old, Code::OldPasswordWrong).await?;
    let hash = match app.hashing.hash(new).await {
        Ok(hash) => hash,
        Err(error) => {
            prove::give_back(&app, &person).await?;
            return Err(error.into());
        }
    };
    let mut write = app.store.write().await?;
    match &code {
        // It was right: its own try is paid back, and no other.
        None => prove::give_back_in(write.on(), &person).await?,
        Some(code) => {
            if !code.use_up(&mut write, &person, app.now()).await? {
                drop(write);
                return Err(prove::wrong(&app, &person, Code::CodeWrong).await?);
            }
            code.shown(&mut write, &person, app.now()).await?;
        }
    }
    // If it was changed meanwhile, the old one is not the old one any more.
    let changed = sqlx::query(
        "UPDATE users SET password_hash = $1 WHERE domain_id = $2 AND id = $3 AND password_hash = $4",
    )
    .bind(hash)
    .bind(holder.domain.to_string())
    .bind(holder.user.to_string())
    .bind(stored)
    .execute(write.on())
    .await?;
    if changed.rows_affected() != 1 {
        return Err(Code::OldPasswordWrong.into());
    }
    session::end_all(&app, write.on(), holder.domain, holder.user, Some(person.session)).await?;
    holder.settle(&app, &mut write).await?;
    write.commit().await?;
    Ok(Nothing {})
}

/// A code that is wrong counts against the address that it came from, as a wrong password does: a code names no account.
async fn wrong_code(app: &App, address: Option<IpAddr>) -> Result<Refused, Refused> {
    let wait = guessing::wrong_from(app, address).await?;
    Ok(Refused::from(Code::PasswordCodeWrong).after(wait))
}

/// Deletes codes whose time is over.
///
/// # Errors
/// When the database fails.
pub(crate) async fn sweep(app: &App, write: &mut Write) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM password_codes WHERE expires_at <= $1")
        .bind(app.now().0)
        .execute(write.on())
        .await?;
    Ok(())
}

/// Somebody whose password is to be set.
struct Holder {
    domain: DomainId,
    user: UserId,
    email_hash: String,
    password_hash: String,
    name: String,
    email: String,
    domain_name: String,
    rules: Rules,
}

const HOLDER: &str =
    "u.domain_id, u.id, u.name, u.email, u.email_hash, u.password_hash, d.name AS domain_name, d.second_step,
    d.password_minimum, s.user_id AS has_second_step
    FROM users u JOIN domains d ON d.id = u.domain_id
    LEFT JOIN second_steps s ON s.domain_id = u.domain_id AND s.user_id = u.id";

impl Holder {
    /// Whose code was typed, and its hash. Where too many wrong ones came from, none is looked at.
    async fn by_typed_code(
        app: &App,
        typed: &Secret,
        address: Option<IpAddr>,
    ) -> Result<(Self, String), Refused> {
        guessing::refuse_if_blocked(app, address).await?;
        let found = match code::read(typed) {
            Some(hash) => Self::by_code(app, &hash).await?.map(|holder| (holder, hash)),
            None => None,
        };
        match found {
            Some(found) => Ok(found),
            None => Err(wrong_code(app, address).await?),
        }
    }

    async fn by_code(app: &App, hash: &str) -> Result<Option<Self>, Refused> {
        let query = format!(
            "SELECT {HOLDER} JOIN password_codes c ON c.domain_id = u.domain_id AND c.user_id = u.id
             WHERE c.hash = $1 AND c.expires_at > $2"
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(hash)
            .bind(app.now().0)
            .fetch_optional(app.store.pool())
            .await?;
        match row {
            Some(row) => Self::open(app, &row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn by_account(app: &App, domain: DomainId, user: UserId) -> Result<Self, Refused> {
        let query = format!("SELECT {HOLDER} WHERE u.domain_id = $1 AND u.id = $2");
        let row = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(domain.to_string())
            .bind(user.to_string())
            .fetch_optional(app.store.pool())
            .await?;
        Self::open(app, &row.ok_or(Refused::from(Code::SessionOver))?).await
    }

    async fn open(app: &App, row: &AnyRow) -> Result<Self, Refused> {
        let (domain, user): (DomainId, UserId) = (parsed(row, "domain_id")?, parsed(row, "id")?);
        let keys = app.keys.domain(domain).await?;
        let id = user.to_string();
        let required = SecondStep::from_stored(&row.try_get::<String, _>("second_step")?);
        let has = row.try_get::<Option<String>, _>("has_second_step")?.is_some();
        let minimum = u32::try_from(row.try_get::<i64, _>("password_minimum")?).unwrap_or(u32::MAX);
        Ok(Self {
            domain,
            user,
            email_hash: row.try_get("email_hash")?,
            password_hash: row.try_get("password_hash")?,
            name: account::open_name(&keys, user, &row.try_get::<Vec<u8>, _>("name")?)?,
            email: account::EMAIL.open_text(&keys, &id, &row.try_get::<Vec<u8>, _>("email")?)?,
            domain_name: domains::open_name(&keys, domain, &row.try_get::<Vec<u8>, _>("domain_name")?)?,
            rules: Rules::of(minimum, has || required == SecondStep::Required),
        })
    }

    fn judge(&self, typed: &Secret) -> Result<Accepted, Weak> {
        Accepted::judge(typed, self.rules, &[&self.name, &self.email, &self.domain_name])
    }

    fn rules(self) -> PasswordRules {
        let Self { name, email, domain_name, rules, .. } = self;
        PasswordRules { name, email, domain_name, minimum: rules.minimum, score: rules.score.into() }
    }

    /// What goes with every new password: sign-ins under way and codes are worth nothing, and the person hears
    /// of it, unless it is their first.
    async fn settle(&self, app: &App, write: &mut Write) -> Result<(), MailError> {
        for statement in [
            "DELETE FROM tickets WHERE domain_id = $1 AND user_id = $2",
            "DELETE FROM password_codes WHERE domain_id = $1 AND user_id = $2",
        ] {
            sqlx::query(statement)
                .bind(self.domain.to_string())
                .bind(self.user.to_string())
                .execute(write.on())
                .await?;
        }
        if self.password_hash.is_empty() {
            return Ok(());
        }
        let to = Recipient { domain: self.domain, user: self.user };
        mail::post(app, write, to, Letter::PasswordChanged).await
    }
}
