use polder_wire::{Secret, UnixSeconds};
use serde::{Deserialize, Serialize};

/// For how long a letter is tried to be sent that has no end of its own.
const KEEP_SECONDS: i64 = 14 * 24 * 60 * 60;

/// What a person is told by mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Letter {
    /// Somebody made them an account; the code lets them set the first password (R20).
    FirstPassword {
        /// As it is typed, in groups.
        #[serde(serialize_with = "Secret::expose_to")]
        code: Secret,
        /// The domain that they now belong to.
        domain_name: String,
        /// Until when the code is good.
        until: UnixSeconds,
    },
    /// Somebody, perhaps they, asked for a new password (B9).
    Reset {
        /// As it is typed, in groups.
        #[serde(serialize_with = "Secret::expose_to")]
        code: Secret,
        /// Until when the code is good.
        until: UnixSeconds,
    },
    /// The password was changed, or set with a code.
    PasswordChanged,
    /// The e-mail was changed. Post it before the change, so that it goes to the address before.
    EmailChanged,
    /// A recovery code took the place of a code from the authenticator.
    RecoveryCodeUsed {
        /// How many are left.
        left: u32,
    },
    /// Somebody guessed at the password or the codes, and sign-ins rest for a while.
    SignInsLocked {
        /// How many tries failed.
        failures: u32,
        /// Until when; none when only a known device, a manager or a reset opens it again.
        until: Option<UnixSeconds>,
    },
    /// Two held the same token, so the session was ended.
    SessionEndedByReuse {
        /// The device's name, as its owner knows it.
        device: String,
    },
    /// Somebody signed in on a device that was not seen before.
    NewDevice {
        /// The device's name, as its owner knows it.
        device: String,
    },
    /// The second step was set up, replaced or removed.
    SecondStepChanged,
    /// A manager or an operator took the second step away, because it was lost, and the password with it.
    SecondStepTaken {
        /// To begin anew with; as it is typed, in groups.
        #[serde(serialize_with = "Secret::expose_to")]
        code: Secret,
        /// Until when the code is good.
        until: UnixSeconds,
    },
}

impl Letter {
    /// For the log: which kind, and nothing of what it says.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::FirstPassword { .. } => "first-password",
            Self::Reset { .. } => "reset",
            Self::PasswordChanged => "password-changed",
            Self::EmailChanged => "email-changed",
            Self::RecoveryCodeUsed { .. } => "recovery-code-used",
            Self::SignInsLocked { .. } => "sign-ins-locked",
            Self::SessionEndedByReuse { .. } => "session-ended-by-reuse",
            Self::NewDevice { .. } => "new-device",
            Self::SecondStepChanged => "second-step-changed",
            Self::SecondStepTaken { .. } => "second-step-taken",
        }
    }

    /// Until when it is worth sending. A code that ran out is not.
    pub(super) fn keep_until(&self, posted_at: UnixSeconds) -> UnixSeconds {
        match self {
            Self::FirstPassword { until, .. }
            | Self::Reset { until, .. }
            | Self::SecondStepTaken { until, .. } => *until,
            _ => posted_at.plus(KEEP_SECONDS),
        }
    }
}
