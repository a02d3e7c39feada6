//! What logind and screen savers tell by themselves.

use std::collections::HashMap;

use futures_util::StreamExt as _;
use futures_util::stream::{BoxStream, SelectAll};
use zbus::message::Type;
use zbus::zvariant::{OwnedFd, OwnedValue};
use zbus::{Connection, MatchRule, Message, MessageStream};

use super::{Desktop, LOGIN, LOGIN_MANAGER, LOGIN_PATH, LOGIN_SESSION, own_session, proxy, within};
use crate::away::{Away, Tell};

/// Each says `ActiveChanged(true)` when it covers the screen. Who is not there says nothing.
const SAVERS: [&str; 5] = [
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.xfce.ScreenSaver",
];
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// Signals from whom, as what, called what, and about which object.
struct Signal<'a> {
    of: &'a str,
    interface: &'a str,
    member: &'a str,
    path: Option<&'a str>,
}

impl Desktop {
    /// Tells until the buses are gone.
    pub(super) async fn watch(&self, tell: &Tell) {
        let mut signals = SelectAll::new();
        if let Some(session) = &self.session {
            for saver in SAVERS {
                let active = Signal { of: saver, interface: saver, member: "ActiveChanged", path: None };
                signals.extend(heard(session, &active).await);
            }
        }
        if let Some(system) = &self.system {
            for signal in self.of_login(own_session(system).await.as_deref()) {
                signals.extend(heard(system, &signal).await);
            }
        }
        tracing::debug!(sources = signals.len(), "locks and sleep are watched");
        // While it is held, the computer does not sleep before it is let go (at most for InhibitDelayMaxSec).
        let mut awake = self.stay_awake().await;
        while let Some(signal) = signals.next().await {
            // One that does not read says nothing; the stream goes on.
            let Some(away) = signal.ok().as_ref().and_then(meaning) else { continue };
            tell(away);
            match away {
                Away::Suspending => awake = None,
                Away::Resumed if awake.is_none() => awake = self.stay_awake().await,
                Away::Resumed | Away::Locked | Away::Unlocked => {}
            }
        }
        drop(awake);
    }

    fn of_login<'a>(&self, own: Option<&'a str>) -> Vec<Signal<'a>> {
        let of = LOGIN;
        let sleep =
            Signal { of, interface: LOGIN_MANAGER, member: "PrepareForSleep", path: Some(LOGIN_PATH) };
        // Not of every session: somebody else may work at the same computer.
        let own = own.into_iter().flat_map(|own| {
            [(LOGIN_SESSION, "Lock"), (LOGIN_SESSION, "Unlock"), (PROPERTIES, "PropertiesChanged")]
                .map(|(interface, member)| Signal { of, interface, member, path: Some(own) })
        });
        std::iter::once(sleep).chain(own).collect()
    }

    /// None where nobody can hold the computer awake; then it sleeps at once, and whoever is told is told late.
    async fn stay_awake(&self) -> Option<OwnedFd> {
        let manager = proxy(self.system.as_ref()?, LOGIN, LOGIN_PATH, LOGIN_MANAGER).await?;
        let asked = ("sleep", "Polder", "Polder covers what is on the screen", "delay");
        let flags = zbus::proxy::MethodFlags::NoAutoStart.into();
        let held = within(manager.call_with_flags("Inhibit", flags, &asked)).await;
        held.inspect_err(|error| tracing::info!(%error, "the computer sleeps without waiting for Polder"))
            .ok()?
    }
}

async fn heard(bus: &Connection, signal: &Signal<'_>) -> Option<BoxStream<'static, zbus::Result<Message>>> {
    let asked = async {
        let rule = MatchRule::builder()
            .msg_type(Type::Signal)
            .sender(signal.of.to_owned())?
            .interface(signal.interface.to_owned())?
            .member(signal.member.to_owned())?;
        let rule = match signal.path {
            Some(path) => rule.path(path.to_owned())?,
            None => rule,
        };
        MessageStream::for_match_rule(rule.build(), bus, None).await
    };
    let stream = within(asked).await;
    stream
        .inspect_err(|error| tracing::warn!(%error, signal.of, "is not listened to"))
        .ok()
        .map(futures_util::StreamExt::boxed)
}

/// What a signal comes to. None for what means nothing here, or does not read.
pub(super) fn meaning(signal: &Message) -> Option<Away> {
    let header = signal.header();
    let body = signal.body();
    let locked = |locked| if locked { Away::Locked } else { Away::Unlocked };
    match (header.interface()?.as_str(), header.member()?.as_str()) {
        (LOGIN_MANAGER, "PrepareForSleep") => {
            Some(if body.deserialize().ok()? { Away::Suspending } else { Away::Resumed })
        }
        (LOGIN_SESSION, "Lock") => Some(Away::Locked),
        (LOGIN_SESSION, "Unlock") => Some(Away::Unlocked),
        (PROPERTIES, "PropertiesChanged") => {
            let (of, mut changed, _): (String, HashMap<String, OwnedValue>, Vec<String>) =
                body.deserialize().ok()?;
            let hint = changed.remove("LockedHint").filter(|_| of == LOGIN_SESSION)?;
            Some(locked(bool::try_from(hint).ok()?))
        }
        (saver, "ActiveChanged") if SAVERS.contains(&saver) => Some(locked(body.deserialize().ok()?)),
        _ => None,
    }
}
