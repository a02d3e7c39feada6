//! What differs between systems: one file for each, with the same names in it.

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod here;
#[cfg(unix)]
mod unix;

pub(crate) use here::{LAUNCHER, PACKAGED, RENEWS, Signals, handle_of, lacks_web_view, language, message};
