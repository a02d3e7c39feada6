use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use polder_wire::{CLIENT_HEADER, Code};
use semver::Version;

use super::Refused;
use crate::App;

/// Turns away clients that the signed policy no longer admits (R66), before anything else is looked at.
/// Only update files are for everybody: who is too old needs them most.
pub(super) async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.uri().path().starts_with("/updates/") {
        return next.run(request).await;
    }
    match admitted(&app, request.headers()).await {
        Ok(()) => next.run(request).await,
        Err(refused) => refused.into_response(),
    }
}

async fn admitted(app: &App, headers: &HeaderMap) -> Result<(), Refused> {
    let version = client_version(headers).ok_or(Refused::from(Code::ClientOutdated))?;
    let releases = app.releases.as_ref().ok_or(Refused::from(Code::Internal))?;
    match releases.admits(&version, app.now()).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(Code::ClientOutdated.into()),
        // Without a verified policy nobody can tell who is too old, so nobody is let in.
        Err(error) => Err(Refused::internal(&error)),
    }
}

/// `<version> <system>-<architecture>`.
fn client_version(headers: &HeaderMap) -> Option<Version> {
    let mut values = headers.get_all(CLIENT_HEADER).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (version, system) = value.to_str().ok()?.split_once(' ')?;
    let (system, architecture) = system.split_once('-')?;
    let named = |text: &str| {
        (1..=32).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    (named(system) && named(architecture)).then(|| Version::parse(version).ok()).flatten()
}

#[cfg(fuzzing)]
pub(super) fn fuzz(bytes: &[u8]) {
    let Ok(value) = http::HeaderValue::from_bytes(bytes) else { return };
    let mut headers = HeaderMap::new();
    headers.insert(CLIENT_HEADER, value);
    if let Some(version) = client_version(&headers) {
        let said = String::from_utf8_lossy(bytes).into_owned();
        assert!(said.starts_with(&format!("{version} ")), "{said} is read as {version}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Option<Version> {
        let mut headers = HeaderMap::new();
        headers.insert(CLIENT_HEADER, value.parse().unwrap());
        client_version(&headers)
    }

    #[test]
    fn a_client_names_version_system_and_architecture_or_nothing() {
        assert_eq!(read("0.1.0 linux-x86_64"), Some(Version::new(0, 1, 0)));
        for wrong in [
            "",
            "0.1.0",
            "0.1 linux-x86_64",
            "0.1.0 linux",
            "0.1.0  linux-x86_64",
            "0.1.0 linux-",
            "x linux-x",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn two_headers_are_none() {
        let mut headers = HeaderMap::new();
        headers.append(CLIENT_HEADER, "9.0.0 linux-x86_64".parse().unwrap());
        headers.append(CLIENT_HEADER, "0.1.0 linux-x86_64".parse().unwrap());
        assert_eq!(client_version(&headers), None);
    }
}
