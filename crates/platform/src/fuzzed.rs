//! For the fuzzers in `fuzz/` alone, which set `--cfg fuzzing`: what reads bytes from outside and is otherwise nobody's
//! business. Each may do what it likes with them but break, or let through what it should not.

/// A request's proof of possession.
pub fn proof(bytes: &[u8]) {
    crate::login::proof::fuzz(bytes);
}

/// A request's head: the client's version, the access token, the kind of body, the path of an update file.
pub fn head(bytes: &[u8]) {
    crate::http::fuzz_head(bytes);
    crate::releases::fuzz_path(bytes);
}

/// A request's body, for each endpoint that takes one.
pub fn body(bytes: &[u8]) {
    crate::http::fuzz_body(bytes);
}

/// Ids, e-mails, names, codes and keys, as people and programs write them.
pub fn words(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    crate::http::fuzz_path(&text);
    crate::account::fuzz(&text);
    crate::login::totp::fuzz(&text);
}

/// A layer's file.
pub fn geojson(bytes: &[u8]) {
    crate::projects::fuzz_geojson(bytes);
}

/// The file that describes a project and its layers.
pub fn description(bytes: &[u8]) {
    crate::projects::fuzz_description(bytes);
}

/// Signed metadata and policy.
pub fn releases(bytes: &[u8]) {
    crate::releases::fuzz(bytes);
}

/// The configuration file.
pub fn config(bytes: &[u8]) {
    crate::config::fuzz(bytes);
}

/// What lies sealed in the database.
pub fn sealed(bytes: &[u8]) {
    crate::store::seal::fuzz(bytes);
}
