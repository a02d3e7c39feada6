//! What changed between two archives, as the steps of [`polder_slots::delta`].
//!
//! The way to it is bsdiff's: pieces of the old archive that lie somewhere in the new one are drawn out over places where
//! they differ a little, because code that moved differs in the addresses in it and nowhere else. Where bsdiff sorts all
//! of the old archive to find them, here every fourth place of it is looked up by what stands there: that takes a twelfth
//! of the memory and seconds instead of a minute.

use std::io;

use polder_slots::delta::{Jump, Step};

/// A piece of the old archive is found by so many bytes of it.
const ANCHOR: usize = 16;
/// Every so many bytes of the old archive begins one.
const EVERY: usize = 4;
/// So many of those with the same hash are looked at.
const DEPTH: usize = 64;
/// A step costs about so many bytes: another piece has to hold so many more that are right.
const GAIN: usize = 8;
/// Where so many more bytes were wrong than right, the piece is not drawn out further.
const GIVE_UP: i64 = 4_096;
/// So many bytes are compared at once.
const WIDE: usize = 64;
/// No place.
const NONE: u32 = u32::MAX;

/// The steps that make `new` out of `old`.
///
/// # Errors
/// When the old archive is larger than 4 GiB.
pub(super) fn changes(old: &[u8], new: &[u8]) -> io::Result<Vec<u8>> {
    let pieces = Search::new(old, new)?.pieces();
    let mut steps = Vec::with_capacity(new.len() + pieces.len() * 24);
    if let Some(first) = pieces.first().filter(|first| first.old > 0) {
        steps.extend(Step { add: 0, copy: 0, jump: Jump::between(0, first.old) }.to_bytes());
    }
    for (index, piece) in pieces.iter().enumerate() {
        let Piece { new: at, old: from, add, copy } = *piece;
        let next = pieces.get(index + 1).map_or(from + add, |next| next.old);
        let jump = Jump::between(from + add, next);
        steps.extend(Step { add: add as u64, copy: copy as u64, jump }.to_bytes());
        for (new, old) in new[at..at + add].chunks(WIDE).zip(old[from..from + add].chunks(WIDE)) {
            if new == old {
                steps.resize(steps.len() + new.len(), 0);
            } else {
                steps.extend(new.iter().zip(old).map(|(new, old)| new.wrapping_sub(*old)));
            }
        }
        steps.extend(&new[at + add..at + add + copy]);
    }
    Ok(steps)
}

/// A piece of the new archive: bytes that are nearly those of the old one, and bytes that are new.
#[derive(Debug, Clone, Copy)]
struct Piece {
    new: usize,
    old: usize,
    add: usize,
    copy: usize,
}

/// The same bytes in both.
#[derive(Debug, Clone, Copy)]
struct Same {
    new: usize,
    old: usize,
    length: usize,
}

struct Search<'a> {
    old: &'a [u8],
    new: &'a [u8],
    /// The last place with this hash, and for each place the one before it with the same; in units of [`EVERY`].
    last: Vec<u32>,
    before: Vec<u32>,
    bits: u32,
}

impl<'a> Search<'a> {
    fn new(old: &'a [u8], new: &'a [u8]) -> io::Result<Self> {
        let too_large = |_| io::Error::new(io::ErrorKind::FileTooLarge, "too large for a delta");
        u32::try_from(old.len()).map_err(too_large)?;
        let anchors = old.len().saturating_sub(ANCHOR - 1).div_ceil(EVERY);
        let bits = anchors.next_power_of_two().trailing_zeros().clamp(8, 24);
        let mut search =
            Self { old, new, last: vec![NONE; 1 << bits], before: Vec::with_capacity(anchors), bits };
        for (place, at) in (0u32..).zip((0..anchors).map(|anchor| anchor * EVERY)) {
            let hash = search.hash(&old[at..]);
            search.before.push(std::mem::replace(&mut search.last[hash], place));
        }
        Ok(search)
    }

    /// All of the new archive, in order.
    fn pieces(&self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut here = Same { new: 0, old: 0, length: 0 };
        loop {
            let next = self.next(here);
            let end = next.map_or(self.new.len(), |next| next.new);
            let mut add = ahead(&self.old[here.old..], &self.new[here.new..end]);
            let mut back = next.map_or(0, |next| behind(&self.old[..next.old], &self.new[here.new..end]));
            if let Some(next) = next
                && add + back > end - here.new
            {
                // Both reach as far as this: the border lies where most bytes are right.
                let both = add + back - (end - here.new);
                let kept = self.border(here.old + add - both, next.old - back, end - back, both);
                (add, back) = (add - both + kept, back - kept);
            }
            let copy = end - back - here.new - add;
            if add + copy > 0 {
                pieces.push(Piece { new: here.new, old: here.old, add, copy });
            }
            match next {
                Some(next) => {
                    here = Same { new: end - back, old: next.old - back, length: next.length + back };
                }
                None => return pieces,
            }
        }
    }

    /// The next place of the new archive where another piece of the old one does better than going on with this one.
    fn next(&self, here: Same) -> Option<Same> {
        let mut at = here.new + here.length;
        while at < self.new.len() {
            let on = self.old.get(here.old + (at - here.new)..).unwrap_or_default();
            let rest = &self.new[at..];
            let run = same(on, rest);
            if run >= ANCHOR {
                at += run;
                continue;
            }
            if let Some(found) = self.longest(at) {
                let kept = on.iter().zip(&rest[..found.length]).filter(|(old, new)| old == new).count();
                if found.length > kept + GAIN {
                    return Some(found);
                }
            }
            at += 1;
        }
        None
    }

    fn longest(&self, at: usize) -> Option<Same> {
        let rest = &self.new[at..];
        if rest.len() < ANCHOR {
            return None;
        }
        let mut place = self.last[self.hash(rest)];
        let mut longest: Option<Same> = None;
        for _ in 0..DEPTH {
            if place == NONE {
                break;
            }
            let old = place as usize * EVERY;
            let length = same(&self.old[old..], rest);
            if length >= ANCHOR && longest.is_none_or(|longest| length > longest.length) {
                longest = Some(Same { new: at, old, length });
            }
            place = self.before[place as usize];
        }
        longest
    }

    /// How many of `both` bytes of the new archive, from `new` on, are better taken from `left` than from `right`.
    fn border(&self, left: usize, right: usize, new: usize, both: usize) -> usize {
        let (mut score, mut best, mut kept) = (0i64, 0, 0);
        for count in 0..both {
            let byte = self.new[new + count];
            score += i64::from(self.old[left + count] == byte) - i64::from(self.old[right + count] == byte);
            if score > best {
                (best, kept) = (score, count + 1);
            }
        }
        kept
    }

    fn hash(&self, bytes: &[u8]) -> usize {
        let half = |at: usize| {
            let mut half = [0; 8];
            half.copy_from_slice(&bytes[at..at + 8]);
            u64::from_le_bytes(half)
        };
        // Odd numbers without a pattern; the highest bits of a product hang on all bits of what was multiplied.
        let mixed = half(0).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ half(8).wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
        (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - self.bits)) as usize
    }
}

/// How far to go so that of the bytes on the way as many more are the same than not as there can be.
#[derive(Debug, Default)]
struct Reach {
    gone: usize,
    score: i64,
    best: i64,
    reach: usize,
}

impl Reach {
    /// Says whether it is worth going on.
    fn go<'a>(&mut self, pairs: impl Iterator<Item = (&'a u8, &'a u8)>) -> bool {
        for (old, new) in pairs {
            self.gone += 1;
            self.score += if old == new { 1 } else { -1 };
            if self.score > self.best {
                (self.best, self.reach) = (self.score, self.gone);
            }
        }
        self.best - self.score < GIVE_UP
    }

    /// The same where all of them are the same.
    fn go_over(&mut self, same: usize) {
        self.gone += same;
        self.score += same as i64;
        if self.score > self.best {
            (self.best, self.reach) = (self.score, self.gone);
        }
    }
}

/// From the beginning of both.
fn ahead(old: &[u8], new: &[u8]) -> usize {
    let both = old.len().min(new.len());
    let mut reach = Reach::default();
    for (old, new) in old[..both].chunks(WIDE).zip(new[..both].chunks(WIDE)) {
        if old == new {
            reach.go_over(old.len());
        } else if !reach.go(old.iter().zip(new)) {
            break;
        }
    }
    reach.reach
}

/// From the end of both.
fn behind(old: &[u8], new: &[u8]) -> usize {
    let both = old.len().min(new.len());
    let (old, new) = (&old[old.len() - both..], &new[new.len() - both..]);
    let mut reach = Reach::default();
    for (old, new) in old.rchunks(WIDE).zip(new.rchunks(WIDE)) {
        if old == new {
            reach.go_over(old.len());
        } else if !reach.go(old.iter().zip(new).rev()) {
            break;
        }
    }
    reach.reach
}

/// How many bytes are the same from the beginning.
fn same(old: &[u8], new: &[u8]) -> usize {
    let wide = old.chunks_exact(WIDE).zip(new.chunks_exact(WIDE)).take_while(|(old, new)| old == new);
    let begin = wide.count() * WIDE;
    begin + old[begin..].iter().zip(&new[begin..]).take_while(|(old, new)| old == new).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Puts it on, by Polder's own reader and by bsdiff's.
    fn put_on(old: &[u8], steps: &[u8], length: usize) -> Vec<u8> {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        polder_slots::delta::apply(old, steps, &mut ours, length as u64).unwrap();
        bsdiff::patch(old, &mut &*steps, &mut theirs).unwrap();
        assert!(ours == theirs, "bsdiff reads it in another way");
        ours
    }

    /// What a new release does to an old one.
    #[derive(Debug, Clone)]
    enum Edit {
        /// A stretch of the old one, in which every so many bytes one differs.
        Old(prop::sample::Index, usize, Option<usize>),
        /// Something new.
        New(Vec<u8>),
    }

    fn edits() -> impl Strategy<Value = Vec<Edit>> {
        let old = (any::<prop::sample::Index>(), 0..400_usize, prop::option::of(1..30_usize));
        let edit = prop_oneof![
            old.prop_map(|(from, length, every)| Edit::Old(from, length, every)),
            prop::collection::vec(any::<u8>(), 0..60).prop_map(Edit::New),
        ];
        prop::collection::vec(edit, 0..12)
    }

    fn edited(old: &[u8], edits: &[Edit]) -> Vec<u8> {
        let mut new = Vec::new();
        for edit in edits {
            match edit {
                Edit::Old(from, length, every) => {
                    let from = from.index(old.len() + 1);
                    let mut piece = old[from..old.len().min(from + length)].to_vec();
                    piece.iter_mut().step_by(every.unwrap_or(usize::MAX)).for_each(|byte| *byte ^= 0x55);
                    new.extend(piece);
                }
                Edit::New(bytes) => new.extend(bytes),
            }
        }
        new
    }

    proptest! {
        #[test]
        fn what_changed_put_on_the_old_archive_is_the_new_one(
            // Few different bytes, so that the same ones stand in many places.
            old in prop::collection::vec(0..4_u8, 0..2_000),
            edits in edits(),
        ) {
            let new = edited(&old, &edits);
            let steps = changes(&old, &new).unwrap();
            prop_assert_eq!(put_on(&old, &steps, new.len()), new);
        }
    }

    #[test]
    fn bsdiffs_own_steps_are_read_as_well() {
        let old: Vec<u8> = (0..20_000_u32).flat_map(|number| (number / 3).to_le_bytes()).collect();
        let mut new = old.clone();
        new.splice(30_000..30_000, *b"a line more");
        new[60_000] = 9;
        let mut steps = Vec::new();
        bsdiff::diff(&old, &new, &mut steps).unwrap();
        let mut out = Vec::new();
        polder_slots::delta::apply(&old, steps.as_slice(), &mut out, new.len() as u64).unwrap();
        assert!(out == new);
    }

    /// Code: an address every few bytes, relative to where it stands. One function is put in between, so that all that
    /// lies behind moves, and so does what calls across it.
    #[test]
    fn code_that_moved_differs_in_little_more_than_its_addresses() {
        let program = |more: usize| {
            let mut seed = 7_u32;
            let mut random = move || {
                seed ^= seed << 13;
                seed ^= seed >> 17;
                seed ^= seed << 5;
                seed
            };
            let place = |call: u32| call * 20 + if call > 10_000 { more as u32 } else { 0 };
            let mut bytes = Vec::new();
            for call in 0..20_000 {
                if call == 10_001 {
                    bytes.extend(vec![0x90; more]);
                }
                for _ in 0..4 {
                    bytes.extend(random().to_le_bytes());
                }
                bytes.extend(place(random() % 20_000).wrapping_sub(place(call)).to_le_bytes());
            }
            bytes
        };
        let (old, new) = (program(0), program(80));
        let packed = zstd::bulk::compress(&changes(&old, &new).unwrap(), 19).unwrap();
        // Half of 20,000 calls cross it, of which each takes about a byte.
        assert!(packed.len() < 15_000, "{} bytes", packed.len());
    }
}
