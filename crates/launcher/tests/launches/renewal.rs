//! The launcher that a release brings.

use std::env::consts::EXE_SUFFIX;
use std::fs;
#[cfg(unix)]
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use crate::desk::{Desk, v};

/// What a release's launcher is called here.
fn name() -> String {
    format!("polder-launcher{EXE_SUFFIX}")
}

/// Another launcher than the one that runs: the same program, and something behind it.
fn other(desk: &Desk) -> Vec<u8> {
    let mut bytes = fs::read(desk.launcher()).unwrap();
    bytes.extend_from_slice(b"newer");
    bytes
}

fn settle(desk: &Desk, version: &str, launcher: &[u8]) {
    let release = desk.release_with(version, "exit 0", &[(&name(), launcher, true)]);
    desk.place(&release);
    let mut locked = desk.slots().lock().unwrap().unwrap();
    locked.point_to(&v(version)).unwrap();
    locked.confirm(&v(version)).unwrap();
}

// Windows lets nobody replace a program that runs: there the launcher comes with the installer (see below).
#[cfg(unix)]
#[test]
fn a_newer_releases_launcher_takes_the_old_ones_place_and_starts_what_follows() {
    let desk = Desk::new();
    let new = other(&desk);
    settle(&desk, "9.0.0", &new);
    let before = fs::metadata(desk.launcher()).unwrap();
    let launched = desk.launch();
    assert_eq!(launched.code, 0, "{launched:?}");
    assert_eq!(fs::read(desk.launcher()).unwrap(), new);
    let after = fs::metadata(desk.launcher()).unwrap();
    assert_ne!(before.ino(), after.ino(), "it was renamed into place");
    assert_eq!(before.permissions(), after.permissions());
    // Nothing is left beside it, and the new one works and finds nothing to do.
    assert_eq!(fs::read_dir(desk.launcher().parent().unwrap()).unwrap().count(), 1);
    assert_eq!(desk.launch().code, 0);
    assert_eq!(fs::metadata(desk.launcher()).unwrap().ino(), after.ino());
    assert_eq!(desk.ran(), ["9.0.0"; 2]);
}

#[test]
fn an_old_release_brings_back_no_old_launcher() {
    let desk = Desk::new();
    let (old, new) = (fs::read(desk.launcher()).unwrap(), other(&desk));
    settle(&desk, "0.0.1", &new);
    assert_eq!(desk.launch().code, 0);
    assert_eq!(fs::read(desk.launcher()).unwrap(), old);
}

#[test]
fn a_release_on_trial_does_not_replace_the_launcher() {
    let desk = Desk::new();
    let (old, new) = (fs::read(desk.launcher()).unwrap(), other(&desk));
    desk.settle("1.0.0", "exit 0");
    desk.place(&desk.release_with("9.0.0", "crash", &[(&name(), &new, true)]));
    desk.slots().lock().unwrap().unwrap().point_to(&v("9.0.0")).unwrap();
    assert_eq!(desk.launch().code, 0);
    assert_eq!(desk.ran(), ["9.0.0", "9.0.0", "1.0.0"]);
    assert_eq!(fs::read(desk.launcher()).unwrap(), old);
}

#[cfg(windows)]
#[test]
fn on_windows_the_launcher_stays_as_the_installer_brought_it_and_the_release_starts() {
    let desk = Desk::new();
    let (old, new) = (fs::read(desk.launcher()).unwrap(), other(&desk));
    settle(&desk, "9.0.0", &new);
    let launched = desk.launch();
    assert_eq!(launched.code, 0, "{launched:?}");
    assert_eq!(fs::read(desk.launcher()).unwrap(), old);
    assert_eq!(
        fs::read_dir(desk.launcher().parent().unwrap()).unwrap().count(),
        1,
        "nothing is left beside it"
    );
    assert_eq!(desk.ran(), ["9.0.0"]);
}

// Modes: on Windows nothing is replaced.
#[cfg(unix)]
#[test]
fn where_the_launchers_folder_is_not_ours_it_stays_and_the_release_starts() {
    let desk = Desk::new();
    let (old, new) = (fs::read(desk.launcher()).unwrap(), other(&desk));
    settle(&desk, "9.0.0", &new);
    let folder = desk.launcher().parent().unwrap().to_owned();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    let launched = crate::disturbed::without_roots_rights(&desk);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(launched.code, 0, "{launched:?}");
    assert!(launched.said.contains("the launcher stays as it is"), "{launched:?}");
    assert_eq!(fs::read(desk.launcher()).unwrap(), old);
}
