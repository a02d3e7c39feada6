use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use thirtyfour::{Capabilities, WebDriver};

use super::{Desk, LIMIT};
use crate::{Child, LocalError};

/// The client's window, driven through WebDriver.
#[derive(Debug)]
pub(super) struct Window {
    driver: WebDriver,
    server: Child,
    client: PathBuf,
}

const GLANCE: Duration = Duration::from_millis(20);

impl Window {
    pub(super) async fn open(
        desk: &Desk,
        client: &Path,
        environment: &[(&str, &str)],
        arguments: &[&str],
    ) -> Result<Self, LocalError> {
        let port = free_port()?;
        let mut command: Command = desk.command("WebKitWebDriver");
        command.arg(format!("--port={port}")).arg("--host=127.0.0.1");
        command.env("TAURI_WEBVIEW_AUTOMATION", "true").envs(environment.iter().copied());
        let mut server = Child::start(&mut command)?;
        answers(port, &mut server).await?;

        let client = fs::canonicalize(client).map_err(LocalError::file(client))?;
        let mut capabilities = Capabilities::new();
        let binary = client.display().to_string();
        let options = serde_json::json!({"binary": binary, "args": arguments});
        capabilities.set("webkitgtk:browserOptions", options)?;
        // The driver is spoken to in plain HTTP; still its client builds no connector without a provider of TLS when
        // the client, in the same build, asks for one that it brings itself. An error says that there is one already.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let driver = match WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities).await {
            Ok(driver) => driver,
            Err(error) => {
                end_clients(&server, &client).await;
                return Err(error.into());
            }
        };
        driver.set_script_timeout(LIMIT).await?;
        Ok(Self { driver, server, client })
    }

    /// The client's process; none when it has ended.
    pub(super) fn pid(&self) -> Option<u32> {
        started_by(self.server.pid(), &self.client).first().copied()
    }

    /// For finding, clicking, typing.
    pub(super) fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// Ends the client as a system that shuts down would (SIGTERM), and waits until it is gone.
    ///
    /// # Errors
    /// When it does not end.
    pub(super) async fn close(self) -> Result<(), LocalError> {
        let Self { driver, mut server, client } = self;
        let gone = end_clients(&server, &client).await;
        // The session is gone with the client; there is nobody left to tell.
        if driver.leak().is_err() {
            return Err(LocalError::TimedOut { what: "the driver's session".to_owned(), seconds: 0 });
        }
        server.stop();
        if gone {
            return Ok(());
        }
        Err(LocalError::TimedOut { what: "the client to end".to_owned(), seconds: LIMIT.as_secs() })
    }
}

/// Waits until the driver listens.
async fn answers(port: u16, server: &mut Child) -> Result<(), LocalError> {
    let until = Instant::now() + LIMIT;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    while TcpStream::connect(address).is_err() {
        if server.has_ended() {
            return Err(server.ended());
        }
        if Instant::now() > until {
            let what = "WebKitWebDriver to listen".to_owned();
            return Err(LocalError::TimedOut { what, seconds: LIMIT.as_secs() });
        }
        tokio::time::sleep(GLANCE).await;
    }
    Ok(())
}

/// Sends SIGTERM to the clients that this driver started, by pid, and waits. Says whether all are gone.
async fn end_clients(server: &Child, client: &Path) -> bool {
    let until = Instant::now() + LIMIT;
    let clients = started_by(server.pid(), client);
    for &pid in &clients {
        if let Some(pid) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw) {
            // It fails only when the process has ended, which is what was wanted.
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
    }
    while clients.iter().any(|&pid| is_running(pid)) {
        if Instant::now() > until {
            return false;
        }
        tokio::time::sleep(GLANCE).await;
    }
    true
}

/// Processes of this program whose parent is the given one.
fn started_by(parent: u32, program: &Path) -> Vec<u32> {
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    // Not dumpable, the client hides its own `exe` link even from its parent; its name is seen by all.
    let name: String = program.file_name().unwrap_or_default().to_string_lossy().chars().take(15).collect();
    pids.filter(|&pid| stat(pid).is_some_and(|stat| stat.parent == parent && stat.name == name)).collect()
}

fn is_running(pid: u32) -> bool {
    stat(pid).is_some_and(|stat| stat.state != 'Z')
}

struct Stat {
    name: String,
    state: char,
    parent: u32,
}

/// `pid (name) state parent …` (proc(5)).
fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (start, rest) = text.rsplit_once(')')?;
    let (_, name) = start.split_once('(')?;
    let mut fields = rest.split_whitespace();
    Some(Stat {
        name: name.to_owned(),
        state: fields.next()?.chars().next()?,
        parent: fields.next()?.parse().ok()?,
    })
}

fn free_port() -> Result<u16, LocalError> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    Ok(port.map_err(LocalError::file(Path::new("127.0.0.1:0")))?.port())
}
