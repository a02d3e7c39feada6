//! Slots, pointer, list and rights as one, on a real disk.

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::{PermissionsExt, symlink};
#[cfg(unix)]
use std::path::Path;

use semver::Version;
use tempfile::TempDir;

use crate::archive::Limits;
use crate::testing::Publisher;
use crate::{Bad, Pointer, SlotFault, Slots, SlotsError, Staged, Verified};

const SYSTEM: &str = "linux-x86_64";
const ONE: Version = Version::new(1, 0, 0);
const TWO: Version = Version::new(2, 0, 0);

struct Place {
    publisher: Publisher,
    slots: Slots,
    _data: TempDir,
}

impl Place {
    fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        Self { publisher: Publisher::new(), slots: Slots::at(data.path(), "local"), _data: data }
    }

    fn stage(&self, version: &Version) -> Staged {
        let words = version.to_string();
        let files: [(&str, &[u8], bool); 2] =
            [("polder", words.as_bytes(), true), ("a/b/words", b"w", false)];
        let archive = self.publisher.release(version, SYSTEM, &files).archive();
        let staging = self.slots.incoming().unwrap().unwrap().stage().unwrap();
        let limits = Limits { length: archive.len() as u64 };
        staging.unpack(archive.as_slice(), &self.publisher.anchor(), (version, SYSTEM), limits).unwrap()
    }

    fn place(&self, version: &Version) {
        let staged = self.stage(version);
        assert_eq!(self.slots.lock().unwrap().unwrap().place(staged).unwrap(), *version);
    }

    fn open(&self, version: &Version) -> Result<Verified, SlotFault> {
        Verified::open(&self.slots.slot(version), &self.publisher.anchor(), SYSTEM)
    }
}

#[test]
fn a_placed_slot_holds_and_rebuilds_the_archive_that_it_came_from() {
    let place = Place::new();
    place.place(&ONE);
    let slot = place.open(&ONE).unwrap();
    let files: [(&str, &[u8], bool); 2] = [("polder", b"1.0.0", true), ("a/b/words", b"w", false)];
    // Signed anew each time, so the signature is taken from the slot.
    let mut release = place.publisher.release(&ONE, SYSTEM, &files);
    release.signature = fs::read(place.slots.slot(&ONE).join("manifest.json.minisig")).unwrap();
    for _ in 0..2 {
        let mut rebuilt = Vec::new();
        slot.rebuild(&mut rebuilt).unwrap();
        assert_eq!(rebuilt, release.archive());
        assert_eq!(slot.archive_sha256().unwrap(), release.archive_sha256());
    }
    assert_eq!(slot.program(), place.slots.slot(&ONE).join("polder"));
    assert!(slot.is_in_place().unwrap());
}

// Windows has lists instead of modes; the person's folders come with theirs.
#[cfg(unix)]
#[test]
fn everything_of_ours_is_this_persons_alone() {
    let place = Place::new();
    place.place(&ONE);
    place.slots.lock().unwrap().unwrap().point_to(&ONE).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let slot = place.slots.slot(&ONE);
    for folder in [place.slots.folder(), &place.slots.incoming_folder(), &slot, &slot.join("a/b")] {
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
    }
    assert_eq!(mode(&place.slots.folder().join("current.json")), 0o600);
    assert_eq!(mode(&slot.join("polder")), 0o755);
    assert_eq!(mode(&slot.join("a/b/words")), 0o644);
}

#[test]
fn a_program_that_is_swapped_after_the_check_is_noticed() {
    let place = Place::new();
    place.place(&ONE);
    let slot = place.open(&ONE).unwrap();
    let program = slot.program();
    fs::rename(&program, program.with_file_name("old")).unwrap();
    fs::write(&program, b"1.0.0").unwrap();
    assert!(!slot.is_in_place().unwrap());
    // Wine makes no links.
    #[cfg(unix)]
    {
        fs::remove_file(&program).unwrap();
        symlink("old", &program).unwrap();
        assert!(!slot.is_in_place().unwrap());
    }
}

#[test]
fn a_file_that_is_written_into_after_the_check_is_not_rebuilt() {
    let place = Place::new();
    place.place(&ONE);
    let slot = place.open(&ONE).unwrap();
    fs::write(slot.program(), b"9.9.9").unwrap();
    assert!(slot.archive_sha256().is_err());
}

// Wine makes no links, and Windows lets only administrators make them.
#[cfg(unix)]
#[test]
fn links_in_folders_of_a_slot_are_refused() {
    let place = Place::new();
    place.place(&ONE);
    let folder = place.slots.slot(&ONE).join("a");
    let elsewhere = place.slots.folder().join("elsewhere");
    fs::rename(&folder, &elsewhere).unwrap();
    symlink(&elsewhere, &folder).unwrap();
    assert!(matches!(place.open(&ONE), Err(SlotFault::Kind(at)) if at == folder));
    fs::remove_file(&folder).unwrap();
    assert!(matches!(place.open(&ONE), Err(SlotFault::Lost(at)) if at == folder));
    fs::rename(&elsewhere, &folder).unwrap();
    place.open(&ONE).unwrap();
    fs::write(folder.join("b/planted"), b"x").unwrap();
    assert!(matches!(place.open(&ONE), Err(SlotFault::Unlisted(at)) if at == folder.join("b/planted")));
}

#[test]
fn a_slot_for_another_system_is_refused_whatever_is_signed() {
    let place = Place::new();
    let mut release = place.publisher.release(&ONE, "windows-x86_64", &[("polder.exe", b"x", true)]);
    release.lay_out(&place.slots.slot(&ONE));
    assert!(matches!(place.open(&ONE), Err(SlotFault::Signature(_))));
    release.signature =
        place.publisher.sign(&release.json, "product:polder version:1.0.0 system:linux-x86_64");
    release.lay_out(&place.slots.slot(&ONE));
    assert!(matches!(place.open(&ONE), Err(SlotFault::Release { .. })));
}

#[test]
fn a_damaged_slot_is_replaced_whole() {
    let place = Place::new();
    place.place(&ONE);
    fs::write(place.slots.slot(&ONE).join("polder"), b"damaged").unwrap();
    fs::write(place.slots.slot(&ONE).join("planted"), b"x").unwrap();
    assert!(place.open(&ONE).is_err());
    place.place(&ONE);
    place.open(&ONE).unwrap();
    assert_eq!(fs::read_dir(place.slots.incoming_folder()).unwrap().count(), 1, "only the lock is left");
}

#[test]
fn what_is_staged_and_not_placed_is_gone() {
    let place = Place::new();
    let staged = place.stage(&ONE);
    let folder = staged.folder().to_owned();
    assert!(folder.join("polder").exists());
    drop(staged);
    assert!(!folder.exists());
    assert_eq!(place.slots.list().unwrap(), []);
}

#[test]
fn one_at_a_time_changes_and_one_at_a_time_fetches() {
    let place = Place::new();
    let (other, locked) = (place.slots.clone(), place.slots.lock().unwrap());
    assert!(locked.is_some() && other.lock().unwrap().is_none());
    // Fetching and judging are rights of their own.
    let incoming = other.incoming().unwrap();
    let trial = other.trial().unwrap();
    assert!(incoming.is_some() && trial.is_some());
    assert!(place.slots.incoming().unwrap().is_none() && place.slots.trial().unwrap().is_none());
    drop((locked, incoming, trial));
    assert!(other.lock().unwrap().is_some() && other.incoming().unwrap().is_some());
}

#[test]
fn nothing_is_pointed_to_that_is_not_there() {
    let place = Place::new();
    let mut locked = place.slots.lock().unwrap().unwrap();
    assert!(matches!(locked.point_to(&ONE), Err(SlotsError::NoSlot(version)) if version == ONE));
    // A file or a link is no slot.
    #[cfg(unix)]
    symlink(place.slots.folder(), place.slots.slot(&ONE)).unwrap();
    #[cfg(not(unix))]
    fs::write(place.slots.slot(&ONE), b"no folder").unwrap();
    assert!(matches!(locked.point_to(&ONE), Err(SlotsError::NoSlot(_))));
    assert_eq!(place.slots.pointer().unwrap(), None);
}

#[test]
fn tidying_leaves_what_is_pointed_to_and_what_is_asked_for() {
    let place = Place::new();
    for patch in 0..4 {
        place.place(&Version::new(1, 0, patch));
    }
    place.place(&TWO);
    let mut locked = place.slots.lock().unwrap().unwrap();
    locked.point_to(&Version::new(1, 0, 1)).unwrap();
    locked.confirm(&Version::new(1, 0, 1)).unwrap();
    locked.point_to(&TWO).unwrap();
    fs::write(place.slots.folder().join(".writing-x"), b"{").unwrap();
    locked.tidy(&[&Version::new(1, 0, 3)]).unwrap();
    assert_eq!(place.slots.list().unwrap(), [Version::new(1, 0, 1), Version::new(1, 0, 3), TWO]);
    assert!(!place.slots.folder().join(".writing-x").exists());
}

// Wine makes no links, and Windows lets only administrators make them.
#[cfg(unix)]
#[test]
fn tidying_follows_no_link_out() {
    let place = Place::new();
    let mut locked = place.slots.lock().unwrap().unwrap();
    let victim = tempfile::tempdir().unwrap();
    fs::write(victim.path().join("precious"), b"x").unwrap();
    symlink(victim.path(), place.slots.slot(&ONE)).unwrap();
    locked.tidy(&[]).unwrap();
    assert_eq!(place.slots.list().unwrap(), []);
    let mut incoming = place.slots.incoming().unwrap().unwrap();
    symlink(victim.path(), incoming.folder().join("stage-x")).unwrap();
    incoming.clear(&[]).unwrap();
    assert!(!incoming.folder().join("stage-x").exists());
    assert!(victim.path().join("precious").exists());
}

#[test]
fn clearing_leaves_the_downloads_that_are_asked_for() {
    let place = Place::new();
    let mut incoming = place.slots.incoming().unwrap().unwrap();
    for byte in [1, 2] {
        fs::write(incoming.partial(&[byte; 32]), b"part").unwrap();
    }
    incoming.clear(&[[2; 32]]).unwrap();
    assert!(!incoming.partial(&[1; 32]).exists() && incoming.partial(&[2; 32]).exists());
}

// Modes and links: see above.
#[cfg(unix)]
#[test]
fn a_folder_that_others_may_write_or_that_is_a_link_is_not_used() {
    let place = Place::new();
    drop(place.slots.lock().unwrap());
    fs::set_permissions(place.slots.folder(), fs::Permissions::from_mode(0o777)).unwrap();
    assert!(matches!(place.slots.lock(), Err(SlotsError::Shared(_))));
    fs::set_permissions(place.slots.folder(), fs::Permissions::from_mode(0o700)).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    fs::remove_dir_all(place.slots.incoming_folder()).unwrap_or(());
    symlink(elsewhere.path(), place.slots.incoming_folder()).unwrap();
    assert!(matches!(place.slots.incoming(), Err(SlotsError::Shared(_))));
}

// Wine makes no links, and Windows lets only administrators make them.
#[cfg(unix)]
#[test]
fn a_lock_that_is_a_link_is_not_opened() {
    let place = Place::new();
    drop(place.slots.lock().unwrap());
    let lock = place.slots.folder().join("lock");
    fs::remove_file(&lock).unwrap();
    symlink(place.slots.folder().join("made"), &lock).unwrap();
    assert!(matches!(place.slots.lock(), Err(SlotsError::Io { .. })));
    assert!(!place.slots.folder().join("made").exists());
}

#[test]
fn a_damaged_pointer_and_a_damaged_list_count_as_none_and_are_written_anew() {
    let place = Place::new();
    place.place(&ONE);
    for name in ["current.json", "refused.json"] {
        fs::write(place.slots.folder().join(name), b"{\"schema\":1").unwrap();
    }
    let mut locked = place.slots.lock().unwrap().unwrap();
    assert_eq!(place.slots.pointer().unwrap(), None);
    assert_eq!(locked.confirm(&ONE).unwrap(), None);
    let pointer = locked.point_to(&ONE).unwrap();
    assert_eq!(pointer, Pointer { current: ONE, before: None, confirmed: false, starts: 0 });
    assert_eq!(locked.attempt([1; 32], &ONE).unwrap(), 1);
    locked.refuse([1; 32], &ONE, Bad::TooOften).unwrap();
    assert_eq!(place.slots.refused().unwrap().bad(&[1; 32]), Some(Bad::TooOften));
    assert_eq!(place.slots.pointer().unwrap(), Some(pointer));
}
