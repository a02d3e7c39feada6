use std::fmt;

use polder_wire::Code;

use crate::chain::chain;

/// Why a call did not do what it should: all that the window is told. Causes are in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// What a person is told.
    pub code: Code,
    /// After how many seconds another try makes sense.
    pub retry_after: Option<u32>,
}

impl Failure {
    /// A failure of this kind.
    pub fn of(code: Code) -> Self {
        Self { code, retry_after: None }
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
