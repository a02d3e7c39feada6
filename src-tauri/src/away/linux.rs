//! Linux: logind tells of sleep and of locks that it is asked for, the desktop's own screen saver of locks; for how long
//! nobody has touched anything is known by the desktop (GNOME, KDE), by the X server, or by logind.

mod events;

use std::future::Future;
use std::time::Duration;

use tauri::async_runtime::{JoinHandle, spawn, spawn_blocking};
use x11rb::protocol::screensaver;
use zbus::Connection;
use zbus::proxy::{CacheProperties, MethodFlags, Proxy};

use super::{AwayError, Tell};

/// Who does not answer by then is not asked further: a bus may hang.
const LIMIT: Duration = Duration::from_secs(2);

const LOGIN: &str = "org.freedesktop.login1";
const LOGIN_PATH: &str = "/org/freedesktop/login1";
const LOGIN_MANAGER: &str = "org.freedesktop.login1.Manager";
const LOGIN_SESSION: &str = "org.freedesktop.login1.Session";

/// Ends the watch when it is dropped.
pub(crate) struct Watch(JoinHandle<()>);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// See [`super::idle`].
pub(super) async fn idle() -> Result<Duration, AwayError> {
    Desktop::of_this_person().await.idle().await
}

/// See [`super::watch`].
#[allow(clippy::unnecessary_wraps, reason = "each system has this function")]
pub(super) fn watch(tell: Tell) -> Result<Watch, AwayError> {
    Ok(Watch(spawn(async move { Desktop::of_this_person().await.watch(&tell).await })))
}

/// Whom there is to ask.
struct Desktop {
    session: Option<Connection>,
    system: Option<Connection>,
    /// Whether an X server sees every key that is pressed; one below Wayland sees only those of its own windows.
    x11: bool,
}

impl Desktop {
    async fn of_this_person() -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        Self {
            session: or_logged(within(Connection::session()).await, "the session bus"),
            system: or_logged(within(Connection::system()).await, "the system bus"),
            x11: set("DISPLAY") && !set("WAYLAND_DISPLAY"),
        }
    }

    async fn idle(&self) -> Result<Duration, AwayError> {
        if let Some(session) = &self.session {
            // GNOME's, in milliseconds.
            let mutter = "org.gnome.Mutter.IdleMonitor";
            let path = "/org/gnome/Mutter/IdleMonitor/Core";
            if let Some(idle) = ask::<u64>(session, mutter, path, mutter, "GetIdletime").await {
                return Ok(Duration::from_millis(idle));
            }
            // KDE's, in milliseconds too, whatever an old draft says of seconds.
            let saver = "org.freedesktop.ScreenSaver";
            let path = "/org/freedesktop/ScreenSaver";
            if let Some(idle) = ask::<u32>(session, saver, path, saver, "GetSessionIdleTime").await {
                return Ok(Duration::from_millis(u64::from(idle)));
            }
        }
        if self.x11
            && let Ok(Some(idle)) = spawn_blocking(of_x_server).await
        {
            return Ok(idle);
        }
        self.hint().await.ok_or(AwayError::Unknown)
    }

    /// What the desktop told logind: that nobody has been there since a time of the monotonic clock. A desktop that says
    /// "somebody is there" cannot be told from one that says nothing.
    async fn hint(&self) -> Option<Duration> {
        let system = self.system.as_ref()?;
        let path = own_session(system).await?;
        let session = proxy(system, LOGIN, &path, LOGIN_SESSION).await?;
        let idle: bool = within(session.get_property("IdleHint")).await.ok()?;
        let since: u64 = within(session.get_property("IdleSinceHintMonotonic")).await.ok()?;
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
        let now = Duration::new(u64::try_from(now.tv_sec).ok()?, u32::try_from(now.tv_nsec).ok()?);
        idle.then(|| now.saturating_sub(Duration::from_micros(since)))
    }
}

/// The session of this process by logind's own name. A program that the desktop started as a service of the person is in
/// none; then it is the one that the person sees.
async fn own_session(system: &Connection) -> Option<String> {
    let manager = proxy(system, LOGIN, LOGIN_PATH, LOGIN_MANAGER).await?;
    let flags = MethodFlags::NoAutoStart.into();
    let path = |answer: Result<Option<zbus::zvariant::OwnedObjectPath>, zbus::Error>| {
        Some(answer.ok()??.as_str().to_owned())
    };
    if let Some(own) =
        path(within(manager.call_with_flags("GetSessionByPID", flags, &std::process::id())).await)
    {
        return Some(own);
    }
    if let Ok(id) = std::env::var("XDG_SESSION_ID")
        && let Some(own) = path(within(manager.call_with_flags("GetSession", flags, &id)).await)
    {
        return Some(own);
    }
    let me = proxy(system, LOGIN, "/org/freedesktop/login1/user/self", "org.freedesktop.login1.User").await?;
    let (_, seen): (String, zbus::zvariant::OwnedObjectPath) =
        within(me.get_property("Display")).await.ok()?;
    Some(seen.as_str().to_owned())
}

/// What the X server counts (MIT-SCREEN-SAVER).
fn of_x_server() -> Option<Duration> {
    use x11rb::connection::Connection as _;
    let (server, screen) = x11rb::connect(None).ok()?;
    let root = server.setup().roots.get(screen)?.root;
    let info = screensaver::query_info(&server, root).ok()?.reply().ok()?;
    Some(Duration::from_millis(u64::from(info.ms_since_user_input)))
}

/// One question. None where nobody answers it; nobody is started for it.
async fn ask<R>(bus: &Connection, name: &str, path: &str, interface: &str, method: &str) -> Option<R>
where
    R: for<'d> zbus::zvariant::DynamicDeserialize<'d>,
{
    let asked = proxy(bus, name, path, interface).await?;
    within(asked.call_with_flags(method, MethodFlags::NoAutoStart.into(), &())).await.ok()?
}

async fn proxy<'a>(bus: &Connection, name: &str, path: &str, interface: &str) -> Option<Proxy<'a>> {
    let built: Result<_, zbus::Error> = async {
        zbus::proxy::Builder::new(bus)
            .destination(name.to_owned())?
            .path(path.to_owned())?
            .interface(interface.to_owned())?
            // A value of an hour ago is worth nothing here.
            .cache_properties(CacheProperties::No)
            .build()
            .await
    }
    .await;
    built.inspect_err(|error| tracing::debug!(%error, name, "cannot be asked")).ok()
}

async fn within<T>(answer: impl Future<Output = Result<T, zbus::Error>>) -> Result<T, zbus::Error> {
    match tokio::time::timeout(LIMIT, answer).await {
        Ok(answer) => answer,
        Err(_) => Err(zbus::Error::InputOutput(std::sync::Arc::new(std::io::ErrorKind::TimedOut.into()))),
    }
}

fn or_logged<T>(answer: Result<T, zbus::Error>, what: &str) -> Option<T> {
    answer.inspect_err(|error| tracing::info!(%error, what, "cannot be asked who is at the computer")).ok()
}

#[cfg(test)]
mod tests;
