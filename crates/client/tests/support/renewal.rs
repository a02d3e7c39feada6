//! A computer with version 0.2.0 in a slot, and a platform that has 0.3.0.

// Each test program uses its own part of it, and a test that cannot go on fails.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used)]

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use polder_client::deployment::Deployment;
use polder_client::gate::{Gate, Installed, Refusal};
use polder_client::keychain::Vault;
use polder_client::proxy::System;
use polder_client::update::{Patience, Staged, Update};
use polder_slots::{Anchor, Slots, Verified};
use polder_wire::{Code, UnixSeconds};
use semver::Version;

use crate::support::archive::{Published, SYSTEM, Slot, noise};
use crate::support::server::{Reply, Request, Server};
use crate::support::tuf::{Files, Release};
use crate::support::{World, now};

pub const OLD: &str = "0.2.0";
pub const NEW: &str = "0.3.0";
/// Nobody waits long in a test.
pub const HASTY: Patience = Patience {
    grace: Duration::from_secs(5),
    bytes_per_second: 16 * 1024,
    again: Duration::ZERO,
    others: Duration::ZERO,
};

/// What somebody does to a request before it is answered rightly.
type Meddle = dyn FnMut(&Request) -> Option<Reply> + Send;

pub struct Renewal {
    pub world: World,
    pub old: Slot,
    pub new: Slot,
    pub release: Release,
    pub published: Published,
    pub folder: tempfile::TempDir,
    pub files: Arc<Mutex<Files>>,
    pub meddle: Arc<Mutex<Box<Meddle>>>,
    pub sent: Arc<Mutex<Vec<(String, usize)>>>,
    pub patience: Patience,
    /// What runs.
    pub program: PathBuf,
}

impl Renewal {
    pub fn new() -> Self {
        Self::of(World::new())
    }

    pub fn of(world: World) -> Self {
        Self::sized(world, 600_000)
    }

    /// With a program of so many bytes, of which a few are new.
    pub fn sized(world: World, length: usize) -> Self {
        let program = noise(length, 1);
        let mut newer = program.clone();
        newer[length / 2..][..7].copy_from_slice(b"changed");
        let old = Slot::new(&world, OLD, &[("polder", &program, true), ("share/words", b"hello", false)]);
        let new = Slot::new(&world, NEW, &[("polder", &newer, true), ("share/words", b"hi", false)]);
        let mut release = world.release(&program, OLD, SYSTEM);
        let published = Published::new(&world, &new, Some(&old));
        published.add_to(&mut release);
        release.policy["newest"][SYSTEM] = NEW.into();
        release.policy["min_version"] = NEW.into();
        let folder = tempfile::tempdir().unwrap();
        old.lay_out(&folder.path().join("app/slot"));
        let program = folder.path().join("app/slot/polder");
        Self {
            world,
            old,
            new,
            release,
            published,
            folder,
            files: Arc::default(),
            meddle: Arc::new(Mutex::new(Box::new(|_| None))),
            sent: Arc::default(),
            patience: HASTY,
            program,
        }
    }

    /// Without a short way.
    pub fn long() -> Self {
        let mut renewal = Self::new();
        renewal.change(|published| published.delta = None);
        renewal
    }

    pub fn change(&mut self, change: impl FnOnce(&mut Published)) {
        change(&mut self.published);
        self.published.add_to(&mut self.release);
    }

    pub fn publish(&self) {
        *self.files.lock().unwrap() = self.release.files(&self.world.keys);
    }

    pub fn publish_as(&mut self, number: u64) {
        self.release.number = number;
        self.publish();
    }

    pub async fn server(&self) -> Server {
        self.publish();
        let (files, meddle, sent) = (self.files.clone(), self.meddle.clone(), self.sent.clone());
        Server::start(self.world.identity(), move |request| {
            let meddled = (meddle.lock().unwrap())(request);
            let reply = meddled.unwrap_or_else(|| files.lock().unwrap().answer_to(request));
            sent.lock().unwrap().push((request.path.clone(), reply.body_bytes()));
            reply
        })
        .await
    }

    /// Answers in place of the platform, where there is something.
    pub fn meddle(&self, meddle: impl FnMut(&Request) -> Option<Reply> + Send + 'static) {
        *self.meddle.lock().unwrap() = Box::new(meddle);
    }

    /// Body bytes that were sent of files whose name ends so.
    pub fn sent(&self, end: &str) -> usize {
        self.sent.lock().unwrap().iter().filter(|(path, _)| path.ends_with(end)).map(|(_, bytes)| bytes).sum()
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn slots(&self) -> Slots {
        Slots::at(&self.data(), "local")
    }

    pub fn part(&self, bytes: &[u8]) -> PathBuf {
        self.slots().incoming_folder().join(format!("{}.part", crate::support::tuf::sha256(bytes)))
    }

    pub fn deployment(&self, port: u16) -> Deployment {
        Deployment::parse(&self.world.deployment(port)).unwrap()
    }

    pub fn gate(&self, port: u16) -> Gate {
        let installed = Installed {
            version: OLD.parse().unwrap(),
            system: SYSTEM.to_owned(),
            program: self.program.clone(),
        };
        Gate::new(self.deployment(port), installed, &self.data())
            .with_network(System::of_environment(|_| None), Vault::memory())
            .with_slots(self.slots())
            .with_patience(self.patience)
    }

    pub async fn update(&self, port: u16) -> Result<Update<Staged>, Refusal> {
        self.gate(port).update(UnixSeconds(now()), &|_| {}).await
    }

    /// Whether the new version lies in its slot, whole, and starts next.
    pub fn is_in_place(&self) -> bool {
        let key = minisign_verify::PublicKey::from_base64(&self.world.minisign.pk.to_base64()).unwrap();
        let version: Version = NEW.parse().unwrap();
        let slot = Verified::open(&self.slots().slot(&version), &Anchor::new(key), SYSTEM);
        let pointed = self.slots().pointer().unwrap().is_some_and(|pointer| pointer.current == version);
        slot.is_ok_and(|slot| slot.archive_sha256().is_ok()) && pointed
    }

    /// Nothing was put in place, and nothing that failed lies about but a part to go on with.
    #[track_caller]
    pub fn untouched(&self) {
        assert_eq!(self.slots().pointer().unwrap(), None);
        assert_eq!(self.slots().list().unwrap(), Vec::<Version>::new());
        let Ok(entries) = std::fs::read_dir(self.slots().incoming_folder()) else { return };
        for entry in entries {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(name == "lock" || name.ends_with(".part"), "{name} stayed");
        }
    }

    /// The update is refused so, and nothing was changed.
    #[track_caller]
    pub fn refused(&self, result: Result<Update<Staged>, Refusal>, code: Code) -> Refusal {
        let refusal = result.expect_err("the update must not be put in place");
        assert_eq!(refusal.code(), code, "{}", refusal.details());
        self.untouched();
        refusal
    }
}
