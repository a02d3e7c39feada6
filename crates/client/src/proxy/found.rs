use polder_wire::Secret;

use super::{Host, Port, User};

/// What this computer is set to, for one platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// No proxy, or none for this platform.
    None,
    /// This one.
    Proxy(Proxy),
    /// A script that says which one, which nothing here runs.
    Pac,
    /// One that does not speak plain HTTP.
    Unsupported {
        /// What it speaks.
        speaks: Unsupported,
        /// Where it is.
        host: Host,
        /// Its port.
        port: Port,
    },
}

/// A proxy that is spoken to in plain HTTP, and connects to the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Where it is.
    pub host: Host,
    /// Its port.
    pub port: Port,
    /// For Basic, if it asks.
    pub credentials: Option<Credentials>,
}

/// A user with a password, for a proxy and nobody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Who.
    pub user: User,
    /// It does not print.
    pub password: Secret,
}

/// What some proxies speak and Polder does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsupported {
    /// SOCKS, of whatever version.
    Socks,
    /// TLS to the proxy itself.
    Tls,
}

/// Where the client of curl would connect when a proxy's address has no port.
const PORT: u32 = 1080;
const TLS_PORT: u32 = 443;

/// Reads a proxy as people write it: `[scheme://][user:password@]host[:port][/]`. `None` when that is no proxy.
pub(super) fn read(text: &str) -> Option<Found> {
    let (scheme, rest) = text.trim().split_once("://").unwrap_or(("http", text.trim()));
    let speaks = match scheme.to_ascii_lowercase().as_str() {
        "http" => None,
        "https" => Some(Unsupported::Tls),
        "socks" | "socks4" | "socks4a" | "socks5" | "socks5h" => Some(Unsupported::Socks),
        _ => return None,
    };
    let authority = rest.split(['/', '?', '#']).next()?;
    let (userinfo, address) = match authority.rsplit_once('@') {
        Some((userinfo, address)) => (Some(userinfo), address),
        None => (None, authority),
    };
    let (host, port) = split_port(address)?;
    let host = Host::parse(host).ok()?;
    let default = if speaks == Some(Unsupported::Tls) { TLS_PORT } else { PORT };
    let port = Port::parse(port.unwrap_or(default)).ok()?;
    Some(match speaks {
        Some(speaks) => Found::Unsupported { speaks, host, port },
        None => Found::Proxy(Proxy { host, port, credentials: credentials(userinfo)? }),
    })
}

/// The host, and the port where there is one. A bare IPv6 address has colons and no port.
pub(super) fn split_port(address: &str) -> Option<(&str, Option<u32>)> {
    let colon = match address.rfind(']') {
        Some(end) if end + 1 == address.len() => return Some((address, None)),
        Some(end) => address[end + 1..].starts_with(':').then_some(end + 1)?,
        None => match address.find(':') {
            Some(first) if address.rfind(':') == Some(first) => first,
            _ => return Some((address, None)),
        },
    };
    let port = &address[colon + 1..];
    // `parse` would take a sign, too.
    let digits = port.bytes().all(|b| b.is_ascii_digit());
    Some((&address[..colon], Some(digits.then(|| port.parse().ok())??)))
}

/// Only where both are there. `None` when they are there and cannot be used.
#[allow(clippy::option_option, reason = "having none is one answer, and not reading another")]
fn credentials(userinfo: Option<&str>) -> Option<Option<Credentials>> {
    let Some((user, password)) = userinfo.and_then(|text| text.split_once(':')) else { return Some(None) };
    let user = User::parse(&decode(user)?).ok()?;
    Some(Some(Credentials { user, password: Secret::new(decode(password)?) }))
}

fn decode(text: &str) -> Option<String> {
    percent_encoding::percent_decode_str(text).decode_utf8().ok().map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Option<String> {
        match read(text)? {
            Found::Proxy(proxy) => {
                let user = proxy
                    .credentials
                    .map(|both| format!("{} {} at ", both.user.as_str(), both.password.expose()));
                Some(format!(
                    "{}{}:{}",
                    user.unwrap_or_default(),
                    proxy.host.in_authority(),
                    proxy.port.get()
                ))
            }
            Found::Unsupported { speaks, host, port } => {
                Some(format!("{speaks:?} {}:{}", host.in_authority(), port.get()))
            }
            Found::None | Found::Pac => unreachable!("no address reads as these"),
        }
    }

    #[test]
    fn a_proxy_reads_as_people_write_it() {
        for (text, expected) in [
            ("proxy:3128", "proxy:3128"),
            ("proxy", "proxy:1080"),
            ("http://proxy:80/", "proxy:80"),
            ("HTTP://Proxy:8080", "proxy:8080"),
            ("http://[::1]:3128", "[::1]:3128"),
            ("[::1]", "[::1]:1080"),
            ("http://ada:l%40ce%3A@proxy:1", "ada l@ce: at proxy:1"),
            ("http://ada:x:y@proxy:1", "ada x:y at proxy:1"),
            // Half of it is none: nothing is sent that was not set.
            ("http://ada@proxy:1", "proxy:1"),
            ("socks5h://proxy:1", "Socks proxy:1"),
            ("socks://proxy", "Socks proxy:1080"),
            ("https://proxy", "Tls proxy:443"),
        ] {
            assert_eq!(address(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "http://",
            "ftp://proxy:1",
            "proxy:",
            "proxy:0",
            "proxy:65536",
            "proxy:x",
            "proxy:+1",
            "a b:1",
            "[::1",
            "[::1]3128",
            "http://a%0a:b@proxy:1",
            "http://a:%ff@proxy:1",
            ":3128",
        ] {
            assert_eq!(address(text), None, "{text}");
        }
    }

    #[test]
    fn a_password_does_not_print() {
        let found = read("http://ada:hunter2@proxy:1");
        assert!(matches!(&found, Some(Found::Proxy(proxy)) if proxy.credentials.is_some()));
        assert!(!format!("{found:?}").contains("hunter2"));
    }
}
