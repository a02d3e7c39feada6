use std::rc::Rc;

use serde_json::{Value, json};

use super::client::Client;
use super::key::Key;
use super::repository::{Repository, changed};

fn keys(number: usize) -> Vec<Rc<Key>> {
    (0..number).map(|_| Rc::new(Key::ed25519())).collect()
}

#[test]
fn fewer_signatures_than_the_threshold_are_refused() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    let three = keys(3);
    let all: Vec<_> = three.iter().collect();
    repository.set_keys("snapshot", &all, 3);
    repository.publish(&["root", "snapshot", "timestamp"]);
    assert!(client.refresh());
    repository.sign_with("snapshot", &all[..2]);
    repository.publish(&["snapshot", "timestamp"]);
    assert!(!client.refresh());
    assert_eq!(client.version("snapshot"), Some(2));
}

#[test]
fn a_threshold_above_the_number_of_keys_is_never_met() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    let five = keys(5);
    repository.set_keys("snapshot", &five.iter().collect::<Vec<_>>(), 6);
    repository.publish(&["root", "snapshot", "timestamp"]);
    assert!(!client.refresh());
    assert_eq!(client.versions(), [Some(2), Some(2), None, None]);
}

#[test]
fn one_key_named_often_counts_once() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    let two = keys(2);
    repository.set_keys("snapshot", &[&two[0], &two[1], &two[1], &two[1]], 3);
    repository.sign_with("snapshot", &[&two[0], &two[1]]);
    repository.publish(&["root", "snapshot", "timestamp"]);
    assert!(!client.refresh());
    assert_eq!(client.version("snapshot"), None);
}

#[test]
fn one_signature_given_often_counts_once() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    let two = keys(2);
    repository.set_keys("snapshot", &[&two[0], &two[1]], 2);
    repository.sign_with("snapshot", &[&two[0], &two[0]]);
    repository.publish(&["root", "snapshot", "timestamp"]);
    assert!(!client.refresh());
    assert_eq!(client.version("snapshot"), None);
}

#[test]
fn signatures_with_one_key_id_twice_are_refused_even_where_they_are_enough() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    let twice = changed(repository.latest("snapshot"), |file| {
        let signature = file["signatures"][0].clone();
        file["signatures"].as_array_mut().unwrap().push(signature);
    });
    repository.serve_bytes("snapshot", twice);
    repository.serve("timestamp");
    assert!(!client.refresh());
    assert_eq!(client.version("snapshot"), None);
}

#[test]
fn a_key_of_another_role_does_not_count() {
    for role in ["timestamp", "snapshot", "targets"] {
        let mut repository = Repository::new();
        let client = Client::of(&repository);
        let other = repository.signers["root"][0].clone();
        repository.sign_with(role, &[&other]);
        repository.publish(&["targets", "snapshot", "timestamp"]);
        assert!(!client.refresh(), "{role}");
        assert_eq!(client.version(role), None, "{role}");
    }
}

#[test]
fn a_key_that_root_lists_for_no_role_does_not_count() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    let unused = Rc::new(Key::ed25519());
    repository.role("root")["keys"][&unused.id] = unused.public.clone();
    repository.sign_with("timestamp", &[&unused]);
    repository.publish(&["root", "timestamp"]);
    assert!(!client.refresh());
    assert_eq!(client.versions(), [Some(2), None, None, None]);
}

#[test]
fn a_bad_signature_beside_enough_good_ones_does_no_harm() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    let two = keys(2);
    let wrong = Key::ed25519().sign(b"something else");
    for bad in [wrong.as_str(), "", "zz"] {
        repository.set_keys("timestamp", &[&two[0], &two[1]], 1);
        repository.publish(&["root", "timestamp"]);
        let spoilt =
            changed(repository.latest("timestamp"), |file| file["signatures"][0]["sig"] = bad.into());
        repository.serve_bytes("timestamp", spoilt);
        assert!(client.refresh(), "{bad:?}");
        let version = repository.version("timestamp");
        assert_eq!(client.version("timestamp"), Some(version), "{bad:?}");
    }
}

#[test]
fn each_type_of_key_of_the_specification_signs_and_a_forgery_of_each_is_refused() {
    for make in [Key::ed25519 as fn() -> Key, Key::ecdsa, Key::rsa] {
        let mut repository = Repository::new();
        let client = Client::of(&repository);
        let (old, new, thief) = (repository.signers["root"][0].clone(), Rc::new(make()), make());
        let scheme = new.public["scheme"].clone();
        repository.set_keys("root", &[&old, &new], 2);
        repository.publish(&["root"]);
        assert!(client.refresh(), "{scheme}");
        assert_eq!(client.version("root"), Some(2), "{scheme}");
        repository.publish(&["root"]);
        let forged = changed(repository.latest("root"), |file| {
            let signed = sigstore_tuf::canonical_json::to_canonical_bytes(&file["signed"]).unwrap();
            file["signatures"][1]["sig"] = thief.sign(&signed).into();
        });
        repository.serve_bytes("root", forged);
        assert!(!client.refresh(), "{scheme}");
        assert_eq!(client.version("root"), Some(2), "{scheme}");
    }
}

#[test]
fn a_key_whose_scheme_nobody_knows_signs_nothing_and_hinders_nobody() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    let known = repository.signers["timestamp"][0].clone();
    let unknown = Rc::new(Key::ed25519().saying(|public| public["scheme"] = json!("from-the-future")));
    repository.set_keys("timestamp", &[&known, &unknown], 1);
    repository.publish(&["root", "timestamp"]);
    assert!(client.refresh());
    repository.sign_with("timestamp", &[&unknown]);
    repository.publish(&["timestamp"]);
    assert!(!client.refresh());
    assert_eq!(client.version("timestamp"), Some(2));
}

#[test]
fn a_threshold_of_none_is_not_met_by_no_signature() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    repository.role("root")["roles"]["timestamp"]["threshold"] = 0.into();
    repository.sign_with("timestamp", &[]);
    repository.publish(&["root", "timestamp"]);
    assert!(!client.refresh());
    assert_eq!(client.version("timestamp"), None);
}

#[test]
fn without_signatures_at_all_nothing_reads() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    for signatures in [Value::Null, json!([]), json!({}), json!("")] {
        let without = changed(repository.latest("timestamp"), |file| file["signatures"] = signatures.clone());
        repository.serve_bytes("timestamp", without);
        assert!(!client.refresh(), "{signatures}");
        assert_eq!(client.version("timestamp"), None, "{signatures}");
    }
}
