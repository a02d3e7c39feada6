use std::io::{self, Read as _, Write as _};

use zstd::stream::raw::CParameter;
use zstd::stream::{read, write};

use super::changes::changes;

/// How hard a release is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Packing is done once, unpacking on every computer; higher levels cost minutes and save hardly anything.
    Release,
    /// In a moment: for throwaway deployments, whose files never leave the machine.
    Throwaway,
}
/// The window of a delta, as a power of two: 8 MB, which is what applying it takes besides the old archive.
const DELTA_WINDOW: u32 = polder_slots::delta::WINDOW_LOG;

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

/// What makes `new` out of `old`: the steps of [`polder_slots::delta`], packed as one zstd frame.
///
/// # Errors
/// When the old archive is larger than 4 GiB.
pub fn delta(old: &[u8], new: &[u8], effort: Effort) -> io::Result<Vec<u8>> {
    let steps = changes(old, new)?;
    let mut encoder = write::Encoder::new(Vec::new(), effort.level())?;
    encoder.set_parameter(CParameter::WindowLog(DELTA_WINDOW))?;
    frame(&mut encoder, &steps)?;
    encoder.write_all(&steps)?;
    encoder.finish()
}

/// What [`delta`] was made for: `length` bytes and not one more.
///
/// # Errors
/// When it is no such frame, belongs to another archive, or leads to less or more.
pub fn put_on(old: &[u8], delta: &[u8], length: u64) -> io::Result<Vec<u8>> {
    let mut decoder = read::Decoder::new(delta)?.single_frame();
    decoder.window_log_max(DELTA_WINDOW)?;
    let mut new = Vec::new();
    polder_slots::delta::apply(old, &mut decoder, &mut new, length).map_err(io::Error::other)?;
    let behind = decoder.finish();
    if behind.buffer().is_empty() && behind.get_ref().is_empty() {
        return Ok(new);
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, "something follows the delta"))
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
        let length = new.len() as u64;
        assert_eq!(put_on(&old, &delta, length).unwrap(), new);
        assert!(put_on(&noise(3_000_000, 8), &delta, length).is_ok_and(|made| made != new));
        assert!(put_on(&old[..2_000_000], &delta, length).is_err());
        assert!(put_on(&old, &delta, length - 1).is_err());
        assert!(put_on(&old, &delta, length + 1).is_err());
        assert!(put_on(&old, &[delta.as_slice(), b"more"].concat(), length).is_err());
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
