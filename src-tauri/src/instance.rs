//! One client at a time for each person: two would take turns in replacing the one sign-in that the keychain holds.
//! Starting a second one brings the first to the front.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

const LOCK: &str = "instance.lock";

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
    /// Takes the lock in this folder, or knocks at the one who has it.
    ///
    /// # Errors
    /// When the folder cannot be written. Then nobody can tell, and the gate says what to do about the folder.
    pub(crate) fn in_folder(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let lock = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self::First(First {
                _lock: lock,
                #[cfg(unix)]
                door: door::open(folder),
            })),
            Err(TryLockError::WouldBlock) => {
                #[cfg(unix)]
                door::knock(folder);
                Ok(Self::Second)
            }
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl First {
    /// Calls back whenever somebody knocks. Nothing that they say is read.
    #[cfg(unix)]
    pub(crate) fn when_knocked(&self, show: impl Fn() + Send + 'static) -> io::Result<()> {
        let Some(door) = &self.door else { return Ok(()) };
        let door = door.try_clone()?;
        std::thread::spawn(move || {
            // It ends with the program.
            while door.accept().is_ok() {
                show();
            }
        });
        Ok(())
    }
}

#[cfg(unix)]
mod door {
    use std::os::unix::net::{UnixListener, UnixStream};
    use std::path::Path;

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

    pub(super) fn knock(folder: &Path) {
        if let Err(error) = UnixStream::connect(folder.join(DOOR)) {
            tracing::info!(%error, "the one that runs cannot be brought to the front");
        }
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
    fn what_a_killed_one_left_keeps_nobody_out() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("instance.lock"), "").unwrap();
        std::fs::write(folder.path().join("instance.sock"), "").unwrap();
        assert!(matches!(Instance::in_folder(folder.path()).unwrap(), Instance::First(_)));
    }
}
