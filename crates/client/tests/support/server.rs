use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use super::tls::Identity;

#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// Announces more bytes than it sends, and hangs up.
    pub cut_off: bool,
    /// The body is in chunks already, and no length is announced.
    pub chunked: bool,
    /// The body is all that is sent, head and all, and then the server hangs up.
    pub raw: bool,
    /// Sends so many bytes of the body and no more, hanging up at once, or never.
    pub stops_at: Option<(usize, Stop)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    HangUp,
    Silent,
    /// The rest in single bytes, each after so long.
    Drip(std::time::Duration),
}

impl Reply {
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
            cut_off: false,
            chunked: false,
            raw: false,
            stops_at: None,
        }
    }

    pub fn json(value: &serde_json::Value) -> Self {
        Self::new(200, value.to_string()).with("content-type", "application/json")
    }

    pub fn problem(status: u16, code: &str) -> Self {
        let body = serde_json::json!({
            "type": format!("urn:polder:problem:{code}"), "title": "", "status": status, "code": code,
        });
        Self::new(status, body.to_string()).with("content-type", "application/problem+json")
    }

    pub fn stopping_at(mut self, bytes: usize, how: Stop) -> Self {
        self.stops_at = Some((bytes, how));
        self
    }

    /// Bytes of the body that are sent.
    pub fn body_bytes(&self) -> usize {
        self.stops_at.map_or(self.body.len(), |(bytes, _)| bytes.min(self.body.len()))
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

type Handler = dyn Fn(&Request) -> Reply + Send + Sync;

/// A real TLS server on loopback with a hand-written HTTP/1.1, so that it can also be wrong.
pub struct Server {
    pub port: u16,
    tasks: Vec<JoinHandle<()>>,
    requests: Arc<Mutex<Vec<Request>>>,
    groups: Arc<Mutex<Vec<(rustls::ProtocolVersion, rustls::NamedGroup)>>>,
}

impl Server {
    pub async fn start(
        identity: Identity,
        handler: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::start_on(listener, identity, &[&rustls::version::TLS13, &rustls::version::TLS12], handler)
    }

    pub fn start_on(
        listener: TcpListener,
        identity: Identity,
        versions: &[&'static rustls::SupportedProtocolVersion],
        handler: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let port = listener.local_addr().unwrap().port();
        let acceptor = TlsAcceptor::from(identity.config(versions));
        let handler: Arc<Handler> = Arc::new(handler);
        let requests = Arc::<Mutex<Vec<Request>>>::default();
        let groups = Arc::<Mutex<Vec<_>>>::default();
        let (seen, met) = (Arc::clone(&requests), Arc::clone(&groups));
        let task = tokio::spawn(async move {
            // Ends with this task, so that no connection outlives the server.
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, handler) = (acceptor.clone(), Arc::clone(&handler));
                let (seen, met) = (Arc::clone(&seen), Arc::clone(&met));
                connections.spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let tls = stream.get_ref().1;
                    let group = tls.negotiated_key_exchange_group().map(|group| group.name());
                    if let (Some(version), Some(group)) = (tls.protocol_version(), group) {
                        met.lock().unwrap().push((version, group));
                    }
                    drop(serve(stream, &*handler, &seen).await);
                });
            }
        });
        Self { port, tasks: vec![task], requests, groups }
    }

    /// A server that speaks no TLS.
    pub async fn start_plain(answer: &'static [u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut first = [0; 1024];
                drop(stream.read(&mut first).await);
                drop(stream.write_all(answer).await);
            }
        });
        Self { port, tasks: vec![task], requests: Arc::default(), groups: Arc::default() }
    }

    /// Ends listening and all connections.
    pub async fn stop(&mut self) {
        for task in self.tasks.drain(..) {
            task.abort();
            // It was aborted, which is what its answer says.
            drop(task.await);
        }
    }

    /// What was asked so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// The version and the key exchange of each connection.
    pub fn handshakes(&self) -> Vec<(rustls::ProtocolVersion, rustls::NamedGroup)> {
        self.groups.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// A port on loopback where nobody listens.
pub async fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    handler: &Handler,
    seen: &Mutex<Vec<Request>>,
) -> io::Result<()> {
    while let Some(request) = read(&mut stream).await? {
        seen.lock().unwrap().push(request.clone());
        let reply = handler(&request);
        if reply.raw {
            stream.write_all(&reply.body).await?;
            return stream.shutdown().await;
        }
        let length = reply.body.len() + if reply.cut_off { 100 } else { 0 };
        let framing = match reply.chunked {
            true => "transfer-encoding: chunked".to_owned(),
            false => format!("content-length: {length}"),
        };
        let mut head = format!("HTTP/1.1 {} .\r\n{framing}\r\n", reply.status);
        for (name, value) in &reply.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        if let Some((bytes, how)) = reply.stops_at {
            let (first, rest) = reply.body.split_at(bytes.min(reply.body.len()));
            stream.write_all(&[head.as_bytes(), first].concat()).await?;
            stream.flush().await?;
            match how {
                Stop::HangUp => return stream.shutdown().await,
                Stop::Silent => std::future::pending::<()>().await,
                Stop::Drip(each) => {
                    for byte in rest {
                        tokio::time::sleep(each).await;
                        stream.write_all(&[*byte]).await?;
                        stream.flush().await?;
                    }
                    continue;
                }
            }
        }
        // At once: the system would hold a second small piece back until the first was acknowledged.
        stream.write_all(&[head.as_bytes(), &reply.body].concat()).await?;
        stream.flush().await?;
        if reply.cut_off {
            return stream.shutdown().await;
        }
    }
    Ok(())
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Request>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).await? == 0 {
            return Ok(None);
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next().unwrap().split(' ');
    let (method, path) = (first.next().unwrap().to_owned(), first.next().unwrap().to_owned());
    let headers: BTreeMap<_, _> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.get("content-length").map_or(0, |text| text.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(Some(Request { method, path, headers, body }))
}
