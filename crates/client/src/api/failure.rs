use std::fmt;

use polder_wire::{Code, UnixSeconds};

use crate::chain::chain;

/// Why a call did not do what it should: all that the window is told. Causes are in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// What a person is told.
    pub code: Code,
    /// After how many seconds another try makes sense.
    pub retry_after: Option<u32>,
    /// The platform's clock beside this computer's, where a code was not right (B4).
    pub clock: Option<Clocks>,
}

/// What time it was at the platform and here when a code was not right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clocks {
    /// The platform's time.
    pub platform: UnixSeconds,
    /// This computer's, at the same moment but for the way of the answer.
    pub here: UnixSeconds,
    /// How many seconds the authenticator is ahead, where the platform could tell.
    pub authenticator_ahead: Option<i64>,
}

impl Failure {
    /// A failure of this kind.
    pub fn of(code: Code) -> Self {
        Self { code, retry_after: None, clock: None }
    }

    pub(crate) fn logged(code: Code, what: &str, error: &dyn std::error::Error) -> Self {
        tracing::warn!(%code, what, error = %chain(error), "failed");
        Self::of(code)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.title())
    }
}

impl std::error::Error for Failure {}
