//! What open clients are told as it happens: their session's end, changed rights, maintenance, a newer release.
//!
//! Whoever changes something writes a row beside it, in the same transaction ([`tell`]). Each node reads the rows of the
//! last minute a few times a second while anybody listens to it, and passes on what it has not passed on before: nodes
//! need nothing of each other, and a row that is committed late is read late. A row is a hint and no more: what it says of
//! a session is looked up before it is said.

mod hub;
mod reading;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use polder_wire::session::{HEARTBEAT_SECONDS, Maintenance, Told, Watch};
use polder_wire::{Code, DomainId, Nothing, SessionId, UnixSeconds, UserId};
use sqlx::{AnyConnection, Row};
use tokio::time::{Instant, Interval, interval_at};

use hub::Listening;
pub use hub::{Events, PER_NODE, PER_SESSION};

use crate::App;
use crate::http::Refused;
use crate::rights::{Authorized, Person, WatchEvents};
use crate::store::{StoreError, random_id};

/// How long a row stays, in seconds: longer than any node takes to read it.
const KEPT_SECONDS: i64 = 10 * 60;

/// Something to be told.
#[derive(Debug, Clone, Copy)]
pub struct Event {
    kind: Kind,
    domain: Option<DomainId>,
    user: Option<UserId>,
    session: Option<SessionId>,
    maintenance: Option<Maintenance>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    SessionOver,
    Locked,
    RightsChanged,
    Maintenance,
    UpdateReady,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::SessionOver => "session-over",
            Self::Locked => "locked",
            Self::RightsChanged => "rights-changed",
            Self::Maintenance => "maintenance",
            Self::UpdateReady => "update-ready",
        }
    }

    fn of(text: &str) -> Option<Self> {
        [Self::SessionOver, Self::Locked, Self::RightsChanged, Self::Maintenance, Self::UpdateReady]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

impl Event {
    const fn of(kind: Kind) -> Self {
        Self { kind, domain: None, user: None, session: None, maintenance: None }
    }

    /// A session ended.
    pub(crate) fn session_over(domain: DomainId, user: UserId, session: SessionId) -> Self {
        Self { domain: Some(domain), user: Some(user), session: Some(session), ..Self::of(Kind::SessionOver) }
    }

    /// A session was locked.
    pub(crate) fn locked(person: &Person) -> Self {
        let Person { domain, user, session, .. } = *person;
        Self { kind: Kind::Locked, ..Self::session_over(domain, user, session) }
    }

    /// What somebody, or everybody in a domain, may see or do changed (B16).
    pub fn rights_changed(domain: DomainId, user: Option<UserId>) -> Self {
        Self { domain: Some(domain), user, ..Self::of(Kind::RightsChanged) }
    }

    /// The platform will be away (R74).
    pub fn maintenance(maintenance: Maintenance) -> Self {
        Self { maintenance: Some(maintenance), ..Self::of(Kind::Maintenance) }
    }

    /// There is a newer release.
    pub fn update_ready() -> Self {
        Self::of(Kind::UpdateReady)
    }

    fn told(&self) -> Option<Told> {
        Some(match self.kind {
            Kind::SessionOver => Told::SessionOver,
            Kind::Locked => Told::Locked,
            Kind::RightsChanged => Told::RightsChanged,
            Kind::Maintenance => Told::Maintenance(self.maintenance?),
            Kind::UpdateReady => Told::UpdateReady,
        })
    }

    /// Whether a client of this person is told.
    fn is_for(&self, person: &Person) -> bool {
        self.domain.is_none_or(|domain| domain == person.domain)
            && self.user.is_none_or(|user| user == person.user)
            && self.session.is_none_or(|session| session == person.session)
    }
}

/// Tells open clients, on every node, once the transaction is committed.
///
/// # Errors
/// When the database fails.
pub async fn tell(app: &App, on: &mut AnyConnection, event: Event) -> Result<(), Refused> {
    // Any random name: nobody asks for one.
    let id = random_id(app.random, hex::encode::<[u8; 16]>)?;
    sqlx::query(
        "INSERT INTO events (id, at, kind, domain_id, user_id, session_id, starts_at, ends_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id)
    .bind(app.now().0)
    .bind(event.kind.as_str())
    .bind(event.domain.map(|id| id.to_string()))
    .bind(event.user.map(|id| id.to_string()))
    .bind(event.session.map(|id| id.to_string()))
    .bind(event.maintenance.map(|maintenance| maintenance.from.0))
    .bind(event.maintenance.map(|maintenance| maintenance.until.0))
    .execute(on)
    .await?;
    Ok(())
}

/// What somebody, or everybody in a domain, may see or do changed: their open clients read their lists anew (B16).
///
/// # Errors
/// When the database fails.
pub async fn rights_changed(
    app: &App,
    on: &mut AnyConnection,
    domain: DomainId,
    user: Option<UserId>,
) -> Result<(), Refused> {
    tell(app, on, Event::rights_changed(domain, user)).await
}

/// Takes back what was said of maintenance that is not over; answers how many times it was said. Who heard of it keeps
/// what they heard.
///
/// # Errors
/// When the database fails.
pub(crate) async fn withdraw_maintenance(app: &App, on: &mut AnyConnection) -> Result<u64, StoreError> {
    let gone = sqlx::query("DELETE FROM events WHERE kind = 'maintenance' AND ends_at > $1")
        .bind(app.now().0)
        .execute(on)
        .await?;
    Ok(gone.rows_affected())
}

/// Deletes what every node has read. A maintenance notice stays until the maintenance is over.
///
/// # Errors
/// When the database fails.
pub(crate) async fn sweep(app: &App, on: &mut AnyConnection) -> Result<(), StoreError> {
    let now = app.now();
    sqlx::query("DELETE FROM events WHERE at < $1 AND (ends_at IS NULL OR ends_at < $2)")
        .bind(now.plus(-KEPT_SECONDS).0)
        .bind(now.0)
        .execute(on)
        .await?;
    Ok(())
}

/// `GET /api/v1/events`: stays open, and says first that it is.
///
/// # Errors
/// [`Code::Busy`] when too many listen already, or the platform is about to stop.
pub async fn watch(who: Authorized<WatchEvents>, app: App, _: Watch, _: Nothing) -> Result<Body, Refused> {
    let person = who.person();
    let listening = Events::listen(&app, person).ok_or(Refused::from(Code::Busy))?;
    let every = Duration::from_secs(HEARTBEAT_SECONDS.into());
    let mut line = Line {
        app,
        person,
        listening,
        heartbeat: interval_at(Instant::now() + every, every),
        first: Vec::new(),
        over: false,
    };
    // Whatever happens from here on is heard; so what stands is read now.
    line.first = line.standing().await?;
    line.first.reverse();
    Ok(Body::from_stream(stream::unfold(line, |mut line| async move {
        let told = line.next().await?;
        let mut text = serde_json::to_vec(&told).ok()?;
        text.push(b'\n');
        Some((Ok::<_, Infallible>(Bytes::from(text)), line))
    })))
}

/// One client that listens.
struct Line {
    app: App,
    person: Person,
    listening: Listening,
    heartbeat: Interval,
    /// What is said first, the last thing first.
    first: Vec<Told>,
    over: bool,
}

/// How a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Open,
    Locked,
    Over,
}

impl Line {
    /// What is said next; none when nothing more is.
    async fn next(&mut self) -> Option<Told> {
        loop {
            if self.over {
                return None;
            }
            if let Some(told) = self.first.pop() {
                return Some(told);
            }
            let heard = tokio::select! {
                heard = self.listening.next() => Some(heard?),
                _ = self.heartbeat.tick() => None,
            };
            // The database fails: the client comes again, and finds out how things stand.
            let standing = match heard {
                None | Some(Told::SessionOver | Told::Locked) => self.session().await.ok()?,
                Some(_) => Standing::Open,
            };
            self.over = standing == Standing::Over;
            match (heard, standing) {
                (_, Standing::Over) => return Some(Told::SessionOver),
                (Some(Told::Locked), Standing::Locked) => return Some(Told::Locked),
                // It was unlocked since.
                (Some(Told::Locked | Told::SessionOver), _) => {}
                (None, _) => return Some(Told::Alive),
                (Some(told), _) => return Some(told),
            }
        }
    }

    async fn standing(&self) -> Result<Vec<Told>, Refused> {
        let mut all = vec![Told::Alive];
        match self.session().await? {
            Standing::Open => {}
            Standing::Locked => all.push(Told::Locked),
            Standing::Over => return Err(Code::SessionOver.into()),
        }
        let rows = sqlx::query(
            "SELECT starts_at, ends_at FROM events WHERE kind = 'maintenance' AND ends_at > $1
             ORDER BY starts_at",
        )
        .bind(self.app.now().0)
        .fetch_all(self.app.store.pool())
        .await?;
        for row in rows {
            let (from, until) = (row.try_get("starts_at")?, row.try_get("ends_at")?);
            all.push(Told::Maintenance(Maintenance { from: UnixSeconds(from), until: UnixSeconds(until) }));
        }
        Ok(all)
    }

    async fn session(&self) -> Result<Standing, Refused> {
        let row = sqlx::query("SELECT ended_at, expires_at, locked_at FROM sessions WHERE id = $1")
            .bind(self.person.session.to_string())
            .fetch_optional(self.app.store.pool())
            .await?;
        let Some(row) = row else { return Ok(Standing::Over) };
        Ok(
            if row.try_get::<Option<i64>, _>("ended_at")?.is_some()
                || row.try_get::<i64, _>("expires_at")? <= self.app.now().0
            {
                Standing::Over
            } else if row.try_get::<Option<i64>, _>("locked_at")?.is_some() {
                Standing::Locked
            } else {
                Standing::Open
            },
        )
    }
}

impl Events {
    /// Lets somebody listen, and sees to it that the rows are read while anybody does.
    fn listen(app: &App, person: Person) -> Option<Listening> {
        let (listening, read) = Arc::clone(&app.events).enter(person, app.now())?;
        if read {
            tokio::spawn(reading::read(app.clone()));
        }
        Some(listening)
    }
}
