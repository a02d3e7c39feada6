//! Every route there is.

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use polder_wire::password as wire_password;
use polder_wire::{
    Code, Endpoint, Method, Nothing, OPENAPI_PATH, Raw, manage, people, project, second_step, session,
    sign_in,
};

use super::routes::{Guarded, PathValues, RawAnswer, Route, Routes};
use super::{Refused, openapi};
use crate::rights::{
    AddPerson, AskForPassword, Authorized, ChangePassword, ChangeSecondStep, EndDevice, EndOthers,
    EndSession, FetchRelease, ListDevices, ListPeople, ListProjects, LockSession, LookAtSecondStep,
    OpenProject, ProveAgain, ReadApiDescription, ReadLayer, ReadPasswordRules, ReadSketch, RefreshSession,
    SendLetter, SetPassword, SetPasswordMinimum, SignIn, SwitchLogins, TakeSecondStep, UnlockPerson,
    UnlockSession, WatchEvents, WhoAmI,
};
use crate::{App, account, domains, events, login, password, projects};

/// The router and the list of what it routes.
pub(super) fn routes() -> Result<(Router<App>, Vec<Route>), serde_json::Error> {
    // The document describes itself too, so it is made of a first round.
    let (_, _, operations) = all(Bytes::new()).finish();
    let document = openapi::document(&operations).to_json()?;
    let (router, listed, _) = all(document.into()).finish();
    Ok((router, listed))
}

fn all(document: Bytes) -> Routes {
    Routes::default()
        .json::<sign_in::Password, _, _>("First step of a sign-in: e-mail and password", login::password)
        .json::<sign_in::Enrol, _, _>("Ask for a new second step", login::enrol)
        .json::<sign_in::ConfirmEnrolment, _, _>("Confirm a new second step", login::confirm)
        .json::<sign_in::Code, _, _>("Second step of a sign-in", login::code)
        .json::<sign_in::Recover, _, _>("A recovery code instead", login::recover)
        .json::<sign_in::Refresh, _, _>("Exchange a refresh token", login::refresh)
        .json::<sign_in::SignOut, _, _>("Sign this device out", login::sign_out)
        .json::<wire_password::Forgotten, _, _>("Ask for a letter with a code", password::forgotten)
        .json::<wire_password::LookAtCode, _, _>("What a code lets one set", password::look_at_code)
        .json::<wire_password::SetPassword, _, _>("Set a password with a code", password::set)
        .json::<wire_password::ReadRules, _, _>("What one's new password must be", password::rules)
        .json::<wire_password::ChangePassword, _, _>("Change one's password", password::change)
        .json::<people::ListPeople, _, _>("Who is in one's domain", account::list::first)
        .json::<people::ListPeopleAfter, _, _>("The next page of them", account::list::after)
        .json::<people::AddPerson, _, _>("Make an account in one's domain", account::add_person)
        .json::<people::SetPasswordMinimum, _, _>(
            "How long new passwords in one's domain must be",
            domains::set_password_minimum,
        )
        .json::<sign_in::WhoAmI, _, _>("Who is signed in", account::me)
        .json::<second_step::Look, _, _>("How one's second step stands", account::second_step::look)
        .json::<second_step::Prepare, _, _>("Ask for another second step", account::second_step::prepare)
        .json::<second_step::Replace, _, _>("Put it in force", account::second_step::replace)
        .json::<second_step::Remove, _, _>("Do without a second step", account::second_step::remove)
        .json::<second_step::RenewRecovery, _, _>(
            "Ten new recovery codes",
            account::second_step::renew_recovery,
        )
        .json::<manage::Unlock, _, _>("Forget wrong tries at an account", account::locks::unlock)
        .json::<manage::SwitchLogins, _, _>("Switch somebody's signing in off or on", account::locks::switch)
        .json::<manage::SendLetter, _, _>("Send somebody a code for a first password", account::letters::send)
        .json::<manage::TakeSecondStep, _, _>("Take away a lost second step", account::lost::take)
        .json::<session::Prove, _, _>("Make the sign-in fresh again", login::prove::prove)
        .json::<session::Lock, _, _>("Lock the session", login::prove::lock)
        .json::<session::Unlock, _, _>("Unlock the session", login::prove::unlock)
        .json::<session::ListDevices, _, _>("The devices that are signed in", login::devices::list)
        .json::<session::EndDevice, _, _>("Sign one of one's devices out", login::devices::end)
        .json::<session::EndOthers, _, _>("Sign all other devices out", login::devices::end_others)
        .stream::<session::Watch, _, _>("Hear of what happens, as it happens", events::watch)
        .json::<project::List, _, _>("Projects that one may open", projects::list)
        .json::<project::Open, _, _>("A project's latest version", projects::open)
        .json::<project::ReadSketch, _, _>("A small drawing of a project's area", projects::sketch)
        .raw::<project::LayerBytes, _, _>("A layer's bytes", projects::GEO_JSON, projects::layer)
        .raw::<ApiDescription, _, _>("This document", "application/json", move |leave, app, at, body| {
            describe(leave, app, at, body, document.clone())
        })
        .files("/updates/{*path}", "Update metadata and releases", release)
}

/// `GET` [`OPENAPI_PATH`].
struct ApiDescription;

impl Endpoint for ApiDescription {
    const METHOD: Method = Method::Get;
    const TEMPLATE: &'static str = OPENAPI_PATH;
    type Body = Nothing;
    type Answer = Raw;
}

async fn describe(
    _: Authorized<ReadApiDescription>,
    _: App,
    _: ApiDescription,
    _: Nothing,
    document: Bytes,
) -> Result<RawAnswer, Refused> {
    Ok(RawAnswer { media_type: "application/json", bytes: document })
}

async fn release(_: Authorized<FetchRelease>, app: App, request: Request) -> Result<Response, Refused> {
    let releases = app.releases.as_ref().ok_or(Refused::from(Code::NotFound))?;
    Ok(releases.serve(request).await)
}

macro_rules! guarded {
    ($($endpoint:ty => $action:ty, $path:pat_param => $value:expr;)*) => {$(
        impl Guarded for $endpoint {
            type Action = $action;

            fn from_path($path: &PathValues) -> Result<Self, Refused> {
                Ok($value)
            }
        }
    )*};
}

guarded! {
    sign_in::Password => SignIn, _ => Self;
    sign_in::Enrol => SignIn, _ => Self;
    sign_in::ConfirmEnrolment => SignIn, _ => Self;
    sign_in::Code => SignIn, _ => Self;
    sign_in::Recover => SignIn, _ => Self;
    sign_in::Refresh => RefreshSession, _ => Self;
    sign_in::SignOut => EndSession, _ => Self;
    wire_password::Forgotten => AskForPassword, _ => Self;
    wire_password::LookAtCode => SetPassword, _ => Self;
    wire_password::SetPassword => SetPassword, _ => Self;
    wire_password::ReadRules => ReadPasswordRules, _ => Self;
    wire_password::ChangePassword => ChangePassword, _ => Self;
    people::ListPeople => ListPeople, _ => Self;
    people::ListPeopleAfter => ListPeople, path => Self { person: path.parse("person")? };
    people::AddPerson => AddPerson, _ => Self;
    people::SetPasswordMinimum => SetPasswordMinimum, _ => Self;
    sign_in::WhoAmI => WhoAmI, _ => Self;
    second_step::Look => LookAtSecondStep, _ => Self;
    second_step::Prepare => ChangeSecondStep, _ => Self;
    second_step::Replace => ChangeSecondStep, _ => Self;
    second_step::Remove => ChangeSecondStep, _ => Self;
    second_step::RenewRecovery => ChangeSecondStep, _ => Self;
    manage::Unlock => UnlockPerson, path => Self { person: path.parse("person")? };
    manage::SwitchLogins => SwitchLogins, path => Self { person: path.parse("person")? };
    manage::SendLetter => SendLetter, path => Self { person: path.parse("person")? };
    manage::TakeSecondStep => TakeSecondStep, path => Self { person: path.parse("person")? };
    session::Prove => ProveAgain, _ => Self;
    session::Lock => LockSession, _ => Self;
    session::Unlock => UnlockSession, _ => Self;
    session::ListDevices => ListDevices, _ => Self;
    session::EndDevice => EndDevice, path => Self { session: path.parse("session")? };
    session::EndOthers => EndOthers, _ => Self;
    session::Watch => WatchEvents, _ => Self;
    project::List => ListProjects, _ => Self;
    project::Open => OpenProject, path => Self { project: path.parse("project")? };
    project::ReadSketch => ReadSketch, path => Self { project: path.parse("project")? };
    project::LayerBytes => ReadLayer, path => Self {
        project: path.parse("project")?,
        version: path.parse("version")?,
        layer: layer_id(path)?,
    };
    ApiDescription => ReadApiDescription, _ => Self;
}

fn layer_id(path: &PathValues) -> Result<String, Refused> {
    let text = path.text("layer")?;
    if project::is_layer_id(text) { Ok(text.to_owned()) } else { Err(Code::Malformed.into()) }
}

#[cfg(fuzzing)]
pub(super) fn fuzz_path(text: &str) {
    let mut parts = text.split('/');
    let mut next = |name: &str| (name.to_owned(), parts.next().unwrap_or_default().to_owned());
    let path = PathValues::fuzzed([next("project"), next("version"), next("layer")].into());
    if let Ok(project) = project::Open::from_path(&path) {
        assert!(text.starts_with(&project.project.to_string()), "an id is written in one way");
    }
    if let Ok(layer) = project::LayerBytes::from_path(&path) {
        assert!(layer.path().bytes().all(|b| b.is_ascii_alphanumeric() || b"/-".contains(&b)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rights::ActionKind;
    use serde_json::json;
    use std::collections::BTreeMap;

    #[test]
    fn every_route_names_its_action_and_the_table_is_this_one() {
        use ActionKind::*;
        let (_, listed) = routes().unwrap();
        let lines: Vec<_> =
            listed.iter().map(|route| (route.method.as_str(), route.template, route.action)).collect();
        assert_eq!(
            lines,
            [
                ("POST", "/api/v1/sign-in/password", SignIn),
                ("POST", "/api/v1/sign-in/enrolment", SignIn),
                ("POST", "/api/v1/sign-in/enrolment/confirm", SignIn),
                ("POST", "/api/v1/sign-in/code", SignIn),
                ("POST", "/api/v1/sign-in/recovery", SignIn),
                ("POST", "/api/v1/session/refresh", RefreshSession),
                ("POST", "/api/v1/session/end", EndSession),
                ("POST", "/api/v1/password/forgotten", AskForPassword),
                ("POST", "/api/v1/password/code", SetPassword),
                ("POST", "/api/v1/password/set", SetPassword),
                ("GET", "/api/v1/account/password", ReadPasswordRules),
                ("POST", "/api/v1/account/password", ChangePassword),
                ("GET", "/api/v1/people", ListPeople),
                ("GET", "/api/v1/people/after/{person}", ListPeople),
                ("POST", "/api/v1/people", AddPerson),
                ("POST", "/api/v1/domain/passwords", SetPasswordMinimum),
                ("GET", "/api/v1/me", WhoAmI),
                ("GET", "/api/v1/me/second-step", LookAtSecondStep),
                ("POST", "/api/v1/me/second-step/enrolment", ChangeSecondStep),
                ("POST", "/api/v1/me/second-step/confirm", ChangeSecondStep),
                ("POST", "/api/v1/me/second-step/remove", ChangeSecondStep),
                ("POST", "/api/v1/me/recovery-codes", ChangeSecondStep),
                ("POST", "/api/v1/people/{person}/unlock", UnlockPerson),
                ("POST", "/api/v1/people/{person}/logins", SwitchLogins),
                ("POST", "/api/v1/people/{person}/letter", SendLetter),
                ("POST", "/api/v1/people/{person}/second-step/remove", TakeSecondStep),
                ("POST", "/api/v1/session/prove", ProveAgain),
                ("POST", "/api/v1/session/lock", LockSession),
                ("POST", "/api/v1/session/unlock", UnlockSession),
                ("GET", "/api/v1/sessions", ListDevices),
                ("DELETE", "/api/v1/sessions/{session}", EndDevice),
                ("DELETE", "/api/v1/sessions", EndOthers),
                ("GET", "/api/v1/events", WatchEvents),
                ("GET", "/api/v1/projects", ListProjects),
                ("GET", "/api/v1/projects/{project}", OpenProject),
                ("GET", "/api/v1/projects/{project}/sketch", ReadSketch),
                ("GET", "/api/v1/projects/{project}/versions/{version}/layers/{layer}", ReadLayer),
                ("GET", "/api/v1/openapi.json", ReadApiDescription),
                ("GET", "/updates/{*path}", FetchRelease),
            ]
        );
        for action in ActionKind::ALL {
            assert!(listed.iter().any(|route| route.action == *action), "{action:?} has no route");
        }
    }

    #[test]
    fn every_route_stands_in_the_document_with_its_problems() {
        let (_, listed, operations) = all(Bytes::new()).finish();
        let document = serde_json::to_value(openapi::document(&operations)).unwrap();
        let mut described = BTreeMap::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                assert!(operation["responses"]["200"].is_object(), "{method} {path}");
                let problem = &operation["responses"]["500"]["content"]["application/problem+json"];
                assert_eq!(problem["schema"]["$ref"], "#/components/schemas/Problem", "{method} {path}");
                described.insert((method.to_uppercase(), path.clone()), operation.clone());
            }
        }
        assert_eq!(described.len(), listed.len());
        for route in listed {
            let key = (route.method.as_str().to_owned(), route.template.replace("{*", "{"));
            let operation = described.get(&key).unwrap_or_else(|| panic!("{key:?} is not described"));
            let names: Vec<_> = operation["parameters"]
                .as_array()
                .unwrap()
                .iter()
                .map(|parameter| parameter["name"].as_str().unwrap())
                .collect();
            assert_eq!(names.contains(&"polder-client"), route.action != ActionKind::FetchRelease, "{key:?}");
            assert_eq!(operation.get("requestBody").is_some(), route.method == Method::Post, "{key:?}");
        }
    }

    #[test]
    fn the_document_says_what_a_request_must_bring_and_which_problems_it_may_meet() {
        let (_, _, operations) = all(Bytes::new()).finish();
        let document = serde_json::to_value(openapi::document(&operations)).unwrap();
        let none = serde_json::Value::Null;
        for (path, method, security, statuses) in [
            ("/updates/{path}", "get", none.clone(), "200 206 304 404 412 416 500 503"),
            (OPENAPI_PATH, "get", none, "200 426 500 503"),
            ("/api/v1/me", "get", json!([{ "device": [], "session": [] }]), "200 400 401 423 426 500 503"),
            (
                "/api/v1/sign-in/code",
                "post",
                json!([{ "device": [] }]),
                "200 400 401 403 409 413 415 426 429 500 503",
            ),
        ] {
            let operation = &document["paths"][path][method];
            assert_eq!(operation["security"], security, "{path}");
            let said: Vec<_> = operation["responses"].as_object().unwrap().keys().cloned().collect();
            assert_eq!(said.join(" "), statuses, "{path}");
        }
        // OpenAPI takes no heed of a parameter of this name.
        assert!(!document["paths"].to_string().contains("authorization"));
    }

    #[test]
    fn every_reference_in_the_document_leads_somewhere() {
        let (_, _, operations) = all(Bytes::new()).finish();
        let document = serde_json::to_value(openapi::document(&operations)).unwrap();
        let mut references = Vec::new();
        collect(&document, &mut references);
        assert!(references.len() > 20);
        for reference in references {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
        }
    }

    fn collect(value: &serde_json::Value, into: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(map) => {
                if let Some(serde_json::Value::String(reference)) = map.get("$ref") {
                    into.push(reference.clone());
                }
                map.values().for_each(|inner| collect(inner, into));
            }
            serde_json::Value::Array(items) => items.iter().for_each(|inner| collect(inner, into)),
            _ => {}
        }
    }
}
