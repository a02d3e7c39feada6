//! From each system's settings, as plain text and numbers, to what was found. All of it is pure, so that each
//! system's part is tested on every system.

use super::Found;
use crate::proxy::bypass::{self, Goal};
use crate::proxy::found;

/// The environment, by the rules of curl: lower case wins, and what is empty is not set. `None` when it names
/// no proxy at all, so that a desktop's settings may.
pub(super) fn environment(read: &dyn Fn(&str) -> Option<String>, goal: &Goal<'_>) -> Option<Found> {
    let set = |names: [&str; 2]| names.iter().find_map(|name| read(name).filter(|value| !value.is_empty()));
    let proxy = set(["https_proxy", "HTTPS_PROXY"]).or_else(|| set(["all_proxy", "ALL_PROXY"]))?;
    if set(["no_proxy", "NO_PROXY"]).is_some_and(|list| bypass::by_environment(&list, goal)) {
        return Some(Found::None);
    }
    Some(readable(&proxy))
}

/// A setting that is no proxy counts as none. It may hold a password, so the log does not repeat it.
fn readable(proxy: &str) -> Found {
    found::read(proxy).unwrap_or_else(|| {
        tracing::warn!("this computer's proxy setting does not read; it counts as none");
        Found::None
    })
}

#[cfg(any(target_os = "linux", test))]
mod kde;

#[cfg(any(target_os = "linux", test))]
pub(super) use gnome::gnome;
#[cfg(target_os = "linux")]
pub(super) use kde::kde;

/// GNOME's settings, as `gsettings list-recursively org.gnome.system.proxy` prints them.
#[cfg(any(target_os = "linux", test))]
mod gnome {
    use std::collections::HashMap;

    use super::{Found, readable};
    use crate::proxy::bypass::{self, Goal};
    use crate::proxy::found::{Credentials, Proxy, Unsupported};
    use crate::proxy::{Host, Port, User};

    const SCHEMA: &str = "org.gnome.system.proxy";

    pub(in super::super) fn gnome(listing: &str, goal: &Goal<'_>) -> Found {
        let mut values = HashMap::new();
        for line in listing.lines() {
            let mut words = line.splitn(3, ' ');
            if let (Some(schema), Some(key), Some(value)) = (words.next(), words.next(), words.next())
                && let Some(part) = schema.strip_prefix(SCHEMA)
            {
                values.insert((part.trim_start_matches('.'), key), value);
            }
        }
        let texts = |part, key| values.get(&(part, key)).map(|value| texts(value)).unwrap_or_default();
        let text = |part, key| texts(part, key).into_iter().next().unwrap_or_default();
        let is = |part, key| values.get(&(part, key)).is_some_and(|value| value.trim() == "true");
        match text("", "mode").as_str() {
            "auto" => return Found::Pac,
            "manual" => {}
            _ => return Found::None,
        }
        if bypass::by_gnome(&texts("", "ignore-hosts"), goal) {
            return Found::None;
        }
        let at = |part| {
            let host = text(part, "host");
            let port: u32 = values.get(&(part, "port")).and_then(|port| port.trim().parse().ok())?;
            (!host.is_empty()).then_some((host, port))
        };
        // The one for HTTPS; else the one for HTTP, where GNOME says that it is for all; else SOCKS.
        let (part, (host, port)) = if let Some(address) = at("https") {
            ("https", address)
        } else if let Some(address) = at("http").filter(|_| is("", "use-same-proxy")) {
            ("http", address)
        } else if let Some(address) = at("socks") {
            ("socks", address)
        } else {
            return Found::None;
        };
        let (Ok(host), Ok(port)) = (Host::parse(&host), Port::parse(port)) else { return readable("") };
        if part == "socks" {
            return Found::Unsupported { speaks: Unsupported::Socks, host, port };
        }
        let signs_in = part == "http" && is("http", "use-authentication");
        let credentials = match User::parse(&text("http", "authentication-user")) {
            Ok(user) if signs_in => {
                let password = polder_wire::Secret::new(text("http", "authentication-password"));
                Some(Credentials { user, password })
            }
            _ => None,
        };
        Found::Proxy(Proxy { host, port, credentials })
    }

    /// All texts in a value as GVariant prints it: one, or the elements of an array.
    fn texts(value: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut rest = value.chars();
        while let Some(quote) = rest.by_ref().find(|c| matches!(c, '\'' | '"')) {
            let mut text = String::new();
            while let Some(c) = rest.next() {
                match c {
                    '\\' => text.extend(rest.next()),
                    c if c == quote => break,
                    c => text.push(c),
                }
            }
            found.push(text);
        }
        found
    }
}

/// `Internet Settings` of the Windows registry.
#[cfg(any(windows, test))]
#[derive(Debug, Clone, Default)]
pub(super) struct WindowsValues {
    pub(super) enabled: bool,
    pub(super) server: String,
    pub(super) bypass: String,
    pub(super) script: String,
}

/// `server` is one address for everything, or `scheme=address` for each, between semicolons.
#[cfg(any(windows, test))]
pub(super) fn windows(values: &WindowsValues, goal: &Goal<'_>) -> Found {
    // As Windows does it: a script goes before an address.
    if !values.script.trim().is_empty() {
        return Found::Pac;
    }
    if !values.enabled {
        return Found::None;
    }
    let entries: Vec<&str> = values.bypass.split([';', ' ']).map(str::trim).collect();
    let says = |word: &str| entries.iter().any(|entry| entry.eq_ignore_ascii_case(word));
    if says("<local>") && goal.is_simple_name()
        || goal.is_loopback() && !says("<-loopback>")
        || bypass::by_pattern(&entries, goal)
    {
        return Found::None;
    }
    let servers: Vec<&str> =
        values.server.split([';', ' ']).map(str::trim).filter(|text| !text.is_empty()).collect();
    let of = |scheme: &str| {
        let named = servers.iter().filter_map(|server| server.split_once('='));
        named.filter(|(name, _)| name.eq_ignore_ascii_case(scheme)).map(|(_, address)| address).next()
    };
    if let Some(address) = of("https").or_else(|| servers.iter().find(|text| !text.contains('=')).copied()) {
        return readable(&with_port(address));
    }
    match of("socks") {
        Some(address) => readable(&format!("socks://{}", with_port(address))),
        None => Found::None,
    }
}

/// Windows takes 80 where there is no port.
#[cfg(any(windows, test))]
fn with_port(address: &str) -> String {
    let authority = address.split_once("://").map_or(address, |(_, rest)| rest).trim_end_matches('/');
    match found::split_port(authority) {
        Some((_, None)) => format!("{}:80", address.trim_end_matches('/')),
        _ => address.to_owned(),
    }
}

/// What `SCDynamicStoreCopyProxies` of macOS says.
#[cfg(any(target_os = "macos", test))]
#[derive(Debug, Clone, Default)]
pub(super) struct MacValues {
    /// `ProxyAutoConfigEnable` or `ProxyAutoDiscoveryEnable`.
    pub(super) script: bool,
    /// `HTTPSProxy` and `HTTPSPort`, where `HTTPSEnable`.
    pub(super) https: Option<(String, u32)>,
    /// `SOCKSProxy` and `SOCKSPort`, where `SOCKSEnable`.
    pub(super) socks: Option<(String, u32)>,
    /// `ExceptionsList`.
    pub(super) exceptions: Vec<String>,
    /// `ExcludeSimpleHostnames`.
    pub(super) simple_names_direct: bool,
}

#[cfg(any(target_os = "macos", test))]
pub(super) fn macos(values: &MacValues, goal: &Goal<'_>) -> Found {
    use crate::proxy::found::{Proxy, Unsupported};
    use crate::proxy::{Host, Port};

    let exceptions: Vec<&str> = values.exceptions.iter().map(String::as_str).collect();
    if values.simple_names_direct && goal.is_simple_name() || bypass::by_pattern(&exceptions, goal) {
        return Found::None;
    }
    if values.script {
        return Found::Pac;
    }
    let Some((host, port)) = values.https.as_ref().or(values.socks.as_ref()) else { return Found::None };
    match (Host::parse(host), Port::parse(*port)) {
        (Ok(host), Ok(port)) if values.https.is_some() => {
            Found::Proxy(Proxy { host, port, credentials: None })
        }
        (Ok(host), Ok(port)) => Found::Unsupported { speaks: Unsupported::Socks, host, port },
        _ => readable(""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proxy::bypass::goal;

    /// What was found in one line.
    pub(super) fn said(found: Found) -> String {
        match found {
            Found::None => "none".to_owned(),
            Found::Pac => "pac".to_owned(),
            Found::Unsupported { speaks, host, port } => {
                format!("{speaks:?} {}:{}", host.in_authority(), port.get())
            }
            Found::Proxy(proxy) => {
                let user = proxy
                    .credentials
                    .map(|both| format!("{}:{}@", both.user.as_str(), both.password.expose()));
                format!("{}{}:{}", user.unwrap_or_default(), proxy.host.in_authority(), proxy.port.get())
            }
        }
    }

    fn env(set: &[(&str, &str)]) -> String {
        let read =
            |name: &str| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        environment(&read, &goal("polder.example", 443)).map_or("nothing".to_owned(), said)
    }

    #[test]
    fn the_environment_is_read_as_curl_reads_it() {
        assert_eq!(env(&[]), "nothing");
        assert_eq!(env(&[("http_proxy", "a:1"), ("HTTP_PROXY", "b:1")]), "nothing");
        assert_eq!(env(&[("https_proxy", "a:1"), ("HTTPS_PROXY", "b:1"), ("all_proxy", "c:1")]), "a:1");
        assert_eq!(env(&[("HTTPS_PROXY", "b:1"), ("all_proxy", "c:1")]), "b:1");
        assert_eq!(env(&[("https_proxy", ""), ("all_proxy", "c:1"), ("ALL_PROXY", "d:1")]), "c:1");
        assert_eq!(env(&[("ALL_PROXY", "socks5://d:1")]), "Socks d:1");
        assert_eq!(env(&[("https_proxy", "a:1"), ("no_proxy", "example"), ("NO_PROXY", "x")]), "none");
        assert_eq!(env(&[("https_proxy", "a:1"), ("no_proxy", "x"), ("NO_PROXY", "*")]), "a:1");
        assert_eq!(env(&[("https_proxy", "a:1"), ("NO_PROXY", "*")]), "none");
        assert_eq!(env(&[("https_proxy", "::::")]), "none");
    }

    const LISTING: &str = "org.gnome.system.proxy autoconfig-url ''\n\
        org.gnome.system.proxy ignore-hosts ['localhost', \"*.in'side\", '10.0.0.0/8']\n\
        org.gnome.system.proxy mode 'manual'\n\
        org.gnome.system.proxy use-same-proxy true\n\
        org.gnome.system.proxy.http authentication-password 'p\\'w'\n\
        org.gnome.system.proxy.http authentication-user 'ada'\n\
        org.gnome.system.proxy.http host 'plain'\n\
        org.gnome.system.proxy.http port 8080\n\
        org.gnome.system.proxy.http use-authentication true\n\
        org.gnome.system.proxy.https host 'secure'\n\
        org.gnome.system.proxy.https port 3128\n\
        org.gnome.system.proxy.socks host 'old'\n\
        org.gnome.system.proxy.socks port 1080\n";

    #[test]
    fn gnome_is_read_as_gsettings_prints_it() {
        let gnome = |listing: &str, host: &str| said(super::gnome(listing, &goal(host, 443)));
        let polder = "polder.example";
        assert_eq!(gnome("", polder), "none");
        assert_eq!(gnome(LISTING, polder), "secure:3128");
        assert_eq!(gnome(LISTING, "localhost"), "none");
        assert_eq!(gnome(LISTING, "10.1.1.1"), "none");
        assert_eq!(gnome(&LISTING.replace("'manual'", "'none'"), polder), "none");
        assert_eq!(gnome(&LISTING.replace("'manual'", "'auto'"), polder), "pac");
        let plain = LISTING.replace("'secure'", "''");
        assert_eq!(gnome(&plain, polder), "ada:p'w@plain:8080");
        assert_eq!(
            gnome(&plain.replace("authentication true", "authentication false"), polder),
            "plain:8080"
        );
        let socks = plain.replace("same-proxy true", "same-proxy false");
        assert_eq!(gnome(&socks, polder), "Socks old:1080");
        assert_eq!(gnome(&socks.replace("'old'", "@s ''"), polder), "none");
        assert_eq!(gnome(&LISTING.replace("3128", "0"), polder), "none");
    }

    #[test]
    fn windows_is_read_as_its_registry_has_it() {
        let windows = |server: &str, bypass: &str, script: &str, host: &str| {
            let [server, bypass, script] = [server, bypass, script].map(str::to_owned);
            said(super::windows(&WindowsValues { enabled: true, server, bypass, script }, &goal(host, 443)))
        };
        let polder = "polder.example";
        assert_eq!(windows("a:1", "", "", polder), "a:1");
        assert_eq!(windows("a", "", "", polder), "a:80");
        assert_eq!(windows("http://a/", "", "", polder), "a:80");
        assert_eq!(windows("http=a:1;https=b:2;socks=c:3", "", "", polder), "b:2");
        assert_eq!(windows("http=a:1;socks=c:3", "", "", polder), "Socks c:3");
        assert_eq!(windows("http=a:1", "", "", polder), "none");
        assert_eq!(windows("a:1", "*.example;<local>", "", polder), "none");
        assert_eq!(windows("a:1", "example", "", polder), "a:1");
        assert_eq!(windows("a:1", "<local>", "", "polder"), "none");
        assert_eq!(windows("a:1", "", "", "polder"), "a:1");
        assert_eq!(windows("a:1", "", "", "localhost"), "none");
        assert_eq!(windows("a:1", "<-loopback>", "", "127.0.0.1"), "a:1");
        assert_eq!(windows("a:1", "", "http://x/proxy.pac", polder), "pac");
        let off = WindowsValues { server: "a:1".to_owned(), ..WindowsValues::default() };
        assert_eq!(said(super::windows(&off, &goal(polder, 443))), "none");
    }

    #[test]
    fn macos_is_read_as_its_dynamic_store_has_it() {
        let all = MacValues {
            script: false,
            https: Some(("secure".to_owned(), 3128)),
            socks: Some(("old".to_owned(), 1080)),
            exceptions: vec!["*.local".to_owned(), "169.254/16".to_owned()],
            simple_names_direct: true,
        };
        let macos = |values: &MacValues, host: &str| said(super::macos(values, &goal(host, 443)));
        let polder = "polder.example";
        assert_eq!(macos(&all, polder), "secure:3128");
        assert_eq!(macos(&all, "a.local"), "none");
        assert_eq!(macos(&all, "polder"), "none");
        assert_eq!(macos(&MacValues { simple_names_direct: false, ..all.clone() }, "polder"), "secure:3128");
        assert_eq!(macos(&MacValues { script: true, ..all.clone() }, polder), "pac");
        assert_eq!(macos(&MacValues { https: None, ..all.clone() }, polder), "Socks old:1080");
        assert_eq!(macos(&MacValues { https: Some((String::new(), 1)), ..all }, polder), "none");
        assert_eq!(macos(&MacValues::default(), polder), "none");
    }
}
