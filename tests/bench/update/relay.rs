//! Between updater and platform: counts what passes on the wire, and cuts or holds it where a measurement says so.

use std::collections::VecDeque;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use polder_tests::Outcome;

/// Bytes that wait to be sent.
const SENDING: usize = 32 * 1024;

/// Ends with the process: whoever measures does nothing afterwards.
pub(super) struct Relay {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Bytes that updaters were sent.
    down: u64,
    /// The connections to come are cut after so many bytes each; those behind them are not.
    cuts: VecDeque<u64>,
    /// Nothing more is sent once `down` is so much.
    hold: Option<u64>,
}

impl Relay {
    pub(super) fn to(platform: u16) -> Outcome<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared::default());
        let of_thread = Arc::clone(&shared);
        std::thread::spawn(move || {
            // Whoever is turned away sees it, and its measurement fails.
            for client in listener.incoming().flatten() {
                relay(client, platform, &of_thread).ok();
            }
        });
        Ok(Self { port, shared })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Bytes that updaters were sent so far.
    pub(super) fn down(&self) -> u64 {
        self.shared.lock().down
    }

    /// Cuts the next connections after so many bytes each.
    pub(super) fn cut(&self, after: impl IntoIterator<Item = u64>) {
        self.shared.lock().cuts = after.into_iter().collect();
    }

    /// How many of the cuts are still to come.
    pub(super) fn uncut(&self) -> usize {
        self.shared.lock().cuts.len()
    }

    /// Sends nothing more after so many bytes from now, until [`Relay::release`].
    pub(super) fn hold_after(&self, bytes: u64) {
        let mut state = self.shared.lock();
        state.hold = Some(state.down + bytes);
    }

    /// Waits until it holds.
    pub(super) fn until_held(&self) {
        let mut state = self.shared.lock();
        while state.hold.is_some_and(|hold| state.down < hold) {
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub(super) fn release(&self) {
        self.shared.lock().hold = None;
        self.shared.changed.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts, and waits while nothing may be sent.
    fn sent(&self, bytes: u64) {
        let mut state = self.lock();
        state.down += bytes;
        self.changed.notify_all();
        while state.hold.is_some_and(|hold| state.down >= hold) {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// How many bytes of `wanted` may be sent at once.
    fn room(&self, wanted: usize) -> usize {
        let state = self.lock();
        let left = state.hold.map_or(u64::MAX, |hold| hold.saturating_sub(state.down).max(1));
        wanted.min(usize::try_from(left).unwrap_or(usize::MAX))
    }
}

fn relay(client: TcpStream, platform: u16, shared: &Arc<Shared>) -> io::Result<()> {
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, platform))?;
    for stream in [&client, &server] {
        stream.set_nodelay(true)?;
    }
    // What lies in here was not on the wire yet, and is counted all the same.
    rustix::net::sockopt::set_socket_send_buffer_size(&client, SENDING)?;
    let cut = shared.lock().cuts.pop_front();
    let (from_client, to_server) = (client.try_clone()?, server.try_clone()?);
    std::thread::spawn(move || {
        // An end on either side is an end.
        io::copy(&mut &from_client, &mut &to_server).ok();
        to_server.shutdown(Shutdown::Write).ok();
    });
    let shared = Arc::clone(shared);
    std::thread::spawn(move || {
        down(&server, &client, cut, &shared).ok();
        for stream in [&client, &server] {
            stream.shutdown(Shutdown::Both).ok();
        }
    });
    Ok(())
}

fn down(server: &TcpStream, client: &TcpStream, cut: Option<u64>, shared: &Shared) -> io::Result<()> {
    let (mut server, mut client) = (server, client);
    let mut left = cut.unwrap_or(u64::MAX);
    let mut buffer = vec![0; 32 * 1024];
    while left > 0 {
        let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = server.read(&mut buffer[..most])?;
        if read == 0 {
            break;
        }
        left -= read as u64;
        let mut piece = &buffer[..read];
        while !piece.is_empty() {
            let (now, later) = piece.split_at(shared.room(piece.len()));
            client.write_all(now)?;
            shared.sent(now.len() as u64);
            piece = later;
        }
    }
    Ok(())
}
