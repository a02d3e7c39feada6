//! Light or dark, as the person chose it: the frame follows the page, and the next start begins in the same colour
//! instead of flashing in another. The page keeps the choice itself; this is what must be known before there is one.

use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use tauri::window::Color;
use tauri::{Theme, WebviewWindow};
use ts_rs::TS;

/// Light, dark, or what the system is set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ThemeChoice {
    #[default]
    System,
    Light,
    Dark,
}

/// Where it is kept.
pub(crate) struct Kept(PathBuf);

/// The gate's own surface in each (`--surface` of the page's tokens).
const LIGHT: Color = Color(0xff, 0xff, 0xff, 255);
const DARK: Color = Color(0x18, 0x21, 0x25, 255);

impl Kept {
    pub(crate) fn in_folder(data: &Path) -> Self {
        Self(data.join("appearance"))
    }

    /// The choice of the last run. A file that is not there or says something else is no choice.
    pub(crate) fn read(&self) -> ThemeChoice {
        let text = std::fs::read_to_string(&self.0).unwrap_or_default();
        [ThemeChoice::Light, ThemeChoice::Dark]
            .into_iter()
            .find(|choice| choice.name() == text)
            .unwrap_or_default()
    }

    /// Keeps it for the next start.
    pub(crate) fn write(&self, choice: ThemeChoice) -> io::Result<()> {
        if let Some(folder) = self.0.parent() {
            std::fs::create_dir_all(folder)?;
        }
        // Half a word would be no choice, which does no harm.
        std::fs::write(&self.0, choice.name())
    }
}

impl ThemeChoice {
    fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// For the frame; none leaves it to the system.
    pub(crate) fn theme(self) -> Option<Theme> {
        match self {
            Self::System => None,
            Self::Light => Some(Theme::Light),
            Self::Dark => Some(Theme::Dark),
        }
    }

    /// What the window shows until the page paints.
    pub(crate) fn surface(self, window: &WebviewWindow) -> Color {
        match self.theme().or_else(|| window.theme().ok()) {
            Some(Theme::Dark) => DARK,
            _ => LIGHT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_there_at_the_next_start_and_nothing_else_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::in_folder(&folder.path().join("new"));
        assert_eq!(kept.read(), ThemeChoice::System);
        for choice in [ThemeChoice::Dark, ThemeChoice::Light, ThemeChoice::System] {
            kept.write(choice).unwrap();
            assert_eq!(kept.read(), choice);
        }
        for text in ["", "dar", "dark\n", "DARK", "../dark"] {
            std::fs::write(&kept.0, text).unwrap();
            assert_eq!(kept.read(), ThemeChoice::System, "{text:?}");
        }
    }

    #[test]
    fn the_first_colour_is_the_pages_own() {
        let tokens = include_str!("../../ui/src/tokens.css");
        let (_, rest) = tokens.split_once("--surface:").unwrap();
        let (line, _) = rest.split_once(';').unwrap();
        let hex = |Color(r, g, b, _)| format!("#{r:02X}{g:02X}{b:02X}");
        assert!(line.contains(&format!("light-dark({}, {})", hex(LIGHT), hex(DARK))), "{line}");
    }
}
