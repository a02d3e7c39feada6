//! The gate's way to the newest release: from the platform, ahead of time while somebody works, or from an update file.

use std::fs::File;
use std::sync::Arc;

use polder_slots::{MANIFEST, Slots};
use polder_wire::update::notes_target;
use polder_wire::{Notes, UnixSeconds};
use semver::Version;
use tokio::sync::watch;

use super::refusal::Offer;
use super::{Admission, Gate, Ground, Progress, Reached, Refusal, Step, off_thread};
use crate::transport::Pins;
use crate::update::{
    self, Home, MetadataFault, Pace, Patience, Shelf, Source, Staged, Update, UpdateFault, Wanted, Word,
};

/// The next release, in place while this one runs.
#[derive(Debug)]
pub struct Ahead {
    /// Which.
    pub update: Update<Staged>,
    /// Whether the platform takes the one that runs no more (R66).
    pub due: bool,
}

/// Folders from a slot's own to its program's.
const DEEPEST: usize = 8;

impl Gate {
    /// The same gate, which offers a way to the newest release where it refuses an older one.
    #[must_use]
    pub fn with_slots(self, slots: Slots) -> Self {
        Self { slots: Some(slots), ..self }
    }

    /// The same gate, more or less patient.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// Checks anew, and puts the newest release in place where that is what is missing. Afterwards whatever starts next
    /// is that release; this program ends then.
    ///
    /// # Errors
    /// A [`Refusal`] for whatever could not be verified or done; [`UpdateFault::NothingNewer`] in one when this program
    /// would be admitted.
    pub async fn update(
        &self,
        now: UnixSeconds,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Update<Staged>, Refusal> {
        progress(Progress { step: Step::Reaching, done: 0, total: 0 });
        let unchecked = self.begin(now).await?;
        let shelf = Arc::clone(&unchecked.shelf);
        let reached = Box::pin(unchecked.reach()).await?;
        self.renew(reached, &shelf, progress).await
    }

    /// The same with an update file that was brought by hand, for networks that let nothing through: the same checks,
    /// limits and floors, and what it proves is remembered like what the platform says. Nobody is admitted by it: the
    /// newest release asks the platform itself.
    ///
    /// # Errors
    /// As [`Gate::update`]; a file that is damaged, old or another deployment's is told by its own codes.
    pub async fn import(
        &self,
        file: File,
        now: UnixSeconds,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Update<Staged>, Refusal> {
        progress(Progress { step: Step::Reaching, done: 0, total: 0 });
        let import = update::open_import(file).await.map_err(refused)?;
        let shelf = self.shelf().await?;
        let known = update::recall(&self.deployment, &shelf);
        let now = now.max(self.floor(&known));
        let word = Box::pin(self.hear(import.source(), Arc::clone(&shelf), now)).await?;
        let word = word.map_err(|fault| refused(import.explain(fault, &self.deployment)))?;
        self.renew(Reached::new(self, None, word, now), &shelf, progress).await
    }

    /// For a client that runs: puts the newest release in place at this pace, so that the next start is already the new
    /// one, instead of any that was put there before. While `paused` says so, nothing is fetched. `None` when what runs is the newest.
    ///
    /// # Errors
    /// As [`Gate::update`]. Nobody has to be told: the next check says the same.
    pub async fn stage_ahead(
        &self,
        admission: &Admission,
        now: UnixSeconds,
        pace: Pace,
        paused: watch::Receiver<bool>,
        progress: &(dyn Fn(&Version, Progress) + Send + Sync),
    ) -> Result<Option<Ahead>, Refusal> {
        let home = self.home().ok_or_else(|| refused(UpdateFault::NoSlots))?.map_err(refused)?;
        let shelf = self.shelf().await?;
        let now = now.max(admission.checked_at());
        let word = Box::pin(self.hear(Source::Platform(admission.way()), shelf, now)).await?;
        let word = word.map_err(Refusal::Metadata)?;
        let due = word.statement.policy.min_version > self.installed.version;
        let (running, system) = (&self.installed.version, &self.installed.system);
        let newest = word.statement.policy.newest.get(system).filter(|newest| *newest > running).cloned();
        let Some(newest) = newest else { return Ok(None) };
        let failed = |fault| Refusal::Update { newest: Some(newest.clone()), fault };
        let update = Box::pin(word.announce(&self.deployment, home, &newest, (running, system))).await;
        let update = update.map_err(failed)?.at_pace(pace, paused);
        let told = |told| progress(&newest, told);
        let update = Box::pin(update.apply(&told)).await.map_err(failed)?;
        Ok(Some(Ahead { update, due }))
    }

    /// What the makers say of the version that was admitted, in plain text. None where they say nothing.
    ///
    /// # Errors
    /// Where nobody can tell. Nobody is kept from working by that.
    pub async fn notes(&self, admission: &Admission, now: UnixSeconds) -> Result<Option<Notes>, Refusal> {
        let shelf = self.shelf().await?;
        let now = now.max(admission.checked_at());
        let word = Box::pin(self.hear(Source::Platform(admission.way()), shelf, now)).await?;
        let notes = word.map_err(Refusal::Metadata)?.small(&notes_target(admission.version())).await;
        // Signers made them: notes that do not read are left out rather than in the way.
        Ok(notes.map_err(Refusal::Metadata)?.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    /// From what is signed to the newest release. This program's own bytes are read only where they decide: a newer
    /// release is one whatever they are.
    async fn renew(
        &self,
        reached: Reached<'_>,
        shelf: &Shelf,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Update<Staged>, Refusal> {
        let refusal = match reached.newer() {
            Some(newest) => Box::pin(reached.outdated(newest)).await,
            None => {
                let measured = reached.measure(self.read(shelf), progress).await?;
                Box::pin(measured.judge()).await.map_or_else(|refusal| refusal, |_| nothing_newer())
            }
        };
        self.apply(refusal, progress).await
    }

    async fn apply(
        &self,
        refusal: Refusal,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Update<Staged>, Refusal> {
        let mendable =
            matches!(refusal, Refusal::Outdated { .. } | Refusal::Altered { .. } | Refusal::Revoked { .. });
        if mendable && self.slots.is_none() {
            return Err(Refusal::Update { newest: refusal.newest().cloned(), fault: UpdateFault::NoSlots });
        }
        let update = refusal.into_update()?;
        let newest = Some(update.version().clone());
        Box::pin(update.apply(progress)).await.map_err(|fault| Refusal::Update { newest, fault })
    }

    /// The way out of a refusal, where there can be one.
    pub(super) async fn offer(&self, word: Word, ground: &Ground) -> Offer {
        let home = self.home()?;
        let (running, system) = (&self.installed.version, &self.installed.system);
        let newest = match ground {
            Ground::Outdated(newest) => newest.clone(),
            // The same version again, as it was released, or another that counts as the newest now.
            Ground::Altered(_) | Ground::Revoked => word.statement.policy.newest.get(system)?.clone(),
            Ground::Expired(_) | Ground::NoRelease | Ground::Unsigned(_) => return None,
        };
        // Before anything is fetched.
        let home = match home {
            Ok(home) => home,
            Err(fault) => return Some(Box::new(Err(fault))),
        };
        Some(Box::new(word.announce(&self.deployment, home, &newest, (running, system)).await))
    }

    /// Hears what is signed, and keeps it. The outer error is this computer's, the inner one the word's.
    pub(super) async fn hear(
        &self,
        source: Source,
        shelf: Arc<Shelf>,
        now: UnixSeconds,
    ) -> Result<Result<Word, MetadataFault>, Refusal> {
        let wanted = Wanted { version: &self.installed.version, system: &self.installed.system };
        let word = Word::hear(source.clone(), &self.deployment, &shelf, wanted, now).await;
        if let (Ok(word), Source::Platform(transport)) = (&word, &source) {
            // Over this very connection came signed policy. Whether it bears out that the old key is gone, its own pins
            // say: those of the policy before may have been others.
            let next_pins = update::next_pins(&word.statement.policy);
            let dropped = transport.pins().dropped();
            shelf.drop_pin(Pins::new(&self.deployment, &next_pins, dropped).dropped());
        }
        let kept = off_thread(move || shelf.keep()).await?;
        // What was wrong with the word is the more telling.
        if word.is_ok() {
            kept?;
        }
        Ok(word)
    }

    /// Where versions go; `None` where there is no such place.
    fn home(&self) -> Option<Result<Home, UpdateFault>> {
        let slots = self.slots.clone()?;
        let program = &self.installed.program;
        if update::is_translocated(program) {
            return Some(Err(UpdateFault::Translocated(program.clone())));
        }
        // The program's own folder, or on macOS one above. By its name: the system may have told a name of its own for it.
        let named = std::fs::canonicalize(program).ok();
        let above = named.iter().flat_map(|program| program.ancestors()).skip(1).take(DEEPEST);
        let base = above.into_iter().find(|folder| folder.join(MANIFEST).is_file());
        Some(Ok(Home { slots, base: base.map(ToOwned::to_owned), patience: self.patience }))
    }
}

pub(super) fn nothing_newer() -> Refusal {
    refused(UpdateFault::NothingNewer)
}

fn refused(fault: UpdateFault) -> Refusal {
    Refusal::Update { newest: None, fault }
}
