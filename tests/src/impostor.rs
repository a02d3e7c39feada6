use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use polder_local::Local;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::Outcome;

/// A real TLS server that stands where the platform should, and keeps what it is told. Ends on drop.
pub struct Impostor {
    kept: Arc<Mutex<Kept>>,
    serving: JoinHandle<()>,
}

/// What an impostor got.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// How often somebody connected.
    pub connections: u32,
    /// What was said inside TLS, each connection's first bytes.
    pub requests: Vec<String>,
}

impl Impostor {
    /// The deployment's own CA gave this one a certificate for the right name; only its key is another.
    pub async fn of_the_right_ca_with_another_key(local: &Local) -> Outcome<Self> {
        let key = KeyPair::generate()?;
        let leaf = local.authority().certificate_for(&key)?;
        Self::serve(local.port(), leaf, &key).await
    }

    /// A CA that nobody knows gave the certificate, as an inspecting device would.
    pub async fn of_an_unknown_ca(local: &Local) -> Outcome<Self> {
        let mut params = CertificateParams::new(Vec::<String>::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = Issuer::new(params, KeyPair::generate()?);
        let key = KeyPair::generate()?;
        let leaf = CertificateParams::new(vec!["localhost".to_owned()])?.signed_by(&key, &issuer)?;
        Self::serve(local.port(), leaf.der().to_vec(), &key).await
    }

    /// Somebody who got hold of the platform's own key, or a network that lets one byte a second through: all holds, and
    /// the answer never ends.
    pub async fn that_sends_a_byte_a_second(local: &Local) -> Outcome<Self> {
        let key = local.folder().join("tls/platform.key.pem");
        let key = KeyPair::from_pem(&std::fs::read_to_string(key)?)?;
        let leaf = local.authority().certificate_for(&key)?;
        Self::serve_in(Manner::Drips, local.port(), leaf, &key).await
    }

    /// Ends it, waits until its port is free, and tells what it got.
    pub async fn leave(mut self) -> Kept {
        self.serving.abort();
        // Aborted is how it should end.
        let _ = (&mut self.serving).await;
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn serve(port: u16, leaf: Vec<u8>, key: &KeyPair) -> Outcome<Self> {
        Self::serve_in(Manner::Listens, port, leaf, key).await
    }

    async fn serve_in(manner: Manner, port: u16, leaf: Vec<u8>, key: &KeyPair) -> Outcome<Self> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(
                vec![leaf.into()],
                PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
            )?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
        let kept = Arc::<Mutex<Kept>>::default();
        let keeps = Arc::clone(&kept);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(listen_to(manner, stream, acceptor.clone(), Arc::clone(&keeps)));
            }
        });
        Ok(Self { kept, serving })
    }
}

impl Drop for Impostor {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// What it does once somebody spoke to it.
#[derive(Debug, Clone, Copy)]
enum Manner {
    Listens,
    Drips,
}

async fn listen_to(manner: Manner, stream: TcpStream, acceptor: TlsAcceptor, kept: Arc<Mutex<Kept>>) {
    let keep = |what: &dyn Fn(&mut Kept)| what(&mut kept.lock().unwrap_or_else(PoisonError::into_inner));
    keep(&|kept| kept.connections += 1);
    // A client that hangs up during the handshake is what should happen.
    let Ok(mut tls) = acceptor.accept(stream).await else { return };
    let mut said = vec![0; 16 * 1024];
    if let Ok(length @ 1..) = tls.read(&mut said).await {
        let text = String::from_utf8_lossy(&said[..length]).into_owned();
        keep(&|kept| kept.requests.push(text.clone()));
        if let Manner::Drips = manner {
            let mut answer = b"HTTP/1.1 200 OK\r\ncontent-length: 4000\r\n\r\n".to_vec();
            answer.resize(4_000, b' ');
            let mut pieces = answer.chunks(1);
            let mut tick = tokio::time::interval(Duration::from_secs(1));
            // Until the other side has had enough.
            while let Some(piece) = pieces.next()
                && tls.write_all(piece).await.is_ok()
            {
                tick.tick().await;
            }
            return;
        }
        // Whoever gets this far has been fooled already; the answer only ends the wait.
        if let Err(error) = tls.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await {
            keep(&|kept| kept.requests.push(format!("and left: {error}")));
        }
    }
}
