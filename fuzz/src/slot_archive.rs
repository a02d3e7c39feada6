//! A release's archive that nobody signed.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| polder_slots::fuzzed::archive(bytes));
