//! From an archive whose bytes were verified, by its handle, to a staged release.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::pin::pin;
use std::sync::Arc;

use polder_slots::archive::{ArchiveError, Limits};
use polder_slots::{Incoming, SlotsError, Staged, Verified as Slot};
use tokio::sync::watch;
use zstd::stream::read::Decoder;

use super::polite::{self, Manners};
use super::seal::{Held, Seal, Signed};
use super::steps::{Plan, Told, off_thread, rewound};
use super::{SignedFile, UpdateFault, delta, part, place};
use crate::gate::{Progress, Step};

/// A verified archive, open.
#[derive(Debug)]
pub(super) enum Archive {
    Packed(File),
    Unpacked(File),
}

/// A packed archive asks for no larger window when it is unpacked: 16 MB, which no release grows out of.
const WINDOW_LOG: u32 = 24;

/// Makes the new archive out of the slot that runs and a difference that was verified, in a file without a name, and
/// holds it against what was signed.
pub(super) fn by_delta(
    plan: &Plan,
    right: &Incoming,
    base: &Slot,
    difference: &File,
) -> Result<File, UpdateFault> {
    let release = &plan.release;
    let damaged = |error: &dyn std::error::Error| {
        tracing::warn!(error = %crate::chain::chain(error), "the difference does not lead to the release");
        UpdateFault::Damaged(release.version.clone())
    };
    let Some(signed) = &release.delta else { return Err(UpdateFault::NothingNewer) };
    delta::fits(signed.from.length).map_err(|error| damaged(&error))?;
    let old = old_archive(base, &signed.from).map_err(|error| damaged(&error))?;
    let wanted = &release.unpacked;
    let failed = |error| UpdateFault::of_io(right.folder(), wanted.file.length, error);
    let made = tempfile::tempfile_in(right.folder()).map_err(failed)?;
    part::reserve(&made, wanted.file.length).map_err(failed)?;
    let mut sealing = Sealing { to: &made, seal: Seal::new(wanted) };
    let from = rewound(difference).map_err(failed)?;
    delta::apply(&old, from, &mut sealing, wanted.file.length).map_err(|error| damaged(&error))?;
    match sealing.seal.finish() {
        Held::Whole => Ok(made),
        Held::OtherBytes => Err(damaged(&io::Error::other("other bytes"))),
        Held::NotSigned => Err(damaged(&io::Error::other("the signature does not hold"))),
    }
}

/// The archive that the slot was unpacked from, if it is the one that the difference begins with.
fn old_archive(base: &Slot, from: &SignedFile) -> Result<Vec<u8>, ArchiveError> {
    let signed = Signed { file: *from, minisign: None };
    let capacity = usize::try_from(from.length).unwrap_or_default();
    let mut sealing = Sealing { to: Vec::with_capacity(capacity), seal: Seal::new(&signed) };
    base.rebuild(&mut sealing)?;
    match sealing.seal.finish() {
        Held::Whole => Ok(sealing.to),
        _ => Err(ArchiveError::Read(io::Error::other("the slot is not what the difference begins with"))),
    }
}

/// Unpacks and checks it, from that very handle and in little memory.
pub(super) async fn unpack(
    plan: &Arc<Plan>,
    right: Arc<Incoming>,
    archive: Archive,
    manners: Manners,
    told: Told<'_>,
) -> Result<Staged, UpdateFault> {
    let total = plan.release.unpacked.file.length;
    let (tell, mut heard) = watch::channel(0);
    let worker = Arc::clone(plan);
    let mut work = pin!(off_thread(move || {
        let unpacked = polite::work(manners, || run(&worker, &right, &archive, tell));
        unpacked.map_err(|error| (error, still_holds(&worker, &archive), right))
    }));
    let ended = loop {
        let done = *heard.borrow_and_update();
        told(Progress { step: Step::Unpacking, done, total });
        tokio::select! {
            biased;
            ended = &mut work => break ended?,
            Ok(()) = heard.changed() => {}
        }
    };
    match ended {
        Ok(staged) => Ok(staged),
        Err((ArchiveError::Write(error), _, right)) => Err(UpdateFault::of_io(right.folder(), total, error)),
        // The very bytes that were signed: then it is the release that is wrong, here and everywhere.
        Err((error, Ok(true), _)) => Err(place::remember_bad(plan, &crate::chain::chain(&error)).await),
        Err((error, _, _)) => {
            tracing::warn!(error = %crate::chain::chain(&error), "the archive changed on this disk");
            Err(UpdateFault::Damaged(plan.release.version.clone()))
        }
    }
}

fn run(
    plan: &Plan,
    right: &Incoming,
    archive: &Archive,
    tell: watch::Sender<u64>,
) -> Result<Staged, ArchiveError> {
    let release = &plan.release;
    let staging = right.stage().map_err(|error| match error {
        SlotsError::Io { source, .. } => ArchiveError::Write(source),
        other => ArchiveError::Write(io::Error::other(other)),
    })?;
    let counted = |from: &mut dyn Read| {
        let from = Counted { from, done: 0, tell };
        let limits = Limits { length: release.unpacked.file.length };
        staging.unpack(from, &plan.anchor(), (&release.version, &release.system), limits)
    };
    let staged = match archive {
        Archive::Unpacked(file) => counted(&mut BufReader::new(rewound(file).map_err(ArchiveError::Read)?)),
        Archive::Packed(file) => {
            let from = rewound(file).map_err(ArchiveError::Read)?;
            let mut decoder = Decoder::new(from).map_err(ArchiveError::Read)?;
            decoder.window_log_max(WINDOW_LOG).map_err(ArchiveError::Read)?;
            counted(&mut decoder)
        }
    }?;
    // Once this runs, the gate will ask for this very program.
    let manifest = staged.manifest();
    let program = manifest.file(manifest.program.as_str());
    let named = program.map(|file| SignedFile { length: file.length, sha256: file.sha256 });
    if named == Some(release.program) {
        Ok(staged)
    } else {
        Err(ArchiveError::Bytes(manifest.program.as_str().to_owned()))
    }
}

/// Whether the handle still leads to the bytes that were verified.
fn still_holds(plan: &Plan, archive: &Archive) -> io::Result<bool> {
    let (file, signed) = match archive {
        Archive::Packed(file) => (file, &plan.release.packed.signed),
        Archive::Unpacked(file) => (file, &plan.release.unpacked),
    };
    let mut sealing = Sealing { to: io::sink(), seal: Seal::new(signed) };
    io::copy(&mut BufReader::with_capacity(256 * 1024, rewound(file)?), &mut sealing)?;
    Ok(sealing.seal.finish() == Held::Whole)
}

/// Measures what is written.
struct Sealing<'a, W> {
    to: W,
    seal: Seal<'a>,
}

impl<W: Write> Write for Sealing<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.seal.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Says how much was read.
struct Counted<'a> {
    from: &'a mut dyn Read,
    done: u64,
    tell: watch::Sender<u64>,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.done += read as u64;
        self.tell.send_replace(self.done);
        Ok(read)
    }
}
