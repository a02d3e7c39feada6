//! The state behind the window: which stage the person has reached, in one enum.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use polder_client::api;
use polder_client::deployment::Deployment;
use polder_client::gate::{Admission, Ahead, Gate, Installed, Progress, Refusal};
use polder_client::keychain::Vault;
use polder_client::proxy::Network;
use polder_client::session::{CodeStep, Door, EnrolStep, Failure, KnownDevice, NewPassword, Session};
use polder_client::surroundings::Surroundings;
use polder_client::update::Pace;
use polder_wire::project::{Layer, Opened};
use polder_wire::update::this_system;
use polder_wire::{Code, Notes, ProjectId, UnixSeconds};
use semver::Version;
use tokio::sync::watch;

use crate::deployment;
use crate::own_file::own_file;
use crate::slot::Slot;

/// All that the commands share.
pub(crate) struct Shell {
    platform: Option<Platform>,
    /// With how often it changed.
    stage: Mutex<(Turn, Stage)>,
    watch: Box<dyn Fn(&Stage) + Send + Sync>,
    /// What the gate opened for.
    opened: Mutex<Option<Admitted>>,
    version: Version,
    slot: Option<Slot>,
}

/// The next version, in place.
pub(crate) struct Next {
    pub(crate) version: Version,
    /// Whether the platform takes this one no more.
    pub(crate) due: bool,
}

/// Names the stage that a command found. What the command comes back with counts only while that stage still
/// stands: an answer that arrives after the person went back signs nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turn(u64);

struct Platform {
    gate: Gate,
    deployment: Deployment,
    vault: Vault,
    known: KnownDevice,
}

/// How far the person has come. Each stage holds what only the one before could give.
#[derive(Clone)]
pub(crate) enum Stage {
    /// The gate has not opened, or has shut again.
    Shut,
    /// The gate is open and nobody signed in.
    Admitted(Door),
    /// A password is set with a code from a letter.
    NewPassword(Door, Arc<NewPassword>),
    /// A code is asked.
    Code(Door, Arc<CodeStep>),
    /// A second step is being set up.
    Enrol(Door, Arc<EnrolStep>),
    /// Somebody is signed in.
    SignedIn(Door, Session, Arc<Manifests>),
    /// The same, and nothing is to be had before they show again who they are.
    Locked(Door, Session),
}

/// The layers of the versions that were opened in this session; the page names them, Rust knows them.
#[derive(Default)]
pub(crate) struct Manifests(Mutex<HashMap<(ProjectId, u32), Vec<Layer>>>);

/// What the gate opened for.
#[derive(Clone)]
pub(crate) struct Admitted {
    pub(crate) version: Version,
    pub(crate) checked_at: UnixSeconds,
    pub(crate) expires: UnixSeconds,
    /// SHA-256 of this program.
    pub(crate) program: [u8; 32],
    /// The key of its independent signature.
    pub(crate) key: String,
}

impl Shell {
    /// `data` is where this person's data lies.
    pub(crate) fn new(deployment: Option<Deployment>, data: &Path) -> Self {
        let version = deployment::version();
        let slot = Slot::of_this_process(deployment.as_ref(), data, &version);
        let platform = deployment.map(|deployment| {
            let installed =
                Installed { version: version.clone(), system: this_system(), program: own_file() };
            let gate = Gate::new(deployment.clone(), installed, &data.join("gate"));
            let gate = match &slot {
                Some(slot) => gate.with_slots(slot.slots().clone()),
                None => gate,
            };
            let known = KnownDevice::file(data.join("device"));
            Platform { gate, vault: Vault::system(&deployment), deployment, known }
        });
        let stage = Mutex::new((Turn(0), Stage::Shut));
        Self { platform, stage, watch: Box::new(|_| ()), opened: Mutex::default(), version, slot }
    }

    /// Calls back at each change, with the new stage. It must not ask the shell for anything.
    pub(crate) fn watched(mut self, watch: impl Fn(&Stage) + Send + Sync + 'static) -> Self {
        self.watch = Box::new(watch);
        self
    }

    /// Whom this client is for; empty when it is for nobody.
    pub(crate) fn host(&self) -> &str {
        self.platform.as_ref().map_or("", |platform| platform.deployment.host())
    }

    /// What this program is.
    pub(crate) fn version(&self) -> &Version {
        &self.version
    }

    /// Where it stands among the versions on this computer, if a launcher started it.
    pub(crate) fn slot(&self) -> Option<&Slot> {
        self.slot.as_ref()
    }

    /// Puts the newest release in place from an update file. Afterwards this program ends.
    pub(crate) async fn import(
        &self,
        file: File,
        now: UnixSeconds,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Version, Refusal> {
        let platform = self.platform.as_ref().ok_or(Refusal::NoDeployment)?;
        Ok(platform.gate.import(file, now, progress).await?.version().clone())
    }

    /// Puts the newest release in place while somebody works, if there is one.
    pub(crate) async fn stage_ahead(
        &self,
        now: UnixSeconds,
        pace: Pace,
        paused: watch::Receiver<bool>,
        progress: &(dyn Fn(&Version, Progress) + Send + Sync),
    ) -> Result<Option<Next>, Refusal> {
        let (Some(platform), Some(door)) = (&self.platform, self.stage().1.door().cloned()) else {
            return Ok(None);
        };
        let ahead = platform.gate.stage_ahead(door.admission(), now, pace, paused, progress).await?;
        Ok(ahead.map(|Ahead { update, due }| Next { version: update.version().clone(), due }))
    }

    /// What is new in this version.
    pub(crate) async fn notes(&self, now: UnixSeconds) -> Result<Option<Notes>, Failure> {
        let (_, stage) = self.stage();
        let (Some(platform), Some(door)) = (&self.platform, stage.door()) else { return Err(out_of_turn()) };
        platform.gate.notes(door.admission(), now).await.map_err(|refusal| {
            tracing::warn!(details = refusal.details(), "nobody can tell what is new");
            Failure::of(refusal.code())
        })
    }

    /// Asks the gate. Whatever was before is over: only an open gate leads on.
    pub(crate) async fn check(
        &self,
        now: UnixSeconds,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Admitted, Refusal> {
        let turn = self.shut();
        let platform = self.platform.as_ref().ok_or(Refusal::NoDeployment)?;
        let admission: Admission = platform.gate.check(now, progress).await?;
        let opened = Admitted {
            version: admission.version().clone(),
            checked_at: admission.checked_at(),
            expires: admission.expires(),
            program: admission.program(),
            key: platform.deployment.minisign_text().to_owned(),
        };
        let client = api::Client::new(admission, Surroundings::system());
        *self.opened.lock().unwrap_or_else(PoisonError::into_inner) = Some(opened.clone());
        // Where another check has begun meanwhile, that one's verdict counts.
        let door = Door::new(client, platform.vault.clone()).known_by(platform.known.clone());
        self.advance(turn, Stage::Admitted(door));
        Ok(opened)
    }

    /// The stage, and its name.
    pub(crate) fn stage(&self) -> (Turn, Stage) {
        self.lock().clone()
    }

    /// On to the next stage, if the given one still stands. Says whether it did.
    pub(crate) fn advance(&self, from: Turn, stage: Stage) -> bool {
        let mut standing = self.lock();
        let stands = standing.0 == from;
        if stands {
            self.replace(&mut standing, stage);
        }
        stands
    }

    /// The door, for whoever is not signed in.
    pub(crate) fn door(&self) -> Result<(Turn, Door), Failure> {
        match self.stage() {
            (
                turn,
                Stage::Admitted(door)
                | Stage::NewPassword(door, _)
                | Stage::Code(door, _)
                | Stage::Enrol(door, _),
            ) => Ok((turn, door)),
            (_, Stage::Shut | Stage::SignedIn(..) | Stage::Locked(..)) => Err(out_of_turn()),
        }
    }

    /// Whose password is set with a code.
    pub(crate) fn new_password(&self) -> Result<(Turn, Door, Arc<NewPassword>), Failure> {
        match self.stage() {
            (turn, Stage::NewPassword(door, step)) => Ok((turn, door, step)),
            _ => Err(out_of_turn()),
        }
    }

    /// The sign-in that waits for a code.
    pub(crate) fn code(&self) -> Result<(Turn, Door, Arc<CodeStep>), Failure> {
        match self.stage() {
            (turn, Stage::Code(door, step)) => Ok((turn, door, step)),
            _ => Err(out_of_turn()),
        }
    }

    /// The sign-in that waits for a second step to be set up.
    pub(crate) fn enrol(&self) -> Result<(Turn, Door, Arc<EnrolStep>), Failure> {
        match self.stage() {
            (turn, Stage::Enrol(door, step)) => Ok((turn, door, step)),
            _ => Err(out_of_turn()),
        }
    }

    /// Who is signed in.
    pub(crate) fn session(&self) -> Result<(Turn, Session, Arc<Manifests>), Failure> {
        match self.stage() {
            (turn, Stage::SignedIn(_, session, opened)) => Ok((turn, session, opened)),
            (_, Stage::Locked(..)) => Err(Failure::of(Code::SessionLocked)),
            _ => Err(out_of_turn()),
        }
    }

    /// Locks what is open; says whether something was. What was opened in it is let go.
    pub(crate) fn lock_session(&self) -> bool {
        let (turn, Stage::SignedIn(door, session, _)) = self.stage() else { return false };
        session.lock_here();
        self.advance(turn, Stage::Locked(door, session))
    }

    /// A session is over by the platform's word: whoever was in it is back at the door.
    pub(crate) fn end_of(&self, session: &Session) {
        let (turn, stage) = self.stage();
        if let Stage::SignedIn(door, current, _) | Stage::Locked(door, current) = stage
            && current.me().session == session.me().session
        {
            // Where another stage stands by now, it is no longer this session's to change.
            self.advance(turn, Stage::Admitted(door));
        }
    }

    /// What the gate opened for, where a page comes anew because its session was locked: it does not pass the gate again.
    pub(crate) fn opened_before_the_lock(&self) -> Option<Admitted> {
        let (_, Stage::Locked(..)) = self.stage() else { return None };
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The way to the platform, at whatever stage.
    pub(crate) fn network(&self) -> Result<&Network, Failure> {
        let platform = self.platform.as_ref().ok_or(Failure::of(Code::NoDeployment))?;
        Ok(platform.gate.network())
    }

    /// The way to the platform changes. Who is not signed in is back before the gate: what was reached so far, and a
    /// check that is under way, count no more. A session goes on, the way that it came, until the next check.
    pub(crate) fn leave_gate(&self) -> Result<(), Failure> {
        let (turn, stage) = self.stage();
        // A sign-in that ended a moment ago is not undone by it.
        let left =
            matches!(stage, Stage::SignedIn(..) | Stage::Locked(..)) || self.advance(turn, Stage::Shut);
        if left { Ok(()) } else { Err(out_of_turn()) }
    }

    /// A call failed. When its session or its sign-in is over by that, the person is back at the door. After anything
    /// else they may try again, also when this client is outdated: what they have on the screen stays until they restart.
    pub(crate) fn learn(&self, turn: Turn, failure: Failure) -> Failure {
        let (_, stage) = self.stage();
        let next = match (failure.code, stage) {
            (Code::SessionLocked, Stage::SignedIn(door, session, _)) => Stage::Locked(door, session),
            (Code::SessionOver | Code::ProofWrong, Stage::SignedIn(door, ..) | Stage::Locked(door, _))
            | (Code::SignInOver, Stage::Code(door, _) | Stage::Enrol(door, _)) => Stage::Admitted(door),
            _ => return failure,
        };
        // Where another stage stands by now, it is no longer this call's to change.
        self.advance(turn, next);
        failure
    }

    fn shut(&self) -> Turn {
        let mut standing = self.lock();
        self.replace(&mut standing, Stage::Shut);
        standing.0
    }

    /// The only place where it changes.
    fn replace(&self, standing: &mut (Turn, Stage), stage: Stage) {
        (self.watch)(&stage);
        *standing = (standing.0.next(), stage);
    }

    fn lock(&self) -> MutexGuard<'_, (Turn, Stage)> {
        // It is only ever replaced as a whole.
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stage {
    /// The door, from the gate on.
    fn door(&self) -> Option<&Door> {
        match self {
            Self::Shut => None,
            Self::Admitted(door)
            | Self::NewPassword(door, _)
            | Self::Code(door, _)
            | Self::Enrol(door, _)
            | Self::SignedIn(door, ..)
            | Self::Locked(door, _) => Some(door),
        }
    }

    /// Whether passwords, codes and keys may be on the screen.
    pub(crate) fn asks_for_secrets(&self) -> bool {
        matches!(
            self,
            Self::Admitted(_) | Self::NewPassword(..) | Self::Code(..) | Self::Enrol(..) | Self::Locked(..)
        )
    }

    /// Who is signed in, locked or not.
    pub(crate) fn whose(&self) -> Option<&Session> {
        match self {
            Self::SignedIn(_, session, _) | Self::Locked(_, session) => Some(session),
            Self::Shut | Self::Admitted(_) | Self::NewPassword(..) | Self::Code(..) | Self::Enrol(..) => None,
        }
    }
}

impl Turn {
    fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

impl Manifests {
    pub(crate) fn remember(&self, opened: &Opened) {
        let key = (opened.project.id, opened.project.latest.number);
        self.lock().insert(key, opened.manifest.layers.clone());
    }

    pub(crate) fn layer(&self, project: ProjectId, version: u32, id: &str) -> Result<Layer, Failure> {
        let layers = self.lock();
        let layer = layers.get(&(project, version)).and_then(|all| all.iter().find(|layer| layer.id == id));
        layer.cloned().ok_or(Failure::of(Code::NotFound))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(ProjectId, u32), Vec<Layer>>> {
        // Each change is a single insertion.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A command came in a stage that has no use for it. The page never does that; whoever does learns nothing.
pub(crate) fn out_of_turn() -> Failure {
    Failure::of(Code::SessionOver)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell() -> Shell {
        Shell::new(None, Path::new("nowhere"))
    }

    #[tokio::test]
    async fn a_client_that_is_for_no_platform_stays_shut() {
        let shell = shell();
        let refused = shell.check(UnixSeconds(1_790_000_000), &|_| {}).await.err().unwrap();
        assert_eq!(refused.code(), Code::NoDeployment);
        assert!(matches!(shell.stage(), (_, Stage::Shut)));
        assert_eq!(shell.host(), "");
    }

    #[test]
    fn before_the_gate_every_command_is_out_of_turn() {
        let shell = shell();
        let over = Some(Code::SessionOver);
        assert_eq!(shell.door().err().map(|failure| failure.code), over);
        assert_eq!(shell.new_password().err().map(|failure| failure.code), over);
        assert_eq!(shell.code().err().map(|failure| failure.code), over);
        assert_eq!(shell.enrol().err().map(|failure| failure.code), over);
        assert_eq!(shell.session().err().map(|failure| failure.code), over);
    }

    #[test]
    fn what_comes_back_too_late_moves_nothing() {
        let shell = shell();
        let (early, _) = shell.stage();
        let later = shell.shut();
        assert_ne!(early, later);
        assert!(!shell.advance(early, Stage::Shut));
        assert_eq!(shell.stage().0, later);
        shell.learn(early, Failure::of(Code::ClientOutdated));
        assert_eq!(shell.stage().0, later);
        assert!(shell.advance(later, Stage::Shut));
        assert_ne!(shell.stage().0, later);
    }

    #[test]
    fn after_a_change_of_the_way_no_check_from_before_opens_the_gate() {
        let shell = shell();
        let checking = shell.shut();
        assert!(shell.leave_gate().is_ok());
        assert!(!shell.advance(checking, Stage::Shut));
    }

    #[test]
    fn a_client_that_is_for_no_platform_needs_no_way_to_one() {
        assert_eq!(shell().network().unwrap_err().code, Code::NoDeployment);
    }

    #[test]
    fn a_layer_of_a_version_that_was_not_opened_does_not_exist() {
        let project = "0123456789abcdef0123456789abcdef".parse().unwrap();
        let missing = Manifests::default().layer(project, 1, "water").unwrap_err();
        assert_eq!(missing.code, Code::NotFound);
    }
}
