use std::sync::Arc;

use aws_lc_rs::digest;
use polder_wire::UnixSeconds;
use polder_wire::update::{POLICY_TARGET, Policy, program_target, signature_target};
use semver::Version;
use sigstore_tuf::{Error as TufError, TargetFile, TrustedMetadataSet, Updater};

use super::repository::{Files, Seen};
use super::{MetadataFault, Shelf, updater};
use crate::deployment::{Deployment, Floor, Pin};

/// What signed metadata says about releases, and about one of them.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    /// The signed policy.
    pub(crate) policy: Policy,
    /// The program of the release that was asked for, if that release is signed.
    pub(crate) program: Option<SignedFile>,
    /// The minisign signature file of that program.
    pub(crate) signature: Option<Vec<u8>>,
    /// Until when all of it may be believed: the earliest expiry in the chain.
    pub(crate) expires: UnixSeconds,
}

/// A file as targets metadata names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SignedFile {
    pub(crate) length: u64,
    pub(crate) sha256: [u8; 32],
}

/// Which release is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) version: &'a Version,
    pub(crate) system: &'a str,
}

/// What the kept metadata says while nothing was fetched yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// Pins that signed policy accepts beside the built-in ones.
    pub(crate) next_pins: Vec<Pin>,
    /// When that policy was signed: this much time has passed for certain.
    pub(crate) issued: Option<UnixSeconds>,
}

/// Fetches and verifies everything that the gate asks for. Afterwards the shelf holds what was verified,
/// and the caller keeps it, whether this failed or not: a newer root counts even when the rest does not.
///
/// # Errors
/// See [`MetadataFault`].
pub(super) async fn refresh<F: Files>(
    files: F,
    deployment: &Deployment,
    shelf: &Arc<Shelf>,
    wanted: Wanted<'_>,
    now: UnixSeconds,
) -> Result<(Statement, Lookup<F>), MetadataFault> {
    let now = timestamp(now)?;
    let mut updater = updater(files.clone(), deployment.root(), Arc::clone(shelf))
        .map_err(|error| fault(error, Seen::default()))?;
    updater.refresh(now).await.map_err(|error| fault(error, files.take_seen()))?;
    above_floor(updater.trusted(), deployment.floor())?;

    let policy = updater.get_target(POLICY_TARGET, now).await;
    let policy = parse_policy(&policy.map_err(|error| fault(error, files.take_seen()))?)?;
    let target = program_target(wanted.version, wanted.system);
    let program = updater.get_target_info(&target, now).await;
    let program = program.map_err(|error| fault(error, files.take_seen()))?;
    let program = program.as_ref().map(signed_file).transpose()?;
    let signature = match updater.get_target(&signature_target(wanted.version, wanted.system), now).await {
        Ok(bytes) => Some(bytes),
        Err(TufError::TargetNotFound(_)) => None,
        Err(error) => match fault(error, files.take_seen()) {
            MetadataFault::Missing(_) if !F::WHOLE => None,
            fault => return Err(fault),
        },
    };
    let expires = earliest_expiry(updater.trusted()).ok_or(MetadataFault::Policy(None))?;
    Ok((Statement { policy, program, signature, expires }, Lookup { updater, files, now }))
}

/// Verified metadata in which more can be looked up.
pub(super) struct Lookup<F> {
    updater: Updater,
    files: F,
    now: jiff::Timestamp,
}

impl<F: Files> Lookup<F> {
    /// What is signed about a file, if anything is.
    pub(super) async fn info(&mut self, target: &str) -> Result<Option<TargetFile>, MetadataFault> {
        let info = self.updater.get_target_info(target, self.now).await;
        info.map_err(|error| fault(error, self.files.take_seen()))
    }

    /// The bytes of a small file, if it is signed.
    pub(super) async fn small(&mut self, target: &str) -> Result<Option<Vec<u8>>, MetadataFault> {
        match self.updater.get_target(target, self.now).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(TufError::TargetNotFound(_)) => Ok(None),
            Err(error) => Err(fault(error, self.files.take_seen())),
        }
    }
}

/// What the shelf still proves. Expiry does not count here: what was signed remains signed.
pub(crate) fn recall(deployment: &Deployment, shelf: &Shelf) -> Known {
    match recall_policy(deployment, shelf) {
        Some(policy) => Known { next_pins: next_pins(&policy), issued: Some(policy.issued) },
        None => Known::default(),
    }
}

/// The policy's pins; parsed before, so that each one reads.
pub(crate) fn next_pins(policy: &Policy) -> Vec<Pin> {
    policy.next_pins.iter().filter_map(|pin| Pin::parse(pin)).collect()
}

fn recall_policy(deployment: &Deployment, shelf: &Shelf) -> Option<Policy> {
    let trusted = recall_trusted(deployment, shelf)?;
    let named = signed_file(trusted.targets_role("targets")?.target(POLICY_TARGET)?).ok()?;
    let policy = shelf.file(&format!("targets/{POLICY_TARGET}"))?;
    let hash = digest::digest(&digest::SHA256, &policy);
    (hash.as_ref() == named.sha256).then(|| parse_policy(&policy).ok())?
}

/// The kept metadata, every signature verified again. Expiry does not count.
pub(super) fn recall_trusted(deployment: &Deployment, shelf: &Shelf) -> Option<TrustedMetadataSet> {
    let never_expired = jiff::Timestamp::UNIX_EPOCH;
    let mut trusted = TrustedMetadataSet::from_root(deployment.root()).ok()?;
    while let Some(next) = shelf.file(&format!("root_history/{}.root.json", trusted.root().version + 1)) {
        trusted.update_root(&next).ok()?;
    }
    trusted.update_timestamp(&shelf.file("timestamp.json")?, never_expired).ok()?;
    trusted.update_snapshot(&shelf.file("snapshot.json")?, never_expired).ok()?;
    trusted.update_targets(&shelf.file("targets.json")?, never_expired).ok()?;
    above_floor(&trusted, deployment.floor()).ok()?;
    Some(trusted)
}

pub(super) fn above_floor(trusted: &TrustedMetadataSet, floor: Floor) -> Result<(), MetadataFault> {
    let versions = [
        ("timestamp", floor.timestamp, trusted.timestamp().map_or(0, |role| role.version)),
        ("snapshot", floor.snapshot, trusted.snapshot().map_or(0, |role| role.version)),
        ("targets", floor.targets, trusted.targets_role("targets").map_or(0, |role| role.version)),
    ];
    for (role, known, offered) in versions {
        if offered < known {
            return Err(MetadataFault::RolledBack { role: role.to_owned(), known, offered });
        }
    }
    Ok(())
}

pub(super) fn earliest_expiry(trusted: &TrustedMetadataSet) -> Option<UnixSeconds> {
    let expiries = [
        trusted.root().expires,
        trusted.timestamp()?.expires,
        trusted.snapshot()?.expires,
        trusted.targets_role("targets")?.expires,
    ];
    expiries.iter().map(|time| UnixSeconds(time.as_second())).min()
}

pub(super) fn signed_file(target: &TargetFile) -> Result<SignedFile, MetadataFault> {
    let mut sha256 = [0; 32];
    let text = target.hashes.get("sha256").ok_or_else(|| MetadataFault::Missing("sha256".to_owned()))?;
    hex::decode_to_slice(text, &mut sha256).map_err(|error| MetadataFault::Invalid(Box::new(error)))?;
    Ok(SignedFile { length: target.length, sha256 })
}

/// Hashes and pins are checked here too: one that does not read would be one that is never found.
pub(super) fn parse_policy(json: &[u8]) -> Result<Policy, MetadataFault> {
    let policy: Policy = serde_json::from_slice(json).map_err(|error| MetadataFault::Policy(Some(error)))?;
    let is_hash = |text: &String| {
        text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let readable = policy.schema == 1
        && policy.revoked.iter().all(is_hash)
        && policy.next_pins.iter().all(|pin| Pin::parse(pin).is_some());
    readable.then_some(policy).ok_or(MetadataFault::Policy(None))
}

pub(super) fn timestamp(now: UnixSeconds) -> Result<jiff::Timestamp, MetadataFault> {
    jiff::Timestamp::from_second(now.0).map_err(|error| MetadataFault::Invalid(Box::new(error)))
}

pub(super) fn fault(error: TufError, seen: Seen) -> MetadataFault {
    match error {
        TufError::Transport { .. } => match (seen.error, seen.missing) {
            (Some(error), _) => error,
            (None, Some(name)) => MetadataFault::Missing(name),
            (None, None) => MetadataFault::Invalid(Box::new(error)),
        },
        TufError::Expired { role, expires } => {
            MetadataFault::Expired { role, at: UnixSeconds(expires.as_second()), platform_time: seen.date }
        }
        TufError::Rollback { role, trusted, new } => {
            MetadataFault::RolledBack { role, known: trusted, offered: new }
        }
        TufError::TargetNotFound(name) => MetadataFault::Missing(name),
        other => MetadataFault::Invalid(Box::new(other)),
    }
}
