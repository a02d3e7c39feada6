use std::rc::Rc;

use super::client::Client;
use super::key::Key;
use super::repository::Repository;

/// A version of a role: which keys are named, how many must sign, and which do.
type Version<'a> = (&'a [usize], usize, &'a [usize]);

struct Keys(Vec<Rc<Key>>);

impl Keys {
    fn new() -> Self {
        Self((0..10).map(|_| Rc::new(Key::ed25519())).collect())
    }

    fn set(&self, repository: &mut Repository, role: &str, &(named, threshold, signing): &Version<'_>) {
        let pick = |which: &[usize]| which.iter().map(|&n| &self.0[n]).collect::<Vec<_>>();
        repository.set_keys(role, &pick(named), threshold);
        repository.sign_with(role, &pick(signing));
    }
}

/// Roots one after the other; how far a client gets that trusts the first.
fn reached(versions: &[Version<'_>]) -> (bool, Option<u64>) {
    let mut repository = Repository::new();
    let keys = Keys::new();
    repository.set_version("root", 0);
    keys.set(&mut repository, "root", &versions[0]);
    repository.publish(&["root"]);
    let client = Client::of(&repository);
    for version in &versions[1..] {
        keys.set(&mut repository, "root", version);
        repository.publish(&["root"]);
    }
    (client.refresh(), client.version("root"))
}

const FIVE: &[usize] = &[0, 1, 2, 3, 4];
const NEXT_FIVE: &[usize] = &[0, 1, 3, 4, 5];
const OTHER_FIVE: &[usize] = &[5, 6, 7, 8, 9];

#[test]
fn a_root_that_the_old_and_the_new_keys_signed_is_taken() {
    let chains: &[&[Version<'_>]] = &[
        &[(&[1], 1, &[1]), (&[2], 1, &[2, 1]), (&[2], 1, &[2])],
        // Some sign that nobody named.
        &[(&[1], 1, &[3, 1, 4]), (&[2], 1, &[3, 2, 1, 4]), (&[2], 1, &[3, 2, 4])],
        &[(FIVE, 3, &[0, 2, 4]), (FIVE, 3, &[0, 4, 1]), (FIVE, 3, &[0, 1, 3])],
        &[(FIVE, 3, &[0, 2, 4]), (NEXT_FIVE, 3, &[0, 4, 1])],
        &[(FIVE, 3, &[0, 2, 4]), (NEXT_FIVE, 3, &[0, 2, 4, 5]), (NEXT_FIVE, 3, &[0, 4, 5])],
        &[(FIVE, 3, &[0, 2, 4]), (OTHER_FIVE, 3, &[0, 2, 4, 5, 6, 7]), (OTHER_FIVE, 3, &[5, 6, 7])],
        &[(&[1, 2, 3], 1, &[1]), (&[1, 2, 3], 2, &[1, 2])],
        &[(&[1, 2, 3], 2, &[1, 2]), (&[1, 2, 3], 1, &[1, 2]), (&[1, 2, 3], 1, &[1])],
        &[(&[1], 1, &[1]), (&[1, 2], 2, &[1, 2])],
    ];
    for chain in chains {
        assert_eq!(reached(chain), (true, Some(chain.len() as u64)), "{chain:?}");
    }
}

#[test]
fn a_root_that_the_old_keys_did_not_sign_is_refused() {
    let chains: &[&[Version<'_>]] = &[
        &[(&[1], 1, &[1]), (&[2], 1, &[2, 3, 4])],
        &[(FIVE, 3, &[0, 2, 4]), (NEXT_FIVE, 3, &[0, 4, 5])],
        &[(&[1, 2, 3], 2, &[1, 2]), (&[1, 2, 3], 1, &[1])],
        // The one before the last would have done.
        &[(&[1], 1, &[1]), (&[2], 1, &[1, 2]), (&[3], 1, &[1, 3])],
    ];
    for chain in chains {
        assert_eq!(reached(chain), (false, Some(chain.len() as u64 - 1)), "{chain:?}");
    }
}

#[test]
fn a_root_that_its_own_keys_did_not_sign_is_refused() {
    let chains: &[&[Version<'_>]] = &[
        &[(&[1], 1, &[1]), (&[2], 1, &[1, 3, 4])],
        &[(FIVE, 3, &[0, 2, 4]), (NEXT_FIVE, 3, &[0, 2, 4])],
        &[(&[1, 2, 3], 1, &[1]), (&[1, 2, 3], 2, &[2])],
    ];
    for chain in chains {
        assert_eq!(reached(chain), (false, Some(1)), "{chain:?}");
    }
}

#[test]
fn other_roles_take_the_keys_that_the_newest_root_names_and_no_others() {
    let cases: &[(Version<'_>, bool)] = &[
        ((&[2], 1, &[2]), true),
        ((&[1], 1, &[3, 1, 4]), true),
        ((&[2], 1, &[1, 3, 4]), false),
        ((NEXT_FIVE, 3, &[0, 2, 4]), false),
        ((NEXT_FIVE, 3, &[0, 4]), false),
        ((FIVE, 3, &[0, 2, 4]), true),
        ((FIVE, 3, &[1, 2, 3]), true),
        ((FIVE, 3, &[2, 3, 4]), true),
    ];
    for (version, good) in cases {
        for role in ["timestamp", "snapshot", "targets"] {
            let mut repository = Repository::new();
            let client = Client::of(&repository);
            Keys::new().set(&mut repository, role, version);
            repository.publish(&["root", "targets", "snapshot", "timestamp"]);
            assert_eq!(client.refresh(), *good, "{role} {version:?}");
            assert_eq!(client.version(role), good.then_some(2), "{role} {version:?}");
        }
    }
}

#[test]
fn a_key_that_root_no_longer_names_is_worth_nothing_from_the_next_refresh_on() {
    for role in ["timestamp", "snapshot", "targets"] {
        let mut repository = Repository::new();
        let client = Client::of(&repository);
        assert!(client.refresh());
        let stolen = repository.signers[role][0].clone();
        repository.rotate(role);
        repository.sign_with(role, &[&stolen]);
        repository.publish(&["root", "targets", "snapshot", "timestamp"]);
        assert!(!client.refresh(), "{role}");
        assert_eq!(client.version(role), Some(1), "{role}");
    }
}

#[test]
fn a_root_that_leaves_a_version_out_is_refused() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    repository.publish(&["root"]);
    repository.server.take(&repository.path("root", 2)).unwrap();
    repository.publish(&["root"]);
    let third = repository.server.take(&repository.path("root", 3)).unwrap();
    repository.server.put(&repository.path("root", 2), third);
    assert!(!client.refresh());
    assert_eq!(client.version("root"), Some(1));
}

#[test]
fn a_client_that_slept_through_a_hundred_rotations_finds_the_newest_root() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    let mut old = repository.signers["root"][0].clone();
    for _ in 0..100 {
        let new = Rc::new(Key::ed25519());
        repository.set_keys("root", &[&new], 1);
        repository.sign_with("root", &[&old, &new]);
        repository.publish(&["root"]);
        old = new;
    }
    assert!(client.refresh());
    assert_eq!(client.version("root"), Some(101));
}

#[test]
fn a_good_root_stays_when_the_one_after_it_does_not_hold() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    repository.publish(&["root"]);
    repository.sign_with("root", &[]);
    repository.publish(&["root"]);
    assert!(!client.refresh());
    assert_eq!(client.versions(), [Some(2), None, None, None]);
}
