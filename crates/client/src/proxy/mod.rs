//! The way to the platform: straight, or through an HTTP proxy with `CONNECT`.
//!
//! The person chooses ([`Choice`], kept by [`Network`]); what this computer is set to is read by [`System`]; and
//! both together give the route that a transport takes. TLS stands between this program and the platform either
//! way: a proxy sees a host, a port and bytes, and what it is given to sign in is its own.

mod bypass;
mod challenge;
mod choice;
mod connect;
mod fault;
mod found;
mod network;
mod system;

pub use choice::{Choice, Field, Host, Malformed, Manual, Port, User};
pub(crate) use connect::ask;
pub use fault::{Address, ProxyFault};
pub use found::{Credentials, Found, Proxy, Unsupported};
pub use network::{Network, PasswordChange, PasswordKept, Setting};
pub use system::System;

/// The way that a transport takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    /// To the platform itself, whatever the environment says.
    Direct,
    /// Through this proxy.
    Via(Proxy),
}

#[cfg(fuzzing)]
pub(crate) fn fuzz(bytes: &[u8]) {
    use std::hint::black_box;
    black_box(challenge::Offered::read(bytes.split(|&byte| byte == b'\n')));
    let text = String::from_utf8_lossy(bytes);
    drop(black_box(found::read(&text)));
    black_box(found::split_port(&text));
    drop(Manual::parse(&text, 3128, Some(&text)));
}
