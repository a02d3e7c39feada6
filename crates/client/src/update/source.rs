use std::sync::Arc;

use bytes::Bytes;
use polder_wire::update::target_tag;

use super::UpdateFault;
use super::brought::Brought;
use super::import::Span;
use super::release::Target;
use crate::transport::{Floor, Stream, Transport};

/// Where a release is fetched from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// The platform.
    Platform(Arc<Transport>),
    /// An update file that was brought by hand.
    File(Brought),
}

/// A file on its way, from some byte of it on.
pub(super) enum Pieces {
    Network(Stream),
    File(Span),
}

impl Source {
    /// Asks for a target from byte `from` on. `None` when there is no such file.
    pub(super) async fn open(
        &self,
        target: &Target,
        from: u64,
        floor: Floor,
    ) -> Result<Option<Pieces>, UpdateFault> {
        let wanted = &target.signed.file;
        Ok(match self {
            Self::Platform(transport) => {
                let tag = target_tag(&wanted.sha256);
                let stream = transport.stream_target(&target.path, wanted.length, from, &tag, floor).await?;
                stream.map(Pieces::Network)
            }
            Self::File(file) => {
                let span = Span::of_target(file, &target.path);
                let span = span.filter(|span| span.length() == wanted.length);
                span.map(|span| Pieces::File(span.from(from)))
            }
        })
    }
}

impl Pieces {
    pub(super) fn begins_at(&self) -> u64 {
        match self {
            Self::Network(stream) => stream.begins_at(),
            Self::File(span) => span.begins_at(),
        }
    }

    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, UpdateFault> {
        match self {
            Self::Network(stream) => Ok(stream.next().await?),
            Self::File(span) => span.next().await,
        }
    }
}
