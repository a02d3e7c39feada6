//! What lies in the keychain, which every program of the same person may write.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| polder_client::fuzzed::keychain_item(bytes));
