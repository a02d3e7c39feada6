//! What the platform's signed update metadata says.

mod fault;
mod metadata;
mod repository;
mod store;

pub use fault::{MetadataFault, StoreFault};
pub(crate) use metadata::{Statement, Wanted, next_pins, recall, refresh};
pub(crate) use store::Shelf;

#[cfg(fuzzing)]
pub(crate) fn fuzz_store(bytes: &[u8]) {
    drop(store::parse(bytes));
}
