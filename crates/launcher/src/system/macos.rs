//! macOS.

use std::process::{Command, Stdio};

use polder_slots::Verified;

pub(crate) use super::unix::Signals;

/// The file of a slot that is a launcher. A release need not bring one.
pub(crate) const LAUNCHER: &str = "polder-launcher";
/// Where a package puts its slot, seen from the launcher's folder.
pub(crate) const PACKAGED: &str = "../Resources/slot";
/// Whether a launcher that runs may be replaced.
pub(crate) const RENEWS: bool = true;

/// Nothing is started through a handle here: the path is looked at once more.
pub(crate) fn handle_of(_: &Verified) -> Option<Command> {
    None
}

/// Never: it is part of the system.
pub(crate) fn lacks_web_view(_: u8) -> Option<fn(&str) -> String> {
    None
}

/// What the environment names, and without one, as for everything that the Finder starts, the system's own.
pub(crate) fn language() -> String {
    let named = super::unix::language_of_environment();
    if !named.is_empty() {
        return named;
    }
    let said = Command::new("/usr/bin/defaults").args(["read", "-g", "AppleLocale"]).output();
    said.map(|said| String::from_utf8_lossy(&said.stdout).trim().to_owned()).unwrap_or_default()
}

/// A plain message on the screen. The words are an argument of the script, and no part of it.
pub(crate) fn message(words: &str) {
    const SCRIPT: &str =
        "on run words\ndisplay alert \"Polder\" message (item 1 of words) as critical\nend run";
    let shown = Command::new("/usr/bin/osascript")
        .args(["-e", SCRIPT])
        .arg(words)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if let Err(error) = shown {
        crate::say::log(&format!("nothing can be shown on the screen: {error}"));
    }
}
