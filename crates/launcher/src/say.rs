//! What people and logs get to hear, when there is no window to say it in.

use std::io::{self, IsTerminal, Write};

/// A line for whoever looks at the log.
pub(crate) fn log(line: &str) {
    // There may be nobody who listens; that changes nothing.
    let _ = writeln!(io::stderr(), "polder-launcher: {line}");
}

/// Nothing can be started.
pub(crate) fn nothing(why: &str) {
    log(&format!("Polder cannot be started: {why}. Install it again, or ask who looks after this computer."));
    if !io::stderr().is_terminal() {
        message(&words(&std::env::var("LC_ALL").or_else(|_| std::env::var("LANG")).unwrap_or_default()));
    }
}

fn words(language: &str) -> String {
    if language.starts_with("nl") {
        "Polder kan niet starten: geen enkele versie op deze computer is nog heel. Installeer Polder opnieuw, of vraag wie deze computer beheert."
    } else {
        "Polder cannot be started: no version of it on this computer is whole. Install Polder again, or ask who looks after this computer."
    }
    .to_owned()
}

/// A plain message on the screen, by whatever the system has for that.
#[cfg(target_os = "linux")]
fn message(words: &str) {
    use std::process::{Command, Stdio};
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
        // Whoever closes the message in whatever way has seen it.
        if shown.is_ok() {
            return;
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn message(_: &str) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_their_own_language() {
        assert!(words("nl_NL.UTF-8").starts_with("Polder kan niet starten"));
        assert!(words("nl").starts_with("Polder kan niet starten"));
        for other in ["", "C", "en_GB.UTF-8", "fr"] {
            assert!(words(other).starts_with("Polder cannot be started"), "{other}");
        }
    }
}
