use std::sync::{Arc, Mutex};

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// A mail server of a test's own: enough of RFC 5321 to take letters in.
pub(crate) struct Peer {
    pub(crate) port: u16,
    seen: Arc<Mutex<Seen>>,
    running: tokio::task::JoinHandle<()>,
}

/// What it was told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// Every command, in upper case up to its first space.
    pub(crate) lines: Vec<String>,
    /// The messages that it took.
    pub(crate) messages: Vec<String>,
}

/// How it behaves.
#[derive(Debug, Clone, Default)]
pub(crate) struct Manner {
    /// TLS from the first byte, with the stage's certificate.
    pub(crate) tls: Option<std::path::PathBuf>,
    /// An address for which it takes nothing, and quotes it, as many do.
    pub(crate) refuses: Option<String>,
}

impl Peer {
    /// Listens at a port, or at any (0).
    pub(crate) async fn start(port: u16, manner: Manner) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::<Mutex<Seen>>::default();
        let into = Arc::clone(&seen);
        let acceptor = manner.tls.as_deref().map(|folder| {
            let chain = vec![CertificateDer::from_pem_file(folder.join("cert.pem")).unwrap()];
            let key = PrivateKeyDer::from_pem_file(folder.join("key.pem")).unwrap();
            let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
            let config = rustls::ServerConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(chain, key)
                .unwrap();
            TlsAcceptor::from(Arc::new(config))
        });
        let running = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (seen, manner, acceptor) = (Arc::clone(&into), manner.clone(), acceptor.clone());
                tokio::spawn(async move {
                    match acceptor {
                        None => talk(stream, &seen, &manner).await,
                        // Who does not trust the certificate goes away.
                        Some(acceptor) => match acceptor.accept(stream).await {
                            Ok(stream) => talk(stream, &seen, &manner).await,
                            Err(_) => Ok(()),
                        },
                    }
                });
            }
        });
        Self { port, seen, running }
    }

    pub(crate) fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn talk<S>(stream: S, seen: &Mutex<Seen>, manner: &Manner) -> std::io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (read, mut write) = tokio::io::split(stream);
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 mail.test\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        seen.lock().unwrap().lines.push(line.clone());
        let verb = line.split(' ').next().unwrap_or_default().to_uppercase();
        let refused = manner.refuses.as_ref().is_some_and(|address| line.contains(address.as_str()));
        let answer = match verb.as_str() {
            "EHLO" => "250-mail.test\r\n250-8BITMIME\r\n250 AUTH PLAIN".to_owned(),
            "AUTH" => "235 welcome".to_owned(),
            "RCPT" if refused => format!("550 no mailbox here: {line}"),
            "MAIL" | "RCPT" => "250 go on".to_owned(),
            "QUIT" => "221 bye".to_owned(),
            "DATA" => {
                write.write_all(b"354 end with a point\r\n").await?;
                let mut message = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    message.push_str(&line);
                    message.push('\n');
                }
                seen.lock().unwrap().messages.push(message);
                "250 taken".to_owned()
            }
            _ => "502 not here".to_owned(),
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}
