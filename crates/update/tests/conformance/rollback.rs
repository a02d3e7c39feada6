use serde_json::json;

use super::client::Client;
use super::repository::Repository;

#[test]
fn a_timestamp_older_than_the_trusted_one_is_refused() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    repository.publish(&["timestamp"]);
    assert!(client.refresh());
    repository.set_version("timestamp", 1);
    repository.serve("timestamp");
    assert!(!client.refresh());
    assert_eq!(client.version("timestamp"), Some(2));
}

#[test]
fn a_timestamp_that_names_an_older_snapshot_is_refused_before_the_snapshot_is_fetched() {
    for with_hashes in [false, true] {
        let mut repository = Repository::new();
        let client = Client::of(&repository);
        repository.with_hashes = with_hashes;
        repository.publish(&["snapshot", "timestamp"]);
        assert!(client.refresh());
        repository.server.asked();
        repository.set_version("snapshot", 0);
        repository.publish(&["snapshot", "timestamp"]);
        assert!(!client.refresh());
        assert_eq!(client.versions(), [Some(1), Some(2), Some(2), Some(1)]);
        assert_eq!(repository.server.asked().last().map(String::as_str), Some("/metadata/timestamp.json"));
    }
}

#[test]
fn a_snapshot_that_names_older_targets_is_refused() {
    for with_hashes in [false, true] {
        let mut repository = Repository::new();
        let client = Client::of(&repository);
        repository.with_hashes = with_hashes;
        repository.publish(&["targets", "snapshot", "timestamp"]);
        assert!(client.refresh());
        repository.set_version("targets", 0);
        repository.publish(&["targets", "snapshot", "timestamp"]);
        assert!(!client.refresh());
        assert_eq!(client.versions(), [Some(1), Some(3), Some(2), Some(2)]);
    }
}

#[test]
fn a_snapshot_that_drops_a_role_is_refused() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    repository.delegate("targets", "extra", &json!({"paths": ["*"]}));
    repository.publish(&["extra", "targets", "snapshot", "timestamp"]);
    assert!(client.refresh());
    repository.role("snapshot")["meta"].as_object_mut().unwrap().remove("extra.json");
    repository.publish(&["snapshot", "timestamp"]);
    assert!(!client.refresh());
    assert_eq!(client.versions(), [Some(1), Some(3), Some(2), Some(2)]);
}

#[test]
fn a_snapshot_that_names_an_older_delegated_role_is_refused() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    repository.delegate("targets", "extra", &json!({"paths": ["*"]}));
    repository.publish(&["extra", "extra", "targets", "snapshot", "timestamp"]);
    assert!(client.refresh());
    repository.set_version("extra", 0);
    repository.publish(&["extra", "snapshot", "timestamp"]);
    assert!(!client.refresh());
    assert_eq!(client.versions(), [Some(1), Some(3), Some(2), Some(2)]);
}

#[test]
fn a_root_that_is_older_than_the_trusted_one_is_never_asked_for() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    repository.publish(&["root", "root"]);
    assert!(client.refresh());
    repository.server.asked();
    assert!(client.refresh());
    assert_eq!(repository.server.asked().first().map(String::as_str), Some("/metadata/4.root.json"));
    assert_eq!(client.version("root"), Some(3));
}

#[test]
fn a_version_that_a_thief_drove_up_is_forgotten_with_the_timestamps_key() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    repository.set_version("timestamp", 99_999);
    repository.publish(&["timestamp"]);
    assert!(client.refresh());
    repository.set_version("timestamp", 0);
    repository.publish(&["timestamp"]);
    assert!(!client.refresh(), "the old key does not lead back");
    repository.set_version("timestamp", 0);
    repository.rotate("timestamp");
    repository.publish(&["root", "timestamp"]);
    assert!(client.refresh());
    assert_eq!(client.versions(), [Some(2), Some(1), Some(1), Some(1)]);
}

#[test]
fn a_version_that_a_thief_drove_up_is_forgotten_with_the_snapshots_key() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    repository.set_version("snapshot", 99_999);
    repository.publish(&["snapshot", "timestamp"]);
    assert!(client.refresh());
    assert_eq!(client.version("snapshot"), Some(100_000));
    repository.set_version("snapshot", 0);
    repository.rotate("snapshot");
    repository.rotate("timestamp");
    repository.publish(&["root", "snapshot", "timestamp"]);
    assert!(client.refresh());
    assert_eq!(client.versions(), [Some(2), Some(3), Some(1), Some(1)]);
}

#[test]
fn a_version_of_targets_that_a_thief_drove_up_is_forgotten_with_the_snapshots_key() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    repository.set_version("targets", 99_999);
    repository.publish(&["targets", "snapshot", "timestamp"]);
    assert!(client.refresh());
    repository.set_version("targets", 0);
    repository.rotate("snapshot");
    repository.publish(&["root", "targets", "snapshot", "timestamp"]);
    assert!(client.refresh());
    assert_eq!(client.versions(), [Some(2), Some(3), Some(3), Some(1)]);
}
