use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedObjectPath;
use zbus::{Connection, fdo, interface};

use crate::{Outcome, Running};

const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(20);
const LOGIN: &str = "org.freedesktop.login1";
const MANAGER_PATH: &str = "/org/freedesktop/login1";
const SESSION_PATH: &str = "/org/freedesktop/login1/session/_31";

/// A system bus of a test's own with a logind on it that does as the test says. It has one session, in which everybody
/// is.
pub struct Logind {
    address: String,
    connection: Connection,
    // Dropped last.
    _bus: Running,
}

/// logind's manager, as far as a client asks it. It keeps the other ends of what it handed out.
struct Manager {
    handed: Mutex<Vec<UnixStream>>,
}

#[interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    #[zbus(name = "GetSessionByPID")]
    fn session_by_pid(&self, _pid: u32) -> fdo::Result<OwnedObjectPath> {
        Ok(OwnedObjectPath::try_from(SESSION_PATH).map_err(zbus::Error::from)?)
    }

    fn inhibit(
        &self,
        _what: &str,
        _who: &str,
        _why: &str,
        _mode: &str,
    ) -> fdo::Result<zbus::zvariant::OwnedFd> {
        let failed = |error: std::io::Error| fdo::Error::Failed(error.to_string());
        let (mine, theirs) = UnixStream::pair().map_err(failed)?;
        mine.set_nonblocking(true).map_err(failed)?;
        self.handed.lock().map_err(|_| fdo::Error::Failed("broken".to_owned()))?.push(mine);
        Ok(OwnedFd::from(theirs).into())
    }

    #[zbus(signal)]
    async fn prepare_for_sleep(emitter: &SignalEmitter<'_>, start: bool) -> zbus::Result<()>;
}

impl Manager {
    /// How many of those who asked still hold the computer awake.
    fn holders(&self) -> usize {
        use std::io::Read as _;
        // The end of a stream says that the other side let go.
        let held = |mut one: &UnixStream| !matches!(one.read(&mut [0]), Ok(0));
        self.handed.lock().map_or(0, |handed| handed.iter().filter(|one| held(one)).count())
    }
}

/// The session. Nobody in it is idle.
struct Session;

#[interface(name = "org.freedesktop.login1.Session")]
impl Session {
    #[zbus(property)]
    fn idle_hint(&self) -> bool {
        false
    }

    #[zbus(signal)]
    async fn lock(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn unlock(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;
}

impl Logind {
    /// Starts both; the bus has its socket in this folder.
    ///
    /// # Errors
    /// When the bus does not start.
    pub async fn play(folder: &Path) -> Outcome<Self> {
        let address = format!("unix:path={}", folder.join("system-bus").display());
        let mut daemon = Command::new("dbus-daemon");
        daemon.args(["--session", "--nofork", "--nopidfile"]).arg(format!("--address={address}"));
        let bus = Running::start(daemon.stdin(Stdio::null()))?;
        let until = Instant::now() + PATIENCE;
        let connection = loop {
            match zbus::connection::Builder::address(address.as_str())?.build().await {
                Ok(connection) => break connection,
                // Until it listens.
                Err(error) if Instant::now() > until => return Err(error.into()),
                Err(_) => tokio::time::sleep(GLANCE).await,
            }
        };
        let server = connection.object_server();
        server.at(MANAGER_PATH, Manager { handed: Mutex::default() }).await?;
        server.at(SESSION_PATH, Session).await?;
        connection.request_name(LOGIN).await?;
        Ok(Self { address, connection, _bus: bus })
    }

    /// What a program needs in its environment to find it.
    pub fn environment(&self) -> (&str, &str) {
        ("DBUS_SYSTEM_BUS_ADDRESS", &self.address)
    }

    /// Waits until a client listens: it holds the computer awake from then on.
    ///
    /// # Errors
    /// When none does.
    pub async fn listened_to(&self) -> Outcome {
        self.until_held_by(1).await
    }

    /// The screen is locked, as `loginctl lock-session` does.
    ///
    /// # Errors
    /// When the bus is gone.
    pub async fn lock_screen(&self) -> Outcome {
        let session = self.connection.object_server().interface::<_, Session>(SESSION_PATH).await?;
        Ok(Session::lock(session.signal_emitter()).await?)
    }

    /// The screen is open again.
    ///
    /// # Errors
    /// When the bus is gone.
    pub async fn unlock_screen(&self) -> Outcome {
        let session = self.connection.object_server().interface::<_, Session>(SESSION_PATH).await?;
        Ok(Session::unlock(session.signal_emitter()).await?)
    }

    /// The computer goes to sleep; answers once nobody holds it awake any more.
    ///
    /// # Errors
    /// When somebody holds it for ever.
    pub async fn sleep(&self) -> Outcome {
        let manager = self.connection.object_server().interface::<_, Manager>(MANAGER_PATH).await?;
        Manager::prepare_for_sleep(manager.signal_emitter(), true).await?;
        self.until_held_by(0).await
    }

    /// It wakes up.
    ///
    /// # Errors
    /// When the bus is gone.
    pub async fn wake(&self) -> Outcome {
        let manager = self.connection.object_server().interface::<_, Manager>(MANAGER_PATH).await?;
        Ok(Manager::prepare_for_sleep(manager.signal_emitter(), false).await?)
    }

    async fn until_held_by(&self, wanted: usize) -> Outcome {
        let manager = self.connection.object_server().interface::<_, Manager>(MANAGER_PATH).await?;
        let until = Instant::now() + PATIENCE;
        loop {
            let held = manager.get().await.holders();
            if held == wanted {
                return Ok(());
            }
            if Instant::now() > until {
                return Err(format!("{held} hold the computer awake, and not {wanted}").into());
            }
            tokio::time::sleep(GLANCE).await;
        }
    }
}
