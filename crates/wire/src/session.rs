//! The sessions of a person's devices: what they are called, how one is ended, locked and unlocked, how somebody shows
//! once more who they are, and what the platform tells an open client by itself.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{Endpoint, Method, Nothing, Raw, Secret, SessionId, UnixSeconds};

/// How long a sign-in counts as fresh, in seconds (B15).
pub const FRESH_SECONDS: u32 = 5 * 60;
/// How often an open [`Watch`] says that it is there, in seconds.
pub const HEARTBEAT_SECONDS: u32 = 20;
/// The longest name of a device or system, in characters.
pub const NAME_LIMIT: usize = 64;
/// How many wrong passwords or codes end a session that is asked for them.
pub const PROOF_TRIES: u32 = 5;

/// What a device calls itself when somebody signs in on it. For the person's own list only; nobody decides by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeviceName {
    /// The computer's name: at most [`NAME_LIMIT`] characters, perhaps none.
    #[cfg_attr(feature = "openapi", schema(max_length = 64))]
    pub name: String,
    /// Its system, as "Debian GNU/Linux 12": at most [`NAME_LIMIT`] characters, perhaps none.
    #[cfg_attr(feature = "openapi", schema(max_length = 64))]
    pub system: String,
}

/// What a domain asks of its people's sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Policy {
    /// How long a device may stay signed in without being used, in seconds; 0 where none may (B11).
    pub stay_seconds: u32,
    /// After how long without a person a client locks at the latest, in seconds; 0 leaves it to each (B36).
    pub lock_after_seconds: u32,
    /// Whether a client locks when the screen does and before the computer sleeps, whatever the person chose.
    pub lock_on_leave: bool,
    /// Whether unlocking takes a code of the second step as well as the password.
    pub unlock_code: bool,
}

/// `GET /api/v1/sessions`: the devices on which the person is signed in (B14).
#[derive(Debug, Clone, Copy)]
pub struct ListDevices;

/// The devices, the one that asks first, the others by their last use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Devices {
    /// All of them.
    pub devices: Vec<Device>,
}

/// One signed-in device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Device {
    /// Its session.
    pub session: SessionId,
    /// Whether it is the one that asks.
    pub current: bool,
    /// What it calls itself; empty when it did not say.
    pub name: String,
    /// Its system; empty when it did not say.
    pub system: String,
    /// The address that it was last seen at; none when that is not known.
    pub address: Option<String>,
    /// When the person signed in on it.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub signed_in_at: UnixSeconds,
    /// When it was last used, to within five minutes.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub last_used_at: UnixSeconds,
    /// Whether it stays signed in when its client ends.
    pub stay: bool,
    /// Whether it is locked.
    pub locked: bool,
}

/// `DELETE /api/v1/sessions/{session}`: signs one of the person's devices out. Needs a fresh sign-in.
#[derive(Debug, Clone, Copy)]
pub struct EndDevice {
    /// Whose.
    pub session: SessionId,
}

/// `DELETE /api/v1/sessions`: signs out every device but the one that asks. Needs a fresh sign-in.
#[derive(Debug, Clone, Copy)]
pub struct EndOthers;

/// How many devices were signed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ended {
    /// So many.
    pub ended: u32,
}

/// `POST /api/v1/session/prove`: makes the sign-in fresh again.
#[derive(Debug, Clone, Copy)]
pub struct Prove;

/// `POST /api/v1/session/unlock`: the session goes on.
#[derive(Debug, Clone, Copy)]
pub struct Unlock;

/// `POST /api/v1/session/lock`: until it is unlocked, the session gives nothing but that, its end and its events.
#[derive(Debug, Clone, Copy)]
pub struct Lock;

/// Shows who one is: the password, and a code where there is a second step and it is asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProofBody {
    /// The password: 1 to 128 characters.
    #[serde(serialize_with = "Secret::expose_to")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, min_length = 1, max_length = 128))]
    pub password: Secret,
    /// The code; none where no second step is set up, or where unlocking does not ask for it.
    #[serde(default, serialize_with = "Secret::expose_maybe", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub code: Option<Secret>,
}

/// How long what was shown counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Proven {
    /// So many seconds from now; 0 when unlocking did not ask for all that a fresh sign-in takes.
    pub fresh_seconds: u32,
}

/// `GET /api/v1/events`: stays open and brings [`Told`], each as JSON on a line of its own, as soon as it happens.
#[derive(Debug, Clone, Copy)]
pub struct Watch;

/// What the platform tells an open client by itself. It carries nothing of a project and no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Told {
    /// The first line, and then one each [`HEARTBEAT_SECONDS`]: the session is there.
    Alive,
    /// The session is over; nothing follows.
    SessionOver,
    /// The session was locked.
    Locked,
    /// What the person may see or do changed: lists are read anew.
    RightsChanged,
    /// The platform will be away for maintenance.
    Maintenance(Maintenance),
    /// There is a newer release.
    UpdateReady,
    /// Something that only a newer client knows.
    #[serde(other)]
    Unknown,
}

/// When the platform is away for maintenance (R74).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Maintenance {
    /// From when.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub from: UnixSeconds,
    /// Until when, if all goes well.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub until: UnixSeconds,
}

impl Endpoint for ListDevices {
    const METHOD: Method = Method::Get;
    const TEMPLATE: &'static str = "/api/v1/sessions";
    type Body = Nothing;
    type Answer = Devices;
}

impl Endpoint for EndDevice {
    const METHOD: Method = Method::Delete;
    const TEMPLATE: &'static str = "/api/v1/sessions/{session}";
    type Body = Nothing;
    type Answer = Nothing;

    fn path(&self) -> Cow<'static, str> {
        format!("/api/v1/sessions/{}", self.session).into()
    }
}

impl Endpoint for EndOthers {
    const METHOD: Method = Method::Delete;
    const TEMPLATE: &'static str = "/api/v1/sessions";
    type Body = Nothing;
    type Answer = Ended;
}

impl Endpoint for Prove {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/session/prove";
    type Body = ProofBody;
    type Answer = Proven;
}

impl Endpoint for Lock {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/session/lock";
    type Body = Nothing;
    type Answer = Nothing;
}

impl Endpoint for Unlock {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/session/unlock";
    type Body = ProofBody;
    type Answer = Proven;
}

impl Endpoint for Watch {
    const METHOD: Method = Method::Get;
    const TEMPLATE: &'static str = "/api/v1/events";
    type Body = Nothing;
    type Answer = Raw;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_reads_back_and_what_only_a_newer_client_knows_does_no_harm() {
        let maintenance = Maintenance { from: UnixSeconds(1), until: UnixSeconds(2) };
        for told in [Told::Alive, Told::SessionOver, Told::RightsChanged, Told::Maintenance(maintenance)] {
            let text = serde_json::to_string(&told).unwrap();
            assert_eq!(serde_json::from_str::<Told>(&text).unwrap(), told, "{text}");
        }
        assert_eq!(serde_json::from_str::<Told>(r#"{"event":"tea","at":3}"#).unwrap(), Told::Unknown);
    }

    #[test]
    fn a_proof_without_a_code_has_no_such_field() {
        let body = ProofBody { password: Secret::new("p"), code: None };
        assert_eq!(serde_json::to_string(&body).unwrap(), r#"{"password":"p"}"#);
    }
}
