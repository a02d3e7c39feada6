//! Being asked to end: Ctrl-C, SIGTERM, or the terminal that was closed.

use std::io;
use std::time::Duration;

use tokio::sync::watch;

/// Listens from the moment that it is made, and remembers.
pub(crate) struct Interrupt(watch::Receiver<bool>);

/// A Ctrl-C reaches every program in the terminal at once; the others may be faster.
const GRACE: Duration = Duration::from_millis(200);

impl Interrupt {
    pub(crate) fn listen() -> io::Result<Self> {
        let (tell, told) = watch::channel(false);
        let asked = asked()?;
        tokio::spawn(async move {
            asked.await;
            // Fails only when nobody waits any more.
            let _ = tell.send(true);
        });
        Ok(Self(told))
    }

    /// Waits for it.
    pub(crate) async fn wait(&mut self) {
        // The other side ends only after it sent.
        let _ = self.0.wait_for(|came| *came).await;
    }

    /// Whether it came.
    pub(crate) fn is_pending(&self) -> bool {
        *self.0.borrow()
    }

    /// Whether it came, or comes in a moment.
    pub(crate) async fn came(&mut self) -> bool {
        tokio::time::timeout(GRACE, self.wait()).await.is_ok()
    }
}

#[cfg(unix)]
fn asked() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hang_up.recv() => {}
        }
    })
}

#[cfg(windows)]
fn asked() -> io::Result<impl Future<Output = ()>> {
    let mut pressed = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        pressed.recv().await;
    })
}
