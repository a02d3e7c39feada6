//! A network of a test's own in which every packet is seen, so that "nothing leaves" can be shown.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};
use std::num::NonZeroU32;
use std::os::fd::OwnedFd;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, Protocol, RecvFlags, SocketFlags, SocketType, recv, socket_with};

use crate::Outcome;

/// Says that the test runs in a network of its own already.
const ALONE: &str = "POLDER_TEST_ALONE";
/// ETH_P_ALL (packet(7)) in network order: packets of every kind.
const EVERY_KIND: u16 = 3_u16.to_be();
/// Of a range that is for documents (RFC 5737): nobody else's packet goes there.
const MARK: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 77);

/// Runs the body of a test in a network namespace of its own, whose only device is the loopback. Packets to
/// anywhere are sent there, too, so that an attempt is seen and not just refused. `test` is the test's own name:
/// the test's program is started again for it.
///
/// # Errors
/// Those of the body; and when the system gives no namespace.
pub fn alone_in_the_network<B: Future<Output = Outcome>>(test: &str, body: impl FnOnce() -> B) -> Outcome {
    if std::env::var_os(ALONE).is_none() {
        let mut again = Command::new("unshare");
        again.arg("--net");
        if !rustix::process::getuid().is_root() {
            again.arg("--map-root-user");
        }
        again.arg(std::env::current_exe()?).args(["--exact", test, "--nocapture"]).env(ALONE, "yes");
        let ran = again.output()?;
        let said = String::from_utf8_lossy(&ran.stdout);
        if ran.status.success() && said.contains("1 passed") {
            return Ok(());
        }
        return Err(format!("{said}\n{}", String::from_utf8_lossy(&ran.stderr)).into());
    }
    for arguments in [&["link", "set", "lo", "up"][..], &["route", "add", "default", "dev", "lo"]] {
        let done = Command::new("ip").args(arguments).output()?;
        if !done.status.success() {
            return Err(String::from_utf8_lossy(&done.stderr).into_owned().into());
        }
    }
    // Made here, after the namespace: its threads are all inside.
    tokio::runtime::Runtime::new()?.block_on(body())
}

/// Sees every packet in the test's network.
pub struct Wire(OwnedFd);

impl Wire {
    /// Begins to watch.
    ///
    /// # Errors
    /// Outside of [`alone_in_the_network`] this takes a privilege that few have.
    pub fn watch() -> Outcome<Self> {
        let kind = NonZeroU32::new(EVERY_KIND.into()).map(Protocol::from_raw);
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = socket_with(AddressFamily::PACKET, SocketType::DGRAM, flags, kind)?;
        rustix::net::sockopt::set_socket_recv_buffer_size(&socket, 8 * 1024 * 1024)?;
        Ok(Self(socket))
    }

    /// Where packets went that were not for this machine. A packet of its own shows that the watch works and that
    /// everything before it was seen.
    ///
    /// # Errors
    /// When the watch does not see its own packet.
    pub fn left(self) -> Outcome<Vec<IpAddr>> {
        UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?.send_to(b"mark", (MARK, 9))?;
        let until = Instant::now() + Duration::from_secs(30);
        let mut left = Vec::new();
        let mut packet = [0; 64];
        loop {
            match recv(&self.0, &mut packet, RecvFlags::empty()) {
                Ok((length, _)) => match destination(&packet[..length.min(packet.len())]) {
                    Some(IpAddr::V4(MARK)) => return Ok(left),
                    Some(to) if !to.is_loopback() => left.push(to),
                    _ => {}
                },
                Err(rustix::io::Errno::AGAIN) if Instant::now() < until => std::thread::yield_now(),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Where an IP packet goes (RFC 791, RFC 8200).
fn destination(packet: &[u8]) -> Option<IpAddr> {
    match packet.first()? >> 4 {
        4 => Some(Ipv4Addr::from(<[u8; 4]>::try_from(packet.get(16..20)?).ok()?).into()),
        6 => Some(Ipv6Addr::from(<[u8; 16]>::try_from(packet.get(24..40)?).ok()?).into()),
        _ => None,
    }
}
