//! A request's head: headers, and the path of an update file.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| polder_platform::fuzzed::head(bytes));
