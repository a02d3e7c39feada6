use std::collections::{BTreeMap, BTreeSet};

use polder_platform::domains::SecondStep;
use polder_platform::projects::chosen_by_sql;
use polder_platform::rights::{
    ActionKind, Actor, Decision, OthersAccess, Person as Who, ProjectFacts, Resource, access_text, decide,
    project_access, role_text,
};
use polder_wire::rights::{Access, Role};
use polder_wire::{ProjectId, SessionId};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::support::people::text;
use crate::support::{Person, Stage, on_both_engines};

const ROLES: [Role; 4] = [Role::Viewer, Role::Host, Role::Editor, Role::Manager];

/// One project by numbers of people, so that proptest can shrink it.
#[derive(Debug, Clone)]
struct Drawn {
    owner: usize,
    owner_access: Access,
    others: OthersAccess,
    grants: BTreeMap<usize, Access>,
}

fn access() -> impl Strategy<Value = Access> {
    prop_oneof![Just(Access::Read), Just(Access::Write)]
}

fn drawn(people: usize) -> impl Strategy<Value = Drawn> {
    let others = prop_oneof![
        2 => Just(OthersAccess::None),
        1 => access().prop_map(OthersAccess::Some),
    ];
    let grants = proptest::collection::btree_map(0..people, access(), 0..3);
    (0..people, access(), others, grants).prop_map(|(owner, owner_access, others, grants)| Drawn {
        owner,
        owner_access,
        others,
        grants,
    })
}

on_both_engines! {
    the_list_agrees_with_the_rules,
}

/// What the list's SQL shows, and with which access, is what the rules say of each project; and what
/// opens is what the list shows.
async fn the_list_agrees_with_the_rules(stage: Stage) {
    let mut people = Vec::new();
    for domain in ["Helsinki", "Turku"] {
        let id = stage.domain(domain, SecondStep::Optional).await;
        for role in ROLES {
            people.push((stage.person(id, &format!("{} of {domain}", role_text(role)), role).await, role));
        }
    }
    // Sixty projects cover every mix of owner, share and grant many times over; a seed makes it the same
    // each time.
    let mut runner = TestRunner::deterministic();
    let mut projects = Vec::new();
    for _ in 0..60 {
        let wish = drawn(people.len()).new_tree(&mut runner).unwrap().current();
        projects.push((make(&stage, &people, &wish).await, wish));
    }
    for (number, (person, role)) in people.iter().enumerate() {
        let who = Who {
            user: person.id,
            domain: person.domain,
            role: *role,
            session: SessionId::from_random([0; 16]),
            fresh: false,
        };
        let mut expected = BTreeMap::new();
        for (id, wish) in &projects {
            let (owner, _) = &people[wish.owner];
            let granted = wish.grants.get(&number).copied().filter(|_| person.domain == owner.domain);
            let facts = ProjectFacts {
                domain: owner.domain,
                owner: owner.id,
                owner_access: wish.owner_access,
                others_access: wish.others,
                granted,
            };
            let decision = decide(&Actor::Person(who), ActionKind::OpenProject, &Resource::Project(facts));
            if let Decision::Allowed(_) = decision {
                let (access, _) = project_access(&who, &facts).unwrap();
                expected.insert(id.to_string(), access_text(access).to_owned());
            }
        }
        let chosen = chosen_by_sql(&stage.app, &who).await.unwrap();
        let chosen: BTreeSet<_> = chosen.iter().map(ToString::to_string).collect();
        assert_eq!(chosen, expected.keys().cloned().collect(), "{}", person.name);
        let (device, grant) = stage.signed_in(person).await;
        let token = text(&grant, "access_token");
        let listed = device.get("/api/v1/projects", token).await.good();
        let found: BTreeMap<_, _> = listed["projects"]
            .as_array()
            .unwrap()
            .iter()
            .map(|project| (text(project, "id").to_owned(), text(project, "access").to_owned()))
            .collect();
        assert_eq!(found, expected, "{}", person.name);
        for (id, _) in &projects {
            let opens = device.get(&format!("/api/v1/projects/{id}"), token).await.status == 200;
            assert_eq!(opens, expected.contains_key(&id.to_string()), "{} {id}", person.name);
        }
    }
}

async fn make(stage: &Stage, people: &[(Person, Role)], wish: &Drawn) -> ProjectId {
    let (owner, _) = &people[wish.owner];
    let id = stage.project(owner, "Drawn", wish.others).await;
    let mut write = stage.app.store.write().await.unwrap();
    sqlx::query("UPDATE projects SET owner_access = $1 WHERE id = $2")
        .bind(access_text(wish.owner_access))
        .bind(id.to_string())
        .execute(write.on())
        .await
        .unwrap();
    for (person, access) in &wish.grants {
        let (person, _) = &people[*person];
        // The tables take no grant across domains.
        if person.domain == owner.domain {
            sqlx::query(
                "INSERT INTO project_grants (domain_id, project_id, user_id, access) VALUES ($1, $2, $3, $4)",
            )
            .bind(owner.domain.to_string())
            .bind(id.to_string())
            .bind(person.id.to_string())
            .bind(access_text(*access))
            .execute(write.on())
            .await
            .unwrap();
        }
    }
    write.commit().await.unwrap();
    id
}
