use std::future::Future;
use std::marker::PhantomData;
use std::net::IpAddr;

use http::request::Parts;
use polder_wire::{Code, ProjectId, UserId};

use super::action::Action;
use super::decide::{Actor, Decision, Person, Resource, decide};
use crate::App;
use crate::account;
use crate::http::{PathValues, Refused, device};
use crate::login::proof::Thumbprint;
use crate::login::session;
use crate::projects;

/// Leave to do one thing in one request. Only this module makes one, after [`decide`] said yes; a handler
/// takes it as its first argument, or does not become a route.
#[derive(Debug)]
pub struct Authorized<A: Action> {
    evidence: <A::Family as Family>::Evidence,
    action: PhantomData<fn() -> A>,
}

impl<A: Action> Authorized<A> {
    /// Finds actor and resource of a request and asks the rules.
    pub(crate) async fn obtain(app: &App, parts: &Parts, path: &PathValues) -> Result<Self, Refused> {
        let found = <A::Family as Family>::find(app, parts, path).await?;
        match decide(&found.actor, A::KIND, &found.resource) {
            Decision::Allowed(why) => {
                tracing::debug!(action = ?A::KIND, ?why, "allowed");
                Ok(Self { evidence: found.evidence, action: PhantomData })
            }
            Decision::Denied(why_not) => {
                tracing::info!(action = ?A::KIND, ?why_not, actor = %found.actor, "denied");
                Err(Refused::from(why_not.code()))
            }
        }
    }
}

impl<A: Action<Family = ByDevice>> Authorized<A> {
    /// The key that the request proved to hold.
    pub fn device(&self) -> Thumbprint {
        self.evidence.device
    }

    /// Where the request came from; none where nobody connected, as in a test of the router alone.
    pub fn address(&self) -> Option<IpAddr> {
        self.evidence.address
    }
}

impl<A: Action> Authorized<A>
where
    A::Family: Family<Evidence = Person>,
{
    /// Who acts.
    pub fn person(&self) -> Person {
        self.evidence
    }
}

impl<A: Action> Authorized<A>
where
    A::Family: Family<Evidence = PersonEvidence>,
{
    /// Who acts.
    pub fn actor(&self) -> Person {
        self.evidence.actor
    }

    /// Whose account the leave is for; it may be that nobody has it.
    pub fn subject(&self) -> UserId {
        self.evidence.person
    }
}

impl<A: Action<Family = OnProject>> Authorized<A> {
    /// Who acts.
    pub fn reader(&self) -> Person {
        self.evidence.person
    }

    /// Which project the leave is for.
    pub fn project(&self) -> ProjectId {
        self.evidence.project
    }
}

/// How the actor and the resource of a kind of request are found.
pub trait Family {
    /// What the handler learns about them.
    type Evidence: Send + std::fmt::Debug;

    /// Finds them.
    fn find(
        app: &App,
        parts: &Parts,
        path: &PathValues,
    ) -> impl Future<Output = Result<Found<Self::Evidence>, Refused>> + Send;
}

/// What [`Family::find`] found.
#[derive(Debug)]
pub struct Found<E> {
    actor: Actor,
    resource: Resource,
    evidence: E,
}

/// Nobody in particular, no proof.
#[derive(Debug)]
pub enum ByAnyone {}

/// Nobody in particular, with a proof of the device's key.
#[derive(Debug)]
pub enum ByDevice {}

/// Somebody signed in, about their own account.
#[derive(Debug)]
pub enum OnOwnAccount {}

/// Somebody signed in, about the account of their domain that the path names.
#[derive(Debug)]
pub enum OnPerson {}

/// The same where the rules ask how high that person stands (B17).
#[derive(Debug)]
pub enum OnColleague {}

/// Somebody signed in, about the session that asks; it may be locked (B36). Every other family finds nobody in a locked
/// session.
#[derive(Debug)]
pub enum OnOwnSession {}

/// Somebody signed in, about their domain's projects as a whole.
#[derive(Debug)]
pub enum OnOwnDomain {}

/// Somebody signed in, about the people of their domain and the rules for them.
#[derive(Debug)]
pub enum OnOwnPeople {}

/// Somebody signed in, about the project that the path names.
#[derive(Debug)]
pub enum OnProject {}

impl Family for ByAnyone {
    type Evidence = ();

    async fn find(_: &App, _: &Parts, _: &PathValues) -> Result<Found<()>, Refused> {
        Ok(Found { actor: Actor::Anyone, resource: Resource::Public, evidence: () })
    }
}

impl Family for ByDevice {
    type Evidence = Caller;

    async fn find(app: &App, parts: &Parts, _: &PathValues) -> Result<Found<Caller>, Refused> {
        let evidence = Caller { device: device::proven(app, parts)?, address: device::address(parts) };
        Ok(Found { actor: Actor::Anyone, resource: Resource::Sessions, evidence })
    }
}

impl Family for OnOwnAccount {
    type Evidence = Person;

    async fn find(app: &App, parts: &Parts, _: &PathValues) -> Result<Found<Person>, Refused> {
        let person = session::person(app, parts).await?;
        let resource = Resource::Account { domain: person.domain, user: person.user };
        Ok(Found { actor: Actor::Person(person), resource, evidence: person })
    }
}

impl Family for OnOwnSession {
    type Evidence = Person;

    async fn find(app: &App, parts: &Parts, _: &PathValues) -> Result<Found<Person>, Refused> {
        let person = session::person_even_if_locked(app, parts).await?;
        let resource = Resource::Account { domain: person.domain, user: person.user };
        Ok(Found { actor: Actor::Person(person), resource, evidence: person })
    }
}

impl Family for OnOwnDomain {
    type Evidence = Person;

    async fn find(app: &App, parts: &Parts, _: &PathValues) -> Result<Found<Person>, Refused> {
        let person = session::person(app, parts).await?;
        let resource = Resource::Projects { domain: person.domain };
        Ok(Found { actor: Actor::Person(person), resource, evidence: person })
    }
}

impl Family for OnOwnPeople {
    type Evidence = Person;

    async fn find(app: &App, parts: &Parts, _: &PathValues) -> Result<Found<Person>, Refused> {
        let person = session::person(app, parts).await?;
        let resource = Resource::People { domain: person.domain };
        Ok(Found { actor: Actor::Person(person), resource, evidence: person })
    }
}

impl Family for OnProject {
    type Evidence = ProjectEvidence;

    async fn find(app: &App, parts: &Parts, path: &PathValues) -> Result<Found<ProjectEvidence>, Refused> {
        let person = session::person(app, parts).await?;
        let project: ProjectId = path.parse("project")?;
        // One query by domain and id, whether it exists or not, is of another domain or not granted.
        let facts = projects::facts(app, &person, project).await?;
        let facts = facts.ok_or(Refused::from(Code::NotFound))?;
        let evidence = ProjectEvidence { person, project };
        Ok(Found { actor: Actor::Person(person), resource: Resource::Project(facts), evidence })
    }
}

/// What a handler learns about a device that nobody signed in on yet.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    device: Thumbprint,
    address: Option<IpAddr>,
}

impl Family for OnPerson {
    type Evidence = PersonEvidence;

    async fn find(app: &App, parts: &Parts, path: &PathValues) -> Result<Found<PersonEvidence>, Refused> {
        let actor = session::person(app, parts).await?;
        let person: UserId = path.parse("person")?;
        // Whether there is such a person is asked only after the rules said yes.
        let resource = Resource::Account { domain: actor.domain, user: person };
        Ok(Found { actor: Actor::Person(actor), resource, evidence: PersonEvidence { actor, person } })
    }
}

impl Family for OnColleague {
    type Evidence = PersonEvidence;

    async fn find(app: &App, parts: &Parts, path: &PathValues) -> Result<Found<PersonEvidence>, Refused> {
        let actor = session::person(app, parts).await?;
        let person: UserId = path.parse("person")?;
        // One query, whether or not there is such a person; what it found the rules tell to nobody but a manager.
        let role = account::role_of(app, actor.domain, person).await?;
        let resource = Resource::Colleague { domain: actor.domain, user: person, role };
        Ok(Found { actor: Actor::Person(actor), resource, evidence: PersonEvidence { actor, person } })
    }
}

/// What a handler learns about a request on somebody's account.
#[derive(Debug)]
pub struct PersonEvidence {
    actor: Person,
    person: UserId,
}

/// What a handler learns about a request on a project.
#[derive(Debug)]
pub struct ProjectEvidence {
    person: Person,
    project: ProjectId,
}
