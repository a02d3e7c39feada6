//! Everything about slots that an update asks for and changes.

use std::sync::Arc;
use std::time::Duration;

use polder_slots::{Bad, Incoming, Locked, Staged, Verified as Slot};
use tokio::time::Instant;

use super::UpdateFault;
use super::steps::{MOST_ATTEMPTS, Plan, off_thread};

/// How often one who waits for another update looks.
const LOOK: Duration = Duration::from_millis(100);
/// The lock on slots and pointer is held for moments only.
const LOCK: Duration = Duration::from_secs(10);

/// What an update begins with.
pub(super) enum Begun {
    /// The release lies in its slot already, and starts next.
    InPlace,
    /// It is to be fetched, and nobody else does meanwhile.
    Right(Arc<Incoming>),
}

/// Looks whether there is anything to do, and takes the right to do it. Another Polder that is at it is waited for; it may
/// do all that is to be done.
pub(super) async fn begin(plan: &Arc<Plan>) -> Result<Begun, UpdateFault> {
    let end = Instant::now() + plan.patience.others;
    loop {
        let asked = Arc::clone(plan);
        match off_thread(move || look(&asked)).await?? {
            Some(begun) => return Ok(begun),
            None if Instant::now() >= end => return Err(UpdateFault::Busy),
            None => tokio::time::sleep(LOOK).await,
        }
    }
}

/// `None` when another is at it.
fn look(plan: &Plan) -> Result<Option<Begun>, UpdateFault> {
    let release = &plan.release;
    let hash = release.unpacked.file.sha256;
    if let Some(why) = plan.slots.refused()?.bad(&hash) {
        return Err(UpdateFault::Bad { version: release.version.clone(), why });
    }
    let Some(mut right) = plan.slots.incoming()? else { return Ok(None) };
    if is_in_place(plan) {
        point(plan)?;
        if let Err(error) = right.clear(&[]) {
            tracing::warn!(%error, "leftovers stay");
        }
        return Ok(Some(Begun::InPlace));
    }
    let delta = release.delta.iter().map(|delta| &delta.target);
    let keep: Vec<[u8; 32]> =
        delta.chain([&release.packed]).map(|target| target.signed.file.sha256).collect();
    right.clear(&keep)?;
    Ok(Some(Begun::Right(Arc::new(right))))
}

/// Whether the slot is there, whole, and of this very release: it may have been put there by another, or have been left
/// without the pointer when the power went.
fn is_in_place(plan: &Plan) -> bool {
    let release = &plan.release;
    let slot = Slot::open(&plan.slots.slot(&release.version), &plan.anchor(), &release.system);
    slot.is_ok_and(|slot| slot.archive_sha256().is_ok_and(|hash| hash == release.unpacked.file.sha256))
}

/// Moves a staged release into its slot and points to it.
pub(super) async fn place(plan: &Arc<Plan>, staged: Staged) -> Result<(), UpdateFault> {
    let plan = Arc::clone(plan);
    off_thread(move || {
        let mut locked = lock(&plan)?;
        let version = locked.place(staged)?;
        locked.point_to(&version)?;
        tidy(&plan, &mut locked);
        Ok(())
    })
    .await?
}

/// Points to a slot that is there, unless the pointer does so.
fn point(plan: &Plan) -> Result<(), UpdateFault> {
    let version = &plan.release.version;
    let mut locked = lock(plan)?;
    // One that was confirmed stays so.
    if plan.slots.pointer()?.is_none_or(|pointer| pointer.current != *version) {
        locked.point_to(version)?;
    }
    // Whoever put it there may have been stopped before they tidied.
    tidy(plan, &mut locked);
    Ok(())
}

/// Old slots go. The new one starts next all the same where they do not.
fn tidy(plan: &Plan, locked: &mut Locked) {
    if let Err(error) = locked.tidy(&[&plan.running, &plan.release.version]) {
        tracing::warn!(%error, "old versions stay");
    }
}

/// One more attempt; too many are no better than a release that does not hold.
pub(super) async fn count_attempt(plan: &Arc<Plan>) -> Result<(), UpdateFault> {
    let plan = Arc::clone(plan);
    off_thread(move || {
        let (hash, version) = (plan.release.unpacked.file.sha256, &plan.release.version);
        let mut locked = lock(&plan)?;
        if locked.attempt(hash, version)? > MOST_ATTEMPTS {
            locked.refuse(hash, version, Bad::TooOften)?;
            return Err(UpdateFault::Bad { version: version.clone(), why: Bad::TooOften });
        }
        Ok(())
    })
    .await?
}

/// Remembers that the release itself is wrong, and says so.
pub(super) async fn remember_bad(plan: &Arc<Plan>, why: &str) -> UpdateFault {
    let (worker, version) = (Arc::clone(plan), plan.release.version.clone());
    let remembered = off_thread(move || {
        let hash = worker.release.unpacked.file.sha256;
        lock(&worker)?.refuse(hash, &worker.release.version, Bad::DoesNotHold).map_err(UpdateFault::from)
    });
    match remembered.await {
        Ok(Ok(())) => UpdateFault::DoesNotHold { version, why: why.to_owned() },
        Ok(Err(fault)) | Err(fault) => fault,
    }
}

fn lock(plan: &Plan) -> Result<Locked, UpdateFault> {
    plan.slots.lock_within(LOCK)?.ok_or(UpdateFault::Busy)
}
