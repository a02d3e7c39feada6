use aws_lc_rs::digest::{SHA256, digest};
use polder_signing::release::Effort;
use polder_signing::{Content, Expiries, Release, Repository, Signers, Versions};
use polder_wire::UnixSeconds;
use polder_wire::update::{Policy, program_target};
use semver::Version;

use crate::files::remove;
use crate::local::Published;
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
    /// Makes this program the current release and the oldest that is let in, unless it is already and its
    /// metadata is fresh. Says whether anything was published.
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
        let last = self.published();
        let same = last.release == program_target(version, system) && last.sha256 == sha256(&program);
        if same && last.at <= now.0 && now.0 <= last.at.saturating_add(FRESH) {
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
            versions: Versions { root: 1, ..Versions::all(self.published().number + 1) },
            expiries: self.expiries(now),
            targets_signers: 2,
        })
    }

    /// A release with its archive as well, and with a delta from each of these unpacked archives for which one is
    /// worth it.
    ///
    /// # Errors
    /// When signing fails.
    pub fn archived(&self, release: Release, older: &[(Version, &[u8])]) -> Result<Release, LocalError> {
        Ok(release.with_archive(self.minisign(), older, Effort::Throwaway)?)
    }

    /// The same packed as people get it, which takes its time: for whoever measures bytes.
    ///
    /// # Errors
    /// When signing fails.
    pub fn archived_for_people(
        &self,
        release: Release,
        older: &[(Version, &[u8])],
    ) -> Result<Release, LocalError> {
        Ok(release.with_archive(self.minisign(), older, Effort::Release)?)
    }

    /// Signs and publishes whatever it says. The files of the publication before stay, for a
    /// client that read its metadata a moment ago; older ones go, because each program is as large as it is.
    ///
    /// # Errors
    /// When signing or writing fails.
    pub fn publish_as(&mut self, publication: &Publication, now: UnixSeconds) -> Result<(), LocalError> {
        let Publication { content, versions, expiries, targets_signers } = publication;
        let signers = Signers {
            targets: self.keys().targets.iter().take(*targets_signers).collect(),
            ..Signers::enough(self.keys())
        };
        let repository = Repository::sign_by(&signers, self.keys(), content, *versions, *expiries)?;
        let last = self.published().clone();
        let highest = versions.timestamp.max(versions.snapshot).max(versions.targets).max(last.number);
        // Before anything is written: a number that clients may have seen is never given out again.
        self.keep(Published { number: highest, at: 0, ..last.clone() })?;
        let releases = self.folder().join("releases");
        repository.write(&releases)?;

        let files: Vec<String> = repository.target_files().map(str::to_owned).collect();
        let gone = |old: &&String| !files.contains(old) && !last.files.contains(old);
        for old in last.earlier.iter().filter(gone) {
            remove(&releases.join("targets").join(old))?;
        }
        let newest = content.releases.last();
        self.keep(Published {
            number: highest,
            at: now.0,
            release: newest.map(|newest| program_target(&newest.version, &newest.system)).unwrap_or_default(),
            sha256: newest.map(|newest| sha256(&newest.program)).unwrap_or_default(),
            files,
            earlier: last.files,
        })
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

    const NOW: UnixSeconds = UnixSeconds(1_790_000_000);
    const SYSTEM: &str = "linux-x86_64";

    fn made() -> (tempfile::TempDir, Local) {
        let folder = tempfile::tempdir().unwrap();
        let local = Local::open_or_create(folder.path(), NOW).unwrap();
        (folder, local)
    }

    #[test]
    fn an_unchanged_program_is_published_once_and_a_changed_or_aged_one_again() {
        let (folder, mut local) = made();
        let version = Version::new(0, 1, 0);
        let mut publish = |program: &[u8], at| local.publish(program.to_vec(), &version, SYSTEM, at).unwrap();
        assert!(publish(b"one", NOW));
        assert!(!publish(b"one", NOW.plus(60)));
        assert!(publish(b"two", NOW.plus(120)));
        assert!(publish(b"two", NOW.plus(120 + FRESH + 1)));
        assert!(folder.path().join("releases/metadata/3.targets.json").exists());
        assert!(!folder.path().join("releases/metadata/4.targets.json").exists());
    }

    #[test]
    fn the_same_bytes_as_another_version_are_another_release() {
        let (_folder, mut local) = made();
        assert!(local.publish(b"one".to_vec(), &Version::new(0, 1, 0), SYSTEM, NOW).unwrap());
        assert!(local.publish(b"one".to_vec(), &Version::new(0, 2, 0), SYSTEM, NOW).unwrap());
    }

    #[test]
    fn a_number_is_not_used_again_when_its_publication_broke_off() {
        let (folder, mut local) = made();
        let version = Version::new(0, 1, 0);
        let obstacle = folder.path().join("releases/metadata/timestamp.json/x");
        std::fs::create_dir_all(&obstacle).unwrap();
        local.publish(b"one".to_vec(), &version, SYSTEM, NOW).unwrap_err();
        std::fs::remove_dir_all(obstacle.parent().unwrap()).unwrap();
        let mut again = Local::open_or_create(folder.path(), NOW).unwrap();
        assert!(again.publish(b"one".to_vec(), &version, SYSTEM, NOW).unwrap());
        assert_eq!(again.published().number, 2);
    }

    #[test]
    fn an_archived_release_is_published_with_its_archive_and_deltas() {
        let (folder, mut local) = made();
        let program = b"a program".repeat(1000);
        let [old, new] = [Version::new(0, 1, 0), Version::new(0, 2, 0)];
        let mut old = local.publication(program.clone(), &old, SYSTEM, NOW).unwrap();
        let old = local.archived(old.content.releases.remove(0), &[]).unwrap();
        let before = (old.version.clone(), old.archive.unwrap().unpacked);
        let mut publication =
            local.publication([program, b"2".to_vec()].concat(), &new, SYSTEM, NOW).unwrap();
        let bare = publication.content.releases.remove(0);
        publication.content.releases.push(local.archived(bare, &[(before.0, &before.1)]).unwrap());
        local.publish_as(&publication, NOW).unwrap();
        let names =
            std::fs::read_dir(folder.path().join("releases/targets/releases/0.2.0").join(SYSTEM)).unwrap();
        let names: Vec<_> = names.map(|name| name.unwrap().file_name().into_string().unwrap()).collect();
        for end in [
            ".polder",
            ".polder.minisig",
            ".polder.tar.zst",
            ".polder.tar.zst.minisig",
            ".polder.tar.minisig",
        ] {
            assert!(names.iter().any(|name| name.ends_with(end)), "{end} is not in {names:?}");
        }
    }

    #[test]
    fn old_programs_do_not_pile_up_and_the_one_before_stays() {
        let (folder, mut local) = made();
        let version = Version::new(0, 1, 0);
        let programs = folder.path().join("releases/targets").join("releases/0.1.0").join(SYSTEM);
        for (n, expected) in [(1_u8, 1), (2, 2), (3, 2), (4, 2)] {
            local.publish(vec![n], &version, SYSTEM, NOW.plus(n.into())).unwrap();
            let names = std::fs::read_dir(&programs).unwrap().map(|e| e.unwrap().file_name());
            let found = names.filter(|name| name.to_string_lossy().ends_with(".polder")).count();
            assert_eq!(found, expected, "after publication {n}");
        }
        let kept = std::fs::read_dir(&programs).unwrap().map(|e| std::fs::read(e.unwrap().path()).unwrap());
        let kept: Vec<_> = kept.filter(|bytes| bytes.len() == 1).collect();
        assert!(kept.contains(&vec![3]) && kept.contains(&vec![4]), "{kept:?}");
    }
}
