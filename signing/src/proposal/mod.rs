//! What goes from holder to holder to be signed: one file that carries everything that its reader needs, so that
//! the machine it is signed on needs no network and only the root that its holder keeps.

mod fault;
mod opened;
mod root;
mod shown;
mod summary;

pub use fault::ProposalFault;
pub use opened::{Opened, ROOT_TERM, Said};
pub use root::{Replacement, first_root, next_root};
pub use shown::Shown;

pub(crate) use opened::{newest_are_there, plain, read_stand};
pub(crate) use shown::word;

use serde::{Deserialize, Serialize};

use crate::SigningError;
use crate::metadata::{Envelope, Signature};

/// What is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// Who signs what.
    Root,
    /// What clients run.
    Targets,
}

/// The file. Nothing in it is believed before [`Opened::open`] held it against a trusted root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    schema: u32,
    /// Root or targets.
    pub what: What,
    /// What will be signed, byte by byte: canonical JSON.
    pub signed: String,
    /// Of targets: the policy and pins whose hashes are signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stand: Option<StandText>,
    /// Of targets: what is published now, with its signatures, to show what changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Before>,
    /// All roots up to now as files, oldest first; for targets that are published together with a new root, that
    /// one as well.
    pub roots: Vec<String>,
    /// By those who signed so far.
    pub signatures: Vec<Signature>,
}

/// `policy.json` and `pins.json`, byte by byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandText {
    /// Of [`polder_wire::update::POLICY_TARGET`].
    pub policy: String,
    /// Of [`crate::policy::PINS_TARGET`].
    pub pins: String,
}

/// What is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Before {
    /// `targets.json` with its signatures.
    pub targets: String,
    /// What it leads to.
    pub stand: StandText,
}

impl Proposal {
    pub(crate) fn new(what: What, signed: &Envelope, roots: Vec<String>) -> Result<Self, SigningError> {
        let signed = text(signed.bytes()?)?;
        Ok(Self { schema: 1, what, signed, stand: None, before: None, roots, signatures: Vec::new() })
    }

    /// Reads the file's bytes.
    ///
    /// # Errors
    /// When it is no proposal.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProposalFault> {
        let read: Self = serde_json::from_slice(bytes).map_err(ProposalFault::Form)?;
        if read.schema == 1 { Ok(read) } else { Err(ProposalFault::Schema(read.schema)) }
    }

    /// The file's bytes.
    ///
    /// # Errors
    /// Never for what was read or made here.
    pub fn to_json(&self) -> Result<Vec<u8>, SigningError> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// What is proposed, with the signatures so far.
    ///
    /// # Errors
    /// When what would be signed is not canonical JSON.
    pub fn envelope(&self) -> Result<Envelope, ProposalFault> {
        let mut envelope = Envelope::unsigned(&self.signed)?;
        envelope.signatures.clone_from(&self.signatures);
        Ok(envelope)
    }
}

/// JSON that was written here is UTF-8.
pub(crate) fn text(bytes: Vec<u8>) -> Result<String, SigningError> {
    String::from_utf8(bytes).map_err(|_| SigningError::Text)
}
