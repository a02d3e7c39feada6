use axum::body::Body;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::request::Parts;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use polder_wire::Code;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::Refused;

/// Bodies are sign-in steps today; none comes near.
pub const BODY_LIMIT: usize = 16 * 1024;

/// Reads a JSON body, strictly: its type says so, it is not too large, and it is what was asked for.
pub(super) async fn json<T: DeserializeOwned>(parts: &Parts, body: Body) -> Result<T, Refused> {
    if !says_json(parts) {
        return Err(Code::NotJson.into());
    }
    // Tells a client that announces too much before it sends it.
    let announced =
        parts.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > BODY_LIMIT as u64) {
        return Err(Code::TooLarge.into());
    }
    let bytes = match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(collected) => Zeroizing::new(collected.to_bytes().to_vec()),
        Err(error) if error.is::<LengthLimitError>() => return Err(Code::TooLarge.into()),
        // The client went away or broke the framing; whatever is answered, hardly anybody reads it.
        Err(_) => return Err(Code::Malformed.into()),
    };
    // The parser stops at 128 levels by itself.
    serde_json::from_slice(&bytes).map_err(|_| Code::Malformed.into())
}

fn says_json(parts: &Parts) -> bool {
    let mut types = parts.headers.get_all(CONTENT_TYPE).iter();
    let (Some(only), None) = (types.next(), types.next()) else { return false };
    let Ok(text) = only.to_str() else { return false };
    let (kind, parameters) = text.split_once(';').unwrap_or((text, ""));
    let parameters = parameters.trim();
    kind.trim().eq_ignore_ascii_case("application/json")
        && (parameters.is_empty() || parameters.eq_ignore_ascii_case("charset=utf-8"))
}

#[cfg(fuzzing)]
pub(super) fn fuzz_type(bytes: &[u8]) {
    let Ok(value) = http::HeaderValue::from_bytes(bytes) else { return };
    let mut parts = http::Request::new(()).into_parts().0;
    parts.headers.insert(CONTENT_TYPE, value);
    if says_json(&parts) {
        let said = String::from_utf8_lossy(bytes).to_lowercase();
        assert!(said.trim().starts_with("application/json"), "{said}");
    }
}

#[cfg(fuzzing)]
pub(super) fn fuzz(bytes: &[u8]) {
    use polder_wire::Nothing;
    use polder_wire::manage::Switch;
    use polder_wire::password::{ChangeBody, ForgottenBody, SetBody};
    use polder_wire::people::{AddPersonBody, PasswordMinimum};
    use polder_wire::second_step::FirstCode;
    use polder_wire::sign_in::{CodeBody, PasswordBody, RecoveryBody, RefreshBody, TicketBody};

    fn read<T: DeserializeOwned + serde::Serialize>(bytes: &[u8]) {
        use futures_util::FutureExt;
        let json = http::HeaderValue::from_static("application/json");
        let mut parts = http::Request::new(()).into_parts().0;
        parts.headers.insert(CONTENT_TYPE, json);
        // Bytes that are there already are not waited for.
        let Some(read) = self::json::<T>(&parts, Body::from(bytes.to_vec())).now_or_never() else {
            unreachable!("all of it is there")
        };
        let Ok(read) = read else { return };
        assert!(bytes.len() <= BODY_LIMIT);
        let written = serde_json::to_vec(&read).unwrap_or_default();
        let again = serde_json::from_slice::<T>(&written).map(|again| serde_json::to_vec(&again));
        assert!(again.is_ok_and(|again| again.is_ok_and(|again| again == written)), "it reads back");
    }

    read::<PasswordBody>(bytes);
    read::<TicketBody>(bytes);
    read::<CodeBody>(bytes);
    read::<RecoveryBody>(bytes);
    read::<RefreshBody>(bytes);
    read::<ForgottenBody>(bytes);
    read::<polder_wire::password::CodeBody>(bytes);
    read::<SetBody>(bytes);
    read::<ChangeBody>(bytes);
    read::<AddPersonBody>(bytes);
    read::<PasswordMinimum>(bytes);
    read::<FirstCode>(bytes);
    read::<Switch>(bytes);
    read::<Nothing>(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_is_taken_for_json() {
        let says = |value: &str| {
            let request = http::Request::builder().header(CONTENT_TYPE, value).body(()).unwrap();
            says_json(&request.into_parts().0)
        };
        assert!(says("application/json"));
        assert!(says("Application/JSON; charset=UTF-8"));
        assert!(!says("application/json; charset=utf-16"));
        assert!(!says("text/plain"));
        assert!(!says("application/jsonp"));
        assert!(!says_json(&http::Request::new(()).into_parts().0));
    }
}
