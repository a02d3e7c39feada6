//! What is known of earlier starts, and what follows from it.

use std::io::{self, Read as _};
use std::path::Path;

use polder_slots::durable;
use serde::{Deserialize, Serialize};

/// Of the file, in bytes.
const MOST: u64 = 4_096;

/// From one start to the next.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    /// How many of the system's simpler ways are taken; none draws as the web view likes.
    way: usize,
    /// Whether the person was told of this way.
    told: bool,
    /// The window of a start, until its page painted or somebody ended it.
    open: Option<Open>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Open {
    /// Names the time since this computer was started: a window that a power cut closed says nothing.
    boot: String,
    /// Whether it is known to stay empty, and not only unknown to have painted.
    empty: bool,
}

impl Kept {
    /// A file that is not there or does not read is a first start.
    pub(super) fn read(file: &Path) -> Self {
        let read = || {
            let mut json = Vec::new();
            std::fs::File::open(file).ok()?.take(MOST).read_to_end(&mut json).ok()?;
            serde_json::from_slice(&json).ok()
        };
        read().unwrap_or_default()
    }

    pub(super) fn write(&self, file: &Path) -> io::Result<()> {
        durable::write(file, &serde_json::to_vec(self)?)
    }

    /// The next start's: it takes the next of `ways` where the window of the last one stayed open without painting.
    pub(super) fn next_start(mut self, boot: &str, ways: usize) -> Self {
        let empty = self.open.take().is_some_and(|open| open.empty || open.boot == boot);
        if empty && self.way < ways {
            self.way += 1;
            self.told = false;
        }
        self.way = self.way.min(ways);
        self.open = Some(Open { boot: boot.to_owned(), empty: false });
        self
    }

    pub(super) fn way(&self) -> usize {
        self.way
    }

    /// Whether nothing is known yet, or only that it is empty.
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    pub(super) fn is_news(&self) -> bool {
        self.way > 0 && !self.told
    }

    // The rest says whether anything changed.

    pub(super) fn painted(&mut self) -> bool {
        self.open.take().is_some()
    }

    /// It ended before anybody could tell. What is known to be empty stays so.
    pub(super) fn unknown(&mut self) -> bool {
        self.open.take_if(|open| !open.empty).is_some()
    }

    pub(super) fn stays_empty(&mut self) -> bool {
        self.open.as_mut().is_some_and(|open| !std::mem::replace(&mut open.empty, true))
    }

    pub(super) fn told(&mut self) -> bool {
        !std::mem::replace(&mut self.told, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAYS: usize = 3;

    fn start(kept: &Kept) -> Kept {
        kept.clone().next_start("boot", WAYS)
    }

    #[test]
    fn an_empty_window_leads_to_the_next_way_and_what_painted_stays() {
        let mut kept = start(&Kept::default());
        assert_eq!(kept.way(), 0);
        for way in 1..=WAYS {
            kept = start(&kept);
            assert_eq!(kept.way(), way, "a crash leaves the window open");
            assert!(kept.is_news());
            assert!(kept.told());
        }
        kept = start(&kept);
        assert_eq!(kept.way(), WAYS, "there is no further way");
        assert!(!kept.is_news(), "nothing new");
        kept.painted();
        for _ in 0..3 {
            kept = start(&kept);
            assert_eq!(kept.way(), WAYS);
            kept.painted();
        }
    }

    #[test]
    fn an_end_before_anybody_could_tell_says_nothing_and_an_end_of_an_empty_window_does() {
        let mut kept = start(&Kept::default());
        assert!(kept.unknown());
        kept = start(&kept);
        assert_eq!(kept.way(), 0);
        kept.stays_empty();
        assert!(!kept.unknown(), "it was known already");
        assert_eq!(start(&kept).way(), 1);
        // It painted after all.
        kept.painted();
        assert_eq!(start(&kept).way(), 0);
    }

    #[test]
    fn a_power_cut_is_no_empty_window_unless_it_was_known_to_be_one() {
        let mut kept = start(&Kept::default());
        assert_eq!(kept.clone().next_start("another", WAYS).way(), 0);
        kept.stays_empty();
        assert_eq!(kept.next_start("another", WAYS).way(), 1);
    }

    #[test]
    fn a_file_that_was_tampered_with_is_a_first_start_or_the_last_way_at_most() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new/drawing.json");
        let kept = start(&start(&Kept::default()));
        kept.write(&file).unwrap();
        assert_eq!(Kept::read(&file), kept);
        for text in [
            "",
            "{",
            "[]",
            r#"{"way":-1,"told":false,"open":null}"#,
            r#"{"way":1,"told":false,"open":null,"more":1}"#,
        ] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(Kept::read(&file), Kept::default(), "{text}");
        }
        std::fs::write(&file, r#"{"way":99,"told":false,"open":null}"#).unwrap();
        assert_eq!(start(&Kept::read(&file)).way(), WAYS);
    }
}
