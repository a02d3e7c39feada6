//! Linux and macOS: a socket in the data folder.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::time::Duration;

/// What is answered to a knock.
const HERE: &[u8] = b"!";
const DOOR: &str = "instance.sock";
/// The system takes connections for a program that no longer does.
const PATIENCE: Duration = Duration::from_secs(1);

/// Where others knock.
pub(super) struct Door(UnixListener);

impl Door {
    /// None where a socket cannot be, such as below a very long path: then a second start only ends.
    pub(super) fn open(folder: &Path) -> Option<Self> {
        let path = folder.join(DOOR);
        // Of one that was killed: the lock shows that nobody uses it.
        let left = std::fs::remove_file(&path);
        let opened = UnixListener::bind(&path);
        if let Err(error) = &opened {
            tracing::info!(%error, ?left, "a second start cannot bring this one to the front");
        }
        opened.ok().map(Self)
    }

    /// Calls back for each knock, until the program ends. Nothing that they say is read.
    pub(super) fn serve(self, show: impl Fn()) -> io::Result<()> {
        loop {
            let (mut knocking, _) = self.0.accept()?;
            show();
            // Whoever does not wait for the answer has no need of it.
            let _ = knocking.write_all(HERE);
        }
    }
}

/// Says whether somebody answered.
pub(super) fn knock(folder: &Path) -> bool {
    let answer = || {
        let mut door = UnixStream::connect(folder.join(DOOR))?;
        door.set_read_timeout(Some(PATIENCE))?;
        door.read_exact(&mut [0; HERE.len()])
    };
    answer().is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::Instance;

    #[test]
    fn what_a_killed_one_left_keeps_nobody_out() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("instance.lock"), "").unwrap();
        std::fs::write(folder.path().join("instance.sock"), "").unwrap();
        assert!(matches!(Instance::in_folder(folder.path()).unwrap(), Instance::First(_)));
    }
}
