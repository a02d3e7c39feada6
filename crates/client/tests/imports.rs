//! An update file that is brought by hand: the same checks as over the network, and words of its own for what is wrong.

// A test that cannot go on fails.
#![allow(clippy::unwrap_used)]

#[path = "support/renewal.rs"]
mod renewal;
mod support;

use std::fs::File;
use std::io::{Seek, Write};

use polder_client::gate::{Gate, Refusal};
use polder_client::update::{Staged, Update};
use polder_wire::{Code, UnixSeconds};
use renewal::{NEW, Renewal};
use support::tuf::DAY;
use support::{World, now, tls};

/// Nobody listens there: nothing in here asks the network.
const NOBODY: u16 = 9;

fn open(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    file
}

async fn import(gate: &Gate, bytes: &[u8]) -> Result<Update<Staged>, Refusal> {
    gate.import(open(bytes), UnixSeconds(now()), &|_| {}).await
}

fn written(renewal: &Renewal) -> Vec<u8> {
    renewal.release.files(&renewal.world.keys).tar()
}

#[tokio::test]
async fn an_update_file_leads_to_the_new_version_without_a_network() {
    for long in [false, true] {
        let renewal = if long { Renewal::long() } else { Renewal::new() };
        let staged = import(&renewal.gate(NOBODY), &written(&renewal)).await.unwrap();
        assert_eq!(staged.version().to_string(), NEW);
        assert!(renewal.is_in_place());
    }
}

#[tokio::test]
async fn a_file_that_brings_only_its_own_release_is_enough() {
    let renewal = Renewal::new();
    let mut files = renewal.release.files(&renewal.world.keys);
    files.files.retain(|path, _| {
        !path.contains("/releases/0.2.0/") && !path.ends_with(".polder") && !path.ends_with(".bsdiff.zst")
    });
    import(&renewal.gate(NOBODY), &files.tar()).await.unwrap();
    assert!(renewal.is_in_place());
}

#[tokio::test]
async fn a_file_of_another_deployment_is_told_apart_and_refused() {
    let renewal = Renewal::new();
    let other = Renewal::new();
    renewal.refused(import(&renewal.gate(NOBODY), &written(&other)).await, Code::UpdateFileForeign);
}

#[tokio::test]
async fn a_file_that_was_cut_anywhere_or_is_none_is_refused() {
    let renewal = Renewal::long();
    let whole = written(&renewal);
    for end in (0..whole.len() - 1024).step_by(whole.len() / 12) {
        renewal.refused(import(&renewal.gate(NOBODY), &whole[..end]).await, Code::UpdateFileDamaged);
    }
    for none in [&b"PK\x03\x04 not a tar"[..], &[0; 4096]] {
        renewal.refused(import(&renewal.gate(NOBODY), none).await, Code::UpdateFileDamaged);
    }
}

#[tokio::test]
async fn each_role_played_back_in_a_file_is_refused() {
    for (timestamp, snapshot, targets) in [(4, 5, 5), (6, 4, 5), (6, 4, 4), (6, 6, 4)] {
        let mut renewal = Renewal::new();
        renewal.release.number = 5;
        let server = renewal.server().await;
        // What the platform said before is what a file is held against.
        renewal.gate(server.port).check(UnixSeconds(now()), &|_| {}).await.unwrap_err();
        renewal.release.number = timestamp;
        renewal.release.snapshot_number = Some(snapshot);
        renewal.release.targets_number = Some(targets);
        let result = import(&renewal.gate(server.port), &written(&renewal)).await;
        renewal.refused(result, Code::UpdateFileOld);
    }
}

#[tokio::test]
async fn with_a_wiped_store_the_builds_floor_refuses_an_old_file() {
    for floor in [(2, 1, 1), (1, 2, 1), (1, 1, 2)] {
        let mut world = World::new();
        world.floor = floor;
        let renewal = Renewal::of(world);
        renewal.refused(import(&renewal.gate(NOBODY), &written(&renewal)).await, Code::UpdateFileOld);
    }
}

#[tokio::test]
async fn each_role_that_expired_in_a_file_is_refused() {
    let past = now() - 60;
    for role in ["timestamp", "snapshot", "targets", "root"] {
        let mut renewal = Renewal::new();
        renewal.release.snapshot_expires = Some(now() + DAY);
        match role {
            "timestamp" => renewal.release.timestamp_expires = past,
            "snapshot" => renewal.release.snapshot_expires = Some(past),
            "targets" => renewal.release.targets_expires = past,
            _ => renewal.world.keys.root_expires = past,
        }
        renewal.refused(import(&renewal.gate(NOBODY), &written(&renewal)).await, Code::UpdateFileOld);
    }
}

#[tokio::test]
async fn a_file_that_lacks_a_signature_or_holds_other_bytes_is_refused() {
    let mut renewal = Renewal::long();
    renewal.release.targets_signers = vec![0];
    renewal.refused(import(&renewal.gate(NOBODY), &written(&renewal)).await, Code::UpdateFileDamaged);
    renewal.release.targets_signers = vec![0, 1];
    let mut files = renewal.release.files(&renewal.world.keys);
    let archive = files.files.iter_mut().find(|(path, _)| path.ends_with(".polder.tar.zst")).unwrap().1;
    archive[1000] ^= 1;
    renewal.refused(import(&renewal.gate(NOBODY), &files.tar()).await, Code::UpdateInterrupted);
    let archive = files.files.iter_mut().find(|(path, _)| path.ends_with(".polder.tar.zst")).unwrap().1;
    archive.push(0);
    renewal.refused(import(&renewal.gate(NOBODY), &files.tar()).await, Code::UpdateNotOffered);
}

#[tokio::test]
async fn nobody_is_admitted_by_a_file() {
    let mut renewal = Renewal::new();
    renewal.release.policy["newest"]["linux-x86_64"] = "0.2.0".into();
    renewal.release.policy["min_version"] = "0.2.0".into();
    renewal.refused(import(&renewal.gate(NOBODY), &written(&renewal)).await, Code::NothingNewer);
}

#[tokio::test]
async fn what_a_file_proves_is_remembered_also_the_next_key_of_a_platform_that_was_slept_through() {
    let mut renewal = Renewal::new();
    let next = tls::key();
    renewal.release.policy["next_pins"] = serde_json::json!([tls::pin(&next)]);
    renewal.publish();
    let identity = renewal.world.ca.issue("localhost", &next);
    let files = renewal.files.clone();
    let server =
        support::server::Server::start(identity, move |request| files.lock().unwrap().answer_to(request))
            .await;
    // It never heard of the next key.
    let gate = renewal.gate(server.port);
    renewal.refused(gate.update(UnixSeconds(now()), &|_| {}).await, Code::PinMismatch);
    import(&gate, &written(&renewal)).await.unwrap();
    assert_eq!(gate.check(UnixSeconds(now()), &|_| {}).await.unwrap_err().code(), Code::Outdated);
    // And what was remembered of the file's metadata is a floor for the platform's.
    renewal.release.number = 7;
    import(&gate, &written(&renewal)).await.unwrap();
    renewal.publish_as(3);
    assert_eq!(gate.check(UnixSeconds(now()), &|_| {}).await.unwrap_err().code(), Code::MetadataRolledBack);
}
