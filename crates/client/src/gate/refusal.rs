use std::io;

use polder_wire::{Code, UnixSeconds};
use semver::Version;

use super::{Alteration, Facts, Ground};
use crate::chain::chain;
use crate::update::{Announced, MetadataFault, StoreFault, Update, UpdateFault};

/// The way to the newest release, or why there is none. `None` where nobody looked for one.
pub(super) type Offer = Option<Box<Result<Update<Announced>, UpdateFault>>>;

/// Why the gate stays shut.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Signed metadata could not be fetched or does not hold.
    #[error(transparent)]
    Metadata(MetadataFault),
    /// This computer's clock is so wrong that metadata looks expired that may not be.
    #[error("this computer's clock is off by {off_by} seconds")]
    ClockWrong {
        /// Seconds; positive when this clock is ahead of the platform's.
        off_by: i64,
    },
    /// What must be remembered cannot be read or written.
    #[error("the data folder cannot be used")]
    Store(#[source] StoreFault),
    /// There is a newer release.
    #[error("this is version {installed}, the newest is {newest}")]
    Outdated {
        /// The version that runs.
        installed: Version,
        /// The version that should.
        newest: Version,
        /// The way to it, where the gate was given slots.
        offer: Offer,
    },
    /// This very program is not the released one.
    #[error("this program is not the released one: {alteration}")]
    Altered {
        /// How it differs.
        alteration: Alteration,
        /// The way to one that is, where the gate was given slots.
        offer: Offer,
    },
    /// This release was withdrawn.
    #[error("version {version} was withdrawn")]
    Revoked {
        /// Which.
        version: Version,
        /// The way to one that was not, where the gate was given slots.
        offer: Offer,
    },
    /// A newer release could not be put in place.
    #[error("the newest release could not be put in place")]
    Update {
        /// Which, when that is known.
        newest: Option<Version>,
        /// Why.
        #[source]
        fault: UpdateFault,
    },
    /// There is no release for this system.
    #[error("there is no release for {0}")]
    NoRelease(String),
    /// The policy names a newest release that is not signed.
    #[error("version {0} is named as the newest and not signed")]
    Unsigned(Version),
    /// The program was built for no platform.
    #[error("this program was built for no platform")]
    NoDeployment,
    /// The program cannot read its own file.
    #[error("this program cannot read its own file")]
    ProgramUnreadable(#[source] io::Error),
    /// Something broke in here.
    #[error("something unexpected happened")]
    Unexpected(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A clock that is off by less cannot make daily metadata look expired by itself.
const CLOCK_TOLERANCE: i64 = 24 * 60 * 60;

impl Refusal {
    /// What a person is told.
    pub fn code(&self) -> Code {
        match self {
            Self::Metadata(fault) => fault.code(),
            Self::ClockWrong { .. } => Code::ClockWrong,
            Self::Store(fault) => fault.code(),
            Self::Outdated { .. } => Code::Outdated,
            Self::Altered { .. } => Code::Altered,
            Self::Revoked { .. } => Code::Revoked,
            Self::Update { fault, .. } => fault.code(),
            Self::NoRelease(_) => Code::NoRelease,
            Self::Unsigned(_) => Code::MetadataInvalid,
            Self::NoDeployment => Code::NoDeployment,
            Self::ProgramUnreadable(_) | Self::Unexpected(_) => Code::Unexpected,
        }
    }

    /// The version that should run instead.
    pub fn newest(&self) -> Option<&Version> {
        match self {
            Self::Outdated { newest, .. } => Some(newest),
            Self::Update { newest, .. } => newest.as_ref(),
            _ => None,
        }
    }

    /// By how many seconds this clock is ahead of the platform's.
    pub fn clock_off_by(&self) -> Option<i64> {
        match self {
            Self::ClockWrong { off_by } => Some(*off_by),
            _ => None,
        }
    }

    /// Who issued the certificate that came instead of the platform's.
    pub fn issuer(&self) -> Option<&str> {
        match self {
            Self::Metadata(MetadataFault::Transport(error))
            | Self::Update { fault: UpdateFault::Transport(error), .. } => error.issuer(),
            _ => None,
        }
    }

    /// The way to the newest release.
    ///
    /// # Errors
    /// Why there is none: [`Refusal::Update`] where one was looked for, and otherwise this refusal itself.
    pub fn into_update(self) -> Result<Update<Announced>, Self> {
        let newest = self.newest().cloned();
        match self {
            Self::Outdated { offer: Some(offer), .. }
            | Self::Altered { offer: Some(offer), .. }
            | Self::Revoked { offer: Some(offer), .. } => {
                offer.map_err(|fault| Self::Update { newest, fault })
            }
            other => Err(other),
        }
    }

    /// How many bytes are needed and how many are free, when that is what is missing.
    pub fn room(&self) -> Option<(u64, Option<u64>)> {
        match self {
            Self::Update { fault, .. } => fault.room(),
            _ => None,
        }
    }

    /// For IT: reference, code, and every cause, and in a line of its own a foreign issuer. Holds no secrets.
    pub fn details(&self) -> String {
        let code = self.code();
        let issuer = self.issuer().map(|issuer| format!("\nissuer: {issuer}")).unwrap_or_default();
        format!("{} {code}: {}{issuer}", code.reference(), chain(self))
    }

    /// Expired metadata has two explanations; the platform's own clock, heard over a pinned connection,
    /// tells them apart.
    pub(super) fn of_metadata(fault: MetadataFault, clock: UnixSeconds) -> Self {
        if let MetadataFault::Expired { platform_time: Some(time), .. } = &fault {
            let off_by = clock.0.saturating_sub(time.0);
            if off_by.saturating_abs() > CLOCK_TOLERANCE {
                return Self::ClockWrong { off_by };
            }
        }
        Self::Metadata(fault)
    }

    pub(super) fn of_ground(ground: Ground, facts: &Facts, offer: Offer) -> Self {
        match ground {
            Ground::Expired(at) => Self::Metadata(MetadataFault::Expired {
                role: "metadata".to_owned(),
                at,
                platform_time: None,
            }),
            Ground::Revoked => Self::Revoked { version: facts.version.clone(), offer },
            Ground::NoRelease => Self::NoRelease(facts.system.clone()),
            Ground::Outdated(newest) => Self::Outdated { installed: facts.version.clone(), newest, offer },
            Ground::Altered(alteration) => Self::Altered { alteration, offer },
            Ground::Unsigned(version) => Self::Unsigned(version),
        }
    }
}

impl std::fmt::Display for Alteration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Bytes => "its bytes are not the signed ones",
            Self::Signature => "its signature does not hold",
            Self::Version => "no such version was released",
        })
    }
}
