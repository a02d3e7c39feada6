//! The built launcher, with small real programs in slots that a throwaway key signed.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod desk;
mod disturbed;
mod renewal;
mod tampered;
mod trials;
