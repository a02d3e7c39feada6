//! From "there is a newer release" to "it starts next": each step consumes the one before, and what travels on is an open
//! handle, never a path that is opened again.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use minisign_verify::PublicKey;
use polder_slots::{Anchor, Incoming, Slots, Verified as Slot};
use semver::Version;

use super::download::{self, Manner, Patience};
use super::pace::Pace;
use super::part::Part;
use super::polite::{self, Manners};
use super::release::{Delta, Release, Target};
use super::seal::Held;
use super::source::Source;
use super::{UpdateFault, home, place, unpack};
use crate::gate::{Progress, Step};

/// An update to the newest release, as far as it is.
///
/// ```text
/// Update<Announced> --download--> Update<Downloaded> --verify--> Update<Verified> --stage--> Update<Staged>
/// ```
#[derive(Debug)]
pub struct Update<S> {
    plan: Arc<Plan>,
    step: S,
}

/// Signed metadata names it; nothing was fetched.
#[derive(Debug)]
pub struct Announced {
    manner: Manner,
    way: Way,
}

/// It is here, and what it is was measured while it came.
#[derive(Debug)]
pub struct Downloaded {
    right: Arc<Incoming>,
    part: Part,
    held: Held,
    /// The slot that a difference begins with.
    base: Option<Slot>,
    manners: Manners,
}

/// It is what was signed: by targets metadata, and by the independent signature.
#[derive(Debug)]
pub struct Verified {
    right: Arc<Incoming>,
    archive: unpack::Archive,
    manners: Manners,
}

/// It lies in its slot, and the pointer names it: whatever starts next is it.
#[derive(Debug)]
pub struct Staged {}

/// Hears how far an update is.
pub(crate) type Told<'a> = &'a (dyn Fn(Progress) + Send + Sync);

/// What does not change on the way.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) release: Release,
    pub(super) source: Source,
    pub(super) slots: Slots,
    pub(super) key: PublicKey,
    /// The version that runs; its slot stays.
    pub(super) running: Version,
    /// The folder of the slot that runs, if it is one.
    pub(super) base: Option<PathBuf>,
    pub(super) patience: Patience,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By the difference, where there is one.
    Short,
    /// The whole archive.
    Long,
}

/// At least so much is left free besides.
const SPARE: u64 = 8 * 1024 * 1024;
/// A release that failed so often here is not tried again.
pub(super) const MOST_ATTEMPTS: u32 = 10;

impl Plan {
    pub(super) fn anchor(&self) -> Anchor {
        Anchor::new(self.key.clone())
    }
}

impl<S> Update<S> {
    /// The release.
    pub fn version(&self) -> &Version {
        &self.plan.release.version
    }
}

impl Update<Announced> {
    pub(super) fn new(plan: Plan) -> Self {
        let manner = Manner { patience: plan.patience, pace: Pace::FULL, paused: None };
        Self { plan: Arc::new(plan), step: Announced { manner, way: Way::Short } }
    }

    /// Not faster than this, and not while somebody says that it rests.
    #[must_use]
    pub fn at_pace(mut self, pace: Pace, paused: tokio::sync::watch::Receiver<bool>) -> Self {
        (self.step.manner.pace, self.step.manner.paused) = (pace, Some(paused));
        self
    }

    /// Bytes of the whole archive, as it is fetched when there is no shorter way.
    pub fn length(&self) -> u64 {
        self.plan.release.packed.signed.file.length
    }

    /// How often it was tried on this computer.
    ///
    /// # Errors
    /// When that cannot be read.
    pub fn attempts(&self) -> Result<u32, UpdateFault> {
        let refused = self.plan.slots.refused()?;
        Ok(refused.of(&self.plan.release.unpacked.file.sha256).map_or(0, |one| one.attempts))
    }

    /// All steps. The short way first; where that fails, whatever the reason, the long one. What another Polder of this
    /// person put in place meanwhile is not fetched again.
    ///
    /// # Errors
    /// See [`UpdateFault`]. What runs, and what would start next, is what it was then.
    pub async fn apply(self, told: Told<'_>) -> Result<Update<Staged>, UpdateFault> {
        let long = Announced { manner: self.step.manner.clone(), way: Way::Long };
        let long = Self { plan: Arc::clone(&self.plan), step: long };
        if self.plan.release.delta.is_some() {
            match Box::pin(self.run(told)).await {
                Err(fault) if is_of_the_short_way(&fault) => {
                    tracing::warn!(error = %crate::chain::chain(&fault), "the short way failed");
                }
                answer => return answer,
            }
        }
        Box::pin(long.run(told)).await
    }

    async fn run(self, told: Told<'_>) -> Result<Update<Staged>, UpdateFault> {
        let plan = Arc::clone(&self.plan);
        let right = match place::begin(&plan).await? {
            place::Begun::InPlace => return Ok(Update { plan, step: Staged {} }),
            place::Begun::Right(right) => right,
        };
        self.download_with(right, told).await?.verify(told).await?.stage(told).await
    }

    /// Fetches it into a private file, hashing and verifying on the way.
    ///
    /// # Errors
    /// See [`UpdateFault`]. What came so far stays, and is gone on with the next time.
    pub async fn download(self, told: Told<'_>) -> Result<Update<Downloaded>, UpdateFault> {
        match place::begin(&self.plan).await? {
            place::Begun::InPlace => Err(UpdateFault::NothingNewer),
            place::Begun::Right(right) => self.download_with(right, told).await,
        }
    }

    async fn download_with(
        self,
        right: Arc<Incoming>,
        told: Told<'_>,
    ) -> Result<Update<Downloaded>, UpdateFault> {
        let Self { plan, step: Announced { mut manner, way } } = self;
        // Whoever may be told to rest works while somebody else does.
        let manners = if manner.paused.is_some() { Manners::Polite } else { Manners::Prompt };
        let base = match way {
            Way::Short => base(&plan).await?,
            Way::Long => None,
        };
        let release = &plan.release;
        let target = match (&base, &release.delta) {
            (Some(_), Some(delta)) => &delta.target,
            _ => &release.packed,
        };
        let part = prepare(&plan, &right, target).await?;
        let tell = |done, total| told(Progress { step: Step::Downloading, done, total });
        let fetched = download::fetch(&plan.source, target, part, &mut manner, &tell).await;
        let (part, held) = fetched.map_err(|fault| of_target(fault, release))?;
        Ok(Update { plan: Arc::clone(&plan), step: Downloaded { right, part, held, base, manners } })
    }
}

impl Update<Downloaded> {
    /// Holds what came against what was signed; a difference is applied first, and its result held.
    ///
    /// # Errors
    /// [`UpdateFault::Damaged`] and [`UpdateFault::DoesNotHold`], and where something cannot be written.
    pub async fn verify(self, told: Told<'_>) -> Result<Update<Verified>, UpdateFault> {
        let Self { plan, step: Downloaded { right, part, held, base, manners } } = self;
        // Its name has served: a download that is whole is not gone on with, and one that is wrong even less.
        part.remove().map_err(|error| UpdateFault::of_io(part.path(), 0, error))?;
        match held {
            Held::Whole => {}
            Held::OtherBytes => return Err(UpdateFault::Damaged(plan.release.version.clone())),
            Held::NotSigned => return Err(place::remember_bad(&plan, "its signature does not hold").await),
        }
        let archive = match base {
            None => unpack::Archive::Packed(part.into_file()),
            Some(base) => {
                told(Progress { step: Step::Unpacking, done: 0, total: 0 });
                let (plan, right) = (Arc::clone(&plan), Arc::clone(&right));
                let made = off_thread(move || {
                    let difference = part.into_file();
                    polite::work(manners, || unpack::by_delta(&plan, &right, &base, &difference))
                })
                .await?;
                unpack::Archive::Unpacked(made?)
            }
        };
        Ok(Update { plan, step: Verified { right, archive, manners } })
    }
}

impl Update<Verified> {
    /// Unpacks it from the handle that it was verified through, and puts it in its place.
    ///
    /// # Errors
    /// See [`UpdateFault`].
    pub async fn stage(self, told: Told<'_>) -> Result<Update<Staged>, UpdateFault> {
        let Self { plan, step: Verified { right, archive, manners } } = self;
        place::count_attempt(&plan).await?;
        let staged = unpack::unpack(&plan, right, archive, manners, told).await?;
        place::place(&plan, staged).await?;
        Ok(Update { plan, step: Staged {} })
    }
}

/// Whether it may be the short way's own fault. Where the folder is full or another is at it, the long way fails as well.
fn is_of_the_short_way(fault: &UpdateFault) -> bool {
    !matches!(
        fault,
        UpdateFault::Bad { .. }
            | UpdateFault::Busy
            | UpdateFault::NoPrograms(_)
            | UpdateFault::Unwritable { .. }
            | UpdateFault::Slots(_)
    )
}

/// The slot that runs, if a difference begins with its very version and all of it holds.
async fn base(plan: &Arc<Plan>) -> Result<Option<Slot>, UpdateFault> {
    let (Some(folder), Some(_)) = (plan.base.clone(), &plan.release.delta) else { return Ok(None) };
    let plan = Arc::clone(plan);
    off_thread(move || match Slot::packaged(&folder, &plan.anchor(), &plan.release.system) {
        Ok(slot) if *slot.version() == plan.running => Some(slot),
        Ok(_) => None,
        Err(fault) => {
            tracing::warn!(%fault, "the slot that runs is no base for a difference");
            None
        }
    })
    .await
}

/// Room, and a file to write to; leftovers of other downloads go.
async fn prepare(plan: &Arc<Plan>, right: &Arc<Incoming>, target: &Target) -> Result<Part, UpdateFault> {
    let (plan, right, wanted) = (Arc::clone(plan), Arc::clone(right), target.signed.file);
    off_thread(move || {
        let release = &plan.release;
        let is_delta =
            release.delta.as_ref().is_some_and(|Delta { target, .. }| target.signed.file == wanted);
        // What comes, what it leads to, and for a difference the unpacked archive in between.
        let unpacked = release.unpacked.file.length;
        let times = if is_delta { 2 } else { 1 };
        let needed = wanted.length.saturating_add(unpacked.saturating_mul(times)).saturating_add(SPARE);
        home::check(right.folder(), needed)?;
        Part::open(&right, &wanted)
    })
    .await?
}

/// A file that signed metadata names and nobody has is not offered.
fn of_target(fault: UpdateFault, release: &Release) -> UpdateFault {
    match fault {
        UpdateFault::Metadata(super::MetadataFault::Missing(what)) => {
            UpdateFault::NotOffered { version: release.version.clone(), what }
        }
        fault => fault,
    }
}

/// Files are read and written off the threads that serve the window.
pub(super) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, UpdateFault> {
    tokio::task::spawn_blocking(work).await.map_err(UpdateFault::unexpected)
}

/// The archive's own handle, for what is read of it.
pub(super) fn rewound(mut file: &File) -> std::io::Result<&File> {
    use std::io::Seek;
    file.rewind()?;
    Ok(file)
}
