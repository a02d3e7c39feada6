//! Signed metadata files, role by role.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use olpc_cjson::CanonicalFormatter;
use polder_wire::UnixSeconds;
use serde::Serialize;
use serde_json::{Value, json};

use crate::SigningError;
use crate::keys::{Key, Keys};
use crate::metadata::Hashes;

pub(crate) const SPEC_VERSION: &str = "1.0.33";

/// The bytes that TUF signatures cover: OLPC canonical JSON.
pub(crate) fn canonical(value: &Value) -> Result<Vec<u8>, SigningError> {
    let mut bytes = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, CanonicalFormatter::new()))?;
    Ok(bytes)
}

pub(crate) fn sign(signed: &Value, keys: &[&Key]) -> Result<Vec<u8>, SigningError> {
    let bytes = canonical(signed)?;
    let signatures: Vec<_> =
        keys.iter().map(|key| json!({"keyid": key.id(), "sig": key.sign(&bytes)})).collect();
    Ok(serde_json::to_vec_pretty(&json!({"signed": signed, "signatures": signatures}))?)
}

pub(crate) fn root(keys: &Keys, version: u64, expires: UnixSeconds) -> Result<Value, SigningError> {
    let all = keys.root.iter().chain(&keys.targets).chain([&keys.snapshot, &keys.timestamp]);
    let table: BTreeMap<_, _> = all.map(|key| (key.id(), key.public())).collect();
    let role = |keys: &[&Key], threshold: u32| {
        let ids: Vec<_> = keys.iter().map(|key| key.id()).collect();
        json!({"keyids": ids, "threshold": threshold})
    };
    Ok(json!({
        "_type": "root",
        "spec_version": SPEC_VERSION,
        "version": version,
        "consistent_snapshot": true,
        "expires": time(expires)?,
        "keys": table,
        "roles": {
            "root": role(&keys.root.each_ref(), 2),
            "targets": role(&keys.targets.each_ref(), 2),
            "snapshot": role(&[&keys.snapshot], 1),
            "timestamp": role(&[&keys.timestamp], 1),
        },
    }))
}

/// Length and hashes of a file, as TUF names them.
pub(crate) fn named(bytes: &[u8]) -> Value {
    let Hashes { sha256, sha512 } = hashes(bytes);
    json!({"length": bytes.len(), "hashes": {"sha256": sha256, "sha512": sha512}})
}

pub(crate) fn hashes(bytes: &[u8]) -> Hashes {
    Hashes { sha256: sha256(bytes), sha512: hex::encode(digest(&SHA512, bytes)) }
}

pub(crate) fn targets(
    version: u64,
    expires: UnixSeconds,
    files: &BTreeMap<String, Value>,
) -> Result<Value, SigningError> {
    Ok(json!({
        "_type": "targets",
        "spec_version": SPEC_VERSION,
        "version": version,
        "expires": time(expires)?,
        "targets": files,
    }))
}

/// `meta`: the version and bytes of `targets.json`.
pub(crate) fn snapshot(
    version: u64,
    expires: UnixSeconds,
    meta: (u64, &[u8]),
) -> Result<Value, SigningError> {
    meta_role("snapshot", "targets.json", version, expires, meta)
}

/// `meta`: the version and bytes of `snapshot.json`.
pub(crate) fn timestamp(
    version: u64,
    expires: UnixSeconds,
    meta: (u64, &[u8]),
) -> Result<Value, SigningError> {
    meta_role("timestamp", "snapshot.json", version, expires, meta)
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}

fn meta_role(
    role: &str,
    names: &str,
    version: u64,
    expires: UnixSeconds,
    (named_version, bytes): (u64, &[u8]),
) -> Result<Value, SigningError> {
    let mut meta = named(bytes);
    meta["version"] = named_version.into();
    Ok(json!({
        "_type": role,
        "spec_version": SPEC_VERSION,
        "version": version,
        "expires": time(expires)?,
        "meta": {names: meta},
    }))
}

pub(crate) fn time(at: UnixSeconds) -> Result<String, SigningError> {
    Ok(jiff::Timestamp::from_second(at.0).map_err(|_| SigningError::Time(at.0))?.to_string())
}
