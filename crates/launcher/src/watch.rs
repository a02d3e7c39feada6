//! Start after start, until something ends for good.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use polder_slots::{Anchor, Bad, Locked, Pointer, Refused, Slots, SlotsError, Trial, Verified};
use polder_wire::update::RESTART;
use semver::Version;

use crate::choose::{Judged, Which, choose};
use crate::restarts::Restarts;
use crate::start::{End, start};
use crate::system::{self, Signals};
use crate::{NOTHING, packaged, renew, say};

/// For whoever changes slots at the moment; that takes moments.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a launcher needs to know.
pub(crate) struct Launcher {
    pub(crate) slots: Slots,
    pub(crate) anchor: Anchor,
    /// The system that slots must be for.
    pub(crate) system: String,
    /// Where the package's slot lies.
    pub(crate) packaged: Option<PathBuf>,
    /// This launcher's own file.
    pub(crate) own: PathBuf,
}

/// What this run knows besides what is on the disk.
#[derive(Default)]
struct Memory {
    restarts: Restarts,
    /// What the system did not start.
    unstarted: Vec<Which>,
    /// Starts of a release on trial that could not be written down.
    uncounted: u32,
}

/// Whose it is to judge a release on trial by how it ends.
enum Right {
    /// This launcher's. Without the lock where the folder cannot be written: then nobody else holds it either.
    Ours(Option<Trial>),
    /// It runs already, and whoever started it judges.
    Theirs,
}

/// A release on trial whose end is for this launcher to judge.
struct OnTrial {
    version: Version,
    /// Whether its start is written down.
    counted: bool,
    _right: Option<Trial>,
}

impl Launcher {
    /// Runs until a program ends for good. The code is the one to end with.
    pub(crate) fn run(&self) -> u8 {
        let mut signals = match Signals::listen() {
            Ok(signals) => signals,
            Err(error) => {
                say::nothing(&format!("this launcher cannot be told to stop ({error})"));
                return NOTHING;
            }
        };
        let mut memory = Memory::default();
        loop {
            if let Some(code) = signals.asked() {
                return code;
            }
            if let Some(code) = self.once(&mut signals, &mut memory) {
                return code;
            }
        }
    }

    /// One start. None: another follows.
    fn once(&self, signals: &mut Signals, memory: &mut Memory) -> Option<u8> {
        let (pointer, right) = self.pointer(memory);
        let Some((which, slot)) = self.choose(pointer.as_ref(), &memory.unstarted) else {
            say::nothing("nothing on this computer is a whole release");
            return Some(NOTHING);
        };
        let pointed = pointer.filter(|pointer| which == Which::Slot(pointer.current.clone()));
        if pointed.as_ref().is_some_and(|pointer| pointer.confirmed) {
            // One that has yet to prove itself brings nothing that outlives it.
            renew::renew(&slot, &self.own);
        }
        let on_trial = match right {
            Right::Ours(right) if pointed.is_some_and(|pointer| !pointer.confirmed) => {
                Some(self.began(slot.version(), right))
            }
            _ => None,
        };
        let begun = Instant::now();
        let mut child = match start(&slot) {
            Ok(child) => child,
            Err(error) => {
                say::log(&format!("the system does not start {}: {error}", slot.program().display()));
                // No word about the release itself: the folder may forbid programs.
                self.note(on_trial.as_ref(), Locked::took_back);
                memory.unstarted.push(which);
                return None;
            }
        };
        match signals.wait(&mut child) {
            Ok(end) => match system::lacks_web_view(end.code) {
                // No other release would start either, and this one did nothing wrong.
                Some(words) => {
                    self.note(on_trial.as_ref(), Locked::took_back);
                    say::no_web_view(words);
                    Some(NOTHING)
                }
                None => self.judge(end, slot.version(), on_trial.as_ref(), begun.elapsed(), memory),
            },
            Err(error) => {
                say::log(&format!("nobody can tell how {} ended: {error}", slot.version()));
                Some(NOTHING)
            }
        }
    }

    /// What follows from an end. None: another start.
    fn judge(
        &self,
        end: End,
        version: &Version,
        on_trial: Option<&OnTrial>,
        lived: Duration,
        memory: &mut Memory,
    ) -> Option<u8> {
        if end.code == 0 || end.code == RESTART {
            // Whoever ends as it means to is no crash, whatever else it said.
            self.note(on_trial, Locked::verdict);
            memory.uncounted = 0;
            if end.code == 0 || end.asked {
                return Some(0);
            }
            if memory.restarts.again(version, lived) {
                return None;
            }
            say::log(&format!("{version} asks again and again to be started, and gets nowhere"));
            return Some(RESTART);
        }
        if end.asked {
            // Somebody ended it: that says nothing about it.
            self.note(on_trial, Locked::took_back);
            return Some(end.code);
        }
        say::log(&format!("{version} ended with {}", end.code));
        let Some(OnTrial { counted, .. }) = on_trial else { return Some(end.code) };
        if !counted {
            // Without a place to write, nobody can say anything for itself either. Twice, and it is left for this run.
            memory.uncounted += 1;
            return None;
        }
        let silent = or_logged(self.slots.pointer())
            .flatten()
            .is_some_and(|pointer| pointer.current == *version && !pointer.confirmed && pointer.starts > 0);
        // After a word it crashed like any program does.
        if silent { None } else { Some(end.code) }
    }

    /// The pointer as it counts for the next start, after leaving a release that had its starts for the one before.
    fn pointer(&self, memory: &Memory) -> (Option<Pointer>, Right) {
        let pointer = or_logged(self.slots.pointer()).flatten();
        let Some(mut pointer) = pointer.filter(|pointer| !pointer.confirmed) else {
            return (or_logged(self.slots.pointer()).flatten(), Right::Ours(None));
        };
        let right = match self.slots.trial() {
            Ok(Some(right)) => Some(right),
            Ok(None) => {
                // Starts without a word, so far: they are not over.
                pointer.starts = 0;
                return (Some(pointer), Right::Theirs);
            }
            Err(error) => {
                say::log(&error.to_string());
                None
            }
        };
        pointer.starts = pointer.starts.max(memory.uncounted);
        if !pointer.is_exhausted() {
            return (Some(pointer), Right::Ours(right));
        }
        say::log(&format!("{} is left: it ended twice before it said anything", pointer.current));
        match self.leave(&pointer.current) {
            Ok(reverted) => (reverted, Right::Ours(right)),
            Err(error) => {
                // Left all the same, and once more at the next start.
                say::log(&format!("that cannot be written down: {error}"));
                (Some(pointer), Right::Ours(right))
            }
        }
    }

    /// Remembers a release as bad, then goes back: whoever is stopped in between does both again.
    fn leave(&self, version: &Version) -> Result<Option<Pointer>, LeaveError> {
        // Its hash is worth remembering only if these are the bytes that were published.
        let hash = match Verified::open(&self.slots.slot(version), &self.anchor, &self.system) {
            Ok(slot) => slot.archive_sha256().map_err(|error| error.to_string()),
            Err(fault) => Err(fault.to_string()),
        };
        let mut locked = self.slots.lock_within(PATIENCE)?.ok_or(LeaveError::Busy)?;
        match hash {
            Ok(hash) => locked.refuse(hash, version, Bad::Crashed)?,
            Err(why) => say::log(&format!("{version} cannot be remembered: {why}")),
        }
        Ok(locked.revert(version)?)
    }

    /// Reads one slot after the other, whole, until one is good.
    fn choose(&self, pointer: Option<&Pointer>, unstarted: &[Which]) -> Option<(Which, Verified)> {
        let slots = or_logged(self.slots.list()).unwrap_or_default();
        let refused = or_logged(self.slots.refused()).unwrap_or_default();
        let packaged = self.packaged.as_deref().and_then(packaged::claimed_version);
        choose(pointer, &slots, packaged.as_ref(), |which| {
            if unstarted.contains(which) { Judged::Faulty } else { self.look_at(which, &refused) }
        })
    }

    fn look_at(&self, which: &Which, refused: &Refused) -> Judged<Verified> {
        let opened = match (which, &self.packaged) {
            (Which::Slot(version), _) => {
                Verified::open(&self.slots.slot(version), &self.anchor, &self.system)
            }
            (Which::Packaged, Some(folder)) => Verified::packaged(folder, &self.anchor, &self.system),
            (Which::Packaged, None) => return Judged::Faulty,
        };
        let slot = match opened {
            Ok(slot) => slot,
            Err(fault) => {
                say::log(&format!("a slot does not hold: {fault}"));
                return Judged::Faulty;
            }
        };
        // Reading everything once more is only worth it where there is something to find.
        if !refused.may_be_bad(slot.version()) {
            return Judged::Good(slot);
        }
        match slot.archive_sha256() {
            Ok(hash) if refused.bad(&hash).is_some() => Judged::Refused(slot),
            Ok(_) => Judged::Good(slot),
            Err(error) => {
                say::log(&format!("a slot changes while it is read: {error}"));
                Judged::Faulty
            }
        }
    }

    fn began(&self, version: &Version, right: Option<Trial>) -> OnTrial {
        let mut on_trial = OnTrial { version: version.clone(), counted: true, _right: right };
        on_trial.counted = self.note(Some(&on_trial), Locked::began);
        on_trial
    }

    /// Writes something down about a release on trial. False where that failed; it is no reason not to start.
    fn note(
        &self,
        on_trial: Option<&OnTrial>,
        what: impl FnOnce(&mut Locked, &Version) -> Result<Option<Pointer>, SlotsError>,
    ) -> bool {
        let Some(OnTrial { version, counted: true, .. }) = on_trial else { return false };
        let noted =
            self.slots.lock_within(PATIENCE).map_err(LeaveError::from).and_then(|locked| {
                what(&mut locked.ok_or(LeaveError::Busy)?, version).map_err(LeaveError::from)
            });
        or_logged(noted).is_some()
    }
}

/// Why something could not be written down.
#[derive(Debug, thiserror::Error)]
enum LeaveError {
    #[error(transparent)]
    Slots(#[from] SlotsError),
    #[error("somebody else has been changing the slots for long")]
    Busy,
}

/// What there is; the log hears why there is nothing.
fn or_logged<T>(result: Result<T, impl std::fmt::Display>) -> Option<T> {
    result.inspect_err(|error| say::log(&error.to_string())).ok()
}
