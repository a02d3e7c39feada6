//! Makes and signs what Polder's clients update from: a TUF repository (spec 1.0, consistent snapshots) and
//! minisign signatures that an administrator can check with the plain `minisign` program.
//!
//! This library decides nothing about who may release: it writes what its caller's keys sign, also when that
//! is wrong, because the attack tests need wrong repositories too.

pub mod check;
pub mod export;
/// Holders' keys, at rest and in hand.
pub mod keys;
pub mod metadata;
pub mod policy;
pub mod proposal;
pub mod publish;
pub mod release;
pub mod standing;

mod error;
mod minisigning;
mod repository;
mod role;

pub use error::SigningError;
pub use keys::{Key, Keys};
pub use minisigning::MinisignKey;
pub use release::Release;
pub use repository::{Content, Expiries, Repository, Signers, Versions, write_whole};
