//! What a proxy, and the settings of the system, say.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| polder_client::fuzzed::proxy(bytes));
