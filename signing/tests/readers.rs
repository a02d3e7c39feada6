//! Both TUF clients read what `polder-release` publishes, also while it publishes and after it was killed in the
//! midst of it.

#![cfg(all(target_os = "linux", feature = "tool"))]
#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use polder_wire::update::{
    POLICY_TARGET, Policy, archive_target, delta_target, program_target, signature_target,
};
use semver::Version;
use sigstore_tuf::transport::FetchFuture;
use support::{Desk, PASSPHRASE, SYSTEM, noise, publish, text};

struct Folder(PathBuf);

impl Folder {
    fn read(&self, path: &Path) -> FetchFuture<'_> {
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

/// What a reader finds who comes for the first time: the policy, and the newest release's archive.
async fn read(repository: &Path, root: &[u8], now: i64) -> sigstore_tuf::Result<(Policy, Vec<u8>)> {
    let now = jiff::Timestamp::from_second(now).unwrap();
    let mut updater = sigstore_tuf::client::Updater::new(Folder(repository.to_owned()), root)?;
    updater.refresh(now).await?;
    let policy: Policy = serde_json::from_slice(&updater.get_target(POLICY_TARGET, now).await?).unwrap();
    let archive = updater.get_target(&archive_target(&policy.newest[SYSTEM], SYSTEM), now).await?;
    Ok((policy, archive))
}

fn read_now(desk: &Desk, repository: &str, root: &[u8]) -> Policy {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(read(&desk.path(repository), root, desk.now)).unwrap().0
}

fn root(desk: &Desk) -> Vec<u8> {
    fs::read(desk.path("repo/metadata/1.root.json")).unwrap()
}

/// With 1.0.0 published, and 1.0.1 ready to be.
fn ready() -> Desk {
    let mut desk = Desk::with_root();
    desk.release("1.0.0", &noise(20_000, 1));
    desk.add("1.0.1", &[noise(20_000, 1), b"patched".to_vec()].concat());
    desk.good(&format!("policy set draft --repo repo --newest {SYSTEM}=1.0.1"));
    desk.propose("p");
    desk
}

fn newest(policy: &Policy) -> String {
    policy.newest[SYSTEM].to_string()
}

#[tokio::test]
async fn both_clients_accept_what_is_published_and_custom_says_what_is_agreed() {
    let mut desk = ready();
    desk.publish("p");
    let root = root(&desk);
    let (policy, archive) = read(&desk.path("repo"), &root, desk.now).await.unwrap();
    assert_eq!(newest(&policy), "1.0.1");

    let url = |name: &str| url::Url::from_directory_path(desk.path(&format!("repo/{name}"))).unwrap();
    let loader = tough::RepositoryLoader::new(&root, url("metadata"), url("targets"));
    let repository = loader.load().await.unwrap();
    let (old, new) = (Version::new(1, 0, 0), Version::new(1, 0, 1));
    let custom = |name: String| {
        let name = tough::TargetName::new(name).unwrap();
        serde_json::to_value(&repository.targets().signed.targets[&name].custom).unwrap()
    };
    let unpacked = custom(archive_target(&new, SYSTEM));
    let length = unpacked["unpacked"]["length"].as_u64().unwrap();
    let tar = polder_signing::release::unpack(&archive, length).unwrap();
    let sha256 = |bytes: &[u8]| hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes));
    assert_eq!(unpacked["unpacked"]["sha256"], sha256(&tar));
    let from = custom(delta_target(&new, SYSTEM, &old));
    assert_eq!(from["from"]["sha256"].as_str().unwrap().len(), 64);
    // A bare program has none, as before.
    let program = custom(program_target(&new, SYSTEM));
    assert!(program.as_object().is_none_or(serde_json::Map::is_empty), "{program}");
    let target = &repository.targets().signed.targets;
    assert!(target.contains_key(&tough::TargetName::new(signature_target(&new, SYSTEM)).unwrap()));
}

#[test]
fn a_reader_sees_the_old_repository_or_the_new_one_and_never_half() {
    let mut desk = ready();
    let root = root(&desk);
    let (repository, now) = (desk.path("repo"), desk.now);
    let done = AtomicBool::new(false);
    let readings = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let mut seen = Vec::new();
            while !done.load(Ordering::SeqCst) {
                let (policy, archive) = runtime.block_on(read(&repository, &root, now)).unwrap();
                assert!(!archive.is_empty());
                seen.push(newest(&policy));
                seen.dedup();
                readings.fetch_add(1, Ordering::SeqCst);
            }
            seen
        });
        let read_more = || {
            let before = readings.load(Ordering::SeqCst);
            while readings.load(Ordering::SeqCst) < before + 3 && !reader.is_finished() {
                std::thread::yield_now();
            }
        };
        read_more();
        desk.publish("p");
        for patch in 2..5 {
            desk.release(&format!("1.0.{patch}"), &noise(20_000, patch));
        }
        read_more();
        done.store(true, Ordering::SeqCst);
        assert_eq!(reader.join().unwrap(), ["1.0.0", "1.0.1", "1.0.2", "1.0.3", "1.0.4"]);
    });
}

#[test]
fn killed_at_any_rename_it_leaves_the_old_repository_or_the_new_one_and_is_done_again() {
    let mut desk = ready();
    let root = root(&desk);
    fs::rename(desk.path("repo"), desk.path("before")).unwrap();
    let mut killed = 0;
    for when in 1.. {
        copy(&desk.path("before"), &desk.path("repo"));
        let line = format!(
            "strace -f -o calls -e trace=rename,renameat,renameat2 \
             -e inject=rename,renameat,renameat2:signal=KILL:when={when} polder-release {} {} --passphrase-fd 0",
            desk.at(),
            publish("p")
        );
        let out = desk.shell(&line, &format!("{PASSPHRASE}\n").repeat(2));
        let through = out.status.success();
        let found = newest(&read_now(&desk, "repo", &root));
        if through {
            assert_eq!(found, "1.0.1");
            break;
        }
        assert!(
            fs::read_to_string(desk.path("calls")).unwrap().contains("killed by SIGKILL"),
            "{}",
            text(&out)
        );
        killed += 1;
        // strace kills before the call is made, so that even the last one leaves the old state.
        assert_eq!(found, "1.0.0", "killed at rename {when}");
        desk.publish("p");
        assert_eq!(newest(&read_now(&desk, "repo", &root)), "1.0.1", "after rename {when}");
        let out = desk.check();
        assert!(out.status.success(), "after rename {when}: {}", text(&out));
        fs::remove_dir_all(desk.path("repo")).unwrap();
    }
    // Program, archive, delta, three signatures, policy, targets, snapshot, timestamp.
    assert_eq!(killed, 10);
}

#[test]
fn an_update_file_is_read_as_the_repository_that_it_comes_from() {
    let mut desk = ready();
    desk.publish("p");
    desk.good(&format!("export repo polder.polder-update --system {SYSTEM}"));
    let root = root(&desk);
    fs::create_dir(desk.path("unpacked")).unwrap();
    let tar = |args: &[&str]| {
        let out = Command::new("tar").args(args).arg(desk.path("polder.polder-update")).output().unwrap();
        assert!(out.status.success(), "{}", text(&out));
        text(&out)
    };
    let names = tar(&["-tf"]);
    let metadata: Vec<_> = names.lines().take_while(|name| name.starts_with("metadata/")).collect();
    assert_eq!(
        metadata,
        [
            "metadata/1.root.json",
            "metadata/timestamp.json",
            "metadata/2.snapshot.json",
            "metadata/2.targets.json"
        ]
    );
    assert!(names.lines().skip(4).all(|name| name.starts_with("targets/")), "{names}");
    // The bare program is in the archive already, and deltas lead from what the reader may not have.
    for absent in [".polder\n", ".bsdiff.zst\n", "1.0.0/"] {
        assert!(!names.contains(absent), "{absent} is in it:\n{names}");
    }
    for present in [
        ".policy.json",
        ".polder.minisig",
        ".polder.tar.zst",
        ".polder.tar.zst.minisig",
        ".polder.tar.minisig",
    ] {
        assert!(names.lines().any(|name| name.ends_with(present)), "{present} is missing:\n{names}");
    }
    let into = desk.path("unpacked").display().to_string();
    tar(&["-C", &into, "-xf"]);
    assert_eq!(newest(&read_now(&desk, "unpacked", &root)), "1.0.1");
    let out = desk.run(&format!("export repo polder.polder-update --system {SYSTEM}"));
    assert!(!out.status.success(), "it was replaced");
    let out = desk.run("export repo other.polder-update --system plan9-mips");
    assert!(text(&out).contains("no release for plan9-mips"), "{}", text(&out));
}

#[test]
fn a_key_replaced_as_planned_turns_no_reader_away() {
    let mut desk = ready();
    desk.publish("p");
    fs::remove_dir_all(desk.path("draft")).unwrap();
    let first = root(&desk);
    desk.good_typing(&format!("keys make timestamp new --out keys {}", support::QUICK));
    desk.good("root rotate repo --replace timestamp/online=keys/timestamp-new.pub --out r");
    desk.signed("r", &["keys/root-anna.key", "keys/root-chris.key"]);
    let online = "--snapshot-key keys/snapshot-online.key --timestamp-key keys/timestamp-online.key --timestamp-key keys/timestamp-new.key";
    let said = desk.good_typing(&format!("publish repo r {online}"));
    assert!(!said.contains("turned away"), "{said}");
    let second = fs::read(desk.path("repo/metadata/2.root.json")).unwrap();
    for root in [&first, &second] {
        read_now(&desk, "repo", root);
    }
    // Who has not met the new root yet is served as well.
    fs::remove_file(desk.path("repo/metadata/2.root.json")).unwrap();
    read_now(&desk, "repo", &first);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &to) } else { fs::copy(&path, &to).map(|_| ()).unwrap() }
    }
}
