//! The new archive out of the old one and the difference: the steps of [`polder_slots::delta`], packed with zstd.

use std::io::{self, BufRead, BufReader, Read, Write};

use polder_slots::delta::{self, DeltaError, WINDOW_LOG};
use zstd::stream::read::Decoder;

/// The old archive may not be larger: it is in memory for a moment. The new one never is.
pub(crate) const MOST: u64 = 512 * 1024 * 1024;

/// Why a difference leads nowhere. Whatever it is, there is the whole archive.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeltaFault {
    /// The old archive is too large for it.
    #[error("the archive is too large for a difference")]
    TooLarge,
    /// It is not packed as it should be.
    #[error("the difference does not unpack")]
    Packed(#[from] io::Error),
    /// It is no difference to this archive, breaks off, leads to another length, or the result cannot be written.
    #[error("the difference does not apply")]
    Steps(#[from] DeltaError),
    /// There is something behind it.
    #[error("something follows the difference")]
    Behind,
}

/// Whether a difference may be put on an archive of so many bytes.
pub(crate) fn fits(old: u64) -> Result<(), DeltaFault> {
    if old <= MOST { Ok(()) } else { Err(DeltaFault::TooLarge) }
}

/// Writes the new archive of exactly `length` bytes, as it comes. Takes the window of 8 MB besides the old one.
pub(crate) fn apply(
    old: &[u8],
    difference: impl Read,
    out: impl Write,
    length: u64,
) -> Result<(), DeltaFault> {
    let mut decoder = Decoder::with_buffer(BufReader::new(difference))?.single_frame();
    decoder.window_log_max(WINDOW_LOG)?;
    delta::apply(old, &mut decoder, out, length)?;
    if decoder.finish().fill_buf()?.is_empty() { Ok(()) } else { Err(DeltaFault::Behind) }
}

#[cfg(fuzzing)]
pub(crate) fn fuzz(bytes: &[u8]) {
    // A first byte says how the rest is shared out between the old archive and the difference.
    let Some((first, rest)) = bytes.split_first() else { return };
    let (old, difference) = rest.split_at(rest.len() * usize::from(*first) / 256);
    let mut out = Vec::new();
    match apply(old, difference, &mut out, 64 * 1024) {
        Ok(()) => assert_eq!(out.len(), 64 * 1024),
        Err(_) => assert!(out.len() <= 64 * 1024),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::archive;

    fn applied(old: &[u8], difference: &[u8], length: u64) -> Result<Vec<u8>, DeltaFault> {
        let mut out = Vec::new();
        apply(old, difference, &mut out, length)?;
        Ok(out)
    }

    #[test]
    fn a_difference_leads_to_the_new_archive_and_is_small() {
        let old = archive::noise(3 << 20, 1);
        let mut new = old.clone();
        new.splice(1_000_000..1_000_100, *b"changed");
        let difference = archive::delta(&old, &new);
        assert!(difference.len() < 2_000, "{}", difference.len());
        assert_eq!(applied(&old, &difference, new.len() as u64).unwrap(), new);
    }

    #[test]
    fn another_old_archive_leads_elsewhere_or_nowhere() {
        let (old, mut new) = (archive::noise(100_000, 1), archive::noise(100_000, 1));
        new.push(7);
        let difference = archive::delta(&old, &new);
        let other = archive::noise(100_000, 2);
        assert!(applied(&other, &difference, 100_001).is_ok_and(|made| made != new));
        let steps = applied(&other[..99_999], &difference, 100_001);
        assert!(matches!(steps, Err(DeltaFault::Steps(DeltaError::Outside))));
    }

    #[test]
    fn a_difference_that_swells_is_stopped_and_one_that_ends_early_is_refused() {
        let bomb = archive::delta(&[], &vec![0; 8 << 20]);
        assert!(bomb.len() < 2_000);
        let mut out = Vec::new();
        let steps = apply(&[], bomb.as_slice(), &mut out, 5_000_000);
        assert!(matches!(steps, Err(DeltaFault::Steps(DeltaError::Length))));
        assert!(out.len() <= 5_000_000);
        // One that wants more memory than was agreed is not even begun.
        let mut swollen = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
        swollen.window_log(WINDOW_LOG + 1).unwrap();
        std::io::copy(&mut b"new".as_slice(), &mut swollen).unwrap();
        let swollen = swollen.finish().unwrap();
        let steps = applied(b"old", &swollen, 3);
        assert!(matches!(steps, Err(DeltaFault::Steps(DeltaError::Read(_)))), "{steps:?}");

        let difference = archive::delta(b"old", b"new");
        assert!(matches!(applied(b"old", &difference, 4), Err(DeltaFault::Steps(DeltaError::Read(_)))));
        // The last four bytes are a checksum: nothing is missing of the result, and it is not taken yet.
        let short = &difference[..difference.len() - 1];
        assert!(matches!(applied(b"old", short, 3), Err(DeltaFault::Steps(DeltaError::Read(_)))));
    }

    #[test]
    fn what_goes_on_for_ever_inside_is_not_unpacked_for_ever() {
        // A gigabyte of nothing in a few bytes: steps that make none of the new archive.
        let mut packed = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
        let nothing = vec![0; 1 << 20];
        for _ in 0..1 << 10 {
            packed.write_all(&nothing).unwrap();
        }
        let packed = packed.finish().unwrap();
        assert!(packed.len() < 200_000, "{}", packed.len());
        assert!(matches!(applied(b"old", &packed, 3), Err(DeltaFault::Steps(DeltaError::Idle))));
    }

    #[test]
    fn nothing_may_follow_and_nothing_may_be_larger_than_memory_allows() {
        let mut difference = archive::delta(b"old", b"new");
        difference.extend(b"and more");
        assert!(matches!(applied(b"old", &difference, 3), Err(DeltaFault::Behind)));
        assert!(fits(MOST).is_ok());
        assert!(matches!(fits(MOST + 1), Err(DeltaFault::TooLarge)));
    }
}
