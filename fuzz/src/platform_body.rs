//! A request's body, for each endpoint that takes one.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| polder_platform::fuzzed::body(bytes));
