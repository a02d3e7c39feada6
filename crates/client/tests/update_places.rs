//! Where an update is to go: a full disk, a folder that cannot hold programs, another update under way, and ahead of time
//! while somebody works.

// A test that cannot go on fails.
#![allow(clippy::unwrap_used)]

#[path = "support/renewal.rs"]
mod renewal;
mod support;

#[cfg(target_os = "linux")]
use std::sync::Mutex;
use std::time::Duration;

use polder_client::gate::{Progress, Step};
use polder_client::update::{Pace, Patience};
use polder_slots::Bad;
use polder_wire::{Code, UnixSeconds};
use renewal::{HASTY, NEW, OLD, Renewal};
use support::now;
use support::server::Stop;
use tokio::sync::watch;

const ARCHIVE: &str = ".polder.tar.zst";

/// Runs the rest of a test in a mount namespace of its own, so that what it mounts is nobody else's and goes with it.
/// Root may do that anywhere; others where the system lets them have a user namespace. Linux alone has any of this, so
/// the tests that begin with it are Linux's.
#[cfg(target_os = "linux")]
fn in_own_mounts(test: &str) -> bool {
    const INSIDE: &str = "POLDER_TEST_OWN_MOUNTS";
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let mut unshare = std::process::Command::new("unshare");
    unshare.arg("--mount");
    if !rustix::process::geteuid().is_root() {
        unshare.args(["--user", "--map-root-user"]);
    }
    let itself = std::env::current_exe().unwrap();
    let output =
        unshare.arg(itself).args(["--exact", test, "--nocapture"]).env(INSIDE, "1").output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    false
}

#[cfg(target_os = "linux")]
fn mount(renewal: &Renewal, options: &str) {
    std::fs::create_dir_all(renewal.data()).unwrap();
    let mounted = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", options, "none"])
        .arg(renewal.data())
        .status()
        .unwrap();
    assert!(mounted.success());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_disk_without_room_is_recognised_before_anything_is_fetched() {
    if !in_own_mounts("a_disk_without_room_is_recognised_before_anything_is_fetched") {
        return;
    }
    let renewal = Renewal::long();
    mount(&renewal, "size=4m,mode=0700");
    let server = renewal.server().await;
    let refusal = renewal.refused(renewal.update(server.port).await, Code::NoRoom);
    assert_eq!(renewal.sent(ARCHIVE), 0);
    let polder_client::gate::Refusal::Update { fault, .. } = &refusal else { panic!("{refusal:?}") };
    let (needed, free) = fault.room().unwrap();
    assert!(free.unwrap() < needed && needed > renewal.published.packed.len() as u64, "{needed} {free:?}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_disk_that_others_fill_meanwhile_is_told_and_nothing_is_changed() {
    if !in_own_mounts("a_disk_that_others_fill_meanwhile_is_told_and_nothing_is_changed") {
        return;
    }
    let renewal = Renewal::long();
    mount(&renewal, "size=16m,mode=0700");
    let server = renewal.server().await;
    let (ballast, whole) = (renewal.data().join("ballast"), renewal.published.packed.len() as u64);
    let filled = Mutex::new(false);
    let progress = |progress: Progress| {
        let mut filled = filled.lock().unwrap();
        if progress.step == Step::Downloading
            && progress.done == whole
            && !std::mem::replace(&mut *filled, true)
        {
            // All but 100 kB.
            let free = rustix::fs::statvfs(renewal.data().as_path()).unwrap();
            let free = free.f_bavail * free.f_frsize - 100_000;
            std::fs::write(&ballast, vec![1; usize::try_from(free).unwrap()]).unwrap();
        }
    };
    let result = renewal.gate(server.port).update(UnixSeconds(now()), &progress).await;
    renewal.refused(result, Code::NoRoom);
    std::fs::remove_file(&ballast).unwrap();
    renewal.update(server.port).await.unwrap();
    assert!(renewal.is_in_place());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_folder_that_no_program_may_be_started_from_is_recognised_before_anything_is_fetched() {
    if !in_own_mounts("a_folder_that_no_program_may_be_started_from_is_recognised_before_anything_is_fetched")
    {
        return;
    }
    let renewal = Renewal::long();
    mount(&renewal, "noexec,mode=0700");
    let server = renewal.server().await;
    renewal.refused(renewal.update(server.port).await, Code::FolderCannotHoldPrograms);
    assert_eq!(renewal.sent(ARCHIVE), 0);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_folder_that_cannot_be_written_is_recognised_before_anything_is_fetched() {
    if !in_own_mounts("a_folder_that_cannot_be_written_is_recognised_before_anything_is_fetched") {
        return;
    }
    let renewal = Renewal::long();
    let server = renewal.server().await;
    // What the gate remembers may be written; where slots go may not.
    let versions = renewal.data().join("versions");
    std::fs::create_dir_all(&versions).unwrap();
    let mounted = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "ro,mode=0700", "none"])
        .arg(&versions)
        .status()
        .unwrap();
    assert!(mounted.success());
    renewal.refused(renewal.update(server.port).await, Code::FolderCannotHoldPrograms);
    assert_eq!(renewal.sent(ARCHIVE), 0);
}

/// NTFS as Windows reads it, in a file, by way of FUSE. It keeps modes and owners as well.
#[cfg(target_os = "linux")]
fn mount_ntfs(renewal: &Renewal) {
    let run = |command: &mut std::process::Command| {
        let output = command.output().unwrap();
        assert!(output.status.success(), "{command:?}: {output:?}");
    };
    let image = renewal.folder.path().join("ntfs.img");
    std::fs::File::create(&image).unwrap().set_len(64 << 20).unwrap();
    std::fs::create_dir_all(renewal.data()).unwrap();
    run(std::process::Command::new("/usr/sbin/mkntfs").args(["-q", "-F", "-f"]).arg(&image));
    let mut mount = std::process::Command::new("lowntfs-3g");
    run(mount.args(["-o", "ignore_case,permissions"]).arg(&image).arg(renewal.data()));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn on_a_file_system_that_takes_a_for_a_capital_a_updates_go_through_whatever_case_is_there() {
    if !in_own_mounts(
        "on_a_file_system_that_takes_a_for_a_capital_a_updates_go_through_whatever_case_is_there",
    ) {
        return;
    }
    for long in [true, false] {
        let renewal = if long { Renewal::long() } else { Renewal::new() };
        mount_ntfs(&renewal);
        std::fs::write(renewal.data().join("probe"), b"a").unwrap();
        assert_eq!(std::fs::read(renewal.data().join("PROBE")).unwrap(), b"a", "the mount tells cases apart");
        // What a person, or a copy from elsewhere, left behind.
        let versions = renewal.slots().folder().parent().unwrap().to_owned();
        let name = versions.file_name().unwrap().to_str().unwrap().to_uppercase();
        std::fs::create_dir_all(versions.with_file_name(name)).unwrap();
        let server = renewal.server().await;
        renewal.update(server.port).await.unwrap();
        assert!(renewal.is_in_place());
        // Once more, over a slot that is there and damaged.
        let program = renewal.slots().slot(&NEW.parse().unwrap()).join("polder");
        std::fs::write(&program, b"damaged").unwrap();
        renewal.update(server.port).await.unwrap();
        assert!(renewal.is_in_place());
        assert_eq!(renewal.slots().list().unwrap().len(), 1);
        let unmounted = std::process::Command::new("umount").arg(renewal.data()).status();
        assert!(unmounted.unwrap().success());
    }
}

/// As a virus scanner has it.
#[cfg(windows)]
#[tokio::test]
async fn a_download_that_another_program_holds_is_refused_and_taken_up_once_it_is_let_go() {
    use std::os::windows::fs::OpenOptionsExt;
    let renewal = Renewal::long();
    let server = renewal.server().await;
    let part = renewal.part(&renewal.published.packed);
    std::fs::create_dir_all(part.parent().unwrap()).unwrap();
    let mut held = std::fs::OpenOptions::new();
    let held = held.write(true).create_new(true).share_mode(0).open(&part).unwrap();
    renewal.refused(renewal.update(server.port).await, Code::FileHeld);
    assert_eq!(renewal.sent(ARCHIVE), 0);
    drop(held);
    renewal.update(server.port).await.unwrap();
    assert!(renewal.is_in_place());
}

#[tokio::test]
async fn another_update_under_way_is_waited_for_only_so_long() {
    let renewal = Renewal::long();
    let server = renewal.server().await;
    let other = renewal.slots().incoming().unwrap().unwrap();
    let refusal = renewal.update(server.port).await.unwrap_err();
    assert_eq!(refusal.code(), Code::UpdateBusy);
    assert_eq!(renewal.sent(ARCHIVE), 0);
    drop(other);
    renewal.update(server.port).await.unwrap();
}

#[tokio::test]
async fn of_two_at_once_one_fetches_and_both_end_in_the_new_version() {
    let mut renewal = Renewal::long();
    renewal.patience = Patience { others: Duration::from_secs(30), ..HASTY };
    let server = renewal.server().await;
    let (one, other) = tokio::join!(renewal.update(server.port), renewal.update(server.port));
    assert_eq!(one.unwrap().version().to_string(), NEW);
    assert_eq!(other.unwrap().version().to_string(), NEW);
    assert!(renewal.is_in_place());
    assert_eq!(renewal.sent(ARCHIVE), renewal.published.packed.len(), "fetched once");
}

#[tokio::test]
async fn a_slot_that_lost_its_pointer_is_pointed_to_and_not_fetched_and_a_damaged_one_is_replaced() {
    let renewal = Renewal::long();
    let server = renewal.server().await;
    renewal.update(server.port).await.unwrap();
    let sent = renewal.sent(ARCHIVE);
    std::fs::remove_file(renewal.slots().folder().join("current.json")).unwrap();
    renewal.update(server.port).await.unwrap();
    assert!(renewal.is_in_place());
    assert_eq!(renewal.sent(ARCHIVE), sent);
    std::fs::write(renewal.slots().slot(&NEW.parse().unwrap()).join("polder"), b"damaged").unwrap();
    renewal.update(server.port).await.unwrap();
    assert!(renewal.is_in_place());
    assert_eq!(renewal.sent(ARCHIVE), 2 * sent);
}

/// Admitted with the old version as the newest; then the new one is published.
async fn admitted(
    renewal: &mut Renewal,
) -> (support::server::Server, polder_client::gate::Gate, polder_client::gate::Admission) {
    renewal.release.policy["newest"]["linux-x86_64"] = OLD.into();
    renewal.release.policy["min_version"] = OLD.into();
    let server = renewal.server().await;
    let gate = renewal.gate(server.port);
    let admission = gate.check(UnixSeconds(now()), &|_| {}).await.unwrap();
    (server, gate, admission)
}

#[tokio::test]
async fn the_next_release_is_staged_while_somebody_works() {
    let mut renewal = Renewal::new();
    let (_server, gate, admission) = admitted(&mut renewal).await;
    let (_pause, paused) = watch::channel(false);
    let pace = Pace { bytes_per_second: Some(50_000_000) };
    let ahead =
        async || gate.stage_ahead(&admission, UnixSeconds(now()), pace, paused.clone(), &|_, _| {}).await;
    assert!(ahead().await.unwrap().is_none(), "there is nothing newer yet");
    renewal.release.policy["newest"]["linux-x86_64"] = NEW.into();
    renewal.publish_as(2);
    assert_eq!(ahead().await.unwrap().unwrap().update.version().to_string(), NEW);
    assert!(renewal.is_in_place());
    // The next time there is nothing to fetch.
    let sent = renewal.sent(".bsdiff.zst");
    ahead().await.unwrap().unwrap();
    assert_eq!(renewal.sent(".bsdiff.zst"), sent);
}

#[tokio::test]
async fn a_later_release_takes_the_place_of_one_that_was_staged_and_never_started() {
    let mut renewal = Renewal::long();
    let (_server, gate, admission) = admitted(&mut renewal).await;
    let (_pause, paused) = watch::channel(false);
    let ahead = async || {
        let ahead =
            gate.stage_ahead(&admission, UnixSeconds(now()), Pace::FULL, paused.clone(), &|_, _| {}).await;
        ahead.unwrap().unwrap().update.version().to_string()
    };
    renewal.release.policy["newest"]["linux-x86_64"] = NEW.into();
    renewal.publish_as(2);
    assert_eq!(ahead().await, NEW);
    let later = support::archive::Slot::new(&renewal.world, "0.4.0", &[("polder", b"later", true)]);
    support::archive::Published::new(&renewal.world, &later, None).add_to(&mut renewal.release);
    renewal.release.policy["newest"]["linux-x86_64"] = "0.4.0".into();
    renewal.publish_as(3);
    assert_eq!(ahead().await, "0.4.0");
    assert_eq!(renewal.slots().pointer().unwrap().unwrap().current.to_string(), "0.4.0");
    assert_eq!(
        renewal.slots().list().unwrap(),
        ["0.4.0".parse().unwrap()],
        "what nobody starts any more goes"
    );
}

#[tokio::test]
async fn a_bundle_that_macos_runs_from_elsewhere_is_recognised_before_anything_is_fetched() {
    let mut renewal = Renewal::long();
    renewal.program = renewal.folder.path().join("AppTranslocation/1B2C/d/slot/polder");
    renewal.old.lay_out(renewal.program.parent().unwrap());
    let (server, gate, admission) = admitted(&mut renewal).await;
    renewal.release.policy["newest"]["linux-x86_64"] = NEW.into();
    renewal.publish_as(2);
    let (_pause, paused) = watch::channel(false);
    let ahead = gate.stage_ahead(&admission, UnixSeconds(now()), Pace::FULL, paused, &|_, _| {}).await;
    assert_eq!(ahead.unwrap_err().code(), Code::Translocated);
    renewal.refused(renewal.update(server.port).await, Code::Translocated);
    assert_eq!(renewal.sent(ARCHIVE), 0);
}

#[tokio::test]
async fn staging_ahead_keeps_its_pace_and_rests_without_a_connection() {
    let mut renewal = Renewal::long();
    let (_server, gate, admission) = admitted(&mut renewal).await;
    renewal.release.policy["newest"]["linux-x86_64"] = NEW.into();
    renewal.publish_as(2);
    let files = renewal.files.clone();
    renewal.meddle(move |request| {
        let whole = request.path.ends_with(ARCHIVE) && !request.headers.contains_key("range");
        whole.then(|| files.lock().unwrap().answer_to(request).stopping_at(200_000, Stop::Silent))
    });
    let (pause, paused) = watch::channel(false);
    let (tell, mut told) = watch::channel(0);
    let progress = |version: &semver::Version, progress: Progress| {
        assert_eq!(version.to_string(), NEW);
        if progress.step == Step::Downloading {
            tell.send_replace(progress.done);
        }
    };
    // A megabyte a second: what is left of 600 kB takes its time, and the pause is obeyed in the middle.
    let pace = Pace { bytes_per_second: Some(1_000_000) };
    let began = std::time::Instant::now();
    let (staged, ()) =
        tokio::join!(gate.stage_ahead(&admission, UnixSeconds(now()), pace, paused, &progress), async {
            told.wait_for(|done| *done >= 200_000).await.unwrap();
            pause.send_replace(true);
            let asked = renewal.sent(ARCHIVE);
            assert!(
                tokio::time::timeout(Duration::from_millis(200), told.wait_for(|done| *done > 200_000))
                    .await
                    .is_err()
            );
            assert_eq!(renewal.sent(ARCHIVE), asked);
            pause.send_replace(false);
        });
    staged.unwrap().unwrap();
    assert!(renewal.is_in_place());
    assert_eq!(renewal.sent(ARCHIVE), renewal.published.packed.len(), "not a byte twice");
    assert!(began.elapsed() >= Duration::from_millis(500), "{:?}", began.elapsed());
}

#[tokio::test]
async fn staging_ahead_leaves_a_bad_release_alone() {
    let mut renewal = Renewal::long();
    let (_server, gate, admission) = admitted(&mut renewal).await;
    renewal.release.policy["newest"]["linux-x86_64"] = NEW.into();
    renewal.publish_as(2);
    let hash = hex::decode(support::tuf::sha256(&renewal.new.archive())).unwrap().try_into().unwrap();
    renewal.slots().lock().unwrap().unwrap().refuse(hash, &NEW.parse().unwrap(), Bad::Crashed).unwrap();
    let (_pause, paused) = watch::channel(false);
    let ahead = gate.stage_ahead(&admission, UnixSeconds(now()), Pace::FULL, paused, &|_, _| {}).await;
    assert_eq!(ahead.unwrap_err().code(), Code::ReleaseDoesNotStart);
    assert_eq!(renewal.sent(ARCHIVE), 0);
}
