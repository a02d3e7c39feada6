//! A person's devices: what each calls itself, where it was last seen, and how one is signed out (B14).

use std::net::IpAddr;

use polder_wire::session::{self as wire, Device, DeviceName, Devices, Ended, NAME_LIMIT};
use polder_wire::{Code, DomainId, Nothing, SessionId, UnixSeconds};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::session;
use crate::App;
use crate::http::Refused;
use crate::rights::{Authorized, EndDevice, EndOthers, ListDevices, Person};
use crate::store::seal::DomainKeys;
use crate::store::{Column, OpenError, parsed};

const NAME: Column = Column::new("sessions", "device_name");
const SYSTEM: Column = Column::new("sessions", "device_system");
const ADDRESS: Column = Column::new("sessions", "last_address");
const TICKET_NAME: Column = Column::new("tickets", "device_name");
const TICKET_SYSTEM: Column = Column::new("tickets", "device_system");

/// What a device calls itself, fit to be kept and shown.
#[derive(Debug, Clone, Default)]
pub(crate) struct Named {
    name: String,
    system: String,
}

/// Columns of a row that says what a device calls itself.
pub(super) type Sealed = (Vec<u8>, Vec<u8>);

impl Named {
    /// Takes what the device sent.
    ///
    /// # Errors
    /// [`Code::Malformed`] when it is longer than a name may be.
    pub(crate) fn said(said: Option<&DeviceName>) -> Result<Self, Refused> {
        let Some(said) = said else { return Ok(Self::default()) };
        Ok(Self { name: tidy(&said.name)?, system: tidy(&said.system)? })
    }

    pub(super) fn seal_for_session(
        &self,
        app: &App,
        keys: &DomainKeys,
        row: &str,
    ) -> Result<Sealed, Refused> {
        let name = NAME.seal(keys, row, self.name.as_bytes(), app.random)?;
        Ok((name, SYSTEM.seal(keys, row, self.system.as_bytes(), app.random)?))
    }

    pub(super) fn seal_for_ticket(&self, app: &App, keys: &DomainKeys, row: &str) -> Result<Sealed, Refused> {
        let name = TICKET_NAME.seal(keys, row, self.name.as_bytes(), app.random)?;
        Ok((name, TICKET_SYSTEM.seal(keys, row, self.system.as_bytes(), app.random)?))
    }

    /// Opens what [`Named::seal_for_ticket`] made. A ticket from before there were names has none.
    pub(super) fn of_ticket(
        keys: &DomainKeys,
        row: &str,
        sealed: (Option<Vec<u8>>, Option<Vec<u8>>),
    ) -> Result<Self, OpenError> {
        let name = sealed.0.map(|sealed| TICKET_NAME.open_text(keys, row, &sealed)).transpose()?;
        let system = sealed.1.map(|sealed| TICKET_SYSTEM.open_text(keys, row, &sealed)).transpose()?;
        Ok(Self { name: name.unwrap_or_default(), system: system.unwrap_or_default() })
    }
}

/// Without what no name has: line breaks and other controls would write where they should not.
fn tidy(said: &str) -> Result<String, Refused> {
    if said.chars().count() > NAME_LIMIT {
        return Err(Code::Malformed.into());
    }
    let visible: String = said.chars().filter(|c| !c.is_control()).collect();
    Ok(visible.trim().to_owned())
}

/// An address, sealed for a session's row.
pub(super) async fn seal_address(
    app: &App,
    domain: DomainId,
    session: SessionId,
    address: Option<IpAddr>,
) -> Result<Option<Vec<u8>>, Refused> {
    let Some(address) = address else { return Ok(None) };
    let keys = app.keys.domain(domain).await?;
    Ok(Some(ADDRESS.seal(&keys, &session.to_string(), address.to_string().as_bytes(), app.random)?))
}

/// What a session's device calls itself, for a letter: its name, or else its system; a dash when it said neither.
pub(super) async fn name_of(
    app: &App,
    on: &mut AnyConnection,
    domain: DomainId,
    session: SessionId,
) -> Result<String, Refused> {
    let id = session.to_string();
    let row = sqlx::query("SELECT device_name, device_system FROM sessions WHERE id = $1")
        .bind(id.as_str())
        .fetch_one(on)
        .await?;
    let keys = app.keys.domain(domain).await?;
    for (column, name) in [(NAME, "device_name"), (SYSTEM, "device_system")] {
        if let Some(sealed) = row.try_get::<Option<Vec<u8>>, _>(name)? {
            let said = column.open_text(&keys, &id, &sealed)?;
            if !said.is_empty() {
                return Ok(said);
            }
        }
    }
    Ok("-".to_owned())
}

/// `GET /api/v1/sessions`.
///
/// # Errors
/// When the database fails.
pub(crate) async fn list(
    who: Authorized<ListDevices>,
    app: App,
    _: wire::ListDevices,
    _: Nothing,
) -> Result<Devices, Refused> {
    let person = who.person();
    let rows = sqlx::query(
        "SELECT id, stay, created_at, last_used_at, locked_at, device_name, device_system, last_address
         FROM sessions WHERE domain_id = $1 AND user_id = $2 AND ended_at IS NULL AND expires_at > $3",
    )
    .bind(person.domain.to_string())
    .bind(person.user.to_string())
    .bind(app.now().0)
    .fetch_all(app.store.pool())
    .await?;
    let keys = app.keys.domain(person.domain).await?;
    let mut devices =
        rows.iter().map(|row| device(&keys, &person, row)).collect::<Result<Vec<_>, Refused>>()?;
    devices.sort_by_key(|device| (!device.current, -device.last_used_at.0, -device.signed_in_at.0));
    Ok(Devices { devices })
}

/// `DELETE /api/v1/sessions/{session}`.
///
/// # Errors
/// [`Code::NotFound`] for a session that is over, or that is not of this person.
pub(crate) async fn end(
    who: Authorized<EndDevice>,
    app: App,
    which: wire::EndDevice,
    _: Nothing,
) -> Result<Nothing, Refused> {
    let person = who.person();
    let mut write = app.store.write().await?;
    let ended = session::end_of(&app, write.on(), person.domain, person.user, which.session).await?;
    write.commit().await?;
    if ended == 0 { Err(Code::NotFound.into()) } else { Ok(Nothing {}) }
}

/// `DELETE /api/v1/sessions`.
///
/// # Errors
/// When the database fails.
pub(crate) async fn end_others(
    who: Authorized<EndOthers>,
    app: App,
    _: wire::EndOthers,
    _: Nothing,
) -> Result<Ended, Refused> {
    let person = who.person();
    let mut write = app.store.write().await?;
    let ended = session::end_all(&app, write.on(), person.domain, person.user, Some(person.session)).await?;
    write.commit().await?;
    Ok(Ended { ended })
}

fn device(keys: &DomainKeys, person: &Person, row: &AnyRow) -> Result<Device, Refused> {
    let session: SessionId = parsed(row, "id")?;
    let id = session.to_string();
    let text = |column: Column, name: &str| -> Result<Option<String>, Refused> {
        let sealed: Option<Vec<u8>> = row.try_get(name)?;
        Ok(sealed.map(|sealed| column.open_text(keys, &id, &sealed)).transpose()?)
    };
    let signed_in_at = row.try_get("created_at")?;
    Ok(Device {
        session,
        current: session == person.session,
        name: text(NAME, "device_name")?.unwrap_or_default(),
        system: text(SYSTEM, "device_system")?.unwrap_or_default(),
        address: text(ADDRESS, "last_address")?,
        signed_in_at: UnixSeconds(signed_in_at),
        // One that has not been used since this was counted was used when it began.
        last_used_at: UnixSeconds(row.try_get::<i64, _>("last_used_at")?.max(signed_in_at)),
        stay: row.try_get::<i64, _>("stay")? != 0,
        locked: row.try_get::<Option<i64>, _>("locked_at")?.is_some(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_bounded_and_holds_no_controls() {
        let long = "ä".repeat(NAME_LIMIT);
        let named = |name: &str| {
            let said = DeviceName { name: name.to_owned(), system: String::new() };
            Named::said(Some(&said)).map(|named| named.name).map_err(Refused::code)
        };
        assert_eq!(named(&long), Ok(long.clone()));
        assert_eq!(named(&format!("{long}ä")), Err(Code::Malformed));
        assert_eq!(named(" kon\u{0}tor\n7\u{85} "), Ok("kontor7".to_owned()));
    }
}
