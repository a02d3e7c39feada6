//! From signed proposals to a repository that readers see: thresholds, versions and files are verified first,
//! then everything is written in an order in which a reader sees the old repository or the new one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::path::Path;

use polder_slots::Anchor;
use polder_wire::UnixSeconds;
use polder_wire::update::POLICY_TARGET;
use serde_json::Value;

use crate::check::{self, CheckFault, Report};
use crate::keys::Role;
use crate::metadata::{Envelope, MetadataFault, Root, Target, Targets};
use crate::policy::{PINS_TARGET, PROPOSAL_LIFE};
use crate::proposal::{Opened, Proposal, ProposalFault, ROOT_TERM, Said};
use crate::repository::{consistent, write_whole};
use crate::standing::{self, Standing, StandingFault, target_path};
use crate::{Expiries, Key, SigningError, role};

/// By how much the clocks of those who propose and of who publishes may differ, in seconds.
const HOUR: i64 = 60 * 60;

/// Why nothing was published.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishFault {
    /// A proposal does not hold.
    #[error(transparent)]
    Proposal(#[from] ProposalFault),
    /// The repository cannot be read.
    #[error(transparent)]
    Standing(#[from] StandingFault),
    /// Too few signatures, or other metadata trouble.
    #[error(transparent)]
    Metadata(#[from] MetadataFault),
    /// Cryptography or files.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// Two of a kind.
    #[error("one root and one targets proposal at most are published together")]
    Two,
    /// Somebody else published in between.
    #[error("the proposal follows another state than the published one; propose it again")]
    Elsewhere,
    /// The proposal was signed for other roots.
    #[error("the targets were proposed for root {proposed}; root {published} counts")]
    Root {
        /// In the proposal.
        proposed: u64,
        /// Published, or about to be.
        published: u64,
    },
    /// There is no root to sign by.
    #[error("publish a root first")]
    NoRoot,
    /// There is nothing that a timestamp could lead to.
    #[error("publish targets first")]
    NoTargets,
    /// Proposed too long ago, or in the future: the terms of pins count from then.
    #[error("it was proposed at {issued} and may be published from then on for {PROPOSAL_LIFE} seconds")]
    Life {
        /// Seconds since 1970.
        issued: i64,
    },
    /// It would count no more, or for longer than it may.
    #[error("{role} counts until {until}, which is over or too far away")]
    Term {
        /// Which.
        role: Role,
        /// Seconds since 1970.
        until: i64,
    },
    /// New releases are held against the minisign key.
    #[error("name the minisign key that clients have built in (--minisign)")]
    NoAnchor,
    /// A new release is not what clients would take.
    #[error("{0}")]
    Release(#[source] Box<CheckFault>),
    /// A file of a release is missing or another.
    #[error("{name}: {why}")]
    File {
        /// The target.
        name: String,
        /// What is wrong.
        why: String,
    },
}

/// The keys that lie on the machine which publishes. While one is replaced, both sign, so that readers of the
/// old root and of the new one are served.
#[derive(Debug, Default)]
pub struct Online {
    /// Of the snapshot.
    pub snapshot: Vec<Key>,
    /// Of the timestamp.
    pub timestamp: Vec<Key>,
}

/// Everything that will be written, verified.
#[derive(Debug)]
pub struct Prepared {
    /// Below the repository; versioned, so nobody reads them yet.
    files: BTreeMap<String, Vec<u8>>,
    /// What makes them count, in order.
    last: Vec<(String, Vec<u8>)>,
    seamless: bool,
    _lock: File,
}

impl Prepared {
    /// Verifies signed proposals against what is published, and signs snapshot and timestamp; without proposals,
    /// signs the timestamp anew, and the snapshot where it would expire before it. `added` reads the files of new
    /// releases, by target name; `anchor` is the minisign key that clients have built in, which new releases are
    /// held against, as everything else that `check` asks of them.
    ///
    /// # Errors
    /// See [`PublishFault`]; nothing was written.
    pub fn new(
        repository: &Path,
        proposals: &[Proposal],
        added: &dyn Fn(&str) -> io::Result<Vec<u8>>,
        online: &Online,
        anchor: Option<&Anchor>,
        now: UnixSeconds,
    ) -> Result<Self, PublishFault> {
        let lock = standing::lock(repository)?;
        let standing = Standing::read(repository)?;
        let chain = standing.chain()?;
        let old_root = chain.as_ref().map(crate::metadata::Chain::newest);
        let [mut root, targets] = sorted(proposals, standing.roots.first().map(Vec::as_slice))?;
        // A publication that broke off between root and timestamp is finished by publishing the same again.
        if let (Some(newest), Some(opened)) = (standing.roots.last(), &root)
            && Envelope::parse(newest)?.signed == opened.envelope.signed
        {
            root = None;
        }

        let mut files = BTreeMap::new();
        let mut last = Vec::new();
        let new_root = root.as_ref().map(|opened| signed_root(opened, old_root, now)).transpose()?;
        let root_file = new_root.map(|(root, bytes)| (format!("metadata/{}.root.json", root.version), bytes));
        let root = new_root_or(&root, old_root).ok_or(PublishFault::NoRoot)?;
        let targets = targets
            .map(|opened| {
                let anchor = anchor.ok_or(PublishFault::NoAnchor)?;
                let publisher = Publisher { repository, standing: &standing, added, anchor, now };
                publisher.targets(opened, root, &mut files)
            })
            .transpose()?;

        let old = standing.published.as_ref();
        let Some((targets, targets_file)) =
            targets.or_else(|| old.map(|old| (old.targets.0.clone(), old.files.targets.clone())))
        else {
            let root_file = root_file.ok_or(PublishFault::NoTargets)?;
            return Ok(Self { files, last: vec![root_file], seamless: true, _lock: lock });
        };
        root.holds(Role::Targets, &targets)?;
        let said = targets.targets()?;
        counts(Role::Targets, said.expires, now, crate::policy::TARGETS_TERM)?;

        let expiries = Expiries::from(now);
        let (snapshot, snapshot_file, number) = match old.filter(|old| {
            old.files.targets == targets_file
                && old.snapshot.1.expires >= expiries.timestamp
                && root.holds(Role::Snapshot, &old.snapshot.0).is_ok()
        }) {
            Some(old) => (old.snapshot.0.clone(), old.files.snapshot.clone(), old.snapshot.1.version),
            None => {
                let number = old.map_or(0, |old| old.snapshot.1.version) + 1;
                let signed = role::snapshot(number, expiries.snapshot, (said.version, &targets_file))?;
                let (envelope, file) = sign(signed, &online.snapshot)?;
                files.insert(format!("metadata/{number}.snapshot.json"), file.clone());
                (envelope, file, number)
            }
        };
        root.holds(Role::Snapshot, &snapshot)?;
        let version = old.map_or(0, |old| old.timestamp.1.version) + 1;
        let signed = role::timestamp(version, expiries.timestamp, (number, &snapshot_file))?;
        let (timestamp, timestamp_file) = sign(signed, &online.timestamp)?;
        root.holds(Role::Timestamp, &timestamp)?;

        // A reader who has not met the new root yet goes by the old one. Where both find enough signatures, the
        // root comes last and nobody is ever turned away; where a key is lost, it must come first.
        let seamless = old_root.is_none_or(|old| {
            let all = [(Role::Targets, &targets), (Role::Snapshot, &snapshot), (Role::Timestamp, &timestamp)];
            all.iter().all(|(role, envelope)| old.holds(*role, envelope).is_ok())
        });
        last.push(("metadata/timestamp.json".to_owned(), timestamp_file));
        if let Some(root_file) = root_file {
            last.insert(if seamless && old.is_some() { last.len() } else { 0 }, root_file);
        }
        Ok(Self { files, last, seamless, _lock: lock })
    }

    /// Whether readers in the midst of it are served. They are not where a role's only key was lost or stolen and
    /// cannot, or should not, sign once more: until both last files are there, they are turned away.
    pub fn seamless(&self) -> bool {
        self.seamless
    }

    /// Writes it: what nobody reads yet first, the timestamp by rename last (or a new root after it).
    ///
    /// # Errors
    /// When something cannot be written; readers see the old repository then.
    pub fn write(&self, repository: &Path) -> Result<(), SigningError> {
        for (name, bytes) in &self.files {
            write_whole(&repository.join(name), bytes)?;
        }
        for (name, bytes) in &self.last {
            write_whole(&repository.join(name), bytes)?;
        }
        Ok(())
    }
}

type Sorted = [Option<Opened>; 2];

/// At most one root and one targets proposal.
fn sorted(proposals: &[Proposal], trusted: Option<&[u8]>) -> Result<Sorted, PublishFault> {
    let mut sorted: Sorted = [None, None];
    for proposal in proposals {
        let opened = Opened::open(proposal, trusted)?;
        let place = match opened.said {
            Said::Root { .. } => &mut sorted[0],
            Said::Targets { .. } => &mut sorted[1],
        };
        if place.replace(opened).is_some() {
            return Err(PublishFault::Two);
        }
    }
    Ok(sorted)
}

fn new_root_or<'a>(opened: &'a Option<Opened>, old: Option<&'a Root>) -> Option<&'a Root> {
    match opened.as_ref().map(|opened| &opened.said) {
        Some(Said::Root { root }) => Some(root),
        _ => old,
    }
}

fn signed_root<'a>(
    opened: &'a Opened,
    old: Option<&Root>,
    now: UnixSeconds,
) -> Result<(&'a Root, Vec<u8>), PublishFault> {
    let Said::Root { root } = &opened.said else { return Err(PublishFault::Two) };
    let before = old.map_or(0, |old| old.version);
    if root.version != before + 1 {
        return Err(PublishFault::Elsewhere);
    }
    if let Some(old) = old {
        old.holds(Role::Root, &opened.envelope)?;
    }
    root.holds(Role::Root, &opened.envelope)?;
    counts(Role::Root, root.expires, now, ROOT_TERM)?;
    Ok((root, opened.envelope.to_file()?))
}

struct Publisher<'a> {
    repository: &'a Path,
    standing: &'a Standing,
    added: &'a dyn Fn(&str) -> io::Result<Vec<u8>>,
    anchor: &'a Anchor,
    now: UnixSeconds,
}

impl Publisher<'_> {
    /// New targets, with their file; what is to be written for them goes to `files`.
    fn targets(
        &self,
        opened: Opened,
        root: &Root,
        files: &mut BTreeMap<String, Vec<u8>>,
    ) -> Result<(Envelope, Vec<u8>), PublishFault> {
        let Said::Targets { targets, stand, before } = opened.said else { return Err(PublishFault::Two) };
        let published = self.standing.published.as_ref();
        let follows = before.as_ref().map(|before| &before.0.signed);
        if follows != published.map(|published| &published.targets.0.signed) {
            return Err(PublishFault::Elsewhere);
        }
        let proposed = opened.chain.as_ref().map(crate::metadata::Chain::newest);
        if proposed != Some(root) {
            let proposed = proposed.map_or(0, |root| root.version);
            return Err(PublishFault::Root { proposed, published: root.version });
        }
        root.holds(Role::Targets, &opened.envelope)?;
        let issued = stand.policy.issued;
        if self.now > issued.plus(PROPOSAL_LIFE) || issued > self.now.plus(HOUR) {
            return Err(PublishFault::Life { issued: issued.0 });
        }
        let pretty = |value: serde_json::Result<Vec<u8>>| value.map_err(SigningError::from);
        for (name, target) in &targets.targets {
            let path = target_path(self.repository, name, &target.hashes.sha256);
            let there = standing::optional(&path)?.filter(|bytes| is(target, bytes));
            let bytes = match (name.as_str(), there) {
                (_, Some(_)) => continue,
                (POLICY_TARGET, None) => pretty(serde_json::to_vec_pretty(&stand.policy))?,
                (PINS_TARGET, None) => pretty(serde_json::to_vec_pretty(&stand.pins))?,
                (name, None) => (self.added)(name).map_err(|error| wrong(name, &error.to_string()))?,
            };
            if !is(target, &bytes) {
                return Err(wrong(name, "this is not the file that was signed"));
            }
            files.insert(format!("targets/{}", consistent(name, &target.hashes.sha256)), bytes);
        }
        self.releases(&targets, files)?;
        let file = opened.envelope.to_file()?;
        files.insert(format!("metadata/{}.targets.json", targets.version), file.clone());
        Ok((opened.envelope, file))
    }

    /// What is new among the targets is what `check` would find good.
    fn releases(&self, targets: &Targets, files: &BTreeMap<String, Vec<u8>>) -> Result<(), PublishFault> {
        let old = self.standing.published.as_ref().map(|published| &published.targets.1.targets);
        let is_new = |name: &&String| !old.is_some_and(|old| old.contains_key(*name));
        let new: BTreeSet<_> = targets.targets.keys().filter(is_new).cloned().collect();
        let read = |name: &str| {
            let target = targets.targets.get(name).ok_or(io::ErrorKind::NotFound)?;
            match files.get(&format!("targets/{}", consistent(name, &target.hashes.sha256))) {
                Some(bytes) => Ok(bytes.clone()),
                None => std::fs::read(target_path(self.repository, name, &target.hashes.sha256)),
            }
        };
        let mut report = Report::default();
        check::releases(&mut report, targets, &new, &read, self.anchor);
        match report.faults.pop() {
            Some(fault) => Err(PublishFault::Release(Box::new(fault))),
            None => Ok(()),
        }
    }
}

/// Whether these bytes are that target.
pub(crate) fn is(target: &Target, bytes: &[u8]) -> bool {
    let named: Value = role::named(bytes);
    named["length"] == target.length
        && named["hashes"]["sha256"] == target.hashes.sha256.as_str()
        && named["hashes"]["sha512"] == target.hashes.sha512.as_str()
}

fn counts(role: Role, until: UnixSeconds, now: UnixSeconds, longest: i64) -> Result<(), PublishFault> {
    if until <= now || until > now.plus(longest + HOUR) {
        return Err(PublishFault::Term { role, until: until.0 });
    }
    Ok(())
}

fn sign(signed: Value, keys: &[Key]) -> Result<(Envelope, Vec<u8>), SigningError> {
    let mut envelope = Envelope { signed, signatures: Vec::new() };
    envelope.sign(&keys.iter().collect::<Vec<_>>())?;
    let file = envelope.to_file()?;
    Ok((envelope, file))
}

fn wrong(name: &str, why: &str) -> PublishFault {
    PublishFault::File { name: name.to_owned(), why: why.to_owned() }
}
