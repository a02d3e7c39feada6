//! Polder's platform: domains, users, rights and map projects behind TLS.
//!
//! Arrows inside: `http` takes a request apart and asks `rights` for an `Authorized<Action>`; only then a
//! handler of `login`, `account`, `events` or `projects` runs; those use `store`. [`App`] holds what they share.

pub mod account;
pub mod app;
pub mod cli;
pub mod config;
pub mod domains;
pub mod events;
#[cfg(fuzzing)]
pub mod fuzzed;
pub mod http;
pub mod login;
pub mod mail;
pub mod operators;
pub mod projects;
pub mod releases;
pub mod rights;
pub mod store;

pub use app::{App, Clock, Random};
