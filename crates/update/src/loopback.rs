use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::{Client, Response, redirect};
use sigstore_tuf::transport::FetchFuture;
use sigstore_tuf::{Error as TufError, Repository};
use url::{Host, Url};

/// A repository behind plain http on this very computer, which is how the conformance suite serves its own.
///
/// Whatever leaves the computer is the desktop client's pinned https and nothing of this: by address, not by
/// a feature of the build, so that the program that is tested is the program that is released.
#[derive(Debug, Clone)]
pub(crate) struct Loopback {
    http: Client,
    metadata: Url,
    targets: Option<Url>,
}

/// Why no repository can be reached by this address.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoopbackError {
    /// It is not an address.
    #[error("`{0}` is no address")]
    Unreadable(String, #[source] url::ParseError),
    /// It is an address elsewhere.
    #[error(
        "`{0}` is not plain http on this computer, and metadata and targets from elsewhere come to the client only"
    )]
    Elsewhere(String),
    /// The connection could not be set up.
    #[error("no connection could be set up")]
    Setup(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why a fetch brought nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    /// The connection.
    #[error("{0} could not be read")]
    Connection(String, #[source] reqwest::Error),
    /// Another answer than 200 and 404.
    #[error("{url} was answered with {status}")]
    Status {
        /// What was asked for.
        url: String,
        /// The answer.
        status: u16,
    },
    /// More bytes than allowed.
    #[error("{url} is larger than {max} bytes")]
    TooLarge {
        /// What was asked for.
        url: String,
        /// So much was allowed.
        max: u64,
    },
    /// The name makes no address below the base.
    #[error("`{0}` makes no address")]
    Name(String),
}

/// A connection on one computer needs no longer, and between two pieces of an answer neither.
const SILENCE: Duration = Duration::from_secs(15);

impl Loopback {
    /// # Errors
    /// When an address is not plain http on this computer.
    pub(crate) fn new(metadata: &str, targets: Option<&str>) -> Result<Self, LoopbackError> {
        let setup = |error: rustls::Error| LoopbackError::Setup(Box::new(error));
        // There is no TLS here; this only keeps the library from looking for any.
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let no_tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(setup)?
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        let http = Client::builder()
            .tls_backend_preconfigured(no_tls)
            // Whatever the resolver says, the name means this computer; the port of the address holds.
            .resolve("localhost", SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(SILENCE)
            .read_timeout(SILENCE)
            .build()
            .map_err(|error| LoopbackError::Setup(Box::new(error)))?;
        Ok(Self { http, metadata: base(metadata)?, targets: targets.map(base).transpose()? })
    }

    /// Begins to read a target. `None` when it is not there.
    ///
    /// # Errors
    /// Every way in which no usable answer came.
    pub(crate) async fn target(&self, path: &str) -> Result<Option<Response>, FetchError> {
        let base = self.targets.as_ref().ok_or_else(|| FetchError::Name(path.to_owned()))?;
        let url = below(base, path).ok_or_else(|| FetchError::Name(path.to_owned()))?;
        self.ask(url).await
    }

    async fn ask(&self, url: Url) -> Result<Option<Response>, FetchError> {
        let named = url.to_string();
        let answer = self.http.get(url).send().await;
        let answer = answer.map_err(|error| FetchError::Connection(named.clone(), error))?;
        match answer.status().as_u16() {
            200 => Ok(Some(answer)),
            404 => Ok(None),
            status => Err(FetchError::Status { url: named, status }),
        }
    }

    async fn whole(&self, url: Option<Url>, name: &str, max: u64) -> Result<Option<Vec<u8>>, FetchError> {
        let url = url.ok_or_else(|| FetchError::Name(name.to_owned()))?;
        let Some(mut answer) = self.ask(url).await? else { return Ok(None) };
        let mut bytes = Vec::new();
        while let Some(piece) = piece(&mut answer).await? {
            if bytes.len() as u64 + piece.len() as u64 > max {
                return Err(FetchError::TooLarge { url: answer.url().to_string(), max });
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(Some(bytes))
    }
}

/// The next piece of an answer.
pub(crate) async fn piece(answer: &mut Response) -> Result<Option<Bytes>, FetchError> {
    let piece = answer.chunk().await;
    piece.map_err(|error| FetchError::Connection(answer.url().to_string(), error))
}

impl Repository for Loopback {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max_length: u64) -> FetchFuture<'a> {
        // Names of delegated roles are percent-encoded already, and must arrive as they are.
        let url = self.metadata.join(&format!("./{name}")).ok();
        Box::pin(async move { self.whole(url, name, max_length).await.map_err(transport) })
    }

    fn fetch_target<'a>(&'a self, path: &'a str, max_length: u64) -> FetchFuture<'a> {
        let url = self.targets.as_ref().and_then(|base| below(base, path));
        Box::pin(async move { self.whole(url, path, max_length).await.map_err(transport) })
    }
}

fn transport(error: FetchError) -> TufError {
    TufError::transport_with_source("a file of the repository could not be fetched", error)
}

/// An address of plain http on this computer, with a slash at its end so that names go below it.
fn base(text: &str) -> Result<Url, LoopbackError> {
    let slash = if text.ends_with('/') { "" } else { "/" };
    let url = Url::parse(&format!("{text}{slash}"))
        .map_err(|error| LoopbackError::Unreadable(text.to_owned(), error))?;
    let is_here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    let is_plain = url.scheme() == "http"
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if is_here && is_plain { Ok(url) } else { Err(LoopbackError::Elsewhere(text.to_owned())) }
}

/// The address of a target, whose name may hold anything; none where it would lead elsewhere.
fn below(base: &Url, path: &str) -> Option<Url> {
    let mut url = base.clone();
    {
        let mut segments = url.path_segments_mut().ok()?;
        segments.pop_if_empty();
        for segment in path.split('/') {
            if matches!(segment, "." | "..") {
                return None;
            }
            segments.push(segment);
        }
    }
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_http_on_this_computer_is_spoken() {
        for here in [
            "http://127.0.0.1:80/a",
            "http://localhost:8888/test/metadata",
            "http://[::1]:1/",
            "http://127.8.8.8/",
        ] {
            assert!(base(here).unwrap().path().ends_with('/'), "{here}");
        }
        for elsewhere in [
            "https://127.0.0.1/",
            "http://192.168.0.1/",
            "http://example.org/",
            "http://localhost.example.org/",
            "http://127.0.0.1.example.org/",
            "http://user@127.0.0.1/",
            "http://127.0.0.1/?a=b",
            "file:///etc/",
            "ftp://127.0.0.1/",
        ] {
            assert!(matches!(base(elsewhere), Err(LoopbackError::Elsewhere(_))), "{elsewhere}");
        }
        assert!(matches!(base("127.0.0.1"), Err(LoopbackError::Unreadable(..))));
    }

    #[test]
    fn a_targets_name_is_quoted_and_never_leads_out() {
        let base = base("http://127.0.0.1:1/test/targets/").unwrap();
        let path = |name| below(&base, name).map(|url| url.as_str().replace("http://127.0.0.1:1", ""));
        assert_eq!(path("a/b.txt").as_deref(), Some("/test/targets/a/b.txt"));
        assert_eq!(path("a?b#c d%2F").as_deref(), Some("/test/targets/a%3Fb%23c%20d%252F"));
        assert_eq!(path("http://elsewhere/").as_deref(), Some("/test/targets/http://elsewhere/"));
        for out in ["../a", "a/../../b", ".", "a/./b"] {
            assert_eq!(path(out), None, "{out}");
        }
    }
}
