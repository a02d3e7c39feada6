use aws_lc_rs::digest::{SHA512, digest};
use serde_json::json;

use super::client::Client;
use super::key::sha256;
use super::repository::{Repository, target_path};
use super::server::Reply;

const NOTHING: [&[u8]; 0] = [];

fn sha512(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA512, bytes))
}

#[test]
fn a_target_arrives_after_a_refresh_of_its_own() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    repository.add_target("targets", "file.txt", b"content");
    repository.publish(&["targets", "snapshot", "timestamp"]);
    assert!(client.download(&["file.txt"]));
    assert_eq!(client.downloads(), [b"content"]);
    assert_eq!(client.versions(), [Some(1), Some(2), Some(2), Some(2)]);
}

#[test]
fn a_target_that_nobody_named_is_a_failure_after_the_refresh() {
    let repository = Repository::new();
    let client = Client::of(&repository);
    assert!(!client.download(&["file.txt"]));
    assert_eq!(client.versions(), [Some(1); 4]);
    assert_eq!(repository.server.asked().len(), 4);
    assert_eq!(client.downloads(), NOTHING);
}

#[test]
fn without_a_good_refresh_nothing_is_downloaded() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    repository.add_target("targets", "file.txt", b"content");
    repository.publish(&["targets", "snapshot", "timestamp"]);
    assert!(client.refresh());
    repository.expire("timestamp");
    repository.publish(&["timestamp"]);
    assert!(!client.download(&["file.txt"]));
    assert_eq!(client.downloads(), NOTHING);
}

#[test]
fn a_target_in_a_folder_arrives_and_stays_in_the_folder_of_downloads() {
    for name in ["a/b/c.txt", "/etc/passwd", "a b/ü?#%2F.txt", "C:\\x", ".hidden", "..."] {
        let mut repository = Repository::new();
        let client = Client::of(&repository);
        repository.add_target("targets", name, b"content");
        let path = target_path(name, Some(&sha256(b"content")));
        let file = repository.server.take(&path).unwrap();
        let sent = path.replace('%', "%25").replace(' ', "%20").replace('?', "%3F").replace('#', "%23");
        repository.server.put(&sent.replace('ü', "%C3%BC").replace('\\', "%5C"), file);
        repository.publish(&["targets", "snapshot", "timestamp"]);
        assert!(client.download(&[name]), "{name}: {:?}", repository.server.asked());
        assert_eq!(client.downloads(), [b"content"], "{name}");
    }
}

#[test]
fn a_name_that_leads_out_is_not_even_asked_for() {
    for name in ["../../file", "a/../../b", "..", "./a"] {
        let mut repository = Repository::new();
        let client = Client::of(&repository);
        repository.add_target("targets", name, b"content");
        repository.role("root")["consistent_snapshot"] = false.into();
        repository.publish(&["root", "targets", "snapshot", "timestamp"]);
        assert!(!client.download(&[name]), "{name}");
        assert!(repository.server.asked().iter().all(|path| path.starts_with("/metadata/")), "{name}");
        assert_eq!(client.downloads(), NOTHING, "{name}");
    }
}

#[test]
fn bytes_of_another_hash_or_length_are_refused_and_leave_nothing() {
    for bad in [&b"c0ntent"[..], b"conten", b"contents", b""] {
        let mut repository = Repository::new();
        let client = Client::of(&repository);
        repository.add_target("targets", "file.txt", b"content");
        repository.publish(&["targets", "snapshot", "timestamp"]);
        repository.serve_target("file.txt", Some(&sha256(b"content")), bad);
        assert!(!client.download(&["file.txt"]), "{bad:?}");
        assert_eq!(client.downloads(), NOTHING, "{bad:?}");
    }
}

#[test]
fn the_right_hash_does_not_excuse_another_length() {
    for length in [6, 8] {
        let mut repository = Repository::new();
        let client = Client::of(&repository);
        repository.add_target("targets", "file.txt", b"content");
        repository.role("targets")["targets"]["file.txt"]["length"] = length.into();
        repository.publish(&["targets", "snapshot", "timestamp"]);
        assert!(!client.download(&["file.txt"]), "{length}");
        assert_eq!(client.downloads(), NOTHING, "{length}");
    }
}

#[test]
fn endless_data_is_cut_off_at_the_signed_length() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    repository.add_target("targets", "file.txt", b"content");
    repository.publish(&["targets", "snapshot", "timestamp"]);
    for bad in
        [Reply::Endless(b'c'), Reply::CutOff(b"content".to_vec()), Reply::Redirect("/other".to_owned())]
    {
        repository.server.put("/other", Reply::File(b"content".to_vec()));
        repository.server.put(&target_path("file.txt", Some(&sha256(b"content"))), bad);
        assert!(!client.download(&["file.txt"]));
        assert_eq!(client.downloads(), NOTHING);
    }
}

#[test]
fn a_target_is_not_fetched_again_while_the_file_is_the_signed_one() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    repository.add_target("targets", "file.txt", b"content");
    repository.publish(&["targets", "snapshot", "timestamp"]);
    assert!(client.download(&["file.txt"]));
    repository.server.asked();
    assert!(client.download(&["file.txt"]));
    assert!(repository.server.asked().iter().all(|path| path.starts_with("/metadata/")));
}

#[test]
fn a_file_that_somebody_changed_is_replaced() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    repository.add_target("targets", "file.txt", b"content");
    repository.publish(&["targets", "snapshot", "timestamp"]);
    for bad in [&b"c0ntent"[..], b"conten", b"contents", b""] {
        std::fs::create_dir_all(client.targets()).unwrap();
        std::fs::write(client.targets().join("file.txt"), bad).unwrap();
        assert!(client.download(&["file.txt"]));
        assert_eq!(client.downloads(), [b"content"]);
    }
}

#[test]
fn a_new_content_takes_the_place_of_the_old_and_a_forged_one_does_not() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    for n in 0..3 {
        let content = format!("content {n}").into_bytes();
        repository.add_target("targets", "file.txt", &content);
        repository.publish(&["targets", "snapshot", "timestamp"]);
        assert!(client.download(&["file.txt"]));
        assert_eq!(client.downloads(), std::slice::from_ref(&content));
        let next = format!("content {n}, the next").into_bytes();
        repository.add_target("targets", "file.txt", &next);
        repository.publish(&["targets", "snapshot", "timestamp"]);
        repository.serve_target("file.txt", Some(&sha256(&next)), b"malicious");
        assert!(!client.download(&["file.txt"]));
        assert_eq!(client.downloads(), [content], "what was there is there still");
    }
}

#[test]
fn sha256_and_sha512_are_known_and_each_that_is_given_must_hold() {
    let (bytes, name) = (b"content", "file.txt");
    let (short, long) = (sha256(bytes), sha512(bytes));
    let wrong = "0".repeat(64);
    for (hashes, good) in [
        (json!({"sha256": short}), true),
        (json!({"sha512": long}), true),
        (json!({"sha256": short, "sha512": long}), true),
        (json!({"sha256": short.to_uppercase(), "md5": "0"}), true),
        (json!({"sha256": short, "sha512": wrong.repeat(2)}), false),
        (json!({"sha256": wrong, "sha512": long}), false),
        (json!({"sha256": "", "sha512": long}), false),
        (json!({"blake9": short}), false),
        (json!({}), false),
    ] {
        let mut repository = Repository::new();
        let client = Client::of(&repository);
        repository.role("targets")["targets"][name] = json!({"length": bytes.len(), "hashes": hashes});
        repository.publish(&["targets", "snapshot", "timestamp"]);
        for hash in [&short, &long, &wrong, &short.to_uppercase(), ""] {
            repository.serve_target(name, Some(hash), bytes);
        }
        assert_eq!(client.download(&[name]), good, "{hashes}");
        assert_eq!(client.downloads().len(), usize::from(good), "{hashes}");
    }
}

#[test]
fn without_consistent_snapshots_names_carry_neither_version_nor_hash() {
    let mut repository = Repository::new();
    repository.role("root")["consistent_snapshot"] = false.into();
    repository.publish(&["root"]);
    let client = Client::of(&repository);
    repository.delegate("targets", "extra", &json!({"paths": ["extra/*"]}));
    repository.add_target("extra", "extra/file", b"content");
    repository.serve_target("extra/file", None, b"content");
    repository.publish(&["extra", "targets", "snapshot", "timestamp"]);
    assert!(client.download(&["extra/file"]));
    assert_eq!(
        repository.server.asked(),
        [
            "/metadata/3.root.json",
            "/metadata/timestamp.json",
            "/metadata/snapshot.json",
            "/metadata/targets.json",
            "/metadata/extra.json",
            "/targets/extra/file"
        ]
    );
    assert_eq!(client.downloads(), [b"content"]);
}

#[test]
fn a_target_larger_than_what_is_buffered_arrives_whole() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    let large: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_le_bytes).collect();
    repository.add_target("targets", "large", &large);
    repository.publish(&["targets", "snapshot", "timestamp"]);
    assert!(client.download(&["large"]));
    assert!(client.downloads() == [large]);
}
