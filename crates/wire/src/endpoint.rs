use std::borrow::Cow;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The HTTP methods that Polder uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads; has no body.
    Get,
    /// Does something; the body is JSON.
    Post,
    /// Ends something; has no body.
    Delete,
}

impl Method {
    /// As it stands in a request line and in a DPoP proof's `htm`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// One call: where it goes and what goes both ways.
pub trait Endpoint {
    /// How it is called.
    const METHOD: Method;
    /// The route as the platform's router knows it, with `{placeholders}`.
    const TEMPLATE: &'static str;
    /// What the client sends ([`Nothing`] for none).
    type Body: Serialize + DeserializeOwned;
    /// What the platform answers ([`Nothing`] for an empty answer, [`Raw`] for bytes as they were stored).
    type Answer;

    /// The path of this very call; the template itself where it has no placeholder.
    fn path(&self) -> Cow<'static, str> {
        Cow::Borrowed(Self::TEMPLATE)
    }
}

/// An empty body or answer: `{}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// An answer that is not JSON of ours but exactly the bytes that were stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Raw {}
