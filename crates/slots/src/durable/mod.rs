//! A file that is there as a whole or not at all, also after a power cut, and also where others look into files at any
//! moment.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use crate::step::step;

#[cfg(unix)]
mod unix;
// Its tests run everywhere.
#[cfg(any(windows, test))]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

/// How long one waits for others who hold a file for a moment, as virus scanners and indexers do on Windows. Elsewhere a
/// file that others hold is renamed and removed all the same, and nobody waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How often it is tried, the first time included.
    pub tries: u32,
    /// Between two of them.
    pub wait: Duration,
}

impl Patience {
    /// Two seconds in all: scanners take less, and what takes longer is no scanner.
    pub const USUAL: Self = Self { tries: 21, wait: Duration::from_millis(100) };
}

/// Puts a file in place of any before: temporary file, fsync, rename, fsync of the folder. Makes the folder
/// when there is none. What was there before is still there when this fails.
///
/// # Errors
/// The system's.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    step()?;
    let mut file = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(folder)?;
    // So that nobody takes it for a leftover. Where a file system knows no locks, none is cleared away either.
    drop(file.as_file().try_lock());
    step()?;
    file.write_all(bytes)?;
    step()?;
    file.as_file().sync_all()?;
    step()?;
    let mut whole = Some(file);
    insistently(|| match whole.take().map(|file| file.persist(path)) {
        Some(Err(error)) => {
            whole = Some(error.file);
            Err(error.error)
        }
        Some(Ok(_)) | None => Ok(()),
    })?;
    step()?;
    sync_folder(folder)
}

/// Removes what writes that were broken off left in a folder. One that is under way at this moment stays.
///
/// # Errors
/// The system's.
pub fn clear_left(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let left = entry.file_name().to_str().is_some_and(|name| name.starts_with(TEMPORARY));
        if left && entry.file_type()?.is_file() {
            let file = match fs::OpenOptions::new().write(true).open(entry.path()) {
                Ok(file) => file,
                // It got its name meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            if file.try_lock().is_ok() {
                remove(&entry.path())?;
            }
        }
    }
    Ok(())
}

/// Gives a file or a folder another name.
///
/// # Errors
/// The system's.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    step()?;
    insistently(|| fs::rename(from, to))
}

/// Removes a file, a link, or a folder with all that is in it, without following links. Nothing there is as good.
///
/// # Errors
/// The system's.
pub fn remove(path: &Path) -> io::Result<()> {
    step()?;
    insistently(|| {
        let removed = match fs::symlink_metadata(path) {
            Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
            Ok(_) => fs::remove_file(path),
            Err(error) => Err(error),
        };
        match removed {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            answer => answer,
        }
    })
}

/// Makes what was renamed, made or removed in a folder last.
///
/// # Errors
/// The system's.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    system::sync_folder(folder)
}

/// What a write that was broken off leaves behind begins with it.
pub(crate) const TEMPORARY: &str = ".writing-";

/// Does something with a file, and again after a while where another program holds it, for [`Patience::USUAL`].
///
/// # Errors
/// The system's; [`is_held`] says of the last one whether somebody holds it still.
pub fn insistently<T>(work: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    again(Patience::USUAL, system::is_held, work)
}

/// Whether another program has the file open and lets nobody else at it. Never so where systems know no such thing.
pub fn is_held(error: &io::Error) -> bool {
    system::is_held_for_sure(error)
}

/// Does it, and again after a while where somebody holds what it is about.
fn again<T>(
    patience: Patience,
    is_held: impl Fn(&io::Error) -> bool,
    mut work: impl FnMut() -> io::Result<T>,
) -> io::Result<T> {
    for _ in 1..patience.tries {
        match work() {
            Err(error) if is_held(&error) => std::thread::sleep(patience.wait),
            answer => return answer,
        }
    }
    work()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    const SHARING_VIOLATION: i32 = 32;
    const ACCESS_DENIED: i32 = 5;
    const DISK_FULL: i32 = 112;
    const AT_ONCE: Patience = Patience { tries: 4, wait: Duration::ZERO };

    /// How often it was tried, and how it ended, where the first so many tries fail so.
    fn tried(times: u32, error: i32) -> (u32, Result<(), Option<i32>>) {
        let count = Cell::new(0);
        let ended = again(AT_ONCE, windows::is_held, || {
            count.set(count.get() + 1);
            if count.get() <= times { Err(io::Error::from_raw_os_error(error)) } else { Ok(()) }
        });
        (count.get(), ended.map_err(|error| error.raw_os_error()))
    }

    #[test]
    fn what_a_scanner_holds_for_a_moment_is_tried_again_and_what_it_holds_for_ever_is_told() {
        for error in [SHARING_VIOLATION, ACCESS_DENIED] {
            assert_eq!(tried(0, error), (1, Ok(())));
            assert_eq!(tried(3, error), (4, Ok(())));
            assert_eq!(tried(9, error), (4, Err(Some(error))));
        }
    }

    #[test]
    fn only_what_can_mean_nothing_else_is_called_held_by_another() {
        let held = |error| windows::is_held_for_sure(&io::Error::from_raw_os_error(error));
        assert!(held(SHARING_VIOLATION) && !held(ACCESS_DENIED) && !held(DISK_FULL));
    }

    #[test]
    fn what_nobody_holds_is_not_tried_again() {
        assert_eq!(tried(1, DISK_FULL), (1, Err(Some(DISK_FULL))));
    }

    #[test]
    fn what_was_broken_off_goes_and_what_is_under_way_stays() {
        let folder = tempfile::tempdir().unwrap();
        let [left, under_way] =
            ["left", "under-way"].map(|name| folder.path().join(format!("{TEMPORARY}{name}")));
        for path in [&left, &under_way] {
            fs::write(path, b"half").unwrap();
        }
        let writing = fs::File::open(&under_way).unwrap();
        writing.lock().unwrap();
        clear_left(folder.path()).unwrap();
        assert!(!left.exists() && under_way.exists());
        write(&folder.path().join("whole"), b"whole").unwrap();
        drop(writing);
        clear_left(folder.path()).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
