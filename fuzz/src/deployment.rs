//! The deployment that a build embeds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use polder_client::deployment::Deployment;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(deployment) = Deployment::parse(bytes) {
        // What reads is an origin and nothing more.
        assert!(deployment.origin().starts_with("https://") && !deployment.host().is_empty());
    }
});
