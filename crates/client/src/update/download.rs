//! From the source into a private file, hashed and verified on the way, as often as it takes.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use super::UpdateFault;
use super::pace::{Pace, Paced};
use super::part::Part;
use super::release::Target;
use super::seal::{Held, Seal, Signed};
use super::source::Source;
use crate::transport::{Floor, TransportError};

/// How patient an update is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// With a server before it must have sent anything, and for hiccups.
    pub grace: Duration,
    /// A server that sends less on the whole is given up.
    pub bytes_per_second: u64,
    /// Before asking again after a connection that brought nothing; twice as long the next time.
    pub again: Duration,
    /// For another Polder of this person that is in the middle of an update.
    pub others: Duration,
}

impl Patience {
    /// With people's own networks and computers.
    pub const USUAL: Self = Self {
        grace: Floor::USUAL.grace,
        bytes_per_second: Floor::USUAL.bytes_per_second,
        again: Duration::from_secs(2),
        others: Duration::from_secs(60),
    };

    fn floor(self) -> Floor {
        Floor { grace: self.grace, bytes_per_second: self.bytes_per_second }
    }
}

/// How a file is fetched.
#[derive(Debug, Clone)]
pub(super) struct Manner {
    pub(super) patience: Patience,
    pub(super) pace: Pace,
    /// While it says so, nothing is fetched and no connection is kept.
    pub(super) paused: Option<watch::Receiver<bool>>,
}

/// So many connections in a row may bring nothing.
const FRUITLESS: u32 = 3;
/// A connection that brought less than this brought nothing.
const FRUIT: u64 = 64 * 1024;

/// Fetches a target to its end and says what came. What is there from an earlier time is gone on with; should the whole
/// then be something else, it is fetched once more from the beginning, because anybody may have put it there.
pub(super) async fn fetch(
    source: &Source,
    target: &Target,
    part: Part,
    manner: &mut Manner,
    told: &(dyn Fn(u64, u64) + Send + Sync),
) -> Result<(Part, Held), UpdateFault> {
    let (mut writer, have) = Writer::begin(part, target.signed.clone()).await?;
    let fetched = Box::pin(follow(source, target, &mut writer, have, manner, told)).await;
    // Whatever came of it, the file is let go of before anybody else is told.
    let ended = writer.end().await;
    let held = fetched?;
    Ok((ended?, held))
}

async fn follow(
    source: &Source,
    target: &Target,
    writer: &mut Writer,
    mut have: u64,
    manner: &mut Manner,
    told: &(dyn Fn(u64, u64) + Send + Sync),
) -> Result<Held, UpdateFault> {
    let mut untouched = have == 0;
    loop {
        told(have, target.signed.file.length);
        complete(source, target, writer, &mut have, manner, told).await?;
        let held = writer.measure().await?;
        if held != Held::OtherBytes || untouched {
            return Ok(held);
        }
        tracing::warn!("what was there of a download was not ours; it is fetched anew");
        writer.order(Order::Again).await?;
        (have, untouched) = (0, true);
    }
}

/// One connection after the other, until all is there.
async fn complete(
    source: &Source,
    target: &Target,
    writer: &mut Writer,
    have: &mut u64,
    manner: &mut Manner,
    told: &(dyn Fn(u64, u64) + Send + Sync),
) -> Result<(), UpdateFault> {
    let whole = target.signed.file.length;
    let mut fruitless = 0;
    while *have < whole {
        wait_while_paused(manner.paused.as_mut()).await;
        let before = *have;
        let fault = match connection(source, target, writer, have, manner, told).await {
            Ok(Round::Paused) => continue,
            Ok(Round::Ended) => None,
            Err(UpdateFault::Transport(error)) if may_pass(&error) => Some(error),
            Err(fault) => return Err(fault),
        };
        if *have >= whole {
            break;
        }
        fruitless = if *have >= before.saturating_add(FRUIT) { 0 } else { fruitless + 1 };
        if fruitless >= FRUITLESS {
            return Err(fault.unwrap_or(TransportError::Short).into());
        }
        // A server that does not take the range is asked for the whole.
        if matches!(fault, Some(TransportError::OtherPart | TransportError::Status(416))) {
            writer.order(Order::Again).await?;
            *have = 0;
        }
        if let Some(doubling) = fruitless.checked_sub(1) {
            tokio::time::sleep(manner.patience.again * 2u32.pow(doubling)).await;
        }
    }
    Ok(())
}

enum Round {
    /// The answer is over, whether that was all of it or not.
    Ended,
    Paused,
}

async fn connection(
    source: &Source,
    target: &Target,
    writer: &mut Writer,
    have: &mut u64,
    manner: &mut Manner,
    told: &(dyn Fn(u64, u64) + Send + Sync),
) -> Result<Round, UpdateFault> {
    let whole = target.signed.file.length;
    let missing = || UpdateFault::Metadata(super::MetadataFault::Missing(target.path.clone()));
    let mut pieces = source.open(target, *have, manner.patience.floor()).await?.ok_or_else(missing)?;
    if pieces.begins_at() != *have {
        // The range was ignored. What comes is as good from its beginning on, and nothing is put behind it wrongly.
        writer.order(Order::Again).await?;
        *have = 0;
    }
    let mut paced = Paced::new(manner.pace);
    loop {
        let piece = match &mut manner.paused {
            None => pieces.next().await?,
            Some(paused) => tokio::select! {
                biased;
                // Whoever could pause it may be gone; then nobody does.
                Ok(_) = paused.wait_for(|paused| *paused) => return Ok(Round::Paused),
                piece = pieces.next() => piece?,
            },
        };
        let Some(piece) = piece else { return Ok(Round::Ended) };
        let length = piece.len() as u64;
        writer.order(Order::Piece(piece)).await?;
        *have += length;
        told(*have, whole);
        paced.came(length).await;
    }
}

async fn wait_while_paused(paused: Option<&mut watch::Receiver<bool>>) {
    if let Some(paused) = paused {
        // Whoever paused it may be gone; then nobody does.
        drop(paused.wait_for(|paused| !*paused).await);
    }
}

/// Whether the same may go better in a moment. A certificate that does not hold will not.
fn may_pass(error: &TransportError) -> bool {
    matches!(
        error,
        TransportError::Offline(_)
            | TransportError::Unreachable(_)
            | TransportError::TimedOut(_)
            | TransportError::Broken(_)
            | TransportError::Short
            | TransportError::OtherPart
            | TransportError::Status(416 | 429 | 500..)
    )
}

enum Order {
    Piece(Bytes),
    Again,
    Measure(oneshot::Sender<Held>),
}

/// Writes and measures on a thread of its own: disks block.
struct Writer {
    orders: Option<mpsc::Sender<Order>>,
    /// `None` once it was asked how it ended.
    thread: Option<JoinHandle<io::Result<Part>>>,
    path: PathBuf,
    whole: u64,
}

impl Writer {
    /// Says how much is there already.
    async fn begin(part: Part, signed: Signed) -> Result<(Self, u64), UpdateFault> {
        // One piece waits while another is written: what is killed in between is little.
        let (orders, queue) = mpsc::channel(1);
        let (begun, there) = oneshot::channel();
        let (path, whole) = (part.path().to_owned(), signed.file.length);
        let signed = Arc::new(signed);
        let thread = tokio::task::spawn_blocking(move || run(part, &signed, queue, begun));
        let mut writer = Self { orders: Some(orders), thread: Some(thread), path, whole };
        match there.await {
            Ok(have) => Ok((writer, have)),
            Err(_) => Err(writer.failure().await),
        }
    }

    async fn order(&mut self, order: Order) -> Result<(), UpdateFault> {
        let sent = match &self.orders {
            Some(orders) => orders.send(order).await.is_ok(),
            None => false,
        };
        if sent { Ok(()) } else { Err(self.failure().await) }
    }

    async fn measure(&mut self) -> Result<Held, UpdateFault> {
        let (tell, told) = oneshot::channel();
        self.order(Order::Measure(tell)).await?;
        match told.await {
            Ok(held) => Ok(held),
            Err(_) => Err(self.failure().await),
        }
    }

    async fn end(mut self) -> Result<Part, UpdateFault> {
        self.stop().await
    }

    /// Why the thread ended before its time.
    async fn failure(&mut self) -> UpdateFault {
        match self.stop().await {
            Ok(_) => UpdateFault::unexpected(io::Error::other("the writer ended early")),
            Err(fault) => fault,
        }
    }

    async fn stop(&mut self) -> Result<Part, UpdateFault> {
        self.orders = None;
        let Some(thread) = self.thread.take() else {
            return Err(UpdateFault::unexpected(io::Error::other("the writer ended before")));
        };
        let ended = thread.await.map_err(UpdateFault::unexpected)?;
        ended.map_err(|error| UpdateFault::of_io(&self.path, self.whole, error))
    }
}

fn run(
    mut part: Part,
    signed: &Signed,
    mut orders: mpsc::Receiver<Order>,
    begun: oneshot::Sender<u64>,
) -> io::Result<Part> {
    let mut seal = Seal::new(signed);
    part.read(|bytes| seal.update(bytes))?;
    // Nobody waits for it any more when the update was given up; then the orders end as well.
    begun.send(seal.length()).ok();
    while let Some(order) = orders.blocking_recv() {
        match order {
            Order::Piece(bytes) => {
                part.append(&bytes)?;
                seal.update(&bytes);
            }
            Order::Again => {
                part.clear()?;
                seal = Seal::new(signed);
            }
            Order::Measure(tell) => {
                tell.send(std::mem::replace(&mut seal, Seal::new(signed)).finish()).ok();
            }
        }
    }
    Ok(part)
}
