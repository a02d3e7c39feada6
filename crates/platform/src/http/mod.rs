//! Takes requests in: TLS or nothing, limits, the client's version, leave to act, and problems as answers.

mod body;
mod client_version;
pub(crate) mod crowd;
pub(crate) mod device;
mod edge;
mod listener;
mod openapi;
mod refused;
mod routes;
mod table;

use axum::Router;
use axum::middleware::from_fn_with_state;
use polder_wire::Code;

pub use body::BODY_LIMIT;
pub use listener::{ListenError, Server, TlsError};
pub use refused::Refused;
pub use routes::{Guarded, PathValues, RawAnswer, Route, Routes};

use crate::App;
use crate::config::Config;

/// Binds the address and gets everything ready; [`Server::run`] answers.
///
/// # Errors
/// When certificate or key cannot be used or the address is taken.
pub fn listen(app: App, config: &Config) -> Result<Server, ListenError> {
    let events = std::sync::Arc::clone(&app.events);
    Server::bind(router(app)?, events, config)
}

fn router(app: App) -> Result<Router, serde_json::Error> {
    let (routes, _) = table::routes()?;
    Ok(routes
        .fallback(unknown_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(app.clone(), client_version::check))
        .layer(from_fn_with_state(app.clone(), edge::answer))
        .with_state(app))
}

#[cfg(fuzzing)]
pub(crate) fn fuzz_head(bytes: &[u8]) {
    client_version::fuzz(bytes);
    device::fuzz(bytes);
    body::fuzz_type(bytes);
}

#[cfg(fuzzing)]
pub(crate) fn fuzz_body(bytes: &[u8]) {
    body::fuzz(bytes);
}

#[cfg(fuzzing)]
pub(crate) fn fuzz_path(text: &str) {
    table::fuzz_path(text);
}

async fn unknown_route() -> Refused {
    Code::NotFound.into()
}

async fn wrong_method() -> Refused {
    Code::MethodNotAllowed.into()
}
