//! A platform with one release in front of a gate.

// Each test program uses its own part of it, and a test that cannot go on fails.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used)]

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use polder_client::deployment::Deployment;
use polder_client::gate::{Admission, Gate, Installed, Refusal};
use polder_client::keychain::Vault;
use polder_client::proxy::System;
use polder_wire::{Code, UnixSeconds};

use crate::support::server::{Reply, Request, Server};
use crate::support::tls::Identity;
use crate::support::tuf::{Files, Release};
use crate::support::{World, now};

pub const SYSTEM: &str = "linux-x86_64";
pub const PROGRAM: &[u8] = b"the program's own bytes";

/// A platform with one release, and the program that is to be admitted.
pub struct Bench {
    pub world: World,
    pub release: Release,
    pub folder: tempfile::TempDir,
    pub files: Arc<Mutex<Files>>,
}

impl Bench {
    pub fn new() -> Self {
        let world = World::new();
        let release = world.release(PROGRAM, "0.2.0", SYSTEM);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("polder"), PROGRAM).unwrap();
        Self { world, release, folder, files: Arc::default() }
    }

    pub fn publish(&self) {
        *self.files.lock().unwrap() = self.release.files(&self.world.keys);
    }

    pub fn handler(&self) -> impl Fn(&Request) -> Reply + Send + Sync + 'static {
        let files = Arc::clone(&self.files);
        move |request| files.lock().unwrap().answer(&request.path)
    }

    pub async fn server(&self) -> Server {
        self.publish();
        Server::start(self.world.identity(), self.handler()).await
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn gate(&self, port: u16) -> Gate {
        let deployment = Deployment::parse(&self.world.deployment(port)).unwrap();
        alone(Gate::new(deployment, self.installed("0.2.0"), &self.data()))
    }

    pub fn installed(&self, version: &str) -> Installed {
        Installed {
            version: version.parse().unwrap(),
            system: SYSTEM.to_owned(),
            program: self.folder.path().join("polder"),
        }
    }

    pub async fn check(&self, port: u16) -> Result<Admission, Refusal> {
        check(&self.gate(port)).await
    }

    /// With a server of this identity, and all else in order.
    pub async fn meet(&self, identity: Identity) -> Result<Admission, Refusal> {
        self.publish();
        let server = Server::start(identity, self.handler()).await;
        self.check(server.port).await
    }
}

/// Whatever proxy the computer that tests is set to.
pub fn alone(gate: Gate) -> Gate {
    gate.with_network(System::of_environment(|_| None), Vault::memory())
}

pub async fn check(gate: &Gate) -> Result<Admission, Refusal> {
    gate.check(UnixSeconds(now()), &|_| {}).await
}

#[track_caller]
pub fn refused(result: Result<Admission, Refusal>, code: Code) -> Refusal {
    let refusal = result.expect_err("the gate must stay shut");
    assert_eq!(refusal.code(), code, "{}", refusal.details());
    assert!(refusal.details().starts_with(code.reference()), "{}", refusal.details());
    refusal
}
