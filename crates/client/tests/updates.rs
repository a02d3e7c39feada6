//! From an old version to the newest, over the network: the short way, the long way, and on from where it was cut.

// A test that cannot go on fails.
#![allow(clippy::unwrap_used)]

#[path = "support/renewal.rs"]
mod renewal;
mod support;

use std::sync::Mutex;

use polder_client::gate::{Progress, Step};
use polder_wire::{Code, UnixSeconds};
use renewal::{NEW, Renewal};
use support::now;
use support::server::{Reply, Stop};

#[tokio::test]
async fn the_short_way_leads_to_the_new_version_and_costs_little() {
    let renewal = Renewal::new();
    let server = renewal.server().await;
    let staged = renewal.update(server.port).await.unwrap();
    assert_eq!(staged.version().to_string(), NEW);
    assert!(renewal.is_in_place());
    assert_eq!(renewal.sent(".polder.tar.zst"), 0);
    let (short, long) = (renewal.sent(".bsdiff.zst"), renewal.published.packed.len());
    assert!((1..long / 10).contains(&short), "{short} of {long}");
}

#[tokio::test]
async fn the_long_way_leads_there_too_and_says_how_far_it_is() {
    let renewal = Renewal::long();
    let server = renewal.server().await;
    let told = Mutex::new(Vec::new());
    let progress = |progress: Progress| told.lock().unwrap().push(progress);
    renewal.gate(server.port).update(UnixSeconds(now()), &progress).await.unwrap();
    assert!(renewal.is_in_place());
    let whole = renewal.published.packed.len();
    assert_eq!(renewal.sent(".polder.tar.zst"), whole);
    let told = told.into_inner().unwrap();
    for (step, total) in
        [(Step::Downloading, whole as u64), (Step::Unpacking, renewal.new.archive().len() as u64)]
    {
        let of: Vec<_> = told.iter().filter(|told| told.step == step).collect();
        assert!(of.iter().all(|told| told.total == total) && of.is_sorted_by_key(|told| told.done), "{of:?}");
        assert!(of.len() > 1 && of[0].done == 0, "{of:?}");
    }
    assert!(told.is_sorted_by_key(|told| told.step));
    // Nothing that was on the way stays.
    let left: Vec<_> = std::fs::read_dir(renewal.slots().incoming_folder()).unwrap().collect();
    assert_eq!(left.len(), 1, "only the lock: {left:?}");
}

#[tokio::test]
async fn a_short_way_that_fails_in_any_way_gives_way_to_the_long_one() {
    let other = support::archive::noise(5_000, 9);
    type Harm = fn(&mut Renewal, &[u8]);
    let harms: [(&str, Harm); 7] = [
        ("the file is not there", |renewal, _| {
            renewal.meddle(|request| request.path.ends_with(".bsdiff.zst").then(|| Reply::new(404, "")));
        }),
        ("other bytes come", |renewal, other| {
            let other = other.to_vec();
            renewal.meddle(move |request| {
                request.path.ends_with(".bsdiff.zst").then(|| Reply::new(200, other.clone()))
            });
        }),
        ("it is none, though signed", |renewal, other| {
            renewal.change(|published| published.delta.as_mut().unwrap().1 = other.to_vec());
        }),
        ("it begins with another archive", |renewal, other| {
            renewal.change(|it| it.delta.as_mut().unwrap().2 = support::archive::named(other));
        }),
        ("it leads elsewhere", |renewal, other| {
            let delta = support::archive::delta(&renewal.old.archive(), other);
            renewal.change(|published| published.delta.as_mut().unwrap().1 = delta);
        }),
        ("its result's own signature does not hold", |renewal, other| {
            let signature = renewal.world.sign(other, NEW, support::archive::SYSTEM);
            renewal.change(|published| published.unpacked_signature = signature);
        }),
        ("the slot that runs was changed", |renewal, _| {
            std::fs::write(renewal.folder.path().join("app/slot/share/words"), b"HELLO").unwrap();
        }),
    ];
    for (what, harm) in harms {
        let mut renewal = Renewal::new();
        harm(&mut renewal, &other);
        let server = renewal.server().await;
        renewal.update(server.port).await.unwrap_or_else(|refusal| panic!("{what}: {}", refusal.details()));
        assert!(renewal.is_in_place(), "{what}");
        assert!(renewal.sent(".polder.tar.zst") > 0, "{what}");
    }
}

#[tokio::test]
async fn a_download_that_is_cut_goes_on_where_it_was() {
    let renewal = Renewal::long();
    let whole = renewal.published.packed.len();
    let files = renewal.files.clone();
    let mut cuts = 0;
    renewal.meddle(move |request| {
        if !request.path.ends_with(".polder.tar.zst") || cuts == 4 {
            return None;
        }
        cuts += 1;
        Some(files.lock().unwrap().answer_to(request).stopping_at(100_000, Stop::HangUp))
    });
    let server = renewal.server().await;
    renewal.update(server.port).await.unwrap();
    assert!(renewal.is_in_place());
    assert_eq!(renewal.sent(".polder.tar.zst"), whole, "not a byte twice");
    let ranges: Vec<_> = server
        .requests()
        .iter()
        .filter(|request| request.path.ends_with(".polder.tar.zst"))
        .map(|request| request.headers.get("range").cloned())
        .collect();
    assert_eq!(ranges.len(), 5);
    assert_eq!((&ranges[0], ranges[4].as_deref()), (&None, Some("bytes=400000-")));
}

#[tokio::test]
async fn what_a_program_that_was_ended_had_fetched_is_not_fetched_again() {
    let renewal = Renewal::long();
    let whole = renewal.published.packed.len();
    let files = renewal.files.clone();
    let mut first = true;
    renewal.meddle(move |request| {
        if !request.path.ends_with(".polder.tar.zst") || !std::mem::take(&mut first) {
            return None;
        }
        Some(files.lock().unwrap().answer_to(request).stopping_at(500_000, Stop::Silent))
    });
    let server = renewal.server().await;
    // The program ends while it waits for more.
    let part = renewal.part(&renewal.published.packed);
    let there = async {
        while std::fs::metadata(&part).map_or(0, |metadata| metadata.len()) < 500_000 {
            tokio::task::yield_now().await;
        }
    };
    let gate = renewal.gate(server.port);
    tokio::select! {
        result = gate.update(UnixSeconds(now()), &|_| {}) => panic!("{result:?}"),
        () = there => {}
    }
    let mut patient = renewal::HASTY;
    patient.others = std::time::Duration::from_secs(10);
    renewal.gate(server.port).with_patience(patient).update(UnixSeconds(now()), &|_| {}).await.unwrap();
    assert!(renewal.is_in_place());
    assert_eq!(renewal.sent(".polder.tar.zst"), whole, "not a byte twice");
}

#[tokio::test]
async fn a_server_that_knows_no_ranges_is_asked_for_the_whole_and_nothing_is_put_behind_it() {
    for status in [200, 416] {
        let renewal = Renewal::long();
        let files = renewal.files.clone();
        let mut cut = false;
        renewal.meddle(move |request| {
            if !request.path.ends_with(".polder.tar.zst") {
                return None;
            }
            let whole = files.lock().unwrap().answer(&request.path);
            match (std::mem::replace(&mut cut, true), request.headers.get("range")) {
                (false, _) => Some(whole.stopping_at(300_000, Stop::HangUp)),
                (true, Some(_)) if status == 416 => Some(Reply::new(416, "")),
                (true, _) => Some(whole),
            }
        });
        let server = renewal.server().await;
        renewal.update(server.port).await.unwrap();
        assert!(renewal.is_in_place(), "{status}");
        assert_eq!(renewal.sent(".polder.tar.zst"), 300_000 + renewal.published.packed.len());
    }
}

#[tokio::test]
async fn a_platform_that_goes_away_for_good_is_given_up_and_what_came_stays() {
    let renewal = Renewal::long();
    let files = renewal.files.clone();
    let mut first = true;
    renewal.meddle(move |request| {
        request.path.ends_with(".polder.tar.zst").then(|| {
            let bytes = if std::mem::take(&mut first) { 200_000 } else { 0 };
            files.lock().unwrap().answer_to(request).stopping_at(bytes, Stop::HangUp)
        })
    });
    let server = renewal.server().await;
    renewal.refused(renewal.update(server.port).await, Code::AnswerBroken);
    let asked = server.requests().iter().filter(|it| it.path.ends_with(".polder.tar.zst")).count();
    assert_eq!(asked, 4, "once with fruit, three times without");
    assert_eq!(std::fs::metadata(renewal.part(&renewal.published.packed)).unwrap().len(), 200_000);
    // Later it is back.
    renewal.meddle(|_| None);
    renewal.update(server.port).await.unwrap();
    assert_eq!(renewal.sent(".polder.tar.zst"), renewal.published.packed.len());
}

#[tokio::test]
async fn a_program_that_is_outdated_whatever_its_bytes_are_is_replaced_without_reading_them() {
    let renewal = Renewal::new();
    std::fs::remove_file(renewal.folder.path().join("app/slot/polder")).unwrap();
    let server = renewal.server().await;
    let told = Mutex::new(Vec::new());
    let progress = |progress: Progress| told.lock().unwrap().push(progress.step);
    renewal.gate(server.port).update(UnixSeconds(now()), &progress).await.unwrap();
    assert!(renewal.is_in_place());
    assert!(!told.into_inner().unwrap().contains(&Step::Verifying));
}

#[tokio::test]
async fn who_runs_the_newest_is_told_so() {
    let mut renewal = Renewal::new();
    renewal.release.policy["newest"]["linux-x86_64"] = "0.2.0".into();
    renewal.release.policy["min_version"] = "0.2.0".into();
    let server = renewal.server().await;
    renewal.refused(renewal.update(server.port).await, Code::NothingNewer);
}

#[tokio::test]
async fn an_altered_program_is_replaced_by_the_released_one_of_the_same_version() {
    let mut renewal = Renewal::new();
    let same = support::archive::Published::new(&renewal.world, &renewal.old, None);
    same.add_to(&mut renewal.release);
    renewal.release.policy["newest"]["linux-x86_64"] = "0.2.0".into();
    renewal.release.policy["min_version"] = "0.2.0".into();
    std::fs::write(renewal.folder.path().join("app/slot/polder"), b"altered").unwrap();
    let server = renewal.server().await;
    let staged = renewal.update(server.port).await.unwrap();
    assert_eq!(staged.version().to_string(), "0.2.0");
    assert_eq!(renewal.slots().pointer().unwrap().unwrap().current.to_string(), "0.2.0");
}

#[tokio::test]
async fn without_slots_the_gate_refuses_as_before_and_says_that_there_is_no_place() {
    let renewal = Renewal::new();
    let server = renewal.server().await;
    let installed = polder_client::gate::Installed {
        version: "0.2.0".parse().unwrap(),
        system: "linux-x86_64".to_owned(),
        program: renewal.folder.path().join("app/slot/polder"),
    };
    let gate = polder_client::gate::Gate::new(renewal.deployment(server.port), installed, &renewal.data())
        .with_network(
            polder_client::proxy::System::of_environment(|_| None),
            polder_client::keychain::Vault::memory(),
        );
    let refusal = gate.check(UnixSeconds(now()), &|_| {}).await.unwrap_err();
    assert_eq!(refusal.code(), Code::Outdated);
    renewal.refused(gate.update(UnixSeconds(now()), &|_| {}).await, Code::NoSlots);
}

/// The window's program runs each of them on threads of its choice.
#[tokio::test]
async fn an_update_may_run_on_any_thread() {
    fn sendable<T: Send>(_: &T) {}
    let renewal = Renewal::new();
    let gate = renewal.gate(9);
    let update = gate.update(UnixSeconds(now()), &|_| {});
    sendable(&update);
    let import = gate.import(tempfile::tempfile().unwrap(), UnixSeconds(now()), &|_| {});
    sendable(&import);
}

/// Bytes of memory: what the process has now, and the most that it had.
#[cfg(target_os = "linux")]
fn memory() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let of = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    };
    (of("VmRSS:"), of("VmHWM:"))
}

// How much a process had at most is asked of /proc.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_large_archive_takes_little_memory() {
    const PROGRAM: usize = 48 << 20;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.polder-update");
    let renewal = {
        // In parts, because each copy weighs.
        let mut renewal = Renewal::new();
        let program = support::archive::noise(PROGRAM, 3);
        let new = support::archive::Slot::new(&renewal.world, NEW, &[("polder", &program, true)]);
        let published = support::archive::Published::new(&renewal.world, &new, None);
        published.add_to(&mut renewal.release);
        std::fs::write(&path, renewal.release.files(&renewal.world.keys).tar()).unwrap();
        renewal.release.targets.clear();
        renewal
    };
    let file = std::fs::File::open(&path).unwrap();
    let gate = renewal.gate(9);
    // Forgets the peak that making it took.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let (before, _) = memory();
    gate.import(file, UnixSeconds(now()), &|_| {}).await.unwrap();
    let (_, peak) = memory();
    let above = peak.saturating_sub(before);
    println!("{} kB above {} kB", above / 1024, before / 1024);
    assert!(above < 40 << 20, "{above} bytes");
    assert!(before < PROGRAM as u64, "what making it took is still there, and hides what unpacking takes");
}
