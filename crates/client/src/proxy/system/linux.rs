//! The environment, and else the desktop's settings: KDE's file where KDE runs, GNOME's anywhere else.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::Command;

use super::{Found, settings};
use crate::proxy::bypass::Goal;

/// It takes a twentieth of a second; a session bus that hangs must not hold the gate up.
const LIMIT: Duration = Duration::from_secs(2);
/// Settings are smaller than one.
const MAX_LISTING: u64 = 64 * 1024;

pub(super) async fn find(goal: &Goal<'_>) -> Found {
    // Not text: then it is no proxy, either.
    let read = |name: &str| std::env::var(name).ok();
    if let Some(found) = settings::environment(&read, goal) {
        return found;
    }
    if let Some(file) = kde_file(&read) {
        return settings::kde(&text_of(&file).await, goal);
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

/// Where KDE keeps its settings; `None` on another desktop, where an old file of KDE's means nothing.
fn kde_file(read: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    read("XDG_CURRENT_DESKTOP")?.split(':').find(|desktop| desktop.eq_ignore_ascii_case("kde"))?;
    let own = |name| read(name).map(PathBuf::from).filter(|path| path.is_absolute());
    Some(own("XDG_CONFIG_HOME").or_else(|| Some(own("HOME")?.join(".config")))?.join("kioslaverc"))
}

/// Empty where there is no such file, as on a desktop where nobody ever set a proxy.
async fn text_of(file: &Path) -> String {
    let read = async {
        let mut text = String::new();
        tokio::fs::File::open(file).await?.take(MAX_LISTING).read_to_string(&mut text).await?;
        Ok::<_, std::io::Error>(text)
    };
    read.await.unwrap_or_else(|error| {
        if error.kind() != std::io::ErrorKind::NotFound {
            tracing::warn!(%error, "KDE's proxy settings cannot be read; they count as none");
        }
        String::new()
    })
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
