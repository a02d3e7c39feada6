//! How long the next try waits. Pure: the count and the time are arguments.

use polder_wire::UnixSeconds;

/// What wrong tries cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// So many in a short time are mistakes, and cost nothing.
    free: i64,
    /// Seconds after the first that is more; each further one doubles it.
    first_wait: i64,
    /// No wait is longer, in seconds.
    longest_wait: i64,
    /// After so many seconds that were free to try, one is forgotten.
    forget_one: i64,
    /// So many without a whole sign-in between, and time alone opens it no more.
    ceiling: Option<i64>,
}

impl Rule {
    /// Devices that never signed in to this account. A hundred in a row is what NIST SP 800-63B-4 (3.2.2) allows.
    pub(super) const STRANGERS: Self =
        Self { free: 4, first_wait: 30, longest_wait: 3600, forget_one: 3 * 3600, ceiling: Some(100) };
    /// One device that did. Twenty in a row are no mistakes: it is a stranger again.
    pub(super) const KNOWN: Self = Self { ceiling: Some(20), ..Self::STRANGERS };

    /// All that comes from one address, where an organisation may be behind it.
    pub(super) fn address(free: i64) -> Self {
        Self { free, first_wait: 900, longest_wait: 86_400, forget_one: 120, ceiling: None }
    }
}

/// What is kept of wrong tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count {
    /// Those that were not forgotten.
    pub(super) failures: i64,
    /// Those since the last whole sign-in.
    pub(super) in_a_row: i64,
    /// From when on forgetting counts.
    pub(super) counted_at: i64,
    /// When the next try may come.
    pub(super) free_at: i64,
}

/// There is no try now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closed {
    /// Until so many seconds have gone by; at least one.
    For(u32),
    /// Until somebody opens it.
    ForGood,
}

impl Count {
    /// Nothing yet.
    pub(super) fn none(now: UnixSeconds) -> Self {
        Self { failures: 0, in_a_row: 0, counted_at: now.0, free_at: now.0 }
    }

    /// The wait that is left, if any.
    pub(super) fn wait(&self, now: UnixSeconds) -> Option<u32> {
        let left = self.free_at.saturating_sub(now.0);
        (left > 0).then(|| u32::try_from(left).unwrap_or(u32::MAX))
    }
}

impl Rule {
    /// Whether a try may come now.
    pub(super) fn open(&self, count: &Count, now: UnixSeconds) -> Result<(), Closed> {
        if self.ceiling.is_some_and(|ceiling| count.in_a_row >= ceiling) {
            return Err(Closed::ForGood);
        }
        count.wait(now).map_or(Ok(()), |left| Err(Closed::For(left)))
    }

    /// The count with one more, whatever it was.
    pub(super) fn one_more(&self, before: &Count, now: UnixSeconds) -> Count {
        // A clock that was set back forgets nothing.
        let forgotten = now.0.saturating_sub(before.counted_at).max(0) / self.forget_one;
        let left = before.failures.saturating_sub(forgotten).max(0);
        let failures = left + 1;
        let wait = self.wait_after(failures);
        let free_at = now.0.saturating_add(wait);
        let counted_at = match (wait, left) {
            (0, 0) => now.0,
            (0, _) => before.counted_at.saturating_add(forgotten.saturating_mul(self.forget_one)),
            // Waiting is not being patient: it counts from when the next try can come.
            _ => free_at,
        };
        Count { failures, in_a_row: before.in_a_row.saturating_add(1), counted_at, free_at }
    }

    fn wait_after(&self, failures: i64) -> i64 {
        let over = failures - self.free;
        if over <= 0 {
            return 0;
        }
        let doubled = u32::try_from(over - 1).ok().and_then(|times| 2_i64.checked_pow(times));
        doubled
            .and_then(|times| self.first_wait.checked_mul(times))
            .unwrap_or(i64::MAX)
            .min(self.longest_wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: UnixSeconds = UnixSeconds(1_790_000_000);

    /// Wrong tries at once, each as soon as it may come.
    fn tried(rule: &Rule, times: usize) -> (Count, UnixSeconds) {
        let (mut count, mut now) = (Count::none(NOW), NOW);
        for _ in 0..times {
            now = UnixSeconds(now.0.max(count.free_at));
            assert_eq!(rule.open(&count, now), Ok(()));
            count = rule.one_more(&count, now);
        }
        (count, now)
    }

    #[test]
    fn four_mistakes_are_free_and_each_further_one_waits_twice_as_long_up_to_an_hour() {
        for (times, wait) in [
            (4, None),
            (5, Some(30)),
            (6, Some(60)),
            (7, Some(120)),
            (11, Some(1920)),
            (12, Some(3600)),
            (40, Some(3600)),
        ] {
            let (count, now) = tried(&Rule::STRANGERS, times);
            assert_eq!(count.wait(now), wait, "{times}");
        }
    }

    #[test]
    fn a_hundred_in_a_row_are_the_last_and_time_does_not_open_it() {
        let (count, now) = tried(&Rule::STRANGERS, 100);
        assert_eq!(Rule::STRANGERS.open(&count, now.plus(10 * 365 * 86_400)), Err(Closed::ForGood));
        let (count, now) = tried(&Rule::STRANGERS, 99);
        assert_eq!(Rule::STRANGERS.open(&count, now.plus(3600)), Ok(()));
    }

    #[test]
    fn mistakes_of_yesterday_are_forgotten_and_still_count_towards_the_ceiling() {
        let (count, now) = tried(&Rule::STRANGERS, 5);
        let next = Rule::STRANGERS.one_more(&count, now.plus(30 + 5 * 3 * 3600));
        assert_eq!((next.failures, next.in_a_row), (1, 6));
        // A patient guesser gets no more than a hundred either.
        let (mut count, mut now) = (Count::none(NOW), NOW);
        let tries = std::iter::from_fn(|| {
            Rule::STRANGERS.open(&count, now).ok()?;
            count = Rule::STRANGERS.one_more(&count, now);
            now = now.plus(2 * 86_400);
            Some(())
        });
        assert_eq!(tries.count(), 100);
    }

    #[test]
    fn an_office_behind_one_address_makes_its_mistakes_and_a_guesser_is_blocked_for_a_time() {
        let rule = Rule::address(50);
        // One mistake every two minutes goes on for ever, also when they come unevenly.
        let (mut count, mut now) = (Count::none(NOW), NOW);
        for step in [50, 190, 110, 130].into_iter().cycle().take(1000) {
            count = rule.one_more(&count, now);
            assert_eq!(count.wait(now), None);
            now = now.plus(step);
        }
        let (count, now) = tried(&rule, 51);
        assert_eq!(rule.open(&count, now), Err(Closed::For(900)));
        assert_eq!(rule.open(&count, now.plus(900)), Ok(()));
        // And whoever goes on at once waits longer.
        assert_eq!(rule.one_more(&count, now.plus(900)).wait(now.plus(900)), Some(1800));
        let (count, now) = tried(&rule, 70);
        assert_eq!(count.wait(now), Some(86_400));
    }

    proptest! {
        #[test]
        fn whatever_the_clock_does_no_wait_is_longer_than_the_longest_and_no_count_falls_below_one(
            steps in prop::collection::vec(-100_000_i64..200_000, 1..60),
        ) {
            let (mut count, mut now) = (Count::none(NOW), NOW);
            for step in steps {
                now = now.plus(step);
                count = Rule::STRANGERS.one_more(&count, now);
                prop_assert!(count.failures >= 1);
                prop_assert!(count.wait(now).unwrap_or(0) <= 3600);
            }
        }
    }
}
