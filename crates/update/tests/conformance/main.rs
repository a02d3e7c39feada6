//! The rules of the TUF 1.0 client workflow, held against the built program over a real connection: what a
//! repository may and may not do to a client. The public conformance suite asks the same in its own way
//! (`cargo xtask conformance`); this needs nothing but Rust.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod client;
mod delegation;
mod download;
mod expiry;
mod key;
mod protocol;
mod refresh;
mod repository;
mod rollback;
mod rotation;
mod server;
mod signatures;
