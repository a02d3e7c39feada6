//! Roles in a domain and what may be done with a project.

use serde::{Deserialize, Serialize};

/// A person's role in their domain (R60: view, start up, adjust, manage).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Opens what others granted.
    Viewer,
    /// May also start a session on a project for others.
    Host,
    /// May also change projects and make new ones.
    Editor,
    /// May also decide about people, rights and the domain.
    Manager,
}

/// What a person may do with one project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Open it and save a copy.
    Read,
    /// Save versions too.
    Write,
}
