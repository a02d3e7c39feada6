//! What crosses between Rust and the page, besides the types of `wire`. `ui/src/lib/bindings` is made from
//! these (`POLDER_WRITE_BINDINGS=1 cargo test -p polder-desktop`), and a test holds it against them.

use polder_client::gate::{Progress, Step};
use polder_client::session::{self, Session};
use polder_wire::sign_in::Me;
use polder_wire::{Code, UnixSeconds};
use semver::Version;
use serde::Serialize;
use ts_rs::TS;

use super::network::NetworkField;

/// What the gate is doing.
#[derive(Debug, Clone, Copy, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum GateStep {
    Reaching,
    Verifying,
    Comparing,
    Downloading,
    Unpacking,
    Starting,
}

/// How far the gate is.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct GateProgress {
    step: GateStep,
    /// Bytes that were verified, fetched or unpacked so far, whichever the step does.
    #[ts(type = "number")]
    done: u64,
    /// Of so many; 0 while that is not known.
    #[ts(type = "number")]
    total: u64,
    /// The version that is being put in place; null while the gate only checks.
    version: Option<String>,
}

/// The gate is open.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Admitted {
    pub(crate) version: String,
    #[ts(type = "number")]
    pub(crate) checked_at: UnixSeconds,
    pub(crate) host: String,
    pub(crate) verified: Verified,
}

/// What the gate opened for.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Verified {
    /// SHA-256 of this program, in hexadecimal.
    pub(crate) program: String,
    /// The key of its independent signature, as minisign writes it.
    pub(crate) key: String,
    /// Until when the signed list of releases may be believed.
    #[ts(type = "number")]
    pub(crate) valid_until: UnixSeconds,
}

/// The gate stays shut.
#[derive(Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Refused {
    pub(crate) code: Code,
    pub(crate) reference: String,
    #[ts(type = "number")]
    pub(crate) at: UnixSeconds,
    pub(crate) version: String,
    pub(crate) newest: Option<String>,
    /// Seconds; positive when this clock is ahead.
    #[ts(type = "number | null")]
    pub(crate) clock_off_by: Option<i64>,
    pub(crate) host: String,
    /// Who issued the certificate that came instead of the platform's, by that certificate's own word.
    pub(crate) issuer: Option<String>,
    /// How much room the newest version wants, when that is what is missing.
    pub(crate) room: Option<Room>,
    /// For IT.
    pub(crate) details: String,
}

/// Room on the disk that an update would be put on, in bytes.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub(crate) struct Room {
    #[ts(type = "number")]
    pub(crate) needed: u64,
    #[ts(type = "number")]
    pub(crate) free: u64,
}

/// Something asked for did not happen.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failure {
    code: Code,
    reference: &'static str,
    retry_after: Option<u32>,
    /// The platform's clock beside this one's, where a code was not right.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    clock: Option<Clocks>,
    /// Which field of a form does not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    field: Option<NetworkField>,
}

/// What time it was at the platform and here.
#[derive(Debug, Clone, Copy, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Clocks {
    #[ts(type = "number")]
    platform: UnixSeconds,
    #[ts(type = "number")]
    here: UnixSeconds,
    /// How many seconds the authenticator is ahead, where the platform could tell.
    #[ts(type = "number | null")]
    authenticator_ahead: Option<i64>,
}

/// Whether this device stays signed in when the program ends.
#[derive(Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Remembered {
    kept: bool,
    /// Why not, where the person wanted it.
    why: Option<Code>,
}

/// Somebody is signed in.
#[derive(Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignedIn {
    pub(crate) me: Me,
    pub(crate) remembered: Remembered,
}

/// Somebody set up the second step and is signed in.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Enrolled {
    pub(crate) me: Me,
    pub(crate) remembered: Remembered,
    /// Shown once.
    pub(crate) recovery: Vec<String>,
}

/// Somebody signed in with a recovery code.
#[derive(Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Recovered {
    pub(crate) me: Me,
    pub(crate) remembered: Remembered,
    /// How many recovery codes are left.
    pub(crate) left: u32,
}

/// Whether an earlier sign-in still holds.
#[derive(Debug, Serialize, TS)]
#[serde(tag = "state", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub(crate) enum Resumed {
    SignedIn {
        me: Me,
        remembered: Remembered,
    },
    /// Signed in, and locked.
    Locked {
        me: Me,
        /// Whether unlocking takes a code as well.
        code: bool,
    },
    SignedOut {
        why: Option<Code>,
    },
}

/// What comes after a right password.
#[derive(Debug, Serialize, TS)]
#[serde(tag = "step", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub(crate) enum Next {
    Code { domain_name: String },
    Enrol { domain_name: String },
    Done { me: Me, remembered: Remembered },
}

/// What goes into an authenticator. This and recovery codes are the only secrets that the page is given to show.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Enrolment {
    /// A picture, as a data URL.
    pub(crate) qr: String,
    /// The same to type, in groups of four.
    pub(crate) key: String,
}

/// What a new password is worth.
#[derive(Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Strength {
    /// From 0 (the first guess) to 4 (beyond guessing).
    score: u8,
    /// So many characters are missing.
    missing: u32,
    /// The platform takes it, unless many people use it.
    enough: bool,
    /// What would make it better, the most telling first.
    hints: Vec<Hint>,
}

/// What is wrong with a password, or would make it better.
#[derive(Debug, Clone, Copy, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Hint {
    KeyboardRows,
    Repeats,
    Common,
    LikeCommon,
    Sequences,
    Dates,
    OneWord,
    Names,
    FewWords,
    MoreWords,
    Capitals,
    Reversed,
    Substitutions,
}

impl From<session::Strength> for Strength {
    fn from(strength: session::Strength) -> Self {
        let session::Strength { score, missing, enough, hints } = strength;
        Self { score, missing, enough, hints: hints.into_iter().map(Hint::from).collect() }
    }
}

impl From<session::Hint> for Hint {
    fn from(hint: session::Hint) -> Self {
        match hint {
            session::Hint::KeyboardRows => Self::KeyboardRows,
            session::Hint::Repeats => Self::Repeats,
            session::Hint::Common => Self::Common,
            session::Hint::LikeCommon => Self::LikeCommon,
            session::Hint::Sequences => Self::Sequences,
            session::Hint::Dates => Self::Dates,
            session::Hint::OneWord => Self::OneWord,
            session::Hint::Names => Self::Names,
            session::Hint::FewWords => Self::FewWords,
            session::Hint::MoreWords => Self::MoreWords,
            session::Hint::Capitals => Self::Capitals,
            session::Hint::Reversed => Self::Reversed,
            session::Hint::Substitutions => Self::Substitutions,
        }
    }
}

impl Resumed {
    /// With what there is of the session: nothing but whose it is while it is locked.
    pub(crate) fn signed_in(session: &Session) -> Self {
        if session.is_locked() {
            let me = session.me().clone();
            let code = session.policy().unlock_code && me.second_step;
            return Self::Locked { me, code };
        }
        let SignedIn { me, remembered } = SignedIn::of(session);
        Self::SignedIn { me, remembered }
    }
}

impl SignedIn {
    pub(crate) fn of(session: &Session) -> Self {
        Self { me: session.me().clone(), remembered: session.remembered().into() }
    }
}

impl From<session::Remembered> for Remembered {
    fn from(remembered: session::Remembered) -> Self {
        match remembered {
            session::Remembered::Kept => Self { kept: true, why: None },
            session::Remembered::ThisRunOnly(why) => Self { kept: false, why },
        }
    }
}

impl From<session::Failure> for Failure {
    fn from(failure: session::Failure) -> Self {
        let session::Failure { code, retry_after, clock } = failure;
        let clock = clock.map(|session::Clocks { platform, here, authenticator_ahead }| Clocks {
            platform,
            here,
            authenticator_ahead,
        });
        Self { code, reference: code.reference(), retry_after, clock, field: None }
    }
}

impl Failure {
    /// This went wrong, and nothing more is to be said.
    pub(crate) fn of(code: Code) -> Self {
        Self { code, reference: code.reference(), retry_after: None, clock: None, field: None }
    }

    /// What was typed into a field does not read.
    pub(crate) fn of_field(field: NetworkField) -> Self {
        Self { field: Some(field), ..Self::of(Code::Malformed) }
    }
}

impl GateProgress {
    pub(crate) fn of(Progress { step, done, total }: Progress, version: Option<&Version>) -> Self {
        Self { step: step.into(), done, total, version: version.map(ToString::to_string) }
    }

    pub(crate) fn starting(version: &Version) -> Self {
        Self { step: GateStep::Starting, done: 0, total: 0, version: Some(version.to_string()) }
    }
}

impl From<Step> for GateStep {
    fn from(step: Step) -> Self {
        match step {
            Step::Reaching => Self::Reaching,
            Step::Verifying => Self::Verifying,
            Step::Comparing => Self::Comparing,
            Step::Downloading => Self::Downloading,
            Step::Unpacking => Self::Unpacking,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;
    use std::path::Path;

    use polder_wire::project::{Listed, Opened, Sketch};
    use polder_wire::second_step::Standing;
    use ts_rs::Config;

    use super::*;
    use crate::appearance::ThemeChoice;
    use crate::ipc::network::{Network, NetworkChange};
    use crate::ipc::session::{LockSettings, MyDevices};
    use crate::ipc::update::{Update, WhatsNew};
    use crate::ipc::window::Screen;
    use crate::live::Happened;

    fn export(folder: &Path) {
        let config = Config::new().with_out_dir(folder);
        GateProgress::export_all(&config).unwrap();
        ThemeChoice::export_all(&config).unwrap();
        Screen::export_all(&config).unwrap();
        Update::export_all(&config).unwrap();
        WhatsNew::export_all(&config).unwrap();
        Sketch::export_all(&config).unwrap();
        Admitted::export_all(&config).unwrap();
        Refused::export_all(&config).unwrap();
        Failure::export_all(&config).unwrap();
        SignedIn::export_all(&config).unwrap();
        Resumed::export_all(&config).unwrap();
        Next::export_all(&config).unwrap();
        Enrolment::export_all(&config).unwrap();
        polder_wire::password::PasswordRules::export_all(&config).unwrap();
        Strength::export_all(&config).unwrap();
        Enrolled::export_all(&config).unwrap();
        Recovered::export_all(&config).unwrap();
        Standing::export_all(&config).unwrap();
        Listed::export_all(&config).unwrap();
        Opened::export_all(&config).unwrap();
        Network::export_all(&config).unwrap();
        MyDevices::export_all(&config).unwrap();
        LockSettings::export_all(&config).unwrap();
        Happened::export_all(&config).unwrap();
        NetworkChange::export_all(&config).unwrap();
        polder_wire::people::Colleague::export_all(&config).unwrap();
    }

    fn files(folder: &Path) -> BTreeMap<String, String> {
        let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
        entries
            .map(|entry| {
                (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap())
            })
            .collect()
    }

    #[test]
    fn the_pages_types_are_those_of_rust() {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/lib/bindings");
        if std::env::var_os("POLDER_WRITE_BINDINGS").is_some() {
            fs::remove_dir_all(&committed).unwrap();
            export(&committed);
        }
        let folder = tempfile::tempdir().unwrap();
        export(folder.path());
        let (committed, made) = (files(&committed), files(folder.path()));
        let names: BTreeSet<_> = committed.keys().chain(made.keys()).collect();
        let stale: Vec<_> = names.into_iter().filter(|&name| committed.get(name) != made.get(name)).collect();
        assert!(
            stale.is_empty(),
            "make them anew (POLDER_WRITE_BINDINGS=1 cargo test -p polder-desktop): {stale:?}"
        );
    }
}
