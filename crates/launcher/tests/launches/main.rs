//! The built launcher, with small real programs in slots that a throwaway key signed.
#![allow(clippy::unwrap_used)]

mod desk;
mod disturbed;
#[cfg(windows)]
mod held;
mod renewal;
mod tampered;
mod trials;
