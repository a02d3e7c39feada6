//! The file that describes a project and its layers.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| polder_platform::fuzzed::description(bytes));
