//! The system, the launcher or somebody at a terminal asks the program to end. It does so as it always did; only that it
//! was asked is noted first, so that it does not look like a crash.

use std::io;
use std::sync::Arc;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::drawing::Drawing;

/// What asks, from now on; nothing is lost before somebody listens.
pub(crate) fn asked() -> io::Result<Signals> {
    Signals::new([SIGHUP, SIGINT, SIGTERM])
}

/// Listens on a thread of its own: a window that hangs ends all the same.
pub(crate) fn end_when_asked(signals: io::Result<Signals>, drawing: &Arc<Drawing>) {
    let mut signals = match signals {
        Ok(signals) => signals,
        Err(error) => {
            tracing::warn!(%error, "an end that was asked for looks like a crash");
            return;
        }
    };
    let drawing = Arc::clone(drawing);
    std::thread::spawn(move || {
        for signal in signals.forever() {
            drawing.ending();
            if let Err(error) = signal_hook::low_level::emulate_default_handler(signal) {
                tracing::error!(%error, signal, "the program does not end as it was asked to");
            }
        }
    });
}
