//! Signing in, step by step, and the sessions that come of it.
//!
//! Password, then a code (or the enrolment of a second step, where the domain asks for one), then a session.
//! A ticket carries a sign-in from step to step; a session's tokens rotate. All of it is bound to the key
//! that the device proves to hold with every request.

pub(crate) mod devices;
pub(crate) mod guessing;
pub mod hashing;
mod known;
pub(crate) mod notices;
pub mod proof;
pub(crate) mod prove;
pub(crate) mod recovery;
pub(crate) mod second_step;
pub(crate) mod session;
pub mod switch;
mod ticket;
mod token;
pub mod totp;

use std::net::IpAddr;

use polder_wire::sign_in::{
    self, CodeBody, Enrolled, Enrolment, Grant, NextStep, PasswordBody, Recovered, RecoveryBody, RefreshBody,
    Ticket, TicketBody,
};
use polder_wire::{Clock, Code, DomainId, Nothing, Secret, UserId};
use sqlx::{AnyConnection, Row};

use crate::App;
use crate::account::{self, Email};
use crate::domains::{self, SecondStep};
use crate::events;
use crate::http::Refused;
use crate::password::{self, policy::normalised};
use crate::rights::{Authorized, EndSession, RefreshSession, SignIn};
use crate::store::{StoreError, Write, parsed};
pub(crate) use devices::Named;
use guessing::{Guesser, Try};
use hashing::HashingError;
use proof::Thumbprint;
use ticket::{Held, Step};

/// What an authenticator shows beside the account.
pub(crate) const ISSUER: &str = "Polder";

impl From<HashingError> for Refused {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Full => Code::Busy.into(),
            #[allow(unreachable_patterns)]
            error => Self::internal(&error),
        }
    }
}

/// `POST /api/v1/sign-in/password`. Equal work and equal words whether the account exists or not (B6).
///
/// # Errors
/// [`Code::CredentialsWrong`]; [`Code::TooManyTries`], [`Code::TriesUsedUp`] and [`Code::AddressBlocked`], for a name that
/// nobody has as well; [`Code::LoginsOff`]; [`Code::Malformed`] for what no account can have.
pub async fn password(
    leave: Authorized<SignIn>,
    app: App,
    _: sign_in::Password,
    body: PasswordBody,
) -> Result<NextStep, Refused> {
    let email = Email::typed(&body.email).ok_or(Refused::from(Code::Malformed))?;
    if !(1..=128).contains(&body.password.expose().chars().count()) {
        return Err(Code::Malformed.into());
    }
    let named = Named::said(body.device.as_ref())?;
    let known_as = known::hash(body.known_as.as_ref())?;
    switch::refuse_if_off_for_all(&app).await?;
    let email_hash = email.hash(&app);
    let row = sqlx::query("SELECT domain_id, id, password_hash FROM users WHERE email_hash = $1")
        .bind(email_hash.as_str())
        .fetch_optional(app.store.pool())
        .await?;
    let guesser = Guesser::at_the_door(&app, &email_hash, known_as.as_deref(), leave.address()).await?;
    let attempt = guessing::enter(&app, guesser).await?;
    let stored = row.as_ref().map(|row| row.try_get::<String, _>("password_hash")).transpose()?;
    // Somebody who has not set a first password yet has none that could be right.
    let stored = stored.filter(|stored| !stored.is_empty());
    let typed = normalised(&body.password);
    let verified = match app.hashing.verify(typed.clone(), stored.clone()).await {
        Ok(verified) => verified,
        Err(error) => {
            attempt.unseen(&app).await?;
            return Err(error.into());
        }
    };
    let whose = row
        .as_ref()
        .map(|row| Ok::<(DomainId, UserId), sqlx::Error>((parsed(row, "domain_id")?, parsed(row, "id")?)))
        .transpose()?;
    let (Some((domain, user)), true) = (whose, verified.right) else {
        let wait = attempt.wrong(&app, whose).await?;
        return Err(Refused::from(Code::CredentialsWrong).after(wait));
    };
    let stored = stored.unwrap_or_default();
    let stored = if verified.cheaper { hash_anew(&app, domain, user, typed, &stored).await? } else { stored };
    let (device, address) = (leave.device(), leave.address());
    let newcomer = Newcomer { device, address, stay: body.stay, named, known_as };
    after_password(&app, (domain, user, &stored), newcomer, Some(attempt)).await
}

/// Keeps a password at today's cost, and answers its new hash. If it was changed meanwhile, the newer one stays; and is
/// answered where it is the same password, which another device was first with.
async fn hash_anew(
    app: &App,
    domain: DomainId,
    user: UserId,
    password: Secret,
    stored: &str,
) -> Result<String, Refused> {
    let hash = app.hashing.hash(password.clone()).await?;
    let mut write = app.store.write().await?;
    let kept = sqlx::query(
        "UPDATE users SET password_hash = $1 WHERE domain_id = $2 AND id = $3 AND password_hash = $4",
    )
    .bind(hash.as_str())
    .bind(domain.to_string())
    .bind(user.to_string())
    .bind(stored)
    .execute(write.on())
    .await?;
    write.commit().await?;
    if kept.rows_affected() == 1 {
        return Ok(hash);
    }
    let newer = sqlx::query("SELECT password_hash FROM users WHERE domain_id = $1 AND id = $2")
        .bind(domain.to_string())
        .bind(user.to_string())
        .fetch_optional(app.store.pool())
        .await?;
    let newer = newer.map(|row| row.try_get::<String, _>("password_hash")).transpose()?.unwrap_or_default();
    let same = !newer.is_empty() && app.hashing.verify(password, Some(newer.clone())).await?.right;
    Ok(if same { newer } else { hash })
}

/// Whether this is still somebody's password, by its hash; held so until the transaction ends. A sign-in whose password
/// was changed or taken away while it was looked at comes to nothing.
async fn holds(
    on: &mut AnyConnection,
    (domain, user, stored): (DomainId, UserId, &str),
) -> Result<bool, sqlx::Error> {
    let held = sqlx::query(
        "UPDATE users SET password_hash = $1 WHERE domain_id = $2 AND id = $3 AND password_hash = $1",
    )
    .bind(stored)
    .bind(domain.to_string())
    .bind(user.to_string())
    .execute(on)
    .await?;
    Ok(held.rows_affected() == 1)
}

/// The device on which somebody signs in.
pub(crate) struct Newcomer {
    pub(crate) device: Thumbprint,
    pub(crate) address: Option<IpAddr>,
    pub(crate) stay: bool,
    /// What it calls itself.
    pub(crate) named: Named,
    /// The hash of what the account may know it by.
    pub(crate) known_as: Option<String>,
}

/// What comes after somebody proved who they are by a password, or set one with a code. `whose` ends with the hash of that
/// password; `attempt` is what it was paid with.
pub(crate) async fn after_password(
    app: &App,
    whose: (DomainId, UserId, &str),
    newcomer: Newcomer,
    attempt: Option<Try>,
) -> Result<NextStep, Refused> {
    let (domain, user, _) = whose;
    if switch::is_off(app, domain, user).await? {
        if let Some(attempt) = attempt {
            attempt.unseen(app).await?;
        }
        return Err(Code::LoginsOff.into());
    }
    let row = sqlx::query(
        "SELECT d.name AS domain_name, d.second_step, s.user_id AS has_second_step
         FROM users u JOIN domains d ON d.id = u.domain_id
         LEFT JOIN second_steps s ON s.domain_id = u.domain_id AND s.user_id = u.id
         WHERE u.domain_id = $1 AND u.id = $2",
    )
    .bind(domain.to_string())
    .bind(user.to_string())
    .fetch_optional(app.store.pool())
    .await?
    .ok_or(Refused::from(Code::CredentialsWrong))?;
    let has_second_step = row.try_get::<Option<String>, _>("has_second_step")?.is_some();
    let asks = SecondStep::from_stored(&row.try_get::<String, _>("second_step")?);
    let step = match (has_second_step, asks) {
        (true, _) => Step::Code,
        (false, SecondStep::Required) => Step::Enrol,
        (false, SecondStep::Optional) => {
            let mut write = app.store.write().await?;
            if !holds(write.on(), whose).await? {
                return Err(Code::CredentialsWrong.into());
            }
            let Newcomer { device, address, stay, named, known_as } = newcomer;
            let start = session::Start { domain, user, device, stay, named, address };
            if let Some(attempt) = attempt {
                attempt.right(write.on()).await?;
            }
            return begin(app, write, &start, known_as).await.map(NextStep::Done);
        }
    };
    let keys = app.keys.domain(domain).await?;
    let now = app.now();
    let mut write = app.store.write().await?;
    if !holds(write.on(), whose).await? {
        return Err(Code::CredentialsWrong.into());
    }
    if let Some(attempt) = attempt {
        attempt.refund(write.on(), now).await?;
    }
    let Newcomer { device, stay, named, known_as, .. } = newcomer;
    let new = ticket::New { domain, user, device, step, stay, named, known_as };
    let ticket = ticket::issue(app, write.on(), &keys, new).await?;
    write.commit().await?;
    let domain_name = domains::open_name(&keys, domain, &row.try_get::<Vec<u8>, _>("domain_name")?)?;
    let ticket = Ticket { ticket, domain_name };
    Ok(match step {
        Step::Code => NextStep::Code(ticket),
        Step::Enrol => NextStep::Enrol(ticket),
    })
}

/// `POST /api/v1/sign-in/enrolment`: a new key, not in force until its first code came. Asking again
/// replaces it.
///
/// # Errors
/// [`Code::SignInOver`]; [`Code::EnrolmentNotOpen`] where the person has a second step.
pub async fn enrol(
    leave: Authorized<SignIn>,
    app: App,
    _: sign_in::Enrol,
    body: TicketBody,
) -> Result<Enrolment, Refused> {
    let held = enrolling(ticket::find(&app, &body.ticket, leave.device()).await?)?;
    let key = totp::new_key(app.random).map_err(|error| Refused::internal(&error))?;
    let keys = app.keys.domain(held.domain).await?;
    let email = sqlx::query("SELECT email FROM users WHERE domain_id = $1 AND id = $2")
        .bind(held.domain.to_string())
        .bind(held.user.to_string())
        .fetch_optional(app.store.pool())
        .await?
        .ok_or(Refused::from(Code::SignInOver))?;
    let email =
        account::EMAIL.open_text(&keys, &held.user.to_string(), &email.try_get::<Vec<u8>, _>("email")?)?;
    if !ticket::keep_pending(&app, &held, &keys, &key).await? {
        return Err(Code::SignInOver.into());
    }
    Ok(Enrolment { key: totp::base32(&key), uri: totp::uri(&key, ISSUER, &email) })
}

/// `POST /api/v1/sign-in/enrolment/confirm`: the first code puts the new key in force, makes the recovery codes and signs
/// in. It is spent by that, as any code.
///
/// # Errors
/// [`Code::CodeWrong`], [`Code::SignInOver`], [`Code::EnrolmentNotOpen`], [`Code::LoginsOff`].
pub async fn confirm(
    leave: Authorized<SignIn>,
    app: App,
    _: sign_in::ConfirmEnrolment,
    body: CodeBody,
) -> Result<Enrolled, Refused> {
    let held = enrolling(ticket::find(&app, &body.ticket, leave.device()).await?)?;
    let keys = app.keys.domain(held.domain).await?;
    let key = ticket::pending(&held, &keys)?.ok_or(Refused::from(Code::EnrolmentNotOpen))?;
    refuse_if_off(&app, &held).await?;
    // Who set the key knows it: there is nothing to guess, and the ticket's tries are enough.
    if !ticket::charge(&app, &held).await? {
        return Err(Code::SignInOver.into());
    }
    let now = app.now();
    let Some(step) = totp::matching_step(&key, body.code.expose(), now, None) else {
        return Err(Refused::from(Code::CodeWrong).with_clock(clock(&app, &held, &key, &body.code).await?));
    };

    let set = second_step::Set { domain: held.domain, user: held.user, last_step: step, at: now };
    let mut write = app.store.write().await?;
    // Two devices may enrol at once; the first code wins.
    if !second_step::insert(write.on(), &keys, &set, &key, app.random).await? {
        return Err(Code::EnrolmentNotOpen.into());
    }
    let recovery = recovery::make(write.on(), &keys, held.domain, held.user, now, app.random).await?;
    // Whoever has only stolen the password could be the one who did.
    notices::second_step_changed(&app, &mut write, (held.domain, held.user)).await?;
    let grant = finish(&app, write, held, &leave).await?;
    Ok(Enrolled { grant, recovery })
}

/// `POST /api/v1/sign-in/code`: a code works once, in its own time and one step around it (B3).
///
/// # Errors
/// [`Code::CodeWrong`], [`Code::SignInOver`], and what [`guessing::enter`] answers.
pub async fn code(
    leave: Authorized<SignIn>,
    app: App,
    _: sign_in::Code,
    body: CodeBody,
) -> Result<Grant, Refused> {
    let (held, attempt) = try_second_step(&app, &leave, &body.ticket).await?;
    let keys = app.keys.domain(held.domain).await?;
    let active = second_step::find(&app, &keys, held.domain, held.user).await?;
    let active = active.ok_or(Refused::from(Code::SignInOver))?;
    if let Some(step) =
        totp::matching_step(&active.key, body.code.expose(), app.now(), Some(active.last_step))
    {
        let mut write = app.store.write().await?;
        if second_step::use_step(write.on(), held.domain, held.user, step).await? {
            attempt.right(write.on()).await?;
            return finish(&app, write, held, &leave).await;
        }
        // Another request was faster with this very code.
    }
    let wait = attempt.wrong(&app, Some((held.domain, held.user))).await?;
    let clock = clock(&app, &held, &active.key, &body.code).await?;
    Err(Refused::from(Code::CodeWrong).after(wait).with_clock(clock))
}

/// `POST /api/v1/sign-in/recovery`: a recovery code works once, and the person is told by mail (B5).
///
/// # Errors
/// [`Code::RecoveryCodeWrong`], [`Code::SignInOver`], and what [`guessing::enter`] answers.
pub async fn recover(
    leave: Authorized<SignIn>,
    app: App,
    _: sign_in::Recover,
    body: RecoveryBody,
) -> Result<Recovered, Refused> {
    let (held, attempt) = try_second_step(&app, &leave, &body.ticket).await?;
    let keys = app.keys.domain(held.domain).await?;
    let now = app.now();
    let mut write = app.store.write().await?;
    if !recovery::use_once(write.on(), &keys, held.domain, held.user, &body.recovery_code, now).await? {
        drop(write);
        let wait = attempt.wrong(&app, Some((held.domain, held.user))).await?;
        return Err(Refused::from(Code::RecoveryCodeWrong).after(wait));
    }
    let left = recovery::left_in(write.on(), held.domain, held.user).await?;
    notices::recovery_code_used(&app, &mut write, (held.domain, held.user), left).await?;
    attempt.right(write.on()).await?;
    tracing::info!(user = %held.user, left, "a recovery code was used");
    let grant = finish(&app, write, held, &leave).await?;
    Ok(Recovered { grant, left })
}

/// Who a request with an access token is of: what every request behind the front door goes through before its handler.
///
/// # Errors
/// [`Code::ProofNeeded`], [`Code::ProofWrong`], [`Code::AccessExpired`], [`Code::SessionOver`], [`Code::SessionLocked`].
pub async fn person(app: &App, parts: &http::request::Parts) -> Result<crate::rights::Person, Refused> {
    session::person(app, parts).await
}

/// `POST /api/v1/session/refresh`.
///
/// # Errors
/// [`Code::SessionOver`].
pub async fn refresh(
    leave: Authorized<RefreshSession>,
    app: App,
    _: sign_in::Refresh,
    body: RefreshBody,
) -> Result<Grant, Refused> {
    let renewed = session::renew(&app, &body.refresh_token, leave.device(), leave.address()).await?;
    grant(&app, renewed.domain, renewed.user, renewed.issued).await
}

/// `POST /api/v1/session/end`.
///
/// # Errors
/// [`Code::SessionOver`] for a token that is of no session.
pub async fn sign_out(
    leave: Authorized<EndSession>,
    app: App,
    _: sign_in::SignOut,
    body: RefreshBody,
) -> Result<Nothing, Refused> {
    session::end(&app, &body.refresh_token, leave.device()).await?;
    Ok(Nothing {})
}

/// Deletes tickets, sessions and events whose time is over.
///
/// # Errors
/// When the database fails.
pub async fn sweep(app: &App) -> Result<(), StoreError> {
    let now = app.now().0;
    let mut write = app.store.write().await?;
    for statement in [
        "DELETE FROM tickets WHERE expires_at <= $1",
        "DELETE FROM sessions WHERE expires_at <= $1",
        "DELETE FROM second_step_changes WHERE expires_at <= $1",
    ] {
        sqlx::query(statement).bind(now).execute(write.on()).await?;
    }
    events::sweep(app, write.on()).await?;
    guessing::sweep(write.on(), app.now()).await?;
    password::sweep(app, &mut write).await?;
    write.commit().await
}

fn enrolling(held: Option<Held>) -> Result<Held, Refused> {
    let held = held.ok_or(Refused::from(Code::SignInOver))?;
    match held.step {
        Step::Enrol => Ok(held),
        Step::Code => Err(Code::EnrolmentNotOpen.into()),
    }
}

/// A ticket that waits for a second step, with a try at it that is paid for: by the account's count first, then by the
/// ticket's own, so that guesses made at once are counted one by one.
async fn try_second_step(
    app: &App,
    leave: &Authorized<SignIn>,
    ticket: &Secret,
) -> Result<(Held, Try), Refused> {
    let held = ticket::find(app, ticket, leave.device()).await?;
    let held = held.filter(|held| held.step == Step::Code).ok_or(Refused::from(Code::SignInOver))?;
    refuse_if_off(app, &held).await?;
    let known_as = held.known_as.as_deref();
    let guesser = Guesser::at_the_door(app, &held.email_hash, known_as, leave.address()).await?;
    let attempt = guessing::enter(app, guesser).await?;
    if !ticket::charge(app, &held).await? {
        attempt.unseen(app).await?;
        return Err(Code::SignInOver.into());
    }
    Ok((held, attempt))
}

/// Whoever holds a ticket brought the right password, and may hear why it leads nowhere.
async fn refuse_if_off(app: &App, held: &Held) -> Result<(), Refused> {
    if switch::is_off(app, held.domain, held.user).await? { Err(Code::LoginsOff.into()) } else { Ok(()) }
}

/// What a person whose code was wrong compares their clocks with (B4).
async fn clock(app: &App, held: &Held, key: &[u8], code: &Secret) -> Result<Clock, Refused> {
    let now = app.now();
    let stray =
        totp::stray_step(key, code.expose(), now).map(|step| ticket::Stray { step, at: totp::step_at(now) });
    let ahead = ticket::keep_stray(app, held, stray).await?;
    Ok(Clock { platform: now, authenticator_ahead: ahead.map(|steps| steps * totp::STEP_SECONDS) })
}

/// Uses the ticket up, starts the session and makes both last together with what `write` holds already.
async fn finish(
    app: &App,
    mut write: Write,
    held: Held,
    leave: &Authorized<SignIn>,
) -> Result<Grant, Refused> {
    if !ticket::use_up(write.on(), &held).await? {
        return Err(Code::SignInOver.into());
    }
    let Held { domain, user, stay, named, known_as, .. } = held;
    let start =
        session::Start { domain, user, device: leave.device(), stay, named, address: leave.address() };
    begin(app, write, &start, known_as).await
}

/// Starts the session, and knows the device from now on.
async fn begin(
    app: &App,
    mut write: Write,
    start: &session::Start,
    known_as: Option<String>,
) -> Result<Grant, Refused> {
    if let Some(hash) = known_as {
        known::remember(write.on(), start.domain, start.user, &hash, app.now()).await?;
    }
    let issued = session::start(app, &mut write, start).await?;
    write.commit().await?;
    grant(app, start.domain, start.user, issued).await
}

async fn grant(app: &App, domain: DomainId, user: UserId, issued: session::Issued) -> Result<Grant, Refused> {
    let me = account::describe(app, domain, user, issued.session).await?;
    Ok(Grant {
        access_token: issued.access,
        access_seconds: session::ACCESS_SECONDS,
        refresh_token: issued.refresh,
        stay_seconds: issued.stay_seconds,
        stay: issued.stay,
        me,
        locked: issued.locked,
        policy: domains::policy(app, domain).await?,
    })
}
