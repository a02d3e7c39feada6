//! Whether this program may run: only the newest verified release may.
//!
//! Each step consumes the one before (`Unchecked` -> `Reached` -> `Measured` -> [`Admission`]), the
//! decision itself is pure ([`decide`]), and everything that cannot be verified is a [`Refusal`].

mod admission;
mod decide;
mod program;
mod refusal;
mod renew;

pub use admission::Admission;
pub use decide::{Alteration, Facts, Ground, Release, Signature, Verdict, decide};
pub use refusal::Refusal;
pub use renew::Ahead;

use std::io;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;

use polder_slots::Slots;
use polder_wire::UnixSeconds;
use polder_wire::update::signature_target;
use semver::Version;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::deployment::Deployment;
use crate::keychain::Vault;
use crate::proxy::{Network, System};
use crate::transport::{Pins, Transport};
use crate::update::{self, MetadataFault, Patience, Shelf, Source, StoreFault, Word};

/// The program that is to be admitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// Its version.
    pub version: Version,
    /// The system that it was built for, as [`polder_wire::update::this_system`] says.
    pub system: String,
    /// Its own file.
    pub program: PathBuf,
}

/// What the gate is doing, for the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Asking the platform for signed metadata.
    Reaching,
    /// Verifying this program's own bytes.
    Verifying,
    /// Comparing them with what is signed.
    Comparing,
    /// Fetching a newer release.
    Downloading,
    /// Unpacking it, and checking each of its files.
    Unpacking,
}

/// How far the gate is, for the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What it is doing.
    pub step: Step,
    /// Bytes that were verified, fetched or unpacked so far, whichever the step does.
    pub done: u64,
    /// Of so many; 0 while that is not known.
    pub total: u64,
}

/// The gate of one deployment.
#[derive(Debug, Clone)]
pub struct Gate {
    deployment: Deployment,
    installed: Installed,
    folder: PathBuf,
    network: Network,
    slots: Option<Slots>,
    patience: Patience,
}

impl Gate {
    /// `data` is the folder below which the gate remembers verified metadata and the choice of proxy, each
    /// deployment by its name.
    pub fn new(deployment: Deployment, installed: Installed, data: &Path) -> Self {
        let folder = data.join(deployment.name());
        let vault = Vault::system_proxy(&deployment, &folder);
        let network = Network::new(deployment.clone(), &folder, System::of_this_computer(), vault);
        Self { deployment, installed, folder, network, slots: None, patience: Patience::USUAL }
    }

    /// The same gate, with another place for this computer's own setting and for the proxy's password.
    #[must_use]
    pub fn with_network(self, system: System, vault: Vault) -> Self {
        let network = Network::new(self.deployment.clone(), &self.folder, system, vault);
        Self { network, ..self }
    }

    /// Where this deployment's things lie among the person's data.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The choice of proxy. It is read at each check; what was admitted before keeps the way that it has.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Asks the platform, verifies, and decides. Can be called again after a refusal.
    ///
    /// `now` is this computer's clock; it is not believed where signed data proves that more time has
    /// passed.
    ///
    /// # Errors
    /// A [`Refusal`] for whatever could not be verified.
    pub async fn check(
        &self,
        now: UnixSeconds,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Admission, Refusal> {
        progress(Progress { step: Step::Reaching, done: 0, total: 0 });
        let unchecked = self.begin(now).await?;
        // Beside the platform's answers, which take about as long.
        let reading = self.read(&unchecked.shelf);
        let reached = Box::pin(unchecked.reach()).await?;
        let measured = reached.measure(reading, progress).await?;
        let length = measured.facts.length;
        progress(Progress { step: Step::Comparing, done: length, total: length });
        Box::pin(measured.judge()).await
    }

    async fn begin(&self, clock: UnixSeconds) -> Result<Unchecked<'_>, Refusal> {
        let shelf = self.shelf().await?;
        let known = update::recall(&self.deployment, &shelf);
        let floor = self.floor(&known);
        let route = self.network.route().await?.map_err(crate::TransportError::Proxy)?;
        let pins = Pins::new(&self.deployment, &known.next_pins, shelf.dropped_pin());
        let transport = Transport::new(&self.deployment, pins, floor, &self.identity(), route)?;
        let now = clock.max(floor);
        Ok(Unchecked { gate: self, shelf, transport: Arc::new(transport), clock, now })
    }

    async fn shelf(&self) -> Result<Arc<Shelf>, Refusal> {
        let folder = self.folder.clone();
        let shelf = off_thread(move || Shelf::open(&folder)).await?;
        Ok(Arc::new(shelf.map_err(Refusal::from)?))
    }

    /// This much time has passed for certain.
    fn floor(&self, known: &update::Known) -> UnixSeconds {
        self.deployment.built_at().max(known.issued.unwrap_or(UnixSeconds(0)))
    }

    /// Begins to read this program's own bytes.
    fn read(&self, shelf: &Shelf) -> Reading {
        let installed = self.installed.clone();
        let key = self.deployment.minisign_key().clone();
        let at_hand = shelf.kept(&signature_target(&installed.version, &installed.system));
        let (tell, told) = watch::channel((0, 0));
        let read = tokio::task::spawn_blocking(move || {
            program::read(&installed, at_hand, &key, &|done, total| {
                tell.send_replace((done, total));
            })
        });
        Reading { read, told }
    }

    /// What this program calls itself towards the platform.
    fn identity(&self) -> String {
        format!("{} {}", self.installed.version, self.installed.system)
    }
}

/// The platform was not asked yet.
struct Unchecked<'a> {
    gate: &'a Gate,
    shelf: Arc<Shelf>,
    transport: Arc<Transport>,
    clock: UnixSeconds,
    now: UnixSeconds,
}

impl<'a> Unchecked<'a> {
    async fn reach(self) -> Result<Reached<'a>, Refusal> {
        let Self { gate, shelf, transport, clock, now } = self;
        let word = gate.hear(Source::Platform(Arc::clone(&transport)), shelf, now).await?;
        let word = word.map_err(|fault| Refusal::of_metadata(fault, clock))?;
        Ok(Reached::new(gate, Some(transport), word, now))
    }
}

/// This program's own bytes, while they are read.
struct Reading {
    read: JoinHandle<io::Result<program::Read>>,
    told: watch::Receiver<(u64, u64)>,
}

/// Signed metadata is here, verified and fresh, and remembered.
struct Reached<'a> {
    gate: &'a Gate,
    /// `None` when it did not come from the platform: then nobody is admitted by it.
    transport: Option<Arc<Transport>>,
    word: Word,
    now: UnixSeconds,
}

impl<'a> Reached<'a> {
    fn new(gate: &'a Gate, transport: Option<Arc<Transport>>, word: Word, now: UnixSeconds) -> Self {
        // The signers' time: if they signed this, it is not earlier.
        let now = now.max(word.statement.policy.issued);
        Self { gate, transport, word, now }
    }

    /// The release that should run instead, where its version alone tells.
    fn newer(&self) -> Option<Version> {
        let Installed { version, system, .. } = &self.gate.installed;
        let statement = &self.word.statement;
        if self.now < statement.expires { decide::newer(&statement.policy, version, system) } else { None }
    }

    /// Says so, with the way to it.
    async fn outdated(self, newest: Version) -> Refusal {
        let Self { gate, word, .. } = self;
        let offer = gate.offer(word, &Ground::Outdated(newest.clone())).await;
        Refusal::Outdated { installed: gate.installed.version.clone(), newest, offer }
    }

    async fn measure(
        self,
        reading: Reading,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Measured<'a>, Refusal> {
        let Self { gate, transport, word, now } = self;
        let statement = &word.statement;
        let Reading { read, mut told } = reading;
        let mut reading = pin!(finished(read));
        let read = loop {
            let (done, total) = *told.borrow_and_update();
            progress(Progress { step: Step::Verifying, done, total });
            tokio::select! {
                biased;
                read = &mut reading => break read?.map_err(Refusal::ProgramUnreadable)?,
                Ok(()) = told.changed() => {}
            }
        };
        let installed = gate.installed.clone();
        let key = gate.deployment.minisign_key().clone();
        let signature = statement.signature.clone();
        let facts = off_thread(move || program::facts(&read, &installed, signature.as_deref(), &key)).await?;
        let release = Release {
            policy: statement.policy.clone(),
            program: statement.program.map(|file| (file.length, file.sha256)),
            expires: statement.expires,
        };
        Ok(Measured { gate, transport, word, release, facts, now })
    }
}

/// This program's own bytes are known too.
struct Measured<'a> {
    gate: &'a Gate,
    transport: Option<Arc<Transport>>,
    word: Word,
    release: Release,
    facts: Facts,
    now: UnixSeconds,
}

impl Measured<'_> {
    async fn judge(self) -> Result<Admission, Refusal> {
        let Self { gate, transport, word, release, facts, now } = self;
        if let Verdict::Refuse(ground) = decide(&release, &facts, now) {
            let offer = gate.offer(word, &ground).await;
            return Err(Refusal::of_ground(ground, &facts, offer));
        }
        let Some(transport) = transport else { return Err(renew::nothing_newer()) };
        // The policy may have brought pins for the time to come.
        let next_pins = update::next_pins(&release.policy);
        let transport = if transport.pins().next() == next_pins {
            transport
        } else {
            let route = transport.route().clone();
            let pins = Pins::new(&gate.deployment, &next_pins, transport.pins().dropped());
            Arc::new(Transport::new(&gate.deployment, pins, now, &gate.identity(), route)?)
        };
        Ok(Admission::new(transport, facts.version, now, release.expires, facts.sha256))
    }
}

/// Files are read and written off the threads that serve the window.
async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    finished(tokio::task::spawn_blocking(work)).await
}

async fn finished<T>(work: JoinHandle<T>) -> Result<T, Refusal> {
    work.await.map_err(|error| Refusal::Unexpected(Box::new(error)))
}

impl From<StoreFault> for Refusal {
    fn from(fault: StoreFault) -> Self {
        Self::Store(fault)
    }
}

impl From<crate::TransportError> for Refusal {
    fn from(error: crate::TransportError) -> Self {
        Self::Metadata(MetadataFault::Transport(error))
    }
}

#[cfg(fuzzing)]
pub(crate) fn fuzz_signature(bytes: &[u8]) {
    program::fuzz(bytes);
}
