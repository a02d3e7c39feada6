//! Releases that prove themselves, and others.

use polder_slots::{Bad, Pointer};

use crate::desk::{Desk, v};

fn pointer(current: &str, before: Option<&str>, confirmed: bool, starts: u32) -> Option<Pointer> {
    Some(Pointer { current: v(current), before: before.map(v), confirmed, starts })
}

#[test]
fn the_slot_that_the_pointer_names_is_started() {
    let desk = Desk::new();
    desk.settle("2.0.0", "exit 0");
    desk.settle("1.0.0", "exit 0");
    assert_eq!(desk.launch().code, 0);
    assert_eq!(desk.ran(), ["1.0.0"]);
}

#[test]
fn a_program_is_told_that_there_is_a_launcher_and_its_code_is_passed_on() {
    let desk = Desk::new();
    // The program itself looks for the variable, and ends with 99 without it.
    desk.settle("1.0.0", "exit 7");
    let launched = desk.launch();
    assert_eq!(launched.code, 7, "{launched:?}");
}

#[test]
fn one_window_leads_from_the_old_release_to_the_new_and_on() {
    let desk = Desk::new();
    desk.settle("1.0.0", "point 2.0.0\nexit 85");
    desk.place(&desk.release("2.0.0", "confirm\nexit 0"));
    assert_eq!(desk.launch().code, 0);
    assert_eq!(desk.ran(), ["1.0.0", "2.0.0"]);
    assert_eq!(desk.pointer(), pointer("2.0.0", Some("1.0.0"), true, 0));
}

#[test]
fn a_release_that_crashes_twice_is_left_for_the_one_before_and_remembered() {
    let desk = Desk::new();
    desk.settle("1.0.0", "exit 0");
    let bad = desk.install("2.0.0", "crash");
    let launched = desk.launch();
    assert_eq!(launched.code, 0, "{launched:?}");
    assert_eq!(desk.ran(), ["2.0.0", "2.0.0", "1.0.0"]);
    assert_eq!(desk.pointer(), pointer("1.0.0", None, true, 0));
    assert_eq!(desk.slots().refused().unwrap().bad(&bad.archive_sha256()), Some(Bad::Crashed));
    // Also by whoever only looks at what lies there.
    std::fs::remove_file(desk.slots().folder().join("current.json")).unwrap();
    assert_eq!(desk.launch().code, 0);
    assert_eq!(desk.ran(), ["1.0.0"]);
}

#[test]
fn any_other_end_than_the_two_clean_ones_is_a_crash() {
    // The last one is what Windows says of a program that reached for what is not its own.
    for end in ["exit 1", "exit 84", "exit 101", "crash", "die", "end -1073741819"] {
        let desk = Desk::new();
        desk.settle("1.0.0", "exit 0");
        desk.install("2.0.0", end);
        assert_eq!(desk.launch().code, 0);
        assert_eq!(desk.ran(), ["2.0.0", "2.0.0", "1.0.0"], "{end}");
    }
}

#[test]
fn a_release_that_crashed_once_gets_a_second_chance() {
    let desk = Desk::new();
    desk.settle("1.0.0", "exit 0");
    desk.install("2.0.0", "later once\nconfirm");
    assert_eq!(desk.launch().code, 0);
    assert_eq!(desk.ran(), ["2.0.0", "2.0.0"]);
    assert_eq!(desk.pointer(), pointer("2.0.0", Some("1.0.0"), true, 0));
}

#[test]
fn crashes_of_two_launches_count_together() {
    let desk = Desk::new();
    desk.settle("1.0.0", "exit 0");
    desk.install("2.0.0", "note up\nuntil for-ever");
    for starts in 1..=2 {
        // The launcher goes first, so nobody judges the end: a computer that was switched off.
        let begun = desk.begin();
        desk.until_noted("up", starts);
        let program = desk.program();
        begun.kill();
        end(program);
        let starts = u32::try_from(starts).unwrap();
        assert_eq!(desk.pointer(), pointer("2.0.0", Some("1.0.0"), false, starts));
    }
    desk.ran();
    assert_eq!(desk.launch().code, 0);
    assert_eq!(desk.ran(), ["1.0.0"]);
}

#[test]
fn a_release_that_said_something_is_not_left_and_its_later_crash_is_passed_on() {
    let desk = Desk::new();
    desk.settle("1.0.0", "exit 0");
    desk.install("2.0.0", "verdict\nexit 3");
    for _ in 0..3 {
        assert_eq!(desk.launch().code, 3);
        assert_eq!(desk.ran(), ["2.0.0"]);
    }
    assert_eq!(desk.pointer(), pointer("2.0.0", Some("1.0.0"), false, 0));
}

#[test]
fn a_release_that_finds_no_network_three_times_is_not_condemned() {
    let desk = Desk::new();
    desk.settle("1.0.0", "exit 0");
    // It says so on the screen, and the person closes it.
    desk.install("2.0.0", "verdict\nexit 0");
    for _ in 0..3 {
        assert_eq!(desk.launch().code, 0);
    }
    assert_eq!(desk.ran(), ["2.0.0"; 3]);
    assert_eq!(desk.pointer(), pointer("2.0.0", Some("1.0.0"), false, 0));
}

#[test]
fn a_quit_before_any_word_is_no_crash() {
    let desk = Desk::new();
    desk.settle("1.0.0", "exit 0");
    desk.install("2.0.0", "exit 0");
    for _ in 0..4 {
        assert_eq!(desk.launch().code, 0);
    }
    assert_eq!(desk.ran(), ["2.0.0"; 4]);
}

#[test]
fn a_confirmed_release_that_crashes_is_neither_left_nor_started_again() {
    let desk = Desk::new();
    desk.settle("1.0.0", "exit 0");
    desk.settle("2.0.0", "exit 1");
    for _ in 0..3 {
        assert_eq!(desk.launch().code, 1);
    }
    assert_eq!(desk.ran(), ["2.0.0"; 3]);
}

#[test]
fn a_first_release_that_crashes_twice_is_left_for_the_packaged_one() {
    let desk = Desk::new();
    desk.package("1.0.0", "exit 0");
    desk.install("2.0.0", "crash");
    assert_eq!(desk.launch().code, 0);
    assert_eq!(desk.ran(), ["2.0.0", "2.0.0", "1.0.0"]);
    assert_eq!(desk.pointer(), None);
}

#[test]
fn a_package_that_is_newer_than_the_pointer_is_started() {
    let desk = Desk::new();
    desk.package("3.0.0", "exit 0");
    desk.settle("2.0.0", "exit 0");
    assert_eq!(desk.launch().code, 0);
    assert_eq!(desk.ran(), ["3.0.0"]);
}

#[test]
fn a_program_that_asks_for_a_start_again_and_again_is_stopped() {
    let desk = Desk::new();
    desk.settle("1.0.0", "exit 85");
    assert_eq!(desk.launch().code, 85);
    assert_eq!(desk.ran().len(), 5);
}

// Windows has no signals: it tells a window to close, and the window does.
#[cfg(unix)]
#[test]
fn what_asks_to_stop_is_passed_on_and_is_no_crash() {
    use rustix::process::Signal;
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::HUP, 129)] {
        let desk = Desk::new();
        desk.settle("1.0.0", "exit 0");
        desk.install("2.0.0", "note up\nuntil for-ever");
        for times in 1..=3 {
            let begun = desk.begin();
            desk.until_noted("up", times);
            let program = process(desk.program());
            begun.signal(signal);
            assert_eq!(begun.wait(), code);
            assert!(rustix::process::test_kill_process(program).is_err(), "the program ended first");
        }
        assert_eq!(desk.pointer(), pointer("2.0.0", Some("1.0.0"), false, 0));
    }
}

#[test]
fn two_launches_at_once_of_a_release_on_trial_do_not_condemn_it() {
    let desk = Desk::new();
    desk.settle("1.0.0", "exit 0");
    // The first to come waits; those that come later see that it is there, and end.
    desk.install("2.0.0", "first first\nnote up\nuntil end\nconfirm");
    let first = desk.begin();
    desk.until_noted("up", 1);
    for _ in 0..4 {
        assert_eq!(desk.launch().code, DIED, "its end is its own");
    }
    desk.signal("end");
    assert_eq!(first.wait(), 0);
    assert_eq!(desk.pointer(), pointer("2.0.0", Some("1.0.0"), true, 0));
    assert!(!desk.ran().contains(&"1.0.0".to_owned()));
}

#[test]
fn somebody_who_fetches_the_next_release_keeps_nobody_from_starting() {
    let desk = Desk::new();
    desk.settle("1.0.0", "exit 0");
    desk.install("2.0.0", "confirm\nexit 0");
    let _fetching = desk.slots().incoming().unwrap().expect("nobody else fetches");
    assert!(desk.slots().incoming().unwrap().is_none());
    assert_eq!(desk.launch().code, 0);
    assert_eq!(desk.pointer(), pointer("2.0.0", Some("1.0.0"), true, 0));
}

/// What a launcher ends with whose program died. What Windows says of that is no code of one byte.
const DIED: i32 = if cfg!(windows) { 255 } else { 137 };

/// Ends a process, as by somebody's hand, if it has not ended with another.
fn end(process: u32) {
    #[cfg(unix)]
    let _ = rustix::process::kill_process(self::process(process), rustix::process::Signal::KILL);
    #[cfg(windows)]
    let _ = std::process::Command::new("taskkill").args(["/F", "/PID", &process.to_string()]).status();
}

#[cfg(unix)]
fn process(id: u32) -> rustix::process::Pid {
    rustix::process::Pid::from_raw(id.try_into().unwrap()).unwrap()
}
