//! KDE's settings: the file `kioslaverc`, which every program of that desktop reads for itself.

use super::{Found, readable};
use crate::proxy::bypass::{self, Goal};

const GROUP: &str = "[Proxy Settings]";

/// What the file says. KDE writes a proxy as `http://host 3128`, with a space where others have a colon.
pub(in super::super) fn kde(file: &str, goal: &Goal<'_>) -> Found {
    let value = |key: &str| {
        let lines = file.lines().map(str::trim).skip_while(|&line| line != GROUP).skip(1);
        let mut entries =
            lines.take_while(|line| !line.starts_with('[')).filter_map(|line| line.split_once('='));
        entries.find(|(name, _)| name.trim() == key).map_or("", |(_, value)| value.trim())
    };
    match value("ProxyType") {
        // An address set by hand. With 4 the environment counts, which was asked before.
        "1" => {}
        // A script that is named, or to be found.
        "2" | "3" => return Found::Pac,
        _ => return Found::None,
    }
    let listed = bypass::by_environment(&value("NoProxyFor").replace("*.", "."), goal);
    let only_those = value("ReversedException").eq_ignore_ascii_case("true");
    if listed != only_those {
        return Found::None;
    }
    match [value("httpsProxy"), value("socksProxy")].into_iter().find(|text| !text.is_empty()) {
        Some(proxy) => readable(&proxy.split_ascii_whitespace().collect::<Vec<_>>().join(":")),
        None => Found::None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::said;
    use super::*;
    use crate::proxy::bypass::goal;

    const FILE: &str = "PersistentProxyConnection=true\nhttpsProxy=http://elsewhere 1\n\n[Proxy Settings]\n\
        NoProxyFor=localhost,*.inside.example,10.0.0.0/8\nProxyType=1\nReversedException=false\n\
        ftpProxy=http://old 21\nhttpProxy=http://plain 8080\nhttpsProxy=http://secure 3128\n\
        socksProxy=socks://socks 1080\n\n[Other]\nProxyType=2\n";

    fn read(file: &str, host: &str) -> String {
        said(kde(file, &goal(host, 443)))
    }

    #[test]
    fn kde_is_read_as_its_file_has_it() {
        let polder = "polder.example";
        assert_eq!(read("", polder), "none");
        assert_eq!(read(FILE, polder), "secure:3128");
        for host in ["localhost", "a.inside.example", "10.1.1.1"] {
            assert_eq!(read(FILE, host), "none", "{host}");
        }
        for (kind, expected) in [("0", "none"), ("2", "pac"), ("3", "pac"), ("4", "none"), ("x", "none")] {
            assert_eq!(
                read(&FILE.replacen("ProxyType=1", &format!("ProxyType={kind}"), 1), polder),
                expected
            );
        }
        let socks = FILE.replace("httpsProxy=http://secure 3128\n", "");
        assert_eq!(read(&socks, polder), "Socks socks:1080");
        assert_eq!(read(&socks.replace("socksProxy=socks://socks 1080", ""), polder), "none");
        assert_eq!(read(&FILE.replace("secure 3128", "secure:8000"), polder), "secure:8000");
        assert_eq!(read(&FILE.replace("secure 3128", "secure 99999"), polder), "none");
    }

    #[test]
    fn where_kde_uses_the_proxy_for_the_listed_only_others_go_straight() {
        let reversed = FILE.replace("Exception=false", "Exception=true");
        assert_eq!(read(&reversed, "polder.example"), "none");
        assert_eq!(read(&reversed, "a.inside.example"), "secure:3128");
    }
}
