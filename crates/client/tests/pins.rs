//! The platform's key is replaced: clients that were told beforehand follow, and the old key is worth nothing afterwards.

// A test that cannot go on fails.
#![allow(clippy::unwrap_used)]

#[path = "support/gate.rs"]
mod gate;
mod support;

use base64::{Engine, engine::general_purpose::STANDARD};
use gate::{Bench, check, refused};
use polder_client::api::Client;
use polder_client::keychain::Vault;
use polder_client::session::Door;
use polder_client::surroundings::Surroundings;
use polder_wire::Code;
use rcgen::KeyPair;
use serde_json::json;
use support::server::Server;
use support::tls::{self, Identity};
use tokio::net::TcpListener;

/// With signed policy that names the next key, and a server whose key changes on the same port.
struct Rotation {
    bench: Bench,
    next: KeyPair,
    port: u16,
    server: Option<Server>,
}

impl Rotation {
    async fn begin() -> Self {
        let mut bench = Bench::new();
        let next = tls::key();
        bench.release.policy["next_pins"] = json!([tls::pin(&next)]);
        bench.publish();
        let server = Server::start(bench.world.identity(), bench.handler()).await;
        Self { bench, next, port: server.port, server: Some(server) }
    }

    async fn shows(&mut self, identity: Identity) {
        if let Some(mut server) = self.server.take() {
            server.stop().await;
        }
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.unwrap();
        let versions = [&rustls::version::TLS13, &rustls::version::TLS12];
        self.server = Some(Server::start_on(listener, identity, &versions, self.bench.handler()));
    }

    async fn shows_next(&mut self) {
        let identity = self.bench.world.ca.issue("localhost", &self.next);
        self.shows(identity).await;
    }

    async fn shows_old(&mut self) {
        let identity = self.bench.world.identity();
        self.shows(identity).await;
    }
}

#[tokio::test]
async fn a_running_client_follows_to_the_next_key_and_the_old_one_is_worth_nothing_then() {
    let mut rotation = Rotation::begin().await;
    let gate = rotation.bench.gate(rotation.port);
    let door = Door::new(Client::new(check(&gate).await.unwrap(), Surroundings::system()), Vault::memory());
    let sign_in =
        async || door.password("a@b", polder_wire::Secret::new("x".to_owned()), true).await.unwrap_err().code;
    // The platform is no more than its update files here: it answers, over a connection that holds.
    assert_eq!(sign_in().await, Code::AnswerBroken);
    rotation.shows_next().await;
    assert_eq!(sign_in().await, Code::AnswerBroken);
    // A thief of the old key comes back, to the client that runs.
    rotation.shows_old().await;
    assert_eq!(sign_in().await, Code::PinMismatch);
}

#[tokio::test]
async fn after_a_check_over_the_next_key_the_old_one_stays_dropped_also_after_a_restart() {
    let mut rotation = Rotation::begin().await;
    let bench = |rotation: &Rotation| rotation.bench.gate(rotation.port);
    check(&bench(&rotation)).await.unwrap();
    rotation.shows_old().await;
    check(&bench(&rotation)).await.expect("while the next key was not met, the old one counts");
    rotation.shows_next().await;
    check(&bench(&rotation)).await.unwrap();
    rotation.shows_old().await;
    refused(check(&bench(&rotation)).await, Code::PinMismatch);
    // Also when policy names yet another one meanwhile, and the backup counts as before.
    rotation.shows_next().await;
    let third = tls::key();
    rotation.bench.release.number = 2;
    rotation.bench.release.policy["next_pins"] = json!([tls::pin(&third)]);
    rotation.bench.publish();
    check(&bench(&rotation)).await.unwrap();
    rotation.shows_old().await;
    refused(check(&bench(&rotation)).await, Code::PinMismatch);
    let backup = rotation.bench.world.ca.issue("localhost", &rotation.bench.world.backup_key);
    rotation.shows(backup).await;
    check(&bench(&rotation)).await.unwrap();
}

#[tokio::test]
async fn a_client_that_slept_through_the_change_follows_at_its_next_start() {
    let mut rotation = Rotation::begin().await;
    check(&rotation.bench.gate(rotation.port)).await.unwrap();
    // Months later. What it knew has expired long ago; that it was signed has not.
    rotation.bench.release.number = 9;
    rotation.bench.publish();
    rotation.shows_next().await;
    check(&rotation.bench.gate(rotation.port)).await.unwrap();
    rotation.shows_old().await;
    refused(check(&rotation.bench.gate(rotation.port)).await, Code::PinMismatch);
}

#[tokio::test]
async fn a_wiped_store_falls_back_to_what_was_built_in() {
    let mut rotation = Rotation::begin().await;
    check(&rotation.bench.gate(rotation.port)).await.unwrap();
    rotation.shows_next().await;
    check(&rotation.bench.gate(rotation.port)).await.unwrap();
    std::fs::remove_dir_all(rotation.bench.data()).unwrap();
    refused(check(&rotation.bench.gate(rotation.port)).await, Code::PinMismatch);
    rotation.shows_old().await;
    check(&rotation.bench.gate(rotation.port)).await.unwrap();
    rotation.shows_next().await;
    check(&rotation.bench.gate(rotation.port)).await.unwrap();
}

#[tokio::test]
async fn who_shows_the_next_certificate_without_its_key_drops_nothing() {
    let mut rotation = Rotation::begin().await;
    let gate = rotation.bench.gate(rotation.port);
    let door = Door::new(Client::new(check(&gate).await.unwrap(), Surroundings::system()), Vault::memory());
    let secret = || polder_wire::Secret::new("x");
    let sign_in = async || door.password("a@b", secret(), true).await.unwrap_err().code;
    // The certificate is public; the signature in the handshake is another key's.
    let shown = rotation.bench.world.ca.issue("localhost", &rotation.next);
    rotation.shows(shown.with_key_of(&tls::key())).await;
    assert_eq!(sign_in().await, Code::CertificateInvalid);
    check(&gate).await.unwrap_err();
    rotation.shows_old().await;
    assert_eq!(sign_in().await, Code::AnswerBroken, "the old key still counts, also for who runs");
    check(&gate).await.expect("and at the next start");
}

#[tokio::test]
async fn a_store_that_claims_a_dropped_key_is_not_believed_without_policy() {
    let bench = Bench::new();
    let server = bench.server().await;
    check(&bench.gate(server.port)).await.unwrap();
    let store = bench.data().join("local/trusted.json");
    let mut kept: serde_json::Value = serde_json::from_slice(&std::fs::read(&store).unwrap()).unwrap();
    kept["files"]["dropped_pin"] = STANDARD.encode(tls::pin(&bench.world.server_key)).into();
    std::fs::write(&store, kept.to_string()).unwrap();
    check(&bench.gate(server.port)).await.expect("nobody is locked out by a line in a file");
}
