//! Both TUF clients that read our repositories, the platform's (tough) and the desktop's (sigstore-tuf),
//! accept good ones and refuse bad ones.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::fs;
use std::path::{Path, PathBuf};

use aws_lc_rs::rand::SystemRandom;
use polder_signing::{
    Content, Expiries, Keys, MinisignKey, Release, Repository, Signers, SigningError, Versions,
};
use polder_wire::UnixSeconds;
use polder_wire::update::{POLICY_TARGET, Policy, program_target};
use semver::Version;
use sigstore_tuf::transport::FetchFuture;

const SYSTEM: &str = "linux-x86_64";
const PROGRAM: &[u8] = b"a program";

/// A repository, and two clients that remember what they saw.
struct Made {
    folder: tempfile::TempDir,
    keys: Keys,
    content: Content,
    now: UnixSeconds,
}

impl Made {
    fn new() -> Self {
        let now = UnixSeconds::from_clock();
        let version = Version::new(0, 1, 0);
        let minisign = MinisignKey::generate().unwrap();
        let release = Release::sign(&minisign, version.clone(), SYSTEM.to_owned(), PROGRAM.to_vec()).unwrap();
        let policy = Policy {
            schema: 1,
            issued: now,
            min_version: version.clone(),
            newest: [(SYSTEM.to_owned(), version)].into(),
            revoked: Vec::new(),
            next_pins: Vec::new(),
        };
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("tough")).unwrap();
        let content = Content { policy, releases: vec![release] };
        Self { folder, keys: Keys::generate(&SystemRandom::new()).unwrap(), content, now }
    }

    fn sign(&self, versions: Versions, expiries: Expiries) -> Result<Repository, SigningError> {
        Repository::sign(&self.keys, &self.content, versions, expiries)
    }

    fn sign_by(&self, signers: &Signers<'_>) -> Result<Repository, SigningError> {
        Repository::sign_by(signers, &self.keys, &self.content, Versions::all(1), Expiries::from(self.now))
    }

    fn write(&self, made: Result<Repository, SigningError>) -> Vec<u8> {
        let made = made.unwrap();
        made.write(self.folder.path()).unwrap();
        made.root().to_vec()
    }

    fn good(&self, number: u64) -> Vec<u8> {
        let versions = Versions { root: 1, ..Versions::all(number) };
        self.write(self.sign(versions, Expiries::from(self.now)))
    }

    async fn tough(&self, root: &[u8], target: &str) -> Result<Vec<u8>, tough::error::Error> {
        use futures::TryStreamExt as _;
        let url = |name: &str| url::Url::from_directory_path(self.folder.path().join(name)).unwrap();
        let loader = tough::RepositoryLoader::new(&root, url("metadata"), url("targets"))
            .datastore(self.folder.path().join("tough"));
        let repository = loader.load().await?;
        let name = tough::TargetName::new(target)?;
        let stream = repository.read_target(&name).await?.expect("it is a target");
        let parts: Vec<_> = stream.try_collect().await?;
        Ok(parts.concat())
    }

    async fn sigstore(&self, root: &[u8], target: &str) -> sigstore_tuf::Result<Vec<u8>> {
        let now = jiff::Timestamp::from_second(self.now.0).unwrap();
        let repository = Folder(self.folder.path().to_owned());
        let store = sigstore_tuf::FileStore::new(self.folder.path().join("sigstore"));
        let mut updater = sigstore_tuf::client::Updater::new(repository, root)?.with_store(store);
        updater.refresh(now).await?;
        updater.get_target(target, now).await
    }

    async fn both_accept(&self, root: &[u8]) {
        let policy = serde_json::to_vec_pretty(&self.content.policy).unwrap();
        assert_eq!(self.tough(root, POLICY_TARGET).await.unwrap(), policy);
        assert_eq!(self.sigstore(root, POLICY_TARGET).await.unwrap(), policy);
    }

    async fn both_refuse(&self, root: &[u8], target: &str) {
        assert!(self.tough(root, target).await.is_err(), "tough accepts {target}");
        assert!(self.sigstore(root, target).await.is_err(), "sigstore-tuf accepts {target}");
    }
}

struct Folder(PathBuf);

impl Folder {
    fn read(&self, path: &Path) -> FetchFuture<'_> {
        // Not there means "no newer root" to the client, and an error for everything else.
        let read = fs::read(self.0.join(path)).ok();
        Box::pin(async move { Ok(read) })
    }
}

impl sigstore_tuf::transport::Repository for Folder {
    fn fetch_metadata<'a>(&'a self, name: &'a str, _: u64) -> FetchFuture<'a> {
        self.read(&Path::new("metadata").join(name))
    }

    fn fetch_target<'a>(&'a self, path: &'a str, _: u64) -> FetchFuture<'a> {
        self.read(&Path::new("targets").join(path))
    }
}

#[tokio::test]
async fn a_good_repository_is_accepted_by_both_and_so_is_the_next() {
    let made = Made::new();
    for number in [1, 2] {
        let root = made.good(number);
        made.both_accept(&root).await;
    }
}

#[tokio::test]
async fn one_targets_signature_of_two_is_refused_by_both() {
    let made = Made::new();
    let mut signers = Signers::enough(&made.keys);
    signers.targets.pop();
    let root = made.write(made.sign_by(&signers));
    made.both_refuse(&root, POLICY_TARGET).await;
}

#[tokio::test]
async fn one_targets_key_that_signs_twice_is_refused_by_both() {
    let made = Made::new();
    let one = &made.keys.targets[0];
    let signers = Signers { targets: vec![one, one], ..Signers::enough(&made.keys) };
    let root = made.write(made.sign_by(&signers));
    made.both_refuse(&root, POLICY_TARGET).await;
}

#[tokio::test]
async fn one_root_signature_is_refused_by_both_and_any_two_of_three_are_accepted() {
    let made = Made::new();
    let mut signers = Signers { root: vec![&made.keys.root[2]], ..Signers::enough(&made.keys) };
    let root = made.write(made.sign_by(&signers));
    made.both_refuse(&root, POLICY_TARGET).await;
    signers.root.push(&made.keys.root[1]);
    let root = made.write(made.sign_by(&signers));
    made.both_accept(&root).await;
}

#[tokio::test]
async fn a_role_signed_with_another_roles_key_is_refused_by_both() {
    for role in ["snapshot", "timestamp"] {
        let made = Made::new();
        let mut signers = Signers::enough(&made.keys);
        match role {
            "snapshot" => signers.snapshot = &made.keys.timestamp,
            _ => signers.timestamp = &made.keys.snapshot,
        }
        let root = made.write(made.sign_by(&signers));
        made.both_refuse(&root, POLICY_TARGET).await;
    }
}

#[tokio::test]
async fn a_role_that_expired_is_refused_by_both_whichever_it_is() {
    for role in ["root", "targets", "snapshot", "timestamp"] {
        let made = Made::new();
        let mut expiries = Expiries::from(made.now);
        let expired = made.now.plus(-60);
        match role {
            "root" => expiries.root = expired,
            "targets" => expiries.targets = expired,
            "snapshot" => expiries.snapshot = expired,
            _ => expiries.timestamp = expired,
        }
        let root = made.write(made.sign(Versions::all(1), expiries));
        made.both_refuse(&root, POLICY_TARGET).await;
    }
}

#[tokio::test]
async fn an_older_repository_played_back_is_refused_by_both() {
    let made = Made::new();
    let root = made.good(2);
    made.both_accept(&root).await;
    assert_eq!(made.good(1), root);
    made.both_refuse(&root, POLICY_TARGET).await;
    made.good(3);
    made.both_accept(&root).await;
}

#[tokio::test]
async fn a_signed_file_in_another_ones_place_is_refused() {
    let made = Made::new();
    let root = made.good(1);
    let program = program_target(&Version::new(0, 1, 0), SYSTEM);
    // tough looks for targets in folders in another place than the specification says; of all targets the
    // platform reads the policy alone, which lies in none.
    assert_eq!(made.sigstore(&root, &program).await.unwrap(), PROGRAM);
    made.both_accept(&root).await;
    // The client keeps verified targets; one that has none yet must refuse.
    fs::remove_dir_all(made.folder.path().join("sigstore")).unwrap();

    let targets = made.folder.path().join("targets");
    let repository = made.sign(Versions::all(1), Expiries::from(made.now)).unwrap();
    let file = |end: &str| targets.join(repository.target_files().find(|file| file.ends_with(end)).unwrap());
    fs::copy(file("polder.minisig"), file("polder")).unwrap();
    fs::copy(file("polder.minisig"), file(POLICY_TARGET)).unwrap();
    assert!(made.sigstore(&root, &program).await.is_err());
    made.both_refuse(&root, POLICY_TARGET).await;
}

#[tokio::test]
async fn keys_of_another_repository_are_refused_by_both() {
    let made = Made::new();
    let root = made.good(1);
    let other = Keys::generate(&SystemRandom::new()).unwrap();
    made.write(Repository::sign(&other, &made.content, Versions::all(2), Expiries::from(made.now)));
    fs::remove_file(made.folder.path().join("metadata/2.root.json")).unwrap();
    made.both_refuse(&root, POLICY_TARGET).await;
}

#[tokio::test]
async fn a_writing_that_breaks_off_leaves_the_old_repository_to_both() {
    let made = Made::new();
    let root = made.good(1);
    // A folder in a file's place stops the writing at that file.
    for obstacle in ["2.snapshot.json", "2.targets.json"] {
        let obstacle = made.folder.path().join("metadata").join(obstacle);
        fs::create_dir(&obstacle).unwrap();
        let versions = Versions { root: 1, ..Versions::all(2) };
        made.sign(versions, Expiries::from(made.now)).unwrap().write(made.folder.path()).unwrap_err();
        made.both_accept(&root).await;
        let timestamp = fs::read(made.folder.path().join("metadata/timestamp.json")).unwrap();
        let timestamp: serde_json::Value = serde_json::from_slice(&timestamp).unwrap();
        assert_eq!(timestamp["signed"]["version"], 1);
        fs::remove_dir(&obstacle).unwrap();
    }
}
