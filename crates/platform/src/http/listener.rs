use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::accept::Accept;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem};
use tokio::net::TcpStream;

use super::crowd::{Counted, Crowd};
use crate::config::{Config, Tls};
use crate::events::Events;

/// Until a connection has said that it speaks TLS, and again until the handshake is done.
const HELLO_WITHIN: Duration = Duration::from_secs(10);
/// Until a request's headers are complete, and how long an idle connection is kept.
const HEADERS_WITHIN: Duration = Duration::from_secs(20);
/// How long running requests may take to end once the platform stops.
const STOP_WITHIN: Duration = Duration::from_secs(10);
/// The content type of a handshake record (RFC 8446, section 5.1): every TLS connection begins with it.
const HANDSHAKE: u8 = 0x16;

/// Certificate or key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file cannot be read, is no PEM, or lacks what it should hold.
    #[error("{key}: {path}: {source}", path = path.display())]
    File {
        /// The key in the configuration.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: pem::Error,
    },
    /// They do not belong together, or are of a kind that is not spoken.
    #[error("tls.certificate and tls.key: {0}")]
    Pair(#[from] rustls::Error),
}

/// The platform cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Certificate or key.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The address.
    #[error("listen: {address}: {source}")]
    Address {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The API description.
    #[error("the API description: {0}")]
    Description(#[from] serde_json::Error),
}

/// A bound listener with all that answers on it.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    tls: RustlsConfig,
    router: Router,
    crowd: Arc<Crowd>,
    handle: Handle<SocketAddr>,
    events: Arc<Events>,
}

impl Server {
    pub(super) fn bind(router: Router, events: Arc<Events>, config: &Config) -> Result<Self, ListenError> {
        let tls = RustlsConfig::from_config(Arc::new(server_config(&config.tls)?));
        let (address, crowd) = (config.listen, Crowd::new(config.limits));
        let bind = || {
            let listener = TcpListener::bind(address)?;
            let address = listener.local_addr()?;
            Ok((listener, address))
        };
        let (listener, address) = bind().map_err(|source| ListenError::Address { address, source })?;
        Ok(Self { listener, address, tls, router, crowd, handle: Handle::new(), events })
    }

    /// Where it listens; the port is a real one even where 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `stop` is done; then takes no new connection and lets running requests end.
    ///
    /// # Errors
    /// When the listener breaks.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        let handle = self.handle.clone();
        let events = self.events;
        let stopping = tokio::spawn(async move {
            stop.await;
            // They would go on for as long as their clients do.
            events.close();
            handle.graceful_shutdown(Some(STOP_WITHIN));
        });
        let acceptor =
            RustlsAcceptor::new(self.tls).handshake_timeout(HELLO_WITHIN).acceptor(TlsOnly(self.crowd));
        let mut server = axum_server::from_tcp(self.listener)?
            .acceptor(acceptor)
            .handle(self.handle)
            .first_request_timeout(HEADERS_WITHIN)
            // At debug: a port that is open to the world hears nonsense all day.
            .accept_error_handler(|_, error| tracing::debug!(%error, "connection not accepted"));
        let builder = server.http_builder();
        builder.http1().header_read_timeout(HEADERS_WITHIN).max_buf_size(32 * 1024);
        builder
            .http2()
            .keep_alive_interval(HEADERS_WITHIN)
            .keep_alive_timeout(HEADERS_WITHIN)
            .max_concurrent_streams(64)
            .max_header_list_size(32 * 1024);
        let ended = server.serve(self.router.into_make_service_with_connect_info::<SocketAddr>()).await;
        stopping.abort();
        ended
    }
}

fn server_config(files: &Tls) -> Result<ServerConfig, TlsError> {
    let certificate =
        |source| TlsError::File { key: "tls.certificate", path: files.certificate.clone(), source };
    let chain: Vec<_> =
        CertificateDer::pem_file_iter(&files.certificate).and_then(Iterator::collect).map_err(certificate)?;
    if chain.is_empty() {
        return Err(certificate(pem::Error::NoItemsFound));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|source| TlsError::File {
        key: "tls.key",
        path: files.key.clone(),
        source,
    })?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// Drops a connection whose first byte does not begin a TLS handshake. The TLS library would answer it with
/// an alert; whoever speaks plain HTTP gets nothing at all (R41).
#[derive(Debug, Clone)]
struct TlsOnly(Arc<Crowd>);

impl<S: Send + 'static> Accept<TcpStream, S> for TlsOnly {
    type Stream = Counted<TcpStream>;
    type Service = S;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Counted<TcpStream>, S)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let crowd = Arc::clone(&self.0);
        Box::pin(async move {
            stream.set_nodelay(true)?;
            let from = stream.peer_addr()?.ip();
            let mut stream = crowd.enter(stream, from);
            let first = tokio::time::timeout(HELLO_WITHIN, stream.first_byte()).await;
            match first.map_err(|_| io::ErrorKind::TimedOut)?? {
                Some(HANDSHAKE) => Ok((stream, service)),
                _ => Err(io::ErrorKind::InvalidData.into()),
            }
        })
    }
}
