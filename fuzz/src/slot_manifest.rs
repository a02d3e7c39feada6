//! The list of what is in a slot.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| polder_slots::fuzzed::manifest(bytes));
