//! What the platform tells by itself: one stream that is kept open while somebody is signed in, and opened again
//! whenever it breaks.

use std::time::Duration;

use polder_wire::Code;
use polder_wire::session::{Maintenance, Told, Watch};

use super::{Failure, Session};
use crate::api::Lines;

/// How long is waited before the stream is opened again: twice as long after each time that nothing came of it, and
/// never the same for everybody, so that those who lost it together do not come back together.
#[derive(Debug, Clone, Copy)]
pub struct Backoff {
    /// The first time, at most.
    pub first: Duration,
    /// In the end, at most.
    pub most: Duration,
}

impl Backoff {
    /// The one of every client.
    pub const USUAL: Self = Self { first: Duration::from_secs(1), most: Duration::from_secs(60) };

    fn after(self, failures: u32) -> Duration {
        self.first.saturating_mul(2_u32.saturating_pow(failures)).min(self.most)
    }
}

/// What was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// The stream stands again after it had broken: whatever was told meanwhile was told to nobody.
    Again,
    /// The session was locked.
    Locked,
    /// What the person may see or do changed.
    RightsChanged,
    /// The platform will be away.
    Maintenance(Maintenance),
    /// There is a newer release.
    UpdateReady,
}

impl Session {
    /// Listens for as long as the session lasts, and says why it is over.
    pub async fn watch(&self, backoff: Backoff, tell: &(dyn Fn(Heard) + Send + Sync)) -> Failure {
        let (mut opened, mut failures) = (false, 0);
        loop {
            match self.events().await {
                Ok(lines) => {
                    if std::mem::replace(&mut opened, true) {
                        tell(Heard::Again);
                    }
                    match self.listen(lines, tell).await {
                        Listened::Over => return Failure::of(Code::SessionOver),
                        Listened::Something => failures = 0,
                        Listened::Nothing => {}
                    }
                }
                Err(failure) => match failure.code {
                    Code::SessionOver | Code::ProofWrong | Code::ClientOutdated | Code::MetadataExpired => {
                        return failure;
                    }
                    code => tracing::debug!(%code, "nothing is heard of the platform"),
                },
            }
            // A part of it by chance: from a half to all.
            let whole = backoff.after(failures);
            tokio::time::sleep(whole / 2 + (whole / 2).mul_f64(self.chance())).await;
            failures = failures.saturating_add(1);
        }
    }

    async fn listen(&self, mut lines: Lines, tell: &(dyn Fn(Heard) + Send + Sync)) -> Listened {
        let mut listened = Listened::Nothing;
        loop {
            let line = match lines.next().await {
                Ok(Some(line)) => line,
                Ok(None) => return listened,
                Err(error) => {
                    tracing::debug!(code = %error.code(), "the platform's events broke off");
                    return listened;
                }
            };
            let Ok(told) = serde_json::from_slice(&line) else {
                tracing::warn!("what the platform tells does not read");
                return listened;
            };
            listened = Listened::Something;
            match told {
                Told::Alive | Told::Unknown => {}
                Told::SessionOver => {
                    self.over().await;
                    return Listened::Over;
                }
                Told::Locked => {
                    self.locked_there();
                    tell(Heard::Locked);
                }
                Told::RightsChanged => tell(Heard::RightsChanged),
                Told::Maintenance(maintenance) => tell(Heard::Maintenance(maintenance)),
                Told::UpdateReady => tell(Heard::UpdateReady),
            }
        }
    }

    async fn events(&self) -> Result<Lines, Failure> {
        self.signed_even_if_locked(|client, caller| Box::pin(client.lines(&Watch, caller))).await
    }
}

/// How a stream ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listened {
    Nothing,
    Something,
    Over,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_and_ends_at_its_most() {
        let seconds = |failures| Backoff::USUAL.after(failures).as_secs();
        assert_eq!([0, 1, 2, 5, 6, 7, u32::MAX].map(seconds), [1, 2, 4, 32, 60, 60, 60]);
    }
}
