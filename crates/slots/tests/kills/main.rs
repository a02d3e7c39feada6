//! An update that is killed, or meets a full disk, at every step that changes something on the disk, and once more while
//! it recovers: there is always a whole release to start, and the next run ends in the new one. On Linux also at every
//! system call.
#![allow(clippy::unwrap_used)]

mod steps;
#[cfg(target_os = "linux")]
mod strace;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use polder_slots::archive::Limits;
use polder_slots::testing::{Publisher, Release};
use polder_slots::{Slots, Verified};
use semver::Version;

use steps::Steps;
#[cfg(target_os = "linux")]
use strace::Strace;

const SYSTEM: &str = "linux-x86_64";
const OLD: Version = Version::new(1, 0, 0);
const NEW: Version = Version::new(2, 0, 0);

/// How a program is disturbed.
trait Way {
    type Point: std::fmt::Debug;
    /// Of so many points of a run that recovers one is struck; the next state gets the one beside it. At least one of
    /// each recovery is.
    fn each(&self) -> usize;

    /// Runs a command to its end, and says where in it something on the disk was about to change.
    fn points(&self, command: &Command, log: &Path) -> Vec<Self::Point>;

    /// Runs a command that gets a blow at a point.
    fn strike(&self, command: &Command, log: &Path, point: &Self::Point, blow: Blow) -> ExitStatus;
}

/// What happens at a point.
#[derive(Debug, Clone, Copy)]
enum Blow {
    Kill,
    FullDisk,
}

#[test]
#[cfg(target_os = "linux")]
fn an_update_that_is_killed_anywhere_leaves_a_whole_release_to_start() {
    println!("{}", through(&Strace, Blow::Kill, &Scene::new()));
}

#[test]
#[cfg(target_os = "linux")]
fn an_update_that_finds_the_disk_full_anywhere_leaves_a_whole_release_to_start() {
    println!("{}", through(&Strace, Blow::FullDisk, &Scene::new()));
}

#[test]
#[cfg(target_os = "linux")]
fn a_repair_of_a_damaged_slot_that_is_killed_anywhere_leaves_a_whole_release_to_start() {
    println!("{}", through(&Strace, Blow::Kill, &damaged()));
}

#[test]
fn an_update_that_is_killed_at_any_step_leaves_a_whole_release_to_start() {
    println!("{}", through(&Steps, Blow::Kill, &Scene::new()));
}

#[test]
fn an_update_that_finds_the_disk_full_at_any_step_leaves_a_whole_release_to_start() {
    println!("{}", through(&Steps, Blow::FullDisk, &Scene::new()));
}

#[test]
fn a_repair_of_a_damaged_slot_that_is_killed_at_any_step_leaves_a_whole_release_to_start() {
    println!("{}", through(&Steps, Blow::Kill, &damaged()));
}

/// The new release is there and pointed to, and somebody damaged it.
fn damaged() -> Scene {
    let scene = Scene::new();
    assert!(scene.update(&scene.base).status().unwrap().success());
    fs::write(scene.slots(&scene.base).slot(&NEW).join("polder"), b"damaged").unwrap();
    scene
}

/// Strikes at every point of an update, and for every state that comes of it at every point of the next. Says how many
/// there were.
fn through<W: Way>(way: &W, blow: Blow, scene: &Scene) -> String {
    let first = scene.points(way, &scene.base);
    let (mut states, mut mended) = (BTreeSet::new(), BTreeSet::new());
    let mut second = 0;
    for (number, point) in first.iter().enumerate() {
        let state = scene.struck(way, &scene.base, point, blow, "first");
        scene.check(&state, point);
        if !states.insert(fingerprint(&state)) {
            continue;
        }
        scene.mend(&state, &mut mended, point);
        let again = scene.points(way, &state);
        let each = way.each().min(again.len()).max(1);
        for point in again.into_iter().skip(number % each).step_by(each) {
            second += 1;
            let state = scene.struck(way, &state, &point, blow, &format!("again-{number}"));
            scene.check(&state, &point);
            scene.mend(&state, &mut mended, &point);
        }
    }
    assert!(first.len() > 20, "the points were not found: {first:?}");
    format!(
        "{blow:?}: {} points, {} different states, {second} points while recovering from them, {} states after that",
        first.len(),
        states.len(),
        mended.len()
    )
}

struct Scene {
    folder: tempfile::TempDir,
    publisher: Publisher,
    /// A computer with an old release, and an older one to tidy away.
    base: PathBuf,
}

impl Scene {
    fn new() -> Self {
        // In memory where there is such a place: thousands of runs, each of which waits for the disk many times.
        let memory = Path::new("/dev/shm");
        let folder =
            if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let publisher = Publisher::new();
        let base = folder.path().join("base");
        let scene = Self { folder, publisher, base };
        fs::write(scene.archive(), scene.release(&NEW).archive()).unwrap();
        let slots = scene.slots(&scene.base);
        for version in [Version::new(0, 9, 0), OLD] {
            let archive = scene.release(&version).archive();
            let staging = slots.incoming().unwrap().unwrap().stage().unwrap();
            let limits = Limits { length: archive.len() as u64 };
            let anchor = scene.publisher.anchor();
            let staged = staging.unpack(archive.as_slice(), &anchor, (&version, SYSTEM), limits).unwrap();
            slots.lock().unwrap().unwrap().place(staged).unwrap();
        }
        let mut locked = slots.lock().unwrap().unwrap();
        locked.point_to(&OLD).unwrap();
        locked.confirm(&OLD).unwrap();
        scene
    }

    fn release(&self, version: &Version) -> Release {
        let words = version.to_string();
        let files = [("polder", words.as_bytes(), true), ("share/words", &[b'w'; 600], false)];
        self.publisher.release(version, SYSTEM, &files)
    }

    fn archive(&self) -> PathBuf {
        self.folder.path().join("polder.tar")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn slots(&self, data: &Path) -> Slots {
        Slots::at(data, "local")
    }

    fn update(&self, data: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_slot-steps"));
        command.arg(data).arg(self.archive()).arg(self.publisher.public());
        command.args([NEW.to_string().as_str(), SYSTEM]).stdout(std::process::Stdio::null());
        command
    }

    /// Where a run over a copy of this state changes something.
    fn points<W: Way>(&self, way: &W, state: &Path) -> Vec<W::Point> {
        let copy = copied(state, &self.folder.path().join("traced"));
        way.points(&self.update(&copy), &self.log())
    }

    /// A copy of a state, after a run that got a blow.
    fn struck<W: Way>(&self, way: &W, state: &Path, point: &W::Point, blow: Blow, name: &str) -> PathBuf {
        let copy = copied(state, &self.folder.path().join(name));
        let status = way.strike(&self.update(&copy), &self.log(), point, blow);
        if matches!(blow, Blow::Kill) {
            assert!(!status.success(), "{point:?} was not met");
        }
        copy
    }

    /// What must hold whenever a start may come.
    fn check(&self, state: &Path, point: &impl std::fmt::Debug) {
        let slots = self.slots(state);
        let pointer = slots.pointer().unwrap().expect("there is a pointer");
        let (holds, mut any) = (|version: &Version| self.verify(&slots, version).is_ok(), false);
        for version in slots.list().unwrap() {
            let whole = holds(&version);
            // Only what was damaged before this began may be so now.
            let was = self.verify(&self.slots(&self.base), &version);
            assert!(whole || was.is_err(), "{version} is not whole after {point:?}");
            any |= whole && [Some(&pointer.current), pointer.before.as_ref()].contains(&Some(&version));
        }
        assert!(pointer.current == OLD || pointer.current == NEW, "{pointer:?} after {point:?}");
        assert!(any, "nothing whole is pointed to after {point:?}");
        // Never both bad: what the pointer names is there, if it was there before.
        let damaged = self.verify(&self.slots(&self.base), &pointer.current).is_err();
        assert!(holds(&pointer.current) || damaged && pointer.current == NEW, "{pointer:?} after {point:?}");
    }

    /// An undisturbed run ends in the new release, confirmed, with nothing left over. Each state is tried once.
    fn mend(&self, state: &Path, mended: &mut BTreeSet<Vec<String>>, point: &impl std::fmt::Debug) {
        if !mended.insert(fingerprint(state)) {
            return;
        }
        let copy = copied(state, &self.folder.path().join("mended"));
        assert!(self.update(&copy).status().unwrap().success(), "it does not recover from {point:?}");
        let slots = self.slots(&copy);
        let pointer = slots.pointer().unwrap().expect("there is a pointer");
        assert_eq!((&pointer.current, pointer.confirmed, pointer.starts), (&NEW, true, 0), "{point:?}");
        self.verify(&slots, &NEW).expect("the new release is whole");
        assert_eq!(slots.list().unwrap(), [OLD, NEW], "after {point:?}");
        let mut incoming = fs::read_dir(slots.incoming_folder()).unwrap();
        assert!(incoming.all(|entry| entry.unwrap().file_name() == "lock"), "left over after {point:?}");
        let left = fs::read_dir(slots.folder()).unwrap();
        let left =
            left.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with('.'));
        assert_eq!(left.count(), 0, "left over after {point:?}");
    }

    fn verify(&self, slots: &Slots, version: &Version) -> Result<Verified, polder_slots::SlotFault> {
        Verified::open(&slots.slot(version), &self.publisher.anchor(), SYSTEM)
    }
}

/// A copy of a folder in place of what was there, modes included.
fn copied(from: &Path, to: &Path) -> PathBuf {
    if to.exists() {
        fs::remove_dir_all(to).unwrap();
    }
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        if path.is_dir() {
            copied(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    to.to_owned()
}

/// Equal for states that differ in random names only.
fn fingerprint(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let (path, name) =
            entry.map(|entry| (entry.path(), entry.file_name().into_string().unwrap())).unwrap();
        let random = [".writing-", "stage-"].into_iter().find(|prefix| name.starts_with(prefix));
        let name = random.map_or(name.clone(), str::to_owned);
        let mode = mode(&path);
        if path.is_dir() {
            found.push(format!("{name} {mode:o}"));
            found.extend(fingerprint(&path).into_iter().map(|line| format!("{name}/{line}")));
        } else {
            found.push(format!("{name} {mode:o} {:?}", fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

/// What is ours is of this person, too.
#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(path).unwrap();
    assert_eq!(metadata.uid(), rustix::process::geteuid().as_raw());
    metadata.mode()
}

/// Windows has none.
#[cfg(not(unix))]
fn mode(_: &Path) -> u32 {
    0
}
