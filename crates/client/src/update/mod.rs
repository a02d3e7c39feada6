//! What the platform's signed update metadata says.

mod fault;
mod kept;
mod metadata;
mod repository;
mod store;
mod updater;

pub use fault::{MetadataFault, StoreFault};
pub use kept::{ElsewhereFault, Kept};
pub(crate) use metadata::{Statement, Wanted, next_pins, recall, refresh};
pub(crate) use store::Shelf;
pub use updater::updater;

#[cfg(fuzzing)]
pub(crate) fn fuzz_store(bytes: &[u8]) {
    drop(store::parse(bytes));
}
