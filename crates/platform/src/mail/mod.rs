//! Letters to people, through an outbox (B30).
//!
//! Whoever does something that a person must hear of [`post`]s a [`Letter`] inside the very transaction that
//! does it: both last or neither does. A task ([`run`]) sends what waits, over SMTP or into a folder, and tries
//! again later while the mail server is away. Nobody waits for it.
//!
//! A letter lies sealed with the domain's key until it left, and never has a link: people type codes into
//! Polder, so a letter with a link is not from here.

mod desk;
mod letter;
mod outbox;
mod words;

pub use desk::{Desk, DeskError};
pub use letter::Letter;
pub use outbox::{MailError, Recipient, Round, deliver_due, post, run};
