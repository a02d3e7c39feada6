use polder_wire::rights::{Access, Role};
use polder_wire::{Code, DomainId, SessionId, UserId};

use super::action::ActionKind;
use super::project::{ProjectFacts, project_access};

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Nobody who is known, perhaps with a device key that is being proven.
    Anyone,
    /// Somebody who signed in.
    Person(Person),
}

/// Somebody who signed in, as the database says at this moment: a changed role counts at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    /// The account.
    pub user: UserId,
    /// Its domain.
    pub domain: DomainId,
    /// Its role there.
    pub role: Role,
    /// The device's session.
    pub session: SessionId,
    /// Whether they signed in, or showed again who they are, in the last minutes (B15).
    pub fresh: bool,
}

/// For logs: ids only.
impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Anyone => f.write_str("anyone"),
            Self::Person(person) => write!(f, "{}", person.user),
        }
    }
}

/// What something is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// What the platform shows to everybody.
    Public,
    /// A sign-in or session that a token in the request names.
    Sessions,
    /// The account of a person.
    Account {
        /// Where it belongs.
        domain: DomainId,
        /// Whose it is.
        user: UserId,
    },
    /// The account of a person, with how high they stand.
    Colleague {
        /// Where it would belong.
        domain: DomainId,
        /// Whose it is.
        user: UserId,
        /// Their role there; none where there is nobody like that.
        role: Option<Role>,
    },
    /// The people of a domain and the rules for them.
    People {
        /// Whose they are.
        domain: DomainId,
    },
    /// All projects of a domain.
    Projects {
        /// Whose they are.
        domain: DomainId,
    },
    /// One project.
    Project(ProjectFacts),
}

/// The answer, with its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Go ahead.
    Allowed(Why),
    /// No.
    Denied(WhyNot),
}

/// Why something is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It is for everybody.
    Public,
    /// The flow itself judges what was brought along.
    JudgedByTheFlow,
    /// It is one's own account.
    Oneself,
    /// It is one's own domain.
    Member,
    /// The project is one's own.
    Owns,
    /// The project was granted by name.
    Granted,
    /// The project is shared with everybody in the domain.
    SharedWithDomain,
    /// Domain managers may.
    ManagesDomain,
}

/// Why something is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyNot {
    /// Nobody signed in.
    NotSignedIn,
    /// It belongs to another domain.
    OtherDomain,
    /// It is somebody else's.
    NotOneself,
    /// Nobody granted it.
    NotGranted,
    /// Only domain managers may.
    NotManager,
    /// Nobody does this to their own account.
    ToOneself,
    /// There is nobody like that.
    Nobody,
    /// They stand as high as whoever asks, or higher (B17).
    StandsAsHigh,
    /// They would be let, but signed in too long ago.
    NotFresh,
    /// The action is not meant for such a thing; a mistake in the program.
    WrongResource,
}

impl WhyNot {
    /// What the person is told. What exists elsewhere or for others does not exist at all (B2).
    pub fn code(self) -> Code {
        match self {
            Self::NotSignedIn => Code::SessionOver,
            Self::NotManager | Self::ToOneself | Self::StandsAsHigh => Code::NotAllowed,
            Self::OtherDomain | Self::NotOneself | Self::NotGranted | Self::Nobody => Code::NotFound,
            Self::NotFresh => Code::FreshSignInNeeded,
            Self::WrongResource => Code::Internal,
        }
    }
}

/// The rules, all of them. Pure: what it must know stands in its arguments.
pub fn decide(actor: &Actor, action: ActionKind, resource: &Resource) -> Decision {
    match (granted(actor, action, resource), actor) {
        // Asked last: what does not exist for somebody does not begin to by a password (B2).
        (Decision::Allowed(_), Actor::Person(person)) if action.needs_fresh() && !person.fresh => {
            Decision::Denied(WhyNot::NotFresh)
        }
        (decision, _) => decision,
    }
}

/// What is granted to whom, whatever the state of their session.
fn granted(actor: &Actor, action: ActionKind, resource: &Resource) -> Decision {
    use Decision::{Allowed, Denied};
    match action {
        ActionKind::ReadApiDescription | ActionKind::FetchRelease => match resource {
            Resource::Public => Allowed(Why::Public),
            Resource::Sessions
            | Resource::Account { .. }
            | Resource::Colleague { .. }
            | Resource::People { .. }
            | Resource::Projects { .. }
            | Resource::Project(_) => Denied(WhyNot::WrongResource),
        },
        ActionKind::SignIn
        | ActionKind::AskForPassword
        | ActionKind::SetPassword
        | ActionKind::RefreshSession
        | ActionKind::EndSession => match resource {
            Resource::Sessions => Allowed(Why::JudgedByTheFlow),
            Resource::Public
            | Resource::Account { .. }
            | Resource::Colleague { .. }
            | Resource::People { .. }
            | Resource::Projects { .. }
            | Resource::Project(_) => Denied(WhyNot::WrongResource),
        },
        ActionKind::UnlockPerson | ActionKind::SwitchLogins | ActionKind::SendLetter => {
            match (actor, resource) {
                (Actor::Anyone, _) => Denied(WhyNot::NotSignedIn),
                (Actor::Person(person), Resource::Account { domain, user }) => {
                    if *domain != person.domain {
                        Denied(WhyNot::OtherDomain)
                    } else if person.role != Role::Manager {
                        Denied(WhyNot::NotManager)
                    } else if action == ActionKind::SwitchLogins && *user == person.user {
                        // Else the last manager could shut the domain, from within.
                        Denied(WhyNot::ToOneself)
                    } else {
                        Allowed(Why::ManagesDomain)
                    }
                }
                (
                    Actor::Person(_),
                    Resource::Public
                    | Resource::Sessions
                    | Resource::Colleague { .. }
                    | Resource::People { .. }
                    | Resource::Projects { .. }
                    | Resource::Project(_),
                ) => Denied(WhyNot::WrongResource),
            }
        }
        ActionKind::TakeSecondStep => match (actor, resource) {
            (Actor::Anyone, _) => Denied(WhyNot::NotSignedIn),
            (Actor::Person(person), Resource::Colleague { domain, user, role }) => {
                if *domain != person.domain {
                    Denied(WhyNot::OtherDomain)
                } else if person.role != Role::Manager {
                    Denied(WhyNot::NotManager)
                } else if *user == person.user {
                    Denied(WhyNot::ToOneself)
                } else {
                    match role {
                        None => Denied(WhyNot::Nobody),
                        Some(Role::Manager) => Denied(WhyNot::StandsAsHigh),
                        Some(Role::Viewer | Role::Host | Role::Editor) => Allowed(Why::ManagesDomain),
                    }
                }
            }
            (
                Actor::Person(_),
                Resource::Public
                | Resource::Sessions
                | Resource::Account { .. }
                | Resource::People { .. }
                | Resource::Projects { .. }
                | Resource::Project(_),
            ) => Denied(WhyNot::WrongResource),
        },
        ActionKind::WhoAmI
        | ActionKind::LookAtSecondStep
        | ActionKind::ChangeSecondStep
        | ActionKind::ListDevices
        | ActionKind::EndDevice
        | ActionKind::EndOthers
        | ActionKind::ProveAgain
        | ActionKind::LockSession
        | ActionKind::UnlockSession
        | ActionKind::WatchEvents
        | ActionKind::ReadPasswordRules
        | ActionKind::ChangePassword => match (actor, resource) {
            (Actor::Anyone, _) => Denied(WhyNot::NotSignedIn),
            (Actor::Person(person), Resource::Account { domain, user }) => {
                if *domain != person.domain {
                    Denied(WhyNot::OtherDomain)
                } else if *user != person.user {
                    Denied(WhyNot::NotOneself)
                } else {
                    Allowed(Why::Oneself)
                }
            }
            (
                Actor::Person(_),
                Resource::Public
                | Resource::Sessions
                | Resource::Colleague { .. }
                | Resource::People { .. }
                | Resource::Projects { .. }
                | Resource::Project(_),
            ) => Denied(WhyNot::WrongResource),
        },
        ActionKind::ListPeople | ActionKind::AddPerson | ActionKind::SetPasswordMinimum => {
            match (actor, resource) {
                (Actor::Anyone, _) => Denied(WhyNot::NotSignedIn),
                (Actor::Person(person), Resource::People { domain }) => {
                    if *domain != person.domain {
                        Denied(WhyNot::OtherDomain)
                    } else if person.role != Role::Manager {
                        Denied(WhyNot::NotManager)
                    } else {
                        Allowed(Why::ManagesDomain)
                    }
                }
                (
                    Actor::Person(_),
                    Resource::Public
                    | Resource::Sessions
                    | Resource::Account { .. }
                    | Resource::Colleague { .. }
                    | Resource::Projects { .. }
                    | Resource::Project(_),
                ) => Denied(WhyNot::WrongResource),
            }
        }
        ActionKind::ListProjects => match (actor, resource) {
            (Actor::Anyone, _) => Denied(WhyNot::NotSignedIn),
            (Actor::Person(person), Resource::Projects { domain }) => {
                if *domain == person.domain {
                    Allowed(Why::Member)
                } else {
                    Denied(WhyNot::OtherDomain)
                }
            }
            (
                Actor::Person(_),
                Resource::Public
                | Resource::Sessions
                | Resource::Account { .. }
                | Resource::Colleague { .. }
                | Resource::People { .. }
                | Resource::Project(_),
            ) => Denied(WhyNot::WrongResource),
        },
        ActionKind::OpenProject | ActionKind::ReadSketch | ActionKind::ReadLayer => match (actor, resource) {
            (Actor::Anyone, _) => Denied(WhyNot::NotSignedIn),
            (Actor::Person(person), Resource::Project(project)) => match project_access(person, project) {
                Ok((Access::Read | Access::Write, why)) => Allowed(why),
                Err(why_not) => Denied(why_not),
            },
            (
                Actor::Person(_),
                Resource::Public
                | Resource::Sessions
                | Resource::Account { .. }
                | Resource::Colleague { .. }
                | Resource::People { .. }
                | Resource::Projects { .. },
            ) => Denied(WhyNot::WrongResource),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(n: u8) -> DomainId {
        DomainId::from_random([n; 16])
    }

    fn person() -> Person {
        Person {
            user: UserId::from_random([1; 16]),
            domain: domain(2),
            role: Role::Manager,
            session: SessionId::from_random([3; 16]),
            fresh: true,
        }
    }

    fn account() -> Resource {
        Resource::Account { domain: domain(2), user: person().user }
    }

    #[test]
    fn what_takes_a_fresh_sign_in_is_denied_without_one_and_nothing_is_told_by_that() {
        let stale = Actor::Person(Person { fresh: false, ..person() });
        for action in [ActionKind::EndDevice, ActionKind::EndOthers, ActionKind::ChangeSecondStep] {
            assert!(action.needs_fresh());
            assert_eq!(decide(&stale, action, &account()), Decision::Denied(WhyNot::NotFresh));
            let elsewhere = Resource::Account { domain: domain(9), user: person().user };
            assert_eq!(decide(&stale, action, &elsewhere), Decision::Denied(WhyNot::OtherDomain));
        }
        assert!(matches!(decide(&stale, ActionKind::WhoAmI, &account()), Decision::Allowed(_)));
    }

    #[test]
    fn nobody_unknown_does_what_takes_a_person() {
        let account = Resource::Account { domain: domain(2), user: person().user };
        for (action, resource) in [
            (ActionKind::WhoAmI, account),
            (ActionKind::ListProjects, Resource::Projects { domain: domain(2) }),
            (ActionKind::ChangePassword, account),
            (ActionKind::AddPerson, Resource::People { domain: domain(2) }),
            (ActionKind::SetPasswordMinimum, Resource::People { domain: domain(2) }),
        ] {
            assert_eq!(decide(&Actor::Anyone, action, &resource), Decision::Denied(WhyNot::NotSignedIn));
            assert!(matches!(decide(&Actor::Person(person()), action, &resource), Decision::Allowed(_)));
        }
    }

    #[test]
    fn a_manager_of_one_domain_is_nobody_in_another() {
        let who = Actor::Person(person());
        assert_eq!(
            decide(&who, ActionKind::ListProjects, &Resource::Projects { domain: domain(9) }),
            Decision::Denied(WhyNot::OtherDomain)
        );
        assert_eq!(
            decide(&who, ActionKind::WhoAmI, &Resource::Account { domain: domain(9), user: person().user }),
            Decision::Denied(WhyNot::OtherDomain)
        );
    }

    #[test]
    fn only_a_manager_of_the_domain_decides_about_its_people() {
        for role in [Role::Viewer, Role::Host, Role::Editor, Role::Manager] {
            let who = Actor::Person(Person { role, ..person() });
            for action in [ActionKind::ListPeople, ActionKind::AddPerson, ActionKind::SetPasswordMinimum] {
                let own = decide(&who, action, &Resource::People { domain: domain(2) });
                let elsewhere = decide(&who, action, &Resource::People { domain: domain(9) });
                assert_eq!(elsewhere, Decision::Denied(WhyNot::OtherDomain));
                if role == Role::Manager {
                    assert_eq!(own, Decision::Allowed(Why::ManagesDomain));
                } else {
                    assert_eq!(own, Decision::Denied(WhyNot::NotManager), "{role:?}");
                }
            }
        }
    }

    #[test]
    fn a_manager_takes_the_second_step_of_whoever_stands_lower_and_of_nobody_else() {
        let action = ActionKind::TakeSecondStep;
        let of = |user: u8, role| Resource::Colleague {
            domain: domain(2),
            user: UserId::from_random([user; 16]),
            role,
        };
        let roles = [Role::Viewer, Role::Host, Role::Editor, Role::Manager];
        for asking in roles {
            let who = Actor::Person(Person { role: asking, ..person() });
            for asked in roles {
                let decided = decide(&who, action, &of(9, Some(asked)));
                match (asking, asked) {
                    (Role::Manager, Role::Manager) => {
                        assert_eq!(decided, Decision::Denied(WhyNot::StandsAsHigh));
                    }
                    (Role::Manager, _) => assert_eq!(decided, Decision::Allowed(Why::ManagesDomain)),
                    _ => assert_eq!(decided, Decision::Denied(WhyNot::NotManager)),
                }
            }
            // Who is no manager does not learn whether there is such a person.
            let nobody = if asking == Role::Manager { WhyNot::Nobody } else { WhyNot::NotManager };
            assert_eq!(decide(&who, action, &of(9, None)), Decision::Denied(nobody));
            let elsewhere = Resource::Colleague {
                domain: domain(7),
                user: UserId::from_random([9; 16]),
                role: Some(Role::Viewer),
            };
            assert_eq!(decide(&who, action, &elsewhere), Decision::Denied(WhyNot::OtherDomain));
        }
        let own = decide(&Actor::Person(person()), action, &of(1, Some(Role::Manager)));
        assert_eq!(own, Decision::Denied(WhyNot::ToOneself));
        let stale = Actor::Person(Person { fresh: false, ..person() });
        assert_eq!(decide(&stale, action, &of(9, Some(Role::Viewer))), Decision::Denied(WhyNot::NotFresh));
        assert_eq!(decide(&Actor::Anyone, action, &of(9, None)), Decision::Denied(WhyNot::NotSignedIn));
    }

    #[test]
    fn only_managers_unlock_people_and_switch_logins_and_nobody_switches_their_own_off() {
        let other = Resource::Account { domain: domain(2), user: UserId::from_random([9; 16]) };
        for action in [ActionKind::UnlockPerson, ActionKind::SwitchLogins, ActionKind::SendLetter] {
            for role in [Role::Viewer, Role::Host, Role::Editor] {
                let who = Actor::Person(Person { role, ..person() });
                assert_eq!(decide(&who, action, &other), Decision::Denied(WhyNot::NotManager));
            }
            let manager = Actor::Person(person());
            assert_eq!(decide(&manager, action, &other), Decision::Allowed(Why::ManagesDomain));
            let elsewhere = Resource::Account { domain: domain(9), user: UserId::from_random([9; 16]) };
            assert_eq!(decide(&manager, action, &elsewhere), Decision::Denied(WhyNot::OtherDomain));
        }
        let own = Resource::Account { domain: domain(2), user: person().user };
        let decided = decide(&Actor::Person(person()), ActionKind::SwitchLogins, &own);
        assert_eq!(decided, Decision::Denied(WhyNot::ToOneself));
    }

    #[test]
    fn an_action_on_the_wrong_kind_of_thing_is_never_allowed() {
        let things = [
            Resource::Public,
            Resource::Sessions,
            Resource::Account { domain: domain(2), user: person().user },
            Resource::Colleague {
                domain: domain(2),
                user: UserId::from_random([9; 16]),
                role: Some(Role::Viewer),
            },
            Resource::People { domain: domain(2) },
            Resource::Projects { domain: domain(2) },
        ];
        for &action in ActionKind::ALL {
            let allowed = things
                .iter()
                .filter(|thing| {
                    matches!(decide(&Actor::Person(person()), action, thing), Decision::Allowed(_))
                })
                .count();
            assert!(allowed <= 1, "{action:?} is allowed on {allowed} kinds of things");
        }
    }
}
