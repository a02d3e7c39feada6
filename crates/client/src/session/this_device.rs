//! What this computer calls itself, for the person's own list of devices.

use polder_wire::session::{DeviceName, NAME_LIMIT};

/// Its name and system, as far as they can be told.
pub(super) fn this_device() -> DeviceName {
    DeviceName { name: fit(&name()), system: fit(&system()) }
}

/// As much of it as the platform takes.
fn fit(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(NAME_LIMIT).collect()
}

#[cfg(unix)]
fn name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(windows)]
fn name() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_default()
}

#[cfg(not(any(windows, target_os = "macos")))]
fn system() -> String {
    // A system that says nothing of itself still has a name for its kind.
    let said = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    pretty(&said).unwrap_or_else(|| rustix::system::uname().sysname().to_string_lossy().into_owned())
}

#[cfg(target_os = "macos")]
fn system() -> String {
    "macOS".to_owned()
}

#[cfg(windows)]
fn system() -> String {
    "Windows".to_owned()
}

/// `PRETTY_NAME` of os-release(5), without its quotes.
#[cfg(any(test, not(any(windows, target_os = "macos"))))]
fn pretty(os_release: &str) -> Option<String> {
    let value = os_release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    let bare = value.trim().trim_matches(['"', '\'']);
    (!bare.is_empty()).then(|| bare.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_the_platform_takes() {
        assert_eq!(fit(&format!(" a\u{0}b\n{}", "ä".repeat(80))).chars().count(), NAME_LIMIT);
        let this = this_device();
        assert!(!this.system.is_empty() && this.name.chars().count() <= NAME_LIMIT, "{this:?}");
    }

    #[test]
    fn the_system_s_pretty_name_is_read() {
        let text = "NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n";
        assert_eq!(pretty(text).as_deref(), Some("Debian GNU/Linux 12 (bookworm)"));
        assert_eq!(pretty("PRETTY_NAME=''"), None);
        assert_eq!(pretty(""), None);
    }
}
