use polder_wire::UnixSeconds;

use super::{Opened, Proposal, ProposalFault, What, text};
use crate::keys::{Holder, PublicKey, Role};
use crate::metadata::{Envelope, Root};
use crate::standing::Standing;

/// How long a root counts from the day it is proposed: a year, in seconds.
const TERM: i64 = 365 * 24 * 60 * 60;

/// A holder's key in the place of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// The role of both.
    pub role: Role,
    /// Whose key goes.
    pub holder: Holder,
    /// What comes.
    pub key: PublicKey,
}

/// The very first root.
///
/// # Errors
/// When a role has too few holders or too many.
pub fn first_root(holders: &[PublicKey], now: UnixSeconds) -> Result<Proposal, ProposalFault> {
    let signed = Root::propose(1, now.plus(TERM), holders)?;
    Ok(Proposal::new(What::Root, &Envelope { signed, signatures: Vec::new() }, Vec::new())?)
}

/// The next root: for another year, with these keys in the places of others.
///
/// # Errors
/// When there is no root yet, a key to be replaced is not there, or the new one is for another role.
pub fn next_root(
    standing: &Standing,
    replacements: &[Replacement],
    now: UnixSeconds,
) -> Result<Proposal, ProposalFault> {
    let chain =
        standing.chain()?.ok_or(ProposalFault::Parts("there is no root that another could follow"))?;
    let mut holders = chain.newest().holders()?;
    for Replacement { role, holder, key } in replacements {
        if key.role != *role {
            return Err(ProposalFault::Parts("a key takes the place of one of another role"));
        }
        let place = holders.iter_mut().find(|old| old.role == *role && old.holder == *holder);
        *place.ok_or(ProposalFault::Parts("no such holder has such a key"))? = key.clone();
    }
    let signed = Root::propose(chain.newest().version + 1, now.plus(TERM), &holders)?;
    let roots = standing.roots.iter().map(|root| text(root.clone())).collect::<Result<_, _>>()?;
    let proposal = Proposal::new(What::Root, &Envelope { signed, signatures: Vec::new() }, roots)?;
    Opened::open(&proposal, standing.roots.first().map(Vec::as_slice))?;
    Ok(proposal)
}
