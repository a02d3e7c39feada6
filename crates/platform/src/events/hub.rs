use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use polder_wire::UnixSeconds;
use polder_wire::session::Told;
use tokio::sync::mpsc;

use super::Event;
use crate::rights::Person;

/// How many may listen to one session; one more takes the place of the one that came first.
pub const PER_SESSION: usize = 2;
/// How many may listen on one node; more are told to come back.
pub const PER_NODE: usize = 10_000;
/// How much may wait for a client that does not read; more, and it has to come again.
const WAITING: usize = 32;
/// Clocks of nodes differ by so much and no more, in seconds.
const CLOCKS_DIFFER: i64 = 5;

/// Everybody who listens on this node.
#[derive(Debug, Default)]
pub struct Events(Mutex<Hub>);

#[derive(Debug, Default)]
struct Hub {
    entered: u64,
    /// The longest first.
    open: VecDeque<Open>,
    /// Somebody reads the rows.
    reading: bool,
    closed: bool,
}

#[derive(Debug)]
struct Open {
    number: u64,
    person: Person,
    since: UnixSeconds,
    tell: mpsc::Sender<Told>,
}

/// One who listens, for as long as this is there.
#[derive(Debug)]
pub(super) struct Listening {
    number: u64,
    heard: mpsc::Receiver<Told>,
    events: Arc<Events>,
}

impl Events {
    /// Takes one in; none when there is no room, or no time any more. True when somebody has to begin to read the rows.
    pub(super) fn enter(self: Arc<Self>, person: Person, now: UnixSeconds) -> Option<(Listening, bool)> {
        let mut hub = self.hub();
        let same = |open: &&Open| open.person.session == person.session;
        if hub.open.iter().filter(same).count() >= PER_SESSION {
            let first = hub.open.iter().position(|open| same(&open));
            // Dropped, it ends: its client is gone, or comes again.
            first.and_then(|first| hub.open.remove(first));
        }
        if hub.closed || hub.open.len() >= PER_NODE {
            return None;
        }
        hub.entered += 1;
        let number = hub.entered;
        let (tell, heard) = mpsc::channel(WAITING);
        hub.open.push_back(Open { number, person, since: now.plus(-CLOCKS_DIFFER), tell });
        let read = !std::mem::replace(&mut hub.reading, true);
        drop(hub);
        Some((Listening { number, heard, events: self }, read))
    }

    /// Passes something on to whom it is for.
    pub(super) fn pass_on(&self, event: &Event, at: UnixSeconds) {
        let Some(told) = event.told() else { return };
        self.hub().open.retain(|open| {
            // Who came later read how things stand; who does not read what is sent has to come again.
            at < open.since || !event.is_for(&open.person) || open.tell.try_send(told).is_ok()
        });
    }

    /// Whether anybody listens. Where nobody does, whoever reads the rows stops, and the next who comes begins again.
    pub(super) fn anybody(&self) -> bool {
        let mut hub = self.hub();
        hub.reading = !hub.open.is_empty();
        hub.reading
    }

    /// How many listen.
    pub fn listening(&self) -> usize {
        self.hub().open.len()
    }

    /// Ends what is open and takes in nobody more: the platform stops.
    pub(crate) fn close(&self) {
        let mut hub = self.hub();
        hub.closed = true;
        hub.open.clear();
    }

    fn hub(&self) -> MutexGuard<'_, Hub> {
        // Nothing is done in it that fails half-way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listening {
    /// What is heard next; none when the place was given to somebody else.
    pub(super) async fn next(&mut self) -> Option<Told> {
        self.heard.recv().await
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.events.hub().open.retain(|open| open.number != self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use polder_wire::rights::Role;
    use polder_wire::{DomainId, SessionId, UserId};

    const NOW: UnixSeconds = UnixSeconds(1_790_000_000);

    fn person(session: u8) -> Person {
        Person {
            user: UserId::from_random([1; 16]),
            domain: DomainId::from_random([2; 16]),
            role: Role::Viewer,
            session: SessionId::from_random([session; 16]),
            fresh: false,
        }
    }

    #[tokio::test]
    async fn a_third_listener_of_a_session_takes_the_place_of_the_first() {
        let events = Arc::new(Events::default());
        let enter = |session| Arc::clone(&events).enter(person(session), NOW).unwrap().0;
        let (mut first, mut second, mut other) = (enter(1), enter(1), enter(2));
        let mut third = enter(1);
        assert_eq!(first.next().await, None);
        events.pass_on(&Event::update_ready(), NOW);
        for listening in [&mut second, &mut third, &mut other] {
            assert_eq!(listening.next().await, Some(Told::UpdateReady));
        }
        assert_eq!(events.listening(), 3);
        drop((first, second, third, other));
        assert!(!events.anybody());
    }

    #[tokio::test]
    async fn who_does_not_read_is_let_go_and_nobody_waits_for_them() {
        let events = Arc::new(Events::default());
        let (mut deaf, read) = Arc::clone(&events).enter(person(1), NOW).unwrap();
        assert!(read, "the first one has the rows read");
        for _ in 0..=WAITING {
            events.pass_on(&Event::update_ready(), NOW);
        }
        assert_eq!(events.listening(), 0);
        for _ in 0..WAITING {
            assert_eq!(deaf.next().await, Some(Told::UpdateReady));
        }
        assert_eq!(deaf.next().await, None);
    }

    #[tokio::test]
    async fn what_is_for_somebody_else_or_long_past_is_not_passed_on() {
        let events = Arc::new(Events::default());
        let (mut one, _) = Arc::clone(&events).enter(person(1), NOW).unwrap();
        let other = person(2);
        events.pass_on(&Event::session_over(other.domain, other.user, other.session), NOW);
        events.pass_on(&Event::rights_changed(DomainId::from_random([9; 16]), None), NOW);
        events.pass_on(&Event::update_ready(), NOW.plus(-60));
        events.pass_on(&Event::rights_changed(other.domain, Some(other.user)), NOW);
        assert_eq!(one.next().await, Some(Told::RightsChanged));
        events.close();
        assert_eq!(one.next().await, None);
        assert!(Arc::clone(&events).enter(person(1), NOW).is_none(), "the platform stops");
    }
}
