use std::fmt;
use std::path::{Path, PathBuf};

/// The name field of a ustar header; there is no second field to continue in.
const MAX_LENGTH: usize = 100;
const MAX_DEPTH: usize = 8;

/// Where a file lies in a slot: relative, with `/`, and the same file on every system.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SlotPath(String);

/// Why a path may not be in a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathFault {
    /// Longer than an archive's header has room for, or too many folders deep.
    #[error("the path is too long")]
    Length,
    /// A part is empty, `.` or `..`: the path is absolute, or leads elsewhere.
    #[error("the path does not lead straight down")]
    Part,
    /// A character that is not a letter of ASCII, a digit, or one of `._-+@`.
    #[error("the path has a character that is not portable")]
    Character,
    /// Windows reads the name as a device, or drops its last dot.
    #[error("the path has a name that Windows keeps for itself")]
    Reserved,
}

impl SlotPath {
    /// Reads a path.
    ///
    /// # Errors
    /// See [`PathFault`].
    pub fn parse(text: &str) -> Result<Self, PathFault> {
        if text.len() > MAX_LENGTH || text.split('/').count() > MAX_DEPTH {
            return Err(PathFault::Length);
        }
        for part in text.split('/') {
            if matches!(part, "" | "." | "..") {
                return Err(PathFault::Part);
            }
            if !part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-+@".contains(&byte)) {
                return Err(PathFault::Character);
            }
            if part.ends_with('.') || is_device(part) {
                return Err(PathFault::Reserved);
            }
        }
        Ok(Self(text.to_owned()))
    }

    /// With `/` between parts.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where it is below a folder, in the system's own form.
    pub fn below(&self, folder: &Path) -> PathBuf {
        let mut path = folder.to_owned();
        path.extend(self.parts());
        path
    }

    /// Folders first, the file's name last.
    pub(crate) fn parts(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/')
    }
}

impl fmt::Display for SlotPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// With any extension, and in any case.
fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).to_ascii_uppercase();
    let numbered = |name: &str| {
        stem.strip_prefix(name).is_some_and(|rest| rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit())
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_paths_read() {
        for good in ["polder", "lib/libx.so.1", "a/b/c/d/e/f/g/h", "Polder.app/Contents/MacOS/polder"] {
            assert_eq!(SlotPath::parse(good).unwrap().as_str(), good);
        }
    }

    #[test]
    fn a_path_that_escapes_or_means_another_file_elsewhere_is_refused() {
        for (bad, fault) in [
            ("", PathFault::Part),
            ("/etc/passwd", PathFault::Part),
            ("../polder", PathFault::Part),
            ("a/../../b", PathFault::Part),
            ("./polder", PathFault::Part),
            ("a//b", PathFault::Part),
            ("a/", PathFault::Part),
            ("a\\b", PathFault::Character),
            ("C:polder", PathFault::Character),
            ("polder:stream", PathFault::Character),
            ("a b", PathFault::Character),
            ("a\0", PathFault::Character),
            ("pôlder", PathFault::Character),
            ("polder.", PathFault::Reserved),
            ("con", PathFault::Reserved),
            ("a/NUL.txt", PathFault::Reserved),
            ("lpt1", PathFault::Reserved),
            ("a/b/c/d/e/f/g/h/i", PathFault::Length),
        ] {
            assert_eq!(SlotPath::parse(bad), Err(fault), "{bad:?}");
        }
        assert_eq!(SlotPath::parse(&"x".repeat(101)), Err(PathFault::Length));
    }

    proptest! {
        #[test]
        fn whatever_reads_lies_below_the_folder(text in "[a-z./\\\\:~ ]{0,12}") {
            if let Ok(path) = SlotPath::parse(&text) {
                let below = path.below(Path::new("/slot"));
                let normal = below.components().skip(2).all(|part| matches!(part, std::path::Component::Normal(_)));
                prop_assert!(normal && below.starts_with("/slot") && below != Path::new("/slot"));
            }
        }
    }
}
