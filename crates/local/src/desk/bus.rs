//! The session bus, the keychain on it, and the accessibility bus beside it.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use super::{LIMIT, arrange};
use crate::child::run;
use crate::local::write_whole;
use crate::{Child, LocalError};

/// A bus without service folders: nothing starts on it that was not started on purpose.
const CONFIG: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=SOCKET</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// Starts a bus and answers with its address.
pub(super) fn start(home: &Path, environment: &[(String, String)]) -> Result<(Child, String), LocalError> {
    let config = home.join("bus.conf");
    let socket = home.join("bus").display().to_string();
    write_whole(&config, CONFIG.replace("SOCKET", &socket).as_bytes())?;
    let mut daemon = Command::new("dbus-daemon");
    arrange(&mut daemon, environment);
    daemon
        .args(["--nofork", "--nopidfile", "--print-address=1"])
        .arg(format!("--config-file={}", config.display()));
    let (child, line) = Child::start_until(&mut daemon, LIMIT, |line| line.starts_with("unix:"))?;
    Ok((child, line.trim().to_owned()))
}

/// How gnome-keyring starts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Its keyring, whose password is empty, is made or opened.
    Unlocked,
    /// Nothing is made and nothing opened.
    Untouched,
}

/// Starts gnome-keyring and waits until it answers.
pub(super) fn keyring(environment: &[(String, String)], state: State) -> Result<Child, LocalError> {
    let mut daemon = Command::new("gnome-keyring-daemon");
    arrange(&mut daemon, environment);
    daemon.args(["--foreground", "--components=secrets"]);
    // An empty password is a line, too.
    let mut child = if state == State::Unlocked {
        Child::start_telling(daemon.arg("--unlock"), "\n")?
    } else {
        Child::start(&mut daemon)?
    };
    wait_for_name(&mut child, environment, "org.freedesktop.secrets")?;
    Ok(child)
}

/// Where Debian and its children put what starts the accessibility bus.
const LAUNCHER: &str = "/usr/libexec/at-spi-bus-launcher";

/// Starts the accessibility bus, as on a computer on which a screen reader runs, and waits until it answers.
pub(super) fn accessibility(environment: &[(String, String)]) -> Result<Child, LocalError> {
    let mut launcher = Command::new(LAUNCHER);
    arrange(&mut launcher, environment);
    let mut child = Child::start(launcher.args(["--launch-immediately", "--a11y=1", "--screen-reader=1"]))?;
    wait_for_name(&mut child, environment, "org.a11y.Bus")?;
    Ok(child)
}

fn wait_for_name(child: &mut Child, environment: &[(String, String)], name: &str) -> Result<(), LocalError> {
    let until = Instant::now() + LIMIT;
    while !is_there(environment, name)? {
        if child.has_ended() {
            return Err(child.ended());
        }
        if Instant::now() > until {
            let what = format!("{name} to be taken on the bus");
            return Err(LocalError::TimedOut { what, seconds: LIMIT.as_secs() });
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn is_there(environment: &[(String, String)], name: &str) -> Result<bool, LocalError> {
    let mut ask = Command::new("dbus-send");
    arrange(&mut ask, environment);
    ask.args(["--session", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"]);
    ask.args(["org.freedesktop.DBus.NameHasOwner", &format!("string:{name}")]);
    Ok(run(&mut ask, "")?.contains("true"))
}
