//! Which releases failed, as anybody may write it.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| polder_slots::fuzzed::refused(bytes));
