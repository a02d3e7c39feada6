//! Time and randomness, as the edges take them from the system and tests from where they like.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use polder_wire::UnixSeconds;

/// Where a [`crate::api::Client`] takes time and randomness from.
#[derive(Clone)]
pub struct Surroundings {
    clock: Arc<dyn Fn() -> UnixSeconds + Send + Sync>,
    random: Arc<dyn SecureRandom + Send + Sync>,
}

impl Surroundings {
    /// The system's clock and randomness.
    pub fn system() -> Self {
        Self::new(UnixSeconds::from_clock, SystemRandom::new())
    }

    /// A clock and a source of randomness of the caller's choice.
    pub fn new(
        clock: impl Fn() -> UnixSeconds + Send + Sync + 'static,
        random: impl SecureRandom + Send + Sync + 'static,
    ) -> Self {
        Self { clock: Arc::new(clock), random: Arc::new(random) }
    }

    pub(crate) fn now(&self) -> UnixSeconds {
        (self.clock)()
    }

    pub(crate) fn random(&self) -> &dyn SecureRandom {
        &*self.random
    }
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Surroundings")
    }
}
