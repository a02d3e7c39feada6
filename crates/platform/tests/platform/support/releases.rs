use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use olpc_cjson::CanonicalFormatter;
use serde::Serialize;
use serde_json::{Value, json};

/// A TUF repository of one key, enough for the platform: it reads the policy out of it.
pub(crate) struct Repository {
    key: Ed25519KeyPair,
}

impl Repository {
    /// Writes `root.json` and a repository below `releases/` whose policy admits `min_version` and newer.
    pub(crate) fn write(folder: &Path, min_version: &str, issued: i64) -> Self {
        let made = Self { key: Ed25519KeyPair::generate().unwrap() };
        fs::create_dir_all(folder.join("releases/metadata")).unwrap();
        fs::create_dir_all(folder.join("releases/targets")).unwrap();
        fs::write(folder.join("root.json"), made.root()).unwrap();
        made.publish(folder, 1, min_version, issued);
        made
    }

    /// Publishes version `number` of everything but the root.
    pub(crate) fn publish(&self, folder: &Path, number: u64, min_version: &str, issued: i64) {
        let metadata = folder.join("releases/metadata");
        let policy = serde_json::to_vec(&json!({
            "schema": 1, "issued": issued, "min_version": min_version,
            "newest": { "linux-x86_64": "0.1.0" },
        }))
        .unwrap();
        let hash = sha256(&policy);
        fs::write(folder.join(format!("releases/targets/{hash}.policy.json")), &policy).unwrap();
        let targets = self.sign(&json!({
            "_type": "targets", "spec_version": "1.0.31", "version": number, "expires": "2099-01-01T00:00:00Z",
            "targets": { "policy.json": { "length": policy.len(), "hashes": { "sha256": hash } } },
        }));
        let snapshot = self.sign(&json!({
            "_type": "snapshot", "spec_version": "1.0.31", "version": number, "expires": "2099-01-01T00:00:00Z",
            "meta": { "targets.json": described(&targets, number) },
        }));
        let timestamp = self.sign(&json!({
            "_type": "timestamp", "spec_version": "1.0.31", "version": number, "expires": "2099-01-01T00:00:00Z",
            "meta": { "snapshot.json": described(&snapshot, number) },
        }));
        fs::write(metadata.join("1.root.json"), self.root()).unwrap();
        fs::write(metadata.join(format!("{number}.targets.json")), targets).unwrap();
        fs::write(metadata.join(format!("{number}.snapshot.json")), snapshot).unwrap();
        fs::write(metadata.join("timestamp.json"), timestamp).unwrap();
    }

    fn root(&self) -> Vec<u8> {
        let role = json!({ "keyids": [self.key_id()], "threshold": 1 });
        let roles: BTreeMap<_, _> = ["root", "targets", "snapshot", "timestamp"]
            .into_iter()
            .map(|name| (name, role.clone()))
            .collect();
        self.sign(&json!({
            "_type": "root", "spec_version": "1.0.31", "version": 1, "consistent_snapshot": true,
            "expires": "2099-01-01T00:00:00Z", "keys": { self.key_id(): self.public() }, "roles": roles,
        }))
    }

    fn public(&self) -> Value {
        let public = hex::encode(self.key.public_key().as_ref());
        json!({ "keytype": "ed25519", "scheme": "ed25519", "keyval": { "public": public } })
    }

    fn key_id(&self) -> String {
        sha256(&canonical(&self.public()))
    }

    fn sign(&self, signed: &Value) -> Vec<u8> {
        let signature = self.key.sign(&canonical(signed));
        let signature = json!({ "keyid": self.key_id(), "sig": hex::encode(signature) });
        serde_json::to_vec(&json!({ "signed": signed, "signatures": [signature] })).unwrap()
    }
}

/// The bytes that TUF signatures cover.
fn canonical(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, CanonicalFormatter::new());
    value.serialize(&mut serializer).unwrap();
    bytes
}

fn described(bytes: &[u8], version: u64) -> Value {
    json!({ "version": version, "length": bytes.len(), "hashes": { "sha256": sha256(bytes) } })
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}
