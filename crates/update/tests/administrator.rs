//! What an administrator asks `polder-update`: which release a computer has, and whether a file is Polder's.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use polder_signing::{Content, Expiries, Keys, MinisignKey, Release, Repository, Versions};
use polder_slots::testing::Publisher;
use polder_slots::{Bad, Slots};
use polder_wire::UnixSeconds;
use polder_wire::update::{Policy, this_system};
use semver::Version;
use serde_json::json;
use tempfile::TempDir;

const PROGRAM: &[u8] = b"the program's own bytes";
const DAY: i64 = 24 * 60 * 60;

/// A deployment, a person's data of it, and a folder for files that are asked about.
struct Site {
    folder: TempDir,
    keys: Keys,
    minisign: MinisignKey,
    publisher: Publisher,
    policy: Policy,
    expiries: Expiries,
    root: Vec<u8>,
}

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = UnixSeconds::from_clock();
        let policy = Policy {
            schema: 1,
            issued: now.plus(-60),
            min_version: Version::new(1, 0, 0),
            newest: BTreeMap::from([(this_system(), Version::new(1, 2, 3))]),
            revoked: Vec::new(),
            next_pins: Vec::new(),
        };
        let keys = Keys::generate(&SystemRandom::new()).unwrap();
        let mut site = Self {
            folder,
            keys,
            minisign: MinisignKey::generate().unwrap(),
            publisher: Publisher::new(),
            policy,
            expiries: Expiries::from(now),
            root: Vec::new(),
        };
        site.root = site.signed().root().to_vec();
        let key = site.minisign.public();
        site.write_deployment(&key);
        site
    }

    /// A repository of release 1.2.3 for this system.
    fn signed(&self) -> Repository {
        let release = Release::sign(&self.minisign, Version::new(1, 2, 3), this_system(), PROGRAM.to_vec());
        let content = Content { policy: self.policy.clone(), releases: vec![release.unwrap()] };
        Repository::sign(&self.keys, &content, Versions::all(1), self.expiries).unwrap()
    }

    fn write_deployment(&self, minisign_key: &str) {
        let mut ca = rcgen::CertificateParams::default();
        ca.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let ca = ca.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap();
        let deployment = json!({
            "schema": 1, "name": "acme", "origin": "https://polder.example",
            "ca": [STANDARD.encode(ca.der())],
            "pins": [STANDARD.encode([1; 32]), STANDARD.encode([2; 32])],
            "root": STANDARD.encode(&self.root),
            "floor": {"timestamp": 1, "snapshot": 1, "targets": 1},
            "minisign_key": minisign_key, "built_at": 1_700_000_000,
        });
        fs::write(self.path("deployment.json"), deployment.to_string()).unwrap();
    }

    /// A deployment that believes the slots' publisher.
    fn with_slots(self) -> Self {
        self.write_deployment(&self.publisher.public());
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// What the client keeps after it verified the repository.
    fn keep(&self) {
        let repository = self.path("repository");
        // Once: every minisign signature is another.
        let signed = self.signed();
        signed.write(&repository).unwrap();
        let metadata = |name: &str| fs::read(repository.join("metadata").join(name)).unwrap();
        let mut files = BTreeMap::from([
            ("timestamp.json".to_owned(), metadata("timestamp.json")),
            ("snapshot.json".to_owned(), metadata("1.snapshot.json")),
            ("targets.json".to_owned(), metadata("1.targets.json")),
        ]);
        for name in signed.target_files() {
            let (folder, file) = name
                .rsplit_once('/')
                .map_or(("targets".to_owned(), name), |(folder, file)| (format!("targets/{folder}"), file));
            let plain = file.split_once('.').unwrap().1;
            // Programs are not kept, only what is small.
            if plain != "polder" {
                files.insert(
                    format!("{folder}/{plain}"),
                    fs::read(repository.join("targets").join(name)).unwrap(),
                );
            }
        }
        let files: BTreeMap<_, _> =
            files.into_iter().map(|(name, bytes)| (name, STANDARD.encode(bytes))).collect();
        let folder = self.path("data/acme");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("trusted.json"), json!({"schema": 1, "files": files}).to_string()).unwrap();
    }

    /// The same repository as an update file, after a change to what is in it.
    fn update_file(&self, change: impl FnOnce(&mut Vec<(String, Vec<u8>)>)) -> PathBuf {
        let repository = self.path("brought");
        // Once: every minisign signature is another.
        let signed = self.signed();
        signed.write(&repository).unwrap();
        let mut files = Vec::new();
        for name in ["1.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"] {
            files.push((
                format!("metadata/{name}"),
                fs::read(repository.join("metadata").join(name)).unwrap(),
            ));
        }
        for name in signed.target_files() {
            files.push((format!("targets/{name}"), fs::read(repository.join("targets").join(name)).unwrap()));
        }
        change(&mut files);
        let path = self.path("1.2.3.polder-update");
        let mut tar = tar::Builder::new(fs::File::create(&path).unwrap());
        for (name, bytes) in files {
            let mut header = tar::Header::new_ustar();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, name, bytes.as_slice()).unwrap();
        }
        tar.finish().unwrap();
        path
    }

    /// A slot in the person's data folder.
    fn slot(&self, version: &str) -> PathBuf {
        let slots = Slots::at(&self.path("data"), "acme");
        let folder = slots.slot(&version.parse().unwrap());
        let release =
            self.publisher.release(&version.parse().unwrap(), &this_system(), &[("polder", PROGRAM, true)]);
        release.lay_out(&folder);
        folder
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_polder-update"));
        command.arg("--deployment").arg(self.path("deployment.json")).arg("--data").arg(self.path("data"));
        command
    }

    fn run(&self, arguments: &[&Path]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    fn status(&self) -> String {
        let output = self.run(&[Path::new("status")]);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What is said of a file that is believed.
    fn believed(&self, path: &Path) -> String {
        let output = self.run(&[Path::new("verify"), path]);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What is said of a file that is not.
    fn refused(&self, path: &Path) -> String {
        let output = self.run(&[Path::new("verify"), path]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(output.stdout.is_empty(), "nothing good is said of it: {output:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    fn sign(&self, bytes: &[u8], version: &str, system: &str) -> String {
        self.minisign.sign(bytes, &version.parse().unwrap(), system).unwrap()
    }
}

#[test]
fn a_computer_that_has_nothing_yet_is_described_as_such() {
    let said = Site::new().status();
    assert!(said.contains("acme at https://polder.example"), "{said}");
    assert!(said.contains("not this program"), "a deployment from a file is said to be one: {said}");
    assert!(said.contains("the release that the package brought"), "{said}");
    assert!(said.contains("has never reached its platform"), "{said}");
}

#[test]
fn status_says_the_newest_release_by_the_signed_policy_and_until_when_that_counts() {
    let site = Site::new();
    site.keep();
    let said = site.status();
    assert!(said.contains("Newest      1.2.3, by the policy that was signed"), "{said}");
    assert!(said.contains("1.0.0 may still talk"), "{said}");
    assert!(said.contains("holds until"), "{said}");
}

#[test]
fn status_says_that_metadata_has_expired() {
    let mut site = Site::new();
    site.expiries.timestamp = UnixSeconds::from_clock().plus(-DAY);
    site.keep();
    let said = site.status();
    assert!(said.contains("Metadata    expired"), "{said}");
}

#[test]
fn kept_metadata_that_somebody_changed_is_not_shown() {
    let mut site = Site::new();
    site.keep();
    let path = site.path("data/acme/trusted.json");
    let mut kept: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    site.policy.newest.insert(this_system(), Version::new(9, 9, 9));
    kept["files"]["targets/policy.json"] =
        STANDARD.encode(serde_json::to_vec_pretty(&site.policy).unwrap()).into();
    fs::write(&path, kept.to_string()).unwrap();
    let said = site.status();
    assert!(!said.contains("9.9.9"), "{said}");
}

#[test]
fn status_says_which_slot_starts_whether_it_holds_and_what_failed() {
    let site = Site::new().with_slots();
    let slot = site.slot("1.2.3");
    let slots = Slots::at(&site.path("data"), "acme");
    let mut locked = slots.lock().unwrap().unwrap();
    locked.point_to(&Version::new(1, 2, 3)).unwrap();
    locked.refuse([7; 32], &Version::new(1, 2, 4), Bad::Crashed).unwrap();
    drop(locked);
    let said = site.status();
    assert!(said.contains("1.2.3, on trial"), "{said}");
    assert!(said.contains("its signature and all its files hold"), "{said}");
    assert!(said.contains("1.2.4 (0707070707070707…): crashed"), "{said}");
    fs::write(slot.join("polder"), b"the program's 0wn bytes").unwrap();
    let said = site.status();
    assert!(said.contains("does not hold"), "{said}");
}

#[test]
fn a_release_file_is_named_by_its_proven_comment() {
    let site = Site::new();
    let path = site.file("polder.deb", b"an installer");
    site.file("polder.deb.minisig", site.sign(b"an installer", "1.2.3", "linux-x86_64").as_bytes());
    let said = site.believed(&path);
    assert!(said.contains("Release     1.2.3 for linux-x86_64"), "{said}");
    assert!(said.contains(&site.minisign.public()), "{said}");
    assert!(said.contains("no metadata is kept here"), "{said}");
}

#[test]
fn a_signature_may_lie_elsewhere() {
    let site = Site::new();
    let path = site.file("polder.deb", b"an installer");
    let signature = site.file("elsewhere", site.sign(b"an installer", "1.2.3", "linux-x86_64").as_bytes());
    let output = site.run(&[Path::new("verify"), &path, Path::new("--signature"), &signature]);
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn a_file_that_is_not_the_signed_one_is_refused() {
    let site = Site::new();
    let good = site.sign(b"an installer", "1.2.3", "linux-x86_64");
    let foreign = MinisignKey::generate().unwrap();
    let foreign = foreign.sign(b"an installer", &Version::new(1, 2, 3), "linux-x86_64").unwrap();
    let other = site.minisign.sign_saying(b"an installer", "product:other version:1.2.3 system:linux-x86_64");
    let renamed = good.replace("version:1.2.3", "version:9.9.9");
    for (bytes, signature, why) in [
        (&b"an 1nstaller"[..], good.as_str(), "not the one that was signed"),
        (b"an installer and more", &good, "not the one that was signed"),
        (b"", &good, "not the one that was signed"),
        (b"an installer", &foreign, "another key"),
        (b"an installer", &other.unwrap(), "not for a release of this product"),
        (b"an installer", &renamed, "not the one that was signed"),
        (b"an installer", "nonsense", "no minisign signature"),
    ] {
        let path = site.file("polder.deb", bytes);
        site.file("polder.deb.minisig", signature.as_bytes());
        let said = site.refused(&path);
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn a_file_that_nobody_vouches_for_is_not_proven() {
    let site = Site::new();
    let path = site.file("polder", PROGRAM);
    assert!(site.refused(&path).contains("not proven"));
    assert!(site.refused(&site.path("missing")).contains("missing"));
}

/// Whoever opened it would wait for somebody at its other end.
#[test]
#[cfg(unix)]
fn a_pipe_in_place_of_a_file_or_of_its_signature_is_refused_at_once() {
    let site = Site::new();
    let pipe = site.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert!(site.refused(&pipe).contains("it is no plain file"));
    let output =
        site.run(&[Path::new("verify"), &site.path("deployment.json"), Path::new("--signature"), &pipe]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(String::from_utf8(output.stderr).unwrap().contains("it is no plain file"));
}

#[test]
fn an_installed_program_is_known_by_what_the_client_keeps() {
    let site = Site::new();
    site.keep();
    let path = site.file("polder", PROGRAM);
    let said = site.believed(&path);
    assert!(said.contains(&format!("Release     1.2.3 for {}", this_system())), "{said}");
    assert!(said.contains("TUF         names it releases/1.2.3/"), "{said}");
    fs::write(&path, b"the program's 0wn bytes").unwrap();
    assert!(site.refused(&path).contains("not proven"));
}

#[test]
fn a_signature_that_names_another_release_than_the_metadata_is_refused() {
    let site = Site::new();
    site.keep();
    let path = site.file("polder", PROGRAM);
    site.file("polder.minisig", site.sign(PROGRAM, "1.2.4", &this_system()).as_bytes());
    let said = site.refused(&path);
    assert!(said.contains("minisign says 1.2.4") && said.contains("releases/1.2.3/"), "{said}");
}

#[test]
fn a_revoked_program_is_refused_whatever_its_signatures_say() {
    let mut site = Site::new();
    site.policy.revoked = vec![hex::encode(digest(&SHA256, PROGRAM))];
    site.keep();
    let path = site.file("polder", PROGRAM);
    site.file("polder.minisig", site.sign(PROGRAM, "1.2.3", &this_system()).as_bytes());
    assert!(site.refused(&path).contains("must not run"));
}

#[test]
fn a_slot_and_the_program_in_it_are_held_to_the_manifest() {
    let site = Site::new().with_slots();
    let slot = site.slot("1.2.3");
    assert!(site.believed(&slot).contains("1.2.3 for"));
    assert!(site.believed(&slot.join("polder")).contains("lies in a slot"));
    let mut beside = site.command();
    beside.current_dir(&slot).args(["verify", "polder"]);
    assert!(beside.output().unwrap().status.success(), "its name alone will do in its folder");
    let other = site.file("data/versions/acme/1.2.3/../other", b"x");
    assert!(site.refused(&other).contains("not proven"));
    fs::write(slot.join("polder"), b"the program's 0wn bytes").unwrap();
    assert!(site.refused(&slot).contains("has been changed"));
    assert!(site.refused(&slot.join("polder")).contains("has been changed"));
}

#[test]
fn an_update_file_is_held_against_everything_that_the_client_asks_for() {
    let site = Site::new();
    let said = site.believed(&site.update_file(|_| {}));
    assert!(said.contains("its metadata holds"), "{said}");
    assert!(said.contains(&format!("polder holds: 1.2.3 for {}", this_system())), "{said}");
    assert!(said.contains("Files       3,"), "{said}");
    assert!(!site.path("data").exists(), "nothing is kept of it");
}

#[test]
fn an_update_file_that_somebody_changed_is_refused() {
    type Change = fn(&mut Vec<(String, Vec<u8>)>);
    let changes: [(&str, Change); 6] = [
        ("a target", |files| {
            let program = files.iter_mut().find(|file| file.1 == PROGRAM).unwrap();
            program.1[0] ^= 1;
        }),
        ("metadata", |files| {
            let timestamp = files.iter_mut().find(|file| file.0.ends_with("timestamp.json")).unwrap();
            timestamp.1 = String::from_utf8(timestamp.1.clone())
                .unwrap()
                .replace("\"version\": 1", "\"version\": 2")
                .into();
        }),
        ("no timestamp", |files| files.retain(|file| !file.0.ends_with("timestamp.json"))),
        ("a file more", |files| files.push(("targets/abc.planted".to_owned(), b"x".to_vec()))),
        ("a file elsewhere", |files| files.push(("elsewhere/planted".to_owned(), b"x".to_vec()))),
        ("a file twice", |files| files.push(files[0].clone())),
    ];
    for (what, change) in changes {
        let site = Site::new();
        let path = site.update_file(change);
        assert!(!site.refused(&path).is_empty(), "{what}");
    }
}

#[test]
fn an_update_file_of_another_deployment_or_too_old_is_refused() {
    let other = Site::new();
    let site = Site::new();
    let said = site.refused(&other.update_file(|_| {}));
    assert!(said.contains("metadata does not hold"), "{said}");
    let mut old = Site::new();
    old.expiries.timestamp = UnixSeconds::from_clock().plus(-DAY);
    let said = old.refused(&old.update_file(|_| {}));
    assert!(said.contains("expired"), "{said}");
}

#[test]
fn without_a_deployment_nothing_can_be_asked() {
    let output = Command::new(env!("CARGO_BIN_EXE_polder-update")).arg("status").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("--deployment"));
}
