//! Makes it harder for other programs of the same person to look into this process. Best effort by nature:
//! a debugger that starts the program owns it. What each system offers stands in its own file.

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod system;

mod environment;

use std::io;

/// Something that the system did not do. The program is no less usable.
#[derive(Debug)]
pub(crate) struct Shortfall {
    pub(crate) what: &'static str,
    pub(crate) error: io::Error,
}

/// Called first thing in `main`, before there is a log; so it answers with what is to be logged. Where code was put
/// into this process before it began, it does not return: the program starts again, without.
pub(crate) fn harden() -> Vec<Shortfall> {
    let again = if environment::clean() { system::start_again() } else { Ok(()) };
    [
        ("what was loaded beforehand", again),
        ("core dumps", system::forbid_core_dumps()),
        ("tracing", system::forbid_tracing()),
    ]
    .into_iter()
    .filter_map(|(what, done)| done.err().map(|error| Shortfall { what, error }))
    .collect()
}
