//! The new archive out of the old one and the difference.

use std::io::{self, BufRead, BufReader, Read, Write};

use zstd::stream::read::Decoder;

/// Old and new together may not be larger: both are in memory for a moment.
pub(crate) const MOST: u64 = 512 * 1024 * 1024;

/// Why a difference leads nowhere. Whatever it is, there is the whole archive.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeltaFault {
    /// Old and new are too large for it.
    #[error("the archives are too large for a difference")]
    TooLarge,
    /// It is no difference to this archive, or the result cannot be written.
    #[error("the difference does not apply")]
    Io(#[from] io::Error),
    /// It leads to more or fewer bytes than were signed.
    #[error("the difference leads to another length")]
    Length,
    /// There is something behind it.
    #[error("something follows the difference")]
    Behind,
}

/// Writes the new archive of exactly `length` bytes.
pub(crate) fn apply(
    old: &[u8],
    delta: impl Read,
    mut out: impl Write,
    length: u64,
) -> Result<(), DeltaFault> {
    let both =
        length.checked_add(old.len() as u64).filter(|both| *both <= MOST).ok_or(DeltaFault::TooLarge)?;
    let mut decoder = Decoder::with_ref_prefix(BufReader::new(delta), old)?.single_frame();
    decoder.window_log_max(window_log(both))?;
    let mut buffer = vec![0; 128 * 1024];
    let mut left = length;
    loop {
        let read = match decoder.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        left = left.checked_sub(read as u64).ok_or(DeltaFault::Length)?;
        out.write_all(&buffer[..read])?;
    }
    if left > 0 {
        return Err(DeltaFault::Length);
    }
    if decoder.finish().fill_buf()?.is_empty() { Ok(()) } else { Err(DeltaFault::Behind) }
}

/// The smallest window that reaches from the end of the new archive to the beginning of the old one.
fn window_log(bytes: u64) -> u32 {
    // What zstd takes on every computer of 64 bits.
    let log = u64::BITS - bytes.saturating_sub(1).leading_zeros();
    log.clamp(10, 31)
}

#[cfg(fuzzing)]
pub(crate) fn fuzz(bytes: &[u8]) {
    // A first byte says how the rest is shared out between the old archive and the difference.
    let Some((first, rest)) = bytes.split_first() else { return };
    let (old, delta) = rest.split_at(rest.len() * usize::from(*first) / 256);
    let mut out = Vec::new();
    match apply(old, delta, &mut out, 64 * 1024) {
        Ok(()) => assert_eq!(out.len(), 64 * 1024),
        Err(_) => assert!(out.len() <= 64 * 1024),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::archive;

    fn applied(old: &[u8], delta: &[u8], length: u64) -> Result<Vec<u8>, DeltaFault> {
        let mut out = Vec::new();
        apply(old, delta, &mut out, length)?;
        Ok(out)
    }

    #[test]
    fn a_difference_leads_to_the_new_archive_and_is_small() {
        let old = archive::noise(3 << 20, 1);
        let mut new = old.clone();
        new.splice(1_000_000..1_000_100, *b"changed");
        let delta = archive::delta(&old, &new);
        assert!(delta.len() < 2_000, "{}", delta.len());
        assert_eq!(applied(&old, &delta, new.len() as u64).unwrap(), new);
    }

    #[test]
    fn another_old_archive_leads_elsewhere_or_nowhere() {
        let (old, new) = (archive::noise(100_000, 1), archive::noise(100_000, 1));
        let delta = archive::delta(&old, &new);
        let other = archive::noise(100_000, 2);
        assert!(applied(&other, &delta, 100_000).map_or(true, |made| made != new));
    }

    #[test]
    fn a_difference_that_swells_is_stopped_and_one_that_ends_early_is_refused() {
        let bomb = archive::delta(&[], &vec![0; 8 << 20]);
        assert!(bomb.len() < 2_000);
        let mut out = Vec::new();
        assert!(matches!(apply(&[], bomb.as_slice(), &mut out, 5_000_000), Err(DeltaFault::Length)));
        assert!(out.len() <= 5_000_000);
        // One that asks for more memory than both archives want is not even begun.
        let mut swollen = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
        swollen.window_log(27).unwrap();
        std::io::copy(&mut b"new".as_slice(), &mut swollen).unwrap();
        let swollen = swollen.finish().unwrap();
        assert!(matches!(applied(b"old", &swollen, 3), Err(DeltaFault::Io(_))));
        let delta = archive::delta(b"old", b"new");
        assert!(matches!(applied(b"old", &delta, 4), Err(DeltaFault::Length)));
        assert!(matches!(applied(b"old", &delta[..delta.len() - 1], 3), Err(DeltaFault::Io(_))));
    }

    #[test]
    fn nothing_may_follow_and_nothing_may_be_larger_than_memory_allows() {
        let mut delta = archive::delta(b"old", b"new");
        delta.extend(b"and more");
        assert!(matches!(applied(b"old", &delta, 3), Err(DeltaFault::Behind)));
        assert!(matches!(applied(b"old", &delta, u64::MAX), Err(DeltaFault::TooLarge)));
        assert!(matches!(applied(b"old", &delta, MOST), Err(DeltaFault::TooLarge)));
    }

    #[test]
    fn the_window_is_no_larger_than_both_archives_want() {
        assert_eq!(window_log(0), 10);
        assert_eq!(window_log(1 << 24), 24);
        assert_eq!(window_log((1 << 24) + 1), 25);
        assert!(window_log(MOST) <= 29);
    }
}
