use std::error::Error as StdError;
use std::io;

use polder_wire::Code;
use rustls::CertificateError;

use super::issuer::ForeignIssuer;
use super::name::NameUnknown;
use super::tls::PinMismatch;
use crate::proxy::ProxyFault;

/// Why no usable answer came.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The name could not be looked up, or there is no network.
    #[error("there is no network, or the name is unknown")]
    Offline(#[source] reqwest::Error),
    /// The connection was refused, or the host cannot be reached.
    #[error("nobody answers there")]
    Unreachable(#[source] reqwest::Error),
    /// No answer in time.
    #[error("no answer in time")]
    TimedOut(#[source] reqwest::Error),
    /// Chain and name hold, but the key is none that was pinned.
    #[error("the server's key is not a pinned one")]
    PinMismatch(#[source] reqwest::Error),
    /// The certificate does not come from the deployment's CA.
    #[error("the certificate's issuer is unknown")]
    UnknownIssuer {
        /// Who it says that it comes from, fit to be shown; `None` when it does not say.
        issuer: Option<String>,
        /// The connection's own words.
        #[source]
        cause: reqwest::Error,
    },
    /// The certificate's time is over or has not begun.
    #[error("the certificate is not valid at this time")]
    CertificateTime(#[source] reqwest::Error),
    /// The certificate is for another name.
    #[error("the certificate is for another name")]
    CertificateName(#[source] reqwest::Error),
    /// The certificate is wrong in another way.
    #[error("the certificate is not acceptable")]
    CertificateInvalid(#[source] reqwest::Error),
    /// No TLS, or none that is allowed.
    #[error("what answers speaks no acceptable TLS")]
    NotSecure(#[source] reqwest::Error),
    /// There is no way through the proxy.
    #[error("there is no way through the proxy")]
    Proxy(#[from] ProxyFault),
    /// The answer was cut off or is no HTTP.
    #[error("the answer is cut off or damaged")]
    Broken(#[source] reqwest::Error),
    /// The answer is larger than this many bytes.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(u64),
    /// The answer leads elsewhere; nobody follows.
    #[error("the answer is a redirect ({0})")]
    Redirect(u16),
    /// An update file came with a status that is neither 200 nor 404.
    #[error("the answer has status {0}")]
    Status(u16),
    /// Another part of a file came than was asked for.
    #[error("the answer is another part of the file than was asked for")]
    OtherPart,
    /// The answer ended before all of it had come.
    #[error("the answer ended too early")]
    Short,
    /// The answer comes slower than any network that is of use.
    #[error("the answer comes too slowly")]
    TooSlow,
    /// The path would have led off the deployment's origin.
    #[error("the path leads off the origin")]
    OffOrigin,
    /// TLS or a request could not be set up as it must be.
    #[error("the connection could not be set up")]
    Setup(#[source] Box<dyn StdError + Send + Sync>),
}

impl TransportError {
    /// What a person is told.
    pub fn code(&self) -> Code {
        match self {
            Self::Offline(_) => Code::Offline,
            Self::Unreachable(_) => Code::Unreachable,
            Self::TimedOut(_) | Self::TooSlow => Code::TimedOut,
            Self::PinMismatch(_) => Code::PinMismatch,
            Self::UnknownIssuer { .. } => Code::UnknownIssuer,
            Self::CertificateTime(_) => Code::CertificateTime,
            Self::CertificateName(_) => Code::CertificateName,
            Self::CertificateInvalid(_) => Code::CertificateInvalid,
            Self::NotSecure(_) => Code::NotSecure,
            Self::Proxy(fault) => fault.code(),
            Self::Status(503) => Code::Busy,
            Self::Status(500..) => Code::Internal,
            Self::Broken(_)
            | Self::TooLarge(_)
            | Self::Redirect(_)
            | Self::OtherPart
            | Self::Short
            | Self::Status(_) => Code::AnswerBroken,
            Self::OffOrigin | Self::Setup(_) => Code::Unexpected,
        }
    }

    /// Who the certificate says that it comes from, where that is not the deployment's CA: somebody inspects
    /// TLS, perhaps, and IT knows whom that name means. Not proven by anything.
    pub fn issuer(&self) -> Option<&str> {
        match self {
            Self::UnknownIssuer { issuer, .. } => issuer.as_deref(),
            _ => None,
        }
    }

    pub(super) fn setup(error: impl StdError + Send + Sync + 'static) -> Self {
        Self::Setup(Box::new(error))
    }

    /// For an error before the answer began.
    pub(super) fn of_request(error: reqwest::Error) -> Self {
        // Paths name projects and layers; logs do not need to.
        let error = error.without_url();
        if error.is_builder() {
            return Self::setup(error);
        }
        match kind(&error) {
            Some(Kind::Offline) => Self::Offline(error),
            Some(Kind::Unreachable) => Self::Unreachable(error),
            Some(Kind::Pin) => Self::PinMismatch(error),
            Some(Kind::Issuer(issuer)) => Self::UnknownIssuer { issuer, cause: error },
            Some(Kind::Time) => Self::CertificateTime(error),
            Some(Kind::Name) => Self::CertificateName(error),
            Some(Kind::Certificate) => Self::CertificateInvalid(error),
            Some(Kind::NotSecure) => Self::NotSecure(error),
            None if error.is_timeout() => Self::TimedOut(error),
            // The connection was made, and ended before TLS stood.
            Some(Kind::CutOff) if error.is_connect() => Self::NotSecure(error),
            None if error.is_connect() => Self::Unreachable(error),
            Some(Kind::CutOff) | None => Self::Broken(error),
        }
    }

    /// Whether the proxy, if there was one, may be the reason: nothing was heard of the platform's TLS yet.
    pub(super) fn may_be_the_proxys(&self) -> bool {
        match self {
            Self::Offline(error)
            | Self::Unreachable(error)
            | Self::TimedOut(error)
            | Self::NotSecure(error)
            | Self::Broken(error) => error.is_connect(),
            _ => false,
        }
    }

    /// For an error while the answer was read.
    pub(super) fn of_answer(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_timeout() { Self::TimedOut(error) } else { Self::Broken(error) }
    }
}

/// What the chain of causes says by its types.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Offline,
    Unreachable,
    Pin,
    Issuer(Option<String>),
    Time,
    Name,
    Certificate,
    NotSecure,
    CutOff,
}

fn kind(error: &(dyn StdError + 'static)) -> Option<Kind> {
    let mut next = Some(error);
    // What the last `io::Error` was, where the error that it wraps is nobody's in particular.
    let mut wrapped = None;
    while let Some(error) = next {
        if error.is::<NameUnknown>() {
            return Some(Kind::Offline);
        }
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return Some(kind_of_tls(tls));
        }
        next = match error.downcast_ref::<io::Error>() {
            // `source` of an `io::Error` skips the very error that it wraps.
            Some(io) => match io.get_ref() {
                Some(inner) => {
                    wrapped = kind_of_io(io.kind()).or(wrapped);
                    Some(inner)
                }
                None => return kind_of_io(io.kind()),
            },
            None => error.source(),
        };
    }
    wrapped
}

fn kind_of_io(kind: io::ErrorKind) -> Option<Kind> {
    use io::ErrorKind as K;
    match kind {
        K::ConnectionRefused | K::HostUnreachable => Some(Kind::Unreachable),
        K::NetworkUnreachable | K::NetworkDown | K::AddrNotAvailable => Some(Kind::Offline),
        K::UnexpectedEof | K::ConnectionReset | K::ConnectionAborted | K::BrokenPipe => Some(Kind::CutOff),
        _ => None,
    }
}

fn kind_of_tls(error: &rustls::Error) -> Kind {
    use CertificateError as C;
    match error {
        rustls::Error::InvalidCertificate(fault) => match fault {
            C::Other(other) if other.0.is::<PinMismatch>() => Kind::Pin,
            C::Other(other) => match other.0.downcast_ref() {
                Some(ForeignIssuer(issuer)) => Kind::Issuer(issuer.clone()),
                None => Kind::Certificate,
            },
            C::Expired | C::ExpiredContext { .. } | C::NotValidYet | C::NotValidYetContext { .. } => {
                Kind::Time
            }
            C::NotValidForName | C::NotValidForNameContext { .. } => Kind::Name,
            _ => Kind::Certificate,
        },
        rustls::Error::NoCertificatesPresented | rustls::Error::UnsupportedNameType => Kind::Certificate,
        _ => Kind::NotSecure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_ends_within_the_handshake_is_cut_off_with_or_without_words() {
        let ended = io::ErrorKind::UnexpectedEof;
        assert_eq!(kind(&io::Error::from(ended)), Some(Kind::CutOff));
        // As the TLS library has it when the other side closes in order.
        assert_eq!(kind(&io::Error::new(ended, "tls handshake eof")), Some(Kind::CutOff));
        let refused = rustls::Error::InvalidCertificate(CertificateError::Expired);
        assert_eq!(kind(&io::Error::new(ended, refused)), Some(Kind::Time), "what is wrapped says more");
        assert_eq!(kind(&io::Error::other("nothing known")), None);
    }
}
