//! Folders that cannot be written, disks that are full, and launchers that are killed.

#[cfg(unix)]
use std::fs;
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;
#[cfg(unix)]
use std::path::Path;
#[cfg(target_os = "linux")]
use std::process::Command;

#[cfg(unix)]
use crate::desk::Launched;
use crate::desk::{Desk, program_name, v};

// Modes: on Windows rights are lists, which wine does not keep.
#[cfg(unix)]
#[test]
fn in_a_folder_that_cannot_be_written_a_confirmed_release_starts() {
    let desk = Desk::new();
    desk.settle("1.0.0", "exit 0");
    let launched = read_only(&desk);
    assert_eq!(launched.code, 0, "{launched:?}");
    assert_eq!(desk.ran(), ["1.0.0"]);
}

#[cfg(unix)]
#[test]
fn in_a_folder_that_cannot_be_written_a_release_that_crashes_twice_is_left_for_this_run() {
    let desk = Desk::new();
    desk.settle("1.0.0", "exit 0");
    desk.install("2.0.0", "crash");
    for _ in 0..2 {
        let launched = read_only(&desk);
        assert_eq!(launched.code, 0, "{launched:?}");
        assert_eq!(desk.ran(), ["2.0.0", "2.0.0", "1.0.0"]);
    }
}

#[test]
fn a_folder_that_lets_no_program_run_leaves_the_package_and_condemns_nobody() {
    let desk = Desk::new();
    desk.package("1.0.0", "exit 0");
    // Not a program: what the system does not start is no crash.
    let release = desk.publisher.release(
        &v("2.0.0"),
        &polder_wire::update::this_system(),
        &[(program_name(), b"neither ELF nor script\0", true)],
    );
    desk.place(&release);
    desk.slots().lock().unwrap().unwrap().point_to(&v("2.0.0")).unwrap();
    for _ in 0..3 {
        let launched = desk.launch();
        assert_eq!(launched.code, 0, "{launched:?}");
        assert!(launched.said.contains("the system does not start"), "{launched:?}");
    }
    assert_eq!(desk.ran(), ["1.0.0"; 3]);
    assert_eq!(desk.pointer().unwrap().starts, 0);
}

#[test]
#[cfg(target_os = "linux")]
fn a_launcher_that_is_killed_anywhere_while_it_leaves_a_bad_release_ends_in_the_one_before() {
    let first = Desk::new();
    first.settle("1.0.0", "exit 0");
    let bad = first.install("2.0.0", "exit 1");
    let points = strace::points(&first.again());
    for (number, point) in points.iter().enumerate() {
        let desk = first.again();
        strace::killed(&desk, point);
        // And once more on the way back, somewhere else each time.
        let second = &points[(number * 7 + 3) % points.len()];
        strace::killed_if_met(&desk, second);
        let launched = desk.launch();
        assert_eq!(launched.code, 0, "{point:?} {second:?}: {launched:?}");
        assert_eq!(desk.ran().last().unwrap(), "1.0.0", "{point:?} {second:?}");
        let pointer = desk.pointer().expect("there is a pointer");
        assert_eq!((pointer.current, pointer.confirmed), (v("1.0.0"), true), "{point:?} {second:?}");
        assert!(desk.slots().refused().unwrap().bad(&bad.archive_sha256()).is_some(), "{point:?} {second:?}");
    }
    println!("{} points", points.len());
    assert!(points.len() > 12, "the points were not found: {points:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_launcher_that_is_killed_anywhere_while_it_is_replaced_is_the_old_or_the_new_one_and_starts() {
    let first = Desk::new();
    let old = fs::read(first.launcher()).unwrap();
    let new = [old.as_slice(), b"newer"].concat();
    first.place(&first.release_with("9.0.0", "exit 0", &[("polder-launcher", &new, true)]));
    let mut locked = first.slots().lock().unwrap().unwrap();
    locked.point_to(&v("9.0.0")).unwrap();
    locked.confirm(&v("9.0.0")).unwrap();
    drop(locked);
    let points = strace::points(&first.again());
    for point in &points {
        let desk = first.again();
        strace::killed(&desk, point);
        let there = fs::read(desk.launcher()).unwrap();
        assert!(there == old || there == new, "{point:?}");
        assert_eq!(desk.launch().code, 0, "{point:?}");
        assert_eq!(fs::read(desk.launcher()).unwrap(), new, "{point:?}");
    }
    println!("{} points", points.len());
    assert!(points.len() > 8, "the points were not found: {points:?}");
}

/// Launches while nobody may write into the folder of slots.
#[cfg(unix)]
fn read_only(desk: &Desk) -> Launched {
    let folder = desk.slots().folder().to_owned();
    chmod(&folder, 0o500);
    let launched = without_roots_rights(desk);
    chmod(&folder, 0o700);
    launched
}

/// Launches so that the rights of folders count, also where the tests run as root.
#[cfg(unix)]
pub(crate) fn without_roots_rights(desk: &Desk) -> Launched {
    let mut command = if rustix::process::geteuid().is_root() {
        let mut command = desk.around(Path::new("setpriv"));
        command.args(["--bounding-set=-dac_override,-dac_read_search", "--"]).arg(desk.launcher());
        command
    } else {
        desk.command()
    };
    Launched::from(command.output().unwrap())
}

#[cfg(unix)]
fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The launcher under strace, which kills it (and not what it started) at one system call.
#[cfg(target_os = "linux")]
mod strace {
    use std::collections::BTreeMap;
    use std::process::Stdio;

    use super::{Command, Desk, Path, fs};

    /// Every call of a launcher that changes a file or a folder.
    const CALLS: &str = "openat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,link,linkat,write,writev,\
        copy_file_range,sendfile,ftruncate,fsync,fdatasync,chmod,fchmod,fchmodat,flock";

    /// A call, and the how-manieth of its name.
    #[derive(Debug)]
    pub(super) struct Point(pub(super) String, pub(super) usize);

    /// Where an undisturbed launch changes something.
    pub(super) fn points(desk: &Desk) -> Vec<Point> {
        let log = desk.data().join("log");
        let status = traced(desk, &log, &[format!("trace={CALLS}")]).status();
        assert!(status.expect(NEEDED).success());
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let mut points = Vec::new();
        for line in fs::read_to_string(&log).unwrap().lines() {
            let Some((call, rest)) = line.split_once('(') else { continue };
            let count = counts.entry(call.to_owned()).or_default();
            *count += 1;
            let changes = match call {
                "openat" => rest.contains("O_CREAT"),
                "write" | "writev" => !rest.starts_with("2,"),
                _ => true,
            };
            if changes {
                points.push(Point(call.to_owned(), *count));
            }
        }
        points
    }

    pub(super) fn killed(desk: &Desk, point: &Point) {
        assert!(!killed_if_met(desk, point), "{point:?} was not met");
    }

    /// Whether the launch ended by itself.
    pub(super) fn killed_if_met(desk: &Desk, Point(call, when): &Point) -> bool {
        let inject = format!("inject={call}:signal=KILL:when={when}");
        let mut command = traced(desk, Path::new("/dev/null"), &[format!("trace={call}"), inject]);
        command.status().expect(NEEDED).success()
    }

    const NEEDED: &str = "this test needs strace: apt-get install strace (`cargo xtask test` does)";

    fn traced(desk: &Desk, log: &Path, expressions: &[String]) -> Command {
        let mut command = desk.around(Path::new("strace"));
        command.args(["--quiet=all", "-o"]).arg(log);
        for expression in expressions {
            command.args(["-e", expression]);
        }
        command.arg(desk.launcher()).stderr(Stdio::null());
        command
    }
}
