//! A PostgreSQL of the tests' own: made, started on a free port of this machine, and thrown away afterwards.
//!
//! A second xtask process keeps the server and ends it when its standard input closes. That happens however the
//! first one ends, Ctrl-C and kill included, so no server is ever left behind.

use std::fs;
use std::io::{self, BufRead as _, Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use crate::command::{Failure, Outcome, output};

/// Tests run side by side, each with a few connections.
const CONNECTIONS: u32 = 200;
const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(100);

/// A running server. It ends when this is dropped.
pub(crate) struct Postgres {
    url: String,
    keeper: Child,
    /// Closing it is the keeper's sign to stop.
    open: Option<ChildStdin>,
}

impl Postgres {
    /// Makes and starts one, kept by this program, `me`. Takes a few seconds.
    pub(crate) fn start(me: &Path) -> Outcome<Self> {
        let mut command = Command::new(me);
        command.arg("keep-postgres").stdin(Stdio::piped()).stdout(Stdio::piped());
        // Ctrl-C goes to all of a terminal's group. The keeper stays out, to tidy up after everybody else.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let not_started = |source| Failure::NotStarted { line: "xtask keep-postgres".into(), source };
        let mut keeper = command.spawn().map_err(not_started)?;
        let open = keeper.stdin.take();
        let mut url = String::new();
        if let Some(stdout) = keeper.stdout.take() {
            io::BufReader::new(stdout).read_line(&mut url).map_err(not_started)?;
        }
        let postgres = Self { url: url.trim().to_owned(), keeper, open };
        if postgres.url.starts_with("postgres://") {
            Ok(postgres)
        } else {
            Err(Failure::Needs(format!("PostgreSQL did not start. {}", postgres.url)))
        }
    }

    /// Where the tests find it: a superuser who may make databases.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.open.take());
        if let Err(error) = self.keeper.wait() {
            println!("The keeper of PostgreSQL could not be waited for: {error}");
        }
    }
}

/// The folder with initdb and postgres, the newest of several. Debian keeps them off the PATH.
pub(crate) fn programs() -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(|entry| {
        let entry = entry.ok()?;
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        Some((version, entry.path().join("bin")))
    });
    let newest = debian.filter(|(_, folder)| folder.join("initdb").is_file()).max();
    let on_path = || {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path)
            .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
    };
    newest.map(|(_, folder)| folder).or_else(on_path)
}

/// The keeper's whole life: start, say the URL, wait until standard input closes, end the server, remove its files.
pub(crate) fn keep() -> Outcome {
    let user = User::for_server()?;
    // Outside the repository: the server's user need not be let into a home folder.
    let folder = std::env::temp_dir().join(format!("polder-postgres-{}", std::process::id()));
    // Not "create if missing": on a shared /tmp somebody else may have laid it ready.
    fs::create_dir(&folder).map_err(Failure::file(&folder))?;
    let kept = user.own(&folder).and_then(|()| keep_in(&folder, &user));
    if let Err(failure) = &kept {
        // The one who started this reads one line.
        println!("{}", failure.to_string().replace('\n', " "));
    }
    fs::remove_dir_all(&folder).map_err(Failure::file(&folder))?;
    kept
}

fn keep_in(folder: &Path, user: &User) -> Outcome {
    let programs = programs().ok_or_else(|| Failure::Needs("initdb is not installed.".into()))?;
    let data = folder.join("data");
    let mut initdb = user.command(&programs.join("initdb"));
    // Who can connect to a port of this machine is somebody of this machine; there is nothing in it but test data.
    initdb.args(["--username=polder", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]);
    initdb.arg("--pgdata").arg(&data).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null());
    let status = initdb.status().map_err(|source| Failure::NotStarted { line: "initdb".into(), source })?;
    if !status.success() {
        return Err(Failure::Ended { line: "initdb".into(), status });
    }

    let port = free_port().map_err(Failure::file(Path::new("127.0.0.1")))?;
    let log = folder.join("log");
    let mut server = user.command(&programs.join("postgres"));
    server.arg("-D").arg(&data).args(settings(port)).current_dir(folder).stdin(Stdio::null());
    server.stdout(Stdio::null()).stderr(fs::File::create(&log).map_err(Failure::file(&log))?);
    let mut server =
        server.spawn().map_err(|source| Failure::NotStarted { line: "postgres".into(), source })?;

    let ready = wait_until_ready(&mut server, &data, &log);
    if ready.is_ok() {
        let mut stdout = io::stdout();
        // A reader that is gone has also closed standard input, which ends this at once.
        let _ = writeln!(stdout, "postgres://polder@127.0.0.1:{port}/postgres").and_then(|()| stdout.flush());
        let _ = io::stdin().read_to_end(&mut Vec::new());
    }
    stop(&mut server)?;
    ready
}

/// Fast and forgetful: nothing in it is worth a disk's time.
fn settings(port: u16) -> Vec<String> {
    let settings = [
        format!("port={port}"),
        "listen_addresses=127.0.0.1".into(),
        "unix_socket_directories=".into(),
        format!("max_connections={CONNECTIONS}"),
        "shared_buffers=32MB".into(),
        "fsync=off".into(),
        "synchronous_commit=off".into(),
        "full_page_writes=off".into(),
        "wal_level=minimal".into(),
        "max_wal_senders=0".into(),
    ];
    settings.into_iter().flat_map(|setting| ["-c".into(), setting]).collect()
}

/// The server writes "ready" on line 8 of its own lock file when it takes connections.
fn wait_until_ready(server: &mut Child, data: &Path, log: &Path) -> Outcome {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let lock = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
        if lock.lines().nth(7).is_some_and(|state| state.trim() == "ready") {
            return Ok(());
        }
        if server.try_wait().is_ok_and(|ended| ended.is_some()) {
            break;
        }
        std::thread::sleep(GLANCE);
    }
    let said = fs::read_to_string(log).unwrap_or_default();
    Err(Failure::Needs(format!("postgres says: {}", said.trim())))
}

/// SIGINT is PostgreSQL's "fast" stop: clients are let go, the server ends in order.
fn stop(server: &mut Child) -> Outcome {
    #[cfg(unix)]
    if let Ok(None) = server.try_wait() {
        let stopped = rustix::process::kill_process(
            rustix::process::Pid::from_child(server),
            rustix::process::Signal::INT,
        );
        stopped.map_err(|error| Failure::file(Path::new("postgres"))(error.into()))?;
    }
    #[cfg(not(unix))]
    server.kill().map_err(Failure::file(Path::new("postgres")))?;
    server.wait().map_err(Failure::file(Path::new("postgres")))?;
    Ok(())
}

/// A port that nobody has now. Another may take it before the server does: then the server says so and the tests
/// are started again by hand.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Who the server runs as. PostgreSQL refuses to be root, so root lends it the identity that its package has made.
struct User {
    lent: Option<(u32, u32)>,
}

impl User {
    fn for_server() -> Outcome<Self> {
        if !crate::setup::is_root() {
            return Ok(Self { lent: None });
        }
        let number = |flag: &str| -> Outcome<u32> {
            let said = output(Command::new("id").args([flag, "postgres"]))?;
            said.trim().parse().map_err(|_| Failure::Needs(format!("id {flag} postgres answered {said:?}")))
        };
        Ok(Self { lent: Some((number("-u")?, number("-g")?)) })
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        if let Some((user, group)) = self.lent {
            lend(&mut command, user, group);
        }
        command
    }

    fn own(&self, path: &Path) -> Outcome {
        self.lent.map_or(Ok(()), |(user, group)| give(path, user, group).map_err(Failure::file(path)))
    }
}

#[cfg(unix)]
fn lend(command: &mut Command, user: u32, group: u32) {
    std::os::unix::process::CommandExt::uid(command, user);
    std::os::unix::process::CommandExt::gid(command, group);
}

#[cfg(unix)]
fn give(path: &Path, user: u32, group: u32) -> io::Result<()> {
    std::os::unix::fs::chown(path, Some(user), Some(group))
}

// Nobody is root elsewhere.
#[cfg(not(unix))]
fn lend(_: &mut Command, _: u32, _: u32) {}

#[cfg(not(unix))]
fn give(_: &Path, _: u32, _: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_listens_on_this_machine_alone() {
        let settings = settings(5000);
        assert!(settings.contains(&"listen_addresses=127.0.0.1".to_owned()));
        assert!(settings.contains(&"unix_socket_directories=".to_owned()));
        assert_eq!(settings.iter().filter(|word| *word == "-c").count() * 2, settings.len());
    }
}
