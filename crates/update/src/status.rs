use std::fmt::Write as _;

use polder_client::{Kept, StoreFault};
use polder_slots::{Bad, Pointer, SlotsError, Verified};
use polder_wire::UnixSeconds;
use semver::Version;

use crate::site::{Site, SiteError};

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StatusError {
    /// The slots.
    #[error("the slots cannot be read")]
    Slots(#[from] SlotsError),
    /// The kept metadata.
    #[error("the kept metadata cannot be read")]
    Store(#[from] StoreFault),
    /// The deployment.
    #[error(transparent)]
    Site(#[from] SiteError),
}

/// What this person has on this computer, in plain words, one thing a line. Nothing is asked of any network.
///
/// # Errors
/// When something is there that cannot be read.
pub(crate) fn status(site: &Site, system: &str, now: UnixSeconds) -> Result<String, StatusError> {
    let mut said = Lines::default();
    said.line("Deployment", &format!("{} at {}", site.deployment.name(), site.deployment.origin()));
    if let Some(file) = &site.from {
        said.line("", &format!("as {} says, not this program", file.display()));
    }
    said.line("System", system);
    said.line("Data", &site.data.display().to_string());

    let slots = site.slots();
    let pointer = slots.pointer()?;
    said.line("Starts", &starts(pointer.as_ref()));
    if let Some(Pointer { current, before, .. }) = &pointer {
        let checked = Verified::open(&slots.slot(current), &site.anchor()?, system);
        said.line(
            "",
            &checked.map_or_else(
                |fault| format!("its slot does not hold: {fault}; the launcher starts another"),
                |_| "its signature and all its files hold".to_owned(),
            ),
        );
        let before =
            before.as_ref().map_or("the release that the package brought".to_owned(), Version::to_string);
        said.line("Falls back", &format!("to {before}"));
    }
    let others: Vec<_> = slots.list()?.iter().map(Version::to_string).collect();
    said.line("Slots", &if others.is_empty() { "none".to_owned() } else { others.join(", ") });
    for (hash, one) in slots.refused()?.all() {
        let why = one.bad.map_or("not condemned", why);
        let hash = hex::encode(&hash[..8]);
        said.line("Remembered", &format!("{} ({hash}…): {why}, tried {} times", one.version, one.attempts));
    }

    match Kept::open(&site.deployment, &site.data)? {
        None => said.line("Metadata", "none is kept that holds: this client has never reached its platform"),
        Some(kept) => {
            if let Some(policy) = kept.policy() {
                let newest = policy.newest.get(system);
                let newest = newest.map_or("none for this system".to_owned(), Version::to_string);
                said.line(
                    "Newest",
                    &format!("{newest}, by the policy that was signed {}", time(policy.issued)),
                );
                said.line("Lowest", &format!("{} may still talk to the platform", policy.min_version));
            }
            if let Some(expires) = kept.expires() {
                let word = if expires <= now { "expired" } else { "holds until" };
                said.line("Metadata", &format!("{word} {}", time(expires)));
            }
        }
    }
    Ok(said.0)
}

fn starts(pointer: Option<&Pointer>) -> String {
    match pointer {
        None => "the release that the package brought: no slot was chosen".to_owned(),
        Some(Pointer { current, confirmed: true, .. }) => format!("{current}, confirmed"),
        Some(Pointer { current, starts, .. }) => {
            format!("{current}, on trial: started {starts} times since it last gave a sign")
        }
    }
}

fn why(bad: Bad) -> &'static str {
    match bad {
        Bad::Crashed => "crashed at its start",
        Bad::DoesNotHold => "signed, and not what a release must be",
        Bad::TooOften => "failed too often",
        _ => "refused by a later version",
    }
}

/// In UTC, to the minute.
pub(crate) fn time(at: UnixSeconds) -> String {
    jiff::Timestamp::from_second(at.0)
        .map_or_else(|_| at.0.to_string(), |time| time.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

/// Two columns.
#[derive(Debug, Default)]
pub(crate) struct Lines(pub(crate) String);

impl Lines {
    pub(crate) fn line(&mut self, what: &str, text: &str) {
        // Writing to a string does not fail.
        let _infallible = writeln!(self.0, "{what:<11} {text}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trial_is_told_from_a_confirmed_release() {
        assert!(starts(None).contains("package"));
        let trial = Pointer { current: Version::new(1, 2, 3), before: None, confirmed: false, starts: 1 };
        assert!(starts(Some(&trial)).contains("on trial: started 1"));
        assert_eq!(starts(Some(&Pointer { confirmed: true, ..trial })), "1.2.3, confirmed");
    }
}
