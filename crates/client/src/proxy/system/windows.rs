//! The person's `Internet Settings` in the registry. Whether Windows looks for a script by itself (WPAD) stands
//! in a binary value without a description, and is not read.

use windows_registry::{CURRENT_USER, Key};

use super::Found;
use super::settings::{self, WindowsValues};
use crate::proxy::bypass::Goal;

const PATH: &str = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings";

pub(super) async fn find(goal: &Goal<'_>) -> Found {
    // A few reads of memory that Windows holds: nothing to wait for.
    match CURRENT_USER.open(PATH) {
        Ok(key) => settings::windows(&values(&key), goal),
        Err(error) => {
            tracing::warn!(%error, "the internet settings cannot be read; their proxy counts as none");
            Found::None
        }
    }
}

fn values(key: &Key) -> WindowsValues {
    // A value that is not there is an error, too; it says nothing.
    let text = |name: &str| key.get_string(name).unwrap_or_default();
    WindowsValues {
        enabled: key.get_u32("ProxyEnable").is_ok_and(|enabled| enabled != 0),
        server: text("ProxyServer"),
        bypass: text("ProxyOverride"),
        script: text("AutoConfigURL"),
    }
}
