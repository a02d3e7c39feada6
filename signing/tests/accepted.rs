//! Both TUF clients that read our repositories, the platform's (tough) and the desktop's (sigstore-tuf),
//! accept good ones and refuse bad ones.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::path::{Path, PathBuf};

use polder_signing::{Content, Expiries, Keys, MinisignKey, Release, Repository, SigningError, Versions};
use polder_wire::UnixSeconds;
use polder_wire::update::{POLICY_TARGET, Policy};
use semver::Version;
use sigstore_tuf::transport::FetchFuture;

const SYSTEM: &str = "linux-x86_64";

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
        let release =
            Release::sign(&minisign, version.clone(), SYSTEM.to_owned(), b"a program".to_vec()).unwrap();
        let policy = Policy {
            schema: 1,
            issued: now,
            min_version: version.clone(),
            newest: [(SYSTEM.to_owned(), version)].into(),
            revoked: Vec::new(),
            next_pins: Vec::new(),
        };
        let keys = Keys::generate().unwrap();
        let content = Content { policy, releases: vec![release] };
        Self { folder: tempfile::tempdir().unwrap(), keys, content, now }
    }

    fn write(&self, made: Result<Repository, SigningError>) -> Vec<u8> {
        let made = made.unwrap();
        made.write(self.folder.path()).unwrap();
        made.root().to_vec()
    }

    fn good(&self, number: u64) -> Vec<u8> {
        let versions = Versions { root: 1, ..Versions::all(number) };
        self.write(Repository::sign(&self.keys, &self.content, versions, Expiries::from(self.now)))
    }

    async fn tough(&self, root: &[u8]) -> Result<Vec<u8>, tough::error::Error> {
        use futures::TryStreamExt as _;
        let url = |name: &str| url::Url::from_directory_path(self.folder.path().join(name)).unwrap();
        let loader = tough::RepositoryLoader::new(&root, url("metadata"), url("targets"));
        let repository = loader.load().await?;
        let name = tough::TargetName::new(POLICY_TARGET)?;
        let stream = repository.read_target(&name).await?.expect("the policy is a target");
        let parts: Vec<_> = stream.try_collect().await?;
        Ok(parts.concat())
    }

    async fn sigstore(&self, root: &[u8]) -> sigstore_tuf::Result<Vec<u8>> {
        let now = jiff::Timestamp::from_second(self.now.0).unwrap();
        let mut updater = sigstore_tuf::client::Updater::new(Folder(self.folder.path().to_owned()), root)?;
        updater.refresh(now).await?;
        updater.get_target(POLICY_TARGET, now).await
    }
}

struct Folder(PathBuf);

impl Folder {
    fn read(&self, path: &Path) -> FetchFuture<'_> {
        let read = std::fs::read(self.0.join(path)).ok();
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
    let policy = serde_json::to_vec_pretty(&made.content.policy).unwrap();
    for number in [1, 2] {
        let root = made.good(number);
        assert_eq!(made.tough(&root).await.unwrap(), policy);
        assert_eq!(made.sigstore(&root).await.unwrap(), policy);
    }
}

#[tokio::test]
async fn one_targets_signature_of_two_is_refused_by_both() {
    let made = Made::new();
    let one = [&made.keys.targets[0]];
    let root = made.write(Repository::sign_by(
        &made.keys,
        &one,
        &made.content,
        Versions::all(1),
        Expiries::from(made.now),
    ));
    made.tough(&root).await.unwrap_err();
    made.sigstore(&root).await.unwrap_err();
}

#[tokio::test]
async fn an_expired_timestamp_is_refused_by_both() {
    let made = Made::new();
    let expiries = Expiries { timestamp: made.now.plus(-60), ..Expiries::from(made.now) };
    let root = made.write(Repository::sign(&made.keys, &made.content, Versions::all(1), expiries));
    made.tough(&root).await.unwrap_err();
    made.sigstore(&root).await.unwrap_err();
}

#[tokio::test]
async fn keys_of_another_repository_are_refused_by_both() {
    let made = Made::new();
    let root = made.good(1);
    let other = Keys::generate().unwrap();
    made.write(Repository::sign(&other, &made.content, Versions::all(2), Expiries::from(made.now)));
    std::fs::remove_file(made.folder.path().join("metadata/2.root.json")).unwrap();
    made.tough(&root).await.unwrap_err();
    made.sigstore(&root).await.unwrap_err();
}
