//! One client at a time for each person: two would take turns in replacing the one sign-in that the keychain holds.
//! Starting a second one brings the first to the front.

#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod door;

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use door::Door;

const LOCK: &str = "instance.lock";
/// How long one that ends may take.
const PATIENCE: Duration = Duration::from_secs(5);
const GLANCE: Duration = Duration::from_millis(50);

/// What starting in a data folder comes to.
pub(crate) enum Instance {
    /// Nobody else runs; the lock holds until this is dropped, or the program ends in whatever way.
    First(First),
    /// Another one runs, and was asked to show itself.
    Second,
}

/// The lock, and where others knock.
pub(crate) struct First {
    /// Let go of before the lock, so that whoever gets that finds the place of the door free.
    door: Option<Door>,
    _lock: File,
}

impl Instance {
    /// Takes the lock in this folder, or knocks at the one who has it. One that is on its way out answers no knock
    /// and is waited for, so that a quick restart opens.
    ///
    /// # Errors
    /// When the folder cannot be written. Then nobody can tell, and the gate says what to do about the folder.
    pub(crate) fn in_folder(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let lock = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK))?;
        let until = Instant::now() + PATIENCE;
        loop {
            match lock.try_lock() {
                Ok(()) => {
                    return Ok(Self::First(First { door: Door::open(folder), _lock: lock }));
                }
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) => {}
            }
            if door::knock(folder) {
                return Ok(Self::Second);
            }
            if Instant::now() > until {
                tracing::info!("the one that runs does not answer");
                return Ok(Self::Second);
            }
            std::thread::sleep(GLANCE);
        }
    }
}

impl First {
    /// Calls back whenever somebody knocks. Nothing that they say is listened to.
    pub(crate) fn when_knocked(&mut self, show: impl Fn() + Send + 'static) {
        let Some(door) = self.door.take() else { return };
        std::thread::spawn(move || {
            // It ends with the program, or where the system has no more of what it needs.
            if let Err(error) = door.serve(show) {
                tracing::warn!(%error, "a second start no longer brings this one to the front");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_one_knocks_and_the_first_ones_end_lets_another_in() {
        let folder = tempfile::tempdir().unwrap();
        let Instance::First(mut first) = Instance::in_folder(folder.path()).unwrap() else {
            panic!("nobody else is there")
        };
        let (knocked, knocks) = std::sync::mpsc::channel();
        first.when_knocked(move || knocked.send(()).unwrap());
        assert!(matches!(Instance::in_folder(folder.path()).unwrap(), Instance::Second));
        knocks.recv_timeout(std::time::Duration::from_secs(10)).unwrap();
        drop(first);
        assert!(matches!(Instance::in_folder(folder.path()).unwrap(), Instance::First(_)));
    }

    #[test]
    fn one_that_is_on_its_way_out_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        // It has the lock and the door, and answers nobody.
        let first = Instance::in_folder(folder.path()).unwrap();
        let (started, starts) = std::sync::mpsc::channel();
        let next = std::thread::spawn({
            let folder = folder.path().to_owned();
            move || {
                started.send(()).unwrap();
                Instance::in_folder(&folder).unwrap()
            }
        });
        starts.recv().unwrap();
        drop(first);
        assert!(matches!(next.join().unwrap(), Instance::First(_)));
    }
}
