//! What Polder's client and platform say to each other.
//!
//! Each endpoint is a type that names its method, its path and both bodies ([`Endpoint`]); everything that
//! a person may be told has a [`Code`]. This crate does no I/O and knows neither side.
//!
//! What comes in at the platform is read strictly: an unknown field is an error. Answers and signed policies
//! are read so that a field more does no harm, because the other side may be newer.

mod code;
mod endpoint;
mod id;
mod language;
mod notes;
mod problem;
mod secret;
mod time;

pub mod manage;
pub mod password;
pub mod people;
pub mod project;
pub mod proof;
pub mod rights;
pub mod second_step;
pub mod session;
pub mod sign_in;
pub mod update;

pub use code::{Code, UnknownCode};
pub use endpoint::{Endpoint, Method, Nothing, Raw};
pub use id::{DomainId, MalformedId, ProjectId, SessionId, UserId};
pub use language::{Language, UnknownLanguage};
pub use notes::Notes;
pub use problem::{Clock, Problem};
pub use secret::Secret;
pub use time::UnixSeconds;

/// The version of the release that this is part of, from the file `VERSION`. Cargo's own is the same for all releases.
pub const VERSION: &str = include_str!("../../../VERSION").trim_ascii();

/// Header in which a client names itself: `<version> <system>-<architecture>`, as `0.1.0 linux-x86_64`.
/// Without it, or below the signed `min_version`, everything but the update files answers 426 (R66).
pub const CLIENT_HEADER: &str = "polder-client";

/// Media type of an error body (RFC 9457).
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Where the platform serves its OpenAPI document.
pub const OPENAPI_PATH: &str = "/api/v1/openapi.json";

#[cfg(test)]
mod tests {
    use semver::Version;

    #[test]
    fn the_version_of_releases_is_one_and_the_screens_bear_the_same() {
        let version = Version::parse(super::VERSION).unwrap();
        assert!(version > Version::new(0, 0, 0));
        let package = include_str!("../../../ui/package.json");
        let package: serde_json::Value = serde_json::from_str(package).unwrap();
        // The shell's own description takes it from there.
        assert_eq!(package["version"], super::VERSION);
    }
}
