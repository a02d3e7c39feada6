//! Is a whole repository what it should be? Everything that a client would ask, and more: every file, every
//! signature, every delta put on, and the story of policies.

mod files;
mod history;
mod releases;

use std::path::Path;

use polder_slots::Anchor;
use polder_wire::UnixSeconds;

use crate::keys::Role;
use crate::metadata::{Chain, MetadataFault};
use crate::proposal::newest_are_there;
use crate::standing::{Published, Standing, StandingFault};

pub(crate) use releases::check as releases;

/// Something in a repository that is not as it should be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckFault {
    /// It cannot be read as a repository.
    #[error(transparent)]
    Standing(#[from] StandingFault),
    /// Roots, signatures or thresholds.
    #[error(transparent)]
    Metadata(#[from] MetadataFault),
    /// Nothing was published.
    #[error("no targets are published")]
    Empty,
    /// Its term is over.
    #[error("{role} counted until {until}")]
    Expired {
        /// Which.
        role: Role,
        /// Seconds since 1970.
        until: i64,
    },
    /// A file of it.
    #[error("{name}: {why}")]
    Target {
        /// Which.
        name: String,
        /// What is wrong.
        why: String,
    },
    /// What the policy calls newest.
    #[error("{0}")]
    Newest(String),
    /// One policy follows another that it must not follow.
    #[error("targets {version}: {why}")]
    Story {
        /// Of the targets metadata.
        version: u64,
        /// The rule that is broken.
        why: String,
    },
}

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    /// What is wrong.
    pub faults: Vec<CheckFault>,
    /// What was looked at and found good, in words.
    pub good: Vec<String>,
    /// What will be wrong soon.
    pub soon: Vec<String>,
}

/// Looks at everything. `root` is the one that the reader trusts, `anchor` the minisign key that clients have
/// built in.
pub fn check(repository: &Path, root: &[u8], anchor: &Anchor, now: UnixSeconds) -> Report {
    let mut report = Report::default();
    let found = Standing::read(repository).map_err(CheckFault::from).and_then(|standing| {
        // From its own first root as well: a client that slept for years comes that way.
        standing.chain()?;
        let chain = Chain::walk(root, &standing.roots)?;
        report.good.push(format!("roots up to version {} follow each other", chain.newest().version));
        let published = standing.published.ok_or(CheckFault::Empty)?;
        Ok((chain, published))
    });
    match found {
        Ok((chain, published)) => {
            roles(&mut report, &chain, &published, now);
            let targets = &published.targets.1;
            let read = |name: &str| files::read(repository, targets, name);
            files::check(&mut report, targets, &read);
            releases(&mut report, targets, &targets.targets.keys().cloned().collect(), &read, anchor);
            if let Err(why) = newest_are_there(targets, &published.stand.policy) {
                report.faults.push(CheckFault::Newest(why));
            }
            releases::newest_have_archives(&mut report, targets, &published.stand.policy);
            history::check(&mut report, repository, &published);
        }
        Err(fault) => report.faults.push(fault),
    }
    report
}

fn roles(report: &mut Report, chain: &Chain, published: &Published, now: UnixSeconds) {
    const DAY: i64 = 24 * 60 * 60;
    let root = chain.newest();
    let Published { timestamp, snapshot, targets, .. } = published;
    let roles = [
        (Role::Root, None, root.expires, 60),
        (Role::Targets, Some(&targets.0), targets.1.expires, 21),
        (Role::Snapshot, Some(&snapshot.0), snapshot.1.expires, 2),
        (Role::Timestamp, Some(&timestamp.0), timestamp.1.expires, 2),
    ];
    for (role, envelope, expires, early) in roles {
        if let Some(Err(fault)) = envelope.map(|envelope| root.holds(role, envelope)) {
            report.faults.push(fault.into());
        }
        if expires <= now {
            report.faults.push(CheckFault::Expired { role, until: expires.0 });
        } else if expires <= now.plus(early * DAY) {
            report.soon.push(format!("{role} counts for {} days only", (expires.0 - now.0) / DAY));
        } else {
            report.good.push(format!("{role} counts for {} more days", (expires.0 - now.0) / DAY));
        }
    }
}

impl Report {
    fn target(&mut self, name: &str, why: impl Into<String>) {
        self.faults.push(CheckFault::Target { name: name.to_owned(), why: why.into() });
    }
}
