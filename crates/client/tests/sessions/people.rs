//! People, as a manager's client reads them.

use polder_client::session::Failure;
use polder_wire::Code;
use serde_json::{Value, json};

use super::Bench;
use super::support::platform::PROJECT;
use super::support::server::Reply;

fn person(name: &str) -> Value {
    json!({
        "user": PROJECT, "name": name, "email": "a@x", "role": "viewer", "invited": false, "code_until": null, "off": false,
        "second_step": true, "closed": null, "last_seen": 7,
    })
}

fn page(people: &[Value], next: Option<&str>) -> Reply {
    Reply::json(&json!({ "people": people, "total": 3, "next": next }))
}

#[tokio::test]
async fn pages_come_as_one_list() {
    let bench = Bench::new().await;
    let session = bench.sign_in(false).await;
    bench.instead("/api/v1/people", page(&[person("Ada"), person("Bo")], Some(PROJECT)));
    bench.instead(&format!("/api/v1/people/after/{PROJECT}"), page(&[person("Cem")], None));
    let people = session.people().await.unwrap();
    assert_eq!(people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>(), ["Ada", "Bo", "Cem"]);
}

#[tokio::test]
async fn a_list_without_end_or_a_page_that_is_too_long_is_not_believed() {
    let bench = Bench::new().await;
    let session = bench.sign_in(false).await;
    bench.instead("/api/v1/people", page(&[person("Ada")], Some(PROJECT)));
    let round = format!("/api/v1/people/after/{PROJECT}");
    for _ in 0..200 {
        bench.instead(&round, page(&[person("Ada")], Some(PROJECT)));
    }
    assert_eq!(session.people().await.unwrap_err(), Failure::of(Code::AnswerBroken));
    assert!(bench.asked(&round) < 100, "{}", bench.asked(&round));
    bench.instead("/api/v1/people", page(&vec![person("Ada"); 1001], None));
    assert_eq!(session.people().await.unwrap_err(), Failure::of(Code::AnswerBroken));
}
