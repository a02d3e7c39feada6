//! One `CONNECT` by hand. reqwest says that there was no way through a proxy, and neither why nor what the proxy
//! asks for; so after such a failure the proxy is asked once more, and heard out.

use std::io;
use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use zeroize::Zeroizing;

use super::challenge::Offered;
use super::fault::Address;
use super::{Credentials, Proxy, ProxyFault};

/// Of the head of the answer.
const MAX_HEAD: usize = 16 * 1024;

/// Asks for a way to the target (`host:port`), and waits so long for it at most. `Ok` when the proxy gives one; it is closed at once.
///
/// # Errors
/// Why it gives none.
pub(crate) async fn ask(proxy: &Proxy, target: &str, limit: Duration) -> Result<(), ProxyFault> {
    let at = Address { host: proxy.host.clone(), port: proxy.port };
    let asked = tokio::time::timeout(limit, converse(proxy, &at, target)).await;
    asked.unwrap_or(Err(ProxyFault::Unreachable { at, cause: None }))
}

async fn converse(proxy: &Proxy, at: &Address, target: &str) -> Result<(), ProxyFault> {
    let unreachable = |cause| ProxyFault::Unreachable { at: at.clone(), cause: Some(cause) };
    let mut stream =
        TcpStream::connect((proxy.host.to_string(), proxy.port.get())).await.map_err(unreachable)?;
    let request = request(target, proxy.credentials.as_ref());
    let answered = match stream.write_all(request.as_bytes()).await {
        Ok(()) => read_head(&mut stream).await,
        Err(error) => Err(error),
    };
    // Somebody took the connection, so it is not out of reach; whatever went wrong then is theirs.
    let head = answered.map_err(|_| ProxyFault::NoProxy(at.clone()))?;
    let (status, offered) = parse(&head).ok_or_else(|| ProxyFault::NoProxy(at.clone()))?;
    // Nothing but 200 opens the way for reqwest, either.
    if status == 200 { Ok(()) } else { Err(ProxyFault::of_answer(at.clone(), status, offered)) }
}

/// Nothing of Polder's is in it.
fn request(target: &str, credentials: Option<&Credentials>) -> Zeroizing<String> {
    let mut request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n");
    if let Some(Credentials { user, password }) = credentials {
        let both = Zeroizing::new(format!("{}:{}", user.as_str(), password.expose()));
        let both = Zeroizing::new(STANDARD.encode(both.as_bytes()));
        request.push_str("Proxy-Authorization: Basic ");
        request.push_str(&both);
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    Zeroizing::new(request)
}

/// Up to the empty line, and no more than is allowed.
async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut limited = stream.take(MAX_HEAD as u64);
    loop {
        if limited.read_buf(&mut head).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(end) = head.windows(4).position(|four| four == b"\r\n\r\n") {
            head.truncate(end);
            return Ok(head);
        }
    }
}

/// Status, and what a 407 asks for.
fn parse(head: &[u8]) -> Option<(u16, Offered)> {
    let mut lines = head.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let status = status(lines.next()?)?;
    let fields = lines.filter_map(|line| {
        let colon = line.iter().position(|&byte| byte == b':')?;
        line[..colon].eq_ignore_ascii_case(b"proxy-authenticate").then_some(&line[colon + 1..])
    });
    Some((status, Offered::read(fields)))
}

/// `HTTP/1.x NNN`, and then a space or nothing.
fn status(line: &[u8]) -> Option<u16> {
    let rest = line.strip_prefix(b"HTTP/1.0 ").or_else(|| line.strip_prefix(b"HTTP/1.1 "))?;
    let (digits, rest) = rest.split_at_checked(3)?;
    let whole = digits.iter().all(u8::is_ascii_digit) && rest.first().is_none_or(|&byte| byte == b' ');
    whole.then(|| std::str::from_utf8(digits).ok()?.parse().ok())?
}

#[cfg(test)]
mod tests {
    use polder_wire::{Code, Secret};
    use tokio::net::TcpListener;

    use super::*;
    use crate::proxy::{Host, Port, User};

    const SHORT: Duration = Duration::from_millis(400);

    fn proxy(port: u16, credentials: Option<Credentials>) -> Proxy {
        let (host, port) = (Host::parse("127.0.0.1").unwrap(), Port::parse(port.into()).unwrap());
        Proxy { host, port, credentials }
    }

    /// What is said of a proxy that answers so, and then keeps the connection open or not.
    async fn of(answer: &'static [u8], repeat: bool, open: bool) -> Result<(), Code> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let serving = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = [0; 1024];
            let _ = stream.read(&mut asked).await.unwrap();
            while stream.write_all(answer).await.is_ok() && repeat {}
            if open {
                std::future::pending::<()>().await;
            }
        });
        let asked = ask(&proxy(port, None), "polder.example:443", SHORT).await;
        serving.abort();
        asked.map_err(|fault| fault.code())
    }

    #[tokio::test]
    async fn what_the_proxy_says_is_heard() {
        for (answer, expected) in [
            (&b"HTTP/1.1 200 Connection established\r\n\r\n"[..], Ok(())),
            (b"HTTP/1.0 200\r\nx: y\r\n\r\nmore", Ok(())),
            (b"HTTP/1.1 403 Forbidden\r\n\r\n", Err(Code::ProxyRefused)),
            (b"HTTP/1.1 204 No\r\n\r\n", Err(Code::ProxyRefused)),
            (b"HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n", Err(Code::ProxySignIn)),
            (b"HTTP/1.1 407 x\r\nproxy-AUTHENTICATE:NTLM\r\n\r\n", Err(Code::ProxyNtlm)),
            (
                b"HTTP/1.1 407 x\r\nProxy-Authenticate: NTLM\r\nProxy-Authenticate: Negotiate\r\n\r\n",
                Err(Code::ProxyNegotiate),
            ),
            (b"HTTP/1.1 407 x\r\nProxy-Authenticate: Negotiate, NTLM, Basic\r\n\r\n", Err(Code::ProxySignIn)),
            (b"HTTP/1.1 407 x\r\nProxy-Authenticate: Digest realm=\"x\"\r\n\r\n", Err(Code::ProxyRefused)),
            (b"HTTP/1.1 407 x\r\nWWW-Authenticate: Basic\r\n\r\n", Err(Code::ProxyRefused)),
            // Only a 407 asks.
            (b"HTTP/1.1 403 x\r\nProxy-Authenticate: Basic\r\n\r\n", Err(Code::ProxyRefused)),
            (b"HTTP/1.1 2000 OK\r\n\r\n", Err(Code::ProxyRefused)),
            (b"HTTP/1.1 20\r\n\r\n", Err(Code::ProxyRefused)),
            (b"SSH-2.0-x\r\n\r\n", Err(Code::ProxyRefused)),
        ] {
            let text = String::from_utf8_lossy(answer);
            assert_eq!(of(answer, false, true).await, expected, "{text}");
        }
    }

    #[tokio::test]
    async fn a_proxy_that_hangs_up_rambles_or_stays_silent_is_left() {
        assert_eq!(of(b"", false, false).await, Err(Code::ProxyRefused), "it hangs up");
        assert_eq!(of(b"HTTP/1.1 200 OK\r\n", false, false).await, Err(Code::ProxyRefused), "half a head");
        assert_eq!(of(b"x: yyyyyyyyyyyyyyyyy\r\n", true, true).await, Err(Code::ProxyRefused), "no end");
        assert_eq!(of(b"", false, true).await, Err(Code::ProxyUnreachable), "it never answers");
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let fault = ask(&proxy(closed, None), "polder.example:443", SHORT).await.unwrap_err();
        assert!(matches!(&fault, ProxyFault::Unreachable { cause: Some(_), .. }), "{fault:?}");
    }

    #[test]
    fn nothing_goes_to_the_proxy_but_where_to_and_what_is_its_own() {
        assert_eq!(*request("a:443", None), "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n");
        let credentials = Credentials { user: User::parse("ada").unwrap(), password: Secret::new("l:ö") };
        let both = STANDARD.encode("ada:l:ö");
        assert_eq!(
            *request("a:443", Some(&credentials)),
            format!("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\nProxy-Authorization: Basic {both}\r\n\r\n"),
        );
    }
}
