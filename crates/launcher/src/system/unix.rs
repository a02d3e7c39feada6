//! What Linux and macOS have in common: signals.

use std::io;
use std::process::{Child, ExitStatus};

use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM};

use crate::start::End;

/// What asks this launcher to stop. Listening begins when it is made.
pub(crate) struct Signals(signal_hook::iterator::Signals);

impl Signals {
    pub(crate) fn listen() -> io::Result<Self> {
        signal_hook::iterator::Signals::new([SIGCHLD, SIGHUP, SIGINT, SIGTERM]).map(Self)
    }

    /// The code to end with, where somebody asked to stop while nothing ran.
    pub(crate) fn asked(&mut self) -> Option<u8> {
        let asked = self.0.pending().find(|signal| *signal != SIGCHLD)?;
        Some(by_signal(asked))
    }

    /// Waits for a program, and passes on what asks to stop.
    pub(crate) fn wait(&mut self, child: &mut Child) -> io::Result<End> {
        let mut asked = false;
        loop {
            // Looked at first: it may have ended before anybody listened for it, and every end brings a signal.
            if let Some(status) = child.try_wait()? {
                return Ok(End { code: code(status), asked });
            }
            for signal in self.0.wait() {
                if signal != SIGCHLD {
                    asked = true;
                    pass_on(child, signal)?;
                }
            }
        }
    }
}

/// What a shell would call an end.
fn code(status: ExitStatus) -> u8 {
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return by_signal(signal);
    }
    // What is no code of one byte is no clean end either.
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

/// Words for the language that the environment names.
pub(crate) fn language_of_environment() -> String {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG")).unwrap_or_default()
}

fn pass_on(child: &Child, signal: i32) -> io::Result<()> {
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

fn by_signal(signal: i32) -> u8 {
    u8::try_from(signal).map_or(u8::MAX, |signal| signal.saturating_add(128))
}
