use std::error::Error;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use super::say;
use crate::app::Surroundings;
use crate::config::Config;
use crate::{App, http, login, mail};

const SWEEP_EVERY: Duration = Duration::from_secs(60 * 60);

pub(super) async fn serve(config: &Config, around: Surroundings) -> Result<(), Box<dyn Error>> {
    let app = App::open_to_serve(config, around).await?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let server = http::listen(app.clone(), config)?;
    let sweeping = tokio::spawn(sweep(app.clone()));
    let posting = tokio::spawn(mail::run(app.clone()));
    say(&format!("listening on {}", server.address()))?;
    tracing::info!(address = %server.address(), "serving");
    server
        .run(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            tracing::info!("stopping");
        })
        .await?;
    sweeping.abort();
    // A letter that is just being sent is sent again later, under the same message id.
    posting.abort();
    app.store.close().await;
    Ok(())
}

async fn sweep(app: App) {
    let mut ticks = tokio::time::interval(SWEEP_EVERY);
    loop {
        ticks.tick().await;
        if let Err(error) = login::sweep(&app).await {
            tracing::error!(%error, "old sign-ins could not be deleted; trying again in an hour");
        }
    }
}
