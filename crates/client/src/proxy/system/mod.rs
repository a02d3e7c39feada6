//! What this computer is set to.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
mod settings;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
use linux as desktop;
#[cfg(target_os = "macos")]
use macos as desktop;
#[cfg(windows)]
use windows as desktop;

use std::fmt;
use std::sync::Arc;

use super::Found;
use super::bypass::Goal;
use crate::deployment::Deployment;

/// Where this computer's own setting is read. Cheap to clone.
#[derive(Clone)]
pub struct System(Source);

/// What a variable says, by its name.
type Variables = dyn Fn(&str) -> Option<String> + Send + Sync;

#[derive(Clone)]
enum Source {
    Computer,
    Environment(Arc<Variables>),
}

impl System {
    /// This computer: on Linux the environment and then the settings of KDE or GNOME, on macOS and Windows the system's.
    pub fn of_this_computer() -> Self {
        Self(Source::Computer)
    }

    /// An environment and nothing else, read with curl's rules: `https_proxy`, `all_proxy`, `no_proxy`.
    pub fn of_environment(read: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Source::Environment(Arc::new(read)))
    }

    /// Which way it sends connections to this platform. Read anew at each call.
    pub async fn find(&self, deployment: &Deployment) -> Found {
        let goal = Goal::of(deployment);
        match &self.0 {
            Source::Computer => desktop::find(&goal).await,
            Source::Environment(read) => settings::environment(&**read, &goal).unwrap_or(Found::None),
        }
    }
}

impl fmt::Debug for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("System")
    }
}
