use std::error::Error as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters, TlsVersion};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{self, AsyncSmtpTransport};
use lettre::{AsyncTransport, Tokio1Executor};
use polder_wire::{Secret, UnixSeconds};
use tokio::sync::Notify;

use super::words::Words;
use crate::config::{Mail, Security, Smtp, Way};
use crate::store::folder;

/// For each answer of a mail server.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// For a whole letter.
const LEAVES_WITHIN: Duration = Duration::from_secs(100);

/// Where letters leave from.
pub struct Desk {
    exit: Exit,
    bell: Arc<Notify>,
}

enum Exit {
    Nowhere,
    Folder { from: Mailbox, host: String, folder: PathBuf },
    Smtp { from: Mailbox, host: String, transport: Box<AsyncSmtpTransport<Tokio1Executor>> },
}

/// The way that letters leave cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The file with the password, or with the certificates.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The folder for letters.
    #[error("folder: {0}")]
    Folder(#[from] folder::FolderError),
    /// No certificate can be trusted, or the host is no name.
    #[error("{0}")]
    Tls(smtp::Error),
    /// The certificates cannot be read.
    #[error("{path}: holds no certificates in PEM", path = path.display())]
    Authority {
        /// Which file.
        path: PathBuf,
    },
}

/// What a letter is sent with.
pub(super) struct Envelope<'a> {
    pub(super) id: &'a str,
    pub(super) to: &'a str,
    pub(super) posted_at: UnixSeconds,
    pub(super) kind: &'static str,
    pub(super) words: &'a Words,
}

/// What became of it. Reasons never quote a server: it might quote the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sent {
    Left {
        kind: &'static str,
    },
    /// This letter does not go.
    Refused {
        why: String,
    },
    /// No letter goes.
    NobodyThere {
        why: String,
    },
}

impl Desk {
    /// Gets the way ready that the configuration says; does not try it, since a mail server that is away must
    /// not keep the platform from starting.
    ///
    /// # Errors
    /// When a file cannot be read or a folder not be made.
    pub(crate) fn open(mail: Option<&Mail>, origin: &str) -> Result<Self, DeskError> {
        let host = origin.strip_prefix("https://").unwrap_or(origin);
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host).to_owned();
        let exit = match mail {
            None => Exit::Nowhere,
            Some(Mail { from, way: Way::Folder(folder) }) => {
                folder::make_private(folder)?;
                Exit::Folder { from: from.clone(), host, folder: folder.clone() }
            }
            Some(Mail { from, way: Way::Smtp(smtp) }) => {
                let transport = Box::new(transport(smtp, &host)?);
                Exit::Smtp { from: from.clone(), host, transport }
            }
        };
        Ok(Self { exit, bell: Arc::default() })
    }

    /// Rings when something was posted.
    pub(crate) fn bell(&self) -> &Arc<Notify> {
        &self.bell
    }

    /// Whether letters can leave at all.
    pub(crate) fn leads_somewhere(&self) -> bool {
        !matches!(self.exit, Exit::Nowhere)
    }

    pub(super) async fn send(&self, envelope: &Envelope<'_>) -> Sent {
        let left = Sent::Left { kind: envelope.kind };
        match &self.exit {
            Exit::Nowhere => Sent::NobodyThere { why: "there is no way for letters".into() },
            Exit::Folder { from, host, folder } => {
                let Some(message) = message(envelope, from, host) else { return unaddressable() };
                match put(folder, envelope, &message.formatted()) {
                    Ok(()) => left,
                    Err(error) => Sent::NobodyThere { why: format!("the folder for letters: {error}") },
                }
            }
            Exit::Smtp { from, host, transport } => {
                let Some(message) = message(envelope, from, host) else { return unaddressable() };
                match tokio::time::timeout(LEAVES_WITHIN, transport.send(message)).await {
                    Ok(Ok(_)) => left,
                    Ok(Err(error)) => told(&error),
                    Err(_) => Sent::NobodyThere { why: "no answer in time".into() },
                }
            }
        }
    }
}

fn unaddressable() -> Sent {
    Sent::Refused { why: "no letter can be addressed like this".into() }
}

fn told(error: &smtp::Error) -> Sent {
    match error.status() {
        // 421: the server closes; 53x: it does not take the platform for its customer. Both hold for all letters.
        Some(code) if !["421", "530", "534", "535", "538"].contains(&code.to_string().as_str()) => {
            Sent::Refused { why: format!("the mail server answered {code}") }
        }
        Some(code) => Sent::NobodyThere { why: format!("the mail server answered {code}") },
        // Texts of a server are not quoted, and what it sends that is no answer is text of it too.
        // The server knows no such characters in an address.
        None if error.is_client() => Sent::Refused { why: error.to_string() },
        None if error.is_response() => Sent::NobodyThere { why: "what answers is no mail server".into() },
        None => {
            let mut why = error.to_string();
            let mut source = error.source();
            while let Some(inner) = source {
                why = format!("{why}: {inner}");
                source = inner.source();
            }
            Sent::NobodyThere { why }
        }
    }
}

fn transport(smtp: &Smtp, hello: &str) -> Result<AsyncSmtpTransport<Tokio1Executor>, DeskError> {
    let tls = match smtp.security {
        Security::Tls => Tls::Wrapper(verified(smtp)?),
        Security::StartTls => Tls::Required(verified(smtp)?),
        Security::None => Tls::None,
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(smtp.host.as_str())
        .port(smtp.port)
        .tls(tls)
        .hello_name(ClientId::Domain(hello.to_owned()))
        .timeout(Some(ANSWER_WITHIN));
    if let Some((user, file)) = &smtp.credentials {
        let password = Secret::new(read(file)?.trim_end_matches(['\r', '\n']));
        builder = builder.credentials(Credentials::new(user.clone(), password.expose().to_owned()));
    }
    Ok(builder.build())
}

fn verified(smtp: &Smtp) -> Result<TlsParameters, DeskError> {
    let mut builder = TlsParameters::builder(smtp.host.clone()).set_min_tls_version(TlsVersion::Tlsv12);
    if let Some(path) = &smtp.authority {
        let wrong = || DeskError::Authority { path: path.clone() };
        let certificate = Certificate::from_pem(read(path)?.as_bytes()).map_err(|_| wrong())?;
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(DeskError::Tls)
}

fn read(path: &Path) -> Result<String, DeskError> {
    fs::read_to_string(path).map_err(|source| DeskError::File { path: path.to_owned(), source })
}

/// Nothing when the address is none.
fn message(envelope: &Envelope<'_>, from: &Mailbox, host: &str) -> Option<Message> {
    let posted = Duration::from_secs(u64::try_from(envelope.posted_at.0).unwrap_or(0));
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, envelope.to.parse().ok()?))
        .subject(envelope.words.subject.as_str())
        .date(SystemTime::UNIX_EPOCH + posted)
        .message_id(Some(format!("<{}@{host}>", envelope.id)))
        .header(AutoSubmitted)
        .body(envelope.words.body.expose().to_owned())
        .ok()
}

/// Tells machines not to answer (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// One file, which is there whole or not at all; its name sorts by time.
fn put(folder: &Path, envelope: &Envelope<'_>, bytes: &[u8]) -> std::io::Result<()> {
    let name = format!("{}-{}-{}.eml", envelope.posted_at.0, envelope.kind, envelope.id);
    let part = folder.join(format!(".{name}"));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&part)?.write_all(bytes)?;
    fs::rename(part, folder.join(name))
}
