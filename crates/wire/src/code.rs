use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The text names no [`Code`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownCode;

impl fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown code")
    }
}

impl std::error::Error for UnknownCode {}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $reference:literal, $status:literal, $title:literal;)*) => {
        /// Everything that can go wrong and that a person may be told: closed, so that each has its words
        /// (`err-<code>` and `rec-<code>` in every language, tested) and its short reference for IT.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum Code {
            $(
                $(#[$doc])*
                #[cfg_attr(feature = "ts", ts(rename = $text))]
                #[cfg_attr(feature = "openapi", schema(rename = $text))]
                $name,
            )*
        }

        impl Code {
            /// Every code there is.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// As it stands in JSON and in `err-<code>`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// What a person reads out to IT.
            pub fn reference(self) -> &'static str {
                match self { $(Self::$name => $reference),* }
            }

            /// The HTTP status that goes with it; 0 for what only a client meets.
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status),* }
            }

            /// English, for logs.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title),* }
            }
        }

        impl FromStr for Code {
            type Err = UnknownCode;
            fn from_str(text: &str) -> Result<Self, UnknownCode> {
                match text { $($text => Ok(Self::$name),)* _ => Err(UnknownCode) }
            }
        }
    };
}

codes! {
    // What the platform answers.
    /// The request is not one of ours: bad JSON, a missing or unknown field, a bad path.
    Malformed = "malformed", "P-01", 400, "the request could not be read";
    /// E-mail and password do not belong together, or there is no such account: nobody can tell which (B6).
    CredentialsWrong = "credentials-wrong", "S-01", 401, "e-mail and password do not belong together";
    /// The code is wrong or was used before.
    CodeWrong = "code-wrong", "S-02", 401, "the code is wrong or was used before";
    /// The sign-in took too long, had too many wrong codes, or belongs to another device.
    SignInOver = "sign-in-over", "S-03", 401, "the sign-in is over and starts anew";
    /// The access token ran out; the refresh token may still serve.
    AccessExpired = "access-expired", "S-04", 401, "the access token ran out";
    /// The session ended: signed out, ended elsewhere, or its tokens were used twice.
    SessionOver = "session-over", "S-05", 401, "the session is over";
    /// The proof lacks this node's nonce; the answer brings one. Clients try once more by themselves.
    ProofNeeded = "proof-needed", "S-06", 401, "a proof with the given nonce is needed";
    /// The proof of possession is damaged, replayed, or of another key.
    ProofWrong = "proof-wrong", "S-07", 401, "the proof does not hold";
    /// There is no enrolment to confirm, or the person has a second step already.
    EnrolmentNotOpen = "enrolment-not-open", "S-08", 409, "no enrolment is under way";
    /// So many wrong tries at this account that the next one has to wait; the problem says how long (R56).
    TooManyTries = "too-many-tries", "S-20", 429, "too many wrong tries; wait";
    /// A hundred wrong tries in a row by unknown devices: only a known device, a manager or a reset opens it again (R56).
    TriesUsedUp = "tries-used-up", "S-21", 429, "too many wrong tries in a row; closed to unknown devices";
    /// Too many wrong tries came from this address; the problem says until when it waits (R47).
    AddressBlocked = "address-blocked", "S-22", 429, "too many wrong tries from this address; wait";
    /// Signing in is switched off, for the platform, the domain or the person (R57).
    LoginsOff = "logins-off", "S-23", 403, "signing in is switched off";
    /// The recovery code is wrong or was used before (B5).
    RecoveryCodeWrong = "recovery-code-wrong", "S-24", 401, "the recovery code is wrong or was used before";
    /// The domain asks for a second step, so the last one cannot be removed (B17).
    SecondStepRequired = "second-step-required", "S-25", 409, "the domain asks for a second step";
    /// There is no second step that recovery codes could stand in for.
    SecondStepAbsent = "second-step-absent", "S-26", 409, "there is no second step";
    /// The session is locked: it is unlocked first.
    SessionLocked = "session-locked", "S-40", 423, "the session is locked";
    /// The sign-in is not fresh enough for this; the person shows once more who they are (B15).
    FreshSignInNeeded = "fresh-sign-in-needed", "S-41", 403, "a fresh sign-in is needed";
    /// The password of somebody who is signed in is wrong.
    PasswordWrong = "password-wrong", "S-42", 403, "the password is wrong";
    /// A code of the second step is needed as well.
    CodeNeeded = "code-needed", "S-43", 403, "a code is needed as well";
    /// The code from the letter is wrong, was used, or its time is over.
    PasswordCodeWrong = "password-code-wrong", "S-10", 403, "the code for a password does not count";
    /// The new password has too few characters, or too many.
    PasswordTooShort = "password-too-short", "S-11", 422, "the new password is too short";
    /// The new password is one that many people use.
    PasswordCommon = "password-common", "S-12", 422, "the new password is a common one";
    /// The new password is easy to guess.
    PasswordWeak = "password-weak", "S-13", 422, "the new password is easy to guess";
    /// The password until now is another one.
    OldPasswordWrong = "old-password-wrong", "S-14", 403, "the password until now is another one";
    /// Somebody has this e-mail already.
    EmailTaken = "email-taken", "P-10", 409, "there is an account with this e-mail";
    /// The role does not allow it.
    NotAllowed = "not-allowed", "P-02", 403, "the role does not allow it";
    /// There is no such thing, or none that this person may know of (B2).
    NotFound = "not-found", "P-03", 404, "not found";
    /// The route exists with another method.
    MethodNotAllowed = "method-not-allowed", "P-04", 405, "the method is not allowed";
    /// The request is larger than this route takes.
    TooLarge = "too-large", "P-05", 413, "the request is too large";
    /// The body is not JSON.
    NotJson = "not-json", "P-06", 415, "the body is not JSON";
    /// The client is older than the signed policy allows (R66).
    ClientOutdated = "client-outdated", "P-07", 426, "this client is too old";
    /// Something broke on the platform; its log knows more.
    Internal = "internal", "P-08", 500, "something broke on the platform";
    /// More is asked than can be done now; try again soon.
    Busy = "busy", "P-09", 503, "too much is asked at once";

    // What a client meets on the way.
    /// The platform's name could not be looked up, or there is no network.
    Offline = "offline", "N-01", 0, "no network, or the name is unknown";
    /// Nobody listens there.
    Unreachable = "unreachable", "N-02", 0, "the connection was refused";
    /// No answer in time.
    TimedOut = "timed-out", "N-03", 0, "no answer in time";
    /// The certificate is of a known issuer but its key is none that was pinned.
    PinMismatch = "pin-mismatch", "N-04", 0, "the server's key is not a pinned one";
    /// The certificate's issuer is unknown: something sits in between.
    UnknownIssuer = "unknown-issuer", "N-05", 0, "the certificate's issuer is unknown";
    /// The certificate's time is over or has not begun.
    CertificateTime = "certificate-time", "N-06", 0, "the certificate is not valid at this time";
    /// The certificate is for another name.
    CertificateName = "certificate-name", "N-07", 0, "the certificate is for another name";
    /// The certificate is wrong in another way.
    CertificateInvalid = "certificate-invalid", "N-08", 0, "the certificate is not acceptable";
    /// What answers does not speak TLS, or no version or cipher that is allowed.
    NotSecure = "not-secure", "N-09", 0, "no acceptable TLS";
    /// The answer is cut off, too large, a redirect, or not what was asked for.
    AnswerBroken = "answer-broken", "N-10", 0, "the answer is not usable";
    /// The proxy that was set, or that the system names, does not answer.
    ProxyUnreachable = "proxy-unreachable", "N-11", 0, "the proxy does not answer";
    /// The proxy asks for a user and a password, or does not take the ones it got.
    ProxySignIn = "proxy-sign-in", "N-12", 0, "the proxy asks for a user and a password";
    /// The proxy asks for NTLM and takes nothing else.
    ProxyNtlm = "proxy-ntlm", "N-13", 0, "the proxy asks for NTLM";
    /// The proxy asks for Negotiate (Kerberos) and takes nothing else.
    ProxyNegotiate = "proxy-negotiate", "N-14", 0, "the proxy asks for Negotiate";
    /// The proxy answers, and does not connect.
    ProxyRefused = "proxy-refused", "N-15", 0, "the proxy does not connect";
    /// The system finds its proxy by a script, which is not supported.
    ProxyPac = "proxy-pac", "N-16", 0, "the system's proxy is found by a PAC script";

    // What keeps the gate shut.
    /// The release metadata is out of date: nobody can tell whether this is the newest version.
    MetadataExpired = "metadata-expired", "G-01", 0, "the release metadata has expired";
    /// Signatures are missing or wrong, or files do not belong together.
    MetadataInvalid = "metadata-invalid", "G-02", 0, "the release metadata is not properly signed";
    /// Older metadata than was seen before.
    MetadataRolledBack = "metadata-rolled-back", "G-03", 0, "the release metadata is older than known";
    /// This computer's clock is so wrong that nothing can be said.
    ClockWrong = "clock-wrong", "G-04", 0, "the clock is wrong";
    /// What must be remembered cannot be written.
    StoreUnwritable = "store-unwritable", "G-05", 0, "the data folder cannot be written";
    /// The disk is full.
    DiskFull = "disk-full", "G-06", 0, "the disk is full";
    /// There is a newer release.
    Outdated = "outdated", "G-07", 0, "a newer release exists";
    /// This very program is not the released one.
    Altered = "altered", "G-08", 0, "this program is not the released one";
    /// This release was withdrawn.
    Revoked = "revoked", "G-09", 0, "this release was withdrawn";
    /// There is no release for this system.
    NoRelease = "no-release", "G-10", 0, "there is no release for this system";
    /// The program was built for no platform.
    NoDeployment = "no-deployment", "G-11", 0, "built for no platform";

    // What keeps a newer version from being put in place.
    /// The new version came in cut off or damaged; nothing was changed.
    UpdateInterrupted = "update-interrupted", "U-01", 0, "the update came in cut off or damaged";
    /// The disk, or what this person may use of it, is too full for the new version.
    NoRoom = "no-room", "U-02", 0, "there is no room for the update";
    /// The person's folder cannot be written, or no program may be started from it.
    FolderCannotHoldPrograms = "folder-cannot-hold-programs", "U-03", 0, "the folder cannot hold programs";
    /// The new version was tried before and did not start.
    ReleaseDoesNotStart = "release-does-not-start", "U-04", 0, "the release does not start here";
    /// Another Polder of this person is putting a version in place.
    UpdateBusy = "update-busy", "U-05", 0, "another update is under way";
    /// The update file is another deployment's.
    UpdateFileForeign = "update-file-foreign", "U-06", 0, "the update file is of another deployment";
    /// The update file is older than what is known, or its time is over.
    UpdateFileOld = "update-file-old", "U-07", 0, "the update file is too old";
    /// The update file is none, or not whole.
    UpdateFileDamaged = "update-file-damaged", "U-08", 0, "the update file is damaged";
    /// The release as it was published is not signed as it must be.
    ReleaseDoesNotHold = "release-does-not-hold", "U-09", 0, "the release is not properly signed";
    /// There is nowhere to put a version: this program was not started by its launcher.
    NoSlots = "no-slots", "U-10", 0, "there is no place for versions";
    /// The newest release is not offered as something to be fetched.
    UpdateNotOffered = "update-not-offered", "U-11", 0, "the release cannot be fetched";
    /// The newest version is in place already.
    NothingNewer = "nothing-newer", "U-12", 0, "there is nothing newer";
    /// What was chosen as update file cannot be read, or is a folder, pipe, socket or device.
    UpdateFileUnreadable = "update-file-unreadable", "U-13", 0, "the update file cannot be read";
    /// macOS runs the program from a read-only place of its own, as it does with what was only downloaded.
    Translocated = "translocated", "U-14", 0, "the program runs from a place that macOS made for it";
    /// Another program, such as a virus scanner, holds a file of the update and lets nobody else at it.
    FileHeld = "file-held", "U-15", 0, "another program holds a file of the update";

    // What keeps a sign-in from being remembered.
    /// The system has no keychain, or it does not run.
    KeychainAbsent = "keychain-absent", "K-01", 0, "no keychain";
    /// The keychain is locked or access was declined.
    KeychainLocked = "keychain-locked", "K-02", 0, "the keychain is locked";
    /// The keychain did not answer in time.
    KeychainTimedOut = "keychain-timed-out", "K-03", 0, "the keychain did not answer in time";
    /// What the keychain holds is not what Polder put there.
    KeychainDamaged = "keychain-damaged", "K-04", 0, "the keychain's item is damaged";
    /// The keychain failed in another way.
    KeychainFailed = "keychain-failed", "K-05", 0, "the keychain failed";

    /// Something broke in the client; its log knows more.
    Unexpected = "unexpected", "C-01", 0, "something unexpected happened";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_code_reads_back_and_no_two_share_a_name_or_a_reference() {
        let mut texts = HashSet::new();
        let mut references = HashSet::new();
        for &code in Code::ALL {
            assert_eq!(code.as_str().parse(), Ok(code));
            assert!(texts.insert(code.as_str()), "{code} twice");
            assert!(references.insert(code.reference()), "{} twice", code.reference());
        }
    }
}
