use std::sync::{Arc, Mutex, PoisonError};

use polder_wire::UnixSeconds;
use sigstore_tuf::Repository;
use sigstore_tuf::transport::FetchFuture;

use super::MetadataFault;
use crate::transport::{Transport, UpdateFile};

/// Where update files come from, and what was met on the way: the TUF client turns errors into text.
pub(super) trait Files: Repository + Clone + 'static {
    /// Whether everything that is signed is there. An update file brings what its own release needs, and nothing of others.
    const WHOLE: bool;

    /// Takes what was met so far.
    fn take_seen(&self) -> Seen;
}

/// The update files of the platform, through the pinned transport.
///
/// The TUF client turns a transport's errors into text; so the typed one is kept aside here.
#[derive(Clone)]
pub(super) struct PlatformFiles {
    transport: Arc<Transport>,
    seen: Arc<Mutex<Seen>>,
}

/// What a refresh met on its way.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Why the last fetch failed, if it did.
    pub(super) error: Option<MetadataFault>,
    /// Which file was asked last that is not there.
    pub(super) missing: Option<String>,
    /// The platform's clock, by the `Date` of its last answer.
    pub(super) date: Option<UnixSeconds>,
}

impl PlatformFiles {
    pub(super) fn new(transport: Arc<Transport>) -> Self {
        Self { transport, seen: Arc::default() }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        // The fields are independent of each other: a panic elsewhere leaves nothing half done.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn fetch(&self, file: UpdateFile<'_>, max: u64) -> sigstore_tuf::Result<Option<Vec<u8>>> {
        match self.transport.update_file(file, max).await {
            Ok((body, date)) => {
                let mut seen = self.seen();
                seen.date = date.or(seen.date);
                if body.is_none() {
                    let (UpdateFile::Metadata(name) | UpdateFile::Target(name)) = file;
                    seen.missing = Some(name.to_owned());
                }
                Ok(body.map(Into::into))
            }
            Err(error) => {
                self.seen().error = Some(error.into());
                Err(sigstore_tuf::Error::transport("see the error that was kept aside"))
            }
        }
    }
}

impl Files for PlatformFiles {
    const WHOLE: bool = true;

    fn take_seen(&self) -> Seen {
        std::mem::take(&mut *self.seen())
    }
}

impl Repository for PlatformFiles {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max_length: u64) -> FetchFuture<'a> {
        Box::pin(self.fetch(UpdateFile::Metadata(name), max_length))
    }

    fn fetch_target<'a>(&'a self, path: &'a str, max_length: u64) -> FetchFuture<'a> {
        Box::pin(self.fetch(UpdateFile::Target(path), max_length))
    }
}
