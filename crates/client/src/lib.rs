//! All that the desktop does without a window.
//!
//! [`gate`] decides whether this program may run and alone makes an [`gate::Admission`]; [`api::Client`]
//! takes one, and [`session`] takes the client. So nothing talks to the platform's API that has not passed
//! the gate. `transport` is the only way out, straight or through a [`proxy`], and [`keychain`] the only place
//! where something secret is kept.
//!
//! ```text
//! Deployment -> Gate --check--> Admission -> Client -> Door --steps--> Session
//! ```

pub mod api;
pub mod deployment;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzed;
pub mod gate;
pub mod keychain;
pub mod proxy;
pub mod session;
pub mod surroundings;

mod chain;
mod device;
pub mod update;

mod transport;

pub use transport::TransportError;
pub use update::{ElsewhereFault, Kept, MetadataFault, StoreFault, updater};

#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod support;
