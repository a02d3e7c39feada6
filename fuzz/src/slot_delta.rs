//! What is inside of a delta, and the archive that it is put on.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| polder_slots::fuzzed::delta(bytes));
