//! A request's proof of possession: whole (w), its claims (c) or its header (h), signed.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| polder_platform::fuzzed::proof(bytes));
