//! The environment, and else GNOME's settings. What KDE keeps in `kioslaverc` is not read.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::Command;

use super::{Found, settings};
use crate::proxy::bypass::Goal;

/// It takes a twentieth of a second; a session bus that hangs must not hold the gate up.
const LIMIT: Duration = Duration::from_secs(2);
/// It prints less than one.
const MAX_LISTING: u64 = 64 * 1024;

pub(super) async fn find(goal: &Goal<'_>) -> Found {
    // Not text: then it is no proxy, either.
    let read = |name: &str| std::env::var(name).ok();
    if let Some(found) = settings::environment(&read, goal) {
        return found;
    }
    match tokio::time::timeout(LIMIT, listing()).await {
        Ok(Some(listing)) => settings::gnome(&listing, goal),
        // Another desktop, or none.
        Ok(None) => Found::None,
        Err(_) => {
            tracing::warn!("gsettings does not answer; its proxy counts as none");
            Found::None
        }
    }
}

/// What GNOME's own program says; `None` where there is none, or no such settings.
async fn listing() -> Option<String> {
    let mut program = Command::new("gsettings")
        .args(["list-recursively", "org.gnome.system.proxy"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .ok()?;
    let mut listing = String::new();
    program.stdout.take()?.take(MAX_LISTING).read_to_string(&mut listing).await.ok()?;
    program.wait().await.ok()?.success().then_some(listing)
}
