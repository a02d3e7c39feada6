use std::fmt::{self, Write as _};

use polder_wire::UnixSeconds;

use super::{Opened, ProposalFault, Said};
use crate::keys::Role;
use crate::metadata::{Custom, Root, Target, Targets};
use crate::policy::Stand;

/// What a person reads. Every field of what is signed stands in it, or is named as unchanged since signatures
/// that were verified.
pub(super) fn text(opened: &Opened, sha256: &str) -> Result<String, ProposalFault> {
    let mut out = String::new();
    let written = match &opened.said {
        Said::Root { root } => {
            let before = opened.chain.as_ref().map(crate::metadata::Chain::newest);
            write_root(&mut out, root, before)
        }
        Said::Targets { targets, stand, before } => {
            write_targets(&mut out, (targets, stand), before.as_ref().map(|before| (&before.1, &before.2)))
        }
    };
    written
        .and_then(|()| writeln!(out, "\nSHA-256 of the bytes that are signed:\n  {sha256}"))
        .map_err(|_| crate::SigningError::Text)?;
    Ok(out)
}

fn write_root(out: &mut String, root: &Root, before: Option<&Root>) -> fmt::Result {
    writeln!(out, "ROOT, version {}: who signs for Polder's updates", root.version)?;
    match before {
        Some(before) => {
            writeln!(out, "after version {}, which counts until {}", before.version, Time(before.expires))?;
        }
        None => writeln!(out, "the first one: nothing comes before it")?,
    }
    writeln!(out, "counts until {}", Time(root.expires))?;
    for role in Role::ALL {
        let keys = root.role(role);
        writeln!(out, "\n{role}: {} of {} must sign", keys.threshold, keys.keyids.len())?;
        let old = before.map(|before| &before.role(role).keyids);
        for id in &keys.keyids {
            let name = root.holder(id).map_or("(no name)", |holder| holder.as_str());
            let sign = if old.is_some_and(|old| !old.contains(id)) { '+' } else { ' ' };
            writeln!(out, "{sign} {name}  key {id}")?;
        }
        for id in old.into_iter().flatten().filter(|id| !keys.keyids.contains(id)) {
            let name =
                before.and_then(|before| before.holder(id)).map_or("(no name)", |holder| holder.as_str());
            writeln!(out, "- {name}  key {id}")?;
        }
    }
    Ok(())
}

fn write_targets(
    out: &mut String,
    (targets, stand): (&Targets, &Stand),
    before: Option<(&Targets, &Stand)>,
) -> fmt::Result {
    writeln!(out, "TARGETS, version {}: what Polder's clients run", targets.version)?;
    match before {
        Some((before, _)) => {
            writeln!(out, "after version {}, which counts until {}", before.version, Time(before.expires))?;
        }
        None => writeln!(out, "the first ones: nothing comes before them")?,
    }
    writeln!(out, "made {}, counts until {}", Time(stand.policy.issued), Time(targets.expires))?;
    write_files(out, targets, before.map(|before| before.0))?;
    write_policy(out, stand, before.map(|before| before.1))
}

fn write_files(out: &mut String, targets: &Targets, before: Option<&Targets>) -> fmt::Result {
    let old = |name: &str| before.and_then(|before| before.targets.get(name));
    writeln!(out, "\nFiles")?;
    let mut same = 0;
    for (name, target) in &targets.targets {
        match old(name) {
            Some(before) if before == target => same += 1,
            Some(before) => {
                write_file(out, "~", name, target)?;
                writeln!(out, "    instead of {} bytes, SHA-256 {}", before.length, before.hashes.sha256)?;
            }
            None => write_file(out, "+", name, target)?,
        }
    }
    let gone = before.into_iter().flat_map(|before| &before.targets);
    for (name, _) in gone.filter(|(name, _)| !targets.targets.contains_key(*name)) {
        writeln!(out, "- {name}")?;
    }
    writeln!(out, "  {same} as they were, {} in all", targets.targets.len())
}

fn write_file(out: &mut String, sign: &str, name: &str, target: &Target) -> fmt::Result {
    writeln!(out, "{sign} {name}\n    {} bytes\n    SHA-256 {}", target.length, target.hashes.sha256)?;
    writeln!(out, "    SHA-512 {}", target.hashes.sha512)?;
    match &target.custom {
        Some(Custom::Unpacked { length, sha256, sha512 }) => {
            writeln!(out, "    unpacked {length} bytes\n    SHA-256 {sha256}\n    SHA-512 {sha512}")
        }
        Some(Custom::From { length, sha256 }) => {
            writeln!(out, "    put on {length} bytes with SHA-256 {sha256}")
        }
        None => Ok(()),
    }
}

fn write_policy(out: &mut String, stand: &Stand, before: Option<&Stand>) -> fmt::Result {
    let Stand { policy, pins } = stand;
    let old = before.map(|before| &before.policy);
    writeln!(out, "\nPolicy")?;
    let min = old.map(|old| &old.min_version);
    changed(out, "clients older than", &policy.min_version, min, "are refused")?;
    for (system, version) in &policy.newest {
        let old = old.and_then(|old| old.newest.get(system));
        changed(out, &format!("the newest for {system} is"), version, old, "")?;
    }
    writeln!(out, "  {} programs are revoked", policy.revoked.len())?;
    for hash in policy.revoked.iter().filter(|hash| !old.is_some_and(|old| old.revoked.contains(hash))) {
        writeln!(out, "+   the program with SHA-256 {hash} must not run any more")?;
    }
    let old = before.map(|before| &before.pins);
    writeln!(out, "\nPins of the platform's key")?;
    changed(out, "it serves", &pins.serving, old.map(|old| &old.serving), "")?;
    for (pin, since) in &pins.next {
        let sign = if old.is_some_and(|old| old.next.contains_key(pin)) { ' ' } else { '+' };
        writeln!(out, "{sign} clients accept {pin} as well, since {}", Time(*since))?;
    }
    for pin in old.into_iter().flat_map(|old| old.next.keys()).filter(|pin| !pins.next.contains_key(*pin)) {
        writeln!(out, "- clients accept {pin} from policy no more")?;
    }
    for (pin, until) in &pins.served {
        writeln!(out, "  {pin} served until {}", Time(*until))?;
    }
    for (pin, version) in &pins.built_in {
        let old = old.and_then(|old| old.built_in.get(pin));
        changed(out, &format!("{pin} is built into clients from"), version, old, "on")?;
    }
    Ok(())
}

fn changed<T: fmt::Display + PartialEq>(
    out: &mut String,
    what: &str,
    now: &T,
    before: Option<&T>,
    then: &str,
) -> fmt::Result {
    let gap = if then.is_empty() { "" } else { " " };
    match before {
        Some(before) if before == now => writeln!(out, "  {what} {now}{gap}{then}"),
        Some(before) => writeln!(out, "~ {what} {now}{gap}{then} (before: {before})"),
        None => writeln!(out, "+ {what} {now}{gap}{then}"),
    }
}

struct Time(UnixSeconds);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.0.0) {
            Ok(time) => write!(f, "{time}"),
            Err(_) => write!(f, "second {}", self.0.0),
        }
    }
}
