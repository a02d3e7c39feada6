//! What the platform's signed update metadata says, and how the newest release comes to be what starts next.

mod brought;
mod delta;
mod download;
mod fault;
mod home;
mod import;
mod kept;
mod metadata;
mod pace;
mod package;
mod part;
mod place;
mod polite;
mod release;
mod repository;
mod seal;
mod source;
mod steps;
mod store;
mod unpack;
mod update_fault;
mod updater;
mod word;

pub use brought::{Brought, open_chosen};
pub use download::Patience;
pub use fault::{MetadataFault, StoreFault};
pub use kept::{ElsewhereFault, Kept};
pub use pace::Pace;
pub use package::package_command;
pub use steps::{Announced, Downloaded, Staged, Update, Verified};
pub use update_fault::UpdateFault;
pub use updater::updater;

pub(crate) use home::is_translocated;
pub(crate) use metadata::{Known, SignedFile, Wanted, next_pins, recall};
pub(crate) use source::Source;
pub(crate) use store::Shelf;
pub(crate) use word::{Home, Word, open_import};

#[cfg(fuzzing)]
pub(crate) fn fuzz_store(bytes: &[u8]) {
    drop(store::parse(bytes));
}

#[cfg(fuzzing)]
pub(crate) fn fuzz_delta(bytes: &[u8]) {
    delta::fuzz(bytes);
}

#[cfg(fuzzing)]
pub(crate) fn fuzz_import(bytes: &[u8]) {
    brought::fuzz(bytes);
}
