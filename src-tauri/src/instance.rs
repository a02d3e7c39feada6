//! One client at a time for each person: two would take turns in replacing the one sign-in that the keychain holds.
//! Starting a second one brings the first to the front.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

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
    _lock: File,
    #[cfg(unix)]
    door: Option<std::os::unix::net::UnixListener>,
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
                    return Ok(Self::First(First {
                        _lock: lock,
                        #[cfg(unix)]
                        door: door::open(folder),
                    }));
                }
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) => {}
            }
            #[cfg(unix)]
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
    /// Calls back whenever somebody knocks. Nothing that they say is read.
    #[cfg(unix)]
    pub(crate) fn when_knocked(&self, show: impl Fn() + Send + 'static) -> io::Result<()> {
        use std::io::Write as _;
        let Some(door) = &self.door else { return Ok(()) };
        let door = door.try_clone()?;
        std::thread::spawn(move || {
            // It ends with the program.
            while let Ok((mut knocking, _)) = door.accept() {
                show();
                // Whoever does not wait for the answer has no need of it.
                let _ = knocking.write_all(door::HERE);
            }
        });
        Ok(())
    }
}

#[cfg(unix)]
mod door {
    use std::io::Read as _;
    use std::os::unix::net::{UnixListener, UnixStream};
    use std::path::Path;

    /// What is answered to a knock.
    pub(super) const HERE: &[u8] = b"!";
    const DOOR: &str = "instance.sock";

    /// None where a socket cannot be, such as below a very long path: then a second start only ends.
    pub(super) fn open(folder: &Path) -> Option<UnixListener> {
        let path = folder.join(DOOR);
        // Of one that was killed: the lock shows that nobody uses it.
        let left = std::fs::remove_file(&path);
        let opened = UnixListener::bind(&path);
        if let Err(error) = &opened {
            tracing::info!(%error, ?left, "a second start cannot bring this one to the front");
        }
        opened.ok()
    }

    /// Says whether somebody answered.
    pub(super) fn knock(folder: &Path) -> bool {
        let answer = || {
            let mut door = UnixStream::connect(folder.join(DOOR))?;
            // The system takes connections for a program that no longer does.
            door.set_read_timeout(Some(super::GLANCE * 20))?;
            door.read_exact(&mut [0; HERE.len()])
        };
        answer().is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_second_one_knocks_and_the_first_ones_end_lets_another_in() {
        let folder = tempfile::tempdir().unwrap();
        let Instance::First(first) = Instance::in_folder(folder.path()).unwrap() else {
            panic!("nobody else is there")
        };
        let (knocked, knocks) = std::sync::mpsc::channel();
        first.when_knocked(move || knocked.send(()).unwrap()).unwrap();
        assert!(matches!(Instance::in_folder(folder.path()).unwrap(), Instance::Second));
        knocks.recv_timeout(std::time::Duration::from_secs(10)).unwrap();
        drop(first);
        assert!(matches!(Instance::in_folder(folder.path()).unwrap(), Instance::First(_)));
    }

    #[test]
    #[cfg(unix)]
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

    #[test]
    #[cfg(unix)]
    fn what_a_killed_one_left_keeps_nobody_out() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("instance.lock"), "").unwrap();
        std::fs::write(folder.path().join("instance.sock"), "").unwrap();
        assert!(matches!(Instance::in_folder(folder.path()).unwrap(), Instance::First(_)));
    }
}
