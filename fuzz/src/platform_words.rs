//! Ids, e-mails, names, codes and keys, as people and programs write them.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| polder_platform::fuzzed::words(bytes));
