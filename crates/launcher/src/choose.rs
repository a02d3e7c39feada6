use polder_slots::Pointer;
use semver::Version;

/// What can be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// A slot of this person.
    Slot(Version),
    /// The slot that the package brought.
    Packaged,
}

/// What was found of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged<T> {
    /// It holds and is not refused.
    Good(T),
    /// It holds, and was remembered as bad.
    Refused(T),
    /// It does not hold.
    Faulty,
}

/// Chooses what is started. `judge` is asked about one after the other until one is good, because looking at a slot
/// means reading all of it.
///
/// What the pointer names comes first, then what was before it, then what the package brought, then any other slot; a
/// package that is newer than the pointer comes before all, and without a pointer the newest does. A release on trial
/// that had its starts is left out, and so is a refused one: but rather than nothing, what the package brought is
/// started even so.
pub fn choose<T>(
    pointer: Option<&Pointer>,
    slots: &[Version],
    packaged: Option<&Version>,
    mut judge: impl FnMut(&Which) -> Judged<T>,
) -> Option<(Which, T)> {
    let mut last = None;
    for which in order(pointer, slots, packaged) {
        match judge(&which) {
            Judged::Good(found) => return Some((which, found)),
            Judged::Refused(found) if which == Which::Packaged => last = Some((which, found)),
            Judged::Refused(_) | Judged::Faulty => {}
        }
    }
    last
}

fn order(pointer: Option<&Pointer>, slots: &[Version], packaged: Option<&Version>) -> Vec<Which> {
    let mut order: Vec<Which> = Vec::new();
    let mut then = |which: Which| {
        if !order.contains(&which) {
            order.push(which);
        }
    };
    let mut newest_first = slots.to_vec();
    newest_first.sort_by(|one, other| other.cmp(one));
    match pointer {
        Some(pointer) => {
            let exhausted = pointer.is_exhausted().then_some(&pointer.current);
            if packaged.is_some_and(|packaged| *packaged > pointer.current) {
                then(Which::Packaged);
            }
            for version in [Some(&pointer.current), pointer.before.as_ref()].into_iter().flatten() {
                if slots.contains(version) && Some(version) != exhausted {
                    then(Which::Slot(version.clone()));
                }
            }
            if packaged.is_some() {
                then(Which::Packaged);
            }
            for version in newest_first {
                if Some(&version) != exhausted {
                    then(Which::Slot(version));
                }
            }
        }
        None => {
            for version in newest_first {
                if packaged.is_some_and(|packaged| *packaged >= version) {
                    then(Which::Packaged);
                }
                then(Which::Slot(version));
            }
            if packaged.is_some() {
                then(Which::Packaged);
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use polder_slots::MAX_STARTS;
    use proptest::prelude::*;

    use super::*;

    fn version() -> impl Strategy<Value = Version> {
        (0..5u64).prop_map(|patch| Version::new(1, 0, patch))
    }

    prop_compose! {
        fn pointer()(
            current in version(), before in prop::option::of(version()), confirmed: bool, starts in 0..4u32,
        ) -> Pointer {
            Pointer { current, before, confirmed, starts }
        }
    }

    fn judged() -> impl Strategy<Value = Judged<()>> {
        prop::sample::select(vec![Judged::Good(()), Judged::Refused(()), Judged::Faulty])
    }

    prop_compose! {
        /// Slots and what is found of each.
        fn slots()(slots in prop::collection::btree_map(version(), judged(), 0..5)) -> BTreeMap<Version, Judged<()>> {
            slots
        }
    }

    fn chosen(
        pointer: Option<&Pointer>,
        slots: &BTreeMap<Version, Judged<()>>,
        packaged: Option<&(Version, Judged<()>)>,
    ) -> Option<Which> {
        let versions: Vec<Version> = slots.keys().cloned().collect();
        let judge = |which: &Which| match which {
            Which::Slot(version) => slots[version].clone(),
            Which::Packaged => packaged.expect("only what is there is looked at").1.clone(),
        };
        choose(pointer, &versions, packaged.map(|packaged| &packaged.0), judge).map(|(which, ())| which)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_096))]

        #[test]
        fn a_refused_or_faulty_slot_is_never_chosen(
            pointer in prop::option::of(pointer()), slots in slots(),
            packaged in prop::option::of((version(), judged())),
        ) {
            match chosen(pointer.as_ref(), &slots, packaged.as_ref()) {
                Some(Which::Slot(version)) => prop_assert_eq!(&slots[&version], &Judged::Good(())),
                Some(Which::Packaged) => prop_assert_ne!(&packaged.unwrap().1, &Judged::Faulty),
                None => {}
            }
        }

        #[test]
        fn something_is_chosen_where_the_package_or_any_good_slot_holds(
            pointer in prop::option::of(pointer()), slots in slots(),
            packaged in prop::option::of((version(), judged())),
        ) {
            let exhausted = pointer.as_ref().filter(|pointer| pointer.is_exhausted());
            let good = slots.iter().any(|(version, judged)| {
                *judged == Judged::Good(()) && exhausted.is_none_or(|pointer| pointer.current != *version)
            });
            let holds = packaged.as_ref().is_some_and(|packaged| packaged.1 != Judged::Faulty);
            let chosen = chosen(pointer.as_ref(), &slots, packaged.as_ref());
            prop_assert_eq!(chosen.is_some(), good || holds);
        }

        #[test]
        fn what_the_pointer_names_is_chosen_while_it_is_good(
            mut pointer in pointer(), mut slots in slots(), packaged in prop::option::of((version(), judged())),
        ) {
            pointer.starts = pointer.starts.min(MAX_STARTS - 1);
            slots.insert(pointer.current.clone(), Judged::Good(()));
            let newer = packaged.as_ref().is_some_and(|packaged| {
                packaged.0 > pointer.current && packaged.1 == Judged::Good(())
            });
            let expected = if newer { Which::Packaged } else { Which::Slot(pointer.current.clone()) };
            prop_assert_eq!(chosen(Some(&pointer), &slots, packaged.as_ref()), Some(expected));
        }

        #[test]
        fn a_release_on_trial_that_had_its_starts_is_left_for_the_one_before(
            mut pointer in pointer(), older in 0..5u64, mut slots in slots(),
        ) {
            let before = Version::new(0, 9, older);
            (pointer.confirmed, pointer.starts) = (false, MAX_STARTS);
            pointer.before = Some(before.clone());
            slots.insert(pointer.current.clone(), Judged::Good(()));
            slots.insert(before.clone(), Judged::Good(()));
            prop_assert_eq!(chosen(Some(&pointer), &slots, None), Some(Which::Slot(before)));
            // Confirmed it is not on trial, whatever it does.
            pointer.confirmed = true;
            let current = Which::Slot(pointer.current.clone());
            prop_assert_eq!(chosen(Some(&pointer), &slots, None), Some(current));
        }
    }

    #[test]
    fn without_a_pointer_the_newest_is_chosen_and_the_package_where_it_is_as_new() {
        let [one, two] = [Version::new(1, 0, 0), Version::new(2, 0, 0)];
        let slots = BTreeMap::from([(one.clone(), Judged::Good(())), (two.clone(), Judged::Good(()))]);
        assert_eq!(chosen(None, &slots, Some(&(one, Judged::Good(())))), Some(Which::Slot(two.clone())));
        assert_eq!(chosen(None, &slots, Some(&(two, Judged::Good(())))), Some(Which::Packaged));
    }
}
