use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::{HeaderName, HeaderValue, header};
use polder_wire::Code;
use polder_wire::proof::NONCE_HEADER;

use super::Refused;
use crate::App;

/// Until an answer begins. Hashing queues, databases wait: a client gives up sooner.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// Which route a request found; told to the log instead of its path, which may hold ids of other people's
/// things.
#[derive(Clone, Default)]
pub(super) struct Found(Arc<OnceLock<&'static str>>);

impl Found {
    pub(super) fn set(&self, template: &'static str) {
        // A request finds one route; a second call would be the same one.
        let _ = self.0.set(template);
    }
}

/// The outermost layer: limits time, catches panics, logs, and puts on every answer what belongs on all.
pub(super) async fn answer(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let found = Found::default();
    let method = request.method().clone();
    let updates = request.uri().path().starts_with("/updates/");
    request.extensions_mut().insert(found.clone());

    let running = AssertUnwindSafe(next.run(request)).catch_unwind();
    let mut response = match tokio::time::timeout(ANSWER_WITHIN, running).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            tracing::error!(route = found.0.get().copied(), "a handler panicked");
            Refused::from(Code::Internal).into_response()
        }
        Err(_) => Refused::from(Code::Busy).into_response(),
    };

    let headers = response.headers_mut();
    if let Ok(nonce) = HeaderValue::from_str(&app.proofs.nonce(app.now())) {
        headers.insert(HeaderName::from_static(NONCE_HEADER), nonce);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000"));
    if !updates {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    tracing::info!(
        target: "polder_platform::access",
        %method,
        route = found.0.get().copied().unwrap_or("-"),
        status = response.status().as_u16(),
        ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        "answered"
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use tower::ServiceExt;

    #[tokio::test]
    async fn a_handler_that_panics_answers_a_problem() {
        let folder = tempfile::tempdir().unwrap();
        let app = crate::app::tests::app(folder.path()).await;
        let router: Router = Router::new()
            .route(
                "/",
                get(|| async {
                    if true {
                        panic!("on purpose")
                    }
                }),
            )
            .layer(from_fn_with_state(app, answer));
        let response = router.oneshot(Request::new(axum::body::Body::empty())).await.unwrap();
        assert_eq!(response.status(), 500);
        assert_eq!(response.headers()[header::CONTENT_TYPE], polder_wire::PROBLEM_JSON);
        assert!(response.headers().contains_key(NONCE_HEADER));
    }
}
