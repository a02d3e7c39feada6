use std::io;
use std::path::PathBuf;

use polder_signing::SigningError;
use polder_signing::export::ExportFault;
use polder_signing::metadata::MetadataFault;
use polder_signing::policy::PolicyFault;
use polder_signing::proposal::ProposalFault;
use polder_signing::publish::PublishFault;
use polder_signing::release::DraftFault;
use polder_signing::standing::StandingFault;

/// Why a command did nothing, as its reader is told.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliFault {
    #[error(transparent)]
    Signing(#[from] SigningError),
    #[error(transparent)]
    Metadata(#[from] MetadataFault),
    #[error(transparent)]
    Proposal(#[from] ProposalFault),
    #[error(transparent)]
    Policy(#[from] PolicyFault),
    #[error(transparent)]
    Draft(#[from] DraftFault),
    #[error(transparent)]
    Standing(#[from] StandingFault),
    #[error(transparent)]
    Publish(#[from] PublishFault),
    #[error(transparent)]
    Export(#[from] ExportFault),
    #[error("{path}: {fault}", path = path.display())]
    Key { path: PathBuf, fault: SigningError },
    #[error("{path} is there already", path = .0.display())]
    There(PathBuf),
    #[error("{path} holds no minisign public key", path = .0.display())]
    NoAnchor(PathBuf),
    #[error("{path} holds no release notes: schema 1, \"en\" and \"nl\"", path = .0.display())]
    NoNotes(PathBuf),
    #[error("{path} holds no CycloneDX list of parts", path = .0.display())]
    NoSbom(PathBuf),
    #[error("a passphrase has 12 characters at least")]
    Short,
    #[error("the two passphrases differ")]
    Differ,
    #[error("no passphrase could be read: {0}")]
    NoPassphrase(#[source] io::Error),
    #[error("nothing was signed: the word was another")]
    OtherWord,
    #[error("nothing was signed: what was read has SHA-256 {read}, what is shown has {shown}")]
    OtherShown { read: String, shown: String },
    #[error("nothing was signed: {path} changed while it was shown", path = .0.display())]
    Changed(PathBuf),
    #[error("name the key to sign with (--key)")]
    NoKey,
    #[error("standard output: {0}")]
    Output(#[source] io::Error),
    #[error("{0} faults")]
    Faults(usize),
    #[error("the repository's archive of {0} is not what its metadata says")]
    Older(semver::Version),
}
