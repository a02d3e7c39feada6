use std::time::Duration;

use tokio::time::Instant;

/// How fast bytes may be fetched while somebody works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Bytes per second, on the whole; `None` is as fast as they come.
    pub bytes_per_second: Option<u64>,
}

impl Pace {
    /// As fast as they come.
    pub const FULL: Self = Self { bytes_per_second: None };

    /// For how long after the beginning this many bytes are enough.
    pub(super) fn fills(self, bytes: u64) -> Duration {
        let Some(each) = self.bytes_per_second else { return Duration::ZERO };
        let each = each.max(1);
        let rest = Duration::from_nanos((bytes % each).saturating_mul(1_000_000_000) / each);
        Duration::from_secs(bytes / each) + rest
    }
}

/// A run of bytes at a pace.
#[derive(Debug)]
pub(super) struct Paced {
    pace: Pace,
    began: Instant,
    bytes: u64,
}

impl Paced {
    pub(super) fn new(pace: Pace) -> Self {
        Self { pace, began: Instant::now(), bytes: 0 }
    }

    /// So many came: waits until the next may be asked for.
    pub(super) async fn came(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_add(bytes);
        if let Some(until) = self.began.checked_add(self.pace.fills(self.bytes)) {
            tokio::time::sleep_until(until).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn bytes_take_as_long_as_their_pace_says() {
        let began = Instant::now();
        let mut paced = Paced::new(Pace { bytes_per_second: Some(1000) });
        for _ in 0..10 {
            paced.came(250).await;
        }
        assert!((2_500..2_510).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_limit_nobody_waits_and_no_number_overflows() {
        let began = Instant::now();
        Paced::new(Pace::FULL).came(u64::MAX).await;
        assert_eq!(began.elapsed(), Duration::ZERO);
        assert!(Pace { bytes_per_second: Some(0) }.fills(u64::MAX) > Duration::from_secs(1));
    }
}
