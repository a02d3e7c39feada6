//! Signed metadata and policy.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| polder_platform::fuzzed::releases(bytes));
