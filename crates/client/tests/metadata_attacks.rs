//! Somebody who can serve update files, but cannot sign what they like: what is expired, older, mixed, swapped, signed
//! too little or far too large keeps the gate shut.

// A test that cannot go on fails.
#![allow(clippy::unwrap_used)]

#[path = "support/gate.rs"]
mod gate;
mod support;

use std::path::Path;

use gate::{Bench, alone, check, refused};
use polder_client::deployment::Deployment;
use polder_client::gate::Gate;
use polder_wire::{Code, UnixSeconds};
use support::now;
use support::tuf::{self, DAY};

#[tokio::test]
async fn each_role_that_expired_is_refused() {
    let past = now() - 60;
    for role in ["timestamp", "snapshot", "targets", "root"] {
        let mut bench = Bench::new();
        bench.release.snapshot_expires = Some(now() + DAY);
        match role {
            "timestamp" => bench.release.timestamp_expires = past,
            "snapshot" => bench.release.snapshot_expires = Some(past),
            "targets" => bench.release.targets_expires = past,
            _ => bench.world.keys.root_expires = past,
        }
        let server = bench.server().await;
        let refusal = bench.check(server.port).await.expect_err(role);
        assert_eq!(refusal.code(), Code::MetadataExpired, "{role}: {}", refusal.details());
    }
}

#[tokio::test]
async fn each_role_played_back_older_is_refused() {
    for (timestamp, snapshot, targets) in [(4, 5, 5), (6, 4, 5), (6, 4, 4), (6, 6, 4)] {
        let mut bench = Bench::new();
        bench.release.number = 5;
        let server = bench.server().await;
        bench.check(server.port).await.unwrap();
        bench.release.number = timestamp;
        bench.release.snapshot_number = Some(snapshot);
        bench.release.targets_number = Some(targets);
        bench.publish();
        let refusal = bench.check(server.port).await.expect_err("played back");
        let what = format!("{timestamp} {snapshot} {targets}: {}", refusal.details());
        assert_eq!(refusal.code(), Code::MetadataRolledBack, "{what}");
        // What was known before still is: the platform's own next list is taken.
        (bench.release.number, bench.release.snapshot_number, bench.release.targets_number) = (7, None, None);
        bench.publish();
        bench.check(server.port).await.unwrap();
    }
}

#[tokio::test]
async fn after_a_rotation_of_the_root_an_older_list_is_still_refused() {
    let mut bench = Bench::new();
    bench.release.number = 5;
    let server = bench.server().await;
    let gate = first_gate(&bench, server.port);
    check(&gate).await.unwrap();
    // Only the root's own keys change; whoever has the old online key could otherwise start counting anew.
    let fresh = tuf::Keys::generate();
    let old = std::mem::replace(&mut bench.world.keys.root, fresh.root);
    let new = &bench.world.keys;
    let second = tuf::root_signed_by(new, 2, &[&old[0], &old[1], &new.root[0], &new.root[1]]);
    bench.release.number = 4;
    bench.publish();
    put(&bench, "metadata/2.root.json", second);
    refused(check(&gate).await, Code::MetadataRolledBack);
}

#[tokio::test]
async fn files_of_two_releases_do_not_mix() {
    for name in ["snapshot.json", "targets.json"] {
        let mut bench = Bench::new();
        let server = bench.server().await;
        bench.release.policy["min_version"] = "0.1.0".into();
        bench.release.targets_expires += DAY;
        let other = bench.release.files(&bench.world.keys);
        let path = format!("/updates/metadata/1.{name}");
        put(&bench, &format!("metadata/1.{name}"), other.files[&path].clone());
        // The timestamp names the snapshot by its hash. The snapshot names the targets by their number alone, and
        // this one has it; but its policy has another hash than the file that lies there.
        let refusal = bench.check(server.port).await.expect_err(name);
        assert!(
            matches!(refusal.code(), Code::MetadataInvalid | Code::AnswerBroken),
            "{name}: {}",
            refusal.details()
        );
    }
}

#[tokio::test]
async fn targets_that_changed_places_are_refused() {
    let bench = Bench::new();
    let server = bench.server().await;
    let find = |end: &str| {
        let files = bench.files.lock().unwrap();
        let (name, bytes) = files.files.iter().find(|(name, _)| name.ends_with(end)).unwrap();
        (name.clone(), bytes.clone())
    };
    let ((policy, right), (_, signature)) = (find(".policy.json"), find(".minisig"));
    // As large as what belongs there, and larger.
    let same_size = signature.iter().cycle().take(right.len()).copied().collect();
    for (bytes, code) in [(same_size, Code::MetadataInvalid), (signature.repeat(9), Code::AnswerBroken)] {
        bench.files.lock().unwrap().files.insert(policy.clone(), bytes);
        refused(bench.check(server.port).await, code);
    }
}

#[tokio::test]
async fn one_key_that_signs_twice_counts_once() {
    let mut bench = Bench::new();
    for signers in [vec![0, 0], vec![1, 1, 1], vec![]] {
        bench.release.targets_signers = signers;
        let server = bench.server().await;
        refused(bench.check(server.port).await, Code::MetadataInvalid);
    }
}

#[tokio::test]
async fn a_file_of_another_role_in_its_place_is_refused() {
    for (place, other) in [
        ("metadata/timestamp.json", "/updates/metadata/1.snapshot.json"),
        ("metadata/1.snapshot.json", "/updates/metadata/timestamp.json"),
        ("metadata/1.targets.json", "/updates/metadata/1.snapshot.json"),
        ("metadata/2.root.json", "/updates/metadata/1.targets.json"),
    ] {
        let bench = Bench::new();
        let server = bench.server().await;
        let bytes = bench.files.lock().unwrap().files[other].clone();
        put(&bench, place, bytes);
        let refusal = bench.check(server.port).await.expect_err(place);
        assert_eq!(refusal.code(), Code::MetadataInvalid, "{place}: {}", refusal.details());
    }
}

#[tokio::test]
async fn a_role_that_nobody_knows_is_refused_whoever_signed_it() {
    for (place, signed) in [
        ("metadata/timestamp.json", "/updates/metadata/timestamp.json"),
        ("metadata/1.snapshot.json", "/updates/metadata/1.snapshot.json"),
        ("metadata/1.targets.json", "/updates/metadata/1.targets.json"),
    ] {
        for kind in ["mirrors", "Timestamp", ""] {
            let bench = Bench::new();
            let server = bench.server().await;
            let bytes = bench.files.lock().unwrap().files[signed].clone();
            let mut said: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            said["signed"]["_type"] = kind.into();
            let keys = &bench.world.keys;
            let all: Vec<_> = keys.targets.iter().chain([&keys.snapshot, &keys.timestamp]).collect();
            put(&bench, place, tuf::sign(&said["signed"], &all));
            let refusal = bench.check(server.port).await.expect_err(place);
            assert_eq!(refusal.code(), Code::MetadataInvalid, "{place} as {kind:?}: {}", refusal.details());
        }
    }
}

#[tokio::test]
async fn a_root_that_was_replaced_twice_and_thirty_times_is_followed() {
    for times in [2, 30] {
        let mut bench = Bench::new();
        let server = bench.server().await;
        let gate = first_gate(&bench, server.port);
        let mut roots = Vec::new();
        for version in 2..=times + 1 {
            let old = std::mem::replace(&mut bench.world.keys, tuf::Keys::generate());
            let new = &bench.world.keys;
            let signers = [&old.root[0], &old.root[2], &new.root[1], &new.root[2]];
            roots.push((version, tuf::root_signed_by(new, version, &signers)));
        }
        bench.publish();
        for (version, root) in &roots {
            put(&bench, &format!("metadata/{version}.root.json"), root.clone());
        }
        check(&gate).await.unwrap();
        // The last one alone, without those that lead to it, is nobody's.
        let (last, root) = roots.pop().unwrap();
        let stranger = Bench::new();
        stranger.publish();
        let server = support::server::Server::start(stranger.world.identity(), stranger.handler()).await;
        put(&stranger, "metadata/2.root.json", root);
        refused(stranger.check(server.port).await, Code::MetadataInvalid);
        assert!(last > 2);
    }
}

#[tokio::test]
async fn a_root_that_skips_a_number_or_lacks_the_old_holders_is_refused() {
    let mut bench = Bench::new();
    let server = bench.server().await;
    let gate = first_gate(&bench, server.port);
    let old = std::mem::replace(&mut bench.world.keys, tuf::Keys::generate());
    let new = &bench.world.keys;
    bench.publish();
    for (what, root) in [
        (
            "a later number",
            tuf::root_signed_by(new, 3, &[&old.root[0], &old.root[1], &new.root[0], &new.root[1]]),
        ),
        ("none of the old", tuf::root_signed_by(new, 2, &[&new.root[0], &new.root[1]])),
        ("one of the old", tuf::root_signed_by(new, 2, &[&old.root[0], &new.root[0], &new.root[1]])),
        ("one of the new", tuf::root_signed_by(new, 2, &[&old.root[0], &old.root[1], &new.root[0]])),
    ] {
        put(&bench, "metadata/2.root.json", root);
        let refusal = check(&gate).await.expect_err(what);
        assert_eq!(refusal.code(), Code::MetadataInvalid, "{what}: {}", refusal.details());
    }
}

#[tokio::test]
async fn a_store_that_was_cut_anywhere_counts_as_none() {
    let bench = Bench::new();
    let server = bench.server().await;
    bench.check(server.port).await.unwrap();
    let whole = store_files(&bench.data());
    assert!(!whole.is_empty());
    for (file, bytes) in &whole {
        for end in (0..bytes.len()).step_by(bytes.len() / 9 + 1) {
            std::fs::write(file, &bytes[..end]).unwrap();
            bench.check(server.port).await.unwrap();
        }
    }
}

#[tokio::test]
async fn the_store_of_another_deployment_brings_nothing() {
    let mut other = Bench::new();
    other.release.number = 90;
    other.release.policy["next_pins"] = serde_json::json!([support::tls::pin(&support::tls::key())]);
    let server = other.server().await;
    other.check(server.port).await.unwrap();

    let bench = Bench::new();
    let server = bench.server().await;
    bench.check(server.port).await.unwrap();
    for (file, bytes) in store_files(&other.data()) {
        std::fs::write(bench.data().join(file.strip_prefix(other.data()).unwrap()), bytes).unwrap();
    }
    // Its high numbers lock nobody out, and its pins are not taken.
    let admission = bench.check(server.port).await.unwrap();
    assert_eq!(admission.origin(), format!("https://localhost:{}", server.port));
}

#[tokio::test]
async fn each_file_without_end_is_cut_off() {
    for place in [
        "metadata/timestamp.json",
        "metadata/1.snapshot.json",
        "metadata/1.targets.json",
        "metadata/2.root.json",
    ] {
        let bench = Bench::new();
        let server = bench.server().await;
        put(&bench, place, vec![b' '; 32 * 1024 * 1024]);
        let refusal = bench.check(server.port).await.expect_err(place);
        assert!(
            matches!(refusal.code(), Code::AnswerBroken | Code::MetadataInvalid),
            "{place}: {}",
            refusal.details()
        );
    }
}

#[tokio::test]
async fn a_clock_far_behind_locks_nobody_out_and_one_far_ahead_is_named() {
    let bench = Bench::new();
    let server = bench.server().await;
    for behind in [0, 1, now() - 365 * DAY, now() - 40 * 365 * DAY] {
        bench.gate(server.port).check(UnixSeconds(behind), &|_| {}).await.unwrap();
    }
    for ahead in [now() + 30 * DAY, now() + 365 * DAY, i64::from(u32::MAX)] {
        let refusal = bench.gate(server.port).check(UnixSeconds(ahead), &|_| {}).await.unwrap_err();
        assert_eq!(refusal.code(), Code::ClockWrong, "{ahead}: {}", refusal.details());
    }
}

/// With the root that the bench has at this moment, whatever becomes of its keys.
fn first_gate(bench: &Bench, port: u16) -> Gate {
    let deployment = Deployment::parse(&bench.world.deployment(port)).unwrap();
    alone(Gate::new(deployment, bench.installed("0.2.0"), &bench.data()))
}

fn put(bench: &Bench, name: &str, bytes: Vec<u8>) {
    bench.files.lock().unwrap().files.insert(format!("/updates/{name}"), bytes);
}

/// What the gate remembers.
fn store_files(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(store_files(&path));
        } else {
            found.push((path.clone(), std::fs::read(&path).unwrap()));
        }
    }
    found
}
