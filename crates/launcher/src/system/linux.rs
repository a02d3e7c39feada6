//! Linux.

mod missing;

use std::os::fd::AsRawFd as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use polder_slots::Verified;

pub(crate) use super::unix::{Signals, language_of_environment as language};

/// The file of a slot that is a launcher. A release need not bring one.
pub(crate) const LAUNCHER: &str = "polder-launcher";
/// Where a package puts its slot, seen from the launcher's folder.
pub(crate) const PACKAGED: &str = "../lib/polder/slot";
/// Whether a launcher that runs may be replaced.
pub(crate) const RENEWS: bool = true;

/// How the very file is started that was checked, whatever its path leads to by then. (It must be a real program: the
/// interpreter of a script would look for a handle that is closed by then.) None where there is no /proc.
pub(crate) fn handle_of(slot: &Verified) -> Option<Command> {
    let through = format!("/proc/self/fd/{}", slot.program_file()?.as_raw_fd());
    Path::new(&through).exists().then(|| {
        let mut command = Command::new(through);
        command.arg0(slot.program());
        command
    })
}

/// What to say, in a language, where a program that ended with this code was never loaded, because there is no web view.
pub(crate) fn lacks_web_view(code: u8) -> Option<fn(&str) -> String> {
    missing::is_web_view(code).then_some(web_view_words)
}

fn web_view_words(language: &str) -> String {
    let system = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    missing::words(language, missing::command(&system))
}

/// A plain message on the screen, by whatever is there for that.
pub(crate) fn message(words: &str) {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if !set("DISPLAY") && !set("WAYLAND_DISPLAY") {
        return;
    }
    let title = "Polder";
    for (program, arguments) in [
        ("/usr/bin/zenity", &["--error", "--no-markup", "--title", title, "--text"][..]),
        ("/usr/bin/kdialog", &["--title", title, "--error"]),
        ("/usr/bin/xmessage", &["-center", "-title", title]),
        ("/usr/bin/notify-send", &["--app-name", title, title]),
    ] {
        let shown = Command::new(program)
            .args(arguments)
            .arg(words)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        // Whoever closes the message in whatever way has seen it; one that could not be loaded showed none.
        if shown.is_ok_and(|end| end.code() != Some(127)) {
            return;
        }
    }
}
