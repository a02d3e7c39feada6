//! The client under attack, in its real window: each refusal with its own code, and nothing given away.

mod drag;
mod keychain;
mod network;
mod page;
mod process;
mod proxy;
mod releases;
mod sign_in;
