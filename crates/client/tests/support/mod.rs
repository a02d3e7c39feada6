//! Real TLS servers, real TUF repositories and a small platform, for the tests of this crate.
//!
//! It makes bytes only and names nothing of the crate, so that unit tests use it too.

// Each test program uses its own part of it, and a test that cannot go on fails.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used)]

pub mod archive;
pub mod platform;
pub mod proxy;
pub mod server;
pub mod tls;
pub mod tuf;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

/// Everything that a deployment is made of, ready to be changed by a test.
pub struct World {
    pub ca: tls::Authority,
    pub server_key: rcgen::KeyPair,
    pub backup_key: rcgen::KeyPair,
    pub keys: tuf::Keys,
    pub minisign: minisign::KeyPair,
    pub built_at: i64,
    pub floor: (u64, u64, u64),
}

impl World {
    pub fn new() -> Self {
        Self {
            ca: tls::Authority::new("Polder test CA"),
            server_key: tls::key(),
            backup_key: tls::key(),
            keys: tuf::Keys::generate(),
            minisign: minisign::KeyPair::generate_unencrypted_keypair().unwrap(),
            built_at: 1_700_000_000,
            floor: (1, 1, 1),
        }
    }

    /// The deployment file for a platform at this port.
    pub fn deployment(&self, port: u16) -> Vec<u8> {
        serde_json::to_vec(&self.deployment_value(port)).unwrap()
    }

    pub fn deployment_value(&self, port: u16) -> serde_json::Value {
        let (timestamp, snapshot, targets) = self.floor;
        json!({
            "schema": 1,
            "name": "local",
            "origin": format!("https://localhost:{port}"),
            "ca": [STANDARD.encode(self.ca.der())],
            "pins": [tls::pin(&self.server_key), tls::pin(&self.backup_key)],
            "root": STANDARD.encode(tuf::root(&self.keys, 1)),
            "floor": {"timestamp": timestamp, "snapshot": snapshot, "targets": targets},
            "minisign_key": self.minisign.pk.to_base64(),
            "built_at": self.built_at,
        })
    }

    /// What the platform shows when all is well.
    pub fn identity(&self) -> tls::Identity {
        self.ca.issue("localhost", &self.server_key)
    }

    /// A release of this program, in whose name the signature is made.
    pub fn release(&self, program: &[u8], version: &str, system: &str) -> tuf::Release {
        tuf::Release::new(program, self.sign(program, version, system), version, system)
    }

    /// A minisign signature for this release.
    pub fn sign(&self, bytes: &[u8], version: &str, system: &str) -> Vec<u8> {
        self.sign_saying(bytes, &format!("product:polder version:{version} system:{system}"))
    }

    /// One whose trusted comment says this.
    pub fn sign_saying(&self, bytes: &[u8], comment: &str) -> Vec<u8> {
        let signature = minisign::sign(None, &self.minisign.sk, bytes, Some(comment), None).unwrap();
        signature.into_string().into_bytes()
    }
}

/// The real clock, in unix seconds.
pub fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
