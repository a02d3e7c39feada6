//! The platform as its clients meet it: a real server, real TLS, on SQLite and on PostgreSQL.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "all of this is tests")]

mod command_line;
mod devices;
mod edge;
mod events;
mod guessing;
mod hostile;
mod lock;
mod logins;
mod lost;
mod mail;
mod passwords;
mod people;
mod projects;
mod proofs;
mod rest;
mod rights;
mod second_step;
mod sessions;
mod sign_in;
mod support;
