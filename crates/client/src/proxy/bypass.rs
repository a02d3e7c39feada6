//! Which hosts this computer's settings keep away from the proxy. Each system has rules of its own.

use std::net::IpAddr;

use super::found::split_port;
use crate::deployment::Deployment;

/// Where a connection is to go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Goal<'a> {
    host: &'a str,
    port: u16,
    address: Option<IpAddr>,
}

impl<'a> Goal<'a> {
    pub(super) fn of(deployment: &'a Deployment) -> Self {
        Self::new(deployment.host(), deployment.port())
    }

    fn new(host: &'a str, port: u16) -> Self {
        let host = host.strip_suffix('.').unwrap_or(host);
        Self { host, port, address: host.parse().ok() }
    }

    /// Is it this domain, or in it?
    fn is_in(&self, domain: &str) -> bool {
        let domain = domain.strip_suffix('.').unwrap_or(domain);
        let Some(above) = self.host.len().checked_sub(domain.len()) else { return false };
        !domain.is_empty()
            && self.host.as_bytes()[above..].eq_ignore_ascii_case(domain.as_bytes())
            && (above == 0 || self.host.as_bytes()[above - 1] == b'.')
    }
}

/// `no_proxy`, by the rules of curl: names with all below them, addresses, networks; `*` alone is everything.
pub(super) fn by_environment(list: &str, goal: &Goal<'_>) -> bool {
    if list.trim() == "*" {
        return true;
    }
    list.split([',', ' ', '\t']).filter(|entry| !entry.is_empty()).any(|entry| match goal.address {
        Some(address) => is_or_has(entry, address),
        None => goal.is_in(entry.strip_prefix('.').unwrap_or(entry)),
    })
}

/// GNOME's `ignore-hosts`: the same, and `*.example.com`, and each with a port.
#[cfg(any(target_os = "linux", test))]
pub(super) fn by_gnome(entries: &[String], goal: &Goal<'_>) -> bool {
    entries.iter().any(|entry| {
        if let Some(address) = goal.address
            && is_or_has(entry, address)
        {
            return true;
        }
        let Some((host, port)) = split_port(entry) else { return false };
        if port.is_some_and(|port| port != u32::from(goal.port)) {
            return false;
        }
        match goal.address {
            Some(address) => is_or_has(host, address),
            None => goal.is_in(host.strip_prefix("*.").or(host.strip_prefix('.')).unwrap_or(host)),
        }
    })
}

/// As macOS and Windows have it: a name means itself only, and `*` stands for any text. Networks, too.
#[cfg(any(target_os = "macos", windows, test))]
pub(super) fn by_pattern(entries: &[&str], goal: &Goal<'_>) -> bool {
    entries.iter().map(|entry| entry.trim()).filter(|entry| !entry.is_empty()).any(|entry| {
        if goal.address.is_some_and(|address| is_or_has(entry, address)) {
            return true;
        }
        let entry = entry.split_once("://").map_or(entry, |(_, entry)| entry);
        let Some((host, port)) = split_port(entry) else { return false };
        let here = port.is_none_or(|port| port == u32::from(goal.port));
        here && fits(host.to_ascii_lowercase().as_bytes(), goal.host.to_ascii_lowercase().as_bytes())
    })
}

impl Goal<'_> {
    /// A name without a dot, as in a local network.
    #[cfg(any(target_os = "macos", windows, test))]
    pub(super) fn is_simple_name(&self) -> bool {
        self.address.is_none() && !self.host.contains('.')
    }

    /// This very computer.
    #[cfg(any(windows, test))]
    pub(super) fn is_loopback(&self) -> bool {
        self.address.map_or(self.host.eq_ignore_ascii_case("localhost"), |address| address.is_loopback())
    }
}

/// The address itself, with or without brackets, or a network that it lies in.
fn is_or_has(entry: &str, address: IpAddr) -> bool {
    let bare = |text: &str| text.trim_start_matches('[').trim_end_matches(']').to_owned();
    let Some((network, bits)) = entry.split_once('/') else {
        return bare(entry).parse::<IpAddr>().is_ok_and(|entry| entry == address);
    };
    let Ok(bits) = bits.parse::<u32>() else { return false };
    match (read_network(&bare(network)), address) {
        (Some(IpAddr::V4(network)), IpAddr::V4(address)) if bits <= 32 => {
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
            u32::from(network) & mask == u32::from(address) & mask
        }
        (Some(IpAddr::V6(network)), IpAddr::V6(address)) if bits <= 128 => {
            let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
            u128::from(network) & mask == u128::from(address) & mask
        }
        _ => false,
    }
}

/// macOS leaves out the zeros at the end: `169.254/16`.
fn read_network(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    let parts = text.split('.').count();
    (parts < 4).then(|| format!("{text}{}", ".0".repeat(4 - parts)).parse().ok())?
}

/// Whether a pattern with stars fits the whole text.
#[cfg(any(target_os = "macos", windows, test))]
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    // On a mismatch, go back to the last star and let it stand for one more.
    let (mut at, mut read) = (0, 0);
    let mut star = None;
    while read < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(byte) if *byte == text[read] => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((after, from)) = star else { return false };
                star = Some((after, from + 1));
                at = after + 1;
                read = from + 1;
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
pub(super) fn goal(host: &str, port: u16) -> Goal<'_> {
    Goal::new(host, port)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_proxy_goes_by_the_rules_of_curl() {
        for (list, host, away) in [
            ("", "example.com", false),
            ("*", "example.com", true),
            (" * ", "10.0.0.1", true),
            // Only alone.
            ("*,x", "example.com", false),
            ("*.example.com", "www.example.com", false),
            ("example.com", "example.com", true),
            ("EXAMPLE.com", "example.com", true),
            ("example.com", "www.example.com", true),
            (".example.com", "example.com", true),
            (".example.com", "www.example.com", true),
            ("example.com.", "www.example.com", true),
            ("example.com", "www.example.com.", true),
            ("example.com", "nonexample.com", false),
            ("www.example.com", "example.com", false),
            ("com", "example.com", true),
            (".", "example.com", false),
            ("localhost", "localhost", true),
            ("a.test,example.com", "example.com", true),
            ("a.test, example.com", "example.com", true),
            ("a.test example.com", "example.com", true),
            (",,example.com,", "example.com", true),
            // A port was never part of it.
            ("example.com:443", "example.com", false),
            ("10.0.0.1", "10.0.0.1", true),
            ("10.0.0.1", "10.0.0.10", false),
            ("0.0.1", "10.0.0.1", false),
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.1.2.3", false),
            ("10.0.0.0/0", "11.1.2.3", true),
            ("10.0.0.0/33", "10.0.0.0", false),
            ("10.0.0.0/x", "10.0.0.0", false),
            ("10.0.0.0/8", "ten.example", false),
            ("::1", "::1", true),
            ("[::1]", "::1", true),
            ("fd00::/8", "fd12::1", true),
            ("fd00::/8", "fe80::1", false),
            ("::/0", "10.0.0.1", false),
            ("ö", "xn--nda", false),
            ("ö.com", "a.com", false),
        ] {
            assert_eq!(by_environment(list, &Goal::new(host, 443)), away, "{list:?} {host}");
        }
    }

    #[test]
    fn gnome_ignores_domains_ports_and_networks() {
        for (entry, host, away) in [
            ("localhost", "localhost", true),
            ("example.com", "www.example.com", true),
            ("*.example.com", "example.com", true),
            ("*.example.com", "www.example.com", true),
            (".example.com", "www.example.com", true),
            ("example.com:443", "example.com", true),
            ("example.com:80", "example.com", false),
            ("127.0.0.0/8", "127.0.0.1", true),
            ("127.0.0.1:443", "127.0.0.1", true),
            ("::1", "::1", true),
            ("[::1]:443", "::1", true),
            ("", "example.com", false),
        ] {
            assert_eq!(by_gnome(&[entry.to_owned()], &Goal::new(host, 443)), away, "{entry:?} {host}");
        }
    }

    #[test]
    fn a_pattern_means_the_whole_name() {
        for (entry, host, away) in [
            ("example.com", "example.com", true),
            ("example.com", "www.example.com", false),
            ("*.example.com", "www.example.com", true),
            ("*.example.com", "example.com", false),
            ("*example.com", "example.com", true),
            ("*.LOCAL", "printer.local", true),
            ("a*b*c", "aXbXbc", true),
            ("a*b*c", "aXbXcd", false),
            ("*", "example.com", true),
            ("192.168.*", "192.168.7.7", true),
            ("169.254/16", "169.254.3.4", true),
            ("169.254/16", "169.255.3.4", false),
            ("https://example.com", "example.com", true),
            ("example.com:443", "example.com", true),
            ("example.com:80", "example.com", false),
            ("", "example.com", false),
        ] {
            assert_eq!(by_pattern(&[entry], &Goal::new(host, 443)), away, "{entry:?} {host}");
        }
    }

    fn within_by_hand(host: &str, domain: &str) -> bool {
        let (host, domain): (Vec<&str>, Vec<&str>) = (host.split('.').collect(), domain.split('.').collect());
        host.ends_with(&domain)
    }

    proptest! {
        #[test]
        fn a_domain_keeps_all_below_it_away_and_nothing_beside_it(
            domain in "[a-z]{1,6}(\\.[a-z]{1,6}){0,2}", below in "[a-z]{1,6}", before in "[ ,]{0,2}",
        ) {
            let list = format!("{before}other.invalid,{domain}");
            let away = |host: &str| by_environment(&list, &Goal::new(host, 443));
            let (within, longer) = (format!("{below}.{domain}"), format!("{below}{domain}"));
            prop_assert!(away(&domain) && away(&within));
            prop_assert!(!away(&longer));
            let after = format!("{domain}.{below}x");
            prop_assert_eq!(away(&after), within_by_hand(&after, &domain));
        }

        #[test]
        fn no_list_makes_it_panic(list in ".{0,40}", host in "[a-z0-9.:-]{0,20}") {
            let goal = Goal::new(&host, 443);
            by_environment(&list, &goal);
            by_gnome(std::slice::from_ref(&list), &goal);
            by_pattern(&[&list], &goal);
        }
    }
}
