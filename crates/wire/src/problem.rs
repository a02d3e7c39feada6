use serde::{Deserialize, Serialize};

use crate::Code;

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
        }
    }
}
