//! What people and logs get to hear, when there is no window to say it in.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use polder_slots::place::{Cloud, PlaceError};

use crate::system;

/// A line for whoever looks at the log.
pub(crate) fn log(line: &str) {
    // There may be nobody who listens; that changes nothing.
    let _ = writeln!(io::stderr(), "polder-launcher: {line}");
}

/// Nothing can be started.
pub(crate) fn nothing(why: &str) {
    log(&format!("Polder cannot be started: {why}. Install it again, or ask who looks after this computer."));
    show(words(&system::language()));
}

/// There is no place for this person's data.
pub(crate) fn no_place(why: &PlaceError) {
    match why {
        PlaceError::NoHome => nothing(&why.to_string()),
        PlaceError::Synced { folder, by } => {
            log(&no_place_words("", folder, *by));
            show(&no_place_words(&system::language(), folder, *by));
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
pub(crate) fn no_web_view(words: fn(&str) -> String) {
    log(&words(""));
    show(&words(&system::language()));
}

/// On the screen, unless somebody reads the log already.
fn show(words: &str) {
    if !io::stderr().is_terminal() {
        system::message(words);
    }
}

fn words(language: &str) -> &'static str {
    if language.starts_with("nl") {
        "Polder kan niet starten: geen enkele versie op deze computer is nog heel. Installeer Polder opnieuw, of vraag wie deze computer beheert."
    } else {
        "Polder cannot be started: no version of it on this computer is whole. Install Polder again, or ask who looks after this computer."
    }
}

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
