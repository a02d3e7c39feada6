//! Two samples of times, and how sure it is that they are alike: for what must take as long whoever asks (B6).

use std::time::Duration;

/// How far two samples lie apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compared {
    /// The median of each, in seconds.
    pub(crate) medians: [f64; 2],
    /// By how much the second takes longer, as a part of the first: of the means, without the slowest twentieth of each,
    /// which tells of the machine.
    pub(crate) longer: f64,
    /// So much less or more it may be in truth: all but one in a thousand such measurements hold the truth.
    pub(crate) give_or_take: f64,
    /// Welch's t of the same.
    pub(crate) welch_t: f64,
    /// How often two samples of the very same times lie as far apart by their ranks (Mann and Whitney, both sides).
    pub(crate) p: f64,
}

impl Compared {
    /// Whether it is sure that the difference is below this part. Much noise makes nothing sure.
    pub(crate) fn within(&self, limit: f64) -> bool {
        self.longer.abs() + self.give_or_take <= limit
    }
}

/// Of times that were taken in turns.
pub(crate) fn compare(one: &[Duration], other: &[Duration]) -> Compared {
    let [one, other] = [one, other].map(|times| {
        let mut sorted: Vec<f64> = times.iter().map(Duration::as_secs_f64).collect();
        sorted.sort_by(f64::total_cmp);
        sorted
    });
    let medians = [one[one.len() / 2], other[other.len() / 2]];
    let p = mann_whitney(&one, &other);
    let [(mean, error), (other_mean, other_error)] =
        [&one, &other].map(|sorted| mean_and_error(&sorted[..sorted.len() - sorted.len() / 20]));
    let error = error.hypot(other_error);
    Compared {
        medians,
        longer: (other_mean - mean) / mean,
        give_or_take: 3.29 * error / mean,
        welch_t: (other_mean - mean) / error,
        p,
    }
}

/// The mean, and its standard error.
fn mean_and_error(times: &[f64]) -> (f64, f64) {
    let n = times.len() as f64;
    let mean = times.iter().sum::<f64>() / n;
    let variance = times.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

/// By the normal approximation, which is good from some twenty on; equal times share their ranks.
fn mann_whitney(one: &[f64], other: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> =
        one.iter().map(|time| (*time, true)).chain(other.iter().map(|time| (*time, false))).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut ranks_of_one, mut ties, mut at) = (0.0, 0.0, 0);
    while at < all.len() {
        let same = all[at..].iter().take_while(|(time, _)| *time == all[at].0).count();
        let rank = at as f64 + (same as f64 + 1.0) / 2.0;
        ranks_of_one += rank * all[at..at + same].iter().filter(|(_, of_one)| *of_one).count() as f64;
        ties += (same as f64).powi(3) - same as f64;
        at += same;
    }
    let (n, m) = (one.len() as f64, other.len() as f64);
    let u = ranks_of_one - n * (n + 1.0) / 2.0;
    let variance = n * m / 12.0 * (n + m + 1.0 - ties / ((n + m) * (n + m - 1.0)));
    if variance == 0.0 { 1.0 } else { both_tails((u - n * m / 2.0).abs() / variance.sqrt()) }
}

/// How often a normal variable lies so many deviations off, on either side (Abramowitz and Stegun, 7.1.26).
fn both_tails(z: f64) -> f64 {
    let x = z / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let sum = [1.061_405_429, -1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592]
        .iter()
        .fold(0.0, |sum, factor| (sum + factor) * t);
    sum * (-x * x).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Times of some milliseconds that are spread, the same at each run.
    fn times(count: u32, by: f64) -> Vec<Duration> {
        let spread = |n: u32| f64::from(n.wrapping_mul(2_654_435_761) >> 16) / 65_536.0;
        (0..count).map(|n| Duration::from_secs_f64((0.010 + 0.002 * spread(n)) * by)).collect()
    }

    #[test]
    fn known_deviations_have_known_tails() {
        for (z, p) in [(0.0, 1.0), (1.0, 0.317_311), (1.959_964, 0.05), (3.290_527, 0.001)] {
            assert!((both_tails(z) - p).abs() < 1e-5, "{z}");
        }
    }

    #[test]
    fn ranks_that_share_a_place_share_it() {
        // Worked by hand: ranks 1, 2.5 and 2.5, 4; U = 0.5, variance 4/12 * (5 - 6/12) = 1.5.
        let p = mann_whitney(&[1.0, 2.0], &[2.0, 3.0]);
        assert!((p - both_tails(1.5 / 1.5_f64.sqrt())).abs() < 1e-12, "{p}");
        assert!((mann_whitney(&[1.0; 30], &[1.0; 30]) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_same_times_are_alike_and_times_that_differ_by_a_tenth_are_not() {
        let (even, odd): (Vec<_>, Vec<_>) =
            times(1200, 1.0).into_iter().enumerate().partition(|(at, _)| at % 2 == 0);
        let [even, odd] = [even, odd].map(|half| half.into_iter().map(|(_, time)| time).collect::<Vec<_>>());
        let alike = compare(&even, &odd);
        assert!(alike.within(0.03) && alike.p > 0.01, "{alike:?}");
        let longer = compare(&even, &times(600, 1.1));
        assert!(!longer.within(0.03) && longer.p < 1e-6, "{longer:?}");
        assert!((longer.longer - 0.1).abs() < 0.02 && longer.welch_t > 10.0, "{longer:?}");
        // A few that are measured tell nothing, and so they are not said to be alike.
        assert!(!compare(&even[..20], &odd[..20]).within(0.03));
    }
}
