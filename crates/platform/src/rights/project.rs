use polder_wire::rights::{Access, Role};
use polder_wire::{DomainId, UserId};

use super::decide::{Person, Why, WhyNot};

/// What everybody else in the domain may do with a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OthersAccess {
    /// Nothing; to them it does not exist.
    None,
    /// As said.
    Some(Access),
}

/// What the rules look at in a project, as seen by one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProjectFacts {
    /// Where it belongs.
    pub domain: DomainId,
    /// Whose it is.
    pub owner: UserId,
    /// What the owner left themselves.
    pub owner_access: Access,
    /// What everybody else in the domain may do.
    pub others_access: OthersAccess,
    /// What this person was granted by name.
    pub granted: Option<Access>,
}

/// What a person may do with a project, and why.
///
/// - Nothing crosses a domain's border.
/// - The owner has what the owner chose; others the most that the domain's share and their own grant give.
/// - A domain manager may read every project of the domain: managers decide who has access to what (R3, R4)
///   and take over what people leave behind, and could grant it to themselves anyway. They do not change
///   what was not shared with them for writing, so that writing stays a choice that leaves a trace.
/// - Changing takes the role of an editor or manager (R60); below that everything is for reading.
///
/// # Errors
/// Why the project does not exist for this person.
pub fn project_access(person: &Person, project: &ProjectFacts) -> Result<(Access, Why), WhyNot> {
    if person.domain != project.domain {
        return Err(WhyNot::OtherDomain);
    }
    let shared = match project.others_access {
        OthersAccess::None => None,
        OthersAccess::Some(access) => Some((access, Why::SharedWithDomain)),
    };
    let granted = project.granted.map(|access| (access, Why::Granted));
    let managed = (person.role == Role::Manager).then_some((Access::Read, Why::ManagesDomain));
    let found = if person.user == project.owner {
        Some((project.owner_access, Why::Owns))
    } else {
        // Of equal ones the first is the reason.
        [granted, shared, managed].into_iter().flatten().reduce(
            |best, next| {
                if next.0 > best.0 { next } else { best }
            },
        )
    };
    let (access, why) = found.ok_or(WhyNot::NotGranted)?;
    let most = match person.role {
        Role::Viewer | Role::Host => Access::Read,
        Role::Editor | Role::Manager => Access::Write,
    };
    Ok((access.min(most), why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use polder_wire::SessionId;

    fn person(role: Role) -> Person {
        Person {
            user: UserId::from_random([1; 16]),
            domain: DomainId::from_random([2; 16]),
            role,
            session: SessionId::from_random([3; 16]),
            fresh: false,
        }
    }

    fn project(others: OthersAccess, granted: Option<Access>) -> ProjectFacts {
        ProjectFacts {
            domain: DomainId::from_random([2; 16]),
            owner: UserId::from_random([9; 16]),
            owner_access: Access::Write,
            others_access: others,
            granted,
        }
    }

    fn owned_by(person: &Person, owner_access: Access) -> ProjectFacts {
        ProjectFacts { owner: person.user, owner_access, ..project(OthersAccess::None, None) }
    }

    #[test]
    fn another_domain_gives_nothing_whatever_was_granted() {
        for role in [Role::Viewer, Role::Host, Role::Editor, Role::Manager] {
            let who = person(role);
            let elsewhere = ProjectFacts {
                domain: DomainId::from_random([7; 16]),
                others_access: OthersAccess::Some(Access::Write),
                granted: Some(Access::Write),
                ..owned_by(&who, Access::Write)
            };
            assert_eq!(project_access(&who, &elsewhere), Err(WhyNot::OtherDomain));
        }
    }

    #[test]
    fn without_a_grant_a_project_does_not_exist_but_for_managers() {
        for role in [Role::Viewer, Role::Host, Role::Editor] {
            assert_eq!(
                project_access(&person(role), &project(OthersAccess::None, None)),
                Err(WhyNot::NotGranted)
            );
        }
        assert_eq!(
            project_access(&person(Role::Manager), &project(OthersAccess::None, None)),
            Ok((Access::Read, Why::ManagesDomain))
        );
    }

    #[test]
    fn the_most_that_was_given_counts() {
        let who = person(Role::Editor);
        let read = OthersAccess::Some(Access::Read);
        let write = OthersAccess::Some(Access::Write);
        assert_eq!(project_access(&who, &project(read, None)), Ok((Access::Read, Why::SharedWithDomain)));
        assert_eq!(
            project_access(&who, &project(read, Some(Access::Write))),
            Ok((Access::Write, Why::Granted))
        );
        assert_eq!(
            project_access(&who, &project(write, Some(Access::Read))),
            Ok((Access::Write, Why::SharedWithDomain))
        );
    }

    #[test]
    fn viewers_and_hosts_only_read_even_what_is_their_own() {
        for role in [Role::Viewer, Role::Host] {
            let who = person(role);
            assert_eq!(project_access(&who, &owned_by(&who, Access::Write)), Ok((Access::Read, Why::Owns)));
            let shared = project(OthersAccess::Some(Access::Write), Some(Access::Write));
            assert_eq!(project_access(&who, &shared), Ok((Access::Read, Why::Granted)));
        }
    }

    #[test]
    fn an_owner_may_guard_a_project_against_themselves() {
        let who = person(Role::Editor);
        let guarded = ProjectFacts { granted: Some(Access::Write), ..owned_by(&who, Access::Read) };
        assert_eq!(project_access(&who, &guarded), Ok((Access::Read, Why::Owns)));
    }
}
