use crate::SigningError;
use crate::metadata::MetadataFault;
use crate::policy::PolicyFault;

/// Why a proposal is not shown, and so not signed and not published.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProposalFault {
    /// Not the file that it should be.
    #[error("this is no proposal: {0}")]
    Form(#[source] serde_json::Error),
    /// Made by another edition of this program.
    #[error("proposals of schema {0} are not known here")]
    Schema(u32),
    /// Everything but the very first root is held against a root that the reader trusts.
    #[error("name the root that you keep and trust (--root)")]
    Untrusted,
    /// Metadata.
    #[error(transparent)]
    Metadata(#[from] MetadataFault),
    /// Policy or pins.
    #[error("policy: {0}")]
    Policy(#[from] PolicyFault),
    /// A part that belongs to the other kind of proposal is there, or one of its own is not.
    #[error("the proposal's parts do not belong together: {0}")]
    Parts(&'static str),
    /// A policy, or pins, that are not what is signed, or say more than can be shown.
    #[error("{0} is not what is signed, or says more than this program knows")]
    Content(&'static str),
    /// A target's name that could say one thing to a person and another to a file system.
    #[error("\"{0}\" cannot be a target's name")]
    Name(String),
    /// A version that does not follow.
    #[error("after version {before} comes {found}")]
    Version {
        /// Published.
        before: u64,
        /// Proposed.
        found: u64,
    },
    /// It would count for longer than it may, or for no time at all.
    #[error("it counts from {from} until {until}, which is not within 0 to {longest} seconds")]
    Term {
        /// Seconds since 1970.
        from: i64,
        /// Seconds since 1970.
        until: i64,
        /// Seconds.
        longest: i64,
    },
    /// What the policy calls newest is not there, or is revoked.
    #[error("{0}")]
    Newest(String),
    /// The key may not sign this.
    #[error("the key {0} is none that signs this")]
    Stranger(String),
    /// It signed before.
    #[error("the key {0} has signed this already")]
    Twice(String),
    /// Cryptography or files.
    #[error(transparent)]
    Signing(#[from] SigningError),
}
