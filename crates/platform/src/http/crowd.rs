//! How many connections there may be, in all and from one address. Where one is too many, the one that has been there
//! longest gives way: of that address, or of the address that has most. So nobody shuts others out for longer than
//! they stay, not even those who share an address with them.

use std::collections::{HashMap, VecDeque};
use std::future::{Future, poll_fn};
use std::io;
use std::net::{IpAddr, Ipv6Addr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::config::Limits;

/// Everybody who is connected.
#[derive(Debug)]
pub(super) struct Crowd {
    limits: Limits,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    entered: u64,
    total: usize,
    /// The longest first.
    by_address: HashMap<IpAddr, VecDeque<Connection>>,
}

#[derive(Debug)]
struct Connection {
    number: u64,
    /// Dropped, it tells the connection to end.
    _stays: oneshot::Sender<()>,
}

impl Crowd {
    pub(super) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { limits, held: Mutex::default() })
    }

    /// Takes a connection in, and lets another one go where there are too many.
    pub(super) fn enter<S>(self: &Arc<Self>, stream: S, from: IpAddr) -> Counted<S> {
        let address = counted_as(from);
        let (stays, leave) = oneshot::channel();
        let mut held = self.held();
        if held.by_address.get(&address).is_some_and(|all| all.len() >= self.limits.per_address) {
            held.let_go(address);
        } else if held.total >= self.limits.connections
            && let Some(most) = held.most()
        {
            held.let_go(most);
        }
        held.entered += 1;
        held.total += 1;
        let number = held.entered;
        held.by_address.entry(address).or_default().push_back(Connection { number, _stays: stays });
        Counted { stream, crowd: Arc::clone(self), address, number, leave: Some(leave) }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn let_go(&mut self, address: IpAddr) {
        let oldest = self.by_address.get_mut(&address).and_then(VecDeque::pop_front);
        if oldest.is_some() {
            self.left(address);
        }
    }

    fn most(&self) -> Option<IpAddr> {
        self.by_address.iter().max_by_key(|(_, all)| all.len()).map(|(address, _)| *address)
    }

    fn remove(&mut self, address: IpAddr, number: u64) {
        let Some(all) = self.by_address.get_mut(&address) else { return };
        let before = all.len();
        all.retain(|connection| connection.number != number);
        if all.len() < before {
            self.left(address);
        }
    }

    fn left(&mut self, address: IpAddr) {
        self.total -= 1;
        if self.by_address.get(&address).is_some_and(VecDeque::is_empty) {
            self.by_address.remove(&address);
        }
    }
}

/// As whom an address counts: who has an IPv6 address has all of its network (RFC 6177).
pub(crate) fn counted_as(from: IpAddr) -> IpAddr {
    match from.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address => address,
    }
}

/// A connection that counts as long as it is there.
#[derive(Debug)]
pub(super) struct Counted<S> {
    stream: S,
    crowd: Arc<Crowd>,
    address: IpAddr,
    number: u64,
    /// None once it was told to end.
    leave: Option<oneshot::Receiver<()>>,
}

impl<S> Counted<S> {
    /// An error once it must give way.
    fn stays(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        let must_leave = match &mut self.leave {
            Some(leave) => Pin::new(leave).poll(context).is_ready(),
            None => true,
        };
        if must_leave {
            self.leave = None;
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        Ok(())
    }
}

impl Counted<TcpStream> {
    /// What comes first, left where it is for whoever reads; none where nothing comes any more.
    pub(super) async fn first_byte(&mut self) -> io::Result<Option<u8>> {
        poll_fn(|context| {
            self.stays(context)?;
            let mut first = [0];
            let mut buffer = ReadBuf::new(&mut first);
            let peeked = ready!(self.stream.poll_peek(context, &mut buffer))?;
            Poll::Ready(Ok((peeked > 0).then(|| buffer.filled()[0])))
        })
        .await
    }
}

impl<S> Drop for Counted<S> {
    fn drop(&mut self) {
        self.crowd.held().remove(self.address, self.number);
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.stays(context)?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.stays(context)?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.stays(context)?;
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;

    const LIMITS: Limits = Limits { connections: 4, per_address: 2, wrong_per_address: 1 };

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// Whether it goes on: a pair's other side says nothing.
    async fn stays(connection: &mut Counted<tokio::io::DuplexStream>) -> bool {
        let read = tokio::time::timeout(std::time::Duration::from_millis(20), connection.read_u8());
        read.await.is_err()
    }

    #[tokio::test]
    async fn the_oldest_of_an_address_gives_way_and_others_stay() {
        let crowd = Crowd::new(LIMITS);
        let mut kept = Vec::new();
        let mut enter = |from: &str| {
            let (mine, theirs) = tokio::io::duplex(8);
            kept.push(theirs);
            crowd.enter(mine, address(from))
        };
        let mut neighbour = enter("192.0.2.9");
        let mut first = enter("192.0.2.1");
        let mut second = enter("::ffff:192.0.2.1");
        let mut third = enter("192.0.2.1");
        assert!(!stays(&mut first).await);
        assert!(!stays(&mut first).await, "asked again it is still over");
        assert!(stays(&mut second).await && stays(&mut third).await && stays(&mut neighbour).await);
    }

    #[tokio::test]
    async fn of_too_many_in_all_the_address_with_most_gives_way() {
        let crowd = Crowd::new(LIMITS);
        let mut kept = Vec::new();
        let mut enter = |from: &str| {
            let (mine, theirs) = tokio::io::duplex(8);
            kept.push(theirs);
            crowd.enter(mine, address(from))
        };
        let mut one = enter("2001:db8:0:1::1");
        let mut greedy = enter("2001:db8:0:2::1");
        let mut greedier = enter("2001:db8:0:2:ffff::1");
        let mut two = enter("192.0.2.1");
        let mut new = enter("192.0.2.2");
        assert!(!stays(&mut greedy).await);
        for other in [&mut one, &mut greedier, &mut two, &mut new] {
            assert!(stays(other).await);
        }
        drop((one, greedy, greedier, two, new));
        let held = crowd.held();
        assert_eq!((held.total, held.by_address.len()), (0, 0), "who left is not counted");
    }
}
