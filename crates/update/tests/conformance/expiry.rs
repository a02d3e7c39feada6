use serde_json::json;

use super::client::Client;
use super::repository::Repository;

#[test]
fn an_expired_root_is_kept_and_nothing_is_believed_on_its_word() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    assert!(client.refresh());
    repository.expire("root");
    repository.publish(&["targets", "snapshot", "timestamp", "root"]);
    repository.server.asked();
    assert!(!client.refresh());
    assert_eq!(client.versions(), [Some(2), Some(1), Some(1), Some(1)]);
    assert_eq!(repository.server.asked(), ["/metadata/2.root.json", "/metadata/3.root.json"]);
}

#[test]
fn an_expired_timestamp_snapshot_or_targets_is_not_taken() {
    for (role, versions) in [
        ("timestamp", [Some(1), Some(1), Some(1), Some(1)]),
        ("snapshot", [Some(1), Some(2), Some(1), Some(1)]),
        ("targets", [Some(1), Some(2), Some(2), Some(1)]),
    ] {
        let mut repository = Repository::new();
        let client = Client::of(&repository);
        assert!(client.refresh());
        repository.expire(role);
        repository.publish(&["targets", "snapshot", "timestamp"]);
        assert!(!client.refresh(), "{role}");
        assert_eq!(client.versions(), versions, "{role}");
    }
}

#[test]
fn a_freeze_ends_when_the_kept_metadata_ends() {
    for role in ["root", "timestamp", "snapshot", "targets"] {
        let mut repository = Repository::new();
        repository.expire(role);
        repository.set_version(role, repository.version(role) - 1);
        repository.publish(&[role]);
        if role == "targets" {
            repository.set_version("snapshot", 0);
            repository.publish(&["snapshot"]);
        }
        if role != "root" && role != "timestamp" {
            repository.set_version("timestamp", 0);
            repository.publish(&["timestamp"]);
        }
        // What an earlier run took while it held, and the repository shows nothing newer.
        let client = Client::of(&repository);
        for kept in ["timestamp", "snapshot", "targets"] {
            client.had(kept, repository.latest(kept));
        }
        assert!(!client.refresh(), "{role}");
    }
}

#[test]
fn a_trusted_file_that_expired_is_followed_by_a_newer_one() {
    for role in ["root", "timestamp", "snapshot", "targets"] {
        let mut repository = Repository::new();
        repository.expire(role);
        repository.publish(&["root", "targets", "snapshot", "timestamp"]);
        let client = Client::of(&repository);
        for kept in ["timestamp", "snapshot", "targets"] {
            client.had(kept, repository.latest(kept));
        }
        repository.unexpire(role);
        repository.publish(&["root", "targets", "snapshot", "timestamp"]);
        assert!(client.refresh(), "{role}");
        assert_eq!(client.versions(), [Some(3); 4], "{role}");
    }
}

#[test]
fn a_trusted_timestamp_that_expired_still_forbids_an_older_one() {
    let mut repository = Repository::new();
    repository.expire("timestamp");
    repository.publish(&["timestamp", "timestamp"]);
    let client = Client::of(&repository);
    client.had("timestamp", repository.latest("timestamp"));
    repository.unexpire("timestamp");
    repository.set_version("timestamp", 1);
    repository.publish(&["timestamp"]);
    assert!(!client.refresh());
    assert_eq!(client.version("timestamp"), Some(3));
}

#[test]
fn a_trusted_snapshot_that_expired_still_forbids_older_targets() {
    let mut repository = Repository::new();
    repository.publish(&["targets", "targets"]);
    repository.expire("snapshot");
    repository.publish(&["snapshot", "timestamp"]);
    let client = Client::of(&repository);
    for kept in ["timestamp", "snapshot"] {
        client.had(kept, repository.latest(kept));
    }
    repository.unexpire("snapshot");
    repository.set_version("targets", 1);
    repository.publish(&["targets", "snapshot", "timestamp"]);
    assert!(!client.refresh());
    assert_eq!(client.versions(), [Some(1), Some(3), Some(2), None]);
}

#[test]
fn an_expired_delegated_role_is_neither_kept_nor_believed() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    repository.delegate("targets", "extra", &json!({"paths": ["extra/*"]}));
    repository.add_target("extra", "extra/file", b"content");
    repository.expire("extra");
    repository.publish(&["extra", "targets", "snapshot", "timestamp"]);
    assert!(client.refresh(), "the top-level roles are fresh");
    assert!(!client.download(&["extra/file"]));
    assert_eq!(client.downloads(), Vec::<Vec<u8>>::new());
    assert_eq!(client.trusted("extra"), None);
    // And once there is a newer one, that one counts.
    repository.unexpire("extra");
    repository.publish(&["extra", "snapshot", "timestamp"]);
    assert!(client.download(&["extra/file"]));
    assert_eq!(client.downloads(), [b"content"]);
}
