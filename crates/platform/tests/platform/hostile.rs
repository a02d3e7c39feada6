//! Every operation of the platform's own description, attacked with whatever a program can send: a new endpoint is
//! attacked without a line written for it. Never a fault of the server, always a problem of the closed list, nothing
//! of what was sent in the answer, and nothing done.

use std::time::Duration;

use polder_platform::domains::SecondStep;
use polder_platform::rights::OthersAccess;
use polder_wire::rights::Role;
use polder_wire::{Code, OPENAPI_PATH, UserId};
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::people::text;
use crate::support::{Answer, Device, Stage, on_both_engines, tls};

/// Stands in everything that is sent; no answer may repeat it.
const MARK: &str = "h0stile";

on_both_engines! {
    no_body_makes_a_fault,
    no_method_makes_a_fault,
    no_path_makes_a_fault,
    bytes_that_are_no_proper_request_make_no_fault,
}

/// An operation as the description has it.
struct Operation {
    method: String,
    path: String,
    /// The fields of its body, with a value of each one's type.
    body: Option<Map<String, Value>>,
}

async fn operations(device: &Device) -> Vec<Operation> {
    let document = device.send(device.request("GET", OPENAPI_PATH)).await.good();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let body = fields(&document, schema);
            found.push(Operation { method: method.to_uppercase(), path: path.clone(), body });
        }
    }
    assert!(found.len() >= 10 && found.iter().filter(|each| each.body.is_some()).count() >= 5);
    found
}

fn fields(document: &Value, schema: &Value) -> Option<Map<String, Value>> {
    let schema = match schema["$ref"].as_str() {
        Some(name) => document.pointer(name.strip_prefix('#').unwrap()).unwrap(),
        None => schema,
    };
    let properties = schema["properties"].as_object()?;
    let value = |kind: &Value| match kind["type"].as_str() {
        Some("boolean") => json!(true),
        Some("integer" | "number") => json!(1),
        _ => json!(MARK),
    };
    Some(properties.iter().map(|(name, kind)| (name.clone(), value(kind))).collect())
}

/// A path with something for its parameters.
fn filled(path: &str, with: &str) -> String {
    let mut parts: Vec<_> = path.split('/').map(str::to_owned).collect();
    parts.iter_mut().filter(|part| part.starts_with('{')).for_each(|part| with.clone_into(part));
    parts.join("/")
}

#[track_caller]
fn is_proper(answer: &Answer, what: &str) {
    assert!(answer.status < 500 || answer.status == 503, "{what}: {answer:?}");
    if answer.status >= 400 && !answer.body.is_empty() {
        answer.code();
    }
    let said = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(!said.contains(MARK), "{what} is repeated: {said}");
}

/// Texts that programs trip over.
fn texts() -> Vec<Value> {
    let mut texts: Vec<Value> = [
        "",
        " ",
        "\u{0}",
        "a\u{0}b",
        "\u{feff}",
        "\u{202e}",
        "\u{200b}",
        "e\u{301}",
        "\u{1f468}\u{200d}\u{1f469}",
        "\u{10ffff}",
        "ﷺ",
        "İ",
        "ß",
        "\r\n",
        "\u{1b}[31m",
        "' OR 1=1 --",
        "\"; DROP TABLE users; --",
        "${jndi:ldap://x}",
        "../../etc/passwd",
        "%00",
        "{{7*7}}",
        "<script>",
        "NaN",
        "-0",
        "true",
        "null",
    ]
    .iter()
    .map(|text| json!(format!("{MARK}{text}")))
    .collect();
    texts.push(json!(format!("{MARK}{}", "x".repeat(9_000))));
    texts.push(json!(MARK.repeat(1_200)));
    texts
}

/// Bodies that are wrong in one place, and some in all.
fn damaged(whole: &Map<String, Value>) -> Vec<Vec<u8>> {
    let mut bodies: Vec<Vec<u8>> = Vec::new();
    let mut push = |value: &Value| bodies.push(value.to_string().into_bytes());
    let others = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!([]),
        json!({}),
        json!([[MARK]]),
    ];
    for name in whole.keys() {
        let mut body = whole.clone();
        body.remove(name);
        push(&json!(body));
        for value in others.iter().cloned().chain(texts()) {
            let mut body = whole.clone();
            body.insert(name.clone(), value);
            push(&json!(body));
        }
        let mut body = whole.clone();
        body.insert(format!("{name}{MARK}"), json!(MARK));
        push(&json!(body));
    }
    for value in [json!(null), json!([]), json!(MARK), json!(1), json!([whole]), json!({ (MARK): whole })] {
        push(&value);
    }
    let text = json!(whole).to_string();
    let first = whole.keys().next().unwrap();
    for odd in [
        format!("\u{feff}{text}"),
        format!("{text}{text}"),
        format!("{text},"),
        text.replacen('{', &format!("{{\"{first}\":\"{MARK}\","), 1),
        text.replace(MARK, "\\ud800"),
        text.replace(MARK, "\\u0000"),
        text.replace(&format!("\"{MARK}\""), "1e400"),
        text.replace(&format!("\"{MARK}\""), "NaN"),
        text.replace(&format!("\"{MARK}\""), "-"),
        text.replace('"', "'"),
        format!("{}{text}", "[".repeat(8_000)),
        "{\"a\":".repeat(2_500),
        text[..text.len() / 2].to_owned(),
        String::new(),
    ] {
        bodies.push(odd.into_bytes());
    }
    bodies.push([text.as_bytes(), b"\xff\xfe\x00"].concat());
    bodies.push(text.replace(MARK, "\u{1}").replace('\u{1}', "\u{fffd}").into_bytes());
    bodies
}

async fn people_and_things(stage: &Stage) -> (Device, String, Vec<String>) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    // Whom the rules let come furthest.
    let aino = stage.person(domain, "Aino Virtanen", Role::Manager).await;
    let project = stage.project(&aino, "Market square", OthersAccess::None).await;
    let (device, grant) = stage.signed_in(&aino).await;
    let before = everything(stage).await;
    (device, text(&grant, "access_token").to_owned(), vec![project.to_string(), before])
}

/// What must not change by a refused request.
async fn everything(stage: &Stage) -> String {
    let mut all = String::new();
    for table in ["domains", "users", "projects", "second_steps"] {
        let count = sqlx::query(sqlx::AssertSqlSafe(format!("SELECT 1 FROM {table}")))
            .fetch_all(stage.app.store.pool())
            .await
            .unwrap()
            .len();
        all.push_str(&format!("{table}: {count}; "));
    }
    all
}

async fn no_body_makes_a_fault(stage: Stage) {
    let oulu = stage.domain("Oulu", SecondStep::Optional).await;
    let guesser = stage.person(oulu, "Oiva Laine", Role::Manager).await;
    let (device, access, kept) = people_and_things(&stage).await;
    for operation in operations(&device).await {
        let Some(whole) = &operation.body else { continue };
        // A few wrong passwords end a session: whoever tries many needs as many sessions.
        let ends_sessions = ["/api/v1/account/password", "/api/v1/session/prove", "/api/v1/session/unlock"]
            .contains(&operation.path.as_str());
        let mut codes = Vec::new();
        for body in damaged(whole) {
            let own;
            let (device, access) = if ends_sessions {
                own = stage.signed_in(&guesser).await;
                (&own.0, text(&own.1, "access_token"))
            } else {
                (&device, access.as_str())
            };
            for access in [None, Some(access)] {
                let path = filled(&operation.path, &kept[0]);
                let proof = device.proof(&operation.method, &path, access);
                let request = device.request(&operation.method, &path).header("dpop", proof);
                let request = crate::support::device::with_access(request, access);
                let answer =
                    device.send(request.header("content-type", "application/json").body(body.clone())).await;
                let shown = String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned();
                is_proper(&answer, &format!("{} {path} with {shown}", operation.method));
                // Whoever asks for a letter is told the same, whatever they typed.
                if operation.path == "/api/v1/password/forgotten" && answer.status == 200 {
                    assert_eq!(answer.json(), json!({}));
                    continue;
                }
                assert!(answer.status >= 400, "{} {path} took {shown}", operation.method);
                codes.push(answer.code());
            }
        }
        // Its body was read, not just its proof.
        let read = codes.iter().filter(|code| matches!(code, Code::Malformed | Code::TooLarge)).count();
        assert!(read > 10, "{}: {codes:?}", operation.path);
    }
    assert_eq!(everything(&stage).await, kept[1]);
    device.me(&access).await.good();
}

async fn no_method_makes_a_fault(stage: Stage) {
    let (device, access, kept) = people_and_things(&stage).await;
    let operations = operations(&device).await;
    for operation in &operations {
        let path = filled(&operation.path, &kept[0]);
        let known: Vec<_> = operations
            .iter()
            .filter(|each| each.path == operation.path)
            .map(|each| each.method.as_str())
            .collect();
        for method in [
            "GET",
            "HEAD",
            "POST",
            "PUT",
            "PATCH",
            "DELETE",
            "OPTIONS",
            "TRACE",
            "get",
            "PROPFIND",
            "X-H0STILE",
        ] {
            if known.contains(&method) || (method == "HEAD" && known.contains(&"GET")) {
                continue;
            }
            let proof = device.proof(method, &path, Some(&access));
            let request = device.request(method, &path).header("dpop", proof);
            let answer = device.send(crate::support::device::with_access(request, Some(&access))).await;
            is_proper(&answer, &format!("{method} {path}"));
            assert_eq!(answer.status, 405, "{method} {path}");
        }
    }
    assert_eq!(everything(&stage).await, kept[1]);
    device.me(&access).await.good();
}

async fn no_path_makes_a_fault(stage: Stage) {
    let (device, access, kept) = people_and_things(&stage).await;
    for operation in operations(&device).await.iter().filter(|operation| operation.method == "GET") {
        for odd in [
            MARK,
            "0",
            "-1",
            "%00",
            "%2e%2e",
            "%2e%2e%2fme",
            "..%2f..%2f",
            "%252e",
            "%ff",
            "%c0%ae",
            "~",
            "*",
            "'",
            "\"",
            "%0d%0aSet-Cookie:x",
            ";x=y",
            "%5c..%5c",
            "%E2%80%AE",
            "00000000000000000000000000000000",
            "0123456789ABCDEF0123456789ABCDEF",
            "0123456789abcdef0123456789abcdeg",
            "0123456789abcdef0123456789abcde",
            &"a".repeat(4_000),
            "18446744073709551616",
            "1e3",
            "1.0",
            "+1",
            "0x1",
        ] {
            let path = if operation.path.contains('{') {
                filled(&operation.path, odd)
            } else {
                format!("{}/{odd}", operation.path)
            };
            let answer = device.get(&path, &access).await;
            is_proper(&answer, &format!("GET {path}"));
            // A place in a list is one whether or not anybody stands there: the list goes on behind it.
            let place = operation.path == "/api/v1/people/after/{person}" && odd.parse::<UserId>().is_ok();
            assert!(answer.status >= 400 || place, "GET {path} found something: {answer:?}");
        }
        for path in [
            format!("/{}", operation.path),
            format!("{}/", operation.path),
            format!("{}//", operation.path),
            operation.path.to_uppercase(),
            format!("{};x", operation.path),
            format!("{}%00", operation.path),
            operation.path.replace("/api", "/api/../api"),
            operation.path.replace("/api", "/./api%2f"),
        ] {
            let path = filled(&path, &kept[0]);
            let answer = device.get(&path, &access).await;
            is_proper(&answer, &format!("GET {path}"));
        }
    }
    assert_eq!(everything(&stage).await, kept[1]);
}

/// Straight into the connection: what no HTTP library would send. hyper answers some of it by itself, with a bare 400 or
/// 431 and no body, before the platform's own code sees it; or it hangs up.
async fn bytes_that_are_no_proper_request_make_no_fault(stage: Stage) {
    let long = "x".repeat(200_000);
    let many: String = (0..2_000).map(|n| format!("x-{n}: y\r\n")).collect();
    let requests = [
        "GET / HTTP/1.1\r\n\r\n".to_owned(),
        "GET /api/v1/me HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n".to_owned(),
        "GET /api/v1/me HTTP/9.9\r\nhost: a\r\n\r\n".to_owned(),
        "GET http://elsewhere.example/api/v1/me HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(),
        "CONNECT elsewhere.example:443 HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(),
        "OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(),
        "GET /api/v1/me\r\n\r\n".to_owned(),
        "GET /api/v1/me HTTP/1.1\nhost: a\n\n".to_owned(),
        "GET /api/v1/me HTTP/1.1\r\nhost: a\r\n folded: x\r\n\r\n".to_owned(),
        "GET /api/v1/me HTTP/1.1\r\nhost : a\r\n\r\n".to_owned(),
        "GET /api/\u{0}v1/me HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(),
        format!("GET /{long} HTTP/1.1\r\nhost: a\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nhost: a\r\nx: {long}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nhost: a\r\n{many}\r\n"),
        "POST /api/v1/sign-in/password HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello!".to_owned(),
        "POST /api/v1/sign-in/password HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n".to_owned(),
        "POST /api/v1/sign-in/password HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999999999999999\r\n\r\n".to_owned(),
        "POST /api/v1/sign-in/password HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /updates/smuggled HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(),
        "POST /api/v1/sign-in/password HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n".to_owned(),
        "POST /api/v1/sign-in/password HTTP/1.1\r\nhost: a\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n".to_owned(),
        "POST /api/v1/sign-in/password HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n".to_owned(),
        "POST /api/v1/sign-in/password HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nx".to_owned(),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0".to_owned(),
        "\u{16}\u{3}\u{1}".to_owned(),
    ];
    for request in requests {
        let shown: String = request.chars().take(80).collect();
        let said = exchange(&stage, request.as_bytes()).await;
        let said = String::from_utf8_lossy(&said).into_owned();
        for status in
            said.match_indices("HTTP/1.1 ").map(|(at, _)| said[at + 9..].chars().take(3).collect::<String>())
        {
            assert!(status.starts_with('4'), "{shown:?} got {status}: {said}");
        }
        assert!(!said.contains("smuggled"), "{shown:?} hid a second request: {said}");
    }
    // And the platform is as well as before.
    let device = stage.device();
    device.send(device.request("GET", OPENAPI_PATH)).await.good();
}

/// Sends these bytes over TLS and reads until the platform hangs up, or says nothing more for a moment.
async fn exchange(stage: &Stage, bytes: &[u8]) -> Vec<u8> {
    let connector =
        tokio_rustls::TlsConnector::from(std::sync::Arc::new(tls::client(&stage.ca, rustls::ALL_VERSIONS)));
    let stream = TcpStream::connect(stage.address).await.unwrap();
    let mut stream = connector.connect("localhost".try_into().unwrap(), stream).await.unwrap();
    // It may hang up before it read all.
    let sent = async {
        stream.write_all(bytes).await?;
        stream.flush().await
    };
    drop(sent.await);
    let mut said = Vec::new();
    let mut part = [0; 4096];
    while let Ok(Ok(length @ 1..)) =
        tokio::time::timeout(Duration::from_millis(500), stream.read(&mut part)).await
    {
        said.extend_from_slice(&part[..length]);
    }
    said
}
