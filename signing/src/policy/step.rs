use std::collections::BTreeSet;

use polder_wire::UnixSeconds;

use super::{PIN_WAIT, Pin, PolicyFault, Stand};

/// Whether one policy may follow another (or be the first). Publishing asks it, so does who proposes, and
/// `check` asks it again of each pair that a repository still has.
///
/// The rules for pins, where *serving* is what the platform's certificate carries and *next* what clients accept
/// beside what they have built in:
/// 1. Another pin may serve only after it was *next* for [`PIN_WAIT`].
/// 2. In the step that lets another pin serve, no next pin is dropped.
/// 3. A serving pin stays next until the lowest version let in, as published before, has it built in.
/// 4. A pin that served stays next for [`PIN_WAIT`] after it stopped, so that the platform can go back to it.
///
/// # Errors
/// The first rule that it breaks.
pub fn step(before: Option<&Stand>, after: &Stand) -> Result<(), PolicyFault> {
    sound(after)?;
    match before {
        Some(before) => {
            versions(before, after)?;
            pins(before, after)
        }
        None => first(after),
    }
}

/// What holds of any policy by itself.
fn sound(Stand { policy, pins }: &Stand) -> Result<(), PolicyFault> {
    if policy.schema != 1 || pins.schema != 1 {
        return Err(PolicyFault::Schema);
    }
    for hash in &policy.revoked {
        let digit = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
        if hash.len() != 64 || !hash.bytes().all(digit) {
            return Err(PolicyFault::Hash(hash.escape_default().to_string()));
        }
    }
    for (system, newest) in &policy.newest {
        if *newest < policy.min_version {
            let (system, min, newest) = (system.clone(), policy.min_version.clone(), newest.clone());
            return Err(PolicyFault::ShutOut { system, min, newest });
        }
    }
    let named: BTreeSet<&str> = policy.next_pins.iter().map(String::as_str).collect();
    let told: BTreeSet<String> = pins.next.keys().map(Pin::to_string).collect();
    let same = named.len() == policy.next_pins.len() && named.iter().copied().eq(told.iter());
    if same { Ok(()) } else { Err(PolicyFault::PinsDiffer) }
}

fn first(Stand { policy, pins }: &Stand) -> Result<(), PolicyFault> {
    if policy.newest.is_empty() {
        return Err(PolicyFault::First("which release is the newest"));
    }
    match pins.next.iter().find(|(_, since)| **since != policy.issued) {
        Some((pin, _)) => Err(PolicyFault::Since(pin.clone())),
        None => Ok(()),
    }
}

fn versions(before: &Stand, after: &Stand) -> Result<(), PolicyFault> {
    let (before, after) = (&before.policy, &after.policy);
    if after.issued <= before.issued {
        return Err(PolicyFault::Issued);
    }
    let back = |what: &str, before: &semver::Version, after: &semver::Version| PolicyFault::Back {
        what: what.to_owned(),
        before: before.clone(),
        after: after.clone(),
    };
    if after.min_version < before.min_version {
        return Err(back("the lowest version let in", &before.min_version, &after.min_version));
    }
    for (system, old) in &before.newest {
        let new = after.newest.get(system).ok_or_else(|| PolicyFault::Gone(system.clone()))?;
        if new < old {
            return Err(back(&format!("the newest for {system}"), old, new));
        }
    }
    match before.revoked.iter().find(|hash| !after.revoked.contains(hash)) {
        Some(hash) => Err(PolicyFault::Unrevoked(hash.clone())),
        None => Ok(()),
    }
}

fn pins(before: &Stand, after: &Stand) -> Result<(), PolicyFault> {
    let issued = after.policy.issued;
    let (old, new) = (&before.pins, &after.pins);
    for (pin, since) in &new.next {
        if since != old.next.get(pin).unwrap_or(&issued) {
            return Err(PolicyFault::Since(pin.clone()));
        }
    }
    let changes = new.serving != old.serving;
    let mut served = old.served.clone();
    if changes {
        // Rule 1.
        let serving = &new.serving;
        let since = old.next.get(serving).ok_or_else(|| PolicyFault::Unknown(serving.clone()))?;
        if issued < since.plus(PIN_WAIT) {
            return Err(PolicyFault::TooEarly { pin: serving.clone(), from: day(since.plus(PIN_WAIT)) });
        }
        served.insert(old.serving.clone(), issued);
        served.remove(serving);
    }
    if let Some((pin, _)) = new.served.iter().find(|(pin, until)| served.get(*pin) != Some(*until)) {
        return Err(PolicyFault::Since(pin.clone()));
    }
    if let Some(pin) = served.keys().find(|pin| !new.served.contains_key(*pin)) {
        return Err(PolicyFault::Since(pin.clone()));
    }
    for dropped in old.next.keys().filter(|pin| !new.next.contains_key(*pin)) {
        let dropped = dropped.clone();
        // Rule 2.
        if changes {
            return Err(PolicyFault::Both(dropped));
        }
        // Rule 3.
        let everywhere = new.built_in.get(&dropped).is_some_and(|since| *since <= before.policy.min_version);
        if dropped == new.serving && !everywhere {
            return Err(PolicyFault::Serves(dropped));
        }
        // Rule 4.
        if let Some(until) = served.get(&dropped).filter(|until| issued < until.plus(PIN_WAIT)) {
            return Err(PolicyFault::Served { pin: dropped, from: day(until.plus(PIN_WAIT)) });
        }
    }
    Ok(())
}

fn day(at: UnixSeconds) -> String {
    jiff::Timestamp::from_second(at.0).map_or_else(|_| at.0.to_string(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use semver::Version;

    use super::*;
    use crate::policy::Change;

    const NOW: UnixSeconds = UnixSeconds(1_790_000_000);
    const DAY: i64 = 24 * 60 * 60;
    const SYSTEM: &str = "linux-x86_64";

    fn pin(letter: char) -> Pin {
        format!("{}A=", letter.to_string().repeat(42)).parse().unwrap()
    }

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    fn first() -> Stand {
        let change = Change {
            min_version: Some(version("1.0.0")),
            newest: BTreeMap::from([(SYSTEM.to_owned(), version("1.1.0"))]),
            serving: Some(pin('a')),
            next_pins: vec![pin('b')],
            ..Change::default()
        };
        change.apply(None, NOW).unwrap()
    }

    fn serve(letter: char) -> Change {
        Change { serving: Some(pin(letter)), ..Change::default() }
    }

    fn drop(letter: char) -> Change {
        Change { drop_pins: vec![pin(letter)], ..Change::default() }
    }

    /// After `b` serves.
    fn rotated() -> Stand {
        serve('b').apply(Some(&first()), NOW.plus(PIN_WAIT)).unwrap()
    }

    #[test]
    fn a_next_pin_may_serve_after_the_wait_and_not_a_second_earlier() {
        let early = serve('b').apply(Some(&first()), NOW.plus(PIN_WAIT - 1));
        assert!(matches!(early, Err(PolicyFault::TooEarly { .. })), "{early:?}");
        assert_eq!(rotated().pins.serving, pin('b'));
    }

    #[test]
    fn a_pin_that_nobody_was_told_of_may_not_serve() {
        let unknown = serve('c').apply(Some(&first()), NOW.plus(PIN_WAIT));
        assert_eq!(unknown, Err(PolicyFault::Unknown(pin('c'))));
        // Told of in the same step is not told of before.
        let at_once = Change { next_pins: vec![pin('c')], ..serve('c') };
        let at_once = at_once.apply(Some(&first()), NOW.plus(PIN_WAIT));
        assert_eq!(at_once, Err(PolicyFault::Unknown(pin('c'))));
    }

    #[test]
    fn a_wait_that_is_only_claimed_is_refused() {
        let mut claimed = first();
        claimed.pins.next.insert(pin('c'), NOW.plus(-PIN_WAIT));
        claimed.policy.next_pins.push(pin('c').to_string());
        claimed.policy.issued = NOW.plus(DAY);
        assert_eq!(step(Some(&first()), &claimed), Err(PolicyFault::Since(pin('c'))));
        assert_eq!(step(None, &claimed), Err(PolicyFault::Since(pin('b'))));
    }

    #[test]
    fn no_pin_is_dropped_in_the_step_that_lets_another_serve() {
        let both = Change { next_pins: vec![pin('c')], ..Change::default() };
        let told = both.apply(Some(&first()), NOW.plus(DAY)).unwrap();
        let both = serve('b').and(drop('c')).apply(Some(&told), NOW.plus(PIN_WAIT));
        assert_eq!(both, Err(PolicyFault::Both(pin('c'))));
    }

    #[test]
    fn the_serving_pin_is_dropped_only_once_every_client_let_in_has_it_built_in() {
        let at = |days: i64| NOW.plus(PIN_WAIT + days * DAY);
        assert_eq!(drop('b').apply(Some(&rotated()), at(400)), Err(PolicyFault::Serves(pin('b'))));
        let built_in = Change { built_in: [(pin('b'), version("1.1.0"))].into(), ..drop('b') };
        assert_eq!(built_in.apply(Some(&rotated()), at(400)), Err(PolicyFault::Serves(pin('b'))));
        // Raised in the same step, nobody was shut out yet.
        let raised = Change { min_version: Some(version("1.1.0")), ..built_in.clone() };
        assert_eq!(raised.apply(Some(&rotated()), at(400)), Err(PolicyFault::Serves(pin('b'))));
        let raise = Change { min_version: Some(version("1.1.0")), ..Change::default() };
        let raised = raise.apply(Some(&rotated()), at(1)).unwrap();
        assert!(built_in.apply(Some(&raised), at(2)).unwrap().pins.next.is_empty());
    }

    #[test]
    fn a_pin_that_served_stays_until_nobody_goes_back_to_it() {
        let told = Change { next_pins: vec![pin('c')], ..Change::default() };
        let told = told.apply(Some(&rotated()), NOW.plus(PIN_WAIT + DAY)).unwrap();
        let later = NOW.plus(2 * PIN_WAIT + DAY);
        let again = serve('c').apply(Some(&told), later).unwrap();
        let early = drop('b').apply(Some(&again), later.plus(PIN_WAIT - 1));
        assert!(matches!(early, Err(PolicyFault::Served { .. })), "{early:?}");
        drop('b').apply(Some(&again), later.plus(PIN_WAIT)).unwrap();
    }

    #[test]
    fn a_next_pin_that_never_served_may_go() {
        assert!(drop('b').apply(Some(&first()), NOW.plus(DAY)).unwrap().pins.next.is_empty());
    }

    #[test]
    fn no_version_goes_back_and_no_revocation_is_taken_back() {
        let change = |change: Change| change.apply(Some(&first()), NOW.plus(DAY));
        let min = Change { min_version: Some(version("0.9.0")), ..Change::default() };
        assert!(matches!(change(min), Err(PolicyFault::Back { .. })));
        let newest = Change { newest: [(SYSTEM.to_owned(), version("1.0.9"))].into(), ..Change::default() };
        assert!(matches!(change(newest), Err(PolicyFault::Back { .. })));
        let revoke = Change { revoke: vec!["0a".repeat(32)], ..Change::default() };
        let revoked = change(revoke).unwrap();
        let mut back = revoked.clone();
        back.policy.revoked.clear();
        back.policy.issued = NOW.plus(2 * DAY);
        assert!(matches!(step(Some(&revoked), &back), Err(PolicyFault::Unrevoked(_))));
    }

    #[test]
    fn a_policy_that_shuts_everybody_out_or_says_no_hash_is_refused() {
        let min = Change { min_version: Some(version("1.2.0")), ..Change::default() };
        assert!(matches!(min.apply(Some(&first()), NOW.plus(1)), Err(PolicyFault::ShutOut { .. })));
        let revoke = Change { revoke: vec!["0A".repeat(32)], ..Change::default() };
        assert!(matches!(revoke.apply(Some(&first()), NOW.plus(1)), Err(PolicyFault::Hash(_))));
    }

    #[test]
    fn the_first_policy_says_everything() {
        let all = Change {
            min_version: Some(version("1.0.0")),
            newest: [(SYSTEM.to_owned(), version("1.0.0"))].into(),
            serving: Some(pin('a')),
            ..Change::default()
        };
        all.apply(None, NOW).unwrap();
        for less in [
            Change { min_version: None, ..all.clone() },
            Change { newest: BTreeMap::new(), ..all.clone() },
            Change { serving: None, ..all },
        ] {
            assert!(matches!(less.apply(None, NOW), Err(PolicyFault::First(_))));
        }
    }
}
