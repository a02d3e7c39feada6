//! What a person is told by mail about their account.

use polder_wire::{DomainId, UserId};

use crate::App;
use crate::http::Refused;
use crate::store::Write;

/// Strangers have typed wrong passwords or codes, so often that they have to wait; or so often that only a known device,
/// a manager or a reset opens the account to new ones.
pub(super) async fn locked(
    _app: &App,
    _write: &mut Write,
    _domain: DomainId,
    _user: UserId,
    _tries: i64,
    _closed: bool,
) -> Result<(), Refused> {
    Ok(())
}

/// A recovery code was used.
pub(super) async fn recovery_code_used(
    _app: &App,
    _write: &mut Write,
    _domain: DomainId,
    _user: UserId,
    _left: u32,
) -> Result<(), Refused> {
    Ok(())
}
