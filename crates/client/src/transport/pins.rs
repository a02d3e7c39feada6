use std::sync::{Mutex, PoisonError};

use crate::deployment::{Deployment, Pin};

/// The keys that the platform may have: the built-in ones, and beside them the next ones of signed policy.
///
/// The first built-in pin is that of the key that the platform had when the client was built; the others belong to keys
/// that are kept elsewhere for the day when that one is lost. Once the owner of a *next* key was met, the first is
/// dropped: whoever stole the old key gains nothing from then on. Signed policy alone can bring it back, by naming it.
#[derive(Debug)]
pub(crate) struct Pins {
    built_in: Vec<Pin>,
    next: Vec<Pin>,
    /// The first built-in one, where a next one can replace it.
    replaceable: Option<Pin>,
    replaced: Mutex<bool>,
}

impl Pins {
    /// `dropped` is the pin that was dropped before this start. It is believed only as far as `next`, out of policy
    /// whose signatures were verified again, bears it out: without a next pin nothing is dropped.
    pub(crate) fn new(deployment: &Deployment, next: &[Pin], dropped: Option<Pin>) -> Self {
        let built_in = deployment.pins().to_vec();
        let replaceable = built_in.first().copied().filter(|old| !next.is_empty() && !next.contains(old));
        let replaced = replaceable.is_some() && dropped == replaceable;
        Self { built_in, next: next.to_vec(), replaceable, replaced: Mutex::new(replaced) }
    }

    /// Those of signed policy.
    pub(crate) fn next(&self) -> &[Pin] {
        &self.next
    }

    pub(crate) fn accepts(&self, pin: Pin) -> bool {
        let dropped = self.dropped();
        self.next.contains(&pin) || self.built_in.contains(&pin) && dropped != Some(pin)
    }

    /// The owner of this key proved to have it, in a handshake of which all the rest holds.
    pub(super) fn met(&self, pin: Pin) {
        if self.next.contains(&pin) {
            *self.replaced() = true;
        }
    }

    /// The built-in pin that counts no more.
    pub(crate) fn dropped(&self) -> Option<Pin> {
        self.replaceable.filter(|_| *self.replaced())
    }

    fn replaced(&self) -> std::sync::MutexGuard<'_, bool> {
        // It is only ever set as a whole.
        self.replaced.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::World;

    const NEW: Pin = Pin([7; 32]);

    fn deployment() -> Deployment {
        Deployment::parse(&World::new().deployment(4443)).unwrap()
    }

    #[test]
    fn the_old_key_is_dropped_when_the_owner_of_a_next_one_was_met_and_the_backup_stays() {
        let deployment = deployment();
        let (old, backup) = (deployment.pins()[0], deployment.pins()[1]);
        let pins = Pins::new(&deployment, &[NEW], None);
        assert!([old, backup, NEW].into_iter().all(|pin| pins.accepts(pin)));
        pins.met(backup);
        pins.met(old);
        assert!(pins.accepts(old), "the backup is no next one");
        pins.met(NEW);
        assert_eq!(pins.dropped(), Some(old));
        assert!(!pins.accepts(old) && pins.accepts(backup) && pins.accepts(NEW));
    }

    #[test]
    fn what_is_remembered_counts_only_with_signed_policy_that_bears_it_out() {
        let deployment = deployment();
        let (old, backup) = (deployment.pins()[0], deployment.pins()[1]);
        assert!(!Pins::new(&deployment, &[NEW], Some(old)).accepts(old));
        for (next, dropped) in [(&[][..], old), (&[NEW], backup), (&[NEW, old], old), (&[NEW], NEW)] {
            let pins = Pins::new(&deployment, next, Some(dropped));
            assert!(pins.accepts(old) && pins.accepts(backup), "{next:?} {dropped:?}");
            assert_eq!(pins.dropped(), None);
        }
    }

    #[test]
    fn with_no_next_pin_and_with_a_policy_that_names_the_old_one_nothing_is_dropped() {
        let deployment = deployment();
        let old = deployment.pins()[0];
        for next in [&[][..], &[old], &[old, NEW]] {
            let pins = Pins::new(&deployment, next, None);
            pins.met(NEW);
            pins.met(old);
            assert!(pins.accepts(old), "{next:?}");
        }
        assert!(!Pins::new(&deployment, &[], None).accepts(NEW));
    }
}
