use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use polder_wire::UnixSeconds;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Envelope, MetadataFault, Signature, known, stamp};
use crate::SigningError;
use crate::keys::{Holder, PublicKey, Role};
use crate::role::{SPEC_VERSION, canonical, time};

/// A public key as it stands in a root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyEntry {
    keytype: String,
    scheme: String,
    keyval: KeyValue,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyValue {
    public: String,
}

impl KeyEntry {
    /// An Ed25519 key from its 32 octets in hexadecimal.
    pub(crate) fn ed25519(public: String) -> Self {
        let name = || "ed25519".to_owned();
        Self { keytype: name(), scheme: name(), keyval: KeyValue { public } }
    }

    /// Its TUF id: SHA-256 over its canonical form.
    ///
    /// # Errors
    /// Never for a key that was read as JSON.
    pub fn id(&self) -> Result<String, SigningError> {
        Ok(hex::encode(digest(&SHA256, &canonical(&serde_json::to_value(self)?)?)))
    }

    /// Whether it signed these bytes.
    fn signed(&self, bytes: &[u8], signature: &Signature) -> bool {
        if self.keytype != "ed25519" || self.scheme != "ed25519" {
            return false;
        }
        let (Ok(public), Ok(sig)) = (hex::decode(&self.keyval.public), hex::decode(&signature.sig)) else {
            return false;
        };
        UnparsedPublicKey::new(&ED25519, public).verify(bytes, &sig).is_ok()
    }
}

/// Who may sign a role, and how many must.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleKeys {
    /// Their ids.
    pub keyids: Vec<String>,
    /// So many different ones.
    pub threshold: usize,
}

/// Who signs what.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Root {
    #[serde(rename = "_type")]
    kind: String,
    spec_version: String,
    /// Its version.
    pub version: u64,
    consistent_snapshot: bool,
    /// Until when it counts.
    #[serde(with = "stamp")]
    pub expires: UnixSeconds,
    /// All keys, by id.
    pub keys: BTreeMap<String, KeyEntry>,
    roles: BTreeMap<Role, RoleKeys>,
    /// Whose key it is, by id. Clients pass over it; holders read it.
    #[serde(default, rename = "x-polder-holders")]
    holders: BTreeMap<String, Holder>,
}

impl Root {
    /// What would have to be signed for these holders.
    ///
    /// # Errors
    /// When a role has another number of holders than it should, or one twice.
    pub fn propose(
        version: u64,
        expires: UnixSeconds,
        holders: &[PublicKey],
    ) -> Result<Value, MetadataFault> {
        let roles: BTreeMap<String, Value> = Role::ALL
            .iter()
            .map(|&role| {
                let ids: Vec<_> = holders.iter().filter(|key| key.role == role).map(|key| &key.id).collect();
                (role.to_string(), json!({"keyids": ids, "threshold": role.holders().1}))
            })
            .collect();
        let keys: BTreeMap<_, _> = holders.iter().map(|key| (&key.id, &key.key)).collect();
        let names: BTreeMap<_, _> = holders.iter().map(|key| (&key.id, &key.holder)).collect();
        let signed = json!({
            "_type": "root", "spec_version": SPEC_VERSION, "version": version, "consistent_snapshot": true,
            "expires": time(expires)?, "keys": keys, "roles": roles, "x-polder-holders": names,
        });
        Self::read(&Envelope { signed: signed.clone(), signatures: Vec::new() })?;
        Ok(signed)
    }

    /// What a root says. Its signatures are another matter.
    ///
    /// # Errors
    /// When it says something else than a root of Polder: other thresholds, a key in two roles, an id that is
    /// another key's.
    pub fn read(envelope: &Envelope) -> Result<Self, MetadataFault> {
        let root: Self = envelope.read("root")?;
        known(&root.kind, &root.spec_version, "root")?;
        root.is_sound().map_err(|why| MetadataFault::Root { version: root.version, why })?;
        Ok(root)
    }

    /// Whose key this is: the holder's name, where the root says one.
    pub fn holder(&self, id: &str) -> Option<&Holder> {
        self.holders.get(id)
    }

    /// Who may sign a role.
    pub fn role(&self, role: Role) -> &RoleKeys {
        // `is_sound` saw all four.
        &self.roles[&role]
    }

    /// Every holder as a public key file says it; those without a name are called by their key's first digits.
    ///
    /// # Errors
    /// Never for a root that was read.
    pub fn holders(&self) -> Result<Vec<PublicKey>, SigningError> {
        let mut all = Vec::new();
        for role in Role::ALL {
            for id in &self.role(role).keyids {
                let unnamed = || Holder::try_from(id.chars().take(8).collect::<String>());
                let holder = self.holder(id).cloned().map_or_else(unnamed, Ok)?;
                all.push(PublicKey::from_entry(self.keys[id].clone(), role, holder)?);
            }
        }
        Ok(all)
    }

    /// The different keys of the role that signed this well.
    ///
    /// # Errors
    /// Never for what was read as JSON.
    pub fn signers(&self, role: Role, envelope: &Envelope) -> Result<BTreeSet<String>, SigningError> {
        let bytes = envelope.bytes()?;
        let of_role = |id: &String| self.role(role).keyids.contains(id);
        let good = envelope.signatures.iter().filter(|signature| {
            of_role(&signature.keyid)
                && self.keys.get(&signature.keyid).is_some_and(|key| key.signed(&bytes, signature))
        });
        Ok(good.map(|signature| signature.keyid.clone()).collect())
    }

    /// That enough of the role's keys signed.
    ///
    /// # Errors
    /// [`MetadataFault::Threshold`].
    pub fn holds(&self, role: Role, envelope: &Envelope) -> Result<(), MetadataFault> {
        let found = self.signers(role, envelope)?.len();
        let wanted = self.role(role).threshold;
        if found >= wanted {
            return Ok(());
        }
        let version = envelope.signed["version"].as_u64().unwrap_or_default();
        Err(MetadataFault::Threshold { role, version, root: self.version, found, wanted })
    }

    fn is_sound(&self) -> Result<(), String> {
        if !self.consistent_snapshot {
            return Err("its snapshots are not consistent".to_owned());
        }
        let mut used = BTreeSet::new();
        for role in Role::ALL {
            let (holders, threshold) = role.holders();
            let Some(keys) = self.roles.get(&role) else {
                return Err(format!("nobody signs {role}"));
            };
            if keys.keyids.len() != holders || keys.threshold != threshold {
                let (found, of) = (keys.threshold, keys.keyids.len());
                return Err(format!("{role} is signed by {found} of {of}, not by {threshold} of {holders}"));
            }
            for id in &keys.keyids {
                if !self.keys.contains_key(id) {
                    return Err(format!("the key {id} of {role} is missing"));
                }
                if !used.insert(id) {
                    return Err(format!("the key {id} stands in two places"));
                }
            }
        }
        for (id, key) in &self.keys {
            if key.id().map_err(|error| error.to_string())? != *id {
                return Err(format!("the key {id} bears the id of another"));
            }
            if !used.contains(id) {
                return Err(format!("the key {id} signs nothing"));
            }
        }
        match self.holders.keys().find(|id| !used.contains(id)) {
            Some(id) => Err(format!("it names the holder of {id}, which is no key of it")),
            None => Ok(()),
        }
    }
}
