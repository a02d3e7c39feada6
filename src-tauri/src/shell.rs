//! The state behind the window: which stage the person has reached, in one enum.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use polder_client::deployment::Deployment;
use polder_client::gate::{Admission, Gate, Installed, Refusal, Step};
use polder_client::keychain::Vault;
use polder_client::session::{CodeStep, Door, EnrolStep, Failure, Session};
use polder_client::surroundings::Surroundings;
use polder_client::{api, session};
use polder_wire::project::{Layer, Opened};
use polder_wire::update::this_system;
use polder_wire::{Code, ProjectId, UnixSeconds};
use semver::Version;

/// All that the commands share.
pub(crate) struct Shell {
    platform: Option<Platform>,
    stage: Mutex<Stage>,
}

struct Platform {
    gate: Gate,
    deployment: Deployment,
    vault: Vault,
}

/// How far the person has come. Each stage holds what only the one before could give.
#[derive(Clone)]
pub(crate) enum Stage {
    /// The gate has not opened, or has shut again.
    Shut,
    /// The gate is open and nobody signed in.
    Admitted(Door),
    /// A code is asked.
    Code(Door, Arc<CodeStep>),
    /// A second step is being set up.
    Enrol(Door, Arc<EnrolStep>),
    /// Somebody is signed in.
    SignedIn(Door, Session, Arc<Manifests>),
}

/// The layers of the versions that were opened in this session; the page names them, Rust knows them.
#[derive(Default)]
pub(crate) struct Manifests(Mutex<HashMap<(ProjectId, u32), Vec<Layer>>>);

impl Shell {
    pub(crate) fn new(deployment: Option<Deployment>, data: PathBuf) -> Self {
        let platform = deployment.map(|deployment| Platform {
            gate: Gate::new(deployment.clone(), installed(), data),
            vault: Vault::system(&deployment),
            deployment,
        });
        Self { platform, stage: Mutex::new(Stage::Shut) }
    }

    /// Whom this client is for; empty when it is for nobody.
    pub(crate) fn host(&self) -> &str {
        self.platform.as_ref().map_or("", |platform| platform.deployment.host())
    }

    /// Asks the gate. Whatever was before is over: only an open gate leads on.
    pub(crate) async fn check(
        &self,
        now: UnixSeconds,
        progress: &(dyn Fn(Step) + Send + Sync),
    ) -> Result<(Version, UnixSeconds), Refusal> {
        self.enter(Stage::Shut);
        let platform = self.platform.as_ref().ok_or(Refusal::NoDeployment)?;
        let admission: Admission = platform.gate.check(now, progress).await?;
        let opened = (admission.version().clone(), admission.checked_at());
        let client = api::Client::new(admission, Surroundings::system());
        self.enter(Stage::Admitted(Door::new(client, platform.vault.clone())));
        Ok(opened)
    }

    pub(crate) fn stage(&self) -> Stage {
        self.lock().clone()
    }

    pub(crate) fn enter(&self, stage: Stage) {
        *self.lock() = stage;
    }

    /// The door, from any stage past the gate.
    pub(crate) fn door(&self) -> Result<Door, Failure> {
        match self.stage() {
            Stage::Admitted(door)
            | Stage::Code(door, _)
            | Stage::Enrol(door, _)
            | Stage::SignedIn(door, ..) => Ok(door),
            Stage::Shut => Err(out_of_turn()),
        }
    }

    /// Who is signed in.
    pub(crate) fn session(&self) -> Result<(Session, Arc<Manifests>), Failure> {
        match self.stage() {
            Stage::SignedIn(_, session, opened) => Ok((session, opened)),
            Stage::Shut | Stage::Admitted(_) | Stage::Code(..) | Stage::Enrol(..) => Err(out_of_turn()),
        }
    }

    /// A session begins.
    pub(crate) fn signed_in(&self, door: Door, session: Session) {
        self.enter(Stage::SignedIn(door, session, Arc::default()));
    }

    /// A call of a session failed: when it is over, the person is back at the door; when this client is
    /// outdated, back before the gate.
    pub(crate) fn learn(&self, failure: session::Failure) -> session::Failure {
        match failure.code {
            Code::SessionOver => {
                if let Ok(door) = self.door() {
                    self.enter(Stage::Admitted(door));
                }
            }
            Code::ClientOutdated | Code::MetadataExpired => self.enter(Stage::Shut),
            _ => {}
        }
        failure
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Stage> {
        // It is only ever replaced as a whole.
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
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
        layer.cloned().ok_or(Failure { code: Code::NotFound, retry_after: None })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(ProjectId, u32), Vec<Layer>>> {
        // Each change is a single insertion.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A command came in a stage that has no use for it. The page never does that; whoever does learns nothing.
pub(crate) fn out_of_turn() -> Failure {
    Failure { code: Code::SessionOver, retry_after: None }
}

fn installed() -> Installed {
    // `CARGO_PKG_VERSION` is a version, or Cargo would not have built this.
    let version = env!("CARGO_PKG_VERSION").parse().unwrap_or(Version::new(0, 0, 0));
    Installed { version, system: this_system(), program: own_file() }
}

/// The very file that runs, also when something else lies at its path by now.
#[cfg(target_os = "linux")]
fn own_file() -> PathBuf {
    PathBuf::from("/proc/self/exe")
}

#[cfg(not(target_os = "linux"))]
fn own_file() -> PathBuf {
    // An empty path cannot be read, which the gate refuses.
    std::env::current_exe().unwrap_or_default()
}
