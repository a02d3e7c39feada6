/// Numbers of one kind, measured one after the other.
#[derive(Debug, Default)]
pub(crate) struct Series(Vec<f64>);

impl Series {
    pub(crate) fn add(&mut self, number: f64) {
        self.0.push(number);
    }

    pub(crate) fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn most(&self) -> f64 {
        self.ends().1
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    fn ends(&self) -> (f64, f64) {
        let least = self.0.iter().copied().fold(f64::INFINITY, f64::min);
        (least, self.0.iter().copied().fold(f64::NEG_INFINITY, f64::max))
    }

    /// One line: median, least and most.
    pub(crate) fn say(&self, what: &str, unit: &str) {
        let (least, most) = self.ends();
        println!("  {what:34} {:8.1} {unit}   ({least:.1} to {most:.1})", self.median());
    }
}

/// Prints the ratio of two medians beside its limit, and says whether it is kept.
pub(crate) fn ratio(what: &str, ours: &Series, peer: &Series, limit: f64) -> bool {
    let ratio = ours.median() / peer.median();
    if limit.is_infinite() {
        println!("  {what:34} {ratio:8.2} times");
        return true;
    }
    let kept = ratio <= limit;
    println!("  {what:34} {ratio:8.2} times  limit {limit:.2}: {}", if kept { "kept" } else { "MISSED" });
    kept
}

/// Prints a number beside the limit that it must stay below, and says whether it does.
pub(crate) fn below(what: &str, number: f64, limit: f64, unit: &str) -> bool {
    let kept = number < limit;
    println!("  {what:34} {number:8.1} {unit}   limit {limit:.0}: {}", if kept { "kept" } else { "MISSED" });
    kept
}
