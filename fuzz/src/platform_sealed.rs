//! What lies sealed in the database, which a thief may have altered.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| polder_platform::fuzzed::sealed(bytes));
