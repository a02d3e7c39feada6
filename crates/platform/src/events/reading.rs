use std::collections::HashMap;
use std::time::Duration;

use polder_wire::session::Maintenance;
use polder_wire::{DomainId, SessionId, UnixSeconds, UserId};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::{Event, Kind};
use crate::App;

/// How often the rows are read while anybody listens: what happens is felt within a second, with time to spare.
const EVERY: Duration = Duration::from_millis(250);
/// After the database failed.
const REST: Duration = Duration::from_secs(2);
/// How far back it is read, in seconds: longer than a transaction takes between its row and its end.
const BACK: i64 = 60;

/// Reads and passes on, until nobody listens any more.
pub(super) async fn read(app: App) {
    let mut known = HashMap::new();
    let mut newest = issued(&app).await;
    while app.events.anybody() {
        let now = app.now();
        match rows(&app, now).await {
            Ok(rows) => {
                for (id, at, event) in rows {
                    if known.insert(id, at).is_none() {
                        app.events.pass_on(&event, at);
                    }
                }
                known.retain(|_, at| *at >= now.plus(-BACK));
            }
            Err(error) => {
                tracing::error!(%error, "what open clients should hear cannot be read");
                tokio::time::sleep(REST).await;
            }
        }
        // Every node has the release files before it: it sees for itself that there are newer ones.
        let looked = issued(&app).await;
        if looked > newest {
            newest = looked;
            app.events.pass_on(&Event::update_ready(), now);
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn rows(app: &App, now: UnixSeconds) -> Result<Vec<(String, UnixSeconds, Event)>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT id, at, kind, domain_id, user_id, session_id, starts_at, ends_at FROM events
         WHERE at >= $1 ORDER BY at",
    )
    .bind(now.plus(-BACK).0)
    .fetch_all(app.store.pool())
    .await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in &rows {
        // A kind that only a newer node knows is that node's to tell.
        if let Some(event) = event(row)? {
            all.push((row.try_get("id")?, UnixSeconds(row.try_get("at")?), event));
        }
    }
    Ok(all)
}

fn event(row: &AnyRow) -> Result<Option<Event>, sqlx::Error> {
    let Some(kind) = Kind::of(&row.try_get::<String, _>("kind")?) else { return Ok(None) };
    let text = |column: &str| row.try_get::<Option<String>, _>(column);
    let (from, until): (Option<i64>, Option<i64>) = (row.try_get("starts_at")?, row.try_get("ends_at")?);
    let maintenance = from
        .zip(until)
        .map(|(from, until)| Maintenance { from: UnixSeconds(from), until: UnixSeconds(until) });
    Ok(Some(Event {
        kind,
        domain: id::<DomainId>(text("domain_id")?)?,
        user: id::<UserId>(text("user_id")?)?,
        session: id::<SessionId>(text("session_id")?)?,
        maintenance,
    }))
}

/// An id that does not read must not make a row be for everybody.
fn id<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    text: Option<String>,
) -> Result<Option<T>, sqlx::Error> {
    text.map(|text| text.parse()).transpose().map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

async fn issued(app: &App) -> Option<UnixSeconds> {
    app.releases.as_ref()?.issued(app.now()).await
}
