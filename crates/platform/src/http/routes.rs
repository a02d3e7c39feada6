use std::convert::Infallible;
use std::future::Future;
use std::str::FromStr;

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, header};
use polder_wire::{Code, Endpoint, Method, Raw};
use serde::Serialize;
use utoipa::ToSchema;

use super::openapi::Operation;
use super::{Refused, body, edge};
use crate::App;
use crate::rights::{Action, ActionKind, Authorized, FetchRelease};

/// An endpoint with the action that it takes leave for, and how its path is read.
pub trait Guarded: Endpoint + Sized + Send + 'static {
    /// What is done.
    type Action: Action;

    /// Reads the placeholders of the path.
    ///
    /// # Errors
    /// [`Code::Malformed`] when a value cannot be one.
    fn from_path(path: &PathValues) -> Result<Self, Refused>;
}

/// JSON, one text a line.
const LINES: &str = "application/x-ndjson";

/// The values of a path's placeholders, as text.
#[derive(Debug, Default)]
pub struct PathValues(Vec<(String, String)>);

impl PathValues {
    /// A value that stands for something.
    ///
    /// # Errors
    /// [`Code::Malformed`] when it cannot.
    pub fn parse<T: FromStr>(&self, name: &str) -> Result<T, Refused> {
        self.text(name)?.parse().map_err(|_| Code::Malformed.into())
    }

    /// A value as it stands.
    ///
    /// # Errors
    /// [`Code::Malformed`] when the path has no such placeholder.
    pub fn text(&self, name: &str) -> Result<&str, Refused> {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).ok_or(Code::Malformed.into())
    }

    #[cfg(fuzzing)]
    pub(super) fn fuzzed(values: Vec<(String, String)>) -> Self {
        Self(values)
    }

    async fn read(parts: &mut Parts) -> Result<Self, Refused> {
        let read: Result<RawPathParams, _> = RawPathParams::from_request_parts(parts, &()).await;
        // A placeholder that is no UTF-8 once decoded.
        let values = read.map_err(|_| Refused::from(Code::Malformed))?;
        Ok(Self(values.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()))
    }
}

/// Bytes that go out as they are, with their media type.
#[derive(Debug)]
pub struct RawAnswer {
    /// As in `Content-Type`.
    pub media_type: &'static str,
    /// The body.
    pub bytes: Bytes,
}

/// One line of the routes' table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// How it is called.
    pub method: Method,
    /// Where.
    pub template: &'static str,
    /// What is done.
    pub action: ActionKind,
}

/// The only way to a router. A handler's first argument is the leave to do its endpoint's action; without it
/// a route does not compile:
///
/// ```compile_fail
/// use polder_platform::http::{Refused, Routes};
/// use polder_platform::App;
/// use polder_wire::{Nothing, project};
///
/// async fn list(_: App, _: project::List, _: Nothing) -> Result<project::Listed, Refused> {
///     Ok(project::Listed { projects: Vec::new() })
/// }
/// Routes::default().json::<project::List, _, _>("List projects", list);
/// ```
///
/// and neither does it with the leave for something else:
///
/// ```compile_fail
/// use polder_platform::http::{Refused, Routes};
/// use polder_platform::rights::{Authorized, ReadApiDescription};
/// use polder_platform::App;
/// use polder_wire::{Nothing, project};
///
/// async fn list(
///     _: Authorized<ReadApiDescription>, _: App, _: project::List, _: Nothing,
/// ) -> Result<project::Listed, Refused> {
///     Ok(project::Listed { projects: Vec::new() })
/// }
/// Routes::default().json::<project::List, _, _>("List projects", list);
/// ```
///
/// With it, it does:
///
/// ```
/// use polder_platform::http::{Refused, Routes};
/// use polder_platform::rights::{Authorized, ListProjects};
/// use polder_platform::App;
/// use polder_wire::{Nothing, project};
///
/// async fn list(
///     _: Authorized<ListProjects>, _: App, _: project::List, _: Nothing,
/// ) -> Result<project::Listed, Refused> {
///     Ok(project::Listed { projects: Vec::new() })
/// }
/// Routes::default().json::<project::List, _, _>("List projects", list);
/// ```
#[derive(Default)]
pub struct Routes {
    router: Router<App>,
    listed: Vec<Route>,
    operations: Vec<Operation>,
}

impl Routes {
    /// Adds an endpoint that answers JSON.
    #[must_use]
    pub fn json<E, F, Fut>(mut self, summary: &'static str, handler: F) -> Self
    where
        E: Guarded,
        E::Body: ToSchema + Send,
        E::Answer: Serialize + ToSchema,
        F: Fn(Authorized<E::Action>, App, E, E::Body) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<E::Answer, Refused>> + Send,
    {
        self.operations.push(Operation::json::<E>(summary));
        self.endpoint::<E, _, _, _>(handler, |answer| match serde_json::to_vec(&answer) {
            Ok(json) => bytes_response("application/json", json.into()),
            Err(error) => Refused::internal(&error).into_response(),
        })
    }

    /// Adds an endpoint that answers bytes.
    #[must_use]
    pub fn raw<E, F, Fut>(mut self, summary: &'static str, media_type: &'static str, handler: F) -> Self
    where
        E: Guarded<Answer = Raw>,
        E::Body: ToSchema + Send,
        F: Fn(Authorized<E::Action>, App, E, E::Body) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<RawAnswer, Refused>> + Send,
    {
        self.operations.push(Operation::raw::<E>(summary, media_type));
        self.endpoint::<E, _, _, _>(handler, |raw: RawAnswer| bytes_response(raw.media_type, raw.bytes))
    }

    /// Adds an endpoint whose answer goes on for as long as there is something to say, a line of JSON at a time.
    #[must_use]
    pub fn stream<E, F, Fut>(mut self, summary: &'static str, handler: F) -> Self
    where
        E: Guarded<Answer = Raw>,
        E::Body: ToSchema + Send,
        F: Fn(Authorized<E::Action>, App, E, E::Body) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Body, Refused>> + Send,
    {
        self.operations.push(Operation::raw::<E>(summary, LINES));
        self.endpoint::<E, _, _, _>(handler, |body: Body| {
            let mut response = Response::new(body);
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(LINES));
            // A proxy of nginx's kind would keep lines back until it has a page of them.
            response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
            response
        })
    }

    /// Adds the update files: `GET` and `HEAD` of anything below `template`, which ends in `{*path}`.
    #[must_use]
    pub fn files<F, Fut>(mut self, template: &'static str, summary: &'static str, handler: F) -> Self
    where
        F: Fn(Authorized<FetchRelease>, App, Request) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Response, Refused>> + Send,
    {
        self.operations.push(Operation::files(template, summary));
        self.list(Method::Get, template, FetchRelease::KIND);
        let run = move |State(app): State<App>, request: Request| {
            let handler = handler.clone();
            async move {
                let (parts, body) = request.into_parts();
                note(&parts, template);
                let leave = Authorized::obtain(&app, &parts, &PathValues::default()).await?;
                handler(leave, app, Request::from_parts(parts, body)).await
            }
        };
        self.router = self.router.route(template, on(MethodFilter::GET, run));
        self
    }

    /// The router and its table.
    pub(super) fn finish(self) -> (Router<App>, Vec<Route>, Vec<Operation>) {
        (self.router, self.listed, self.operations)
    }

    fn endpoint<E, F, Fut, T>(mut self, handler: F, respond: fn(T) -> Response) -> Self
    where
        E: Guarded,
        E::Body: Send,
        T: 'static,
        F: Fn(Authorized<E::Action>, App, E, E::Body) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<T, Refused>> + Send,
    {
        self.list(E::METHOD, E::TEMPLATE, <E::Action as Action>::KIND);
        let run = move |State(app): State<App>, request: Request| {
            let handler = handler.clone();
            async move {
                let (mut parts, body) = request.into_parts();
                note(&parts, E::TEMPLATE);
                let path = PathValues::read(&mut parts).await?;
                let leave = Authorized::<E::Action>::obtain(&app, &parts, &path).await?;
                let endpoint = E::from_path(&path)?;
                let body = read_body::<E>(&parts, body).await?;
                handler(leave, app, endpoint, body).await.map(respond)
            }
        };
        let methods: MethodRouter<App, Infallible> = match E::METHOD {
            // A HEAD would run the handler and throw its answer away; nobody needs it.
            Method::Get => on(MethodFilter::GET, run).on(MethodFilter::HEAD, super::wrong_method),
            Method::Post => on(MethodFilter::POST, run),
            Method::Delete => on(MethodFilter::DELETE, run),
        };
        self.router = self.router.route(E::TEMPLATE, methods);
        self
    }

    fn list(&mut self, method: Method, template: &'static str, action: ActionKind) {
        self.listed.push(Route { method, template, action });
    }
}

fn note(parts: &Parts, template: &'static str) {
    if let Some(found) = parts.extensions.get::<edge::Found>() {
        found.set(template);
    }
}

async fn read_body<E: Endpoint>(parts: &Parts, body: Body) -> Result<E::Body, Refused> {
    match E::METHOD {
        Method::Post => body::json(parts, body).await,
        // They have none; their body type is the empty object.
        Method::Get | Method::Delete => {
            serde_json::from_value(serde_json::Value::Object(serde_json::Map::new()))
                .map_err(|error| Refused::internal(&error))
        }
    }
}

fn bytes_response(media_type: &'static str, bytes: Bytes) -> Response {
    let mut response = Response::new(Body::from(bytes));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}
