use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};

use crate::workflow::Wanted;

/// The conformance suite's protocol puts the options before the command or after it, so they belong to none.
#[derive(Debug, Parser)]
#[command(
    name = "polder-update",
    version = polder_wire::VERSION,
    about = "Says what a computer has of Polder, and checks files of it; speaks the TUF client workflow."
)]
pub(crate) struct Arguments {
    /// File of the deployment; only where none is built in
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) deployment: Option<PathBuf>,
    /// Data folder of the person that is asked about, instead of one's own
    #[arg(long, global = true, value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
    /// Folder of the trusted metadata
    #[arg(long, global = true, value_name = "FOLDER")]
    metadata_dir: Option<PathBuf>,
    /// Where the repository's metadata lies; plain http, on this computer only
    #[arg(long, global = true, value_name = "URL")]
    metadata_url: Option<String>,
    /// Name of a target to download; may be given more than once
    #[arg(long, global = true, value_name = "NAME")]
    target_name: Vec<String>,
    /// Where the repository's targets lie; plain http, on this computer only
    #[arg(long, global = true, value_name = "URL")]
    target_base_url: Option<String>,
    /// Folder that downloads are put into
    #[arg(long, global = true, value_name = "FOLDER")]
    target_dir: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) job: Job,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Job {
    /// Say which deployment this computer has, which release starts, and what the signed policy says
    Status,
    /// Hold a release's file, an update file, a slot or an installed program against the deployment's keys
    Verify {
        /// What to hold
        file: PathBuf,
        /// Its minisign signature, when it does not lie beside the file
        #[arg(long, value_name = "FILE")]
        signature: Option<PathBuf>,
    },
    /// Trust this root, before anything is fetched
    Init {
        /// A file with the first `root.json`
        trusted_root: PathBuf,
    },
    /// Fetch and verify the metadata of the four top-level roles
    Refresh,
    /// Refresh, then fetch one target and hold it against its metadata
    Download,
}

/// An option that this command needs is not there.
#[derive(Debug, thiserror::Error)]
#[error("{0} is needed")]
pub(crate) struct Missing(&'static str);

impl Arguments {
    pub(crate) fn metadata_dir(&self) -> Result<&Path, Missing> {
        self.metadata_dir.as_deref().ok_or(Missing("--metadata-dir"))
    }

    pub(crate) fn metadata_url(&self) -> Result<&str, Missing> {
        self.metadata_url.as_deref().ok_or(Missing("--metadata-url"))
    }

    pub(crate) fn wanted(&self) -> Result<Wanted<'_>, Missing> {
        if self.target_name.is_empty() {
            return Err(Missing("--target-name"));
        }
        Ok(Wanted {
            names: &self.target_name,
            base_url: self.target_base_url.as_deref().ok_or(Missing("--target-base-url"))?,
            folder: self.target_dir.as_deref().ok_or(Missing("--target-dir"))?,
        })
    }
}
