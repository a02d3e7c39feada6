use aws_lc_rs::digest::{SHA256, digest};
use polder_signing::{Content, Expiries, Release, Repository, Versions};
use polder_wire::UnixSeconds;
use polder_wire::update::Policy;
use semver::Version;

use crate::{Local, LocalError};

/// What is about to be published; attack tests change it first.
#[derive(Debug, Clone)]
pub struct Publication {
    /// Policy and programs.
    pub content: Content,
    /// The roles' versions.
    pub versions: Versions,
    /// Their terms.
    pub expiries: Expiries,
    /// How many of the two targets keys sign.
    pub targets_signers: usize,
}

/// Metadata older than this is signed anew, long before it expires.
const FRESH: i64 = 12 * 60 * 60;
const YEAR: i64 = 365 * 24 * 60 * 60;

impl Local {
    /// Makes this program the current release, unless it is already and its metadata is fresh. Says whether
    /// anything was published.
    ///
    /// # Errors
    /// When keys, signing or files fail.
    pub fn publish(
        &mut self,
        program: Vec<u8>,
        version: &Version,
        system: &str,
        now: UnixSeconds,
    ) -> Result<bool, LocalError> {
        let state = self.state();
        let unchanged = state.program == sha256(&program);
        if unchanged && state.published_at <= now && now <= state.published_at.plus(FRESH) {
            return Ok(false);
        }
        let publication = self.publication(program, version, system, now)?;
        self.publish_as(&publication, now)?;
        Ok(true)
    }

    /// What [`Local::publish`] would publish, with the next number.
    ///
    /// # Errors
    /// When the program cannot be signed.
    pub fn publication(
        &self,
        program: Vec<u8>,
        version: &Version,
        system: &str,
        now: UnixSeconds,
    ) -> Result<Publication, LocalError> {
        let policy = Policy {
            schema: 1,
            issued: now,
            min_version: version.clone(),
            newest: [(system.to_owned(), version.clone())].into(),
            revoked: Vec::new(),
            next_pins: Vec::new(),
        };
        let release = Release::sign(self.minisign(), version.clone(), system.to_owned(), program)?;
        Ok(Publication {
            content: Content { policy, releases: vec![release] },
            versions: Versions { root: 1, ..Versions::all(self.state().number + 1) },
            expiries: self.expiries(now),
            targets_signers: 2,
        })
    }

    /// Signs and publishes whatever it says.
    ///
    /// # Errors
    /// When signing or writing fails.
    pub fn publish_as(&mut self, publication: &Publication, now: UnixSeconds) -> Result<(), LocalError> {
        let Publication { content, versions, expiries, targets_signers } = publication;
        let signers: Vec<_> = self.keys().targets.iter().take(*targets_signers).collect();
        Repository::sign_by(self.keys(), &signers, content, *versions, *expiries)?
            .write(&self.folder().join("releases"))?;
        let program = content.releases.last().map(|release| sha256(&release.program)).unwrap_or_default();
        let number = versions.timestamp.max(self.state().number);
        let mut state = self.state().clone();
        (state.number, state.published_at, state.program) = (number, now, program);
        self.keep(state)
    }

    /// The first root, as clients embed it: the same bytes each time, because keys and term are.
    pub(crate) fn root(&self) -> Result<Vec<u8>, LocalError> {
        let nothing = Policy {
            schema: 1,
            issued: self.created(),
            min_version: Version::new(0, 0, 0),
            newest: std::collections::BTreeMap::new(),
            revoked: Vec::new(),
            next_pins: Vec::new(),
        };
        let content = Content { policy: nothing, releases: Vec::new() };
        let expiries = self.expiries(self.created());
        Ok(Repository::sign(self.keys(), &content, Versions::all(1), expiries)?.root().to_vec())
    }

    fn expiries(&self, now: UnixSeconds) -> Expiries {
        Expiries { root: self.created().plus(YEAR), ..Expiries::from(now) }
    }
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unchanged_program_is_published_once_and_a_changed_or_aged_one_again() {
        let folder = tempfile::tempdir().unwrap();
        let now = UnixSeconds(1_790_000_000);
        let version = Version::new(0, 1, 0);
        let mut local = Local::open_or_create(folder.path(), now).unwrap();
        let mut publish =
            |program: &[u8], at| local.publish(program.to_vec(), &version, "linux-x86_64", at).unwrap();
        assert!(publish(b"one", now));
        assert!(!publish(b"one", now.plus(60)));
        assert!(publish(b"two", now.plus(120)));
        assert!(publish(b"two", now.plus(120 + FRESH + 1)));
        assert!(folder.path().join("releases/metadata/3.targets.json").exists());
        assert!(!folder.path().join("releases/metadata/4.targets.json").exists());
    }
}
