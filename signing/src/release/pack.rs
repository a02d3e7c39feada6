use std::io::{self, Read as _, Write as _};

use zstd::stream::raw::CParameter;
use zstd::stream::{read, write};

/// How hard a release is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Packing is done once, unpacking on every computer; higher levels cost minutes and save hardly anything.
    Release,
    /// In a moment: for throwaway deployments, whose files never leave the machine.
    Throwaway,
}
/// The largest window that is made: 1 GiB, as a power of two.
const MAX_WINDOW: u32 = 30;

/// One zstd frame that names the length of what it holds and ends with a checksum of it.
///
/// # Errors
/// When memory runs out.
pub fn pack(bytes: &[u8], effort: Effort) -> io::Result<Vec<u8>> {
    let mut encoder = write::Encoder::new(Vec::new(), effort.level())?;
    frame(&mut encoder, bytes)?;
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// What [`pack`] packed, if it is `length` bytes and not one more.
///
/// # Errors
/// When it is no such frame, or holds less or more.
pub fn unpack(packed: &[u8], length: u64) -> io::Result<Vec<u8>> {
    read_all(read::Decoder::new(packed)?.single_frame(), length)
}

/// What makes `new` out of `old`: a zstd frame with `old` as its prefix.
///
/// # Errors
/// When both together are larger than the largest window.
pub fn delta(old: &[u8], new: &[u8], effort: Effort) -> io::Result<Vec<u8>> {
    let mut encoder = write::Encoder::with_ref_prefix(Vec::new(), effort.level(), old)?;
    // The window has to reach back over what is new and the whole of what is old.
    let together = (old.len() + new.len()).next_power_of_two();
    let window = together.trailing_zeros().max(10);
    if window > MAX_WINDOW {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "too large for a delta"));
    }
    encoder.set_parameter(CParameter::WindowLog(window))?;
    encoder.set_parameter(CParameter::EnableLongDistanceMatching(true))?;
    frame(&mut encoder, new)?;
    encoder.write_all(new)?;
    encoder.finish()
}

/// What [`delta`] was made for: `length` bytes and not one more.
///
/// # Errors
/// When it is no such frame, belongs to another archive, or leads to less or more.
pub fn put_on(old: &[u8], delta: &[u8], length: u64) -> io::Result<Vec<u8>> {
    let mut decoder = read::Decoder::with_ref_prefix(delta, old)?.single_frame();
    decoder.window_log_max(MAX_WINDOW)?;
    read_all(decoder, length)
}

impl Effort {
    fn level(self) -> i32 {
        match self {
            Self::Release => 19,
            Self::Throwaway => 3,
        }
    }
}

/// A delta is published only where it is smaller than half of the packed archive; else the time that it takes is
/// better spent on the archive.
pub fn is_worth_it(delta: &[u8], packed: &[u8]) -> bool {
    delta.len() < packed.len() / 2
}

fn frame<W: io::Write>(encoder: &mut write::Encoder<'_, W>, bytes: &[u8]) -> io::Result<()> {
    encoder.include_checksum(true)?;
    encoder.include_contentsize(true)?;
    encoder.set_pledged_src_size(Some(bytes.len() as u64))
}

fn read_all(from: impl io::Read, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(length.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length {
        return Ok(bytes);
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, "it holds another number of bytes than it should"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that no packer makes smaller.
    fn noise(length: usize, mut seed: u64) -> Vec<u8> {
        let mut next = || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed.to_le_bytes()[3]
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn what_is_packed_comes_out_again_and_only_at_its_length() {
        let bytes = noise(100_000, 7);
        let packed = pack(&bytes, Effort::Release).unwrap();
        assert_eq!(unpack(&packed, 100_000).unwrap(), bytes);
        assert!(unpack(&packed, 99_999).is_err());
        assert!(unpack(&packed, 100_001).is_err());
    }

    #[test]
    fn a_delta_leads_from_its_own_archive_to_the_new_one_and_from_no_other() {
        let old = noise(3_000_000, 7);
        let mut new = old.clone();
        new.splice(1_000_000..1_000_000, noise(5_000, 9));
        let delta = delta(&old, &new, Effort::Release).unwrap();
        assert!(delta.len() < 20_000, "{} bytes", delta.len());
        assert_eq!(put_on(&old, &delta, new.len() as u64).unwrap(), new);
        assert!(put_on(&noise(3_000_000, 8), &delta, new.len() as u64).is_err());
    }

    #[test]
    fn the_plain_zstd_program_unpacks_an_archive() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("polder.tar.zst");
        std::fs::write(&path, pack(b"an archive", Effort::Release).unwrap()).unwrap();
        let out = std::process::Command::new("zstd").args(["-dc"]).arg(&path).output().unwrap();
        assert_eq!(out.stdout, b"an archive");
    }

    #[test]
    fn half_the_packed_size_is_not_small_enough() {
        assert!(is_worth_it(&[0; 49], &[0; 100]));
        assert!(!is_worth_it(&[0; 50], &[0; 100]));
    }
}
