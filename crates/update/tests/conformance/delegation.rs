use std::rc::Rc;

use serde_json::{Value, json};

use super::client::Client;
use super::key::{Key, sha256};
use super::repository::Repository;

/// From, to, what else the delegation says.
type Edge<'a> = (&'a str, &'a str, Value);

fn any() -> Value {
    json!({"paths": ["*"]})
}

fn paths(patterns: &[&str]) -> Value {
    json!({"paths": patterns})
}

fn terminating() -> Value {
    json!({"paths": ["*"], "terminating": true})
}

fn repository(edges: &[Edge<'_>]) -> Repository {
    let mut repository = Repository::new();
    for (from, to, more) in edges {
        repository.delegate(from, to, more);
    }
    repository
}

fn publish(repository: &mut Repository, edges: &[Edge<'_>]) {
    let mut roles: Vec<_> = edges.iter().map(|(_, to, _)| *to).collect();
    roles.sort_unstable();
    roles.dedup();
    roles.extend(["targets", "snapshot", "timestamp"]);
    repository.publish(&roles);
}

/// The roles that are fetched, in order, for a target that nobody has.
fn visited(edges: &[Edge<'_>], target: &str) -> Vec<String> {
    let mut repository = repository(edges);
    let client = Client::of(&repository);
    publish(&mut repository, edges);
    assert!(client.refresh());
    repository.server.asked();
    assert!(!client.download(&[target]));
    let asked = repository.server.asked().into_iter().skip(2);
    asked.map(|path| path.trim_start_matches("/metadata/1.").trim_end_matches(".json").to_owned()).collect()
}

#[test]
fn delegations_are_searched_in_their_order_and_depth_first() {
    let cases: [(&[Edge<'_>], &[&str]); 5] = [
        (&[("targets", "A", any())], &["A"]),
        (&[("targets", "A", any()), ("targets", "B", any())], &["A", "B"]),
        (&[("targets", "A", any()), ("targets", "B", any()), ("B", "C", any())], &["A", "B", "C"]),
        (
            &[("targets", "A", any()), ("targets", "B", any()), ("A", "C", any()), ("A", "D", any())],
            &["A", "C", "D", "B"],
        ),
        (
            &[("targets", "A", any()), ("targets", "B", any()), ("A", "C", any()), ("C", "D", any())],
            &["A", "C", "D", "B"],
        ),
    ];
    for (edges, order) in cases {
        assert_eq!(visited(edges, "missing"), order, "{edges:?}");
    }
}

#[test]
fn a_terminating_delegation_ends_the_search_after_its_own_descendants() {
    let edges =
        [("targets", "A", any()), ("targets", "B", any()), ("A", "C", terminating()), ("A", "D", any())];
    assert_eq!(visited(&edges, "missing"), ["A", "C"]);
    let edges =
        [("targets", "A", any()), ("targets", "B", any()), ("A", "C", terminating()), ("C", "D", any())];
    assert_eq!(visited(&edges, "missing"), ["A", "C", "D"]);
}

#[test]
fn a_terminating_delegation_of_other_paths_ends_nothing() {
    let edges = [("targets", "A", json!({"paths": ["*.py"], "terminating": true})), ("targets", "B", any())];
    assert_eq!(visited(&edges, "missing"), ["B"]);
}

#[test]
fn a_branch_of_other_paths_is_not_entered() {
    let edges = [("targets", "A", paths(&["*.py"])), ("targets", "B", any()), ("A", "C", any())];
    assert_eq!(visited(&edges, "missing"), ["B"]);
    let edges =
        [("targets", "A", any()), ("targets", "B", any()), ("A", "C", paths(&["*.py"])), ("C", "D", any())];
    assert_eq!(visited(&edges, "missing"), ["A", "B"]);
}

#[test]
fn a_circle_of_delegations_is_walked_once() {
    let edges = [
        ("targets", "A", any()),
        ("targets", "B", any()),
        ("B", "C", any()),
        ("C", "D", any()),
        ("D", "B", any()),
        ("A", "A", any()),
    ];
    assert_eq!(visited(&edges, "missing"), ["A", "B", "C", "D"]);
}

#[test]
fn a_role_that_two_delegate_to_is_reached_by_the_first_that_may_speak_of_the_target() {
    let edges = [("targets", "A", any()), ("targets", "B", any()), ("B", "C", any()), ("A", "C", any())];
    assert_eq!(visited(&edges, "missing"), ["A", "C", "B"]);
    let edges =
        [("targets", "A", any()), ("targets", "B", any()), ("B", "C", any()), ("A", "C", paths(&["*.py"]))];
    assert_eq!(visited(&edges, "missing"), ["A", "B", "C"]);
}

#[test]
fn a_delegation_without_end_is_given_up() {
    let names: Vec<_> = (0..40).map(|n| format!("role{n}")).collect();
    let mut edges = vec![("targets", names[0].as_str(), any())];
    edges.extend(names.windows(2).map(|pair| (pair[0].as_str(), pair[1].as_str(), any())));
    assert!(visited(&edges, "missing").len() < 40);
}

#[test]
fn a_star_and_a_question_mark_stop_at_a_slash() {
    for (pattern, yes, no) in [
        ("*", "a", "a/b"),
        ("*.py", "a.py", "a.pyc"),
        ("a/*", "a/b", "a/b/c"),
        ("a/*/*.zip", "a/b/c.zip", "a/c.zip"),
        ("a?", "ab", "a/"),
        ("a/b", "a/b", "a/bc"),
        ("**", "a", "a/b"),
        ("[ab]", "a", "c"),
    ] {
        let edges = [("targets", "A", paths(&[pattern]))];
        assert_eq!(visited(&edges, yes), ["A"], "{pattern} {yes}");
        assert_eq!(visited(&edges, no), [""; 0], "{pattern} {no}");
    }
}

#[test]
fn hash_prefixes_choose_by_the_hash_of_the_name() {
    let hash = sha256(b"some/file");
    let other = if hash.starts_with('0') { "1" } else { "0" };
    let prefixes = |prefixes: &[&str]| json!({"path_hash_prefixes": prefixes});
    let edges = [
        ("targets", "A", prefixes(&[other])),
        ("targets", "B", prefixes(&[other, &hash[..4]])),
        ("targets", "C", prefixes(&[&hash])),
    ];
    assert_eq!(visited(&edges, "some/file"), ["B", "C"]);
}

#[test]
fn a_delegation_that_says_no_paths_gives_nothing() {
    for more in [json!({}), paths(&[]), json!({"path_hash_prefixes": []})] {
        assert_eq!(visited(&[("targets", "A", more.clone())], "missing"), [""; 0], "{more}");
    }
}

#[test]
fn a_target_is_found_along_the_paths_that_lead_to_it_and_on_no_other_way() {
    let edges = [
        ("targets", "A", paths(&["*.doc", "*.md"])),
        ("targets", "B", paths(&["releases/*/*"])),
        ("B", "C", paths(&["releases/x/*"])),
        ("B", "D", paths(&["releases/y/*.zip"])),
    ];
    let mut repository = repository(&edges);
    let client = Client::of(&repository);
    repository.add_target("targets", "top", b"of targets");
    repository.add_target("A", "README.md", b"of A");
    repository.add_target("C", "releases/x/1", b"of C");
    repository.add_target("D", "releases/y/1.zip", b"of D");
    // D may not speak of it.
    repository.add_target("D", "releases/z/1.zip", b"of D, too");
    publish(&mut repository, &edges);
    assert!(client.download(&["top", "README.md", "releases/x/1", "releases/y/1.zip"]));
    assert_eq!(client.downloads(), [&b"of A"[..], b"of C", b"of D", b"of targets"]);
    assert!(!client.download(&["releases/z/1.zip"]));
    assert_eq!(client.downloads().len(), 4);
}

#[test]
fn the_first_role_that_names_a_target_decides() {
    let edges = [("targets", "A", any()), ("targets", "B", any())];
    let mut repository = repository(&edges);
    let client = Client::of(&repository);
    repository.add_target("B", "file", b"of B");
    repository.add_target("A", "file", b"of A");
    publish(&mut repository, &edges);
    assert!(client.download(&["file"]));
    assert_eq!(client.downloads(), [b"of A"]);
}

#[test]
fn a_delegated_role_that_its_delegators_key_did_not_sign_is_refused() {
    let edges = [("targets", "A", any())];
    let mut repository = repository(&edges);
    let client = Client::of(&repository);
    repository.add_target("A", "file", b"of A");
    let thief = Rc::new(Key::ed25519());
    repository.sign_with("A", &[&thief]);
    publish(&mut repository, &edges);
    assert!(client.refresh());
    assert!(!client.download(&["file"]));
    assert_eq!(client.trusted("A"), None);
    assert_eq!(client.downloads(), Vec::<Vec<u8>>::new());
}

#[test]
fn a_role_that_one_delegator_vouched_for_is_checked_again_for_the_next() {
    // A and B delegate to the same name, A to the key that signs, B to another.
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    let (right, wrong) = (Rc::new(Key::ed25519()), Rc::new(Key::ed25519()));
    repository.delegate("targets", "A", &paths(&["a/*"]));
    repository.delegate("targets", "B", &paths(&["b/*"]));
    repository.sign_with("C", &[&right]);
    repository.delegate_by("A", "C", &right, &paths(&["a/*"]));
    repository.delegate_by("B", "C", &wrong, &paths(&["b/*"]));
    repository.add_target("C", "a/file", b"by A's word");
    repository.add_target("C", "b/file", b"by nobody's word");
    repository.publish(&["A", "B", "C", "targets", "snapshot", "timestamp"]);
    assert!(!client.download(&["a/file", "b/file"]));
    assert_eq!(client.downloads(), [b"by A's word"]);
}

#[test]
fn a_role_that_the_snapshot_does_not_name_is_not_fetched() {
    let edges = [("targets", "A", any()), ("targets", "B", any())];
    let mut repository = repository(&edges);
    let client = Client::of(&repository);
    repository.add_target("B", "file", b"of B");
    repository.publish(&["B", "targets", "snapshot", "timestamp"]);
    assert!(client.download(&["file"]));
    assert!(!repository.server.asked().iter().any(|path| path.contains("A.json")));
}

#[test]
fn a_delegated_role_never_takes_a_top_level_name() {
    for name in ["root", "timestamp", "snapshot"] {
        let mut repository = Repository::new();
        let client = Client::of(&repository);
        assert!(client.refresh());
        let key = Rc::new(Key::ed25519());
        repository.role("targets")["delegations"] = json!({
            "keys": {&key.id: key.public},
            "roles": [{"name": name, "keyids": [key.id], "threshold": 1, "terminating": false, "paths": ["*"]}],
        });
        repository.role("snapshot")["meta"][format!("{name}.json")] = json!({"version": 1});
        repository.publish(&["targets", "snapshot", "timestamp"]);
        repository.server.asked();
        assert!(!client.download(&["file"]));
        assert_eq!(client.versions(), [Some(1), Some(2), Some(2), Some(2)], "{name}");
        assert_eq!(repository.server.asked().len(), 4, "nobody asks for it: {name}");
    }
}

#[test]
fn the_name_of_a_role_is_quoted_in_the_request_and_in_the_folder() {
    let names = [
        ("?", "%3F"),
        ("#", "%23"),
        ("/role", "%2Frole"),
        ("../role", "..%2Frole"),
        ("a b%2F", "a%20b%252F"),
        ("é", "%C3%A9"),
        ("..\\role", "..%5Crole"),
    ];
    for (name, quoted) in names {
        let edges = [("targets", name, any())];
        let mut repository = repository(&edges);
        let client = Client::of(&repository);
        repository.add_target(name, "file", b"content");
        publish(&mut repository, &edges);
        assert!(client.download(&["file"]), "{name}");
        assert!(repository.server.asked().contains(&format!("/metadata/1.{quoted}.json")), "{name}");
        assert_eq!(client.version(quoted), Some(1), "{name}");
        assert_eq!(client.trusted_files(), 5, "{name}");
    }
}
