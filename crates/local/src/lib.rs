//! A throwaway deployment on this machine, for trying Polder and for its tests: its own CA, TUF and minisign
//! keys, a platform process on loopback, seeded accounts and projects, and a desk to open the real client at.
//!
//! It starts built programs as a person would and links neither client nor platform.

mod accounts;
mod authority;
mod child;
mod deployment;
mod error;
mod files;
mod local;
mod platform;
mod publish;
mod seed;

pub mod desk;

pub use accounts::{Account, Accounts, code_of};
pub use authority::Authority;
pub use child::Child;
pub use error::LocalError;
pub use local::Local;
#[cfg(unix)]
pub use platform::Held;
pub use platform::Platform;
pub use polder_signing::Release;
pub use publish::Publication;
pub use seed::helsinki_features;
