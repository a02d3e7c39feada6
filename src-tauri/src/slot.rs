//! The slot that this program was started from, and what it says for itself there: whoever says nothing twice is left
//! for the release before.

use std::path::Path;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use polder_client::deployment::Deployment;
use polder_slots::{Locked, Pointer, Slots, SlotsError};
use polder_wire::update::UNDER_LAUNCHER;
use semver::Version;

/// For whoever changes slots at the moment; that takes moments.
const PATIENCE: Duration = Duration::from_secs(5);

/// A version that was started by its launcher.
pub(crate) struct Slot {
    slots: Slots,
    version: Version,
    proven: Mutex<Proven>,
}

/// What a new release has shown so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Proven {
    painted: bool,
    checked: bool,
    confirmed: bool,
}

impl Slot {
    /// The one of this process. None where no launcher started it: then nobody would start another version either.
    pub(crate) fn of_this_process(
        deployment: Option<&Deployment>,
        data: &Path,
        version: &Version,
    ) -> Option<Self> {
        let launched = std::env::var_os(UNDER_LAUNCHER).is_some_and(|value| value == "1");
        let slots = Slots::at(data, deployment.filter(|_| launched)?.name());
        Some(Self { slots, version: version.clone(), proven: Mutex::default() })
    }

    /// Where versions lie.
    pub(crate) fn slots(&self) -> &Slots {
        &self.slots
    }

    /// The gate came to a verdict, whichever: this release starts.
    pub(crate) fn verdict(&self) {
        self.say(Locked::verdict);
    }

    /// A screen is painted.
    pub(crate) fn painted(&self) {
        self.prove(|proven| proven.painted = true);
    }

    /// The gate opened for it.
    pub(crate) fn checked(&self) {
        self.prove(|proven| proven.checked = true);
    }

    fn prove(&self, what: impl FnOnce(&mut Proven)) {
        let mut proven = self.proven.lock().unwrap_or_else(PoisonError::into_inner);
        what(&mut proven);
        let enough = proven.painted && proven.checked && !proven.confirmed;
        proven.confirmed |= enough;
        drop(proven);
        if enough {
            self.say(Locked::confirm);
        }
    }

    /// Where it cannot be written down, the launcher judges by how this program ends.
    fn say(&self, what: impl FnOnce(&mut Locked, &Version) -> Result<Option<Pointer>, SlotsError>) {
        let said = self.slots.lock_within(PATIENCE).and_then(|locked| match locked {
            Some(mut locked) => what(&mut locked, &self.version).map(|_| true),
            None => Ok(false),
        });
        match said {
            Ok(true) => {}
            Ok(false) => tracing::warn!("somebody holds the slots; this version said nothing for itself"),
            Err(error) => tracing::warn!(%error, "this version cannot say anything for itself"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(data: &Path) -> Slot {
        Slot { slots: Slots::at(data, "test"), version: Version::new(2, 0, 0), proven: Mutex::default() }
    }

    fn on_trial(slot: &Slot) {
        let pointer = Pointer { current: slot.version.clone(), before: None, confirmed: false, starts: 1 };
        slot.slots.lock().unwrap().unwrap();
        std::fs::write(slot.slots.folder().join("current.json"), pointer.to_json().unwrap()).unwrap();
    }

    fn standing(slot: &Slot) -> (bool, u32) {
        let pointer = slot.slots.pointer().unwrap().unwrap();
        (pointer.confirmed, pointer.starts)
    }

    #[test]
    fn a_release_is_confirmed_once_it_painted_and_was_admitted_and_not_before() {
        let steps: [fn(&Slot); 2] = [Slot::painted, Slot::checked];
        for order in [[0, 1], [1, 0]] {
            let [first, then] = order.map(|at| steps[at]);
            let data = tempfile::tempdir().unwrap();
            let slot = slot(data.path());
            on_trial(&slot);
            first(&slot);
            assert!(!standing(&slot).0);
            then(&slot);
            assert!(standing(&slot).0);
        }
    }

    #[test]
    fn a_verdict_of_the_gate_ends_the_count_of_silent_starts_and_confirms_nothing() {
        let data = tempfile::tempdir().unwrap();
        let slot = slot(data.path());
        on_trial(&slot);
        slot.verdict();
        assert_eq!(standing(&slot), (false, 0));
    }
}
