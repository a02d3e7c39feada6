//! Files that another program holds open and lets nobody else at, as a virus scanner does.

use std::fs::{File, OpenOptions};
use std::os::windows::fs::OpenOptionsExt;
use std::path::Path;

use crate::desk::{Desk, program_name, v};

/// Until it is dropped, nobody else opens it, for whatever.
fn held(path: &Path) -> File {
    OpenOptions::new().read(true).share_mode(0).open(path).unwrap()
}

#[test]
fn a_slot_of_which_a_file_is_held_is_left_for_the_one_before_and_condemned_by_nobody() {
    for name in [program_name(), "part", "manifest.json", "manifest.json.minisig"] {
        let desk = Desk::new();
        desk.settle("1.0.0", "exit 0");
        let release = desk.settle("2.0.0", "exit 0");
        let file = held(&desk.slot("2.0.0").join(name));
        let launched = desk.launch();
        assert_eq!(launched.code, 0, "{name}: {launched:?}");
        assert_eq!(desk.ran(), ["1.0.0"], "{name}");
        drop(file);
        assert_eq!(desk.slots().refused().unwrap().bad(&release.archive_sha256()), None);
        assert_eq!(desk.launch().code, 0);
        assert_eq!(desk.ran(), ["2.0.0"], "{name}: it is let go, and starts again");
    }
}

#[test]
fn a_pointer_that_is_held_keeps_nobody_from_starting_the_newest() {
    let desk = Desk::new();
    desk.settle("1.0.0", "exit 0");
    desk.settle("2.0.0", "exit 0");
    let _file = held(&desk.slots().folder().join("current.json"));
    let launched = desk.launch();
    assert_eq!(launched.code, 0, "{launched:?}");
    assert_eq!(desk.ran(), ["2.0.0"]);
}

#[test]
fn a_pointer_that_is_held_while_it_is_written_is_what_it_was() {
    let desk = Desk::new();
    desk.settle("1.0.0", "exit 0");
    desk.place(&desk.release("2.0.0", "exit 0"));
    let before = desk.pointer();
    {
        let _file = held(&desk.slots().folder().join("current.json"));
        let mut locked = desk.slots().lock().unwrap().unwrap();
        assert!(locked.point_to(&v("2.0.0")).is_err());
    }
    assert_eq!(desk.pointer(), before);
    let mut locked = desk.slots().lock().unwrap().unwrap();
    locked.point_to(&v("2.0.0")).unwrap();
    assert_eq!(desk.pointer().unwrap().current, v("2.0.0"));
}

#[test]
fn the_program_that_runs_cannot_be_replaced_by_another() {
    let desk = Desk::new();
    desk.settle("1.0.0", "note up\nuntil end\nexit 0");
    let begun = desk.begin();
    desk.until_noted("up", 1);
    let program = desk.slot("1.0.0").join(program_name());
    assert!(std::fs::write(&program, b"another").is_err(), "somebody wrote into a program that runs");
    assert!(std::fs::remove_file(&program).is_err(), "somebody removed a program that runs");
    desk.signal("end");
    assert_eq!(begun.wait(), 0);
}
