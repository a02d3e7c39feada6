//! What a manager does when somebody of the domain cannot, or must not, sign in (B7, B17, R57).

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{Endpoint, Method, Nothing, UserId};

/// `POST /api/v1/people/{person}/unlock`: forgets the wrong tries at somebody's account.
#[derive(Debug, Clone, Copy)]
pub struct Unlock {
    /// Whose.
    pub person: UserId,
}

/// `POST /api/v1/people/{person}/logins`: switches signing in off or on for somebody; off ends their sessions at once.
#[derive(Debug, Clone, Copy)]
pub struct SwitchLogins {
    /// Whose.
    pub person: UserId,
}

/// `POST /api/v1/people/{person}/letter`: sends somebody who has no password yet a code for one, once more. It takes the
/// place of the codes before.
#[derive(Debug, Clone, Copy)]
pub struct SendLetter {
    /// Whom.
    pub person: UserId,
}

/// `POST /api/v1/people/{person}/second-step/remove`: takes away a second step that somebody lost, and with it their
/// password and every session. A letter brings them a code to begin anew with; whoever has only the password does not
/// come in, nor does the manager. Nobody does this to a manager.
#[derive(Debug, Clone, Copy)]
pub struct TakeSecondStep {
    /// Whose.
    pub person: UserId,
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// Whether they may sign in.
    pub on: bool,
}

impl Endpoint for Unlock {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/people/{person}/unlock";
    type Body = Nothing;
    type Answer = Nothing;

    fn path(&self) -> Cow<'static, str> {
        format!("/api/v1/people/{}/unlock", self.person).into()
    }
}

impl Endpoint for SwitchLogins {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/people/{person}/logins";
    type Body = Switch;
    type Answer = Nothing;

    fn path(&self) -> Cow<'static, str> {
        format!("/api/v1/people/{}/logins", self.person).into()
    }
}

impl Endpoint for SendLetter {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/people/{person}/letter";
    type Body = Nothing;
    type Answer = Nothing;

    fn path(&self) -> Cow<'static, str> {
        format!("/api/v1/people/{}/letter", self.person).into()
    }
}

impl Endpoint for TakeSecondStep {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/people/{person}/second-step/remove";
    type Body = Nothing;
    type Answer = Nothing;

    fn path(&self) -> Cow<'static, str> {
        format!("/api/v1/people/{}/second-step/remove", self.person).into()
    }
}
