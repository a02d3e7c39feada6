use std::time::Duration;

use polder_platform::store::Engine;
use polder_wire::{Code, OPENAPI_PATH};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::device::with_body;
use crate::support::stage::START;
use crate::support::{Answer, Device, Stage, on_both_engines, tls};

const PASSWORD: &str = "/api/v1/sign-in/password";

async fn raw_post(device: &Device, content_type: Option<&str>, body: impl Into<reqwest::Body>) -> Answer {
    // A first call brings a nonce, so that the next one gets as far as its body.
    device.send(device.request("GET", "/nowhere")).await;
    let request = device.request("POST", PASSWORD).header("dpop", device.proof("POST", PASSWORD, None));
    let request = match content_type {
        Some(kind) => request.header("content-type", kind),
        None => request,
    };
    device.send(request.body(body)).await
}

on_both_engines! {
    damaged_json_is_malformed,
    json_of_many_levels_does_no_harm,
    a_body_that_is_too_large_is_refused_announced_or_not,
    a_body_that_does_not_say_json_is_refused,
    a_wrong_method_and_an_unknown_route_are_problems,
    every_answer_says_that_it_is_not_to_be_kept_nor_sniffed,
    the_description_is_served,
    an_old_client_is_refused_but_gets_its_update,
    a_raised_lowest_version_counts_without_a_restart,
    update_files_are_below_their_folder_only,
    a_download_goes_on_where_it_was_cut_and_only_with_the_same_file,
    plain_http_gets_no_byte,
    tls_below_1_2_is_refused_and_1_2_and_1_3_are_spoken,
    the_platform_stops_gracefully,
}

async fn damaged_json_is_malformed(stage: Stage) {
    let device = stage.device();
    let good = json!({ "email": "a@b.fi", "password": "x", "stay": true }).to_string();
    for body in [
        String::new(),
        "{".into(),
        good[..good.len() - 1].into(),
        format!("{good}{good}"),
        "null".into(),
        "[]".into(),
        json!({ "email": "a@b.fi", "password": "x" }).to_string(),
        json!({ "email": 1, "password": "x", "stay": true }).to_string(),
        json!({ "email": "a@b.fi", "password": "x", "stay": true, "admin": true }).to_string(),
        good.replacen('{', "{\"stay\":false,", 1),
    ] {
        let answer = raw_post(&device, Some("application/json"), body.clone()).await;
        assert_eq!(answer.code(), Code::Malformed, "{body}");
    }
    let answer = raw_post(&device, Some("application/json"), b"{\"email\":\"\xff\"}".to_vec()).await;
    assert_eq!(answer.code(), Code::Malformed);
}

async fn json_of_many_levels_does_no_harm(stage: Stage) {
    let device = stage.device();
    let deep = format!("{}{}", "[".repeat(8000), "]".repeat(8000));
    assert_eq!(raw_post(&device, Some("application/json"), deep).await.code(), Code::Malformed);
    let deep = format!("{{\"email\":{}1{}}}", "{\"a\":".repeat(2000), "}".repeat(2000));
    assert_eq!(raw_post(&device, Some("application/json"), deep).await.code(), Code::Malformed);
}

async fn a_body_that_is_too_large_is_refused_announced_or_not(stage: Stage) {
    let device = stage.device();
    let large = "x".repeat(polder_platform::http::BODY_LIMIT + 1);
    let body = json!({ "email": large, "password": "x", "stay": true }).to_string();
    assert_eq!(raw_post(&device, Some("application/json"), body.clone()).await.code(), Code::TooLarge);
    let parts: Vec<Result<_, std::io::Error>> =
        body.as_bytes().chunks(1000).map(|c| Ok(c.to_vec())).collect();
    let stream = reqwest::Body::wrap_stream(futures_util::stream::iter(parts));
    assert_eq!(raw_post(&device, Some("application/json"), stream).await.code(), Code::TooLarge);
}

async fn a_body_that_does_not_say_json_is_refused(stage: Stage) {
    let device = stage.device();
    let body = json!({ "email": "a@b.fi", "password": "x", "stay": true }).to_string();
    for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
        assert_eq!(raw_post(&device, kind, body.clone()).await.code(), Code::NotJson, "{kind:?}");
    }
    let answer = raw_post(&device, Some("application/json; charset=utf-8"), body).await;
    assert_eq!(answer.code(), Code::CredentialsWrong);
}

async fn a_wrong_method_and_an_unknown_route_are_problems(stage: Stage) {
    let device = stage.device();
    for (method, path) in [
        ("GET", PASSWORD),
        ("PUT", PASSWORD),
        ("DELETE", "/api/v1/me"),
        ("POST", "/api/v1/projects"),
        ("OPTIONS", "/api/v1/me"),
        ("POST", OPENAPI_PATH),
        ("POST", "/updates/metadata/timestamp.json"),
    ] {
        let answer = device.send(device.request(method, path)).await;
        assert_eq!(answer.code(), Code::MethodNotAllowed, "{method} {path}");
        assert!(answer.headers.contains_key("allow"), "{method} {path}");
    }
    assert_eq!(device.send(device.request("HEAD", "/api/v1/me")).await.status, 405);
    for path in ["/", "/api", "/api/v1", "/api/v1/", "/api/v2/me", "/api/v1/me/", "/index.html", "/..%2f"] {
        let answer = device.send(device.request("GET", path)).await;
        assert_eq!(answer.code(), Code::NotFound, "{path}");
    }
}

async fn every_answer_says_that_it_is_not_to_be_kept_nor_sniffed(stage: Stage) {
    let device = stage.device();
    for path in ["/", "/api/v1/me", OPENAPI_PATH] {
        let answer = device.send(device.request("GET", path)).await;
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert!(answer.headers.contains_key("strict-transport-security"));
    }
}

async fn the_description_is_served(stage: Stage) {
    let device = stage.device();
    let answer = device.send(device.request("GET", OPENAPI_PATH)).await.good();
    assert!(answer["openapi"].as_str().unwrap().starts_with("3."));
    assert!(answer["paths"][PASSWORD]["post"].is_object());
}

async fn an_old_client_is_refused_but_gets_its_update(stage: Stage) {
    let mut device = stage.device();
    for client in [
        None,
        Some(""),
        Some("0.1.0"),
        Some("0.0.9 linux-x86_64"),
        Some("0.1.0-beta linux-x86_64"),
        Some("x y-z"),
    ] {
        device.client = client.map(str::to_owned);
        for (method, path) in [
            ("GET", "/api/v1/me"),
            ("POST", PASSWORD),
            ("GET", OPENAPI_PATH),
            ("GET", "/nowhere"),
            ("PUT", "/"),
            ("GET", "/updates"),
        ] {
            let answer = device.send(device.request(method, path)).await;
            assert_eq!(answer.code(), Code::ClientOutdated, "{client:?} {method} {path}");
        }
        let timestamp = device.send(device.request("GET", "/updates/metadata/timestamp.json")).await.good();
        assert_eq!(timestamp["signed"]["_type"], "timestamp");
    }
}

async fn a_raised_lowest_version_counts_without_a_restart(stage: Stage) {
    let device = stage.device();
    device.send(device.request("GET", OPENAPI_PATH)).await.good();
    stage.releases.publish(stage.folder.path(), 2, "0.2.0", START);
    stage.wait(3600);
    assert_eq!(device.send(device.request("GET", OPENAPI_PATH)).await.code(), Code::ClientOutdated);
    let mut newer = stage.device();
    newer.client = Some("0.2.0 linux-x86_64".into());
    newer.send(newer.request("GET", OPENAPI_PATH)).await.good();
}

async fn update_files_are_below_their_folder_only(stage: Stage) {
    let device = stage.device();
    for path in [
        "/updates/",
        "/updates/metadata",
        "/updates/metadata/",
        "/updates/../root.json",
        "/updates/%2e%2e/master.key",
        "/updates/..%2fmaster.key",
        "/updates/metadata/..%2f..%2fmaster.key",
        "/updates//etc/passwd",
        "/updates/metadata/nothing.json",
    ] {
        let answer = device.send(device.request("GET", path)).await;
        assert_eq!(answer.code(), Code::NotFound, "{path}");
    }
    let head = device.send(device.request("HEAD", "/updates/metadata/timestamp.json")).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
}

async fn a_download_goes_on_where_it_was_cut_and_only_with_the_same_file(stage: Stage) {
    let device = stage.device();
    let targets = stage.folder.path().join("releases/targets");
    let name = std::fs::read_dir(&targets).unwrap().next().unwrap().unwrap().file_name();
    let name = name.into_string().unwrap();
    let whole = std::fs::read(targets.join(&name)).unwrap();
    let (path, tag) =
        (format!("/updates/targets/{name}"), format!("\"{}\"", name.split_once('.').unwrap().0));
    let ask = |headers: &[(&'static str, &str)]| {
        let request = device.request("GET", &path);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        device.send(request)
    };
    let answer = ask(&[]).await;
    assert_eq!((answer.status, &answer.body[..]), (200, &whole[..]));
    assert_eq!(answer.headers["etag"], tag, "the same on every node, whenever the file was written");
    // The client knows the tag because it knows the hash.
    let part = ask(&[("range", "bytes=10-"), ("if-range", &tag)]).await;
    assert_eq!((part.status, &part.body[..]), (206, &whole[10..]));
    assert_eq!(part.headers["content-range"], format!("bytes 10-{}/{}", whole.len() - 1, whole.len()));
    for other in
        [format!("\"{}\"", "0".repeat(64)), format!("W/{tag}"), "Thu, 01 Jan 2026 00:00:00 GMT".into()]
    {
        let answer = ask(&[("range", "bytes=10-"), ("if-range", &other)]).await;
        assert_eq!((answer.status, &answer.body[..]), (200, &whole[..]), "{other}");
    }
    let beyond = format!("bytes={}-", whole.len());
    assert_eq!(ask(&[("range", &beyond), ("if-range", &tag)]).await.status, 416);
    for known in [tag.as_str(), "*", "\"x\", W/"] {
        let answer = ask(&[("if-none-match", known)]).await;
        let expected = if known.ends_with('/') { 200 } else { 304 };
        assert_eq!(answer.status, expected, "{known}");
        assert_eq!(answer.body.is_empty(), expected == 304, "{known}");
    }
}

async fn plain_http_gets_no_byte(stage: Stage) {
    for greeting in [
        &b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"[..],
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x15",
        b"\0",
    ] {
        let mut stream = TcpStream::connect(stage.address).await.unwrap();
        stream.write_all(greeting).await.unwrap();
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await;
        // Closed or reset; what counts is that it ended and brought nothing.
        drop(read.expect("the connection ends"));
        assert!(answer.is_empty(), "{answer:?}");
    }
}

async fn tls_below_1_2_is_refused_and_1_2_and_1_3_are_spoken(stage: Stage) {
    // A TLS 1.1 ClientHello, by hand: no client here speaks it any more.
    let mut hello = vec![0x16, 3, 1, 0, 45, 1, 0, 0, 41, 3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 2, 0xc0, 0x13, 1, 0]);
    let mut stream = TcpStream::connect(stage.address).await.unwrap();
    stream.write_all(&hello).await.unwrap();
    let mut answer = Vec::new();
    drop(tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await.unwrap());
    assert!(answer.first().is_none_or(|kind| *kind == 0x15), "an alert at most: {answer:?}");

    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let mut config = tls::client(&stage.ca, &[version]);
        config.alpn_protocols = vec![b"h2".to_vec()];
        let stream = TcpStream::connect(stage.address).await.unwrap();
        let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::new(config));
        let stream = connector.connect("localhost".try_into().unwrap(), stream).await.unwrap();
        let (_, connection) = stream.get_ref();
        assert_eq!(connection.protocol_version(), Some(version.version));
        assert_eq!(connection.alpn_protocol(), Some(&b"h2"[..]));
        if version.version == rustls::ProtocolVersion::TLSv1_3 {
            let group = connection.negotiated_key_exchange_group().unwrap().name();
            assert_eq!(group, rustls::NamedGroup::X25519MLKEM768);
        }
    }
}

async fn the_platform_stops_gracefully(mut stage: Stage) {
    let device = stage.device();
    device.send(with_body(device.request("GET", OPENAPI_PATH), None)).await.good();
    stage.stop().await;
    assert!(TcpStream::connect(stage.address).await.is_err());
}

/// TLS all the way, and nothing said.
async fn silent(stage: &Stage) -> tokio_rustls::client::TlsStream<TcpStream> {
    let config = std::sync::Arc::new(tls::client(&stage.ca, rustls::ALL_VERSIONS));
    let stream = TcpStream::connect(stage.address).await.unwrap();
    let connector = tokio_rustls::TlsConnector::from(config);
    connector.connect("localhost".try_into().unwrap(), stream).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_takes_every_connection_shuts_nobody_out() {
    let stage = Stage::begin_with(Engine::Sqlite, "[limits]\nconnections_per_address = 3").await;
    let mut taken = Vec::new();
    for _ in 0..3 {
        taken.push(silent(&stage).await);
    }
    // From the same address: the oldest gives way, and the others stay.
    let device = stage.device();
    device.send(device.request("GET", OPENAPI_PATH)).await.good();
    let ended = tokio::time::timeout(Duration::from_secs(5), taken[0].read_u8()).await;
    assert!(ended.expect("the oldest ends").is_err());
    for other in &mut taken[1..] {
        assert!(tokio::time::timeout(Duration::from_millis(200), other.read_u8()).await.is_err());
    }
    // It is the same for who does not even begin to speak TLS, long before their time is over.
    let mut mute = Vec::new();
    for _ in 0..4 {
        mute.push(TcpStream::connect(stage.address).await.unwrap());
    }
    let ended = tokio::time::timeout(Duration::from_secs(5), mute[0].read_u8()).await;
    assert!(ended.expect("the oldest ends").is_err());
}
