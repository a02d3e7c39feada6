use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// What a path is answered with.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    File(Vec<u8>),
    /// This status and nothing else.
    Status(u16),
    /// On to another path.
    Redirect(String),
    /// These bytes over and over, without an announced length, until nobody reads any more.
    Endless(u8),
    /// Half of what was announced, and then nothing.
    CutOff(Vec<u8>),
}

/// Plain http on loopback; whatever was not put is answered with 404.
pub(crate) struct Server {
    pub(crate) port: u16,
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    files: Mutex<BTreeMap<String, Reply>>,
    asked: Mutex<Vec<String>>,
    over: AtomicBool,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::<State>::default();
        let thread = {
            let state = Arc::clone(&state);
            std::thread::spawn(move || {
                for stream in listener.incoming() {
                    if state.over.load(Ordering::SeqCst) {
                        return;
                    }
                    // The client may hang up whenever it has read enough.
                    drop(stream.and_then(|stream| state.serve(stream)));
                }
            })
        };
        Self { port, state, thread: Some(thread) }
    }

    pub(crate) fn put(&self, path: &str, reply: Reply) {
        self.state.files.lock().unwrap().insert(path.to_owned(), reply);
    }

    pub(crate) fn take(&self, path: &str) -> Option<Reply> {
        self.state.files.lock().unwrap().remove(path)
    }

    /// What was asked since the last call, as it stood in the requests.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.state.asked.lock().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.state.over.store(true, Ordering::SeqCst);
        // Wakes the thread, which then sees that it is over.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl State {
    /// One request a connection.
    fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut lines = BufReader::new(stream.try_clone()?).lines();
        let first = lines.next().transpose()?.unwrap_or_default();
        for line in lines {
            if line?.is_empty() {
                break;
            }
        }
        let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
        let reply = self.files.lock().unwrap().get(&path).cloned();
        self.asked.lock().unwrap().push(path);
        let mut head = |status: u16, more: &str| {
            stream.write_all(format!("HTTP/1.1 {status} .\r\nconnection: close\r\n{more}\r\n").as_bytes())
        };
        match reply {
            None => head(404, "content-length: 0\r\n"),
            Some(Reply::Status(status)) => head(status, "content-length: 0\r\n"),
            Some(Reply::Redirect(to)) => head(302, &format!("location: {to}\r\ncontent-length: 0\r\n")),
            Some(Reply::File(bytes)) => {
                head(200, &format!("content-length: {}\r\n", bytes.len()))?;
                stream.write_all(&bytes)
            }
            Some(Reply::CutOff(bytes)) => {
                head(200, &format!("content-length: {}\r\n", bytes.len()))?;
                stream.write_all(&bytes[..bytes.len() / 2])
            }
            Some(Reply::Endless(byte)) => {
                head(200, "")?;
                let bytes = vec![byte; 64 * 1024];
                loop {
                    stream.write_all(&bytes)?;
                }
            }
        }
    }
}
