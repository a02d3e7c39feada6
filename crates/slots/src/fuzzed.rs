//! For the fuzzers in `fuzz/` alone, which set `--cfg fuzzing`.

use std::io::{self, Cursor, Read as _};
use std::path::Path;
use std::sync::LazyLock;

use minisign_verify::PublicKey;
use semver::Version;

use crate::archive::{self, ArchiveError, Limits};
use crate::{Anchor, MANIFEST, SIGNATURE};

const KEY: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";

/// An archive that nobody signed: whatever it is, nothing of it reaches the disk.
pub fn archive(bytes: &[u8]) {
    static ANCHOR: LazyLock<Option<Anchor>> =
        LazyLock::new(|| PublicKey::from_base64(KEY).ok().map(Anchor::new));
    let Some(anchor) = &*ANCHOR else { return };
    let limits = Limits { length: 1 << 20 };
    // Nothing can be made below a file, so that a write shows by its error.
    let nowhere = Path::new("/dev/null/slot");
    let expect = (&Version::new(1, 0, 0), "linux-x86_64");
    let result = archive::unpack(Cursor::new(bytes), nowhere, anchor, expect, limits);
    assert!(!matches!(result, Ok(_) | Err(ArchiveError::Write(_))), "nobody signed this");
}

/// What is inside of a delta: a first byte says how the rest is shared out between the old archive and the steps.
pub fn delta(bytes: &[u8]) {
    const LENGTH: usize = 4 * 1024;
    let Some((first, rest)) = bytes.split_first() else { return };
    let (old, steps) = rest.split_at(rest.len() * usize::from(*first) / 256);
    let mut out = Vec::new();
    // Steps that make nothing, for ever, are behind them.
    let mut counted = Cursor::new(steps).chain(io::repeat(0).take(1 << 20));
    let applied = crate::delta::apply(old, &mut counted, &mut out, LENGTH as u64);
    assert!(applied.is_err() && out.len() <= LENGTH, "something follows");
    let read = (1 << 20) - counted.get_ref().1.limit();
    assert!(read <= 25 * LENGTH as u64 + 48, "{read} bytes were read behind the end");
    out.clear();
    if crate::delta::apply(old, steps, &mut out, LENGTH as u64).is_ok() {
        assert_eq!(out.len(), LENGTH);
    }
}

/// A manifest: if it reads, it is written and read again as it was, and an archive of it is as long as was said.
pub fn manifest(bytes: &[u8]) {
    let Ok(manifest) = crate::Manifest::parse(bytes) else { return };
    let Ok(json) = manifest.to_json() else { return };
    assert!(crate::Manifest::parse(&json).is_ok_and(|again| again == manifest));
    for file in &manifest.files {
        let below = file.path.below(Path::new("/slot"));
        assert!(below.starts_with("/slot") && !file.path.as_str().contains(".."));
        assert!(![MANIFEST, SIGNATURE].contains(&file.path.as_str()));
    }
    assert!(archive::length(&json, b"").is_ok());
}

/// A pointer leads to a folder with a version's name, or does not read.
pub fn pointer(bytes: &[u8]) {
    let Ok(pointer) = crate::Pointer::parse(bytes) else { return };
    let names = [Some(pointer.current.to_string()), pointer.before.as_ref().map(Version::to_string)];
    for name in names.into_iter().flatten() {
        assert!(!name.contains(['/', '\\']) && name.starts_with(|c: char| c.is_ascii_digit()));
    }
    let again = pointer.to_json().map(|json| crate::Pointer::parse(&json));
    assert!(again.is_ok_and(|again| again.is_ok_and(|again| again == pointer)));
}

/// A list of refused releases.
pub fn refused(bytes: &[u8]) {
    let Ok(mut refused) = crate::Refused::parse(bytes) else { return };
    let again = refused.to_json().map(|json| crate::Refused::parse(&json));
    assert!(again.is_ok_and(|again| again.is_ok_and(|again| again == refused)));
    refused.refuse([7; 32], &Version::new(1, 0, 0), crate::Bad::Crashed);
    assert!(refused.bad(&[7; 32]).is_some());
}
