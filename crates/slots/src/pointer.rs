use semver::Version;
use serde::{Deserialize, Serialize};

/// Starts that a release may take without a verdict of its own; after these it is left for the one before.
pub const MAX_STARTS: u32 = 2;

/// Which slot is started. Every change is pure; [`crate::Locked`] writes what comes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    /// The release to start.
    pub current: Version,
    /// The release to go back to: the last that was confirmed. None means the packaged one.
    pub before: Option<Version>,
    /// Whether `current` painted its window and completed a check of its own.
    pub confirmed: bool,
    /// Starts of `current` since its last verdict. Only counted until it is confirmed.
    pub starts: u32,
}

/// Why a pointer is not one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PointerError {
    /// It is not the JSON that it should be; missing and unknown fields count too.
    #[error("the pointer is not readable")]
    Unreadable(#[from] serde_json::Error),
    /// It is of another format.
    #[error("the pointer has schema {0}, known is 1")]
    Schema(u32),
    /// What it names is no version, so it could be any folder.
    #[error("the pointer names no version")]
    Version,
}

impl Pointer {
    /// Reads a pointer. Versions are parsed, so it leads to no folder but that of a version.
    ///
    /// # Errors
    /// See [`PointerError`].
    pub fn parse(json: &[u8]) -> Result<Self, PointerError> {
        let file: File = serde_json::from_slice(json)?;
        if file.schema != 1 {
            return Err(PointerError::Schema(file.schema));
        }
        let version = |text: &str| crate::version(text).ok_or(PointerError::Version);
        Ok(Self {
            current: version(&file.current)?,
            before: file.before.as_deref().map(version).transpose()?,
            confirmed: file.confirmed,
            starts: file.starts,
        })
    }

    /// Writes it.
    ///
    /// # Errors
    /// None that a pointer can cause.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&File {
            schema: 1,
            current: self.current.to_string(),
            before: self.before.as_ref().map(Version::to_string),
            confirmed: self.confirmed,
            starts: self.starts,
        })
    }

    /// The one to `version`, on trial. What to go back to is the last that was confirmed.
    pub fn to(version: Version, old: Option<Self>) -> Self {
        let before = match old {
            None => None,
            Some(old) if old.confirmed && old.current != version => Some(old.current),
            Some(old) => old.before,
        };
        Self {
            before: before.filter(|before| *before != version),
            current: version,
            confirmed: false,
            starts: 0,
        }
    }

    /// After a start of `version`.
    #[must_use]
    pub fn began(mut self, version: &Version) -> Self {
        if self.current == *version && !self.confirmed {
            self.starts = self.starts.saturating_add(1);
        }
        self
    }

    /// After a start of `version` that was ended from outside and says nothing about it.
    #[must_use]
    pub fn took_back(mut self, version: &Version) -> Self {
        if self.current == *version {
            self.starts = self.starts.saturating_sub(1);
        }
        self
    }

    /// After `version` said something for itself: it runs, whatever it thinks of the network.
    #[must_use]
    pub fn verdict(mut self, version: &Version) -> Self {
        if self.current == *version {
            self.starts = 0;
        }
        self
    }

    /// After `version` painted its window and completed a check of its own.
    #[must_use]
    pub fn confirm(mut self, version: &Version) -> Self {
        if self.current == *version {
            (self.confirmed, self.starts) = (true, 0);
        }
        self
    }

    /// Without `version`: back to what was confirmed before. None is the packaged release.
    #[must_use]
    pub fn revert(self, version: &Version) -> Option<Self> {
        if self.current != *version {
            return Some(self);
        }
        let before = self.before?;
        Some(Self { current: before, before: None, confirmed: true, starts: 0 })
    }

    /// Whether `current` had its starts and never said anything.
    pub fn is_exhausted(&self) -> bool {
        !self.confirmed && self.starts >= MAX_STARTS
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    current: String,
    before: Option<String>,
    confirmed: bool,
    starts: u32,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn version() -> impl Strategy<Value = Version> {
        (0..4u64).prop_map(|patch| Version::new(1, 0, patch))
    }

    prop_compose! {
        fn pointer()(
            current in version(), before in prop::option::of(version()), confirmed: bool, starts in 0..4u32,
        ) -> Pointer {
            Pointer { current, before, confirmed, starts }
        }
    }

    #[test]
    fn a_pointer_that_leads_elsewhere_does_not_read() {
        for (current, before) in [
            ("\"../1.0.0\"", "null"),
            ("\"/etc\"", "null"),
            ("\"1.0.0/../../x\"", "null"),
            ("\"1.0.0\"", "\"..\""),
            ("\"\"", "null"),
        ] {
            let json = format!(
                r#"{{"schema":1,"current":{current},"before":{before},"confirmed":true,"starts":0}}"#
            );
            assert!(matches!(Pointer::parse(json.as_bytes()), Err(PointerError::Version)), "{json}");
        }
        assert!(matches!(Pointer::parse(b"{"), Err(PointerError::Unreadable(_))));
        let other = br#"{"schema":2,"current":"1.0.0","before":null,"confirmed":true,"starts":0}"#;
        assert!(matches!(Pointer::parse(other), Err(PointerError::Schema(2))));
    }

    #[test]
    fn a_trial_that_never_held_is_not_what_one_goes_back_to() {
        let [one, two, three] = [1, 2, 3].map(|patch| Version::new(1, 0, patch));
        let first = Pointer::to(one.clone(), None).confirm(&one);
        let second = Pointer::to(two.clone(), Some(first));
        let third = Pointer::to(three.clone(), Some(second)).began(&three).began(&three);
        assert!(third.is_exhausted());
        let back = third.revert(&three).unwrap();
        assert_eq!(back, Pointer { current: one, before: None, confirmed: true, starts: 0 });
        assert_eq!(Pointer::to(two.clone(), None).revert(&two), None, "the packaged one is left");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_the_same_again(pointer in pointer()) {
            prop_assert_eq!(Pointer::parse(&pointer.to_json().unwrap()).unwrap(), pointer);
        }

        #[test]
        fn what_another_release_did_changes_nothing(pointer in pointer(), other in version()) {
            prop_assume!(pointer.current != other);
            let same = Some(pointer.clone());
            prop_assert_eq!(Some(pointer.clone().began(&other)), same.clone());
            prop_assert_eq!(Some(pointer.clone().took_back(&other)), same.clone());
            prop_assert_eq!(Some(pointer.clone().verdict(&other)), same.clone());
            prop_assert_eq!(Some(pointer.clone().confirm(&other)), same.clone());
            prop_assert_eq!(pointer.revert(&other), same);
        }

        #[test]
        fn a_confirmed_release_is_never_exhausted(pointer in pointer(), starts in 0..5) {
            let current = pointer.current.clone();
            let begun = (0..starts).fold(pointer.confirm(&current), |pointer, _| pointer.began(&current));
            prop_assert!(!begun.is_exhausted() && begun.starts == 0);
        }

        #[test]
        fn one_goes_back_to_another_release_than_the_one_on_trial(pointer in pointer(), next in version()) {
            let trial = Pointer::to(next.clone(), Some(pointer));
            prop_assert!(trial.before != Some(next.clone()) && !trial.confirmed && trial.starts == 0);
        }
    }
}
