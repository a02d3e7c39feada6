use std::error::Error;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use super::say;
use crate::app::Surroundings;
use crate::config::Config;
use crate::mail::{MailError, Round};
use crate::{App, http, login, mail, password};

const SWEEP_EVERY: Duration = Duration::from_secs(60 * 60);

pub(super) async fn serve(config: &Config, around: Surroundings) -> Result<(), Box<dyn Error>> {
    let app = App::open_to_serve(config, around).await?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let server = http::listen(app.clone(), config)?;
    let sweeping = tokio::spawn(sweep(app.clone()));
    let posting = tokio::spawn(letters(app.clone()));
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

/// Answers who asked for a new password, and sends what is posted.
async fn letters(app: App) {
    if !app.mail.leads_somewhere() {
        tracing::warn!("there is no [mail] in the configuration: letters wait, first passwords among them");
    }
    loop {
        match answer_and_send(&app).await {
            // More may wait than one round took.
            Ok(true) => {}
            Ok(false) => mail::something_posted(&app).await,
            Err(error) => {
                tracing::error!(%error, "letters could not be looked after; trying again soon");
                mail::something_posted(&app).await;
            }
        }
    }
}

/// Whether there may be more to do at once.
async fn answer_and_send(app: &App) -> Result<bool, MailError> {
    let asked = password::answer_requests(app).await?;
    let Round { left, failed, .. } = mail::deliver_due(app).await?;
    Ok(asked > 0 || (left > 0 && failed == 0))
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
