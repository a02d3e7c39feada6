//! The only way out: HTTPS to the deployment's origin, over TLS whose chain, name *and* key must hold, straight
//! or through a proxy that sees none of it.

mod error;
mod issuer;
mod lines;
mod name;
mod pins;
mod stream;
mod tls;

pub use error::TransportError;
pub(crate) use lines::{Lines, Opened};
pub(crate) use pins::Pins;
pub(crate) use stream::{Floor, Stream};

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use polder_wire::session::HEARTBEAT_SECONDS;
use polder_wire::{CLIENT_HEADER, Method, UnixSeconds, proof, update};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;

use crate::deployment::Deployment;
use crate::proxy::{self, Proxy, Route};

/// How much one answer may be and take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Bytes of the body.
    pub(crate) bytes: u64,
    /// From the first byte sent to the last byte read.
    pub(crate) time: Duration,
}

/// To connect, handshake included.
const CONNECT_TIME: Duration = Duration::from_secs(10);
/// To hear from a proxy why there is no way through it.
const PROXY_TIME: Duration = Duration::from_secs(10);
/// Between two pieces of an answer.
const SILENCE: Duration = Duration::from_secs(15);
/// Between two lines of an answer that stays open: more than two heartbeats.
const QUIET: Duration = Duration::from_secs(2 * HEARTBEAT_SECONDS as u64 + 5);
/// Slower than this is taken for an attempt to hold the client up.
const SLOWEST_BYTES_PER_SECOND: u64 = 16 * 1024;

impl Limits {
    /// For answers in JSON.
    pub(crate) const JSON: Self = Self { bytes: 4 * 1024 * 1024, time: Duration::from_secs(30) };

    /// For a file of update metadata of at most so many bytes; each has a few thousand.
    pub(crate) const fn metadata(bytes: u64) -> Self {
        Self { bytes, time: Duration::from_secs(20) }
    }

    /// For a file of exactly so many bytes.
    pub(crate) const fn file(bytes: u64) -> Self {
        Self { bytes, time: Duration::from_secs(20 + bytes / SLOWEST_BYTES_PER_SECOND) }
    }
}

/// One request. Header values that carry secrets are marked as such and do not print.
pub(crate) struct Request<'a> {
    pub(crate) method: Method,
    pub(crate) path: &'a str,
    pub(crate) proof: Option<String>,
    pub(crate) access_token: Option<&'a str>,
    pub(crate) json: Option<Bytes>,
}

/// One whole answer, of whatever status but a redirect.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) nonce: Option<String>,
    pub(crate) date: Option<UnixSeconds>,
    pub(crate) content_type: Option<String>,
    pub(crate) body: Bytes,
}

/// Connections to one platform.
pub(crate) struct Transport {
    http: reqwest::Client,
    /// The same, for answers that stay open.
    open: reqwest::Client,
    deployment: Deployment,
    pins: Arc<Pins>,
    route: Route,
}

impl Transport {
    /// `pins` says whose keys count. Certificates are judged at the system's time, but
    /// never at one before `floor`: a clock that lost its battery must not lock anybody out (B13).
    ///
    /// # Errors
    /// [`TransportError::Setup`] when TLS cannot be set up as it must be.
    pub(crate) fn new(
        deployment: &Deployment,
        pins: Pins,
        floor: UnixSeconds,
        identity: &str,
        route: Route,
    ) -> Result<Self, TransportError> {
        let pins = Arc::new(pins);
        let mut headers = HeaderMap::new();
        headers.insert(
            HeaderName::from_static(CLIENT_HEADER),
            HeaderValue::from_str(identity).map_err(TransportError::setup)?,
        );
        let tls = tls::config(deployment, Arc::clone(&pins), floor)?;
        let build = |silence| client(tls.clone(), headers.clone(), &route, silence);
        let (http, open) = (build(SILENCE)?, build(QUIET)?);
        Ok(Self { http, open, deployment: deployment.clone(), pins, route })
    }

    /// Whose keys count.
    pub(crate) fn pins(&self) -> &Pins {
        &self.pins
    }

    /// The way that it takes.
    pub(crate) fn route(&self) -> &Route {
        &self.route
    }

    /// Where the requests go: `https://host[:port]`.
    pub(crate) fn origin(&self) -> String {
        self.deployment.origin()
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// Every way in which no usable answer came, a redirect among them.
    pub(crate) async fn send(&self, request: Request<'_>, limits: Limits) -> Result<Answer, TransportError> {
        let url = self.deployment.url(request.path).ok_or(TransportError::OffOrigin)?;
        let builder = written(&self.http, url, request)?.timeout(limits.time);
        let response = match builder.send().await {
            Ok(response) => response,
            Err(error) => return Err(self.explain(TransportError::of_request(error)).await),
        };
        let status = response.status();
        if status.is_redirection() {
            return Err(TransportError::Redirect(status.as_u16()));
        }
        read(response, limits.bytes).await
    }

    /// Where the connection failed before the platform was heard of, a proxy on the way is asked why.
    async fn explain(&self, error: TransportError) -> TransportError {
        match &self.route {
            Route::Via(proxy) if error.may_be_the_proxys() => {
                let asked = proxy::ask(proxy, &self.deployment.authority(), PROXY_TIME).await;
                asked.map_or_else(TransportError::Proxy, |()| error)
            }
            _ => error,
        }
    }

    /// Reads one update file. `None` when there is none: 404, and nothing else.
    ///
    /// # Errors
    /// Every way in which no usable answer came, any other status among them.
    pub(crate) async fn update_file(
        &self,
        file: UpdateFile<'_>,
        max_bytes: u64,
    ) -> Result<(Option<Bytes>, Option<UnixSeconds>), TransportError> {
        let path = match file {
            UpdateFile::Metadata(name) => format!("{}{name}", update::METADATA_PATH),
            UpdateFile::Target(path) => format!("{}{path}", update::TARGETS_PATH),
        };
        let request =
            Request { method: Method::Get, path: &path, proof: None, access_token: None, json: None };
        let answer = self.send(request, Limits::metadata(max_bytes)).await?;
        match answer.status {
            200 => Ok((Some(answer.body), answer.date)),
            404 => Ok((None, answer.date)),
            status => Err(TransportError::Status(status)),
        }
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Transport({})", self.origin())
    }
}

/// One that takes nothing but the deployment's own TLS, and no way but the one that was chosen.
fn client(
    tls: rustls::ClientConfig,
    headers: HeaderMap,
    route: &Route,
    silence: Duration,
) -> Result<reqwest::Client, TransportError> {
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .dns_resolver(name::SystemResolver)
        .default_headers(headers)
        .https_only(true)
        .redirect(Policy::none())
        .referer(false)
        // Otherwise the environment would choose, and not the person.
        .no_proxy()
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .connect_timeout(CONNECT_TIME)
        .read_timeout(silence);
    if let Route::Via(proxy) = route {
        builder = builder.proxy(tunnel(proxy)?);
    }
    builder.build().map_err(TransportError::setup)
}

fn written(
    http: &reqwest::Client,
    url: url::Url,
    request: Request<'_>,
) -> Result<reqwest::RequestBuilder, TransportError> {
    let mut builder = match request.method {
        Method::Get => http.get(url),
        Method::Post => http.post(url),
        Method::Delete => http.delete(url),
    };
    if let Some(proof) = &request.proof {
        builder = builder.header(proof::PROOF_HEADER, secret_value(proof)?);
    }
    if let Some(token) = request.access_token {
        builder = builder.header(AUTHORIZATION, secret_value(&format!("{} {token}", proof::SCHEME))?);
    }
    if let Some(json) = request.json {
        builder = builder.header(CONTENT_TYPE, "application/json").body(json);
    }
    Ok(builder)
}

/// The whole answer.
async fn read(response: reqwest::Response, most: u64) -> Result<Answer, TransportError> {
    let headers = response.headers();
    let text = |name: &HeaderName| Some(headers.get(name)?.to_str().ok()?.to_owned());
    let nonce = text(&HeaderName::from_static(proof::NONCE_HEADER));
    let content_type = text(&CONTENT_TYPE);
    let date = text(&DATE).and_then(|date| parse_date(&date));
    let status = response.status().as_u16();
    let body = read_body(response, most).await?;
    Ok(Answer { status, nonce, date, content_type, body })
}

/// A file below one of the two update folders.
#[derive(Debug, Clone, Copy)]
pub(crate) enum UpdateFile<'a> {
    Metadata(&'a str),
    Target(&'a str),
}

/// `CONNECT`, and the proxy's own credentials where there are both parts of them; reqwest puts them into that
/// request and into no other. Everything goes this way: the origin is the only place that requests go to.
fn tunnel(proxy: &Proxy) -> Result<reqwest::Proxy, TransportError> {
    let address = format!("http://{}:{}", proxy.host.in_authority(), proxy.port.get());
    let tunnel = reqwest::Proxy::https(address).map_err(TransportError::setup)?;
    Ok(match &proxy.credentials {
        Some(both) => tunnel.basic_auth(both.user.as_str(), both.password.expose()),
        None => tunnel,
    })
}

fn secret_value(text: &str) -> Result<HeaderValue, TransportError> {
    let mut value = HeaderValue::from_str(text).map_err(TransportError::setup)?;
    value.set_sensitive(true);
    Ok(value)
}

fn parse_date(text: &str) -> Option<UnixSeconds> {
    let since = httpdate::parse_http_date(text).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok().map(UnixSeconds)
}

/// Reads no byte more than allowed, whatever length was announced.
async fn read_body(mut response: reqwest::Response, max: u64) -> Result<Bytes, TransportError> {
    if response.content_length().is_some_and(|length| length > max) {
        return Err(TransportError::TooLarge(max));
    }
    let mut body = BytesMut::new();
    while let Some(piece) = response.chunk().await.map_err(TransportError::of_answer)? {
        if body.len() as u64 + piece.len() as u64 > max {
            return Err(TransportError::TooLarge(max));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body.freeze())
}

#[cfg(fuzzing)]
pub(crate) fn fuzz_certificate(bytes: &[u8]) {
    issuer::fuzz(bytes);
}

#[cfg(test)]
mod tests;
