//! The platform as its clients meet it: a real server, real TLS, on SQLite and on PostgreSQL.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "all of this is tests")]

mod command_line;
mod devices;
mod edge;
mod events;
mod hostile;
mod lock;
mod mail;
mod passwords;
mod people;
mod projects;
mod proofs;
mod rest;
mod rights;
mod sessions;
mod sign_in;
mod support;
