//! What policy says, what it may say next, and how pins follow each other.

mod pins;
mod step;

use std::collections::BTreeMap;

use polder_wire::UnixSeconds;
use polder_wire::update::Policy;
use semver::Version;
use serde::{Deserialize, Serialize};

pub use pins::{Pin, Pins};
pub use step::step;

/// The target that holds [`Pins`].
pub const PINS_TARGET: &str = "pins.json";
/// The longest that targets metadata counts: 90 days, in seconds.
pub const TARGETS_TERM: i64 = 90 * 24 * 60 * 60;
/// How long a proposal may be under way before it is published: 14 days, in seconds.
pub const PROPOSAL_LIFE: i64 = 14 * 24 * 60 * 60;
/// How long a pin stands among the next ones before the platform may serve it, counted from the `issued` of the
/// policy that brought it. That policy is published [`PROPOSAL_LIFE`] later at most, and metadata from before it
/// counts for [`TARGETS_TERM`] from then at most; so whatever metadata a client still believes names the pin.
pub const PIN_WAIT: i64 = TARGETS_TERM + PROPOSAL_LIFE;

/// A policy that must not follow, or not be at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyFault {
    /// The first policy must say all that later ones may leave as it is.
    #[error("the first policy says {0}")]
    First(&'static str),
    /// Another format.
    #[error("policy and pins are of schema 1")]
    Schema,
    /// Clients take the policy's time for a floor under their clocks.
    #[error("it is not issued after the one before")]
    Issued,
    /// A version goes back.
    #[error("{what} goes back from {before} to {after}")]
    Back {
        /// `min_version`, or the newest of a system.
        what: String,
        /// Published.
        before: Version,
        /// Proposed.
        after: Version,
    },
    /// A system that had releases has none.
    #[error("{0} has no newest release any more")]
    Gone(String),
    /// Nothing that is published for this system would be let in.
    #[error("the lowest version let in, {min}, is above {newest}, the newest for {system}")]
    ShutOut {
        /// The system.
        system: String,
        /// Lowest version let in.
        min: Version,
        /// Its newest.
        newest: Version,
    },
    /// Not 64 digits of lower-case hexadecimal.
    #[error("\"{0}\" is no SHA-256")]
    Hash(String),
    /// What is revoked stays revoked.
    #[error("{0} would not be revoked any more")]
    Unrevoked(String),
    /// Not 32 bytes in Base64.
    #[error("\"{0}\" is no pin: SHA-256 of a public key (SPKI), in Base64")]
    NoPin(String),
    /// `policy.json` and `pins.json` name different next pins, or one twice.
    #[error("policy and pins name different next pins")]
    PinsDiffer,
    /// The time since when a pin stands there is not the one that was published.
    #[error("pin {0} would stand there since another time than it does")]
    Since(Pin),
    /// Served before every client that still believes its metadata has met it.
    #[error(
        "pin {pin} may serve from {from} on at the earliest: {PIN_WAIT} seconds after it became a next pin"
    )]
    TooEarly {
        /// Which.
        pin: Pin,
        /// RFC 3339.
        from: String,
    },
    /// Nobody was told of it.
    #[error("pin {0} was never published as a next pin")]
    Unknown(Pin),
    /// One step takes the old way away before anybody went the new one.
    #[error("the pin that serves changes; no other pin may be dropped in the same step: {0}")]
    Both(Pin),
    /// The platform serves it, and clients may know it from policy alone.
    #[error(
        "pin {0} serves; it may be dropped only once the lowest version let in, as published, has it built in"
    )]
    Serves(Pin),
    /// It served a short while ago, and might have to again.
    #[error("pin {pin} served until a short while ago; it may be dropped from {from} on")]
    Served {
        /// Which.
        pin: Pin,
        /// RFC 3339.
        from: String,
    },
}

/// Policy and pins as they stand in one targets metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// `policy.json`, which clients read.
    pub policy: Policy,
    /// `pins.json`, which is for who signs.
    pub pins: Pins,
}

/// What is to become different.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Change {
    /// Lowest version let in.
    pub min_version: Option<Version>,
    /// Newest release by system.
    pub newest: BTreeMap<String, Version>,
    /// SHA-256 of programs that must not run, besides those before.
    pub revoke: Vec<String>,
    /// Pins that clients accept from now on.
    pub next_pins: Vec<Pin>,
    /// Next pins that they do not any more.
    pub drop_pins: Vec<Pin>,
    /// What the platform serves from now on.
    pub serving: Option<Pin>,
    /// From which version on clients have a pin built in.
    pub built_in: BTreeMap<Pin, Version>,
}

impl Change {
    /// This and then the other.
    #[must_use]
    pub fn and(mut self, then: Self) -> Self {
        self.min_version = then.min_version.or(self.min_version);
        self.newest.extend(then.newest);
        self.revoke.extend(then.revoke);
        self.next_pins.extend(then.next_pins);
        self.drop_pins.extend(then.drop_pins);
        self.serving = then.serving.or(self.serving);
        self.built_in.extend(then.built_in);
        self
    }

    /// What stands then, at this time; held against what stood before.
    ///
    /// # Errors
    /// When it may not follow: [`step`].
    pub fn apply(&self, before: Option<&Stand>, issued: UnixSeconds) -> Result<Stand, PolicyFault> {
        let min = before.map(|stand| &stand.policy.min_version);
        let min_version = self.min_version.as_ref().or(min);
        let min_version = min_version.ok_or(PolicyFault::First("the lowest version let in"))?.clone();
        let mut newest = before.map(|stand| stand.policy.newest.clone()).unwrap_or_default();
        newest.extend(self.newest.clone());
        let mut revoked = before.map(|stand| stand.policy.revoked.clone()).unwrap_or_default();
        let new = self.revoke.iter().filter(|hash| !revoked.contains(hash)).cloned().collect::<Vec<_>>();
        revoked.extend(new);
        let pins = Pins::next(before.map(|stand| &stand.pins), self, issued)?;
        let next_pins = pins.next.keys().map(ToString::to_string).collect();
        let policy = Policy { schema: 1, issued, min_version, newest, revoked, next_pins };
        let after = Stand { policy, pins };
        step(before, &after)?;
        Ok(after)
    }
}
