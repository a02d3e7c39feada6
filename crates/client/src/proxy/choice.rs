use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU16;

use url::Host as UrlHost;

/// What the person chose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Choice {
    /// Whatever this computer is set to.
    #[default]
    System,
    /// No proxy, whatever this computer is set to.
    Direct,
    /// This one.
    Manual(Manual),
}

/// A proxy that the person typed in. Its password is kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manual {
    /// Where it is.
    pub host: Host,
    /// Its port.
    pub port: Port,
    /// Who signs in there, if it asks.
    pub user: Option<User>,
}

/// A host: a DNS name in lower case, or an IP address. Nothing else goes into a `CONNECT` to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host(Named);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Named {
    Name(String),
    Address(IpAddr),
}

/// A port from 1 to 65535.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Port(NonZeroU16);

/// A user as Basic can carry it: not empty, without `:` and control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User(String);

/// A field that does not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the proxy's {0} does not read")]
pub struct Malformed(pub Field);

/// One of the fields that a person types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// [`Manual::host`].
    Host,
    /// [`Manual::port`].
    Port,
    /// [`Manual::user`].
    User,
}

impl Manual {
    /// Reads what a person typed. An empty user is none.
    ///
    /// # Errors
    /// Names the first field that does not read.
    pub fn parse(host: &str, port: u32, user: Option<&str>) -> Result<Self, Malformed> {
        Ok(Self {
            host: Host::parse(host)?,
            port: Port::parse(port)?,
            user: user.filter(|user| !user.is_empty()).map(User::parse).transpose()?,
        })
    }
}

/// Longer than any that an authenticator takes; the file and the headers stay small.
const MAX_USER: usize = 256;

impl Host {
    /// A DNS name or an IP address, an IPv6 one with or without brackets. Space around it is not part of it.
    ///
    /// # Errors
    /// [`Field::Host`]: a scheme, credentials, a port, a path or whatever else is no host.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        Self::read(text.trim()).map(Self).ok_or(Malformed(Field::Host))
    }

    fn read(text: &str) -> Option<Named> {
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        if let Some(address) = bare {
            return address.parse().ok().map(|address| Named::Address(IpAddr::V6(address)));
        }
        if let Ok(address) = text.parse() {
            return Some(Named::Address(address));
        }
        // As in a URL, `%41` would be read as a letter; here nobody means that.
        if text.contains('%') {
            return None;
        }
        // Names of other scripts become what DNS knows; `10.1` and `0x7f.1` become addresses, which nobody
        // who types them means.
        let UrlHost::Domain(name) = UrlHost::parse(text).ok()? else { return None };
        is_dns_name(&name).then_some(Named::Name(name))
    }

    /// As it stands before a port: IPv6 in brackets.
    pub fn in_authority(&self) -> String {
        match &self.0 {
            Named::Name(name) => name.clone(),
            Named::Address(IpAddr::V4(address)) => address.to_string(),
            Named::Address(IpAddr::V6(address)) => format!("[{address}]"),
        }
    }
}

/// Letters, digits, hyphens and underscores, which Windows names have, in labels that DNS can carry.
fn is_dns_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

/// Without brackets, for people.
impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Named::Name(name) => f.write_str(name),
            Named::Address(address) => address.fmt(f),
        }
    }
}

impl Port {
    /// A number from 1 to 65535.
    ///
    /// # Errors
    /// [`Field::Port`] for any other.
    pub fn parse(number: u32) -> Result<Self, Malformed> {
        let port = u16::try_from(number).ok().and_then(NonZeroU16::new);
        port.map(Self).ok_or(Malformed(Field::Port))
    }

    /// The number.
    pub fn get(self) -> u16 {
        self.0.get()
    }
}

impl User {
    /// Any text that Basic can carry.
    ///
    /// # Errors
    /// [`Field::User`]: empty, too long, or with `:` or a control character in it.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let carried =
            (1..=MAX_USER).contains(&text.len()) && !text.contains(|c: char| c == ':' || c.is_control());
        carried.then(|| Self(text.to_owned())).ok_or(Malformed(Field::User))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Host => "host",
            Self::Port => "port",
            Self::User => "user",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address() {
        for (text, authority) in [
            ("proxy", "proxy"),
            (" Proxy.Hel.example ", "proxy.hel.example"),
            ("proxy.example.", "proxy.example."),
            ("my_proxy", "my_proxy"),
            ("välitys.example", "xn--vlitys-bua.example"),
            ("10.0.0.1", "10.0.0.1"),
            ("::1", "[::1]"),
            ("[2001:db8::1]", "[2001:db8::1]"),
        ] {
            let read = Host::parse(text).map(|host| host.in_authority());
            assert_eq!(read.as_deref(), Ok(authority), "{text}");
        }
        let long = "a".repeat(64);
        for text in [
            "",
            " ",
            "http://proxy",
            "me@proxy",
            "me:x@proxy",
            "proxy:3128",
            "proxy/",
            "proxy/x",
            "a b",
            "a\tb",
            "a\r\nb",
            "proxy?",
            "proxy#",
            "..",
            "a..b",
            "-a",
            "a-",
            "10.1",
            "0x7f.1",
            "[proxy]",
            "[::1",
            "::1]",
            "%41",
            "a%0d%0ab",
            "a\u{202e}b\u{0}",
            "*",
            "[10.0.0.1]",
            long.as_str(),
        ] {
            assert_eq!(Host::parse(text), Err(Malformed(Field::Host)), "{text:?}");
        }
    }

    #[test]
    fn a_port_is_one_that_can_be_connected_to() {
        assert_eq!(Port::parse(1).map(Port::get), Ok(1));
        assert_eq!(Port::parse(65_535).map(Port::get), Ok(65_535));
        for number in [0, 65_536, u32::MAX] {
            assert_eq!(Port::parse(number), Err(Malformed(Field::Port)), "{number}");
        }
    }

    #[test]
    fn a_user_is_what_basic_can_carry() {
        assert_eq!(Manual::parse("p", 1, Some("")).map(|manual| manual.user), Ok(None));
        assert_eq!(User::parse("HEL\\aino virtanen").as_ref().map(User::as_str), Ok("HEL\\aino virtanen"));
        let long = "a".repeat(257);
        for text in ["", "a:b", "a\nb", "a\u{0}", "a\u{85}b", long.as_str()] {
            assert_eq!(User::parse(text), Err(Malformed(Field::User)), "{text:?}");
        }
    }

    #[test]
    fn the_first_field_that_does_not_read_is_named() {
        assert_eq!(Manual::parse("", 0, Some(":")), Err(Malformed(Field::Host)));
        assert_eq!(Manual::parse("p", 0, Some(":")), Err(Malformed(Field::Port)));
        assert_eq!(Manual::parse("p", 1, Some(":")), Err(Malformed(Field::User)));
    }
}
