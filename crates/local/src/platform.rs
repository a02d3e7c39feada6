use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::{Child, Local, LocalError};

/// A running platform; ends when dropped.
#[derive(Debug)]
pub struct Platform(Child);

/// How long it may take until it listens; the first start makes the database.
const LIMIT: Duration = Duration::from_secs(60);
const PID: &str = "platform.pid";

impl Local {
    /// Starts the platform and waits until it listens. One that still runs because its starter was killed is
    /// ended first.
    ///
    /// # Errors
    /// When it cannot be started, or ends instead of listening; with what it wrote.
    pub fn start_platform(&self, binary: &Path) -> Result<Platform, LocalError> {
        self.end_leftover()?;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, self.port())).is_err() {
            return Err(LocalError::PortTaken(self.port()));
        }
        let path = self.platform_log();
        let log = fs::File::create(&path).map_err(LocalError::file(&path))?;
        let mut command = self.platform_command(binary);
        command.arg("serve");
        let listens = |line: &str| line.starts_with("listening on ");
        let (child, _) = Child::start_logged_until(&mut command, Some(log), LIMIT, listens)?;
        let path = self.folder().join(PID);
        fs::write(&path, child.pid().to_string()).map_err(LocalError::file(&path))?;
        Ok(Platform(child))
    }

    /// The platform's program with this deployment's configuration.
    pub fn platform_command(&self, binary: &Path) -> Command {
        let mut command = Command::new(binary);
        command.arg("--config").arg(self.platform_config());
        command
    }

    /// What the platform that was started last wrote to standard error.
    pub fn platform_log(&self) -> PathBuf {
        self.folder().join("platform.log")
    }

    /// Ends the platform of an earlier run, if it still runs. A number alone proves nothing, since the system
    /// gives it out again: the process must have this deployment's configuration on its command line.
    #[cfg(target_os = "linux")]
    pub(crate) fn end_leftover(&self) -> Result<(), LocalError> {
        use crate::child::{GLANCE, PATIENCE, terminate};
        use std::os::unix::ffi::OsStrExt as _;
        use std::time::Instant;

        let path = self.folder().join(PID);
        let Ok(text) = fs::read_to_string(&path) else { return Ok(()) };
        let Ok(pid) = text.trim().parse::<u32>() else { return Ok(()) };
        let config = self.platform_config();
        let is_ours = || {
            // Unreadable means that it has ended, or is somebody else's.
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            line.split(|&byte| byte == 0).any(|argument| argument == config.as_os_str().as_bytes())
        };
        if !is_ours() {
            return Ok(());
        }
        terminate(pid);
        let until = Instant::now() + PATIENCE;
        while is_ours() {
            if Instant::now() > until {
                let what = format!("the platform of an earlier run (process {pid}) to end");
                return Err(LocalError::TimedOut { what, seconds: PATIENCE.as_secs() });
            }
            std::thread::sleep(GLANCE);
        }
        Ok(())
    }

    /// Elsewhere a platform that outlived its starter shows by its port being taken.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn end_leftover(&self) -> Result<(), LocalError> {
        Ok(())
    }
}

impl Platform {
    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.0.pid()
    }

    /// Whether it ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.0.has_ended()
    }

    /// The error that says how it ended.
    pub fn ended(&mut self) -> LocalError {
        self.0.ended()
    }

    /// Holds it still until the answer is dropped: connections are made and nobody answers.
    #[cfg(unix)]
    pub fn hold(&self) -> Held<'_> {
        signal(self.pid(), rustix::process::Signal::STOP);
        Held(self)
    }
}

/// A platform that is held still.
#[cfg(unix)]
#[derive(Debug)]
pub struct Held<'a>(&'a Platform);

#[cfg(unix)]
impl Drop for Held<'_> {
    fn drop(&mut self) {
        signal(self.0.pid(), rustix::process::Signal::CONT);
    }
}

#[cfg(unix)]
fn signal(pid: u32, signal: rustix::process::Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw) {
        // It fails only when the process has ended; who uses it next hears of that.
        let _ = rustix::process::kill_process(pid, signal);
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use polder_wire::UnixSeconds;

    use super::*;

    struct Made {
        folder: tempfile::TempDir,
        local: Local,
    }

    impl Made {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let local = Local::open_or_create(&folder.path().join("local"), UnixSeconds(1)).unwrap();
            Self { folder, local }
        }

        /// A program that is started as the platform is.
        fn program(&self, script: &str) -> PathBuf {
            let path = self.folder.path().join("platform");
            fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
            path
        }
    }

    const LISTENS: &str = "trap 'exit 0' TERM; echo listening on 127.0.0.1:1; while :; do sleep 0.02; done";

    fn runs(pid: u32) -> bool {
        Path::new(&format!("/proc/{pid}/cmdline")).exists()
    }

    #[test]
    fn a_platform_that_does_not_come_up_says_why() {
        let made = Made::new();
        let program = made.program("echo 'platform.toml: listen: is missing' >&2; exit 1");
        let error = made.local.start_platform(&program).unwrap_err().to_string();
        assert!(error.contains("platform.toml: listen: is missing"), "{error}");
        let log = fs::read_to_string(made.local.platform_log()).unwrap();
        assert_eq!(log, "platform.toml: listen: is missing\n");
    }

    #[test]
    fn a_platform_whose_starter_was_killed_is_ended_at_the_next_start() {
        let made = Made::new();
        let program = made.program(LISTENS);
        let left = made.local.start_platform(&program).unwrap();
        let pid = left.pid();
        // As after a kill: nobody ends it. Its last state is read by nobody, so it is a zombie here.
        std::mem::forget(left);
        let next = made.local.start_platform(&program).unwrap();
        assert_eq!(fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default(), b"", "it still runs");
        assert!(runs(next.pid()));
    }

    #[test]
    fn a_process_of_somebody_else_under_the_same_number_is_left_alone() {
        let made = Made::new();
        let mut sleep = Command::new("sleep");
        let mut other = Child::start(sleep.arg("60")).unwrap();
        fs::write(made.local.folder().join(PID), other.pid().to_string()).unwrap();
        let _platform = made.local.start_platform(&made.program(LISTENS)).unwrap();
        assert!(!other.has_ended());
    }

    #[test]
    fn a_port_that_is_taken_is_named() {
        let made = Made::new();
        let _taken = TcpListener::bind((Ipv4Addr::LOCALHOST, made.local.port())).unwrap();
        let error = made.local.start_platform(&made.program(LISTENS)).unwrap_err();
        assert!(matches!(error, LocalError::PortTaken(port) if port == made.local.port()), "{error}");
    }
}
