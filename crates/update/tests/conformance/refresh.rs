use serde_json::json;

use super::client::Client;
use super::key::Key;
use super::repository::{Repository, changed};
use super::server::Reply;

#[test]
fn the_next_root_is_asked_for_first_and_then_one_role_after_the_other() {
    let repository = Repository::new();
    let client = Client::of(&repository);
    assert!(client.refresh());
    assert_eq!(
        repository.server.asked(),
        [
            "/metadata/2.root.json",
            "/metadata/timestamp.json",
            "/metadata/1.snapshot.json",
            "/metadata/1.targets.json"
        ]
    );
}

#[test]
fn init_asks_nobody() {
    let repository = Repository::new();
    Client::of(&repository);
    assert_eq!(repository.server.asked(), [""; 0]);
}

#[test]
fn what_is_trusted_is_kept_byte_for_byte() {
    let mut repository = Repository::new();
    // No serializer writes this by itself.
    let mut odd = repository.latest("timestamp").to_vec();
    odd.extend_from_slice(b" \n ");
    repository.serve_bytes("timestamp", odd.clone());
    let client = Client::of(&repository);
    assert!(client.refresh());
    assert_eq!(client.trusted("timestamp"), Some(odd));
    for role in ["root", "snapshot", "targets"] {
        assert_eq!(client.trusted(role).as_deref(), Some(repository.latest(role)), "{role}");
    }
    assert_eq!(client.trusted_files(), 4, "no versioned names and no temporary files");
}

#[test]
fn what_has_not_changed_is_not_fetched_again() {
    let repository = Repository::new();
    let client = Client::of(&repository);
    assert!(client.refresh());
    repository.server.asked();
    assert!(client.refresh());
    assert_eq!(repository.server.asked(), ["/metadata/2.root.json", "/metadata/timestamp.json"]);
}

#[test]
fn a_damaged_local_file_is_fetched_again() {
    let repository = Repository::new();
    let client = Client::of(&repository);
    assert!(client.refresh());
    for role in ["timestamp", "snapshot", "targets"] {
        client.had(role, b"{");
        assert!(client.refresh(), "{role}");
        assert_eq!(client.trusted(role).as_deref(), Some(repository.latest(role)), "{role}");
    }
}

#[test]
fn nothing_is_fetched_on_the_word_of_a_root_that_does_not_read() {
    let repository = Repository::new();
    let without_version = changed(repository.latest("root"), |file| {
        file["signed"].as_object_mut().unwrap().remove("version");
    });
    for bad in [without_version, b"[]".to_vec(), Vec::new()] {
        let client = Client::without_root(&repository);
        assert!(!client.init(&bad));
        // Even when somebody else put it there.
        client.had("root", &bad);
        assert!(!client.refresh());
        assert_eq!(repository.server.asked(), [""; 0]);
    }
}

#[test]
fn nothing_is_fetched_on_the_word_of_a_root_that_its_own_key_did_not_sign() {
    let repository = Repository::new();
    let forged = changed(repository.latest("root"), |file| {
        file["signatures"][0]["sig"] = Key::ed25519().sign(b"something else").into();
    });
    let client = Client::without_root(&repository);
    assert!(!client.init(&forged));
    client.had("root", &forged);
    assert!(!client.refresh());
    assert_eq!(repository.server.asked(), [""; 0]);
}

#[test]
fn a_role_that_is_not_signed_ends_the_refresh_and_what_came_before_it_is_kept() {
    let cases = [
        ("root", [Some(1), None, None, None]),
        ("timestamp", [Some(2), None, None, None]),
        ("snapshot", [Some(2), Some(2), None, None]),
        ("targets", [Some(2), Some(2), Some(2), None]),
    ];
    for (role, versions) in cases {
        let mut repository = Repository::new();
        let client = Client::of(&repository);
        repository.sign_with(role, &[]);
        repository.publish(&["root", "targets", "snapshot", "timestamp"]);
        assert!(!client.refresh(), "{role}");
        assert_eq!(client.versions(), versions, "{role}");
    }
}

#[test]
fn a_file_whose_version_is_not_the_one_that_was_asked_for_is_refused() {
    let cases = [
        ("root", [Some(1), None, None, None]),
        ("snapshot", [Some(2), Some(2), None, None]),
        ("targets", [Some(2), Some(2), Some(2), None]),
    ];
    for (role, versions) in cases {
        let mut repository = Repository::new();
        let client = Client::of(&repository);
        repository.publish(&["root", "targets", "snapshot", "timestamp"]);
        // Version 3, rightly signed, where version 2 should be.
        let second = repository.path(role, 2);
        repository.set_version(role, 3);
        repository.serve(role);
        let third = repository.server.take(&repository.path(role, 3)).unwrap();
        repository.server.put(&second, third);
        assert!(!client.refresh(), "{role}");
        assert_eq!(client.versions(), versions, "{role}");
    }
}

#[test]
fn a_timestamp_of_the_same_version_changes_nothing() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    assert!(client.refresh());
    let before = client.trusted("timestamp");
    repository.role("timestamp")["meta"]["snapshot.json"]["version"] = 100.into();
    repository.serve("timestamp");
    repository.server.asked();
    assert!(client.refresh());
    assert_eq!(client.trusted("timestamp"), before);
    assert_eq!(repository.server.asked().last().map(String::as_str), Some("/metadata/timestamp.json"));
}

#[test]
fn a_role_is_fetched_only_once_it_is_named_above() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    assert!(client.refresh());
    repository.publish(&["targets", "snapshot"]);
    assert!(client.refresh());
    assert_eq!(client.versions(), [Some(1); 4]);
}

#[test]
fn named_hashes_and_lengths_are_held_to() {
    for role in ["snapshot", "targets"] {
        for (part, wrong) in [("hashes", json!({"sha256": "0".repeat(64)})), ("length", json!(7))] {
            let mut repository = Repository::new();
            repository.with_hashes = true;
            repository.publish(&["targets", "snapshot", "timestamp"]);
            let client = Client::of(&repository);
            assert!(client.refresh(), "right ones are taken");
            repository.publish(&["targets"]);
            if role == "targets" {
                repository.role("snapshot")["meta"]["targets.json"][part] = wrong;
                repository.publish(&["snapshot", "timestamp"]);
            } else {
                repository.publish(&["snapshot"]);
                repository.role("timestamp")["meta"]["snapshot.json"][part] = wrong;
                repository.publish(&["timestamp"]);
            }
            assert!(!client.refresh(), "{role} {part}");
            assert_eq!(client.version(role), Some(2), "{role} {part}");
            assert_eq!(client.version("timestamp"), Some(3), "{role} {part}");
        }
    }
}

#[test]
fn mix_and_match_of_two_states_is_refused() {
    let mut repository = Repository::new();
    repository.with_hashes = true;
    repository.publish(&["targets", "snapshot", "timestamp"]);
    let client = Client::of(&repository);
    assert!(client.refresh());
    // The same versions, signed by the same keys, of another state.
    repository.publish(&["targets", "snapshot", "timestamp"]);
    let timestamp = repository.latest("timestamp").to_vec();
    repository.role("snapshot")["note"] = "another state".into();
    repository.serve("snapshot");
    repository.serve_bytes("timestamp", timestamp);
    assert!(!client.refresh());
    assert_eq!(client.versions(), [Some(1), Some(3), Some(2), Some(2)]);
}

#[test]
fn a_file_that_is_not_there_ends_the_refresh_and_what_came_before_it_is_kept() {
    for (role, versions) in [
        ("timestamp", [Some(1), Some(1), Some(1), Some(1)]),
        ("snapshot", [Some(1), Some(2), Some(1), Some(1)]),
        ("targets", [Some(1), Some(2), Some(2), Some(1)]),
    ] {
        let mut repository = Repository::new();
        let client = Client::of(&repository);
        assert!(client.refresh());
        repository.publish(&["targets", "snapshot", "timestamp"]);
        let version = repository.version(role);
        repository.server.take(&repository.path(role, version)).unwrap();
        assert!(!client.refresh(), "{role}");
        assert_eq!(client.versions(), versions, "{role}");
    }
}

#[test]
fn one_role_does_not_pass_for_another() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    // A snapshot that the timestamp's key signed as well, and that says all that a timestamp must say.
    let both = [repository.signers["snapshot"][0].clone(), repository.signers["timestamp"][0].clone()];
    repository.sign_with("snapshot", &[&both[0], &both[1]]);
    repository.role("snapshot")["meta"] = json!({"snapshot.json": {"version": 1}});
    repository.publish(&["snapshot"]);
    let snapshot = repository.latest("snapshot").to_vec();
    repository.serve_bytes("timestamp", snapshot);
    assert!(!client.refresh());
    assert_eq!(client.versions(), [Some(1), None, None, None]);
}

#[test]
fn what_nobody_knows_yet_is_signed_too() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    let key = Key::ed25519().saying(|public| {
        public["x-holder"] = json!({"a": 1, "b": 2});
        public["keyid_hash_algorithms"] = json!(["md5"]);
    });
    let key = std::rc::Rc::new(key);
    repository.set_keys("snapshot", &[&key], 1);
    repository.role("root")["x-note"] = "é \" \\ \n".into();
    repository.role("root")["roles"]["snapshot"]["x-more"] = json!([1, null, true]);
    repository.publish(&["root", "snapshot", "timestamp"]);
    assert!(client.refresh());
    assert_eq!(client.versions(), [Some(2), Some(2), Some(2), Some(1)]);
    let forged = changed(repository.latest("timestamp"), |file| file["signed"]["x-note"] = 1.into());
    repository.publish(&["timestamp"]);
    repository.serve_bytes("timestamp", forged);
    assert!(!client.refresh());
}

#[test]
fn endless_data_is_cut_off_for_each_role() {
    for role in ["root", "timestamp", "snapshot", "targets"] {
        let mut repository = Repository::new();
        let client = Client::of(&repository);
        assert!(client.refresh());
        repository.publish(&["targets", "snapshot", "timestamp", "root"]);
        let version = repository.version(role);
        repository.server.put(&repository.path(role, version), Reply::Endless(b' '));
        assert!(!client.refresh(), "{role}");
        assert_eq!(client.version(role), Some(1), "{role}");
    }
}

#[test]
fn an_answer_that_breaks_off_or_leads_elsewhere_is_no_answer() {
    for bad in [
        Reply::CutOff(b"{}".repeat(100)),
        Reply::Redirect("/metadata/other.json".to_owned()),
        Reply::Status(500),
    ] {
        for role in ["root", "timestamp", "snapshot", "targets"] {
            let mut repository = Repository::new();
            let client = Client::of(&repository);
            repository.publish(&["targets", "snapshot", "timestamp", "root"]);
            let version = repository.version(role);
            let path = repository.path(role, version);
            let good = repository.server.take(&path).unwrap();
            repository.server.put("/metadata/other.json", good);
            repository.server.put(&path, bad.clone());
            assert!(!client.refresh(), "{role} {bad:?}");
            assert!(client.version(role).is_none_or(|version| version == 1), "{role} {bad:?}");
        }
    }
}
