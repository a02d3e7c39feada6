use std::collections::BTreeSet;
use std::io;

use polder_slots::archive::{Limits, unpack};
use polder_slots::{Anchor, Manifest};
use polder_wire::update::{
    POLICY_TARGET, Policy, archive_signature_target, archive_target, delta_target, notes_target,
    program_target, sbom_target, signature_target, unpacked_signature_target,
};
use semver::Version;

use super::{CheckFault, Report};
use crate::metadata::{Custom, Targets};
use crate::policy::PINS_TARGET;
use crate::release::{self, Notes, is_sbom};
use crate::role;

type Read<'a> = &'a dyn Fn(&str) -> io::Result<Vec<u8>>;
type Found<T> = Result<T, (String, String)>;

/// Everything about the releases that have a file among `names`: signatures, manifests, what comes out of
/// archives and deltas. A name that nobody would ask for is a fault as well.
pub(crate) fn check(
    report: &mut Report,
    targets: &Targets,
    names: &BTreeSet<String>,
    read: Read<'_>,
    anchor: &Anchor,
) {
    let releases: BTreeSet<_> = names.iter().filter_map(|name| release_of(name)).collect();
    let mut known: BTreeSet<String> = [POLICY_TARGET, PINS_TARGET].map(str::to_owned).into();
    for (version, system) in &releases {
        let one = One { version, system, targets, read, anchor };
        let before = report.faults.len();
        match one.check(&mut known) {
            Ok(what) if before == report.faults.len() => {
                report.good.push(format!("{version} for {system}: {what}"));
            }
            Ok(_) => {}
            Err((name, why)) => {
                known.extend(names.iter().filter(|name| release_of(name).is_some()).cloned());
                report.target(&name, why);
            }
        }
    }
    for name in names.difference(&known) {
        report.target(name, "nobody would ask for it");
    }
}

/// A release that is called newest is one that others can be brought to.
pub(super) fn newest_have_archives(report: &mut Report, targets: &Targets, policy: &Policy) {
    for (system, version) in &policy.newest {
        let name = archive_target(version, system);
        if !targets.targets.contains_key(&name) {
            let why = format!("the newest release for {system}, {version}, has no archive to update with");
            report.faults.push(CheckFault::Newest(why));
        }
    }
}

/// Which release a target belongs to, by its name.
pub(crate) fn release_of(name: &str) -> Option<(Version, String)> {
    let mut parts = name.strip_prefix("releases/")?.split('/');
    let (version, system, _) = (parts.next()?, parts.next()?, parts.next()?);
    Some((Version::parse(version).ok()?, system.to_owned()))
}

struct One<'a> {
    version: &'a Version,
    system: &'a str,
    targets: &'a Targets,
    read: Read<'a>,
    anchor: &'a Anchor,
}

impl One<'_> {
    /// Says what was found good; `known` learns every name that belongs to the release.
    fn check(&self, known: &mut BTreeSet<String>) -> Found<String> {
        let (version, system) = (self.version, self.system);
        let name = program_target(version, system);
        let program = self.signed(known, &name, &signature_target(version, system))?;
        let mut good = vec!["program".to_owned()];
        let archive = archive_target(version, system);
        if self.targets.targets.contains_key(&archive) {
            let unpacked = self.archive(known, &archive, &program)?;
            good.push("archive".to_owned());
            let deltas = self.deltas(known, &unpacked)?;
            good.push(format!("{deltas} deltas"));
        }
        let notes = notes_target(version);
        if self.targets.targets.contains_key(&notes) {
            let bytes = self.bytes(known, &notes)?;
            serde_json::from_slice::<Notes>(&bytes)
                .map_err(|_| fault(&notes, "these are no notes in both languages"))?;
            good.push("notes".to_owned());
        }
        let sbom = sbom_target(version, system);
        if self.targets.targets.contains_key(&sbom) {
            let bytes = self.bytes(known, &sbom)?;
            is_sbom(&bytes).then_some(()).ok_or_else(|| fault(&sbom, "this is no CycloneDX list"))?;
            good.push("list of parts".to_owned());
        }
        Ok(good.join(", "))
    }

    /// The unpacked archive, if everything about it holds.
    fn archive(&self, known: &mut BTreeSet<String>, name: &str, program: &[u8]) -> Found<Vec<u8>> {
        let (version, system) = (self.version, self.system);
        let packed = self.signed(known, name, &archive_signature_target(version, system))?;
        let custom = self.targets.targets.get(name).and_then(|target| target.custom.clone());
        let Some(said @ Custom::Unpacked { length, .. }) = custom else {
            return Err(fault(name, "metadata does not say what comes out of it"));
        };
        let unpacked = release::unpack(&packed, length).map_err(|error| fault(name, error.to_string()))?;
        if release::unpacked(&unpacked) != said {
            return Err(fault(name, "something else comes out of it than metadata says"));
        }
        self.minisign(known, &unpacked, &unpacked_signature_target(version, system))?;
        let folder = tempfile::tempdir().map_err(|error| fault(name, error.to_string()))?;
        let manifest: Manifest =
            unpack(unpacked.as_slice(), folder.path(), self.anchor, (version, system), Limits { length })
                .map_err(|error| fault(name, error.to_string()))?;
        let listed = manifest.file(manifest.program.as_str()).map(|file| hex::encode(file.sha256));
        if listed.as_deref() != Some(role::sha256(program).as_str()) {
            return Err(fault(name, "it holds another program than the one beside it"));
        }
        Ok(unpacked)
    }

    /// How many deltas there are, if each leads to this archive.
    fn deltas(&self, known: &mut BTreeSet<String>, new: &[u8]) -> Found<usize> {
        let prefix = format!("releases/{}/{}/from-", self.version, self.system);
        let names = self.targets.targets.iter().filter(|(name, _)| name.starts_with(&prefix));
        let mut found = 0;
        for (name, target) in names {
            let old = name.strip_prefix(&prefix).and_then(|rest| rest.strip_suffix(".bsdiff.zst"));
            let old = old.and_then(|old| Version::parse(old).ok());
            let old = old.filter(|old| delta_target(self.version, self.system, old) == *name);
            let old = old.ok_or_else(|| fault(name, "this is no name of a delta"))?;
            let Some(Custom::From { length, sha256 }) = &target.custom else {
                return Err(fault(name, "metadata does not say what it starts from"));
            };
            let archive = archive_target(&old, self.system);
            let packed = (self.read)(&archive).map_err(|error| fault(&archive, error.to_string()))?;
            let unpacked =
                release::unpack(&packed, *length).map_err(|error| fault(&archive, error.to_string()))?;
            if role::sha256(&unpacked) != *sha256 {
                return Err(fault(name, format!("it does not start from {archive}")));
            }
            let delta = self.bytes(known, name)?;
            let led_to = release::put_on(&unpacked, &delta, new.len() as u64)
                .map_err(|error| fault(name, error.to_string()))?;
            if led_to != new {
                return Err(fault(name, "it leads to another archive"));
            }
            found += 1;
        }
        Ok(found)
    }

    /// A file whose minisign signature holds.
    fn signed(&self, known: &mut BTreeSet<String>, name: &str, signature: &str) -> Found<Vec<u8>> {
        let bytes = self.bytes(known, name)?;
        self.minisign(known, &bytes, signature)?;
        Ok(bytes)
    }

    fn minisign(&self, known: &mut BTreeSet<String>, bytes: &[u8], signature: &str) -> Found<()> {
        let text = self.bytes(known, signature)?;
        self.anchor
            .check(bytes, &text, self.version, self.system)
            .map_err(|error| fault(signature, error.to_string()))?
            .map_err(|error| fault(signature, error.to_string()))
    }

    fn bytes(&self, known: &mut BTreeSet<String>, name: &str) -> Found<Vec<u8>> {
        known.insert(name.to_owned());
        if !self.targets.targets.contains_key(name) {
            return Err(fault(name, "it is missing"));
        }
        (self.read)(name).map_err(|error| fault(name, error.to_string()))
    }
}

fn fault(name: &str, why: impl Into<String>) -> (String, String) {
    (name.to_owned(), why.into())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use polder_wire::UnixSeconds;

    use super::*;
    use crate::metadata::Envelope;
    use crate::release::{Content, Effort, described};
    use crate::{MinisignKey, Release};

    const SYSTEM: &str = "linux-x86_64";

    fn release(key: &MinisignKey, patch: u64, program: &[u8], older: &[(Version, &[u8])]) -> Release {
        let bare = Release::sign(key, Version::new(1, 0, patch), SYSTEM.to_owned(), program.to_vec());
        bare.unwrap().with_archive(key, older, Effort::Release).unwrap()
    }

    /// Two releases, with a delta from one to the other.
    fn made(key: &MinisignKey) -> [Release; 2] {
        // Large beside the manifest, of which nothing stays the same.
        let program: Vec<u8> =
            (0..5_000_u32).flat_map(|number| number.wrapping_mul(2_654_435_769).to_le_bytes()).collect();
        let old = release(key, 0, &program, &[]);
        let before = old.archive.as_ref().unwrap().unpacked.clone();
        let new =
            release(key, 1, &[program, b"patched".to_vec()].concat(), &[(Version::new(1, 0, 0), &before)]);
        [old, new]
    }

    fn faults(key: &MinisignKey, releases: &[Release], more: &[(&str, &[u8])]) -> Vec<String> {
        let mut files: BTreeMap<String, Content> = releases.iter().flat_map(Release::files).collect();
        files.extend(more.iter().map(|(name, bytes)| ((*name).to_owned(), (bytes.to_vec(), None))));
        let named = files.iter().map(|(name, content)| (name.clone(), described(content).unwrap())).collect();
        let signed = role::targets(1, UnixSeconds(1_790_000_000), &named).unwrap();
        let targets = Envelope { signed, signatures: Vec::new() }.targets().unwrap();
        let read = |name: &str| Ok(files[name].0.clone());
        let anchor = Anchor::new(minisign_verify::PublicKey::from_base64(&key.public()).unwrap());
        let mut report = Report::default();
        check(&mut report, &targets, &targets.targets.keys().cloned().collect(), &read, &anchor);
        report.faults.iter().map(ToString::to_string).collect()
    }

    fn found(faults: &[String], words: &str) {
        assert!(faults.iter().any(|fault| fault.contains(words)), "{words}: {faults:?}");
    }

    #[test]
    fn good_releases_are_found_good_and_a_name_that_nobody_asks_for_is_not() {
        let key = MinisignKey::generate().unwrap();
        let good = made(&key);
        assert!(!good[1].deltas.is_empty(), "there is no delta to look at");
        assert_eq!(faults(&key, &good, &[]), Vec::<String>::new());
        found(
            &faults(&key, &good, &[("releases/1.0.1/linux-x86_64/extra", b"x")]),
            "nobody would ask for it",
        );
    }

    #[test]
    fn a_signed_delta_that_leads_to_another_archive_is_found() {
        let key = MinisignKey::generate().unwrap();
        let [old, mut new] = made(&key);
        let mut other = new.archive.as_ref().unwrap().unpacked.clone();
        other[3000] ^= 1;
        let from = &old.archive.as_ref().unwrap().unpacked;
        new.deltas[0].bytes = release::delta(from, &other, Effort::Release).unwrap();
        found(&faults(&key, &[old, new], &[]), "it leads to another archive");
    }

    #[test]
    fn an_archive_with_another_program_or_another_releases_signature_is_found() {
        let key = MinisignKey::generate().unwrap();
        let [old, new] = made(&key);
        let mut other = release(&key, 1, b"another program", &[]);
        other.program.clone_from(&new.program);
        other.signature.clone_from(&new.signature);
        found(&faults(&key, &[other], &[]), "another program than the one beside it");
        let mut swapped = new.clone();
        swapped.archive = old.archive.clone();
        found(&faults(&key, &[old, swapped], &[]), "the signature is for another release");
    }

    #[test]
    fn a_signature_over_the_unpacked_archive_that_is_another_keys_is_found() {
        let key = MinisignKey::generate().unwrap();
        let [old, mut new] = made(&key);
        let archive = new.archive.as_mut().unwrap();
        let thief = MinisignKey::generate().unwrap();
        archive.unpacked_signature = thief.sign(&archive.unpacked, &new.version, SYSTEM).unwrap();
        found(&faults(&key, &[old, new], &[]), "polder.tar.minisig: the signature is of another key");
    }
}
