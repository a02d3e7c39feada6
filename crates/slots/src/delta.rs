//! What is inside of a delta: how the new archive comes out of the old one.
//!
//! The form is bsdiff's in one stream, as the crate `bsdiff` writes it: steps behind each other until the new archive has
//! its length. Each is three numbers of eight bytes, little-endian, and the bytes that they announce:
//!
//! | number | |
//! |---|---|
//! | `add` | so many bytes of the old archive are taken, each plus one byte that follows here, modulo 256 |
//! | `copy` | so many bytes follow behind those, and are taken as they are |
//! | `jump` | how far reading in the old archive moves then; the highest bit means backwards |
//!
//! Code that moved is the same but for the addresses in it, so nearly all bytes to add are zero, and pack well. Nothing in
//! here packs: whoever sends a delta does.

use std::io::{self, ErrorKind, Read, Write};

/// The window that a delta is packed with, as a power of two: 8 MB. Larger ones make deltas hardly smaller, and whoever
/// applies one has to hold it.
pub const WINDOW_LOG: u32 = 23;

/// Of the three numbers.
const STEP: usize = 24;
/// Bytes that are worked on at a time.
const PIECE: usize = 64 * 1024;
/// Backwards.
const SIGN: u64 = 1 << 63;

/// Why steps lead nowhere.
#[derive(Debug, thiserror::Error)]
pub enum DeltaError {
    /// They break off, or what they are read from does.
    #[error("the steps cannot be read")]
    Read(#[source] io::Error),
    /// The new archive cannot be written.
    #[error("the new archive cannot be written")]
    Write(#[source] io::Error),
    /// A step takes bytes, or jumps, where the old archive has none.
    #[error("a step leaves the old archive")]
    Outside,
    /// The steps make more bytes than the new archive has.
    #[error("the steps make more than the new archive")]
    Length,
    /// A step other than the first makes nothing. Such ones could go on for ever.
    #[error("a step makes nothing")]
    Idle,
    /// There is something behind the last one.
    #[error("something follows the last step")]
    Behind,
}

/// Three numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Bytes to add to bytes of the old archive.
    pub add: u64,
    /// Bytes to take as they are.
    pub copy: u64,
    /// How far reading in the old archive moves then.
    pub jump: Jump,
}

/// A way in the old archive, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jump {
    /// Towards its end.
    On(u64),
    /// Towards its beginning.
    Back(u64),
}

/// Writes the new archive of exactly `length` bytes, and reads the steps to their end. Takes little memory besides `old`,
/// and no more than 25 bytes of steps for each byte that it writes.
///
/// # Errors
/// See [`DeltaError`]. What was written by then is worth nothing.
pub fn apply(old: &[u8], mut steps: impl Read, mut out: impl Write, length: u64) -> Result<(), DeltaError> {
    let mut buffer = vec![0; PIECE];
    let (mut at, mut left, mut is_first) = (0, length, true);
    while left > 0 {
        let mut numbers = [0; STEP];
        steps.read_exact(&mut numbers).map_err(DeltaError::Read)?;
        let Step { add, copy, jump } = Step::parse(&numbers);
        let made = add.checked_add(copy).ok_or(DeltaError::Length)?;
        left = left.checked_sub(made).ok_or(DeltaError::Length)?;
        // The first one may only say where the old archive is read from.
        if made == 0 && !is_first {
            return Err(DeltaError::Idle);
        }
        is_first = false;
        let taken = old.get(at..).zip(usize::try_from(add).ok()).and_then(|(rest, add)| rest.get(..add));
        let taken = taken.ok_or(DeltaError::Outside)?;
        for taken in taken.chunks(PIECE) {
            let piece = &mut buffer[..taken.len()];
            steps.read_exact(piece).map_err(DeltaError::Read)?;
            add_to(piece, taken);
            out.write_all(piece).map_err(DeltaError::Write)?;
        }
        let mut copy = copy;
        while copy > 0 {
            let piece = usize::try_from(copy).unwrap_or(PIECE).min(PIECE);
            let piece = &mut buffer[..piece];
            steps.read_exact(piece).map_err(DeltaError::Read)?;
            out.write_all(piece).map_err(DeltaError::Write)?;
            copy -= piece.len() as u64;
        }
        at = jump.from(at + taken.len()).filter(|at| *at <= old.len()).ok_or(DeltaError::Outside)?;
    }
    match read_one(&mut steps) {
        Ok(0) => Ok(()),
        Ok(_) => Err(DeltaError::Behind),
        Err(error) => Err(DeltaError::Read(error)),
    }
}

impl Step {
    /// As it stands in a delta.
    pub fn to_bytes(self) -> [u8; STEP] {
        let jump = match self.jump {
            Jump::On(by) => by,
            Jump::Back(by) => by | SIGN,
        };
        let mut bytes = [0; STEP];
        for (place, number) in bytes.chunks_exact_mut(8).zip([self.add, self.copy, jump]) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        bytes
    }

    fn parse(bytes: &[u8; STEP]) -> Self {
        let number = |at: usize| {
            let mut number = [0; 8];
            number.copy_from_slice(&bytes[at..at + 8]);
            u64::from_le_bytes(number)
        };
        let jump = match number(16) {
            jump if jump & SIGN == 0 => Jump::On(jump),
            jump => Jump::Back(jump & !SIGN),
        };
        Self { add: number(0), copy: number(8), jump }
    }
}

impl Jump {
    /// The way from here to there.
    pub fn between(here: usize, there: usize) -> Self {
        match there.checked_sub(here) {
            Some(on) => Self::On(on as u64),
            None => Self::Back((here - there) as u64),
        }
    }

    fn from(self, at: usize) -> Option<usize> {
        match self {
            Self::On(by) => at.checked_add(usize::try_from(by).ok()?),
            Self::Back(by) => at.checked_sub(usize::try_from(by).ok()?),
        }
    }
}

fn add_to(bytes: &mut [u8], old: &[u8]) {
    for (byte, old) in bytes.iter_mut().zip(old) {
        *byte = byte.wrapping_add(*old);
    }
}

/// One byte, if there is one.
fn read_one(from: &mut impl Read) -> io::Result<usize> {
    loop {
        match from.read(&mut [0]) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            answer => return answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(add: u64, copy: u64, jump: Jump, bytes: &[u8]) -> Vec<u8> {
        [Step { add, copy, jump }.to_bytes().as_slice(), bytes].concat()
    }

    fn applied(old: &[u8], steps: &[u8], length: u64) -> Result<Vec<u8>, DeltaError> {
        let mut out = Vec::new();
        apply(old, steps, &mut out, length)?;
        Ok(out)
    }

    #[test]
    fn bytes_are_added_copied_and_found_further_on_or_back() {
        let steps = [
            step(0, 0, Jump::On(4), b""),
            step(3, 2, Jump::Back(7), &[0, 1, 255, b'x', b'y']),
            step(2, 0, Jump::On(5), &[0, 0]),
            step(0, 1, Jump::Back(7), b"z"),
        ];
        assert_eq!(applied(b"0123456", &steps.concat(), 8).unwrap(), b"465xy01z");
        assert_eq!(applied(b"", b"", 0).unwrap(), b"");
        // What is longer than what is worked on at a time.
        let old = vec![250; PIECE + 1];
        let long = [vec![10; PIECE + 1], vec![5; PIECE + 2]].concat();
        let long = step(PIECE as u64 + 1, PIECE as u64 + 2, Jump::On(0), &long);
        let new = [vec![4; PIECE + 1], vec![5; PIECE + 2]].concat();
        assert_eq!(applied(&old, &long, new.len() as u64).unwrap(), new);
    }

    #[test]
    fn steps_that_break_off_lead_nowhere() {
        let whole = step(3, 2, Jump::On(0), &[0, 0, 0, 1, 2]);
        assert!(applied(b"old", &whole, 5).is_ok());
        for length in 0..whole.len() {
            let cut = applied(b"old", &whole[..length], 5);
            assert!(matches!(cut, Err(DeltaError::Read(_))), "{length}: {cut:?}");
        }
    }

    #[test]
    fn a_step_outside_of_the_old_archive_is_refused() {
        for (what, steps) in [
            ("more than there is", step(4, 0, Jump::On(0), &[0; 4])),
            ("a jump before the beginning", step(1, 0, Jump::Back(2), &[0])),
            ("a jump behind the end", step(1, 0, Jump::On(3), &[0])),
            ("the furthest jump", step(1, 0, Jump::On(SIGN - 1), &[0])),
            ("the furthest jump back", step(1, 0, Jump::Back(SIGN - 1), &[0])),
            (
                "more from where it jumped to",
                [step(1, 0, Jump::On(2), &[0]), step(1, 0, Jump::On(0), &[0])].concat(),
            ),
        ] {
            let length = if what.starts_with("more") { 4 } else { 9 };
            assert!(matches!(applied(b"old", &steps, length), Err(DeltaError::Outside)), "{what}");
        }
        // The very end is a place; there is nothing to be taken from it.
        let end = [step(1, 0, Jump::On(2), &[0]), step(0, 1, Jump::Back(3), b"x")].concat();
        assert_eq!(applied(b"old", &end, 2).unwrap(), b"ox");
    }

    #[test]
    fn a_length_that_is_negative_or_overflows_is_too_long() {
        for (add, copy) in
            [(SIGN | 1, 0), (0, SIGN | 1), (u64::MAX, 1), (1, u64::MAX), (u64::MAX, u64::MAX), (0, 4)]
        {
            let steps = step(add, copy, Jump::On(0), &[0; 64]);
            let made = applied(b"old", &steps, 3);
            assert!(matches!(made, Err(DeltaError::Length)), "{add} {copy}: {made:?}");
        }
    }

    #[test]
    fn steps_that_make_nothing_do_not_go_on_for_ever() {
        assert!(matches!(apply(b"old", io::repeat(0), io::sink(), 3), Err(DeltaError::Idle)));
        let forth = step(0, 0, Jump::On(1), b"");
        let back = step(0, 0, Jump::Back(1), b"");
        let made = applied(b"old", &[forth, back].concat(), 3);
        assert!(matches!(made, Err(DeltaError::Idle)));
    }

    #[test]
    fn something_behind_the_last_step_is_refused_and_not_read_on() {
        let steps = step(3, 0, Jump::On(0), &[0, 0, 0]);
        let behind = steps.chain(io::repeat(0));
        assert!(matches!(apply(b"old", behind, io::sink(), 3), Err(DeltaError::Behind)));
    }

    #[test]
    fn what_fails_at_the_end_or_cannot_be_written_is_said() {
        /// Fails as a checksum does that comes out wrong.
        struct Fails;
        impl Read for Fails {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("the checksum is wrong"))
            }
        }
        let steps = step(3, 0, Jump::On(0), &[0, 0, 0]);
        assert!(matches!(apply(b"old", steps.chain(Fails), io::sink(), 3), Err(DeltaError::Read(_))));
        let mut small = [0; 2];
        let full = apply(b"old", steps.as_slice(), small.as_mut_slice(), 3);
        assert!(matches!(full, Err(DeltaError::Write(_))));
    }
}
