use std::collections::BTreeMap;

use semver::Version;
use serde::{Deserialize, Serialize};

/// More than anybody will see; what is beyond belongs to the oldest releases.
const MAX_RELEASES: usize = 256;

/// Releases that were tried here, by the SHA-256 of their unpacked archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refused {
    releases: BTreeMap<[u8; 32], Remembered>,
}

/// What is remembered of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// Its version.
    pub version: Version,
    /// How often it was fetched or applied.
    pub attempts: u32,
    /// Why it is not tried again, if so.
    pub bad: Option<Bad>,
}

/// Why a release is not tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bad {
    /// It ended twice before it said anything.
    Crashed,
    /// Its bytes are signed by those who publish and are no slot: a signature, a hash or the archive's form.
    DoesNotHold,
    /// It was tried as often as is allowed, and failed each time.
    TooOften,
    /// A later client wrote why.
    #[serde(other)]
    Other,
}

/// Why a list is not one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RefusedError {
    /// It is not the JSON that it should be.
    #[error("the list of refused releases is not readable")]
    Unreadable(#[from] serde_json::Error),
    /// It is of another format.
    #[error("the list of refused releases has schema {0}, known is 1")]
    Schema(u32),
    /// A hash or a version is none.
    #[error("the list of refused releases names no release")]
    Release,
}

impl Refused {
    /// Reads the list.
    ///
    /// # Errors
    /// See [`RefusedError`].
    pub fn parse(json: &[u8]) -> Result<Self, RefusedError> {
        let file: File = serde_json::from_slice(json)?;
        if file.schema != 1 {
            return Err(RefusedError::Schema(file.schema));
        }
        let releases = file.releases.into_iter().map(|(hash, line)| {
            let hash = parse_hash(&hash).ok_or(RefusedError::Release)?;
            let version = crate::version(&line.version).ok_or(RefusedError::Release)?;
            Ok((hash, Remembered { version, attempts: line.attempts, bad: line.bad }))
        });
        Ok(Self { releases: releases.collect::<Result<_, RefusedError>>()? })
    }

    /// Writes it.
    ///
    /// # Errors
    /// None that a list can cause.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let line = |remembered: &Remembered| Line {
            version: remembered.version.to_string(),
            attempts: remembered.attempts,
            bad: remembered.bad,
        };
        let releases = self.releases.iter().map(|(hash, one)| (hex::encode(hash), line(one))).collect();
        serde_json::to_vec(&File { schema: 1, releases })
    }

    /// What is remembered of a release.
    pub fn of(&self, archive: &[u8; 32]) -> Option<&Remembered> {
        self.releases.get(archive)
    }

    /// Why a release is not tried again; none when it may be.
    pub fn bad(&self, archive: &[u8; 32]) -> Option<Bad> {
        self.of(archive)?.bad
    }

    /// Everything that is remembered, by the SHA-256 of the unpacked archive.
    pub fn all(&self) -> impl Iterator<Item = (&[u8; 32], &Remembered)> {
        self.releases.iter()
    }

    /// Whether any release of that version is bad: only then somebody has to know which one a slot is.
    pub fn may_be_bad(&self, version: &Version) -> bool {
        self.releases.values().any(|one| one.version == *version && one.bad.is_some())
    }

    /// Remembers why a release is not tried again.
    pub fn refuse(&mut self, archive: [u8; 32], version: &Version, why: Bad) {
        self.entry(archive, version).bad = Some(why);
        self.cut(&archive);
    }

    /// Counts one more attempt and says how many there were.
    pub fn attempt(&mut self, archive: [u8; 32], version: &Version) -> u32 {
        let entry = self.entry(archive, version);
        entry.attempts = entry.attempts.saturating_add(1);
        let attempts = entry.attempts;
        self.cut(&archive);
        attempts
    }

    fn entry(&mut self, archive: [u8; 32], version: &Version) -> &mut Remembered {
        let new = || Remembered { version: version.clone(), attempts: 0, bad: None };
        self.releases.entry(archive).or_insert_with(new)
    }

    /// Forgets the oldest release where there are too many, but not the one that was just named.
    fn cut(&mut self, but: &[u8; 32]) {
        while self.releases.len() > MAX_RELEASES {
            let others = self.releases.iter().filter(|(hash, _)| *hash != but);
            let Some(oldest) = others.min_by_key(|(_, one)| &one.version).map(|(hash, _)| *hash) else {
                return;
            };
            self.releases.remove(&oldest);
        }
    }
}

/// 64 lower-case hexadecimal digits.
pub(crate) fn parse_hash(text: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).ok()?;
    (hex::encode(hash) == text).then_some(hash)
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    releases: BTreeMap<String, Line>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    version: String,
    attempts: u32,
    bad: Option<Bad>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Version = Version::new(1, 0, 0);

    #[test]
    fn what_is_written_reads_the_same_again() {
        let mut refused = Refused::default();
        assert_eq!(refused.attempt([1; 32], &ONE), 1);
        assert_eq!(refused.attempt([1; 32], &ONE), 2);
        refused.refuse([2; 32], &Version::new(2, 0, 0), Bad::Crashed);
        refused.refuse([3; 32], &Version::new(3, 0, 0), Bad::DoesNotHold);
        assert_eq!(Refused::parse(&refused.to_json().unwrap()).unwrap(), refused);
        assert_eq!(refused.bad(&[1; 32]), None);
        assert_eq!(refused.bad(&[2; 32]), Some(Bad::Crashed));
        assert!(!refused.may_be_bad(&ONE) && refused.may_be_bad(&Version::new(2, 0, 0)));
    }

    #[test]
    fn a_reason_that_a_later_client_wrote_still_counts() {
        let json = format!(
            r#"{{"schema":1,"releases":{{"{}":{{"version":"1.0.0","attempts":0,"bad":"melted"}}}}}}"#,
            "ab".repeat(32)
        );
        assert_eq!(Refused::parse(json.as_bytes()).unwrap().bad(&[0xab; 32]), Some(Bad::Other));
    }

    #[test]
    fn what_names_no_release_does_not_read() {
        for (hash, version) in
            [("AB".repeat(32), "1.0.0"), ("ab".to_owned(), "1.0.0"), ("ab".repeat(32), "..")]
        {
            let json = format!(
                r#"{{"schema":1,"releases":{{"{hash}":{{"version":"{version}","attempts":0,"bad":null}}}}}}"#
            );
            assert!(matches!(Refused::parse(json.as_bytes()), Err(RefusedError::Release)), "{json}");
        }
        assert!(matches!(Refused::parse(br#"{"schema":2,"releases":{}}"#), Err(RefusedError::Schema(2))));
    }

    #[test]
    fn the_list_does_not_grow_for_ever_and_keeps_what_was_just_named() {
        let mut refused = Refused::default();
        for patch in (0..300u16).rev() {
            let mut hash = [0; 32];
            hash[..2].copy_from_slice(&patch.to_be_bytes());
            refused.refuse(hash, &Version::new(1, 0, patch.into()), Bad::Crashed);
            assert!(refused.bad(&hash).is_some());
        }
        assert_eq!(refused.releases.len(), MAX_RELEASES);
        assert!(refused.may_be_bad(&Version::new(1, 0, 299)));
    }
}
