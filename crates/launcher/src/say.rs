//! What people and logs get to hear, when there is no window to say it in.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use polder_slots::place::{Cloud, PlaceError};

/// A line for whoever looks at the log.
pub(crate) fn log(line: &str) {
    // There may be nobody who listens; that changes nothing.
    let _ = writeln!(io::stderr(), "polder-launcher: {line}");
}

/// Nothing can be started.
pub(crate) fn nothing(why: &str) {
    log(&format!("Polder cannot be started: {why}. Install it again, or ask who looks after this computer."));
    show(words(&language()));
}

/// There is no place for this person's data.
pub(crate) fn no_place(why: &PlaceError) {
    match why {
        PlaceError::NoHome => nothing(&why.to_string()),
        PlaceError::Synced { folder, by } => {
            log(&no_place_words("", folder, *by));
            show(&no_place_words(&language(), folder, *by));
        }
    }
}

fn no_place_words(language: &str, folder: &Path, by: Cloud) -> String {
    let folder = folder.display();
    if language.starts_with("nl") {
        format!(
            "Polder kan niet starten: {folder} wordt door {by} met andere computers gelijk gehouden, en programma's horen daar niet thuis. Haal deze map uit {by}, of vraag wie deze computer beheert."
        )
    } else {
        format!(
            "Polder cannot be started: {by} keeps {folder} in step with other computers, and programs do not belong there. Take this folder out of {by}, or ask who looks after this computer."
        )
    }
}

/// The system has no web view. Each program of this person's would say the same, so the words go to both places.
#[cfg(target_os = "linux")]
pub(crate) fn no_web_view() {
    let system = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let install = crate::missing::command(&system);
    log(&no_web_view_words("", install));
    show(&no_web_view_words(&language(), install));
}

/// On the screen, unless somebody reads the log already.
fn show(words: &str) {
    if !io::stderr().is_terminal() {
        message(words);
    }
}

fn language() -> String {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG")).unwrap_or_default()
}

#[cfg(any(target_os = "linux", test))]
fn no_web_view_words(language: &str, install: Option<&str>) -> String {
    let (what, ask, kind) = if language.starts_with("nl") {
        (
            "Polder kan niet starten: op deze computer ontbreekt WebKitGTK 4.1, waarmee Polder zijn venster tekent.",
            "Installeer het, of vraag wie deze computer beheert:",
            "het pakket met libwebkit2gtk-4.1.so.0",
        )
    } else {
        (
            "Polder cannot be started: this computer lacks WebKitGTK 4.1, with which Polder draws its window.",
            "Install it, or ask who looks after this computer:",
            "the package with libwebkit2gtk-4.1.so.0",
        )
    };
    format!("{what} {ask} {}", install.unwrap_or(kind))
}

fn words(language: &str) -> &'static str {
    if language.starts_with("nl") {
        "Polder kan niet starten: geen enkele versie op deze computer is nog heel. Installeer Polder opnieuw, of vraag wie deze computer beheert."
    } else {
        "Polder cannot be started: no version of it on this computer is whole. Install Polder again, or ask who looks after this computer."
    }
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
        // Whoever closes the message in whatever way has seen it; one that could not be loaded showed none.
        if shown.is_ok_and(|end| end.code() != Some(127)) {
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
    fn who_lacks_the_web_view_reads_what_to_install() {
        let install = Some("sudo apt install it");
        for language in ["nl_NL", "C"] {
            let said = no_web_view_words(language, install);
            assert!(said.contains("WebKitGTK 4.1") && said.ends_with("sudo apt install it"), "{said}");
            assert!(no_web_view_words(language, None).contains("libwebkit2gtk-4.1.so.0"));
        }
        assert_ne!(no_web_view_words("nl", None), no_web_view_words("en", None));
    }

    #[test]
    fn people_read_their_own_language() {
        assert!(words("nl_NL.UTF-8").starts_with("Polder kan niet starten"));
        assert!(words("nl").starts_with("Polder kan niet starten"));
        for other in ["", "C", "en_GB.UTF-8", "fr"] {
            assert!(words(other).starts_with("Polder cannot be started"), "{other}");
        }
    }
}
