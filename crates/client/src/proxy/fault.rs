use std::fmt;
use std::io;

use polder_wire::Code;

use super::challenge::Offered;
use super::{Host, Port, Unsupported};

/// Why there is no way through the proxy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProxyFault {
    /// Its name is unknown, nobody listens there, or nobody answers in time.
    #[error("the proxy {at} does not answer")]
    Unreachable {
        /// Which one.
        at: Address,
        /// Why; `None` when it just took too long.
        #[source]
        cause: Option<io::Error>,
    },
    /// It asks for a user and a password, or does not take those that it got.
    #[error("the proxy {0} asks for a user and a password")]
    SignIn(Address),
    /// It asks for NTLM.
    #[error("the proxy {0} asks for NTLM")]
    Ntlm(Address),
    /// It asks for Negotiate.
    #[error("the proxy {0} asks for Negotiate")]
    Negotiate(Address),
    /// It answers with this status, and does not connect.
    #[error("the proxy {at} answers with status {status}")]
    Refused {
        /// Which one.
        at: Address,
        /// Of its answer.
        status: u16,
    },
    /// It hangs up before it answered, or what answers there is no HTTP.
    #[error("what answers at {0} is no proxy")]
    NoProxy(Address),
    /// This computer's proxy speaks what Polder does not.
    #[error("this computer is set to the proxy {at}, which speaks {speaks}; only HTTP is supported")]
    Unsupported {
        /// Which one.
        at: Address,
        /// What it speaks.
        speaks: Unsupported,
    },
    /// A script says which proxy, and scripts are not run.
    #[error("this computer finds its proxy by a script, which is not supported")]
    Pac,
}

/// Where a proxy is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Its host.
    pub host: Host,
    /// Its port.
    pub port: Port,
}

impl ProxyFault {
    /// What a person is told.
    pub fn code(&self) -> Code {
        match self {
            Self::Unreachable { .. } => Code::ProxyUnreachable,
            Self::SignIn(_) => Code::ProxySignIn,
            Self::Ntlm(_) => Code::ProxyNtlm,
            Self::Negotiate(_) => Code::ProxyNegotiate,
            Self::Refused { .. } | Self::NoProxy(_) | Self::Unsupported { .. } => Code::ProxyRefused,
            Self::Pac => Code::ProxyPac,
        }
    }

    /// For an answer that did not open the way. Basic goes first, because it is what Polder can do; of the two
    /// that it cannot, a domain that offers both means Negotiate.
    pub(super) fn of_answer(at: Address, status: u16, offered: Offered) -> Self {
        match (status, offered) {
            (407, Offered { basic: true, .. }) => Self::SignIn(at),
            (407, Offered { negotiate: true, .. }) => Self::Negotiate(at),
            (407, Offered { ntlm: true, .. }) => Self::Ntlm(at),
            _ => Self::Refused { at, status },
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host.in_authority(), self.port.get())
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Socks => "SOCKS",
            Self::Tls => "TLS",
        })
    }
}
