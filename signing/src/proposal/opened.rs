use std::collections::BTreeSet;

use polder_wire::update::{POLICY_TARGET, Policy, program_target, signature_target};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Proposal, ProposalFault, Shown, StandText, What, summary};
use crate::keys::Role;
use crate::metadata::{Chain, Envelope, Root, Targets};
use crate::policy::{PINS_TARGET, Stand, TARGETS_TERM, step};
use crate::role;

/// The longest that a root counts: 400 days, in seconds; a year and the weeks until the next one is signed.
pub const ROOT_TERM: i64 = 400 * 24 * 60 * 60;

/// A proposal that held against what its reader trusts, in parts that can be shown. It says only what is known
/// here, its policy is the one whose hash is signed, and it follows what it says that it follows.
#[derive(Debug)]
pub struct Opened {
    /// With the signatures so far.
    pub envelope: Envelope,
    /// What it says.
    pub said: Said,
    /// From the trusted root to the newest that it carries; none for the very first root.
    pub chain: Option<Chain>,
}

/// What a proposal says.
#[derive(Debug)]
pub enum Said {
    /// Who signs what.
    Root {
        /// From now on.
        root: Box<Root>,
    },
    /// What clients run.
    Targets {
        /// From now on.
        targets: Targets,
        /// From now on.
        stand: Box<Stand>,
        /// Published.
        before: Option<Box<(Envelope, Targets, Stand)>>,
    },
}

impl Opened {
    /// Holds a proposal against a root that the reader trusts; the very first root needs none.
    ///
    /// # Errors
    /// See [`ProposalFault`].
    pub fn open(proposal: &Proposal, trusted: Option<&[u8]>) -> Result<Self, ProposalFault> {
        let envelope = proposal.envelope()?;
        let roots: Vec<_> = proposal.roots.iter().map(|root| root.clone().into_bytes()).collect();
        let chain = trusted.map(|trusted| Chain::walk(trusted, &roots)).transpose()?;
        let said = match proposal.what {
            What::Root => root(proposal, &envelope, chain.as_ref())?,
            What::Targets => targets(proposal, &envelope, chain.as_ref())?,
        };
        Ok(Self { envelope, said, chain })
    }

    /// What a person reads before signing, and the only way to a signature.
    ///
    /// # Errors
    /// Never for what was opened.
    pub fn shown(&self) -> Result<Shown, ProposalFault> {
        let signed = self.envelope.bytes()?;
        let text = summary::text(self, &role::sha256(&signed))?;
        Ok(Shown::new(text, signed, self.signers(), &self.envelope.signatures))
    }

    /// Those who may sign: the holders of the role in the newest root and in the one before it. A proposal that is
    /// published with a new root is signed by old and new holders, so that it holds for readers of both.
    fn signers(&self) -> BTreeSet<String> {
        let of = |root: &Root, role| root.role(role).keyids.clone();
        let chain = self.chain.as_ref();
        let newest = chain.map(Chain::newest);
        match &self.said {
            Said::Root { root } => {
                let old = newest.map(|root| of(root, Role::Root)).unwrap_or_default();
                of(root, Role::Root).into_iter().chain(old).collect()
            }
            Said::Targets { .. } => {
                let roots = newest.into_iter().chain(chain.and_then(Chain::before_newest));
                roots.flat_map(|root| of(root, Role::Targets)).collect()
            }
        }
    }
}

fn root(proposal: &Proposal, envelope: &Envelope, chain: Option<&Chain>) -> Result<Said, ProposalFault> {
    if proposal.stand.is_some() || proposal.before.is_some() {
        return Err(ProposalFault::Parts("a root carries no policy"));
    }
    let root = Root::read(envelope)?;
    let before = chain.map_or(0, |chain| chain.newest().version);
    if chain.is_none() && root.version != 1 {
        return Err(ProposalFault::Untrusted);
    }
    if root.version != before + 1 {
        return Err(ProposalFault::Version { before, found: root.version });
    }
    Ok(Said::Root { root: Box::new(root) })
}

fn targets(proposal: &Proposal, envelope: &Envelope, chain: Option<&Chain>) -> Result<Said, ProposalFault> {
    let chain = chain.ok_or(ProposalFault::Untrusted)?;
    let targets = envelope.targets()?;
    targets.targets.keys().try_for_each(|name| plain(name))?;
    let texts = proposal.stand.as_ref().ok_or(ProposalFault::Parts("targets carry their policy"))?;
    let stand = read_stand(texts, &targets)?;
    let before = match &proposal.before {
        Some(before) => {
            let envelope = Envelope::parse(before.targets.as_bytes())?;
            let old = envelope.targets()?;
            held_by_newest_or_before(chain, &envelope)?;
            let stand = read_stand(&before.stand, &old)?;
            Some(Box::new((envelope, old, stand)))
        }
        None => None,
    };
    let number = before.as_ref().map_or(0, |before| before.1.version);
    if targets.version != number + 1 {
        return Err(ProposalFault::Version { before: number, found: targets.version });
    }
    let (from, until) = (stand.policy.issued.0, targets.expires.0);
    if until <= from || until - from > TARGETS_TERM {
        return Err(ProposalFault::Term { from, until, longest: TARGETS_TERM });
    }
    step(before.as_ref().map(|before| &before.2), &stand)?;
    newest_are_there(&targets, &stand.policy).map_err(ProposalFault::Newest)?;
    Ok(Said::Targets { targets, stand: Box::new(stand), before })
}

/// What is published is held by the newest root, or by the one before when the new root is not published yet.
fn held_by_newest_or_before(chain: &Chain, envelope: &Envelope) -> Result<(), ProposalFault> {
    let newest = chain.newest().holds(Role::Targets, envelope);
    let before = chain.before_newest().map(|root| root.holds(Role::Targets, envelope));
    match (newest, before) {
        (Ok(()), _) | (_, Some(Ok(()))) => Ok(()),
        (Err(fault), _) => Err(fault.into()),
    }
}

/// Policy and pins, if they are the ones whose hashes stand in the targets and say only what is known here.
pub(crate) fn read_stand(texts: &StandText, targets: &Targets) -> Result<Stand, ProposalFault> {
    fn read<T: DeserializeOwned + Serialize>(
        name: &'static str,
        text: &str,
        targets: &Targets,
    ) -> Result<T, ProposalFault> {
        let wrong = || ProposalFault::Content(name);
        let target = targets.targets.get(name).ok_or_else(wrong)?;
        if target.hashes.sha256 != role::sha256(text.as_bytes()) {
            return Err(wrong());
        }
        let read: T = serde_json::from_str(text).map_err(|_| wrong())?;
        // Written again it must be the same, or it said something that was passed over.
        let again = serde_json::to_string_pretty(&read).map_err(|_| wrong())?;
        if again == text { Ok(read) } else { Err(wrong()) }
    }
    let policy: Policy = read(POLICY_TARGET, &texts.policy, targets)?;
    Ok(Stand { policy, pins: read(PINS_TARGET, &texts.pins, targets)? })
}

/// That each release that the policy calls newest is among the targets, and none of them is revoked.
///
/// # Errors
/// A sentence that says which is not.
pub(crate) fn newest_are_there(targets: &Targets, policy: &Policy) -> Result<(), String> {
    for (system, version) in &policy.newest {
        let name = program_target(version, system);
        let Some(program) = targets.targets.get(&name) else {
            return Err(format!("the newest release for {system}, {version}, has no target {name}"));
        };
        let signature = signature_target(version, system);
        if !targets.targets.contains_key(&signature) {
            return Err(format!("the newest release for {system}, {version}, has no target {signature}"));
        }
        if policy.revoked.contains(&program.hashes.sha256) {
            return Err(format!("the newest release for {system}, {version}, is revoked"));
        }
    }
    Ok(())
}

/// A name that reads the same to a person, an address and a file system.
pub(crate) fn plain(name: &str) -> Result<(), ProposalFault> {
    let letter = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
    let part = |part: &str| {
        !part.is_empty() && part != "." && part != ".." && part.len() < 120 && part.chars().all(letter)
    };
    if name.len() < 300 && name.split('/').all(part) {
        return Ok(());
    }
    Err(ProposalFault::Name(name.escape_default().to_string()))
}
