//! What the gate remembers on disk.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| polder_client::fuzzed::store(bytes));
