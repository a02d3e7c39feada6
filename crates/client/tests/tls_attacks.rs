//! Somebody else answers in the platform's place, or the platform answers wrongly: each is refused before anything was
//! said, with its own code.

// A test that cannot go on fails.
#![allow(clippy::unwrap_used)]

#[path = "support/gate.rs"]
mod gate;
mod support;

#[cfg(unix)]
use std::process::{Child, Command, Stdio};

#[cfg(unix)]
use base64::{Engine, engine::general_purpose::STANDARD};
use gate::{Bench, refused};
use polder_wire::Code;
use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, NameConstraints,
};
#[cfg(unix)]
use support::server::closed_port;
use support::server::{Reply, Server};
use support::tls::{self, Authority};

#[tokio::test]
async fn a_certificate_that_is_not_valid_yet_is_refused() {
    let bench = Bench::new();
    let mut params = tls::leaf("localhost");
    params.not_before = rcgen::date_time_ymd(2090, 1, 1);
    params.not_after = rcgen::date_time_ymd(2091, 1, 1);
    let identity = bench.world.ca.issue_with(&params, &bench.world.server_key);
    refused(bench.meet(identity).await, Code::CertificateTime);
}

#[tokio::test]
async fn a_certificate_for_the_address_instead_of_the_name_is_refused() {
    let bench = Bench::new();
    for address in ["127.0.0.1", "::1"] {
        let params = CertificateParams::new(vec![address.to_owned()]).unwrap();
        let identity = bench.world.ca.issue_with(&params, &bench.world.server_key);
        refused(bench.meet(identity).await, Code::CertificateName);
    }
}

#[tokio::test]
async fn a_name_in_the_subject_alone_is_none() {
    let bench = Bench::new();
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.distinguished_name.push(rcgen::DnType::CommonName, "localhost");
    let identity = bench.world.ca.issue_with(&params, &bench.world.server_key);
    refused(bench.meet(identity).await, Code::CertificateName);
}

#[tokio::test]
async fn without_its_intermediate_a_certificate_is_refused_and_with_it_accepted() {
    let bench = Bench::new();
    let between = bench.world.ca.intermediate(tls::authority("Between"));
    let identity = || between.issue("localhost", &bench.world.server_key);
    refused(bench.meet(identity()).await, Code::UnknownIssuer);
    bench.meet(identity().with(between.der())).await.unwrap();
}

#[tokio::test]
async fn a_certificate_for_clients_is_refused() {
    let bench = Bench::new();
    let mut params = tls::leaf("localhost");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let identity = bench.world.ca.issue_with(&params, &bench.world.server_key);
    refused(bench.meet(identity).await, Code::CertificateInvalid);
}

#[tokio::test]
async fn a_certificate_that_another_server_vouches_for_is_refused() {
    let bench = Bench::new();
    let mut params = tls::leaf("other.example");
    params.is_ca = IsCa::NoCa;
    let other = bench.world.ca.intermediate(params);
    let identity = other.issue("localhost", &bench.world.server_key).with(other.der());
    refused(bench.meet(identity).await, Code::CertificateInvalid);
}

#[tokio::test]
async fn a_chain_that_is_longer_than_allowed_is_refused() {
    let bench = Bench::new();
    let mut last = tls::authority("Last");
    last.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let last = bench.world.ca.intermediate(last);
    let one_more: Authority = last.intermediate(tls::authority("One more"));
    let identity = one_more.issue("localhost", &bench.world.server_key).with(one_more.der()).with(last.der());
    refused(bench.meet(identity).await, Code::CertificateInvalid);
}

#[tokio::test]
async fn an_authority_for_other_names_is_refused() {
    let bench = Bench::new();
    let mut params = tls::authority("Elsewhere");
    let elsewhere = vec![GeneralSubtree::DnsName("elsewhere.example".to_owned())];
    params.name_constraints =
        Some(NameConstraints { permitted_subtrees: elsewhere, excluded_subtrees: Vec::new() });
    let constrained = bench.world.ca.intermediate(params);
    let identity = constrained.issue("localhost", &bench.world.server_key).with(constrained.der());
    refused(bench.meet(identity).await, Code::CertificateInvalid);
}

/// OpenSSL serves what rustls does not: old versions and weak ciphers. Windows does not bring it.
#[cfg(unix)]
struct OpenSsl(Child);

#[cfg(unix)]
impl OpenSsl {
    async fn serve(bench: &Bench, arguments: &[&str]) -> (Self, u16) {
        let folder = bench.folder.path();
        let identity = bench.world.identity();
        let pem = |kind: &str, der: &[u8]| {
            format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", STANDARD.encode(der))
        };
        std::fs::write(folder.join("cert.pem"), pem("CERTIFICATE", identity.der())).unwrap();
        std::fs::write(folder.join("key.pem"), bench.world.server_key.serialize_pem()).unwrap();
        let port = closed_port().await;
        let mut command = Command::new("openssl");
        command.args(["s_server", "-quiet", "-accept", &format!("127.0.0.1:{port}")]).args(arguments);
        command.arg("-cert").arg(folder.join("cert.pem")).arg("-key").arg(folder.join("key.pem"));
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let server = Self(child);
        for _ in 0..1_000 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return (server, port);
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("openssl does not listen");
    }
}

#[cfg(unix)]
impl Drop for OpenSsl {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_server_that_speaks_only_tls_1_1_is_refused() {
    let bench = Bench::new();
    let (_server, port) = OpenSsl::serve(&bench, &["-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"]).await;
    refused(bench.check(port).await, Code::NotSecure);
}

#[cfg(unix)]
#[tokio::test]
async fn a_server_that_offers_only_weak_ciphers_is_refused() {
    let bench = Bench::new();
    for cipher in ["ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0", "ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0"] {
        let (_server, port) = OpenSsl::serve(&bench, &["-tls1_2", "-cipher", cipher]).await;
        refused(bench.check(port).await, Code::NotSecure);
    }
}

#[tokio::test]
async fn redirects_to_http_to_another_host_and_in_a_circle_are_not_followed() {
    for (status, place) in [
        (301, "http://localhost/"),
        (302, "https://polder.invalid/"),
        (303, "//polder.invalid/"),
        (307, "/updates/metadata/timestamp.json"),
        (308, ""),
    ] {
        let bench = Bench::new();
        let server =
            Server::start(bench.world.identity(), move |_| Reply::new(status, "").with("location", place))
                .await;
        refused(bench.check(server.port).await, Code::AnswerBroken);
        assert_eq!(server.requests().len(), 1, "{status} to {place} was followed");
    }
}

#[tokio::test]
async fn answers_that_are_no_http_or_break_off_anywhere_are_refused() {
    let whole = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-type: application/json\r\n\r\n{\"a\"";
    let mut wrong: Vec<Vec<u8>> =
        (1..whole.len()).step_by(7).map(|end| whole.as_bytes()[..end].to_vec()).collect();
    wrong.push(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec());
    wrong.push(vec![0; 1_000]);
    wrong.push(b"HTTP/1.1 999999 .\r\n\r\n".to_vec());
    wrong.push(b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n".to_vec());
    wrong.push(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}".to_vec());
    wrong.push(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n".to_vec());
    // One header of a megabyte, and ten thousand small ones.
    wrong.push([b"HTTP/1.1 200 OK\r\nx: ", vec![b'x'; 1 << 20].as_slice(), b"\r\n\r\n{}"].concat());
    wrong.push([b"HTTP/1.1 200 OK\r\n".as_slice(), &b"x: y\r\n".repeat(10_000), b"\r\n{}"].concat());
    for answer in wrong {
        let bench = Bench::new();
        let shown = String::from_utf8_lossy(&answer[..answer.len().min(60)]).into_owned();
        let server = Server::start(bench.world.identity(), move |_| Reply {
            raw: true,
            ..Reply::new(200, answer.clone())
        })
        .await;
        let refusal = bench.check(server.port).await.expect_err(&shown);
        assert_eq!(refusal.code(), Code::AnswerBroken, "{shown:?}: {}", refusal.details());
    }
}
