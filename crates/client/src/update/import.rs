//! An update file that was brought by hand, as the gate and the download ask for it: the same checks, limits and floors as
//! over the network.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use polder_wire::update::{UPDATE_FILE_METADATA as METADATA, UPDATE_FILE_TARGETS as TARGETS};
use sigstore_tuf::Repository;
use sigstore_tuf::transport::FetchFuture;

use super::brought::{Brought, PIECE};
use super::repository::{Files, Seen};
use super::{MetadataFault, UpdateFault};

/// Of a root, in bytes; a TUF client takes no larger one.
const MOST_ROOT: u64 = 512_000;

/// One file in it, or the rest of one.
#[derive(Debug, Clone)]
pub(super) struct Span {
    file: Brought,
    begin: u64,
    at: u64,
    end: u64,
}

/// Whether its root of this version is this very one: then it is of the same deployment, whatever else is wrong with
/// it. `None` when it holds no root of that version.
pub(super) fn shares_root(file: &Brought, version: u64, root: &[u8]) -> Option<bool> {
    let found = file.small(&format!("{METADATA}{version}.root.json"), MOST_ROOT).ok()??;
    Some(found == root)
}

impl Span {
    pub(super) fn of_target(file: &Brought, path: &str) -> Option<Self> {
        let (begin, length) = file.target(path)?;
        Some(Self { file: file.clone(), begin, at: begin, end: begin + length })
    }

    pub(super) fn length(&self) -> u64 {
        self.end - self.begin
    }

    pub(super) fn begins_at(&self) -> u64 {
        self.at - self.begin
    }

    pub(super) fn from(self, byte: u64) -> Self {
        Self { at: self.begin.saturating_add(byte).min(self.end), ..self }
    }

    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, UpdateFault> {
        let length = PIECE.min(self.end - self.at);
        if length == 0 {
            return Ok(None);
        }
        let (file, at) = (self.file.clone(), self.at);
        let read = tokio::task::spawn_blocking(move || file.read_at(at, length)).await;
        let bytes = read.map_err(UpdateFault::unexpected)?;
        let bytes = bytes.map_err(|error| UpdateFault::ImportDamaged(error.to_string()))?;
        self.at += length;
        Ok(Some(bytes.into()))
    }
}

/// An update file as the TUF client asks for it.
#[derive(Clone)]
pub(super) struct BroughtFiles {
    file: Brought,
    seen: Arc<Mutex<Seen>>,
}

impl BroughtFiles {
    pub(super) fn new(file: Brought) -> Self {
        Self { file, seen: Arc::default() }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        // The fields are independent of each other: a panic elsewhere leaves nothing half done.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn fetch(&self, name: String, most: u64) -> sigstore_tuf::Result<Option<Vec<u8>>> {
        let (file, wanted) = (self.file.clone(), name.clone());
        let read = tokio::task::spawn_blocking(move || file.small(&wanted, most)).await;
        match read.unwrap_or_else(|error| Err(io::Error::other(error))) {
            Ok(bytes) => {
                if bytes.is_none() {
                    self.seen().missing = Some(name);
                }
                Ok(bytes)
            }
            Err(error) => {
                self.seen().error = Some(MetadataFault::File(error));
                Err(sigstore_tuf::Error::transport("see the error that was kept aside"))
            }
        }
    }
}

impl Files for BroughtFiles {
    const WHOLE: bool = false;

    fn take_seen(&self) -> Seen {
        std::mem::take(&mut *self.seen())
    }
}

impl Repository for BroughtFiles {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max_length: u64) -> FetchFuture<'a> {
        Box::pin(self.fetch(format!("{METADATA}{name}"), max_length))
    }

    fn fetch_target<'a>(&'a self, path: &'a str, max_length: u64) -> FetchFuture<'a> {
        Box::pin(self.fetch(format!("{TARGETS}{path}"), max_length))
    }
}
