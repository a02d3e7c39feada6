//! The gate against real servers: what is admitted, and each kind of refusal.
//!
//! Named by the attack or the mishap.

// A test that cannot go on fails.
#![allow(clippy::unwrap_used)]

#[path = "support/gate.rs"]
mod gate;
mod support;

use std::collections::BTreeSet;
use std::sync::Mutex;

use base64::{Engine, engine::general_purpose::STANDARD};
use gate::{Bench, PROGRAM, SYSTEM, alone, check, refused};
use polder_client::deployment::Deployment;
use polder_client::gate::{Gate, Progress, Step};
use polder_wire::{Code, UnixSeconds};
use support::server::{Reply, Server, closed_port};
use support::tls::{self, Authority, Identity};
use support::tuf::{self, DAY};
use support::{World, now};

#[tokio::test]
async fn the_newest_verified_release_is_admitted() {
    let bench = Bench::new();
    let server = bench.server().await;
    let progress = Mutex::new(Vec::new());
    let before = now();
    let gate = bench.gate(server.port);
    let note = |told: Progress| progress.lock().unwrap().push(told);
    let admission = gate.check(UnixSeconds(before), &note).await.unwrap();
    let told = progress.into_inner().unwrap();
    let steps: BTreeSet<_> = told.iter().map(|progress| progress.step).collect();
    assert_eq!(Vec::from_iter(steps), [Step::Reaching, Step::Verifying, Step::Comparing]);
    assert!(told.is_sorted_by_key(|progress| (progress.step, progress.done)));
    let size = PROGRAM.len() as u64;
    assert_eq!(told.last(), Some(&Progress { step: Step::Comparing, done: size, total: size }));
    assert_eq!(hex::encode(admission.program()), tuf::sha256(PROGRAM));
    assert_eq!(admission.version().to_string(), "0.2.0");
    assert_eq!(admission.checked_at(), UnixSeconds(before));
    assert_eq!(admission.expires(), UnixSeconds(bench.release.timestamp_expires));
    assert_eq!(admission.origin(), format!("https://localhost:{}", server.port));
    for request in server.requests() {
        assert_eq!(request.headers["polder-client"], format!("0.2.0 {SYSTEM}"));
        assert!(!request.headers.contains_key("accept-encoding"));
    }
    let (version, group) = server.handshakes()[0];
    assert_eq!(version, rustls::ProtocolVersion::TLSv1_3);
    assert_eq!(group, rustls::NamedGroup::X25519MLKEM768);
}

#[tokio::test]
async fn the_backup_pin_is_accepted() {
    let bench = Bench::new();
    bench.meet(bench.world.ca.issue("localhost", &bench.world.backup_key)).await.unwrap();
}

#[tokio::test]
async fn a_certificate_of_the_right_ca_with_another_key_is_refused() {
    let bench = Bench::new();
    refused(bench.meet(bench.world.ca.issue("localhost", &tls::key())).await, Code::PinMismatch);
}

#[tokio::test]
async fn a_certificate_of_an_unknown_ca_is_refused_even_with_the_pinned_key() {
    let bench = Bench::new();
    let other = Authority::new("Somebody else");
    refused(bench.meet(other.issue("localhost", &bench.world.server_key)).await, Code::UnknownIssuer);
}

#[tokio::test]
async fn a_false_ca_that_bears_the_right_name_is_refused() {
    let bench = Bench::new();
    let other = Authority::new("Polder test CA");
    refused(bench.meet(other.issue("localhost", &bench.world.server_key)).await, Code::UnknownIssuer);
}

#[tokio::test]
async fn a_self_signed_certificate_is_refused_even_with_the_pinned_key() {
    let bench = Bench::new();
    let mut params = tls::leaf("localhost");
    refused(bench.meet(Identity::self_signed(&params, &bench.world.server_key)).await, Code::UnknownIssuer);
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    refused(bench.meet(Identity::self_signed(&params, &bench.world.server_key)).await, Code::UnknownIssuer);
}

#[tokio::test]
async fn an_expired_certificate_is_refused() {
    let bench = Bench::new();
    let mut params = tls::leaf("localhost");
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    refused(
        bench.meet(bench.world.ca.issue_with(&params, &bench.world.server_key)).await,
        Code::CertificateTime,
    );
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let bench = Bench::new();
    let identity = bench.world.ca.issue("elsewhere.example", &bench.world.server_key);
    refused(bench.meet(identity).await, Code::CertificateName);
}

#[tokio::test]
async fn plain_http_is_refused() {
    let bench = Bench::new();
    let server = Server::start_plain(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").await;
    refused(bench.check(server.port).await, Code::NotSecure);
}

#[tokio::test]
async fn a_listener_that_hangs_up_is_refused() {
    let bench = Bench::new();
    let server = Server::start_plain(b"").await;
    refused(bench.check(server.port).await, Code::NotSecure);
}

#[tokio::test]
async fn a_closed_port_is_told_from_a_wrong_answer() {
    refused(Bench::new().check(closed_port().await).await, Code::Unreachable);
}

#[tokio::test]
async fn an_unknown_name_is_told_from_a_closed_port() {
    let bench = Bench::new();
    let mut deployment = bench.world.deployment_value(1);
    // RFC 6761: `invalid` never resolves.
    deployment["origin"] = "https://polder.invalid:4443".into();
    let deployment = Deployment::parse(deployment.to_string().as_bytes()).unwrap();
    let gate = alone(Gate::new(deployment, bench.installed("0.2.0"), &bench.data()));
    refused(check(&gate).await, Code::Offline);
}

#[tokio::test]
async fn tls_1_2_is_accepted_as_the_floor() {
    let bench = Bench::new();
    bench.publish();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server =
        Server::start_on(listener, bench.world.identity(), &[&rustls::version::TLS12], bench.handler());
    bench.check(server.port).await.unwrap();
    assert_eq!(server.handshakes()[0].0, rustls::ProtocolVersion::TLSv1_2);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let bench = Bench::new();
    let elsewhere = bench.server().await;
    let target = format!("https://localhost:{}/updates/metadata/timestamp.json", elsewhere.port);
    let server =
        Server::start(bench.world.identity(), move |_| Reply::new(302, "").with("location", target.clone()))
            .await;
    refused(bench.check(server.port).await, Code::AnswerBroken);
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn endless_metadata_is_cut_off() {
    let bench = Bench::new();
    bench.publish();
    bench
        .files
        .lock()
        .unwrap()
        .files
        .insert("/updates/metadata/timestamp.json".to_owned(), vec![b' '; 20_000]);
    let server = Server::start(bench.world.identity(), bench.handler()).await;
    refused(bench.check(server.port).await, Code::AnswerBroken);
}

#[tokio::test]
async fn an_answer_that_is_cut_off_is_refused() {
    let bench = Bench::new();
    let server =
        Server::start(bench.world.identity(), |_| Reply { cut_off: true, ..Reply::new(200, "{") }).await;
    refused(bench.check(server.port).await, Code::AnswerBroken);
}

#[tokio::test]
async fn only_404_means_that_there_is_no_newer_root() {
    for (status, code) in [(403, Code::AnswerBroken), (503, Code::Busy), (500, Code::Internal)] {
        let bench = Bench::new();
        bench.publish();
        let files = bench.handler();
        let server = Server::start(bench.world.identity(), move |request| {
            if request.path.ends_with("2.root.json") { Reply::new(status, "") } else { files(request) }
        })
        .await;
        refused(bench.check(server.port).await, code);
    }
}

#[tokio::test]
async fn an_expired_timestamp_is_refused() {
    let mut bench = Bench::new();
    bench.release.timestamp_expires = now() - 60;
    let server = bench.server().await;
    refused(bench.check(server.port).await, Code::MetadataExpired);
}

#[tokio::test]
async fn metadata_that_only_a_wrong_clock_sees_expired_is_named_so() {
    let bench = Bench::new();
    let server = bench.server().await;
    let gate = bench.gate(server.port);
    let refusal = refused(gate.check(UnixSeconds(now() + 5 * DAY), &|_| {}).await, Code::ClockWrong);
    let off_by = refusal.clock_off_by().unwrap();
    assert!((off_by - 5 * DAY).abs() < 60, "{off_by}");
}

#[tokio::test]
async fn a_clock_that_lost_its_battery_locks_nobody_out() {
    let bench = Bench::new();
    let server = bench.server().await;
    let admission = bench.gate(server.port).check(UnixSeconds(0), &|_| {}).await.unwrap();
    assert!(admission.checked_at() >= UnixSeconds(now() - 120), "the policy proves the time");
}

#[tokio::test]
async fn a_clock_set_back_does_not_revive_expired_metadata() {
    let mut bench = Bench::new();
    bench.world.built_at = now();
    bench.release.timestamp_expires = now() - 60;
    bench.release.policy["issued"] = (now() - 7200).into();
    let server = bench.server().await;
    let gate = bench.gate(server.port);
    refused(gate.check(UnixSeconds(now() - 3600), &|_| {}).await, Code::MetadataExpired);
}

#[tokio::test]
async fn one_signature_of_two_is_refused() {
    let mut bench = Bench::new();
    bench.release.targets_signers = vec![0];
    let server = bench.server().await;
    refused(bench.check(server.port).await, Code::MetadataInvalid);
}

#[tokio::test]
async fn metadata_signed_with_other_keys_is_refused() {
    let mut bench = Bench::new();
    let server = bench.server().await;
    let port = server.port;
    let root = bench.world.deployment_value(port)["root"].clone();
    bench.world.keys = tuf::Keys::generate();
    bench.publish();
    let mut deployment = bench.world.deployment_value(port);
    deployment["root"] = root;
    let deployment = Deployment::parse(deployment.to_string().as_bytes()).unwrap();
    let gate = alone(Gate::new(deployment, bench.installed("0.2.0"), &bench.data()));
    refused(check(&gate).await, Code::MetadataInvalid);
}

#[tokio::test]
async fn a_rollback_after_a_refresh_is_refused() {
    let mut bench = Bench::new();
    bench.release.number = 3;
    let server = bench.server().await;
    bench.check(server.port).await.unwrap();
    bench.release.number = 2;
    bench.publish();
    refused(bench.check(server.port).await, Code::MetadataRolledBack);
}

#[tokio::test]
async fn with_a_wiped_store_the_builds_floor_refuses_a_rollback() {
    let mut bench = Bench::new();
    bench.world.floor = (3, 3, 3);
    bench.release.number = 3;
    let server = bench.server().await;
    bench.check(server.port).await.unwrap();
    std::fs::remove_dir_all(bench.data()).unwrap();
    bench.release.number = 2;
    bench.publish();
    refused(bench.check(server.port).await, Code::MetadataRolledBack);
}

#[tokio::test]
async fn a_damaged_store_counts_as_an_empty_one() {
    let bench = Bench::new();
    let server = bench.server().await;
    bench.check(server.port).await.unwrap();
    let store = bench.data().join("local").join("trusted.json");
    std::fs::write(&store, b"{").unwrap();
    bench.check(server.port).await.unwrap();
    assert!(std::fs::read(&store).unwrap().len() > 1000, "written anew");
}

#[tokio::test]
async fn a_store_that_cannot_be_written_is_refused() {
    let bench = Bench::new();
    std::fs::write(bench.data(), b"a file where a folder should be").unwrap();
    let server = bench.server().await;
    let refusal = refused(bench.check(server.port).await, Code::StoreUnwritable);
    assert!(refusal.details().contains("data"), "IT needs the path: {}", refusal.details());
}

#[tokio::test]
async fn a_store_that_turns_unwritable_on_the_way_is_refused() {
    let bench = Bench::new();
    bench.publish();
    let (files, data) = (bench.handler(), bench.data());
    let server = Server::start(bench.world.identity(), move |request| {
        std::fs::write(&data, b"a file where a folder should be").unwrap();
        files(request)
    })
    .await;
    refused(bench.check(server.port).await, Code::StoreUnwritable);
}

#[tokio::test]
async fn a_newer_root_is_followed_and_remembered() {
    let mut bench = Bench::new();
    let server = bench.server().await;
    let first_root = bench.world.deployment_value(server.port)["root"].clone();
    let old = std::mem::replace(&mut bench.world.keys, tuf::Keys::generate());
    bench.publish();
    let new = &bench.world.keys;
    // Signed by two of the old and two of the new.
    let second = tuf::root_signed_by(new, 2, &[&old.root[0], &old.root[1], &new.root[0], &new.root[1]]);
    bench.files.lock().unwrap().files.insert("/updates/metadata/2.root.json".to_owned(), second);
    let mut deployment = bench.world.deployment_value(server.port);
    deployment["root"] = first_root;
    let deployment = Deployment::parse(deployment.to_string().as_bytes()).unwrap();
    let gate = alone(Gate::new(deployment, bench.installed("0.2.0"), &bench.data()));
    check(&gate).await.unwrap();
    bench.files.lock().unwrap().files.remove("/updates/metadata/2.root.json");
    check(&gate).await.unwrap();
    assert!(server.requests().iter().any(|request| request.path.ends_with("/3.root.json")));
}

#[tokio::test]
async fn pins_of_signed_policy_are_accepted_at_the_next_start() {
    let mut bench = Bench::new();
    let next = tls::key();
    bench.release.policy["next_pins"] = serde_json::json!([tls::pin(&next)]);
    let server = bench.server().await;
    bench.check(server.port).await.unwrap();
    bench.meet(bench.world.ca.issue("localhost", &next)).await.unwrap();
    std::fs::remove_dir_all(bench.data()).unwrap();
    refused(bench.meet(bench.world.ca.issue("localhost", &next)).await, Code::PinMismatch);
}

#[tokio::test]
async fn a_tampered_store_brings_no_pins() {
    let mut bench = Bench::new();
    let attacker = tls::key();
    let server = bench.server().await;
    bench.check(server.port).await.unwrap();
    let store = bench.data().join("local").join("trusted.json");
    let mut kept: serde_json::Value = serde_json::from_slice(&std::fs::read(&store).unwrap()).unwrap();
    bench.release.policy["next_pins"] = serde_json::json!([tls::pin(&attacker)]);
    let policy = STANDARD.encode(bench.release.policy.to_string());
    kept["files"]["targets/policy.json"] = policy.into();
    std::fs::write(&store, kept.to_string()).unwrap();
    let attack = bench.world.ca.issue("localhost", &attacker);
    refused(bench.meet(attack).await, Code::PinMismatch);
}

#[tokio::test]
async fn an_altered_program_is_refused() {
    let bench = Bench::new();
    std::fs::write(bench.folder.path().join("polder"), b"the program's own bytes, and more").unwrap();
    let server = bench.server().await;
    refused(bench.check(server.port).await, Code::Altered);
}

#[tokio::test]
async fn a_minisign_signature_of_another_version_is_refused() {
    let mut bench = Bench::new();
    let other = bench.world.release(PROGRAM, "0.1.0", SYSTEM);
    let stolen = other.targets[&format!("releases/0.1.0/{SYSTEM}/polder.minisig")].clone();
    bench.release.targets.insert(format!("releases/0.2.0/{SYSTEM}/polder.minisig"), stolen);
    let server = bench.server().await;
    refused(bench.check(server.port).await, Code::Altered);
}

#[tokio::test]
async fn a_minisign_signature_of_another_key_is_refused() {
    let mut bench = Bench::new();
    let other = World::new().release(PROGRAM, "0.2.0", SYSTEM);
    bench.release.targets = other.targets;
    let server = bench.server().await;
    refused(bench.check(server.port).await, Code::Altered);
}

#[tokio::test]
async fn an_outdated_program_hears_of_the_newest() {
    let mut bench = Bench::new();
    bench.release.policy["newest"][SYSTEM] = "0.3.0".into();
    let server = bench.server().await;
    let refusal = refused(bench.check(server.port).await, Code::Outdated);
    assert_eq!(refusal.newest().unwrap().to_string(), "0.3.0");
}

#[tokio::test]
async fn a_revoked_program_is_refused() {
    let mut bench = Bench::new();
    bench.release.policy["revoked"] = serde_json::json!([tuf::sha256(PROGRAM)]);
    let server = bench.server().await;
    refused(bench.check(server.port).await, Code::Revoked);
}

#[tokio::test]
async fn a_system_without_a_release_is_refused() {
    let mut bench = Bench::new();
    bench.release.policy["newest"] = serde_json::json!({"windows-x86_64": "0.2.0"});
    let server = bench.server().await;
    refused(bench.check(server.port).await, Code::NoRelease);
}

#[tokio::test]
async fn a_policy_of_an_unknown_format_is_refused() {
    let mut bench = Bench::new();
    bench.release.policy["schema"] = 2.into();
    let server = bench.server().await;
    refused(bench.check(server.port).await, Code::MetadataInvalid);
    bench.release.policy["schema"] = 1.into();
    bench.release.policy["revoked"] = serde_json::json!(["not a hash"]);
    bench.release.number = 2;
    bench.publish();
    refused(bench.check(server.port).await, Code::MetadataInvalid);
    bench.release.policy["revoked"] = serde_json::json!([]);
    bench.release.policy["also"] = "a field of a later version".into();
    bench.release.number = 3;
    bench.publish();
    bench.check(server.port).await.unwrap();
}

#[tokio::test]
async fn a_missing_timestamp_is_refused() {
    let bench = Bench::new();
    let server = Server::start(bench.world.identity(), |_| Reply::new(404, "")).await;
    refused(bench.check(server.port).await, Code::MetadataInvalid);
}
