//! An answer that stays open and brings a line now and then.

use bytes::{Bytes, BytesMut};
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;

use super::{Answer, Limits, Request, Transport, TransportError, read, written};

/// No line of ours is longer.
const LINE_LIMIT: usize = 8 * 1024;
/// As the answer calls itself.
const LINES: &str = "application/x-ndjson";

/// What came of asking for one.
pub(crate) enum Opened {
    /// It is open.
    Lines(Lines),
    /// Another answer, which is not to be had in lines.
    Answer(Answer),
}

/// Lines as they come.
pub(crate) struct Lines {
    response: reqwest::Response,
    rest: BytesMut,
}

impl Transport {
    /// Asks for an answer that stays open. The time until it begins is limited, and each silence in it.
    ///
    /// # Errors
    /// Every way in which no usable answer came.
    pub(crate) async fn open(&self, request: Request<'_>) -> Result<Opened, TransportError> {
        let url = self.deployment.url(request.path).ok_or(TransportError::OffOrigin)?;
        let asked = written(&self.open, url, request)?.send();
        let response = match tokio::time::timeout(Limits::JSON.time, asked).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(self.explain(TransportError::of_request(error)).await),
            Err(_) => return Err(TransportError::TooSlow),
        };
        let status = response.status();
        if status.is_redirection() {
            return Err(TransportError::Redirect(status.as_u16()));
        }
        if status == StatusCode::OK && response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == LINES)
        {
            return Ok(Opened::Lines(Lines { response, rest: BytesMut::new() }));
        }
        Ok(Opened::Answer(read(response, Limits::JSON.bytes).await?))
    }
}

impl Lines {
    /// The nonce that came with the answer.
    pub(crate) fn nonce(&self) -> Option<String> {
        let header = self.response.headers().get(polder_wire::proof::NONCE_HEADER)?;
        header.to_str().ok().map(str::to_owned)
    }

    /// The next line; none at the end.
    ///
    /// # Errors
    /// When it breaks off, falls silent, or sends a line that is none of ours.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, TransportError> {
        loop {
            if let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
                let line = self.rest.split_to(end + 1).freeze();
                return Ok(Some(line.slice(..end)));
            }
            if self.rest.len() > LINE_LIMIT {
                return Err(TransportError::TooLarge(LINE_LIMIT as u64));
            }
            match self.response.chunk().await.map_err(TransportError::of_answer)? {
                Some(piece) => self.rest.extend_from_slice(&piece),
                None => return Ok(None),
            }
        }
    }
}
