//! Against a bus of the test's own, on which the test is logind and the desktop.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};

use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedObjectPath, OwnedValue};
use zbus::{fdo, interface};

use super::*;
use crate::away::Away;

const PATIENCE: Duration = Duration::from_secs(20);
const MINE: &str = "/org/freedesktop/login1/session/_31";
const ANOTHERS: &str = "/org/freedesktop/login1/session/_32";

/// A bus on which nobody is who was not put there.
struct Bus {
    daemon: Child,
    address: String,
}

impl Bus {
    fn start() -> Self {
        let mut daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address=1", "--address=unix:tmpdir=/tmp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { daemon, address: address.trim().to_owned() }
    }

    async fn connect(&self) -> Connection {
        zbus::connection::Builder::address(self.address.as_str()).unwrap().build().await.unwrap()
    }

    /// What this person's program would find.
    async fn desktop(&self) -> Desktop {
        Desktop { session: Some(self.connect().await), system: Some(self.connect().await), x11: false }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        // It may have been ended by the test.
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// logind, as far as Polder asks it. It keeps the other ends of what it handed out.
struct Login {
    handed: Mutex<Vec<std::os::unix::net::UnixStream>>,
}

#[interface(name = "org.freedesktop.login1.Manager")]
impl Login {
    #[zbus(name = "GetSessionByPID")]
    fn session_by_pid(&self, pid: u32) -> fdo::Result<OwnedObjectPath> {
        assert_eq!(pid, std::process::id());
        Ok(OwnedObjectPath::try_from(MINE).unwrap())
    }

    fn inhibit(&self, what: &str, who: &str, why: &str, mode: &str) -> fdo::Result<zbus::zvariant::OwnedFd> {
        assert_eq!((what, who, mode, why.is_empty()), ("sleep", "Polder", "delay", false));
        let (mine, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
        mine.set_nonblocking(true).unwrap();
        self.handed.lock().unwrap().push(mine);
        Ok(std::os::fd::OwnedFd::from(theirs).into())
    }

    #[zbus(signal)]
    async fn prepare_for_sleep(emitter: &SignalEmitter<'_>, start: bool) -> zbus::Result<()>;
}

impl Login {
    /// Which of those who asked still hold the computer awake.
    fn held(&self) -> Vec<bool> {
        use std::io::Read as _;
        // The end of a stream says that the other side let go.
        let held = |mut one: &std::os::unix::net::UnixStream| !matches!(one.read(&mut [0]), Ok(0));
        self.handed.lock().unwrap().iter().map(held).collect()
    }
}

/// A session of logind's.
struct LoginSession {
    idle: bool,
    idle_since: u64,
    locked: bool,
}

#[interface(name = "org.freedesktop.login1.Session")]
impl LoginSession {
    #[zbus(property)]
    fn idle_hint(&self) -> bool {
        self.idle
    }

    #[zbus(property)]
    fn idle_since_hint_monotonic(&self) -> u64 {
        self.idle_since
    }

    #[zbus(property)]
    fn locked_hint(&self) -> bool {
        self.locked
    }

    #[zbus(signal)]
    async fn lock(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn unlock(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;
}

struct Mutter;

#[interface(name = "org.gnome.Mutter.IdleMonitor")]
impl Mutter {
    #[zbus(name = "GetIdletime")]
    fn idle_time(&self) -> u64 {
        61_500
    }
}

struct Saver;

#[interface(name = "org.freedesktop.ScreenSaver")]
impl Saver {
    fn get_session_idle_time(&self) -> u32 {
        7_250
    }

    #[zbus(signal)]
    async fn active_changed(emitter: &SignalEmitter<'_>, active: bool) -> zbus::Result<()>;
}

async fn log_in(bus: &Bus) -> Connection {
    let login = bus.connect().await;
    let session = || LoginSession { idle: false, idle_since: 0, locked: false };
    let server = login.object_server();
    server.at(LOGIN_PATH, Login { handed: Mutex::default() }).await.unwrap();
    server.at(MINE, session()).await.unwrap();
    server.at(ANOTHERS, session()).await.unwrap();
    login.request_name(LOGIN).await.unwrap();
    login
}

/// Starts to watch, and waits until it does.
async fn watched(bus: &Bus, login: &Connection) -> (JoinHandle<()>, Receiver<Away>) {
    let (tell, told) = channel();
    let desktop = bus.desktop().await;
    let watching = spawn(async move {
        let tell: Tell = Box::new(move |away| tell.send(away).unwrap());
        desktop.watch(&tell).await;
    });
    // The last thing that it does before it listens.
    until(login, |held| held == [true]).await;
    (watching, told)
}

async fn until(login: &Connection, is: impl Fn(&[bool]) -> bool) {
    let manager = login.object_server().interface::<_, Login>(LOGIN_PATH).await.unwrap();
    let wait = async {
        while !is(&manager.get().await.held()) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("what holds the computer awake is as it should be");
}

fn next(told: &Receiver<Away>) -> Away {
    told.recv_timeout(PATIENCE).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_computer_that_goes_to_sleep_waits_until_it_was_told_and_is_held_again_once_it_woke() {
    let bus = Bus::start();
    let login = log_in(&bus).await;
    let (_watching, told) = watched(&bus, &login).await;
    let manager = login.object_server().interface::<_, Login>(LOGIN_PATH).await.unwrap();
    Login::prepare_for_sleep(manager.signal_emitter(), true).await.unwrap();
    assert_eq!(next(&told), Away::Suspending);
    until(&login, |held| held == [false]).await;
    Login::prepare_for_sleep(manager.signal_emitter(), false).await.unwrap();
    assert_eq!(next(&told), Away::Resumed);
    until(&login, |held| held == [false, true]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_is_told_however_the_desktop_says_it_and_only_of_this_session() {
    let bus = Bus::start();
    let login = log_in(&bus).await;
    let saver = bus.connect().await;
    saver.object_server().at("/org/freedesktop/ScreenSaver", Saver).await.unwrap();
    saver.request_name("org.freedesktop.ScreenSaver").await.unwrap();
    let (_watching, told) = watched(&bus, &login).await;

    let others = login.object_server().interface::<_, LoginSession>(ANOTHERS).await.unwrap();
    LoginSession::lock(others.signal_emitter()).await.unwrap();
    let mine = login.object_server().interface::<_, LoginSession>(MINE).await.unwrap();
    LoginSession::unlock(mine.signal_emitter()).await.unwrap();
    assert_eq!(next(&told), Away::Unlocked, "another's lock is none");
    LoginSession::lock(mine.signal_emitter()).await.unwrap();
    assert_eq!(next(&told), Away::Locked);
    for (locked, away) in [(true, Away::Locked), (false, Away::Unlocked)] {
        let mut session = mine.get_mut().await;
        session.locked = locked;
        session.locked_hint_changed(mine.signal_emitter()).await.unwrap();
        drop(session);
        assert_eq!(next(&told), away, "by its hint");
    }
    let active = saver.object_server().interface::<_, Saver>("/org/freedesktop/ScreenSaver").await.unwrap();
    for (covers, away) in [(true, Away::Locked), (false, Away::Unlocked)] {
        Saver::active_changed(active.signal_emitter(), covers).await.unwrap();
        assert_eq!(next(&told), away, "by the screen saver");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_only_pretends_to_be_logind_or_the_screen_saver_is_not_heard() {
    let bus = Bus::start();
    let login = log_in(&bus).await;
    let (watching, told) = watched(&bus, &login).await;
    let stranger = bus.connect().await;
    let emit = async |path: &str, interface: &str, member: &str, on: bool| {
        stranger.emit_signal(None::<()>, path, interface, member, &on).await.unwrap();
    };
    emit(LOGIN_PATH, LOGIN_MANAGER, "PrepareForSleep", true).await;
    emit("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", true).await;
    // What it says and this come over the same bus, one after the other.
    let mine = login.object_server().interface::<_, LoginSession>(MINE).await.unwrap();
    stranger.call_method(Some(LOGIN), MINE, Some(PROPERTIES), "GetAll", &LOGIN_SESSION).await.unwrap();
    LoginSession::unlock(mine.signal_emitter()).await.unwrap();
    assert_eq!(next(&told), Away::Unlocked);
    watching.abort();
    assert_eq!(told.recv_timeout(PATIENCE), Err(RecvTimeoutError::Disconnected));
}

const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

#[tokio::test(flavor = "multi_thread")]
async fn idle_time_is_what_gnome_says_else_what_kde_says_else_what_logind_was_told() {
    let bus = Bus::start();
    let desktop = bus.desktop().await;
    assert!(matches!(desktop.idle().await, Err(AwayError::Unknown)), "nobody is there");

    let login = log_in(&bus).await;
    assert!(matches!(desktop.idle().await, Err(AwayError::Unknown)), "who is not idle says nothing");
    let mine = login.object_server().interface::<_, LoginSession>(MINE).await.unwrap();
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    let since = u64::try_from(now.tv_sec).unwrap().saturating_sub(5);
    *mine.get_mut().await = LoginSession { idle: true, idle_since: since * 1_000_000, locked: false };
    let idle = desktop.idle().await.unwrap();
    assert!((5..30).contains(&idle.as_secs()), "{idle:?}");

    let kde = bus.connect().await;
    kde.object_server().at("/org/freedesktop/ScreenSaver", Saver).await.unwrap();
    kde.request_name("org.freedesktop.ScreenSaver").await.unwrap();
    assert_eq!(desktop.idle().await.unwrap(), Duration::from_millis(7_250));

    let gnome = bus.connect().await;
    gnome.object_server().at("/org/gnome/Mutter/IdleMonitor/Core", Mutter).await.unwrap();
    gnome.request_name("org.gnome.Mutter.IdleMonitor").await.unwrap();
    assert_eq!(desktop.idle().await.unwrap(), Duration::from_millis(61_500));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bus_that_ends_ends_the_watch_and_no_more() {
    let mut bus = Bus::start();
    let login = log_in(&bus).await;
    let (watching, told) = watched(&bus, &login).await;
    bus.daemon.kill().unwrap();
    tokio::time::timeout(PATIENCE, watching).await.unwrap().unwrap();
    assert_eq!(told.try_iter().count(), 0);
}

#[test]
fn what_does_not_read_means_nothing() {
    let signal = |interface: &str, member: &str, body: OwnedValue| {
        zbus::Message::signal("/a", interface, member).unwrap().build(&(body,)).unwrap()
    };
    for message in [
        signal(LOGIN_MANAGER, "PrepareForSleep", OwnedValue::from(3_u32)),
        signal(LOGIN_MANAGER, "SessionNew", OwnedValue::from(true)),
        signal(PROPERTIES, "PropertiesChanged", OwnedValue::from(true)),
        signal("org.example.ScreenSaver", "ActiveChanged", OwnedValue::from(true)),
    ] {
        assert_eq!(super::events::meaning(&message), None, "{message:?}");
    }
}
