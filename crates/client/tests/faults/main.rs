//! A whole update of a client, from what is known to what starts next, that is killed or meets a fault at every system
//! call that changes something on the disk, and once more while it recovers.
//!
//! With `POLDER_FAULTS=all` the second blow falls at every point of every recovery; else at one of each. `cargo xtask test
//! --all` sets it.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and it says how many points it met"
)]

#[path = "../support/renewal.rs"]
mod renewal;
mod scene;
mod strace;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeSet;

use polder_wire::Code;

use scene::{Scene, fingerprint};
use strace::Blow;

const FULL: [Code; 2] = [Code::NoRoom, Code::DiskFull];
const CLOSED: [Code; 2] = [Code::FolderCannotHoldPrograms, Code::StoreUnwritable];

#[test]
fn a_full_update_that_is_killed_anywhere_leaves_a_whole_release_to_start() {
    killed(&Scene::new(false));
}

#[test]
fn an_update_by_a_difference_that_is_killed_anywhere_leaves_a_whole_release_to_start() {
    killed(&Scene::new(true));
}

#[test]
fn a_disk_that_is_full_anywhere_in_an_update_is_no_room_and_nothing_is_half() {
    refused("ENOSPC", FULL);
}

#[test]
fn a_quota_that_is_used_up_anywhere_in_an_update_is_no_room_and_nothing_is_half() {
    refused("EDQUOT", FULL);
}

#[test]
fn a_disk_that_becomes_read_only_anywhere_in_an_update_is_told_as_that_and_nothing_is_half() {
    refused("EROFS", CLOSED);
}

#[test]
fn a_permission_that_is_taken_away_anywhere_in_an_update_is_told_as_that_and_nothing_is_half() {
    refused("EACCES", CLOSED);
}

/// Kills at every point, and for every state that comes of it again while the next run recovers.
fn killed(scene: &Scene) {
    let everywhere = std::env::var_os("POLDER_FAULTS").is_some_and(|value| value == "all");
    let first = scene.points(&scene.base);
    let (mut states, mut mended) = (BTreeSet::new(), BTreeSet::new());
    let (mut met, mut second) = (0, 0);
    for (number, point) in first.iter().enumerate() {
        let Some((state, _)) = scene.struck(&scene.base, point, Blow::Kill, "first") else { continue };
        met += 1;
        scene.check(&state, point);
        if !states.insert(fingerprint(&state)) {
            continue;
        }
        scene.mend(&state, &mut mended, point);
        let mut again = scene.points(&state);
        if !everywhere && !again.is_empty() {
            again = vec![again.swap_remove((number * 7 + 3) % again.len())];
        }
        for point in &again {
            let Some((state, _)) = scene.struck(&state, point, Blow::Kill, "again") else { continue };
            second += 1;
            scene.check(&state, point);
            scene.mend(&state, &mut mended, point);
        }
    }
    enough(met, first.len());
    println!(
        "killed at {met} of {} points, {} different states, at {second} points while recovering from them, {} mended",
        first.len(),
        states.len(),
        mended.len()
    );
}

/// The same with a call that fails from some point on: a person hears what it is, and once it is over the update succeeds.
fn refused(error: &'static str, codes: [Code; 2]) {
    let scene = Scene::new(false);
    let points = scene.points(&scene.base);
    let mut mended = BTreeSet::new();
    let (mut met, mut told) = (0, 0);
    for point in &points {
        let Some((state, ended)) = scene.struck(&scene.base, point, Blow::Error(error), "struck") else {
            continue;
        };
        met += 1;
        let understood = codes.map(|code| code.to_string()).contains(&ended.said);
        // What is no more than tidying, and what a system may not be able to do, is gone without.
        assert!(understood || ended.said == "in-place", "{error} at {point:?}: {ended:?}");
        told += usize::from(understood);
        scene.check(&state, point);
        // Who can remove nothing, or look into no folder, leaves it for the next run, which is held to it below.
        if !["unlink", "unlinkat", "rmdir", "openat"].contains(&point.call.as_str()) {
            scene.clean(&state, point);
        }
        scene.mend(&state, &mut mended, point);
    }
    enough(met, points.len());
    assert!(told * 2 > met, "{told} of {met} were told");
    println!("{error} at {met} of {} points, told at {told}, {} states mended", points.len(), mended.len());
}

/// Nearly all: how many pieces come from a network differs by a few.
fn enough(met: usize, points: usize) {
    assert!(points > 60 && met + 4 >= points, "{met} of {points} were met");
}
