//! Windows: a named pipe. Its name follows from the data folder, so each person and each deployment has another one. Only
//! this person may write into it (the pipe's own list of rights, as Windows gives it out), and only who writes is let in.

use std::io;
use std::os::windows::ffi::OsStrExt as _;
use std::os::windows::io::AsRawHandle as _;
use std::path::Path;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeClient, NamedPipeServer, ServerOptions};
use tokio::runtime::{Builder, Runtime};
use windows_sys::Win32::System::Pipes::GetNamedPipeServerProcessId;
use windows_sys::Win32::UI::WindowsAndMessaging::AllowSetForegroundWindow;

/// What a knock is, and the answer to it.
const KNOCK: &[u8] = b"?";
const HERE: &[u8] = b"!";
/// With whoever is at the other end.
const PATIENCE: Duration = Duration::from_secs(1);
const GLANCE: Duration = Duration::from_millis(50);

/// Where others knock.
pub(super) struct Door {
    name: String,
    /// After the pipe, which belongs to it.
    pipe: NamedPipeServer,
    runtime: Runtime,
}

impl Door {
    /// None where there is none to be had: then a second start only ends. The pipe of one that is just gone may still be
    /// there for a moment; one that somebody else made under this name is left alone.
    pub(super) fn open(folder: &Path) -> Option<Self> {
        let name = name(folder);
        let opened = runtime().and_then(|runtime| {
            let until = Instant::now() + PATIENCE;
            let pipe = loop {
                let _inside = runtime.enter();
                match pipe(&name, true) {
                    Err(_) if Instant::now() < until => std::thread::sleep(GLANCE),
                    made => break made?,
                }
            };
            Ok(Self { name, pipe, runtime })
        });
        if let Err(error) = &opened {
            tracing::info!(%error, "a second start cannot bring this one to the front");
        }
        opened.ok()
    }

    /// Calls back for each knock, until the program ends.
    pub(super) fn serve(self, show: impl Fn()) -> io::Result<()> {
        let Self { name, mut pipe, runtime } = self;
        runtime.block_on(async {
            loop {
                pipe.connect().await?;
                // Before this one is busy, so that there is always a door.
                let next = self::pipe(&name, false)?;
                let mut knocking = std::mem::replace(&mut pipe, next);
                // Whoever comes in and does not knock, or does not wait for the answer, has no need of it.
                let heard = tokio::time::timeout(PATIENCE, async {
                    let mut knock = [0; KNOCK.len()];
                    knocking.read_exact(&mut knock).await?;
                    show();
                    knocking.write_all(HERE).await?;
                    // Until it was read: what is closed before is lost.
                    knocking.read_exact(&mut knock).await.map(drop)
                });
                let _ = heard.await;
            }
        })
    }
}

/// Says whether somebody answered. They may put their window before all others: this program was started by a person just
/// now, so Windows lets it pass that on.
pub(super) fn knock(folder: &Path) -> bool {
    let name = name(folder);
    let answer = || {
        runtime()?.block_on(async {
            let mut door = ClientOptions::new().open(&name)?;
            let_come_forward(&door);
            let answered = async {
                door.write_all(KNOCK).await?;
                door.read_exact(&mut [0; HERE.len()]).await
            };
            tokio::time::timeout(PATIENCE, answered).await?
        })
    };
    answer().is_ok()
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

fn pipe(name: &str, first: bool) -> io::Result<NamedPipeServer> {
    ServerOptions::new().first_pipe_instance(first).reject_remote_clients(true).create(name)
}

/// The same for each way to write the folder's path, and in each version of Polder. A number, because a pipe's name is
/// short and anybody may read it (FNV-1a; nobody gains anything by finding another folder with the same one).
fn name(folder: &Path) -> String {
    let folder = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let units = folder.as_os_str().encode_wide();
    let number = units.fold(0xcbf2_9ce4_8422_2325_u64, |number, unit| {
        (number ^ u64::from(unit)).wrapping_mul(0x0100_0000_01b3)
    });
    format!(r"\\.\pipe\eu.polder.desktop-{number:016x}")
}

#[allow(unsafe_code, reason = "calls of the system's")]
fn let_come_forward(door: &NamedPipeClient) {
    let mut first = 0;
    // SAFETY: the pipe is open, and the number outlives the call.
    let let_in = unsafe {
        GetNamedPipeServerProcessId(door.as_raw_handle(), &raw mut first) != 0
            && AllowSetForegroundWindow(first) != 0
    };
    if !let_in {
        tracing::debug!(error = %io::Error::last_os_error(), "the first one may stay behind other windows");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_folder_has_a_door_of_its_own_however_its_path_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        let one = name(folder.path());
        assert_eq!(one, name(&folder.path().join(".")));
        assert_ne!(one, name(other.path()));
    }

    #[test]
    fn whoever_comes_in_and_says_nothing_keeps_nobody_else_out() {
        let folder = tempfile::tempdir().unwrap();
        let door = Door::open(folder.path()).unwrap();
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || door.serve(move || tell.send(()).unwrap()));
        let runtime = runtime().unwrap();
        let _inside = runtime.enter();
        let _silent = ClientOptions::new().open(name(folder.path())).unwrap();
        assert!((0..10).any(|_| knock(folder.path())));
        told.recv_timeout(Duration::from_secs(20)).unwrap();
    }
}
