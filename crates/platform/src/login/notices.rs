//! What a person is told by mail about their account. Posted in the transaction of what it tells about.

use polder_wire::{DomainId, UnixSeconds, UserId};

use crate::App;
use crate::http::Refused;
use crate::mail::{self, Letter, Recipient};
use crate::store::Write;

/// Strangers have typed wrong passwords or codes, so often that they have to wait; or, without an end, so often that only
/// a known device, a manager or a reset opens the account to new ones.
pub(super) async fn locked(
    app: &App,
    write: &mut Write,
    (domain, user): (DomainId, UserId),
    failures: i64,
    until: Option<UnixSeconds>,
) -> Result<(), Refused> {
    let failures = u32::try_from(failures).unwrap_or(u32::MAX);
    let letter = Letter::SignInsLocked { failures, until };
    Ok(mail::post(app, write, Recipient { domain, user }, letter).await?)
}

/// A recovery code was used.
pub(super) async fn recovery_code_used(
    app: &App,
    write: &mut Write,
    (domain, user): (DomainId, UserId),
    left: u32,
) -> Result<(), Refused> {
    Ok(mail::post(app, write, Recipient { domain, user }, Letter::RecoveryCodeUsed { left }).await?)
}

/// The second step was set up, replaced or removed.
pub(crate) async fn second_step_changed(
    app: &App,
    write: &mut Write,
    (domain, user): (DomainId, UserId),
) -> Result<(), Refused> {
    Ok(mail::post(app, write, Recipient { domain, user }, Letter::SecondStepChanged).await?)
}
