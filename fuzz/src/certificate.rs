//! The certificate of whoever answers, of which a name is shown.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| polder_client::fuzzed::certificate(bytes));
