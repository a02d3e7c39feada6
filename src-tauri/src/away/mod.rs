//! Whether somebody is at the computer: for how long nobody has touched it, and when its screen is locked or it goes to
//! sleep (B36). What each system offers stands in its own file.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "macos")]
use macos as system;
#[cfg(windows)]
use windows as system;

use std::time::Duration;

pub(crate) use system::Watch;

/// The person leaves the computer, or comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Away {
    /// The system locked its screen, or somebody else's session came to the front. May be told more than once in a row:
    /// desktops tell it in several ways, and one too many does no harm.
    Locked,
    /// The computer is about to sleep, or to be shut down on Windows. It waits (for seconds, by the system's own limit)
    /// until whoever is told has returned.
    Suspending,
    /// The screen is open again. Nothing secret follows from it: it proves nobody's password to Polder.
    Unlocked,
    /// The computer woke up.
    Resumed,
}

/// Why the system does not say it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AwayError {
    /// Nothing here knows. Polder then goes by what happens in its own window.
    #[error("nothing on this desktop tells for how long nobody has touched the computer")]
    Unknown,
    /// The system's own words.
    #[cfg_attr(
        target_os = "linux",
        allow(dead_code, reason = "Linux has many to ask, and logs what each says")
    )]
    #[error("the system does not say who is at the computer")]
    System(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Who is told. Called on a thread of the system's or of the runtime; what it does before it returns is done before the
/// computer sleeps.
pub(crate) type Tell = Box<dyn Fn(Away) + Send + Sync>;

/// For how long nobody has touched keyboard, mouse, pen or screen, in whatever program.
///
/// # Errors
/// When nothing here knows: see [`AwayError`]. Asked again it may know.
pub(crate) async fn idle() -> Result<Duration, AwayError> {
    system::idle().await
}

/// Tells from now on when the person leaves and comes back, until what is answered is dropped. On macOS it has to be
/// called on the main thread.
///
/// # Errors
/// When the system refuses. On Linux it is asked in the background, and what is missing is logged.
pub(crate) fn watch(tell: impl Fn(Away) + Send + Sync + 'static) -> Result<Watch, AwayError> {
    system::watch(Box::new(tell))
}

impl AwayError {
    #[cfg_attr(
        target_os = "linux",
        allow(dead_code, reason = "Linux has many to ask, and logs what each says")
    )]
    fn system(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::System(error.into())
    }
}
