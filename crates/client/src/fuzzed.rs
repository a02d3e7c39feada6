//! For the fuzzers in `fuzz/` alone, which set `--cfg fuzzing`: what reads bytes from outside and is otherwise nobody's
//! business. Each may do what it likes with them but break.

/// The keychain's item.
pub fn keychain_item(bytes: &[u8]) {
    crate::session::fuzz_item(bytes);
    crate::keychain::fuzz(bytes);
}

/// What is remembered of update metadata.
pub fn store(bytes: &[u8]) {
    crate::update::fuzz_store(bytes);
}

/// The difference between two releases.
pub fn delta(bytes: &[u8]) {
    crate::update::fuzz_delta(bytes);
}

/// An update file that was brought by hand.
pub fn import(bytes: &[u8]) {
    crate::update::fuzz_import(bytes);
}

/// A program's signature.
pub fn signature(bytes: &[u8]) {
    crate::gate::fuzz_signature(bytes);
}

/// The certificate of whoever answers.
pub fn certificate(bytes: &[u8]) {
    crate::transport::fuzz_certificate(bytes);
}

/// What a proxy asks for, and what settings and environment say about proxies.
pub fn proxy(bytes: &[u8]) {
    crate::proxy::fuzz(bytes);
}
