//! The difference between two releases, and the archive that it is put on.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| polder_client::fuzzed::delta(bytes));
