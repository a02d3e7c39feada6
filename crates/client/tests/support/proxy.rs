use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What a proxy does once it read a head.
#[derive(Debug, Clone)]
pub enum Manner {
    /// Connects to where it was asked to.
    Tunnels,
    /// Connects to this port instead: what listens there presents certificates of its own.
    Intercepts(u16),
    /// Connects whoever sends this `Proxy-Authorization`; the others get a 407 that asks for Basic.
    Asks(String),
    /// Answers so and closes.
    Says(&'static str),
    /// Closes without a word.
    HangsUp,
    /// Never ends its head.
    Rambles,
    /// Never says a word.
    Silent,
}

/// A real HTTP proxy on loopback, with all its tempers.
pub struct Proxy {
    pub port: u16,
    task: JoinHandle<()>,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    pub async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heads = Arc::<Mutex<Vec<_>>>::default();
        let seen = Arc::clone(&heads);
        let task = tokio::spawn(async move {
            // Ends with this task, so that no connection outlives the proxy.
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (manner, seen) = (manner.clone(), Arc::clone(&seen));
                connections.spawn(async move { drop(serve(stream, &manner, &seen).await) });
            }
        });
        Self { port, task, heads }
    }

    /// The heads that came, as they came.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, manner: &Manner, seen: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).await? == 0 {
            return Ok(());
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    seen.lock().unwrap().push(head.clone());
    let target = head.split(' ').nth(1).unwrap();
    match manner {
        Manner::Tunnels => tunnel(stream, target).await,
        Manner::Intercepts(port) => tunnel(stream, &format!("127.0.0.1:{port}")).await,
        Manner::Asks(wanted) if head.lines().any(|line| line == wanted) => tunnel(stream, target).await,
        Manner::Asks(_) => {
            stream.write_all(b"HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n").await
        }
        Manner::Says(answer) => stream.write_all(answer.as_bytes()).await,
        Manner::HangsUp => Ok(()),
        Manner::Rambles => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
            loop {
                stream.write_all(b"x-more: and more and more and more\r\n").await?;
            }
        }
        Manner::Silent => std::future::pending().await,
    }
}

async fn tunnel(mut near: TcpStream, target: &str) -> std::io::Result<()> {
    let mut far = TcpStream::connect(target).await?;
    near.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    tokio::io::copy_bidirectional(&mut near, &mut far).await.map(drop)
}
