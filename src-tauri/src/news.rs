//! Which version this person was last told the news of.

use std::io;
use std::path::{Path, PathBuf};

use semver::Version;

/// Where it is kept.
pub(crate) struct Told(PathBuf);

impl Told {
    /// Begins with this version where none is known: whoever starts Polder for the first time knows no older one.
    pub(crate) fn in_folder(data: &Path, version: &Version) -> Self {
        let told = Self(data.join("told"));
        if told.last().is_none()
            && let Err(error) = told.now(version)
        {
            tracing::warn!(%error, "nobody will know what was new last time");
        }
        told
    }

    /// Whether the news of this version were told, or are older than what was.
    pub(crate) fn knows(&self, version: &Version) -> bool {
        self.last().is_none_or(|last| *version <= last)
    }

    /// They were told.
    pub(crate) fn now(&self, version: &Version) -> io::Result<()> {
        if let Some(folder) = self.0.parent() {
            std::fs::create_dir_all(folder)?;
        }
        // Half a version would be none, and nothing would be told.
        std::fs::write(&self.0, version.to_string())
    }

    fn last(&self) -> Option<Version> {
        std::fs::read_to_string(&self.0).ok()?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_are_told_once_and_to_nobody_who_never_ran_another_version() {
        let data = tempfile::tempdir().unwrap();
        let [one, two] = [1, 2].map(|major| Version::new(major, 0, 0));
        assert!(Told::in_folder(data.path(), &one).knows(&one));
        let told = Told::in_folder(data.path(), &two);
        assert!(!told.knows(&two));
        told.now(&two).unwrap();
        assert!(Told::in_folder(data.path(), &two).knows(&two));
        assert!(told.knows(&one), "going back tells nothing");
    }
}
