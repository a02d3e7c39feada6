//! What is to be released, gathered in a folder before it is proposed: files below `targets/` under their plain
//! names, and `draft.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use polder_wire::UnixSeconds;
use polder_wire::update::{POLICY_TARGET, notes_target};
use semver::Version;
use serde::{Deserialize, Serialize};

use super::{Release, described};
use crate::metadata::{Envelope, Target};
use crate::policy::{Change, PINS_TARGET, PolicyFault, TARGETS_TERM};
use crate::proposal::{Before, Opened, Proposal, ProposalFault, StandText, What, plain, text};
use crate::repository::write_whole;
use crate::standing::{Standing, StandingFault};
use crate::{SigningError, role};

/// Why a draft is no draft, or no proposal comes of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DraftFault {
    /// Not the file that it should be.
    #[error("{path}: {source}", path = path.display())]
    Form {
        /// Which.
        path: PathBuf,
        /// Where it breaks off.
        source: serde_json::Error,
    },
    /// Made by another edition of this program.
    #[error("drafts of schema {0} are not known here")]
    Schema(u32),
    /// A published file never changes.
    #[error("{0} is published already; a release never changes, make a new version")]
    Published(String),
    /// There is no such release.
    #[error("{version} for {system} is not published")]
    NoRelease {
        /// Its version.
        version: Version,
        /// Its system.
        system: String,
    },
    /// Nobody could sign it.
    #[error("publish a root first")]
    NoRoot,
    /// What comes of it.
    #[error(transparent)]
    Proposal(#[from] ProposalFault),
    /// Policy.
    #[error("policy: {0}")]
    Policy(#[from] PolicyFault),
    /// The repository.
    #[error(transparent)]
    Standing(#[from] StandingFault),
    /// Cryptography or files.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

/// The folder.
#[derive(Debug)]
pub struct Draft {
    folder: PathBuf,
    file: DraftFile,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DraftFile {
    schema: u32,
    /// What is added, by name.
    targets: BTreeMap<String, Target>,
    /// What is taken away.
    removed: BTreeSet<String>,
    change: Change,
}

impl Draft {
    /// Opens a folder, or begins an empty draft where there is none.
    ///
    /// # Errors
    /// When there is something else.
    pub fn open_or_begin(folder: &Path) -> Result<Self, DraftFault> {
        let path = folder.join("draft.json");
        let file = match crate::standing::optional(&path)? {
            Some(bytes) => {
                serde_json::from_slice(&bytes).map_err(|source| DraftFault::Form { path, source })?
            }
            None => DraftFile { schema: 1, ..DraftFile::default() },
        };
        if file.schema != 1 {
            return Err(DraftFault::Schema(file.schema));
        }
        file.targets.keys().try_for_each(|name| plain(name))?;
        Ok(Self { folder: folder.to_owned(), file })
    }

    /// Adds a release's files and keeps the draft.
    ///
    /// # Errors
    /// When one of them is published with other bytes, or cannot be written.
    pub fn add(&mut self, standing: &Standing, release: &Release) -> Result<(), DraftFault> {
        let published = standing.published.as_ref().map(|published| &published.targets.1.targets);
        let mut added = Vec::new();
        for (name, content) in release.files() {
            plain(&name)?;
            let target: Target = serde_json::from_value(described(&content)?).map_err(SigningError::Json)?;
            match published.and_then(|published| published.get(&name)) {
                // Notes are one file for all systems of a version.
                Some(same) if *same == target => continue,
                Some(_) => return Err(DraftFault::Published(name)),
                None => added.push((name, content.0, target)),
            }
        }
        for (name, bytes, target) in added {
            write_whole(&self.folder.join("targets").join(&name), &bytes)?;
            self.file.targets.insert(name, target);
        }
        self.keep()
    }

    /// Takes a published release away: its files, and deltas that start from it.
    ///
    /// # Errors
    /// When it is not published, or the draft cannot be written.
    pub fn remove(&mut self, standing: &Standing, version: &Version, system: &str) -> Result<(), DraftFault> {
        let published = standing.published.as_ref();
        let names = || published.into_iter().flat_map(|published| published.targets.1.targets.keys());
        let folder = format!("releases/{version}/{system}/");
        if !names().any(|name| name.starts_with(&folder)) {
            return Err(DraftFault::NoRelease { version: version.clone(), system: system.to_owned() });
        }
        let delta = format!("/{system}/from-{version}.bsdiff.zst");
        let goes = |name: &&String| name.starts_with(&folder) || name.ends_with(&delta);
        let mut gone: Vec<_> = names().filter(goes).cloned().collect();
        // Notes are one file for all systems of a version, and go with the last of them.
        let notes = notes_target(version);
        let prefix = format!("releases/{version}/");
        let stays = |name: &String| {
            name.starts_with(&prefix)
                && *name != notes
                && !gone.contains(name)
                && !self.file.removed.contains(name)
        };
        if !names().any(stays) {
            gone.extend(names().filter(|name| **name == notes).cloned());
        }
        self.file.removed.extend(gone);
        self.keep()
    }

    /// Changes the policy, if what comes of all changes so far may follow what is published.
    ///
    /// # Errors
    /// When it may not, or the draft cannot be written.
    pub fn change(
        &mut self,
        standing: &Standing,
        change: Change,
        now: UnixSeconds,
    ) -> Result<(), DraftFault> {
        let all = std::mem::take(&mut self.file.change).and(change);
        all.apply(standing.published.as_ref().map(|published| &published.stand), now)?;
        self.file.change = all;
        self.keep()
    }

    /// The file of an added target.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        if !self.file.targets.contains_key(name) {
            return Err(io::Error::new(io::ErrorKind::NotFound, "neither published nor in the draft"));
        }
        fs::read(self.folder.join("targets").join(name))
    }

    /// What the targets' holders are asked to sign: what is published, with this draft's changes, from now on for
    /// [`TARGETS_TERM`]. `next_root` is a signed root that will be published together with it.
    ///
    /// # Errors
    /// When it would not be shown to anybody: see [`ProposalFault`].
    pub fn propose(
        &self,
        standing: &Standing,
        next_root: Option<&Proposal>,
        now: UnixSeconds,
    ) -> Result<Proposal, DraftFault> {
        let published = standing.published.as_ref();
        let stand = self.file.change.apply(published.map(|published| &published.stand), now)?;
        let texts = StandText { policy: pretty(&stand.policy)?, pins: pretty(&stand.pins)? };
        let mut targets = published.map(|published| published.targets.1.targets.clone()).unwrap_or_default();
        targets.retain(|name, _| !self.file.removed.contains(name));
        targets.extend(self.file.targets.clone());
        let mut described = BTreeMap::new();
        for (name, target) in targets {
            described.insert(name, serde_json::to_value(target).map_err(SigningError::Json)?);
        }
        for (name, text) in [(POLICY_TARGET, &texts.policy), (PINS_TARGET, &texts.pins)] {
            described.insert(name.to_owned(), role::named(text.as_bytes()));
        }
        let version = published.map_or(0, |published| published.targets.1.version) + 1;
        let signed = role::targets(version, now.plus(TARGETS_TERM), &described)?;
        let envelope = Envelope { signed, signatures: Vec::new() };
        let mut roots = Vec::new();
        for root in &standing.roots {
            roots.push(text(root.clone())?);
        }
        if let Some(next) = next_root {
            roots.push(text(next.envelope()?.to_file()?)?);
        }
        let trusted = standing.roots.first().ok_or(DraftFault::NoRoot)?;
        let mut proposal = Proposal::new(What::Targets, &envelope, roots)?;
        proposal.stand = Some(texts);
        proposal.before = match published {
            Some(published) => Some(Before {
                targets: text(published.files.targets.clone())?,
                stand: published.files.stand.clone(),
            }),
            None => None,
        };
        // Nobody carries a file around that the others would not be shown.
        Opened::open(&proposal, Some(trusted))?;
        Ok(proposal)
    }

    fn keep(&self) -> Result<(), DraftFault> {
        let text = pretty(&self.file)?;
        Ok(write_whole(&self.folder.join("draft.json"), text.as_bytes())?)
    }
}

fn pretty(value: &impl Serialize) -> Result<String, SigningError> {
    Ok(serde_json::to_string_pretty(value)?)
}
