//! The OpenAPI document, made out of the same calls that make the router: a route without a description
//! cannot be.

use polder_wire::proof::{NONCE_HEADER, PROOF_HEADER};
use polder_wire::{CLIENT_HEADER, Method, PROBLEM_JSON, Problem};
use utoipa::ToSchema;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathsBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{ComponentsBuilder, ObjectBuilder, Ref, Schema, Type};
use utoipa::openapi::{HttpMethod, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, RefOr, Required};

use super::routes::Guarded;
use crate::rights::{Action, ActionKind};

type Named = (String, RefOr<Schema>);

/// How one route stands in the document.
pub(super) struct Operation {
    method: Method,
    template: &'static str,
    summary: &'static str,
    action: ActionKind,
    body: Option<RefOr<Schema>>,
    media_type: &'static str,
    answer: RefOr<Schema>,
    schemas: Vec<Named>,
}

/// What a request must bring.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Needs {
    Nothing,
    Client,
    Proof,
    Session,
}

fn needs(action: ActionKind) -> Needs {
    match action {
        ActionKind::FetchRelease => Needs::Nothing,
        ActionKind::ReadApiDescription => Needs::Client,
        ActionKind::SignIn | ActionKind::RefreshSession | ActionKind::EndSession => Needs::Proof,
        ActionKind::WhoAmI
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
        operation.answer = named::<E::Answer>(&mut operation.schemas);
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
            media_type,
            answer: text().into(),
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
            media_type: "application/octet-stream",
            answer: text().into(),
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
        let mut parameters: Vec<_> =
            placeholders.map(|name| parameter(name, ParameterIn::Path, "Names what is asked for.")).collect();
        let needs = needs(self.action);
        if needs >= Needs::Client {
            parameters.push(parameter(
                CLIENT_HEADER,
                ParameterIn::Header,
                "`<version> <system>-<architecture>`, as `0.1.0 linux-x86_64`.",
            ));
        }
        if needs >= Needs::Proof {
            parameters.push(parameter(
                PROOF_HEADER,
                ParameterIn::Header,
                "Proof of possession of the device's key (RFC 9449, ES256), with the nonce of an earlier answer.",
            ));
        }
        if needs >= Needs::Session {
            parameters.push(parameter("authorization", ParameterIn::Header, "`DPoP <access token>`."));
        }
        parameters
    }

    fn describe(&self) -> OperationBuilder {
        let nonce = HeaderBuilder::new()
            .schema(Some(text()))
            .description(Some("A nonce for the next proof."))
            .build();
        let answer = ResponseBuilder::new()
            .description("As asked.")
            .header(NONCE_HEADER, nonce.clone())
            .content(self.media_type, ContentBuilder::new().schema(Some(self.answer.clone())).build());
        let problem = ResponseBuilder::new()
            .description("What went wrong; `code` says it.")
            .header(NONCE_HEADER, nonce)
            .content(
                PROBLEM_JSON,
                ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build(),
            );
        let body = self.body.clone().map(|schema| {
            RequestBodyBuilder::new()
                .required(Some(Required::True))
                .content("application/json", ContentBuilder::new().schema(Some(schema)).build())
                .build()
        });
        OperationBuilder::new()
            .summary(Some(self.summary))
            .operation_id(Some(format!("{:?} {}", self.action, self.path())))
            .parameters(Some(self.parameters()))
            .request_body(body)
            .response("200", answer)
            .response("default", problem)
    }
}

/// The whole document.
pub(super) fn document(operations: &[Operation]) -> OpenApi {
    let mut components = ComponentsBuilder::new();
    let mut problem = Vec::new();
    named::<Problem>(&mut problem);
    let schemas = operations.iter().flat_map(|operation| operation.schemas.iter().cloned());
    components = components.schemas_from_iter(problem.into_iter().chain(schemas));

    let paths = operations.iter().fold(PathsBuilder::new(), |paths, operation| {
        let method = match operation.method {
            Method::Get => HttpMethod::Get,
            Method::Post => HttpMethod::Post,
        };
        paths.path(operation.path(), PathItem::new(method, operation.describe()))
    });
    let info = InfoBuilder::new()
        .title("Polder platform")
        .version(env!("CARGO_PKG_VERSION"))
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

fn parameter(name: &str, place: ParameterIn, description: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(Required::True)
        .description(Some(description))
        .schema(Some(text()))
        .build()
}
