use serde::{Deserialize, Serialize};

use crate::{Code, UnixSeconds};

/// An error as the platform answers it: problem+json (RFC 9457) with Polder's closed [`Code`].
///
/// Clients act on `code` alone; `title` is for whoever reads a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `urn:polder:problem:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// English, short, the same for every occurrence of this code.
    pub title: String,
    /// The HTTP status, repeated.
    pub status: u16,
    /// What a person is told, by way of `err-<code>` and `rec-<code>`.
    pub code: Code,
    /// After how many seconds another try makes sense.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retry_after: Option<u32>,
    /// The platform's clock, where a code of an authenticator was not right: a wrong clock is the commonest reason (B4).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub clock: Option<Clock>,
}

/// What a person compares their clocks with. Everybody is told the time; how far the authenticator is off only who
/// typed two codes of it that belong together, which no guesser does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Clock {
    /// The platform's time at the answer.
    pub platform: UnixSeconds,
    /// How many seconds the authenticator is ahead; negative when it is behind.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub authenticator_ahead: Option<i64>,
}

impl Problem {
    /// The problem that stands for a code.
    pub fn new(code: Code) -> Self {
        Self {
            kind: format!("urn:polder:problem:{code}"),
            title: code.title().to_owned(),
            status: code.status(),
            code,
            retry_after: None,
            clock: None,
        }
    }
}
