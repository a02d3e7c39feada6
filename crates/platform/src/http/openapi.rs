//! The OpenAPI document, made out of the same calls that make the router: a route without a description
//! cannot be.

mod problems;

use polder_wire::proof::{NONCE_HEADER, PROOF_HEADER};
use polder_wire::{CLIENT_HEADER, Method, PROBLEM_JSON, Problem, ProjectId, SessionId};
use utoipa::openapi::content::{Content, ContentBuilder};
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathsBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{
    ComponentsBuilder, KnownFormat, ObjectBuilder, Ref, Schema, SchemaFormat, Type,
};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{HttpMethod, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, RefOr, Required};
use utoipa::{PartialSchema, ToSchema};

use super::routes::Guarded;
use crate::rights::{Action, ActionKind};

type Named = (String, RefOr<Schema>);

/// Proof of possession of the device's key, as the document calls it.
const DEVICE: &str = "device";
/// The access token, as the document calls it.
const SESSION: &str = "session";

/// How one route stands in the document.
pub(super) struct Operation {
    method: Method,
    template: &'static str,
    summary: &'static str,
    action: ActionKind,
    body: Option<RefOr<Schema>>,
    media_types: Vec<&'static str>,
    /// None where it is a file's bytes, whatever they are.
    answer: Option<RefOr<Schema>>,
    schemas: Vec<Named>,
}

/// What a request must bring.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Needs {
    Nothing,
    Client,
    Proof,
    /// A session, which may be locked.
    LockedSession,
    Session,
}

fn needs(action: ActionKind) -> Needs {
    match action {
        ActionKind::FetchRelease => Needs::Nothing,
        ActionKind::ReadApiDescription => Needs::Client,
        ActionKind::SignIn
        | ActionKind::AskForPassword
        | ActionKind::SetPassword
        | ActionKind::RefreshSession
        | ActionKind::EndSession => Needs::Proof,
        ActionKind::LockSession | ActionKind::UnlockSession | ActionKind::WatchEvents => Needs::LockedSession,
        ActionKind::WhoAmI
        | ActionKind::ListDevices
        | ActionKind::EndDevice
        | ActionKind::EndOthers
        | ActionKind::ProveAgain
        | ActionKind::ReadPasswordRules
        | ActionKind::ChangePassword
        | ActionKind::ListPeople
        | ActionKind::AddPerson
        | ActionKind::SetPasswordMinimum
        | ActionKind::LookAtSecondStep
        | ActionKind::ChangeSecondStep
        | ActionKind::UnlockPerson
        | ActionKind::SwitchLogins
        | ActionKind::SendLetter
        | ActionKind::TakeSecondStep
        | ActionKind::ListProjects
        | ActionKind::OpenProject
        | ActionKind::ReadSketch
        | ActionKind::ReadLayer => Needs::Session,
    }
}

impl Operation {
    pub(super) fn json<E: Guarded>(summary: &'static str) -> Self
    where
        E::Body: ToSchema,
        E::Answer: ToSchema,
    {
        let mut operation = Self::raw::<E>(summary, "application/json");
        operation.answer = Some(named::<E::Answer>(&mut operation.schemas));
        operation
    }

    pub(super) fn raw<E: Guarded>(summary: &'static str, media_type: &'static str) -> Self
    where
        E::Body: ToSchema,
    {
        let mut schemas = Vec::new();
        let body = (E::METHOD == Method::Post).then(|| named::<E::Body>(&mut schemas));
        Self {
            method: E::METHOD,
            template: E::TEMPLATE,
            summary,
            action: <E::Action as Action>::KIND,
            body,
            media_types: vec![media_type],
            answer: None,
            schemas,
        }
    }

    pub(super) fn files(template: &'static str, summary: &'static str) -> Self {
        Self {
            method: Method::Get,
            template,
            summary,
            action: ActionKind::FetchRelease,
            body: None,
            // As the ends of the files' names say.
            media_types: vec!["application/json", "application/octet-stream"],
            answer: None,
            schemas: Vec::new(),
        }
    }

    fn path(&self) -> String {
        // The router's `{*path}` takes the rest of the path; OpenAPI knows only `{path}`.
        self.template.replace("{*", "{")
    }

    fn parameters(&self) -> Vec<Parameter> {
        let path = self.path();
        let placeholders = path.split('{').skip(1).filter_map(|part| part.split('}').next());
        let mut parameters: Vec<_> = placeholders
            .map(|name| parameter(name, ParameterIn::Path, "Names what is asked for.", placeholder(name)))
            .collect();
        if needs(self.action) >= Needs::Client {
            parameters.push(parameter(
                CLIENT_HEADER,
                ParameterIn::Header,
                "`<version> <system>-<architecture>`, as `0.1.0 linux-x86_64`.",
                client(),
            ));
        }
        parameters
    }

    fn security(&self) -> Option<SecurityRequirement> {
        let none: [&str; 0] = [];
        match needs(self.action) {
            Needs::Nothing | Needs::Client => None,
            Needs::Proof => Some(SecurityRequirement::new(DEVICE, none)),
            Needs::LockedSession | Needs::Session => {
                Some(SecurityRequirement::new(DEVICE, none).add(SESSION, none))
            }
        }
    }

    fn describe(&self) -> OperationBuilder {
        let answer = self.media_types.iter().fold(
            ResponseBuilder::new().description("As asked.").header(NONCE_HEADER, nonce()),
            |answer, media_type| {
                answer.content(*media_type, ContentBuilder::new().schema(self.answer.clone()).build())
            },
        );
        let body = self.body.clone().map(|schema| {
            RequestBodyBuilder::new()
                .required(Some(Required::True))
                .content("application/json", content(schema))
                .build()
        });
        let mut operation = OperationBuilder::new()
            .summary(Some(self.summary))
            .operation_id(Some(format!("{:?} {}", self.action, self.path())))
            .parameters(Some(self.parameters()))
            .request_body(body)
            .response("200", answer);
        if self.action == ActionKind::FetchRelease {
            for (status, description) in FILE_ANSWERS {
                let answer = ResponseBuilder::new().description(description).header(NONCE_HEADER, nonce());
                operation = operation.response(status, answer);
            }
        }
        for (status, description) in problems::by_status(self) {
            operation = operation.response(status.to_string(), problem(&description));
        }
        match self.security() {
            Some(security) => operation.security(security),
            None => operation,
        }
    }
}

/// What a file is answered with where a part of it is asked for, or only a newer one.
const FILE_ANSWERS: [(&str, &str); 4] = [
    ("206", "The part that was asked for."),
    ("304", "Unchanged."),
    ("412", "Not as the request wants it."),
    ("416", "There is no such part."),
];

/// The whole document.
pub(super) fn document(operations: &[Operation]) -> OpenApi {
    let mut components = ComponentsBuilder::new();
    let mut problem = Vec::new();
    named::<Problem>(&mut problem);
    let schemas = operations.iter().flat_map(|operation| operation.schemas.iter().cloned());
    components = components.schemas_from_iter(problem.into_iter().chain(schemas));

    components = components
        .security_scheme(
            DEVICE,
            header_key(
                PROOF_HEADER,
                "Proof of possession of the device's key (RFC 9449, ES256), with the nonce of an earlier answer.",
            ),
        )
        // OpenAPI knows the scheme DPoP only as a header with a text in it.
        .security_scheme(SESSION, header_key("authorization", "`DPoP <access token>`."));

    let paths = operations.iter().fold(PathsBuilder::new(), |paths, operation| {
        let method = match operation.method {
            Method::Get => HttpMethod::Get,
            Method::Post => HttpMethod::Post,
            Method::Delete => HttpMethod::Delete,
        };
        paths.path(operation.path(), PathItem::new(method, operation.describe()))
    });
    let info = InfoBuilder::new()
        .title("Polder platform")
        .version(polder_wire::VERSION)
        .description(Some("What the Polder client asks of the platform."));
    OpenApiBuilder::new().info(info).paths(paths).components(Some(components.build())).build()
}

/// A reference to a type's schema, which is put among the components with all that it refers to.
fn named<T: ToSchema>(schemas: &mut Vec<Named>) -> RefOr<Schema> {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
    Ref::from_schema_name(T::name()).into()
}

fn text() -> Schema {
    ObjectBuilder::new().schema_type(Type::String).build().into()
}

fn content(schema: impl Into<RefOr<Schema>>) -> Content {
    ContentBuilder::new().schema(Some(schema)).build()
}

fn problem(description: &str) -> Response {
    ResponseBuilder::new()
        .description(description)
        .header(NONCE_HEADER, nonce())
        .content(PROBLEM_JSON, content(Ref::from_schema_name("Problem")))
        .build()
}

fn nonce() -> Header {
    HeaderBuilder::new().schema(Some(text())).description(Some("A nonce for the next proof.")).build()
}

fn header_key(name: &str, description: &str) -> SecurityScheme {
    SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(name, description)))
}

/// What `client_version` reads.
fn client() -> RefOr<Schema> {
    let pattern =
        r"^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)? [a-z0-9_]{1,32}-[a-z0-9_]{1,32}$";
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).build().into()
}

/// What may stand for a placeholder; any text where nothing more is known.
fn placeholder(name: &str) -> RefOr<Schema> {
    match name {
        "project" => ProjectId::schema(),
        "session" => SessionId::schema(),
        "person" => polder_wire::UserId::schema(),
        "version" => ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
            .minimum(Some(1))
            .build()
            .into(),
        "layer" => {
            ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[a-z0-9-]{1,64}$")).build().into()
        }
        _ => text().into(),
    }
}

fn parameter(name: &str, place: ParameterIn, description: &str, schema: RefOr<Schema>) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(Required::True)
        .description(Some(description))
        .schema(Some(schema))
        .build()
}
