use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use sigstore_tuf::canonical_json::to_canonical_bytes;

use super::server::{Reply, Request};

/// Root 2 of 3, targets 2 of 2, snapshot and timestamp 1 of 1.
pub struct Keys {
    pub root: Vec<Ed25519KeyPair>,
    pub targets: Vec<Ed25519KeyPair>,
    pub snapshot: Ed25519KeyPair,
    pub timestamp: Ed25519KeyPair,
    pub root_expires: i64,
}

impl Keys {
    pub fn generate() -> Self {
        let key = || Ed25519KeyPair::generate().unwrap();
        Self {
            root: vec![key(), key(), key()],
            targets: vec![key(), key()],
            snapshot: key(),
            timestamp: key(),
            root_expires: super::now() + 365 * DAY,
        }
    }
}

pub fn root(keys: &Keys, version: u64) -> Vec<u8> {
    root_signed_by(keys, version, &[&keys.root[0], &keys.root[1]])
}

pub fn root_signed_by(keys: &Keys, version: u64, signers: &[&Ed25519KeyPair]) -> Vec<u8> {
    let all = keys.root.iter().chain(&keys.targets).chain([&keys.snapshot, &keys.timestamp]);
    let table: BTreeMap<_, _> = all.map(|key| (id(key), public(key))).collect();
    let role = |keys: &[&Ed25519KeyPair], threshold: u32| json!({"keyids": keys.iter().map(|key| id(key)).collect::<Vec<_>>(), "threshold": threshold});
    let signed = json!({
        "_type": "root", "spec_version": "1.0.31", "version": version, "consistent_snapshot": true,
        "expires": time(keys.root_expires),
        "keys": table,
        "roles": {
            "root": role(&keys.root.iter().collect::<Vec<_>>(), 2),
            "targets": role(&keys.targets.iter().collect::<Vec<_>>(), 2),
            "snapshot": role(&[&keys.snapshot], 1),
            "timestamp": role(&[&keys.timestamp], 1),
        },
    });
    sign(&signed, signers)
}

pub const DAY: i64 = 24 * 60 * 60;

/// One state of the repository, ready to be changed by a test.
#[derive(Clone)]
pub struct Release {
    /// All three lower roles have it, unless one has its own.
    pub number: u64,
    pub snapshot_number: Option<u64>,
    pub targets_number: Option<u64>,
    pub snapshot_expires: Option<i64>,
    pub timestamp_expires: i64,
    pub targets_expires: i64,
    pub policy: Value,
    pub targets: BTreeMap<String, Vec<u8>>,
    /// What is signed of a target besides.
    pub custom: BTreeMap<String, Value>,
    /// Which of the targets keys sign.
    pub targets_signers: Vec<usize>,
    /// The date that the platform puts on its answers.
    pub date: Option<i64>,
}

impl Release {
    pub fn new(program: &[u8], signature: Vec<u8>, version: &str, system: &str) -> Self {
        let folder = format!("releases/{version}/{system}");
        Self {
            number: 1,
            snapshot_number: None,
            targets_number: None,
            snapshot_expires: None,
            timestamp_expires: super::now() + 2 * DAY,
            targets_expires: super::now() + 90 * DAY,
            policy: json!({
                "schema": 1, "issued": super::now() - 60, "min_version": version,
                "newest": {system: version}, "revoked": [], "next_pins": [],
            }),
            targets: BTreeMap::from([
                (format!("{folder}/polder"), program.to_vec()),
                (format!("{folder}/polder.minisig"), signature),
            ]),
            custom: BTreeMap::new(),
            targets_signers: vec![0, 1],
            date: Some(super::now()),
        }
    }

    /// Everything that lies below `/updates/`.
    pub fn files(&self, keys: &Keys) -> Files {
        let mut targets = self.targets.clone();
        targets.insert("policy.json".to_owned(), self.policy.to_string().into_bytes());
        let named: BTreeMap<_, _> = targets
            .iter()
            .map(|(name, bytes)| {
                let mut said = json!({"length": bytes.len(), "hashes": {"sha256": sha256(bytes)}});
                if let Some(custom) = self.custom.get(name) {
                    said["custom"] = custom.clone();
                }
                (name.clone(), said)
            })
            .collect();
        let number = self.number;
        let targets_number = self.targets_number.unwrap_or(number);
        let snapshot_number = self.snapshot_number.unwrap_or(number);
        let signers: Vec<_> = self.targets_signers.iter().map(|&which| &keys.targets[which]).collect();
        let targets_json = sign(
            &json!({"_type": "targets", "spec_version": "1.0.31", "version": targets_number,
                "expires": time(self.targets_expires), "targets": named}),
            &signers,
        );
        let snapshot_json = sign(
            &json!({"_type": "snapshot", "spec_version": "1.0.31", "version": snapshot_number,
                "expires": time(self.snapshot_expires.unwrap_or(self.targets_expires)),
                "meta": {"targets.json": {"version": targets_number}}}),
            &[&keys.snapshot],
        );
        let timestamp_json = sign(
            &json!({"_type": "timestamp", "spec_version": "1.0.31", "version": number,
                "expires": time(self.timestamp_expires), "meta": {"snapshot.json": {
                    "version": snapshot_number, "length": snapshot_json.len(),
                    "hashes": {"sha256": sha256(&snapshot_json)}}}}),
            &[&keys.timestamp],
        );
        let mut files = BTreeMap::from([
            ("/updates/metadata/1.root.json".to_owned(), root(keys, 1)),
            (format!("/updates/metadata/{targets_number}.targets.json"), targets_json),
            (format!("/updates/metadata/{snapshot_number}.snapshot.json"), snapshot_json),
            ("/updates/metadata/timestamp.json".to_owned(), timestamp_json),
        ]);
        for (name, bytes) in &targets {
            let (folder, file) = name
                .rsplit_once('/')
                .map_or((String::new(), name.as_str()), |(folder, file)| (format!("{folder}/"), file));
            files.insert(format!("/updates/targets/{folder}{}.{file}", sha256(bytes)), bytes.clone());
        }
        Files { files, date: self.date }
    }
}

#[derive(Clone, Default)]
pub struct Files {
    pub files: BTreeMap<String, Vec<u8>>,
    pub date: Option<i64>,
}

impl Files {
    /// As the platform does: a range counts for the file whose hash the tag is.
    pub fn answer_to(&self, request: &Request) -> Reply {
        let whole = self.answer(&request.path);
        let name = request.path.rsplit('/').next().unwrap();
        let tag = format!("\"{}\"", name.split('.').next().unwrap());
        let range = request.headers.get("range").filter(|_| request.headers.get("if-range") == Some(&tag));
        let from =
            range.and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
        match from {
            Some(from) if whole.status == 200 && from < whole.body.len() => {
                let said = format!("bytes {from}-{}/{}", whole.body.len() - 1, whole.body.len());
                Reply::new(206, whole.body[from..].to_vec()).with("content-range", said).with("etag", tag)
            }
            _ => whole.with("etag", tag),
        }
    }

    /// An update file as it is brought by hand.
    pub fn tar(&self) -> Vec<u8> {
        let files: Vec<_> = self
            .files
            .iter()
            .map(|(path, bytes)| (path.strip_prefix("/updates/").unwrap(), bytes.as_slice()))
            .collect();
        super::archive::tar(&files)
    }

    pub fn answer(&self, path: &str) -> Reply {
        let reply = match self.files.get(path) {
            Some(bytes) => Reply::new(200, bytes.clone()),
            None => Reply::new(404, ""),
        };
        match self.date.and_then(|date| u64::try_from(date).ok()) {
            Some(date) => {
                let date = std::time::UNIX_EPOCH + std::time::Duration::from_secs(date);
                reply.with("date", httpdate::fmt_http_date(date))
            }
            None => reply,
        }
    }
}

pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}

fn id(key: &Ed25519KeyPair) -> String {
    sha256(&to_canonical_bytes(&public(key)).unwrap())
}

fn public(key: &Ed25519KeyPair) -> Value {
    json!({"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": hex::encode(key.public_key())}})
}

/// A file of metadata that says this, signed by these.
pub fn sign(signed: &Value, signers: &[&Ed25519KeyPair]) -> Vec<u8> {
    let bytes = to_canonical_bytes(signed).unwrap();
    let signatures: Vec<_> =
        signers.iter().map(|key| json!({"keyid": id(key), "sig": hex::encode(key.sign(&bytes))})).collect();
    serde_json::to_vec(&json!({"signed": signed, "signatures": signatures})).unwrap()
}

fn time(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap().to_string()
}
