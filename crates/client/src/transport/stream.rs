//! An update file that is read piece by piece, from anywhere in it.

use std::time::Duration;

use bytes::Bytes;
use polder_wire::update;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_RANGE, IF_RANGE, RANGE};
use tokio::time::{Instant, timeout};

use super::{SLOWEST_BYTES_PER_SECOND, Transport, TransportError};

/// How slow a server may be before it counts as one that holds the client up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Floor {
    /// To begin with, and to make up for a hiccup.
    pub(crate) grace: Duration,
    /// Afterwards, on the whole.
    pub(crate) bytes_per_second: u64,
}

impl Floor {
    /// The one of every transfer.
    pub(crate) const USUAL: Self =
        Self { grace: Duration::from_secs(20), bytes_per_second: SLOWEST_BYTES_PER_SECOND };

    /// How long one may have waited in all for so many bytes.
    fn allows(self, received: u64) -> Duration {
        let each = u64::max(1, self.bytes_per_second);
        let (seconds, rest) = (received / each, received % each);
        let rest = Duration::from_nanos(rest.saturating_mul(1_000_000_000) / each);
        self.grace.saturating_add(Duration::from_secs(seconds)).saturating_add(rest)
    }
}

/// The answer's head is here, its body is to come.
#[derive(Debug)]
pub(crate) struct Stream {
    response: reqwest::Response,
    begins_at: u64,
    left: u64,
    floor: Floor,
    received: u64,
    waited: Duration,
}

impl Transport {
    /// Asks for a target of exactly `length` bytes from byte `from` on. `tag` is the entity tag that a platform gives a
    /// file that is named by its hash ([`polder_wire::update::target_tag`]): where the server's is another, or where it
    /// knows no ranges, the whole file comes, and [`Stream::begins_at`] says so. `None` when there is no such file.
    ///
    /// # Errors
    /// Every way in which no usable answer came.
    pub(crate) async fn stream_target(
        &self,
        path: &str,
        length: u64,
        from: u64,
        tag: &str,
        floor: Floor,
    ) -> Result<Option<Stream>, TransportError> {
        let path = format!("{}{path}", update::TARGETS_PATH);
        let url = self.deployment.url(&path).ok_or(TransportError::OffOrigin)?;
        let mut request = self.http.get(url);
        if from > 0 {
            request = request.header(RANGE, format!("bytes={from}-")).header(IF_RANGE, tag);
        }
        let began = Instant::now();
        let response = match timeout(floor.grace, request.send()).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(self.explain(TransportError::of_request(error)).await),
            Err(_) => return Err(TransportError::TooSlow),
        };
        let begins_at = match response.status() {
            StatusCode::OK => 0,
            StatusCode::PARTIAL_CONTENT if from > 0 => {
                let said = response.headers().get(CONTENT_RANGE).and_then(|value| value.to_str().ok());
                if said.and_then(parse_range) != Some((from, length)) {
                    return Err(TransportError::OtherPart);
                }
                from
            }
            StatusCode::NOT_FOUND => return Ok(None),
            status if status.is_redirection() => return Err(TransportError::Redirect(status.as_u16())),
            status => return Err(TransportError::Status(status.as_u16())),
        };
        let left = length.saturating_sub(begins_at);
        if response.content_length().is_some_and(|announced| announced > left) {
            return Err(TransportError::TooLarge(left));
        }
        Ok(Some(Stream { response, begins_at, left, floor, received: 0, waited: began.elapsed() }))
    }
}

impl Stream {
    /// Where in the file the body begins: where it was asked to, or at 0.
    pub(crate) fn begins_at(&self) -> u64 {
        self.begins_at
    }

    /// The next piece; `None` at the end. Only the time in here counts against the server: a reader may rest as
    /// long as it likes.
    ///
    /// # Errors
    /// When it breaks off, sends more than was signed, or is slower than the floor.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, TransportError> {
        let allowed = self.floor.allows(self.received).saturating_sub(self.waited);
        let began = Instant::now();
        let piece = match timeout(allowed, self.response.chunk()).await {
            Ok(piece) => piece.map_err(TransportError::of_answer)?,
            Err(_) => return Err(TransportError::TooSlow),
        };
        self.waited += began.elapsed();
        if let Some(piece) = &piece {
            let length = piece.len() as u64;
            self.left = self.left.checked_sub(length).ok_or(TransportError::TooLarge(self.left))?;
            self.received += length;
        }
        Ok(piece)
    }
}

/// First byte and whole length, of a range that runs to the end: `bytes 5-9/10`.
fn parse_range(text: &str) -> Option<(u64, u64)> {
    let (range, whole) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last, whole): (u64, u64, u64) =
        (first.parse().ok()?, last.parse().ok()?, whole.parse().ok()?);
    (first <= last && last.checked_add(1) == Some(whole)).then_some((first, whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_counts_only_when_it_runs_to_the_end() {
        assert_eq!(parse_range("bytes 5-9/10"), Some((5, 10)));
        for bad in ["bytes 5-8/10", "bytes 5-9/*", "bytes */10", "5-9/10", "bytes 9-5/10", "bytes -9/10", ""]
        {
            assert_eq!(parse_range(bad), None, "{bad}");
        }
        let most = u64::MAX;
        assert_eq!(parse_range(&format!("bytes 0-{most}/{most}")), None);
    }

    #[test]
    fn the_floor_lets_a_slow_network_through_and_ends() {
        let floor = Floor { grace: Duration::from_secs(20), bytes_per_second: 16 * 1024 };
        assert_eq!(floor.allows(0), Duration::from_secs(20));
        assert_eq!(floor.allows(16 * 1024), Duration::from_secs(21));
        assert_eq!(floor.allows(8 * 1024), Duration::from_millis(20_500));
        assert!(
            Floor { grace: Duration::MAX, bytes_per_second: 0 }.allows(u64::MAX) >= Duration::from_secs(1)
        );
    }
}
