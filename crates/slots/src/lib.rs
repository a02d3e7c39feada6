//! Releases beside each other on one computer, as slots: what is in one, whether it may be started, and which one is.
//!
//! ```text
//! <data>/versions/<deployment>/        of this person alone
//!   <version>/                         a slot: manifest, signature, the files listed there; never changed in place
//!   current.json                       the pointer
//!   refused.json                       releases that failed, by the hash of their unpacked archive
//!   incoming/                          downloads and staging folders
//!   lock, trial, incoming/lock         who may change what
//! ```
//! There is no network in here and nothing waits for one: the client brings bytes, the launcher starts what
//! [`Verified`] says, the release tool writes the same archive.

pub mod archive;
pub mod durable;
pub mod place;

mod anchor;
mod folder;
mod incoming;
mod locked;
mod manifest;
mod path;
mod pointer;
mod refused;
mod slots;
mod verified;

#[cfg(fuzzing)]
pub mod fuzzed;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
#[cfg(unix)]
mod tests;

pub use anchor::{Anchor, SignatureFault};
pub use incoming::{Incoming, Staged, Staging};
pub use locked::Locked;
pub use manifest::{Listed, MANIFEST, MAX_MANIFEST, Manifest, ManifestError, SIGNATURE};
pub use path::{PathFault, SlotPath};
pub use pointer::{MAX_STARTS, Pointer, PointerError};
pub use refused::{Bad, Refused, RefusedError, Remembered};
pub use slots::{Slots, SlotsError, Trial};
pub use verified::{SlotFault, Verified};

use semver::Version;

/// Of a version's text: it names a folder.
const MAX_VERSION: usize = 64;

/// A version as manifest, pointer and folders name it.
fn version(text: &str) -> Option<Version> {
    let version = Version::parse(text).ok()?;
    // One spelling only, as folders' names are compared; and in lower case, because where a file system takes both for
    // one, 1.0.0-RC1 would be put over 1.0.0-rc1.
    let one = text.len() <= MAX_VERSION && version.to_string() == text;
    (one && !text.bytes().any(|b| b.is_ascii_uppercase())).then_some(version)
}

#[cfg(test)]
mod spelling {
    #[test]
    fn two_versions_that_differ_only_in_case_are_never_two_slots() {
        assert!(super::version("1.0.0-rc.1+build.7").is_some());
        for text in ["1.0.0-RC.1", "1.0.0-rC.1", "1.0.0+Build", "01.0.0", "1.0.0 "] {
            assert!(super::version(text).is_none(), "{text}");
        }
    }
}
