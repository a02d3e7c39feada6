use std::error::Error;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::say;
use crate::app::Surroundings;
use crate::config::Config;
use crate::mail::{MailError, Round};
use crate::{App, http, login, mail, password};

const SWEEP_EVERY: Duration = Duration::from_secs(60 * 60);
/// For letters that are under way when the platform stops.
const LETTERS_END_WITHIN: Duration = Duration::from_secs(10);

pub(super) async fn serve(config: &Config, around: Surroundings) -> Result<(), Box<dyn Error>> {
    let app = App::open_to_serve(config, around).await?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let server = http::listen(app.clone(), config)?;
    let sweeping = tokio::spawn(sweep(app.clone()));
    let (stop, stopping) = watch::channel(());
    let mut posting = tokio::spawn(letters(app.clone(), stopping));
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
    drop(stop);
    // A letter that left is struck off. Who waits too long for a mail server sends it again later, under the same
    // message id.
    if tokio::time::timeout(LETTERS_END_WITHIN, &mut posting).await.is_err() {
        posting.abort();
    }
    app.store.close().await;
    Ok(())
}

/// Answers who asked for a new password, and sends what is posted, until whoever started it lets go of the other end.
async fn letters(app: App, mut stopping: watch::Receiver<()>) {
    if !app.mail.leads_somewhere() {
        tracing::warn!("there is no [mail] in the configuration: letters wait, first passwords among them");
    }
    while stopping.has_changed().is_ok() {
        match answer_and_send(&app).await {
            // More may wait than one round took.
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "letters could not be looked after; trying again soon"),
        }
        tokio::select! {
            () = mail::something_posted(&app) => {}
            // Nothing is ever sent there: it ends.
            _ = stopping.changed() => {}
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
