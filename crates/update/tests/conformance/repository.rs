use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Value, json};
use sigstore_tuf::canonical_json::to_canonical_bytes;

use super::key::{Key, sha256};
use super::server::{Reply, Server};

/// A repository as its operators, or whoever took it over, change it from state to state.
pub(crate) struct Repository {
    pub(crate) server: Server,
    /// By role: what is signed at the next [`Repository::publish`], before its version is raised.
    roles: BTreeMap<String, Value>,
    /// By role: who signs it then, whether the delegator names them or not.
    pub(crate) signers: BTreeMap<String, Vec<Rc<Key>>>,
    /// Whether snapshot and timestamp name lengths and hashes beside versions.
    pub(crate) with_hashes: bool,
    published: BTreeMap<String, Vec<u8>>,
}

pub(crate) const TOP_LEVEL: [&str; 4] = ["root", "timestamp", "snapshot", "targets"];
const DAY: i64 = 24 * 60 * 60;

impl Repository {
    /// One key a role, everything in version 1.
    pub(crate) fn new() -> Self {
        let keys: BTreeMap<_, _> = TOP_LEVEL.iter().map(|role| (*role, Rc::new(Key::ed25519()))).collect();
        let role = |name: &str, more: Value| {
            let mut signed =
                json!({"_type": name, "spec_version": "1.0.31", "version": 0, "expires": time(30)});
            signed.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            (name.to_owned(), signed)
        };
        let mut repository = Self {
            server: Server::start(),
            roles: BTreeMap::from([
                role("root", json!({"consistent_snapshot": true, "keys": {}, "roles": {}})),
                role("timestamp", json!({"meta": {}})),
                role("snapshot", json!({"meta": {}})),
                role("targets", json!({"targets": {}})),
            ]),
            signers: BTreeMap::new(),
            with_hashes: false,
            published: BTreeMap::new(),
        };
        for (role, key) in &keys {
            repository.set_keys(role, &[key], 1);
        }
        repository.publish(&["targets", "snapshot", "timestamp", "root"]);
        repository
    }

    pub(crate) fn role(&mut self, name: &str) -> &mut Value {
        self.roles.get_mut(name).unwrap()
    }

    /// The latest published bytes of a role.
    pub(crate) fn latest(&self, role: &str) -> &[u8] {
        &self.published[role]
    }

    pub(crate) fn version(&self, role: &str) -> u64 {
        self.roles[role]["version"].as_u64().unwrap()
    }

    /// The next version to be published is the one after this.
    pub(crate) fn set_version(&mut self, role: &str, version: u64) {
        self.role(role)["version"] = version.into();
    }

    pub(crate) fn expire(&mut self, role: &str) {
        self.role(role)["expires"] = time(-1).into();
    }

    pub(crate) fn unexpire(&mut self, role: &str) {
        self.role(role)["expires"] = time(30).into();
    }

    /// Names a top-level role's keys in root, and has them sign it.
    pub(crate) fn set_keys(&mut self, role: &str, keys: &[&Rc<Key>], threshold: usize) {
        let root = self.role("root");
        for key in keys {
            root["keys"][&key.id] = key.public.clone();
        }
        root["roles"][role] = json!({"keyids": ids(keys), "threshold": threshold});
        self.sign_with(role, keys);
    }

    /// These sign a role, named or not.
    pub(crate) fn sign_with(&mut self, role: &str, keys: &[&Rc<Key>]) {
        self.signers.insert(role.to_owned(), keys.iter().map(|key| Rc::clone(key)).collect());
    }

    /// One new key for a top-level role.
    pub(crate) fn rotate(&mut self, role: &str) {
        self.set_keys(role, &[&Rc::new(Key::ed25519())], 1);
    }

    /// A role that another one of the targets kind delegates to, last of its delegations, with a key of its
    /// own, which it gets here if it has none.
    pub(crate) fn delegate(&mut self, from: &str, to: &str, more: &Value) {
        let key =
            self.signers.entry(to.to_owned()).or_insert_with(|| vec![Rc::new(Key::ed25519())])[0].clone();
        self.delegate_by(from, to, &key, more);
    }

    /// The same with this key.
    pub(crate) fn delegate_by(&mut self, from: &str, to: &str, key: &Rc<Key>, more: &Value) {
        self.roles.entry(to.to_owned()).or_insert_with(|| {
            json!({"_type": "targets", "spec_version": "1.0.31", "version": 0, "expires": time(30), "targets": {}})
        });
        let mut role = json!({"name": to, "keyids": [key.id], "threshold": 1, "terminating": false});
        role.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let delegations = &mut self.role(from)["delegations"];
        if delegations.is_null() {
            *delegations = json!({"keys": {}, "roles": []});
        }
        delegations["keys"][&key.id] = key.public.clone();
        delegations["roles"].as_array_mut().unwrap().push(role);
    }

    /// Names a target by SHA-256, and serves it.
    pub(crate) fn add_target(&mut self, role: &str, name: &str, bytes: &[u8]) {
        let hash = sha256(bytes);
        self.role(role)["targets"][name] = json!({"length": bytes.len(), "hashes": {"sha256": hash}});
        self.serve_target(name, Some(&hash), bytes);
    }

    pub(crate) fn serve_target(&self, name: &str, hash: Option<&str>, bytes: &[u8]) {
        self.server.put(&target_path(name, hash), Reply::File(bytes.to_vec()));
    }

    /// Raises the versions of these roles, signs and serves them, in this order, and enters them where their
    /// versions are named.
    pub(crate) fn publish(&mut self, roles: &[&str]) {
        for role in roles {
            let version = self.version(role) + 1;
            self.set_version(role, version);
            self.serve(role);
        }
    }

    /// Signs and serves a role as it stands.
    pub(crate) fn serve(&mut self, role: &str) {
        let signed = &self.roles[role];
        let signers: Vec<_> = self.signers.get(role).into_iter().flatten().map(|key| &**key).collect();
        let bytes = sign(signed, &signers);
        self.serve_bytes(role, bytes);
    }

    /// Serves these bytes as the current version of a role.
    pub(crate) fn serve_bytes(&mut self, role: &str, bytes: Vec<u8>) {
        let version = self.version(role);
        let mut meta = json!({"version": version});
        if self.with_hashes {
            meta["length"] = bytes.len().into();
            meta["hashes"] = json!({"sha256": sha256(&bytes)});
        }
        match role {
            "root" | "timestamp" => {}
            "snapshot" => self.role("timestamp")["meta"]["snapshot.json"] = meta,
            _ => self.role("snapshot")["meta"][format!("{role}.json")] = meta,
        }
        self.published.insert(role.to_owned(), bytes.clone());
        self.server.put(&self.path(role, version), Reply::File(bytes));
    }

    /// Where a role's version is served.
    pub(crate) fn path(&self, role: &str, version: u64) -> String {
        let consistent = self.roles["root"]["consistent_snapshot"] == true;
        let name = quoted(role);
        match role {
            "timestamp" => "/metadata/timestamp.json".to_owned(),
            "root" => format!("/metadata/{version}.root.json"),
            _ if consistent => format!("/metadata/{version}.{name}.json"),
            _ => format!("/metadata/{name}.json"),
        }
    }
}

/// A whole file of metadata.
pub(crate) fn sign(signed: &Value, keys: &[&Key]) -> Vec<u8> {
    let bytes = to_canonical_bytes(signed).unwrap();
    let signatures: Vec<_> =
        keys.iter().map(|key| json!({"keyid": key.id, "sig": key.sign(&bytes)})).collect();
    serde_json::to_vec_pretty(&json!({"signed": signed, "signatures": signatures})).unwrap()
}

/// A file of metadata after a change to the whole of it, signatures and all.
pub(crate) fn changed(bytes: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut file = serde_json::from_slice(bytes).unwrap();
    change(&mut file);
    serde_json::to_vec(&file).unwrap()
}

pub(crate) fn target_path(name: &str, hash: Option<&str>) -> String {
    match (name.rsplit_once('/'), hash) {
        (Some((folder, file)), Some(hash)) => format!("/targets/{folder}/{hash}.{file}"),
        (None, Some(hash)) => format!("/targets/{hash}.{name}"),
        (_, None) => format!("/targets/{name}"),
    }
}

/// Every byte but the unreserved ones of RFC 3986.
fn quoted(name: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.~".contains(&b);
    name.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

fn ids(keys: &[&Rc<Key>]) -> Vec<String> {
    keys.iter().map(|key| key.id.clone()).collect()
}

fn time(days: i64) -> String {
    let now = polder_wire::UnixSeconds::from_clock().0;
    jiff::Timestamp::from_second(now + days * DAY).unwrap().to_string()
}
