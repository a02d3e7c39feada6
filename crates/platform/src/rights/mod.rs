//! Who may do what: one pure function, and the only maker of [`Authorized`].

mod action;
mod authorized;
mod decide;
mod project;

pub use action::{
    Action, ActionKind, AddPerson, AskForPassword, ChangePassword, ChangeSecondStep, EndDevice, EndOthers,
    EndSession, FetchRelease, ListDevices, ListPeople, ListProjects, LockSession, LookAtSecondStep,
    OpenProject, ProveAgain, ReadApiDescription, ReadLayer, ReadPasswordRules, ReadSketch, RefreshSession,
    SendLetter, SetPassword, SetPasswordMinimum, SignIn, SwitchLogins, TakeSecondStep, UnlockPerson,
    UnlockSession, WatchEvents, WhoAmI,
};
pub use authorized::{
    Authorized, ByAnyone, ByDevice, Family, OnColleague, OnOwnAccount, OnOwnDomain, OnOwnPeople,
    OnOwnSession, OnPerson, OnProject,
};
pub use decide::{Actor, Decision, Person, Resource, Why, WhyNot, decide};
pub use project::{OthersAccess, ProjectFacts, project_access};

use polder_wire::rights::{Access, Role};

/// As it stands in the database.
pub fn role_text(role: Role) -> &'static str {
    match role {
        Role::Viewer => "viewer",
        Role::Host => "host",
        Role::Editor => "editor",
        Role::Manager => "manager",
    }
}

/// Reads [`role_text`].
pub fn role_from(text: &str) -> Option<Role> {
    Some(match text {
        "viewer" => Role::Viewer,
        "host" => Role::Host,
        "editor" => Role::Editor,
        "manager" => Role::Manager,
        _ => return None,
    })
}

/// As it stands in the database.
pub fn access_text(access: Access) -> &'static str {
    match access {
        Access::Read => "read",
        Access::Write => "write",
    }
}

/// Reads [`access_text`].
pub fn access_from(text: &str) -> Option<Access> {
    Some(match text {
        "read" => Access::Read,
        "write" => Access::Write,
        _ => return None,
    })
}
