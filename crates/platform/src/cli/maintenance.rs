use std::error::Error;

use clap::Subcommand;
use jiff::Timestamp;
use polder_wire::UnixSeconds;
use polder_wire::session::Maintenance as Told;

use super::say;
use crate::App;
use crate::app::Surroundings;
use crate::config::Config;
use crate::events::{self, Event};

type Done = Result<(), Box<dyn Error>>;

/// What people are told of maintenance (R74).
#[derive(Debug, Subcommand)]
pub(super) enum Maintenance {
    /// Tell everybody: who is signed in now at once, and whoever signs in before it is over
    Announce {
        /// When it begins, as 2026-12-01T20:00:00+02:00
        #[arg(long)]
        from: Timestamp,
        /// When it is over
        #[arg(long)]
        until: Timestamp,
    },
    /// Take back all that is announced and not over. Who signs in hears no more of it; a window that was told keeps its
    /// notice until it is closed
    Withdraw,
}

pub(super) async fn maintenance(config: &Config, around: Surroundings, command: Maintenance) -> Done {
    match command {
        Maintenance::Announce { from, until } => {
            let app = App::open(config, around).await?;
            let announced = announce(&app, from, until).await;
            app.store.close().await;
            announced?;
            Ok(say(&format!("announced from {from} until {until}"))?)
        }
        Maintenance::Withdraw => {
            let app = App::open(config, around).await?;
            let withdrawn = withdraw(&app).await;
            app.store.close().await;
            Ok(say(&format!("withdrawn: {}", withdrawn?))?)
        }
    }
}

async fn announce(app: &App, from: Timestamp, until: Timestamp) -> Done {
    let told = Told { from: UnixSeconds(from.as_second()), until: UnixSeconds(until.as_second()) };
    if told.until <= told.from {
        return Err("maintenance ends after it begins".into());
    }
    if told.until <= app.now() {
        return Err("this is over already".into());
    }
    let mut write = app.store.write().await?;
    events::tell(app, write.on(), Event::maintenance(told)).await?;
    Ok(write.commit().await?)
}

/// Answers how many announcements there were.
async fn withdraw(app: &App) -> Result<u64, Box<dyn Error>> {
    let mut write = app.store.write().await?;
    let gone = events::withdraw_maintenance(app, write.on()).await?;
    write.commit().await?;
    Ok(gone)
}
