//! From signed proposals to readers: what is refused, what a reader sees meanwhile, and what `check` finds.

#![cfg(all(unix, feature = "tool"))]
#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod support;

use std::fs;
use std::path::PathBuf;

use support::{DAY, Desk, PIN_B, QUICK, SYSTEM, noise, publish, text};

const ONLINE: &str = "--snapshot-key keys/snapshot-online.key --timestamp-key keys/timestamp-online.key";

fn released() -> Desk {
    let mut desk = Desk::with_root();
    desk.release("1.0.0", &noise(20_000, 1));
    desk
}

/// The one published file whose name ends so.
fn published(desk: &Desk, end: &str) -> PathBuf {
    let folder = desk.path("repo/targets");
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(end) {
                return path;
            }
        }
    }
    panic!("there is no {end}");
}

#[test]
fn a_delta_is_made_only_where_it_is_smaller_than_half() {
    let mut desk = released();
    let mut patched = noise(20_000, 1);
    patched.splice(5_000..5_000, noise(500, 9));
    let said = desk.add("1.0.1", &patched);
    assert!(said.contains("delta from 1.0.0: "), "{said}");
    assert!(desk.path(&format!("draft/targets/releases/1.0.1/{SYSTEM}/from-1.0.0.bsdiff.zst")).exists());
    fs::remove_dir_all(desk.path("draft")).unwrap();

    // 60 % are new.
    let mut rewritten = noise(20_000, 1);
    rewritten.splice(..12_000, noise(12_000, 9));
    let said = desk.add("1.1.0", &rewritten);
    assert!(said.contains("no delta from 1.0.0"), "{said}");
    assert!(!desk.path(&format!("draft/targets/releases/1.1.0/{SYSTEM}/from-1.0.0.bsdiff.zst")).exists());
}

#[test]
fn deltas_are_made_from_the_last_three_releases() {
    let mut desk = Desk::with_root();
    for patch in 0..5 {
        let mut program = noise(20_000, 1);
        program.push(patch);
        desk.release(&format!("1.0.{patch}"), &program);
    }
    let folder = fs::read_dir(desk.path(&format!("repo/targets/releases/1.0.4/{SYSTEM}"))).unwrap();
    let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut deltas: Vec<_> =
        names.filter_map(|name| name.split_once(".from-").map(|end| end.1.to_owned())).collect();
    deltas.sort();
    assert_eq!(deltas, ["1.0.1.bsdiff.zst", "1.0.2.bsdiff.zst", "1.0.3.bsdiff.zst"]);
    let out = desk.check();
    assert!(out.status.success(), "{}", text(&out));
}

#[test]
fn a_release_that_is_published_does_not_change() {
    let mut desk = released();
    let program = desk.program("other", &noise(20_000, 3));
    let add = format!("release add draft --repo repo --version 1.0.0 --system {SYSTEM} --program {program}");
    let read = support::shown(&desk.run(&add));
    desk.refused(&format!("{add} --key keys/minisign-mia.key --yes-i-read {read}"), "is published already");
}

#[test]
fn an_older_proposal_is_not_published_again() {
    let mut desk = released();
    desk.release("1.0.1", &noise(20_000, 2));
    desk.refused(&publish("1.0.0.proposal"), "follows another state");
    desk.refused(&publish("1.0.1.proposal"), "follows another state");
}

#[test]
fn of_two_proposals_for_the_same_state_the_second_is_refused() {
    let mut desk = released();
    desk.propose("one");
    desk.propose("two");
    desk.publish("one");
    desk.refused(&publish("two"), "follows another state");
}

#[test]
fn versions_do_not_go_back_in_policy() {
    let mut desk = released();
    desk.release("1.1.0", &noise(20_000, 2));
    let set = "policy set draft --repo repo";
    let back = desk.run(&format!("{set} --newest {SYSTEM}=1.0.0"));
    assert!(text(&back).contains("goes back from 1.1.0 to 1.0.0"), "{}", text(&back));
    let back = desk.run(&format!("{set} --min-version 0.9.0"));
    assert!(text(&back).contains("goes back from 1.0.0 to 0.9.0"), "{}", text(&back));
}

#[test]
fn a_newest_release_that_is_not_there_or_revoked_is_not_proposed() {
    let mut desk = released();
    desk.good(&format!("policy set draft --repo repo --newest {SYSTEM}=1.0.1"));
    let out = desk.run("propose draft --repo repo --out p");
    assert!(text(&out).contains("has no target releases/1.0.1"), "{}", text(&out));
    fs::remove_dir_all(desk.path("draft")).unwrap();
    let program = fs::read(desk.path("polder-1.0.0")).unwrap();
    let hash = hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &program));
    desk.good(&format!("policy set draft --repo repo --revoke {hash}"));
    let out = desk.run("propose draft --repo repo --out p");
    assert!(text(&out).contains("is revoked"), "{}", text(&out));
}

#[test]
fn a_pin_is_neither_served_nor_dropped_too_early() {
    let mut desk = released();
    let set = "policy set draft --repo repo";
    desk.good(&format!("{set} --next-pin {PIN_B}"));
    desk.propose("announced");
    desk.publish("announced");
    fs::remove_dir_all(desk.path("draft")).unwrap();
    desk.now += 103 * DAY;
    let early = desk.run(&format!("{set} --serving-pin {PIN_B}"));
    assert!(text(&early).contains("may serve from"), "{}", text(&early));
    desk.now += 2 * DAY;
    desk.good(&format!("{set} --serving-pin {PIN_B}"));
    desk.propose("served");
    desk.publish("served");
    fs::remove_dir_all(desk.path("draft")).unwrap();
    let early = desk.run(&format!("{set} --drop-pin {PIN_B}"));
    assert!(text(&early).contains("it may be dropped only once"), "{}", text(&early));
    let out = desk.check();
    assert!(out.status.success(), "{}", text(&out));
    assert!(text(&out).contains("3 policies follow each other"), "{}", text(&out));
}

#[test]
fn a_proposal_that_lay_about_for_too_long_is_not_published() {
    let mut desk = released();
    desk.propose("p");
    desk.now += 14 * DAY;
    desk.refused(&publish("p"), "may be published from then on for");
}

#[test]
fn a_file_of_a_release_that_was_swapped_after_signing_is_not_published() {
    let mut desk = released();
    desk.add("1.0.1", &noise(20_000, 2));
    desk.good(&format!("policy set draft --repo repo --newest {SYSTEM}=1.0.1"));
    desk.propose("p");
    let program = desk.path(&format!("draft/targets/releases/1.0.1/{SYSTEM}/polder"));
    fs::write(program, noise(20_000, 3)).unwrap();
    desk.refused(&publish("p"), "this is not the file that was signed");
}

#[test]
fn a_release_that_clients_would_not_take_is_not_published() {
    let mut desk = released();
    desk.good_typing("keys make minisign other --out other");
    desk.add("1.0.1", &noise(20_000, 2));
    desk.good(&format!("policy set draft --repo repo --newest {SYSTEM}=1.0.1"));
    desk.propose("p");
    let wrong = publish("p").replace("keys/minisign-mia.pub", "other/minisign-other.pub");
    desk.refused(&wrong, "the signature is of another key");
    desk.publish("p");
}

#[test]
fn the_timestamp_is_signed_anew_and_the_snapshot_where_it_would_end_before_it() {
    let mut desk = released();
    let only = "--timestamp-key keys/timestamp-online.key";
    desk.good_typing(&format!("timestamp repo {only}"));
    assert!(!desk.path("repo/metadata/2.snapshot.json").exists());
    desk.now += 8 * DAY;
    desk.refused(&format!("timestamp repo {only}"), "snapshot 2 carries 0 of the 1");
    desk.good_typing(&format!("timestamp repo {ONLINE}"));
    assert!(desk.path("repo/metadata/2.snapshot.json").exists());
    let out = desk.check();
    assert!(out.status.success(), "{}", text(&out));
    // Another key signs nothing that counts.
    desk.good_typing(&format!("keys make timestamp thief --out thief {QUICK}"));
    desk.refused(
        "timestamp repo --timestamp-key thief/timestamp-thief.key",
        "timestamp 4 carries 0 of the 1",
    );
}

#[test]
fn check_finds_what_is_wrong_with_a_repository() {
    let mut desk = released();
    desk.release("1.0.1", &[noise(20_000, 1), b"patched".to_vec()].concat());
    let good = desk.check();
    assert!(good.status.success(), "{}", text(&good));
    assert!(text(&good).contains("1.0.1 for linux-x86_64: program, archive, 1 deltas"), "{}", text(&good));

    let mut wrong = |end: &str, change: &dyn Fn(&mut Vec<u8>), words: &str| {
        let path = published(&desk, end);
        let before = fs::read(&path).unwrap();
        let mut bytes = before.clone();
        change(&mut bytes);
        fs::write(&path, bytes).unwrap();
        let out = desk.check();
        assert_eq!(out.status.code(), Some(1), "{}", text(&out));
        assert!(text(&out).contains(words), "{words}:\n{}", text(&out));
        fs::write(&path, before).unwrap();
    };
    let flip = |bytes: &mut Vec<u8>| {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
    };
    for end in [".polder", ".polder.tar.zst", ".from-1.0.0.bsdiff.zst", ".polder.minisig", ".pins.json"] {
        wrong(
            end,
            &flip,
            if end == ".pins.json" { "pins.json is not what is signed" } else { "this is not the file" },
        );
    }
    wrong(".polder", &|bytes| bytes.truncate(9), "this is not the file that was signed");

    let timestamp = desk.path("repo/metadata/timestamp.json");
    let before = fs::read_to_string(&timestamp).unwrap();
    fs::write(&timestamp, before.replace("\"sig\": \"", "\"sig\": \"00")).unwrap();
    assert!(text(&desk.check()).contains("timestamp 2 carries 0 of the 1"));
    fs::write(&timestamp, before).unwrap();

    desk.now += 91 * DAY;
    let late = text(&desk.check());
    for role in ["targets", "snapshot", "timestamp"] {
        assert!(late.contains(&format!("WRONG  {role} counted until")), "{late}");
    }
    assert!(!late.contains("root counted"), "{late}");
}

#[test]
fn check_believes_the_readers_root_and_minisign_key_and_no_others() {
    let mut desk = released();
    let other = Desk::with_root();
    for (ours, theirs) in [("root.json", "repo/metadata/1.root.json"), ("mia.pub", "keys/minisign-mia.pub")] {
        fs::copy(other.path(theirs), desk.path(ours)).unwrap();
    }
    let out = desk.run("check repo --root root.json --minisign keys/minisign-mia.pub");
    assert!(text(&out).contains("another than the trusted one"), "{}", text(&out));
    let out = desk.run("check repo --root repo/metadata/1.root.json --minisign mia.pub");
    assert!(text(&out).contains("the signature is of another key"), "{}", text(&out));
}

#[test]
fn a_publication_waits_for_no_other_and_does_not_mix_with_it() {
    let mut desk = released();
    desk.propose("p");
    let lock = fs::File::options().append(true).open(desk.path("repo/publishing.lock")).unwrap();
    lock.try_lock().unwrap();
    desk.refused(&publish("p"), "another program is publishing here");
    drop(lock);
    desk.publish("p");
}

#[test]
fn a_root_published_halfway_is_finished_by_publishing_it_again() {
    let mut desk = released();
    desk.good_typing(&format!("keys make timestamp new --out keys {QUICK}"));
    desk.good("root rotate repo --replace timestamp/online=keys/timestamp-new.pub --out r");
    desk.signed("r", &["keys/root-anna.key", "keys/root-bram.key"]);
    // As after a lost key: the root is there, the timestamp is not.
    let line =
        "publish repo r --snapshot-key keys/snapshot-online.key --timestamp-key keys/timestamp-new.key";
    let timestamp = fs::read(desk.path("repo/metadata/timestamp.json")).unwrap();
    let said = desk.good_typing(line);
    assert!(said.contains("readers are turned away"), "{said}");
    fs::write(desk.path("repo/metadata/timestamp.json"), timestamp).unwrap();
    assert!(!desk.check().status.success());
    desk.good_typing(line);
    let out = desk.check();
    assert!(out.status.success(), "{}", text(&out));
}
