use std::time::Duration;

use semver::Version;

/// In a row, of one release that lived for less than [`SHORT`] each time.
const MOST: u32 = 5;
const SHORT: Duration = Duration::from_secs(5);

/// Whoever asks to be started again and again gets nowhere, and would keep the computer busy with it.
#[derive(Debug, Default)]
pub(crate) struct Restarts {
    last: Option<Version>,
    short: u32,
}

impl Restarts {
    /// Whether `version`, which ran for `lived` and asks for a start, gets one.
    pub(crate) fn again(&mut self, version: &Version, lived: Duration) -> bool {
        if lived >= SHORT || self.last.as_ref() != Some(version) {
            self.short = 0;
        }
        self.last = Some(version.clone());
        self.short += u32::from(lived < SHORT);
        self.short < MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_that_only_ever_asks_to_be_started_again_is_stopped() {
        let [one, two] = [Version::new(1, 0, 0), Version::new(2, 0, 0)];
        let (short, long) = (Duration::from_millis(10), SHORT);
        let mut restarts = Restarts::default();
        let answers: Vec<bool> = (0..5).map(|_| restarts.again(&one, short)).collect();
        assert_eq!(answers, [true, true, true, true, false]);
        assert!(restarts.again(&two, short), "another release begins anew");
        assert!((0..20).all(|_| restarts.again(&two, long)), "whoever lived has done something");
    }
}
