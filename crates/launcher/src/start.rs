//! Starting a program and staying with it.

use std::io;
use std::process::{Child, Command, ExitStatus};

use polder_slots::Verified;
use polder_wire::update::UNDER_LAUNCHER;

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct End {
    /// What a shell would call it: its exit code, or 128 and the signal.
    pub(crate) code: u8,
    /// Whether this launcher was asked to stop, and passed that on.
    pub(crate) asked: bool,
}

/// What asks this launcher to stop. Listening begins when it is made.
pub(crate) struct Signals {
    #[cfg(unix)]
    inner: signal_hook::iterator::Signals,
}

impl Signals {
    pub(crate) fn listen() -> io::Result<Self> {
        #[cfg(unix)]
        {
            use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM};
            Ok(Self { inner: signal_hook::iterator::Signals::new([SIGCHLD, SIGHUP, SIGINT, SIGTERM])? })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// The code to end with, where somebody asked to stop while nothing ran.
    #[cfg(unix)]
    pub(crate) fn asked(&mut self) -> Option<u8> {
        let asked = self.inner.pending().find(|signal| *signal != signal_hook::consts::SIGCHLD)?;
        Some(by_signal(asked))
    }

    #[cfg(not(unix))]
    pub(crate) fn asked(&mut self) -> Option<u8> {
        None
    }

    /// Waits for a program, and passes on what asks to stop.
    #[cfg(unix)]
    pub(crate) fn wait(&mut self, child: &mut Child) -> io::Result<End> {
        let mut asked = false;
        loop {
            // Looked at first: it may have ended before anybody listened for it, and every end brings a signal.
            if let Some(status) = child.try_wait()? {
                return Ok(End { code: code(status), asked });
            }
            for signal in self.inner.wait() {
                if signal != signal_hook::consts::SIGCHLD {
                    asked = true;
                    pass_on(child, signal)?;
                }
            }
        }
    }

    /// Windows tells a window to close by itself.
    #[cfg(not(unix))]
    pub(crate) fn wait(&mut self, child: &mut Child) -> io::Result<End> {
        Ok(End { code: code(child.wait()?), asked: false })
    }
}

/// Starts a slot's program, without arguments.
///
/// On Linux the file that was checked is started through its handle, so it does not matter what its path leads to by
/// then. (It must be a real program: the interpreter of a script would look for a handle that is closed by then.)
pub(crate) fn start(slot: &Verified) -> io::Result<Child> {
    #[cfg(target_os = "linux")]
    if let Some(file) = slot.program_file() {
        use std::os::fd::AsRawFd;
        use std::os::unix::process::CommandExt;
        let through = format!("/proc/self/fd/{}", file.as_raw_fd());
        if std::path::Path::new(&through).exists() {
            return Command::new(through).arg0(slot.program()).env(UNDER_LAUNCHER, "1").spawn();
        }
    }
    if !slot.is_in_place()? {
        return Err(io::Error::other("the program was replaced after it was checked"));
    }
    Command::new(slot.program()).env(UNDER_LAUNCHER, "1").spawn()
}

#[cfg(unix)]
fn pass_on(child: &Child, signal: i32) -> io::Result<()> {
    use rustix::process::{Pid, Signal, kill_process};
    use signal_hook::consts::{SIGHUP, SIGINT};
    let signal = match signal {
        SIGHUP => Signal::HUP,
        SIGINT => Signal::INT,
        _ => Signal::TERM,
    };
    // It has not been waited for, so the number is still its own.
    match kill_process(Pid::from_child(child), signal) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return by_signal(signal);
    }
    // What is no code of one byte is no clean end either.
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

#[cfg(unix)]
fn by_signal(signal: i32) -> u8 {
    u8::try_from(signal).map_or(u8::MAX, |signal| signal.saturating_add(128))
}
