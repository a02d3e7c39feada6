//! Which problems an operation may answer: what its action can meet, and what comes with what it takes.

use std::collections::{BTreeMap, BTreeSet};

use polder_wire::{Code, Method};

use super::{Needs, Operation, needs};
use crate::rights::ActionKind;

/// Each status with its codes, in words.
pub(super) fn by_status(operation: &Operation) -> BTreeMap<u16, String> {
    let mut found: BTreeMap<u16, BTreeSet<&str>> = BTreeMap::new();
    for code in codes(operation) {
        found.entry(code.status()).or_default().insert(code.as_str());
    }
    let words = |codes: BTreeSet<&str>| {
        let codes: Vec<_> = codes.into_iter().map(|code| format!("`{code}`")).collect();
        format!("Not done. The problem's code: {}.", codes.join(", "))
    };
    found.into_iter().map(|(status, codes)| (status, words(codes))).collect()
}

fn codes(operation: &Operation) -> impl Iterator<Item = Code> {
    let needs = needs(operation.action);
    let when = |holds: bool, codes: &'static [Code]| if holds { codes } else { &[] };
    [
        &[Code::Internal, Code::Busy],
        when(needs >= Needs::Client, &[Code::ClientOutdated]),
        when(needs >= Needs::Proof, &[Code::Malformed, Code::ProofNeeded, Code::ProofWrong]),
        when(needs >= Needs::LockedSession, &[Code::AccessExpired, Code::SessionOver]),
        when(needs == Needs::Session, &[Code::SessionLocked]),
        when(operation.action.needs_fresh(), &[Code::FreshSignInNeeded]),
        when(operation.method == Method::Post, &[Code::Malformed, Code::TooLarge, Code::NotJson]),
        when(operation.template.contains('{'), &[Code::NotFound]),
        of_action(operation.action),
    ]
    .into_iter()
    .flatten()
    .copied()
}

fn of_action(action: ActionKind) -> &'static [Code] {
    match action {
        ActionKind::SignIn => &[
            Code::CredentialsWrong,
            Code::CodeWrong,
            Code::RecoveryCodeWrong,
            Code::SignInOver,
            Code::EnrolmentNotOpen,
            Code::TooManyTries,
            Code::TriesUsedUp,
            Code::AddressBlocked,
            Code::LoginsOff,
        ],
        ActionKind::ChangeSecondStep => {
            &[Code::CodeWrong, Code::EnrolmentNotOpen, Code::SecondStepAbsent, Code::SecondStepRequired]
        }
        ActionKind::UnlockPerson | ActionKind::SwitchLogins => &[Code::NotAllowed, Code::NotFound],
        ActionKind::SendLetter => &[Code::NotAllowed, Code::NotFound, Code::PasswordThere],
        ActionKind::TakeSecondStep => &[Code::NotAllowed, Code::NotFound, Code::SecondStepAbsent],
        ActionKind::RefreshSession | ActionKind::EndSession => &[Code::SessionOver],
        ActionKind::ProveAgain | ActionKind::UnlockSession => {
            &[Code::PasswordWrong, Code::CodeNeeded, Code::CodeWrong]
        }
        ActionKind::SetPassword => &[
            Code::PasswordCodeWrong,
            Code::AddressBlocked,
            Code::PasswordTooShort,
            Code::PasswordCommon,
            Code::PasswordWeak,
            Code::LoginsOff,
        ],
        ActionKind::ChangePassword => &[
            Code::OldPasswordWrong,
            Code::CodeNeeded,
            Code::CodeWrong,
            Code::PasswordTooShort,
            Code::PasswordCommon,
            Code::PasswordWeak,
        ],
        ActionKind::AddPerson => &[Code::NotAllowed, Code::EmailTaken],
        ActionKind::ListPeople | ActionKind::SetPasswordMinimum => &[Code::NotAllowed],
        ActionKind::AskForPassword
        | ActionKind::ReadPasswordRules
        | ActionKind::WhoAmI
        | ActionKind::LookAtSecondStep
        | ActionKind::ListDevices
        | ActionKind::EndDevice
        | ActionKind::EndOthers
        | ActionKind::LockSession
        | ActionKind::WatchEvents
        | ActionKind::ListProjects
        | ActionKind::OpenProject
        | ActionKind::ReadSketch
        | ActionKind::ReadLayer
        | ActionKind::ReadApiDescription
        | ActionKind::FetchRelease => &[],
    }
}
